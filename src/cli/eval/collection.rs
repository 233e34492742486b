//! Test collections in BEIR layout.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::mpsc;

use serde_json::Value;

use crate::cli::CliError;
use crate::cli::eval::metrics::Judgements;
use crate::engine::Body;
use crate::engine::Engine;
use crate::engine::EngineError;
use crate::engine::Submission;
use crate::extraction::Line;
use crate::extraction::Pair;
use crate::transcript::Metadata;

/// A test collection: `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and
/// `qrels/test.tsv` (query, document, gain).
pub(super) struct Collection {
    /// Id, question (empty where unknown) and answer.
    documents: Vec<(String, String, String)>,
    /// The judged queries, in the file's order: id and text.
    pub(super) queries: Vec<(String, String)>,
    /// What is judged, by query.
    pub(super) judgements: BTreeMap<String, Judgements>,
    /// The collection's ids of documents that had to be given others.
    renamed: BTreeMap<String, String>,
}

impl Collection {
    pub(super) fn load(folder: &Path) -> Result<Self, CliError> {
        let mut judgements: BTreeMap<String, Judgements> = BTreeMap::new();
        for line in read(&folder.join("qrels/test.tsv"))?.lines() {
            let mut fields = line.split('\t');
            let (query, document, gain) = (fields.next(), fields.next(), fields.next());
            // The header has no number.
            let gain = gain.and_then(|gain| gain.trim().parse().ok());
            if let (Some(query), Some(document), Some(gain)) = (query, document, gain) {
                judgements.entry(query.to_owned()).or_default().insert(document.to_owned(), gain);
            }
        }
        let queries = lines(&folder.join("queries.jsonl"), |line| [field(line, "_id"), field(line, "text")])?;
        let queries = queries.into_iter().map(|[id, text]| (id, text));
        let documents = lines(&folder.join("corpus.jsonl"), |line| {
            [field(line, "_id"), field(line, "title"), field(line, "text")]
        })?;
        let mut renamed = BTreeMap::new();
        let documents = documents.into_iter().enumerate().map(|(number, [id, title, text])| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
            if !id.is_empty() && id.len() <= 128 && id.chars().all(allowed) {
                return (id, title, text);
            }
            let new = format!("~{number}");
            renamed.insert(new.clone(), id);
            (new, title, text)
        });
        Ok(Self {
            documents: documents.collect(),
            queries: queries.filter(|(id, _)| judgements.contains_key(id)).collect(),
            judgements,
            renamed,
        })
    }

    /// Stores each document as a ready pair.
    pub(super) fn import(&self, engine: &Engine) -> Result<(), CliError> {
        let (done, receipts) = mpsc::channel();
        for (id, title, text) in &self.documents {
            let line = |text: &str| Line { speaker: String::new(), text: text.to_owned() };
            let question = Some(title).filter(|title| !title.trim().is_empty());
            let pair = Pair { question: question.map(|title| line(title)), answer: line(text) };
            if text.trim().is_empty() {
                continue;
            }
            let submission = Submission {
                id: id.clone(),
                metadata: Metadata::default(),
                media_type: String::new(),
                body: Body::Pairs(vec![pair]),
                if_etag: None,
            };
            let done = done.clone();
            let prepared = engine.prepare(submission.identify())?;
            // The receiver outlives every write.
            engine.submit(prepared, move |receipt| drop(done.send(receipt.map(drop))))?;
        }
        drop(done);
        Ok(receipts.iter().collect::<Result<(), EngineError>>()?)
    }

    /// The collection's id of a document.
    pub(super) fn original_id<'a>(&'a self, id: &'a str) -> &'a str {
        self.renamed.get(id).map_or(id, String::as_str)
    }
}

fn read(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|error| {
        let message = format!(
            "{} cannot be read: {error}; a collection holds corpus.jsonl, queries.jsonl and qrels/test.tsv",
            path.display()
        );
        CliError::Failed(message)
    })
}

fn lines<T>(path: &Path, parse: impl Fn(&Value) -> T) -> Result<Vec<T>, CliError> {
    let text = read(path)?;
    let parsed =
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(number, line)| {
            serde_json::from_str(line).map(|line| parse(&line)).map_err(|error| {
                CliError::Failed(format!("{}, line {}: {error}", path.display(), number + 1))
            })
        });
    parsed.collect()
}

fn field(line: &Value, name: &str) -> String {
    match line.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}
