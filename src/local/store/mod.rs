//! The source of truth on disk: documents as received, and the exchanges found in them.
//!
//! One redb file. Every value carries a checksum of itself and its key, so that damage is noticed when a value
//! is read and never becomes text that is served.

mod record;
mod seal;
mod file;
mod read;
mod encoded;
mod write;
mod section;
mod export;
mod import;
mod untouched;
mod salvage;
mod scan;
mod verify;

pub use encoded::EncodedDocument;
pub use export::Export;
pub use export::SNAPSHOT_FORMAT;
pub use import::SnapshotError;
pub use import::check_snapshot;
pub use import::restore;
pub use import::unfinished;
pub use read::Reader;
pub use salvage::Salvage;
pub use salvage::check_pages;
pub use salvage::guarded;
pub use scan::Scan;
pub use verify::Version;
pub use write::Batch;

use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::Weak;

use redb::Database;
use redb::ReadableDatabase as _;
use redb::TableDefinition;

use crate::disk;
use crate::disk::RandomAccess;
use crate::local::store::file::Faults;
use crate::local::store::file::StoreFile;

/// Version of the tables and records below. A store of an older version is brought up to it when it is opened, one
/// of a newer version is not opened.
///
/// 1: the first. 2: `VERSIONS`.
pub const FORMAT: u64 = 2;

/// Sources are kept in pieces of this size, so that a range of a long one is read without the rest.
const PIECE: usize = 64 << 10;

type Bytes = &'static [u8];

/// Small facts by name: format, generation, the key of page tokens, counts.
const FACTS: TableDefinition<'_, &str, Bytes> = TableDefinition::new("facts");
/// Documents by id.
const DOCUMENTS: TableDefinition<'_, &str, Bytes> = TableDefinition::new("documents");
/// Diagnostics by document id: apart, because searches read documents and never these.
const DIAGNOSTICS: TableDefinition<'_, &str, Bytes> = TableDefinition::new("diagnostics");
/// Exchanges by document id and index.
const EXCHANGES: TableDefinition<'_, (&str, u32), Bytes> = TableDefinition::new("exchanges");
/// Pieces of sources by digest and piece number.
const SOURCES: TableDefinition<'_, (&[u8; 32], u32), Bytes> = TableDefinition::new("sources");
/// Documents that were replaced or deleted, by id and the generation in which that happened.
const VERSIONS: TableDefinition<'_, (&str, u64), Bytes> = TableDefinition::new("versions");
/// How many documents, past ones among them, use a source, by digest.
const USES: TableDefinition<'_, &[u8; 32], u32> = TableDefinition::new("uses");
/// Ids written in a generation, until the index has committed it.
const CHANGES: TableDefinition<'_, (u64, &str), ()> = TableDefinition::new("changes");

/// What can go wrong on disk.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The store was written by a later version.
    #[error(
        "the data folder has format {found}, this version reads up to {FORMAT}; serve it with the version that wrote it"
    )]
    Format {
        /// The format found.
        found: u64,
    },
    /// What is on disk is not what was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// There is no room on the disk.
    #[error("the disk is full: {0}")]
    Full(String),
    /// The disk failed.
    #[error("the store cannot be read or written: {0}")]
    Io(String),
}

impl<E: Into<redb::Error>> From<E> for StoreError {
    fn from(error: E) -> Self {
        let error = error.into();
        // Corrupted, or not the tables that were written: not the file that was written, or not redb's at all.
        let foreign = matches!(
            error,
            redb::Error::TableTypeMismatch { .. }
                | redb::Error::TableDoesNotExist(_)
                | redb::Error::UpgradeRequired(_)
                | redb::Error::RepairAborted
        );
        if let redb::Error::Corrupted(what) = error {
            Self::Damaged(what)
        } else if let redb::Error::Io(error) = error {
            Self::of_io(&error)
        } else if foreign {
            Self::Damaged(error.to_string())
        } else {
            Self::Io(error.to_string())
        }
    }
}

impl StoreError {
    /// The error of a failed operation on the store's file.
    fn of_io(error: &io::Error) -> Self {
        // How redb and a read behind the end tell that the file is not what was written.
        let foreign = matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof);
        if disk::is_full(error) {
            Self::Full(error.to_string())
        } else if foreign {
            Self::Damaged(error.to_string())
        } else {
            Self::Io(error.to_string())
        }
    }
}

/// Documents and exchanges, durably.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    cache_bytes: usize,
    current: RwLock<Arc<Epoch>>,
    /// Epochs that ended by a failed write and may still have readers.
    ended: Mutex<Vec<Weak<Epoch>>>,
}

/// The file as opened once: from start, or from the last failed write, on.
#[derive(Debug)]
struct Epoch {
    /// `None` only while it is closed.
    database: Option<Database>,
    faults: Faults,
}

impl Epoch {
    const fn new(database: Database, faults: Faults) -> Self {
        Self { database: Some(database), faults }
    }

    fn database(&self) -> Result<&Database, StoreError> {
        self.database.as_ref().ok_or_else(|| StoreError::Io("the store is closed".into()))
    }

