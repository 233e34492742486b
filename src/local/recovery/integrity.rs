//! Reading everything again: is what is stored what was written, and does every citation hold?

use std::path::Path;
use std::sync::Arc;

use crate::engine::BackendError;
use crate::engine::Fault;
use crate::engine::IntegrityCheck;
use crate::engine::IntegrityReport;
use crate::engine::citation;
use crate::local::LocalError;
use crate::local::folder::IdleFolder;
use crate::local::store::Reader;
use crate::local::store::Salvage;
use crate::local::store::StoreError;
use crate::local::store::Version;
use crate::local::store::guarded;
use crate::local::view::LocalView;
use crate::span::ByteSpan;
use crate::span::TextSpan;
use crate::transcript::Digest;
use crate::transcript::Hasher;
use crate::transcript::StoredDocument;
use crate::transcript::StoredExchange;
use crate::transcript::Utterance;

/// How many faults all reports of a check list together; damaged documents are counted beyond.
const MOST_FAULTS: usize = 1000;

/// Documents checked between two reports.
const STEP: usize = 16;

/// A report as it is filled in, over all of a check.
#[derive(Clone, Debug, Default)]
struct Progress {
    report: IntegrityReport,
    /// How many faults were listed, also by earlier reports.
    listed: usize,
}

impl Progress {
    fn fault(&mut self, document_id: &str, what: String) {
        if self.listed < MOST_FAULTS {
            self.listed += 1;
            self.report.faults.push(Fault { document_id: document_id.to_owned(), what });
        }
    }

    /// Adds what checking a document found.
    fn add(&mut self, id: &str, checked: Result<Checked, StoreError>) {
        self.report.documents += 1;
        let found = match checked {
            Ok(checked) => {
                self.report.exchanges += checked.exchanges;
                self.report.citations += checked.citations;
                self.report.bytes += checked.bytes;
                checked.faults
            }
            Err(error) => vec![error.to_string()],
        };
        self.report.damaged_documents += u64::from(!found.is_empty());
        for what in found {
            self.fault(id, what);
        }
    }

    /// Adds what checking an earlier version found.
    fn add_version(&mut self, id: &str, retired: u64, checked: Result<u64, StoreError>) {
        self.report.versions += 1;
        match checked {
            Ok(bytes) => self.report.bytes += bytes,
            Err(error) => {
                self.report.damaged_documents += 1;
                self.fault(id, format!("its version until generation {retired}: {error}"));
            }
        }
    }

    /// Compares what was read with what the store counts, for a document that no list shows any more is lost
    /// without a trace in it.
    fn close(&mut self, counted: Result<[u64; 2], StoreError>) {
        match counted {
            Ok([documents, _]) if self.report.documents < documents => {
                let lost = documents - self.report.documents;
                self.fault("", format!("{lost} of {documents} documents are not listed any more"));
            }
            // Of damaged documents not every exchange can be counted.
            Ok(counted)
                if self.report.damaged_documents == 0
                    && counted != [self.report.documents, self.report.exchanges] =>
            {
                let what = format!(
                    "documents and exchanges are {:?}, counted were {counted:?}",
                    [self.report.documents, self.report.exchanges,]
                );
                self.fault("", what);
            }
            Ok(_) => {}
            Err(error) => self.fault("", error.to_string()),
        }
        self.report.complete = true;
    }
}

/// A check under way, over what one commit left. Reads and writes go on meanwhile.
#[derive(Debug)]
pub(crate) struct ViewCheck {
    snapshot: Arc<LocalView>,
    /// Where the check stands: behind the document of this id, or behind the version of it.
    after: Option<(String, Option<u64>)>,
    progress: Progress,
}

impl ViewCheck {
    /// A check of all that this view shows.
    pub(crate) fn new(snapshot: Arc<LocalView>) -> Self {
        Self { snapshot, after: None, progress: Progress::default() }
    }

