//! Snapshots, checks and rebuilds of a data folder that is open.

use std::sync::Arc;
use std::sync::TryLockError;

use crate::engine::BackendError;
use crate::engine::IntegrityCheck;
use crate::engine::Maintenance;
use crate::engine::SnapshotStream;
use crate::engine::SnapshotSummary;
use crate::local::LocalBackend;
use crate::local::LocalError;
use crate::local::commit::Analyzed;
use crate::local::commit::Indexer;
use crate::local::folder::remove_index;
use crate::local::index::Index;
use crate::local::recovery::backup;
use crate::local::recovery::integrity::ViewCheck;

impl Maintenance for LocalBackend {
    fn snapshot(&self) -> Result<Box<dyn SnapshotStream>, BackendError> {
        let lease = backup::StreamLease::take(&self.streaming)?;
        let folder = self.folder.path().to_owned();
        // Writes go on while a copy is there, down to the reserve.
        let reserve = self.folder.reserve(&self.settings).saturating_mul(2);
        Ok(Box::new(backup::SnapshotReader::new(self.checked_view()?, folder, reserve, lease)))
    }

    fn snapshot_to(&self, name: &str) -> Result<SnapshotSummary, BackendError> {
        let folder = self.settings.snapshot_dir.as_deref();
        let reserve = self.folder.reserve(&self.settings);
        Ok(backup::snapshot_to(folder, name, reserve, || self.checked_view())?)
    }

    fn rebuild_index(&self) -> Result<u64, BackendError> {
        Ok(self.rebuild()?)
    }

    fn check_integrity(&self) -> Result<Box<dyn IntegrityCheck>, BackendError> {
        Ok(Box::new(ViewCheck::new(self.checked_view()?)))
    }
}

impl LocalBackend {
    fn rebuild(&self) -> Result<u64, LocalError> {
        let _one_at_a_time = match self.rebuilding.try_lock() {
            Ok(held) => held,
            // It guards no data that a panic could have left half written.
            Err(TryLockError::Poisoned(held)) => held.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(LocalError::NotReady),
        };
        let reader = self.writer.start_rebuild()?;
        let path = self.folder.new_index_path()?;
        let built = Index::open(&path, &self.settings.index).map_err(LocalError::from).and_then(|index| {
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
                // The next start removes what is left, too; the rebuild's own error is the one to
                // report.
                drop(remove_index(&path));
                return Err(error);
            }
        };
        // Should this fail, the next start opens the old index and brings it up to the store.
        self.folder.set_index(&path)?;
        // Readers of the old index keep its files open.
        self.folder.index()?;
        tracing::info!(generation, "the index was rebuilt and is in use");
        Ok(generation)
    }
}
