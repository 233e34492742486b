//! The backend of one machine, as the engine sees it.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::Weak;
use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use crate::engine;
use crate::engine::Backend;
use crate::engine::BackendError;
use crate::engine::Completion;
use crate::engine::Deleted;
use crate::engine::Engine;
use crate::engine::Footprint;
use crate::engine::Maintenance;
use crate::engine::PreparedWrite;
use crate::engine::Receipt;
use crate::engine::View;
use crate::local::LocalError;
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
use crate::local::store::guarded;
use crate::local::view::LocalView;
use crate::local::view::Published;
use crate::transcript::PreparedDocument;

/// How a data folder is kept; every value is sensible by default but the two that no library may make up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How the index works.
    pub index: index::Settings,
    /// Bytes that the store may keep in memory of its file.
    pub store_cache_bytes: usize,
    /// Up to which size, in bytes, the store's file is checked before [`LocalBackend::open`] returns. A larger one is
    /// checked while searches are answered already, and other calls wait for it.
    pub check_first_bytes: u64,
    /// How many writes may wait to be committed before callers are held back.
    pub write_queue: usize,
    /// How many earlier versions of a document are kept, so that citations of them still resolve.
    pub keep_versions: usize,
    /// Bytes that writes leave free on the disk; without it, a twentieth of the disk and at most 256 MiB.
    pub disk_reserve: Option<u64>,
    /// Where snapshots may be written on this machine; `None`: nowhere.
    pub snapshot_dir: Option<PathBuf>,
    /// Tells when a commit is made.
    pub clock: fn() -> SystemTime,
    /// Random bytes: the key of page tokens in a data folder that has none yet.
    pub entropy: [u8; 32],
}

impl Settings {
    /// Default settings with this clock and these random bytes.
    #[must_use]
    pub fn new(clock: fn() -> SystemTime, entropy: [u8; 32]) -> Self {
        Self {
            index: index::Settings::default(),
            store_cache_bytes: 64 << 20,
            check_first_bytes: 512 << 20,
            write_queue: 256,
            keep_versions: usize::MAX,
            disk_reserve: None,
            snapshot_dir: None,
            clock,
            entropy,
        }
    }
}

/// An engine over the data folder `folder`, with the engine's default settings and the same clock.
pub fn open(folder: &Path, settings: Settings) -> Result<Engine, LocalError> {
    let engine = engine::Settings::new(settings.clock);
    Ok(Engine::new(Arc::new(LocalBackend::open(folder, settings)?), engine))
}

/// A data folder that is open: a store of documents, the index derived from it, and the thread that commits to both.
#[derive(Debug)]
pub struct LocalBackend {
    pub(crate) settings: Settings,
    pub(crate) analyzer: Arc<DocumentAnalyzer>,
    pub(crate) published: Arc<Published>,
    pub(crate) writer: Arc<Writer>,
    page_key: [u8; 32],
    /// Held while an index is built next to the one in use.
    pub(crate) rebuilding: Mutex<()>,
    /// Dropped last: it holds the lock of the folder.
    pub(crate) folder: DataFolder,
}

impl LocalBackend {
    /// Opens the data folder, creating what is missing; checks store and index, and brings the index up to the store.
    pub fn open(folder: &Path, settings: Settings) -> Result<Self, LocalError> {
        let folder = DataFolder::take(folder)?;
        let (store, unchecked) = folder.store(&settings)?;
        let store = Arc::new(store);
        let analyzer = Arc::new(DocumentAnalyzer::new(&settings.index));
        let Started { writer, published, page_key } =
            start(&store, unchecked.as_ref(), &folder, &settings, &analyzer)?;
        let (writer, rebuilding) = (Arc::new(writer), Mutex::default());
        Ok(Self { settings, analyzer, published, writer, page_key, rebuilding, folder })
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

    fn prepare(&self, prepared: PreparedDocument) -> Result<Box<dyn PreparedWrite>, BackendError> {
        let analyzed = self.analyzer.analyze(&commit::entry(&prepared.document, &prepared.exchanges));
        let write = EncodedWrite { document: EncodedDocument::new(prepared)?, analyzed };
        Ok(Box::new(QueuedWrite { write, writer: Arc::downgrade(&self.writer) }))
    }

    fn delete(&self, id: &str, purge: bool) -> Result<Deleted, BackendError> {
        Ok(self.writer.delete(id, purge)?)
    }

    fn page_key(&self) -> [u8; 32] {
        self.page_key
    }

    fn footprint(&self) -> Result<Footprint, BackendError> {
        let (store_bytes, index_bytes) = self.folder.bytes()?;
        let view = self.published.now();
        let committed = guarded(|| view.reader.fact("committed"))?;
        Ok(Footprint {
            last_commit: (committed > 0).then(|| UNIX_EPOCH + Duration::from_secs(committed)),
            store_bytes,
            index_bytes,
            store_format: store::FORMAT,
            index_format: index::FORMAT,
            snapshot_format: store::SNAPSHOT_FORMAT,
        })
    }

    fn maintenance(&self) -> Option<&dyn Maintenance> {
        Some(self)
    }
}

/// An encoded write, and the thread that commits it. Weak: a write that is never submitted must not keep the thread
/// going once the backend is closed and its folder unlocked.
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
