//! The façade: everything onrecord can do, in process and synchronous. No transport.
//!
//! The store is the truth and the index is derived from it. A search sees one `Snapshot`: an index searcher
//! and the store reader of the same generation, swapped as one after each commit.

mod about;
mod answer;
pub(crate) mod cite;
mod error;
mod ingest;
mod page_token;
mod passages;
mod source_reader;
mod verdict;

pub use about::About;
pub use answer::Duplicate;
pub use answer::FoundExchange;
pub use answer::FoundPassage;
pub use answer::PlannedSearch;
pub use answer::SearchAnswer;
pub use answer::SearchCall;
pub use error::EngineError;
pub use ingest::Body;
pub use ingest::Identified;
pub use ingest::Prepared;
pub use ingest::Submission;
pub use passages::CitedPassage;
pub use source_reader::SourceKind;
pub use source_reader::SourceReader;
pub use verdict::Claim;
pub use verdict::Verdict;

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::TryLockError;
use std::time::SystemTime;

use crate::engine::page_token::PageTokens;
use crate::engine::page_token::Purpose;
use crate::engine::passages::Passages;
use crate::extraction::Limits;
use crate::local::commit::Writer;
use crate::local::commit::indexer::Analyzed;
use crate::local::commit::indexer::Indexer;
use crate::local::folder::DataFolder;
use crate::local::folder::remove_index;
use crate::local::index::DocumentAnalyzer;
use crate::local::index::Index;
use crate::local::store::Reader;
use crate::local::store::StoreError;
use crate::local::store::StoredDocument;
use crate::local::store::guarded;
use crate::local::view::Published;
use crate::local::view::Snapshot;
use crate::query::Ranking;
use crate::segmentation::windows::WindowSettings;
use crate::span::ByteSpan;
use crate::transcript::Diagnostic;
use crate::transcript::Digest;

/// How an engine works; every value is sensible by default but the two that no library may make up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Caps on sources.
    pub limits: Limits,
    /// How long answers are cut into windows.
    pub windows: WindowSettings,
    /// How passages are ranked.
    pub ranking: Ranking,
    /// How the index works.
    pub index: crate::local::index::Settings,
    /// Bytes that the store may keep in memory of its file.
    pub store_cache_bytes: usize,
    /// Up to which size, in bytes, the store's file is checked before [`Engine::open`] returns. A larger one is checked
    /// while searches are answered already, and other calls wait for it; see [`Engine::checked`].
    pub check_first_bytes: u64,
    /// Bytes of passages that are kept in memory as they were last served.
    pub passage_cache_bytes: usize,
    /// How many writes may wait to be committed before callers are held back.
    pub write_queue: usize,
    /// How many earlier versions of a document are kept, so that citations of them still resolve.
    pub keep_versions: usize,
    /// Bytes that writes leave free on the disk; without it, a twentieth of the disk and at most 256 MiB.
    pub disk_reserve: Option<u64>,
    /// Where snapshots may be written on this machine; `None`: nowhere.
    pub snapshot_dir: Option<PathBuf>,
    /// Tells the time, for page tokens.
    pub clock: fn() -> SystemTime,
    /// Random bytes: the key of page tokens in a data folder that has none yet.
    pub entropy: [u8; 32],
}

impl Settings {
    /// Default settings with this clock and these random bytes.
    #[must_use]
    pub fn new(clock: fn() -> SystemTime, entropy: [u8; 32]) -> Self {
        Self {
            limits: Limits::default(),
            windows: WindowSettings::default(),
            ranking: Ranking::default(),
            index: crate::local::index::Settings::default(),
            store_cache_bytes: 64 << 20,
            check_first_bytes: 512 << 20,
            passage_cache_bytes: 64 << 20,
            write_queue: 256,
            keep_versions: usize::MAX,
            disk_reserve: None,
            snapshot_dir: None,
            clock,
            entropy,
        }
    }
}

/// How large the corpus is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Documents stored.
    pub documents: u64,
    /// Exchanges found in them.
    pub exchanges: u64,
    /// Passages they make.
    pub passages: u64,
    /// Length of all sources.
    pub bytes: u64,
    /// The last commit's number.
    pub generation: u64,
}

impl Stats {
    fn of(reader: &Reader) -> Result<Self, StoreError> {
        Ok(Self {
            documents: reader.fact("documents")?,
            exchanges: reader.fact("exchanges")?,
            passages: reader.fact("passages")?,
            bytes: reader.fact("bytes")?,
            generation: reader.generation()?,
        })
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
    pub(crate) settings: Settings,
    analyzer: Arc<DocumentAnalyzer>,
    published: Arc<Published>,
    writer: Writer,
    tokens: PageTokens,
    passages: Passages,
    /// Held while an index is built beside the one in use.
    rebuilding: Mutex<()>,
    /// Let go of last.
    folder: DataFolder,
}

impl Engine {
    /// Opens the data folder, creating what is not there; checks store and index, and brings the index up to the
    /// store.
    pub fn open(folder: &Path, settings: Settings) -> Result<Self, EngineError> {
        let folder = DataFolder::take(folder)?;
        let (store, unchecked) = folder.store(&settings)?;
        let store = Arc::new(store);
        let analyzer = Arc::new(DocumentAnalyzer::new(&settings.index));
        let (writer, published, key) =
            crate::local::start::start(&store, unchecked.as_ref(), &folder, &settings, &analyzer)?;
        let (tokens, passages) =
            (PageTokens::new(key, settings.clock), Passages::new(settings.passage_cache_bytes));
        let rebuilding = Mutex::default();
        Ok(Self { settings, analyzer, published, writer, tokens, passages, rebuilding, folder })
    }