    fn next(&mut self) -> Result<Option<IntegrityReport>, LocalError> {
        if self.progress.report.complete {
            return Ok(None);
        }
        self.snapshot.ensure_current()?;
        let reader = &self.snapshot.reader;
        let in_versions = matches!(&self.after, Some((_, Some(_))));
        let ids = if in_versions { Vec::new() } else { guarded(|| reader.ids(self.document(), STEP))? };
        for id in &ids {
            self.progress.add(id, guarded(|| check_document(reader, id)));
        }
        if let Some(last) = ids.into_iter().next_back() {
            self.after = Some((last, None));
        } else if !in_versions {
            // Sorts before every version.
            self.after = Some((String::new(), Some(0)));
        } else {
            let versions = guarded(|| reader.versions_after(self.version(), STEP))?;
            if versions.is_empty() {
                self.progress.close(guarded(|| counted(reader)));
            }
            for version in versions {
                let Version { id, retired, record } = version;
                self.progress.add_version(&id, retired, guarded(|| check_version(reader, record)));
                self.after = Some((id, Some(retired)));
            }
        }
        let report = self.progress.report.clone();
        self.progress.report.faults.clear();
        Ok(Some(report))
    }

    fn document(&self) -> Option<&str> {
        self.after.as_ref().map(|(id, _)| id.as_str())
    }

    fn version(&self) -> Option<(&str, u64)> {
        self.after.as_ref().and_then(|(id, retired)| Some((id.as_str(), (*retired)?)))
    }
}

impl IntegrityCheck for ViewCheck {
    fn next_report(&mut self) -> Result<Option<IntegrityReport>, BackendError> {
        Ok(self.next()?)
    }
}

/// Reads everything in a data folder that no process serves, and changes nothing in it.
pub fn verify_folder(folder: &Path) -> Result<IntegrityReport, LocalError> {
    let held = IdleFolder::take(folder)?;
    let mut salvage = held.salvage()?;
    let mut progress = Progress::default();
    match salvage.check_pages() {
        Ok(()) => {}
        Err(StoreError::Damaged(what)) => progress.fault("", format!("the store's file is damaged: {what}")),
        Err(error) => return Err(error.into()),
    }
    check_all(&mut salvage, &mut progress);
    Ok(progress.report)
}

/// Reads every document and every version that can be read.
fn check_all(salvage: &mut Salvage, progress: &mut Progress) {
    for id in salvage.ids() {
        progress.add(&id, salvage.read(|reader| check_document(reader, &id)));
    }
    let mut after: Option<(String, u64)> = None;
    loop {
        let behind = after.as_ref().map(|(id, retired)| (id.as_str(), *retired));
        let versions = match salvage.read(|reader| reader.versions_after(behind, STEP)) {
            Ok(versions) => versions,
            Err(error) => {
                progress.fault("", format!("earlier versions cannot be listed: {error}"));
                break;
            }
        };
        if versions.is_empty() {
            break;
        }
        for Version { id, retired, record } in versions {
            progress.add_version(&id, retired, salvage.read(|reader| check_version(reader, record)));
            after = Some((id, retired));
        }
    }
    progress.close(salvage.read(counted));
}

fn counted(reader: &Reader) -> Result<[u64; 2], StoreError> {
    Ok([reader.fact("documents")?, reader.fact("exchanges")?])
}

/// What was read of a document, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Checked {
    exchanges: u64,
    citations: u64,
    bytes: u64,
    faults: Vec<String>,
}

impl Checked {
    /// Whether nothing is wrong.
    pub(crate) fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }

    /// Takes note of what cannot be read; another error than damage ends the check.
    fn noted<T>(&mut self, read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
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

/// Reads a document, its source and its exchanges, and compares each citation with the source's bytes.
pub(crate) fn check_document(reader: &Reader, id: &str) -> Result<Checked, StoreError> {
    let mut checked = Checked::default();
    let Some(document) = reader.document(id)? else {
        checked.faults.push("its record is missing".to_owned());
        return Ok(checked);
    };
    let diagnostics = reader.diagnostics(id);
    checked.noted(diagnostics)?;
    let received = whole_source(reader, document.received, document.received_len);
    let mut source = checked.noted(received)?;
    if document.source != document.received {
        let text = whole_source(reader, document.source, document.source_len);
        source = checked.noted(text)?;
    }
    checked.bytes = source.as_ref().map_or(0, |source| source.len() as u64);
    let mut passages = 0;
    for index in 0..document.exchanges {
        let read = reader.exchange(id, index);
        let Some(found) = checked.noted(read)? else { continue };
        let Some(stored) = found else {
            checked.faults.push(format!("its exchange {index} is missing"));
            continue;
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
fn check_version(reader: &Reader, record: Result<StoredDocument, StoreError>) -> Result<u64, StoreError> {
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
        let piece = reader.source_piece(digest, bytes.len())?;
        if piece.is_empty() {
            break;
        }
        hasher.update(&piece);
        bytes.extend(piece);
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

/// Whether the text copied verbatim from the source is what stands there, white space apart.
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
