//! Labelled transcripts: files, and what is said in them by whom.

use std::error::Error;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use onrecord::extraction::Limits;
use onrecord::extraction::extract;
use onrecord::segmentation::training;
use onrecord::span::ByteSpan;
use onrecord::transcript::Extraction;
use onrecord::transcript::Source;
use onrecord::transcript::Utterance;
use serde_json::Value;
use serde_json::json;

/// The source of all small transcripts of this repository.
pub(crate) const FIXTURES: &str = "fixtures";

/// A transcript and its exchanges.
pub(crate) struct Transcript {
    pub id: String,
    /// The publication or archive it is from.
    pub source: String,
    /// How its bytes hold text: as they are (`plain`), escaped, or not at all (`text`).
    pub encoding: String,
    /// Whether it is a file as it was published.
    pub original: bool,
    pub bytes: Vec<u8>,
    pub extraction: Extraction,
    /// Empty where the exchanges are known by their texts only.
    pub exchanges: Vec<Exchange>,
}

/// An exchange by the bytes of its sides.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exchange {
    /// A greeting, a sign of listening: it may be found or not.
    pub optional: bool,
    /// None where the question is lost.
    pub question: Vec<Range<usize>>,
    pub answer: Vec<Range<usize>>,
    /// Other readings of both sides, and copies elsewhere.
    pub other_questions: Vec<Range<usize>>,
    pub other_answers: Vec<Range<usize>>,
}

/// Reads the files of folder `raw` that JSON files of folder `gold` label, but those whose names
/// begin with one of `exclude`, which are not opened.
pub(crate) fn load(raw: &Path, gold: &Path, exclude: &[String]) -> Result<Vec<Transcript>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(gold)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.retain(|name| {
        let labels = Path::new(name).extension().is_some_and(|extension| extension == "json");
        labels && !exclude.iter().any(|prefix| name.starts_with(prefix.as_str()))
    });
    names.sort();
    let mut transcripts = Vec::new();
    for name in names {
        let gold: Value = serde_json::from_slice(&std::fs::read(gold.join(name))?)?;
        let text = |key: &str| gold[key].as_str().unwrap_or_default().to_owned();
        let bytes = std::fs::read(raw.join(text("file")))?;
        let encoding = text("encoding");
        let exchanges = gold["exchanges"].as_array().map(Vec::as_slice).unwrap_or_default();
        let with_spans = exchanges.iter().filter(|exchange| exchange.get("a_alts").is_some());
        transcripts.push(Transcript {
            extraction: read(&bytes, &text("file"))?,
            exchanges: with_spans.map(exchange).collect(),
            id: text("id"),
            source: text("source"),
            original: gold["variant"] == "original",
            encoding,
            bytes,
        });
    }
    Ok(transcripts)
}

/// Extracts a file's text.
pub(crate) fn read(bytes: &[u8], file_name: &str) -> Result<Extraction, Box<dyn Error>> {
    Ok(extract(&Source { bytes, media_type: "", file_name }, &Limits::default())?)
}

/// Reads small transcripts with their expected exchanges, as `tests/corpus` has them. All are of
/// one source.
pub(crate) fn fixtures(folder: &Path) -> Result<Vec<Transcript>, Box<dyn Error>> {
    let mut paths = Vec::new();
    for format in std::fs::read_dir(folder)? {
        let format = format?.path();
        if format.is_dir() {
            for file in std::fs::read_dir(format)? {
                paths.push(file?.path());
            }
        }
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "expected"));
    paths.sort();
    let mut transcripts = Vec::new();
    for path in paths {
        let file = path.with_extension("");
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = std::fs::read(&file)?;
        let Ok(extraction) = read(&bytes, &name) else { continue };
        // Spans into a rendition are no bytes of the file.
        if extraction.rendition.is_none() {
            transcripts.push(Transcript {
                id: name.clone(),
                source: FIXTURES.to_owned(),
                encoding: "plain".to_owned(),
                original: false,
                exchanges: expected(&std::fs::read_to_string(&path)?),
                extraction,
                bytes,
            });
        }
    }
    Ok(transcripts)
}