    /// Waits until the store's file has been checked, and tells what was found. Where it is damaged no write is taken, and
    /// what is read may be missing: the process had better end.
    pub fn checked(&self) -> Result<(), EngineError> {
        self.writer.checked()
    }

    /// What is committed; [`EngineError::NotReady`] until the store's file has been checked. An unchecked one may have lost
    /// what it is asked for, and only a search, whose hits the index vouches for, notices.
    pub(crate) fn checked_snapshot(&self) -> Result<Arc<Snapshot>, EngineError> {
        self.writer.found_whole()?;
        Ok(self.published.now())
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
    pub fn delete(&self, id: &str, purge: bool) -> Result<crate::local::Deleted, EngineError> {
        self.writer.delete(id, purge)
    }

    /// Calls `seen` with the generation of each snapshot as it becomes visible, and with that of the present one.
    pub fn watch(&self, seen: impl Fn(u64) + Send + Sync + 'static) {
        self.published.watch(Box::new(seen));
    }

    /// Builds the index anew from the store, beside the one in use, and puts it in its place. Searches and writes go
    /// on meanwhile. Returns the generation from which on the new one is used.
    pub fn rebuild_index(&self) -> Result<u64, EngineError> {
        let _one_at_a_time = match self.rebuilding.try_lock() {
            Ok(held) => held,
            // It guards no data that a panic could have left half written.
            Err(TryLockError::Poisoned(held)) => held.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(EngineError::NotReady),
        };
        let reader = self.writer.start_rebuild()?;
        let path = self.folder.new_index_path()?;
        let built = Index::open(&path, &self.settings.index).map_err(EngineError::from).and_then(|index| {
            let mut indexer = Indexer::new(index, Arc::clone(&self.analyzer));
            indexer.catch_up(reader, Analyzed::new())?;
            Ok(indexer.into_index())
        });
        let swapped = match built {
            Ok(index) => self.writer.end_rebuild(Some(index)),
            Err(error) => self.writer.end_rebuild(None).and(Err(error)),
        };
        let generation = match swapped {
            Ok(generation) => generation,
            Err(error) => {
                // What is left is removed by the next start, too; the rebuild's own error is the one to tell.
                drop(remove_index(&path));
                return Err(error);
            }
        };
        // Should this fail, the next start opens the old index and brings it up to the store.
        self.folder.set_index(&path)?;
        // Readers of the old index keep its files open.
        self.folder.index()?;
        tracing::info!(generation, "the index was built anew and is in use");
        Ok(generation)
    }

    /// A document's metadata and its exchanges, in order.
    pub fn document(&self, id: &str) -> Result<(StoredDocument, Vec<FoundExchange>), EngineError> {
        let snapshot = self.checked_snapshot()?;
        let document = snapshot.document(id)?;
        let stored = snapshot.reader.exchanges(id)?;
        let exchanges = stored.iter().map(|stored| FoundExchange::new(&document, stored)).collect();
        Ok((document, exchanges))
    }

    /// A page of documents, ordered by id.
    pub fn documents(&self, page_size: usize, page_token: &str) -> Result<DocumentPage, EngineError> {
        let snapshot = self.checked_snapshot()?;
        let purpose = Purpose::Documents;
        let after: Option<String> = self.tokens.open(page_token, &purpose)?;
        let mut documents = snapshot.reader.documents(after.as_deref(), page_size + 1)?;
        let more = documents.len() > page_size;
        documents.truncate(page_size);
        let next_page_token = match documents.last() {
            Some(last) if more => Some(self.tokens.seal(&last.id, &purpose)?),
            _ => None,
        };
        Ok(DocumentPage { documents, next_page_token, total: snapshot.reader.document_count()? })
    }

    /// Reads a document's source, or a stretch of it: of the version with these received bytes, or the present one.
    pub fn source(
        &self,
        id: &str,
        version: Option<Digest>,
        kind: SourceKind,
        span: Option<ByteSpan>,
    ) -> Result<SourceReader, EngineError> {
        SourceReader::open(self.checked_snapshot()?, id, version, kind, span)
    }

    /// Ranks by these parameters from now on.
    pub const fn set_ranking(&mut self, ranking: Ranking) {
        self.settings.ranking = ranking;
    }

    /// How large the corpus is.
    pub fn stats(&self) -> Result<Stats, EngineError> {
        let snapshot = self.published.now();
        Ok(guarded(|| Stats::of(&snapshot.reader))?)
    }
}
