//! `onrecord segment`.

use std::fs;
use std::io::Read as _;
use std::io::Write as _;

use serde_json::Value;
use serde_json::json;

use crate::cli::CliError;
use crate::cli::render::harmless;
use crate::cli::segment_report;
use crate::config::Segment;
use crate::extraction::Limits;
use crate::extraction::extract;
use crate::segmentation::segment;
use crate::span::ByteSpan;
use crate::transcript::Exchange;
use crate::transcript::Occurrence;
use crate::transcript::Source;
use crate::transcript::Utterance;

pub(super) fn run(args: &Segment) -> Result<(), CliError> {
    let path = args.file.display();
    let read = if args.file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(&args.file)
    };
    let bytes = read.map_err(|error| CliError::Failed(format!("{path} cannot be read: {error}")))?;
    let file_name = args.file.to_string_lossy();
    let source = Source { bytes: &bytes, media_type: &args.media_type, file_name: &file_name };
    let extraction = extract(&source, &Limits::default())?;
    let segmentation = segment(&extraction);
    if !args.json {
        return segment_report::print(&extraction, &segmentation, args.explain);
    }
    let mut out = std::io::stdout().lock();
    for exchange in &segmentation.exchanges {
        writeln!(out, "{}", line(exchange, args.explain))?;
    }
    let mut errors = std::io::stderr().lock();
    if args.explain {
        for diagnostic in extraction.diagnostics.iter().chain(&segmentation.diagnostics) {
            writeln!(errors, "{} {}", spans(&diagnostic.spans), harmless(&diagnostic.message))?;
        }
    } else {
        for why in segment_report::reasons_for_none(&extraction, &segmentation) {
            writeln!(errors, "{}", harmless(why))?;
        }
    }
    Ok(())
}

fn line(exchange: &Exchange, explain: bool) -> Value {
    let occurrence = |place: &Occurrence| json!({"question_spans": spans(&place.question), "answer_spans": spans(&place.answer)});
    let mut line = json!({
        "question": exchange.question.as_ref().map(utterance),
        "answer": utterance(&exchange.answer),
        "occurrences": exchange.occurrences.iter().map(occurrence).collect::<Vec<_>>(),
    });
    if explain && let Some(fields) = line.as_object_mut() {
        fields.insert("reasons".into(), json!(exchange.reasons));
    }
    line
}

fn utterance(utterance: &Utterance) -> Value {
    json!({"text": utterance.text, "speaker": utterance.speaker, "spans": spans(&utterance.spans())})
}

fn spans(spans: &[ByteSpan]) -> Value {
    spans.iter().map(|span| json!([span.start(), span.end()])).collect()
}
