//! The store's file: opening, upgrading and reopening it.

use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::Weak;

use redb::ReadableDatabase as _;

use crate::disk;
use crate::disk::RandomAccess;
use crate::local::store::epoch::Epoch;
use crate::local::store::error::StoreError;
use crate::local::store::format::FORMAT;
use crate::local::store::panics::catch_redb_panic;
use crate::local::store::read::Reader;
use crate::local::store::write::Batch;

/// Documents and exchanges, durably.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    cache_bytes: usize,
    current: RwLock<Arc<Epoch>>,
    /// Epochs that ended by a failed write and may still have readers.
    ended: Mutex<Vec<Weak<Epoch>>>,
}

/// When every page of a store's file is checked against its checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// While it is opened.
    Now,
    /// By `check_pages`, which has to be called before anything is written.
    Later,
}

impl Store {
    /// Opens the store in the file `path`, and checks all of it unless `check` is put off. A store
    /// of an older format is checked and upgraded. Returns with the store which of both was done.
    pub(crate) fn open(path: &Path, cache_bytes: usize, check: Check) -> Result<(Self, Check), StoreError> {
        catch_redb_panic(|| Self::open_or_panic(path, cache_bytes, check))
    }

    fn open_or_panic(path: &Path, cache_bytes: usize, check: Check) -> Result<(Self, Check), StoreError> {
        let file = RandomAccess::open(path);
        // redb would take an empty file for a new one.
        if file.as_ref().is_ok_and(|file| file.length().is_ok_and(|length| length == 0)) {
            return Err(StoreError::Damaged("its file is empty".into()));
        }
        let whole = check == Check::Now;
        let store = Self::of(path, Epoch::open(file, cache_bytes, whole)?, cache_bytes);
        let batch = store.begin()?;
        match batch.meta("format")? {
            Some(FORMAT) => {
                drop(batch);
                return Ok((store, check));
            }
            Some(found) if found > FORMAT => return Err(StoreError::Format { found }),
            Some(_) if !whole => {
                // An unchecked file is not written.
                drop((batch, store));
                return Self::open_or_panic(path, cache_bytes, Check::Now);
            }
            Some(_) => {}
            None => return Err(StoreError::Damaged("it has no format".into())),
        }
        batch.set_meta("format", FORMAT)?;
        batch.create_tables()?;
        batch.commit()?;
        Ok((store, check))
    }

    /// Makes an empty store in the file `path`, where there is none. `page_key` becomes the key
    /// that page tokens are signed with. The file gets its name only when it is complete.
    pub(crate) fn create(path: &Path, page_key: &[u8; 32]) -> Result<(), StoreError> {
        let io = |error: io::Error| StoreError::of_io(&error);
        let unnamed = disk::with_suffix(path, "new").map_err(io)?;
        match fs::remove_file(&unnamed) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
        let store = Self::of(&unnamed, Epoch::open(RandomAccess::create(&unnamed), 0, false)?, 0);
        let batch = store.begin()?;
        batch.set_meta("format", FORMAT)?;
        batch.set_page_key(page_key)?;
        batch.create_tables()?;
        batch.commit()?;
        drop(store);
        disk::rename(&unnamed, path).map_err(io)?;
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
    pub(crate) fn reader(&self) -> Result<Reader, StoreError> {
        let epoch = self.epoch();
        Ok(Reader::new(epoch.database()?.begin_read()?, epoch))
    }

    /// Starts a batch of writes, which becomes visible and durable as one.
    ///
    /// After a failed write it fails until [`Store::recover`] has succeeded.
    pub(crate) fn begin(&self) -> Result<Batch, StoreError> {
        let epoch = self.epoch();
        if let Some(fault) = epoch.failure.error() {
            return Err(StoreError::of_io(&fault));
        }
        Ok(Batch::begin(epoch.database()?.begin_write()?, epoch))
    }

    /// Writes nothing any more until [`Store::recover`]: what the last batch left is unknown.
    pub(crate) fn give_up(&self, reason: &str) {
        self.epoch().failure.record(io::Error::other(reason.to_owned()));
    }

    /// Bytes that may still be written on its disk.
    pub(crate) fn free_bytes(&self) -> Result<u64, StoreError> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let room = disk::room(folder.unwrap_or(Path::new(".")));
        room.map(|room| room.free).map_err(|error| StoreError::of_io(&error))
    }

    /// Whether a write failed, so that the file has to be reopened before the next.
    pub(crate) fn has_failed(&self) -> bool {
        self.epoch().failure.error().is_some()
    }

    /// Reopens the file after a failed write. Readers made from now on see what is on disk.
    pub(crate) fn recover(&self) -> Result<(), StoreError> {
        let next = Arc::new(Epoch::open(RandomAccess::open(&self.path), self.cache_bytes, false)?);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let last = std::mem::replace(&mut *current, next);
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&last));
        Ok(())
    }

    /// Whether readers from before the last failed write still exist. The file must not be written
    /// until they are gone: its database does not know them and would reuse the pages they read.
    pub(crate) fn has_stale_readers(&self) -> bool {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.retain(|epoch| epoch.strong_count() > 0);
        !ended.is_empty()
    }
}
