//! Checking one document: is each of its values what was written, and does every citation hold?

use crate::engine::citation;
use crate::local::store::Reader;
use crate::local::store::StoreError;
use crate::span::ByteSpan;
use crate::span::TextSpan;
use crate::transcript::Digest;
use crate::transcript::Hasher;
use crate::transcript::StoredDocument;
use crate::transcript::StoredExchange;
use crate::transcript::Utterance;

/// What was read of a document, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Checked {
    pub(super) exchanges: u64,
    pub(super) citations: u64,
    pub(super) bytes: u64,
    pub(super) faults: Vec<String>,
}

impl Checked {
    /// Whether nothing is wrong.
    pub(crate) fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }

    /// Records what cannot be read; any other error than damage ends the check.
    fn readable<T>(&mut self, read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(StoreError::Damaged(what)) => {
                self.faults.push(what);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Reads a document, its source and its exchanges, and compares each citation with the source's
/// bytes.
pub(crate) fn check_document(reader: &Reader, id: &str) -> Result<Checked, StoreError> {
    let mut checked = Checked::default();
    let Some(document) = reader.document(id)? else {
        checked.faults.push("its record is missing".to_owned());
        return Ok(checked);
    };
    let diagnostics = reader.diagnostics(id);
    checked.readable(diagnostics)?;
    let received = whole_source(reader, document.received, document.received_len);
    let mut source = checked.readable(received)?;
    if document.source != document.received {
        let text = whole_source(reader, document.source, document.source_len);
        source = checked.readable(text)?;
    }
    checked.bytes = source.as_ref().map_or(0, |source| source.len() as u64);
    let mut passages = 0;
    for index in 0..document.exchanges {
        let read = reader.exchange(id, index);
        let Some(found) = checked.readable(read)? else { continue };
        let Some(stored) = found else {
            // Exchanges are numbered without gaps, and a damaged record may count any number of
            // them.
            let missing = document.exchanges - index;
            checked.faults.push(format!("{missing} exchanges are missing from its exchange {index} on"));
            break;
        };
        checked.exchanges += 1;
        passages += stored.windows.len();
        if let Some(source) = &source {
            check_exchange(&document, &stored, index, source, &mut checked);
        }
    }
    if reader.exchange(id, document.exchanges)?.is_some() {
        checked.faults.push(format!("it has more exchanges than the {} it counts", document.exchanges));
    }
    if checked.faults.is_empty() && passages as u64 != u64::from(document.passages) {
        checked.faults.push(format!("it has {passages} passages and counts {}", document.passages));
    }
    Ok(checked)
}

/// Reads the sources of an earlier version; returns their length.
pub(super) fn check_version(
    reader: &Reader,
    record: Result<StoredDocument, StoreError>,
) -> Result<u64, StoreError> {
    let version = record?;
    let received = whole_source(reader, version.received, version.received_len)?;
    if version.source != version.received {
        whole_source(reader, version.source, version.source_len)?;
    }
    Ok(received.len() as u64)
}

/// A source's bytes, once they are known to be those of its digest.
fn whole_source(reader: &Reader, digest: Digest, length: u64) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    let mut hasher = Hasher::default();
    loop {
        let chunk = reader.source_chunk(digest, bytes.len())?;
        if chunk.is_empty() {
            break;
        }
        hasher.update(&chunk);
        bytes.extend(chunk);
    }
    if bytes.len() as u64 != length {
        let what = format!("of its {length} bytes {} are there", bytes.len());
        return Err(StoreError::Damaged(what));
    }
    if hasher.finish() != digest {
        return Err(StoreError::Damaged("its bytes are not what their digest says".into()));
    }
    Ok(bytes)
}

/// Compares an exchange's citations with the source they point into.
fn check_exchange(
    document: &StoredDocument,
    stored: &StoredExchange,
    index: u32,
    source: &[u8],
    checked: &mut Checked,
) {
    let exchange = &stored.exchange;
    let answer = &exchange.answer;
    let mut fault = |what: &str| checked.faults.push(format!("its exchange {index}: {what}"));
    if citation::exchange_id(&document.id, document.source, index as usize, exchange) != stored.id {
        fault("its id is not that of its spans");
    }
    let question = exchange.question.as_ref();
    let sides = question.into_iter().chain([answer]);
    if !sides.clone().all(|side| side.spans().iter().all(|span| span.of(source).is_some())) {
        fault("its spans are not inside the source");
        return;
    }
    if !sides.clone().all(|side| reads_as(side, source)) {
        fault("its text is not what its spans say");
    }
    let digest_of = |span: TextSpan| digest(source, &answer.map.to_bytes(span));
    if digest_of(TextSpan::new(0, answer.text.len())) != Some(stored.quote) {
        fault("its answer's bytes are not what their digest says");
    }
    for (number, (passage, quote)) in stored.windows.iter().enumerate() {
        if answer.text.get(passage.span.range()).is_none() || digest_of(passage.span) != Some(*quote) {
            fault(&format!("the bytes of its passage {number} are not what their digest says"));
        }
    }
    for occurrence in &exchange.occurrences {
        let spans = occurrence.question.iter().chain(&occurrence.answer);
        if occurrence.answer.is_empty() || spans.into_iter().any(|span| span.of(source).is_none()) {
            fault("another occurrence is not inside the source");
        }
    }
    checked.citations += 1 + stored.windows.len() as u64 + exchange.occurrences.len() as u64;
}

fn digest(source: &[u8], spans: &[ByteSpan]) -> Option<Digest> {
    let parts: Option<Vec<&[u8]>> = spans.iter().map(|span| span.of(source)).collect();
    Some(Digest::of_parts(parts?))
}

/// Whether the text that was copied verbatim is what the source has there, white space apart.
fn reads_as(side: &Utterance, source: &[u8]) -> bool {
    let verbatim = side.map.runs().iter().filter(|run| run.text_unit == 1 && run.byte_unit == 1);
    let mut pairs = verbatim.map(|run| {
        let text = side.text.as_bytes().get(run.text_start..run.text_start + run.units);
        (text, source.get(run.byte_start..run.byte_start + run.units))
    });
    pairs.all(|pair| {
        let (Some(text), Some(bytes)) = pair else { return false };
        let same = |(a, b): (&u8, &u8)| a == b || (a.is_ascii_whitespace() && b.is_ascii_whitespace());
        text.iter().zip(bytes).all(same)
    })
}
