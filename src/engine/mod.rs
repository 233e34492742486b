//! The façade: everything onrecord can do, in process and synchronous. No transport, and no way of keeping documents:
//! that is a [`Backend`]'s, which an engine is given.
//!
//! What a call reads comes from one [`View`], which is one generation of the corpus.

mod backend_error;
mod backend;
mod view;
mod maintenance;
mod error;
pub(crate) mod citation;
mod page_token;
mod passages;
mod ingest;
mod search;
mod source_reader;
mod verify_citation;
mod server_info;

pub use backend::Backend;
pub use backend::Completion;
pub use backend::Deleted;
pub use backend::Footprint;
pub use backend::Outcome;
pub use backend::PreparedWrite;
pub use backend::Purged;
pub use backend::Receipt;
pub use backend_error::BackendError;
pub use backend_error::SnapshotRefusal;
pub use error::EngineError;
pub use ingest::Body;
pub use ingest::Identified;
pub use ingest::PIPELINE;
pub use ingest::Submission;
pub use maintenance::Fault;
pub use maintenance::IntegrityCheck;
pub use maintenance::IntegrityReport;
pub use maintenance::Maintenance;
pub use maintenance::SnapshotPart;
pub use maintenance::SnapshotStream;
pub use maintenance::SnapshotSummary;
pub use passages::CitedPassage;
pub use search::Duplicate;
pub use search::FoundExchange;
pub use search::FoundPassage;
pub use search::PlannedSearch;
pub use search::SearchAnswer;
pub use search::SearchCall;
pub use server_info::ServerInfo;
pub use source_reader::SourceKind;
pub use source_reader::SourceReader;
pub use verify_citation::Claim;
pub use verify_citation::Verdict;
pub use view::Collapsed;
pub use view::Cursor;
pub use view::Highlight;
pub use view::Hit;
pub use view::PageRequest;
pub use view::PassageKey;
pub use view::ResultPage;
pub use view::Score;
pub use view::SearchPlan;
pub use view::Statistics;
pub use view::View;

use std::sync::Arc;
use std::time::SystemTime;

use crate::engine::page_token::PageTokens;
use crate::engine::page_token::Purpose;
use crate::engine::passages::Passages;
use crate::extraction::Limits;
use crate::query::Ranking;
use crate::segmentation::windows::WindowSettings;
use crate::span::ByteSpan;
use crate::transcript::Diagnostic;
use crate::transcript::Digest;
use crate::transcript::StoredDocument;

/// How an engine works, whatever its backend.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Caps on sources.
    pub limits: Limits,
    /// How long answers are cut into windows.
    pub windows: WindowSettings,
    /// How passages are ranked.
    pub ranking: Ranking,
    /// Bytes of passages that are kept in memory as they were last served.
    pub passage_cache_bytes: usize,
    /// The clock by which page tokens expire.
    pub clock: fn() -> SystemTime,
}

impl Settings {
    /// Default settings with this clock.
    #[must_use]
    pub fn new(clock: fn() -> SystemTime) -> Self {
        Self {
            limits: Limits::default(),
            windows: WindowSettings::default(),
            ranking: Ranking::default(),
            passage_cache_bytes: 64 << 20,
            clock,
        }
    }
}

/// A page of documents.
#[derive(Clone, Debug)]
pub struct DocumentPage {
    /// The documents, ordered by id.
    pub documents: Vec<StoredDocument>,
    /// Where the next page starts; `None` on the last.
    pub next_page_token: Option<String>,
    /// How many documents there are in all.
    pub total: u64,
}

/// onrecord, in process.
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    backend: Arc<dyn Backend>,
    tokens: PageTokens,
    passages: Passages,
}

impl Engine {
    /// An engine over this backend.
    #[must_use]
    pub fn new(backend: Arc<dyn Backend>, settings: Settings) -> Self {
        let tokens = PageTokens::new(backend.page_key(), settings.clock);
        let passages = Passages::new(settings.passage_cache_bytes);
        Self { settings, backend, tokens, passages }
    }

    /// Waits until what is stored has been checked, and reports what was found. Where it is damaged no write is taken, and
    /// what is read may be missing: the process had better end.
    pub fn wait_until_checked(&self) -> Result<(), EngineError> {
        Ok(self.backend.wait_until_checked()?)
    }

