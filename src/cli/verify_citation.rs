//! `onrecord verify-citation`.

use std::fs;
use std::io::Read as _;
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::cli::CliError;
use crate::cli::client;
use crate::cli::json;
use crate::cli::render::INDENT;
use crate::cli::render::harmless;
use crate::cli::render::width;
use crate::cli::render::wrapped;
use crate::config::VerifyCitation;
use crate::grpc::pb;
use crate::grpc::pb::verify_citation_response::Verdict;

/// Longest file that is read, in bytes.
const MAX_FILE: u64 = 64 << 20;

pub(super) async fn run(args: VerifyCitation) -> Result<(), CliError> {
    let citations = read(&args.file)?;
    let mut client = client::citations(&args.client).await?;
    let (all, mut broken) = (citations.len(), 0);
    for citation in citations {
        let (document_id, spans) = (citation.document_id.clone(), citation.answer_spans.clone());
        let request = pb::VerifyCitationRequest { citation: Some(citation) };
        let response = client.verify_citation(request).await.map_err(client::failed)?.into_inner();
        broken += usize::from(response.verdict() == Verdict::Broken);
        if args.client.json {
            json::print("VerifyCitationResponse", &response)?;
            continue;
        }
        let mut out = std::io::stdout().lock();
        let verdict = match response.verdict() {
            Verdict::Valid => "valid",
            Verdict::Superseded => "superseded",
            Verdict::Broken => "broken",
            Verdict::Unspecified => "unknown",
        };
        let place = format!("{} bytes {}", harmless(&document_id), ranges(&spans));
        writeln!(out, "{}", wrapped(&place, width(), &format!("{verdict:<10} "), INDENT))?;
        if let Some(next) = &response.superseded_by {
            let now = format!("now: bytes {}", ranges(&next.answer_spans));
            writeln!(out, "{}", wrapped(&now, width(), INDENT, INDENT))?;
        }
    }
    if broken == 0 {
        return Ok(());
    }
    let message = format!("{broken} of {all} citations are broken: no version that is kept has these bytes");
    Err(CliError::Failed(message))
}

fn ranges(spans: &[pb::Span]) -> String {
    let shown: Vec<String> = spans.iter().map(|span| format!("{}–{}", span.start, span.end)).collect();
    shown.join(", ")
}

/// The citations of a file: the file is one, or a message or several that have some.
fn read(file: &Path) -> Result<Vec<pb::Citation>, CliError> {
    let failed = |what: String| CliError::Failed(format!("{} {what}", file.display()));
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().take(MAX_FILE).read_to_string(&mut text)
    } else {
        fs::File::open(file).and_then(|opened| opened.take(MAX_FILE).read_to_string(&mut text))
    };
    read.map_err(|error| failed(format!("cannot be read: {error}")))?;
    let mut citations = Vec::new();
    for value in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
        let value = value.map_err(|error| failed(format!("is no JSON: {error}")))?;
        if value.get("documentId").is_some() && value.get("answerSpans").is_some() {
            citations.push(json::parse("Citation", value)?);
        } else {
            nested(value, &mut citations)?;
        }
    }
    if citations.is_empty() {
        let message = "has no citation; save what onrecord search --json or get --json prints";
        return Err(failed(message.into()));
    }
    Ok(citations)
}

/// Adds every field `citation` of a message and of what it contains.
fn nested(value: Value, citations: &mut Vec<pb::Citation>) -> Result<(), CliError> {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "citation" && value.is_object() {
                    citations.push(json::parse("Citation", value)?);
                } else {
                    nested(value, citations)?;
                }
            }
        }
        Value::Array(values) => {
            for value in values {
                nested(value, citations)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    Ok(())
}