/// Reads lines such as `Q Ann Lee [0..20, 24..40]`; the words follow them, indented.
fn expected(lines: &str) -> Vec<Exchange> {
    let mut exchanges = Vec::new();
    let mut question = Vec::new();
    for line in lines.lines() {
        let spans = || {
            let (_, list) = line.trim_end_matches(']').rsplit_once('[')?;
            let span = |pair: &str| {
                let (start, end) = pair.split_once("..")?;
                Some(start.parse().ok()?..end.parse().ok()?)
            };
            Some(list.split(", ").filter_map(span).collect::<Vec<_>>())
        };
        if line.starts_with("Q ") {
            question = spans().unwrap_or_default();
        } else if line.starts_with("A ") {
            let (question, answer) = (std::mem::take(&mut question), spans().unwrap_or_default());
            exchanges.push(Exchange { question, answer, ..Exchange::default() });
        } else if line.starts_with("  also ") {
            // A copy elsewhere is not told apart by its sides.
            if let Some(last) = exchanges.last_mut() {
                last.other_questions.extend(spans().unwrap_or_default());
                last.other_answers.extend(spans().unwrap_or_default());
            }
        }
    }
    exchanges
}

fn exchange(gold: &Value) -> Exchange {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (questions, answers) = (list(&gold["q_alts"]), list(&gold["a_alts"]));
    let spans_of = |answer: &Value| spans(&answer["spans"]);
    let locations = list(&gold["locations"]);
    let elsewhere = |side: &str| locations.iter().flat_map(|at| spans(&at[side])).collect::<Vec<_>>();
    Exchange {
        optional: gold["optional"] == true,
        question: questions.first().map(spans).unwrap_or_default(),
        answer: answers.first().map(spans_of).unwrap_or_default(),
        other_questions: questions.iter().skip(1).flat_map(spans).chain(elsewhere("q")).collect(),
        other_answers: answers.iter().skip(1).flat_map(spans_of).chain(elsewhere("a")).collect(),
    }
}

fn spans(value: &Value) -> Vec<Range<usize>> {
    let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
    let pairs = value.as_array().map(Vec::as_slice).unwrap_or_default();
    pairs.iter().filter_map(|pair| Some(number(&pair[0])?..number(&pair[1])?)).collect()
}

/// The exchanges that these weights find, one per line.
pub(crate) fn predictions(transcript: &Transcript, weights: &[f32]) -> String {
    let spans = |spans: &[ByteSpan]| -> Value { spans.iter().map(|s| json!([s.start(), s.end()])).collect() };
    let side =
        |said: &Utterance| json!({"text": said.text, "speaker": said.speaker, "spans": spans(&said.spans())});
    let mut lines = String::new();
    for exchange in training::segment_with(&transcript.extraction, weights).exchanges {
        let occurrences: Vec<Value> = exchange
            .occurrences
            .iter()
            .map(|at| json!({"question_spans": spans(&at.question), "answer_spans": spans(&at.answer)}))
            .collect();
        let question = exchange.question.as_ref().map(side);
        let line =
            json!({"question": question, "answer": side(&exchange.answer), "occurrences": occurrences});
        // Writing to a string cannot fail.
        _ = writeln!(lines, "{line}");
    }
    lines
}

/// Writes copies as a set of their own, for the scorer.
pub(crate) fn write(set: &Path, copies: &[Transcript]) -> Result<(), Box<dyn Error>> {
    let (raw, gold) = (set.join("raw"), set.join("gold"));
    std::fs::create_dir_all(&raw)?;
    std::fs::create_dir_all(&gold)?;
    let spans =
        |of: &[Range<usize>]| -> Value { of.iter().map(|span| json!([span.start, span.end])).collect() };
    for copy in copies {
        let exchange = |exchange: &Exchange| {
            json!({
                "asker": null, "answerer": null, "optional": exchange.optional, "speaker_ok": [], "asker_ok": [],
                "q_alts": [spans(&exchange.question)],
                "a_alts": [{"speaker": null, "spans": spans(&exchange.answer)}],
                "locations": [{"q": spans(&exchange.question), "a": spans(&exchange.answer)}],
            })
        };
        let (_, layout) = copy.id.split_once("__").unwrap_or_default();
        let all: Vec<Value> = copy.exchanges.iter().map(exchange).collect();
        let labels = json!({
            "id": copy.id, "source": copy.source, "variant": layout, "split": "dev", "file": copy.id,
            "encoding": copy.encoding, "exchanges": all,
        });
        std::fs::write(raw.join(&copy.id), &copy.bytes)?;
        std::fs::write(gold.join(format!("{}.json", copy.id)), labels.to_string())?;
    }
    Ok(())
}