    /// The latest generation; [`BackendError::NotReady`] until what is stored has been checked. An unchecked store may
    /// have lost what it is asked for, and only a search, whose hits the index vouches for, notices.
    fn checked_view(&self) -> Result<Arc<dyn View>, EngineError> {
        self.backend.ready()?;
        Ok(self.backend.view())
    }

    /// What would be indexed of a document, without storing it.
    pub fn segment(
        &self,
        submission: Submission,
    ) -> Result<(Vec<FoundExchange>, Vec<Diagnostic>), EngineError> {
        let new = submission.identify().prepare(&self.settings)?;
        let found = new.exchanges.iter().map(|stored| FoundExchange::new(&new.document, stored)).collect();
        Ok((found, new.diagnostics))
    }

    /// Deletes a document. `purge` deletes its earlier versions too, with every byte that no other document has.
    pub fn delete(&self, id: &str, purge: bool) -> Result<Deleted, EngineError> {
        Ok(self.backend.delete(id, purge)?)
    }

    /// Calls `seen` with the present generation, and with each that becomes visible later.
    pub fn watch(&self, seen: impl Fn(u64) + Send + Sync + 'static) {
        self.backend.watch(Box::new(seen));
    }

    /// A document's metadata and its exchanges, in order.
    pub fn document(&self, id: &str) -> Result<(StoredDocument, Vec<FoundExchange>), EngineError> {
        let view = self.checked_view()?;
        let document = view.document(id)?.ok_or_else(|| EngineError::NoSuchDocument(id.to_owned()))?;
        let stored = view.exchanges(id)?;
        let exchanges = stored.iter().map(|stored| FoundExchange::new(&document, stored)).collect();
        Ok((document, exchanges))
    }

    /// A page of documents, ordered by id.
    pub fn documents(&self, page_size: usize, page_token: &str) -> Result<DocumentPage, EngineError> {
        let view = self.checked_view()?;
        let purpose = Purpose::Documents;
        let after: Option<String> = self.tokens.open(page_token, &purpose)?;
        let mut documents = view.documents(after.as_deref(), page_size + 1)?;
        let more = documents.len() > page_size;
        documents.truncate(page_size);
        let next_page_token = match documents.last() {
            Some(last) if more => Some(self.tokens.seal(&last.id, &purpose)?),
            _ => None,
        };
        Ok(DocumentPage { documents, next_page_token, total: view.statistics()?.documents })
    }

    /// Reads a document's source, or a range of it: of the version with these received bytes, or the present one.
    pub fn source(
        &self,
        id: &str,
        version: Option<Digest>,
        kind: SourceKind,
        span: Option<ByteSpan>,
    ) -> Result<SourceReader, EngineError> {
        SourceReader::open(self.checked_view()?, id, version, kind, span)
    }

    /// Ranks by these parameters from now on.
    pub const fn set_ranking(&mut self, ranking: Ranking) {
        self.settings.ranking = ranking;
    }

    /// How large the corpus is.
    pub fn stats(&self) -> Result<Statistics, EngineError> {
        Ok(self.backend.view().statistics()?)
    }

    /// Takes a snapshot of what the latest commit left. Writes go on meanwhile.
    pub fn snapshot(&self) -> Result<Box<dyn SnapshotStream>, EngineError> {
        Ok(self.maintenance()?.snapshot()?)
    }

    /// Takes a snapshot, with its manifest, into the folder that the operator chose.
    pub fn snapshot_to(&self, name: &str) -> Result<SnapshotSummary, EngineError> {
        Ok(self.maintenance()?.snapshot_to(name)?)
    }

    /// Builds the index again from the documents. Searches and writes go on meanwhile. Returns the generation from which
    /// on the new one is used.
    pub fn rebuild_index(&self) -> Result<u64, EngineError> {
        Ok(self.maintenance()?.rebuild_index()?)
    }

    /// Starts to read everything again and to compare it with its digests.
    pub fn check_integrity(&self) -> Result<Box<dyn IntegrityCheck>, EngineError> {
        Ok(self.maintenance()?.check_integrity()?)
    }

    fn maintenance(&self) -> Result<&dyn Maintenance, EngineError> {
        self.backend.maintenance().ok_or(EngineError::NoMaintenance)
    }
}
