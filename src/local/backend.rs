//! The backend of one machine, as the engine sees it.

use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::Weak;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use std::time::UNIX_EPOCH;

use crate::engine;
use crate::engine::Backend;
use crate::engine::BackendError;
use crate::engine::Completion;
use crate::engine::Deleted;
use crate::engine::DiskSpace;
use crate::engine::Engine;
use crate::engine::Footprint;
use crate::engine::Formats;
use crate::engine::Maintenance;
use crate::engine::PreparedWrite;
use crate::engine::Receipt;
use crate::engine::View;
use crate::local::LocalError;
use crate::local::Settings;
use crate::local::commit;
use crate::local::commit::EncodedWrite;
use crate::local::commit::Writer;
use crate::local::folder::DataFolder;
use crate::local::index;
use crate::local::index::DocumentAnalyzer;
use crate::local::start::Started;
use crate::local::start::start;
use crate::local::store;
use crate::local::store::EncodedDocument;
use crate::local::store::catch_redb_panic;
use crate::local::view::LocalView;
use crate::local::view::Published;
use crate::transcript::PreparedDocument;

/// An engine over the data folder `folder`, with the engine's default settings and the same clock.
pub fn open(folder: &Path, settings: Settings) -> Result<Engine, LocalError> {
    let engine = engine::Settings::new(settings.clock);
    Ok(Engine::new(Arc::new(LocalBackend::open(folder, settings)?), engine))
}

/// A data folder that is open: a store of documents, the index derived from it, and the thread that
/// commits to both.
#[derive(Debug)]
pub struct LocalBackend {
    pub(crate) settings: Settings,
    pub(crate) analyzer: Arc<DocumentAnalyzer>,
    pub(crate) published: Arc<Published>,
    pub(crate) writer: Arc<Writer>,
    page_key: [u8; 32],
    corpus_id: String,
    /// Held while an index is built next to the one in use.
    pub(crate) rebuilding: Mutex<()>,
    /// Whether a snapshot is being streamed.
    pub(crate) streaming: Arc<AtomicBool>,
    /// Dropped last: it holds the lock of the folder.
    pub(crate) folder: DataFolder,
}

impl LocalBackend {
    /// Opens the data folder, creating what is missing; checks store and index, and brings the
    /// index up to the store.
    pub fn open(folder: &Path, settings: Settings) -> Result<Self, LocalError> {
        let folder = DataFolder::take(folder)?;
        let corpus_id = folder.corpus_id(&settings.entropy);
        let (store, unchecked) = folder.store(&settings)?;
        let store = Arc::new(store);
        let analyzer = Arc::new(DocumentAnalyzer::new(&settings.index));
        let Started { writer, published, page_key } =
            start(&store, unchecked.as_ref(), &folder, &settings, &analyzer)?;
        let (writer, rebuilding, streaming) = (Arc::new(writer), Mutex::default(), Arc::default());
        Ok(Self { settings, analyzer, published, writer, page_key, corpus_id, rebuilding, streaming, folder })
    }

    /// The latest generation, once the store has been checked.
    pub(crate) fn checked_view(&self) -> Result<Arc<LocalView>, LocalError> {
        self.writer.found_whole()?;
        Ok(self.published.now())
    }
}

impl Backend for LocalBackend {
    fn view(&self) -> Arc<dyn View> {
        self.published.now()
    }

    fn ready(&self) -> Result<(), BackendError> {
        Ok(self.writer.found_whole()?)
    }

    fn wait_until_checked(&self) -> Result<(), BackendError> {
        Ok(self.writer.checked()?)
    }

    fn watch(&self, seen: Box<dyn Fn(u64) + Send + Sync>) {
        self.published.watch(seen);
    }

    fn prepare(
        &self,
        prepared: PreparedDocument,
        if_etag: Option<String>,
    ) -> Result<Box<dyn PreparedWrite>, BackendError> {
        let analyzed = self.analyzer.analyze(&commit::entry(&prepared.document, &prepared.exchanges));
        let write = EncodedWrite { document: EncodedDocument::new(prepared)?, analyzed, if_etag };
        Ok(Box::new(QueuedWrite { write, writer: Arc::downgrade(&self.writer) }))
    }

    fn delete(&self, id: &str, purge: bool, if_etag: Option<&str>) -> Result<Deleted, BackendError> {
        Ok(self.writer.delete(id, purge, if_etag)?)
    }

    fn page_key(&self) -> [u8; 32] {
        self.page_key
    }

    fn corpus_id(&self) -> &str {
        &self.corpus_id
    }

    fn formats(&self) -> Formats {
        Formats { store: store::FORMAT, index: index::FORMAT, snapshot: store::SNAPSHOT_FORMAT }
    }

    fn footprint(&self) -> Result<Footprint, BackendError> {
        let (store_bytes, index_bytes) = self.folder.bytes()?;
        let view = self.published.now();
        let committed = catch_redb_panic(|| view.reader.meta("committed"))?;
        Ok(Footprint {
            last_commit: (committed > 0).then(|| UNIX_EPOCH + Duration::from_secs(committed)),
            store_bytes,
            index_bytes,
        })
    }

    fn disk(&self) -> Option<DiskSpace> {
        let room = self.folder.room().ok()?;
        Some(DiskSpace { free: room.free, total: room.total })
    }

    fn maintenance(&self) -> Option<&dyn Maintenance> {
        Some(self)
    }
}

/// An encoded write, and the thread that commits it. Weak: a write that is never submitted must not
/// keep the thread going once the backend is closed and its folder unlocked.
#[derive(Debug)]
struct QueuedWrite {
    write: EncodedWrite,
    writer: Weak<Writer>,
}

impl PreparedWrite for QueuedWrite {
    fn submit(self: Box<Self>, done: Completion<Receipt>) -> Result<(), BackendError> {
        let Self { write, writer } = *self;
        let closed = || BackendError::Failed("the data folder was closed".into());
        let writer = writer.upgrade().ok_or_else(closed)?;
        let done = Box::new(|result: Result<Receipt, LocalError>| done(result.map_err(BackendError::from)));
        Ok(writer.submit(write, done)?)
    }
}