    fn open(file: io::Result<RandomAccess>, cache_bytes: usize, check: bool) -> Result<Self, StoreError> {
        let file = file.map_err(|error| StoreError::of_io(&error))?;
        let faults = Faults::default();
        let mut builder = Database::builder();
        builder.set_cache_size(cache_bytes).set_check_integrity_on_open(check);
        let database = builder.create_with_backend(StoreFile::new(file, faults.clone()))?;
        faults.hide();
        Ok(Self::new(database, faults))
    }
}

impl Drop for Epoch {
    /// redb reads and writes pages when it is closed, too, which those of a damaged file can make it panic over.
    fn drop(&mut self) {
        let database = self.database.take();
        let closed = guarded(|| {
            drop(database);
            Ok(())
        });
        if let Err(error) = closed {
            tracing::warn!(%error, "the store was closed without all that redb keeps of it");
        }
    }
}

/// When every page of a store's file is checked against its checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// While it is opened.
    Now,
    /// By [`check_pages`], which has to be called before anything is written.
    Later,
}

impl Store {
    /// Opens the store in the file `path`, and checks all of it unless `check` is put off. A store of an older format
    /// is checked, and brought up to the present one. Says with the store which of both was done.
    pub fn open(path: &Path, cache_bytes: usize, check: Check) -> Result<(Self, Check), StoreError> {
        let file = RandomAccess::open(path);
        // redb would take an empty file for a new one.
        if file.as_ref().is_ok_and(|file| file.length().is_ok_and(|length| length == 0)) {
            return Err(StoreError::Damaged("its file is empty".into()));
        }
        let whole = check == Check::Now;
        let store = Self::of(path, Epoch::open(file, cache_bytes, whole)?, cache_bytes);
        let batch = store.begin()?;
        match batch.fact("format")? {
            Some(FORMAT) => {
                drop(batch);
                return Ok((store, check));
            }
            Some(found) if found > FORMAT => return Err(StoreError::Format { found }),
            Some(_) if !whole => {
                // What is not checked is not written.
                drop((batch, store));
                return Self::open(path, cache_bytes, Check::Now);
            }
            Some(_) => {}
            None => return Err(StoreError::Damaged("it has no format".into())),
        }
        batch.set_fact("format", FORMAT)?;
        batch.create_tables()?;
        batch.commit()?;
        Ok((store, check))
    }

    /// Makes an empty store in the file `path`, where there is none. `page_key` becomes the key that page tokens are
    /// signed with. The file gets its name only when it is whole.
    pub fn create(path: &Path, page_key: &[u8; 32]) -> Result<(), StoreError> {
        let io = |error: io::Error| StoreError::of_io(&error);
        let beside = disk::beside(path, "new").map_err(io)?;
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
        let store = Self::of(&beside, Epoch::open(RandomAccess::create(&beside), 0, false)?, 0);
        let batch = store.begin()?;
        batch.set_fact("format", FORMAT)?;
        batch.set_page_key(page_key)?;
        batch.create_tables()?;
        batch.commit()?;
        drop(store);
        disk::rename(&beside, path).map_err(io)?;
        disk::sync_folder(path.parent().unwrap_or(Path::new("."))).map_err(io)
    }

    fn of(path: &Path, epoch: Epoch, cache_bytes: usize) -> Self {
        let current = RwLock::new(Arc::new(epoch));
        Self { path: path.to_owned(), cache_bytes, current, ended: Mutex::default() }
    }

    fn epoch(&self) -> Arc<Epoch> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A consistent view of what is committed.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        let epoch = self.epoch();
        Ok(Reader::new(epoch.database()?.begin_read()?, epoch))
    }

    /// Starts a batch of writes, which becomes visible and durable as one.
    ///
    /// After a failed write it fails until [`Store::recover`] went well.
    pub fn begin(&self) -> Result<Batch, StoreError> {
        let epoch = self.epoch();
        if let Some(fault) = epoch.faults.first() {
            return Err(StoreError::of_io(&fault));
        }
        Ok(Batch::begin(epoch.database()?.begin_write()?, epoch))
    }

    /// Writes nothing any more until [`Store::recover`], for what the last batch left is unknown.
    pub fn give_up(&self, reason: &str) {
        self.epoch().faults.note(io::Error::other(reason.to_owned()));
    }

    /// Bytes that may still be written on its disk.
    pub fn free_bytes(&self) -> Result<u64, StoreError> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let room = disk::room(folder.unwrap_or(Path::new(".")));
        room.map(|room| room.free).map_err(|error| StoreError::of_io(&error))
    }

    /// Whether a write failed, so that the file has to be opened anew before the next.
    pub fn has_failed(&self) -> bool {
        self.epoch().faults.first().is_some()
    }

    /// Opens the file anew after a failed write. Readers made from now on see what is on disk.
    pub fn recover(&self) -> Result<(), StoreError> {
        let next = Arc::new(Epoch::open(RandomAccess::open(&self.path), self.cache_bytes, false)?);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let last = std::mem::replace(&mut *current, next);
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&last));
        Ok(())
    }

    /// Whether readers from before the last failed write are still there. The file must not be written until they are
    /// gone, for its database does not know them and would give pages that they read to others.
    pub fn has_stale_readers(&self) -> bool {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|epoch| epoch.strong_count() > 0);
        !ended.is_empty()
    }
}
