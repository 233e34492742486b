//! One opening of the store's file.

use std::io;
use std::path::Path;

use redb::Database;

use crate::disk::RandomAccess;
use crate::local::store::error::StoreError;
use crate::local::store::fail_stop::FailStopBackend;
use crate::local::store::fail_stop::FirstFailure;
use crate::local::store::panics::catch_redb_panic;

/// What redb may keep in memory of a file that is only read to check or copy it, in bytes.
const READ_ONLY_CACHE: usize = 64 << 20;

/// The file as opened once: at the start, or after a failed write.
#[derive(Debug)]
pub(super) struct Epoch {
    /// `None` only while it is closed.
    database: Option<Database>,
    pub(super) failure: FirstFailure,
}

impl Epoch {
    /// Opens a file for reading and writing; one that is empty becomes an empty database. `check`
    /// verifies every page of it.
    pub(super) fn open(
        file: io::Result<RandomAccess>,
        cache_bytes: usize,
        check: bool,
    ) -> Result<Self, StoreError> {
        let file = file.map_err(|error| StoreError::of_io(&error))?;
        let epoch = Self::through(file, FirstFailure::default(), cache_bytes, check)?;
        epoch.failure.hide();
        Ok(epoch)
    }

    /// Opens the file at `path` to read it. It is not changed: what redb writes stays in memory.
    pub(super) fn open_read_only(path: &Path, check: bool) -> Result<Self, StoreError> {
        let file = RandomAccess::open_read_only(path).map_err(|error| StoreError::of_io(&error))?;
        // redb would take an empty file for a new one.
        if file.length().is_ok_and(|length| length == 0) {
            return Err(StoreError::Damaged("its file is empty".into()));
        }
        let failure = FirstFailure::default();
        failure.record(io::Error::from(io::ErrorKind::ReadOnlyFilesystem));
        Self::through(file, failure, READ_ONLY_CACHE, check)
    }

    fn through(
        file: RandomAccess,
        failure: FirstFailure,
        cache_bytes: usize,
        check: bool,
    ) -> Result<Self, StoreError> {
        let mut builder = Database::builder();
        builder.set_cache_size(cache_bytes).set_check_integrity_on_open(check);
        let database = builder.create_with_backend(FailStopBackend::new(file, failure.clone()))?;
        Ok(Self { database: Some(database), failure })
    }

    pub(super) fn database(&self) -> Result<&Database, StoreError> {
        self.database.as_ref().ok_or_else(|| StoreError::Io("the store is closed".into()))
    }

    /// Closes it; an error where not all of it is on disk.
    pub(super) fn close(mut self) -> Result<(), StoreError> {
        if let Some(database) = self.database.take() {
            database.close()?;
        }
        self.failure.error().map_or(Ok(()), |error| Err(StoreError::of_io(&error)))
    }

    /// Verifies every page; an error says what is wrong with them.
    pub(super) fn check_pages(&mut self) -> Result<(), StoreError> {
        let closed = || StoreError::Io("the store is closed".into());
        if self.database.as_mut().ok_or_else(closed)?.check_integrity()? {
            return Ok(());
        }
        Err(StoreError::Damaged("its pages were not accounted for and had to be repaired".into()))
    }
}

impl Drop for Epoch {
    /// redb reads and writes pages when it is closed, too, and panics over damaged ones.
    fn drop(&mut self) {
        let database = self.database.take();
        let closed = catch_redb_panic(|| {
            drop(database);
            Ok(())
        });
        if let Err(error) = closed {
            tracing::warn!(%error, "the store was closed without all that redb keeps of it");
        }
    }
}
