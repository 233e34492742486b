//! What can go wrong with snapshots and recovered folders.

use std::io;
use std::path::PathBuf;

use crate::disk;
use crate::engine::SnapshotRefusal;
use crate::local::store::FORMAT;
use crate::local::store::SNAPSHOT_FORMAT;
use crate::local::store::StoreError;

/// What can be wrong with a snapshot, or with taking or restoring it.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file is something else.
    #[error("it is no snapshot of onrecord")]
    Foreign,
    /// Another version took it.
    #[error(
        "it is of format {found}, this version reads {SNAPSHOT_FORMAT}.{FORMAT}; restore it with the version that took it, \
         or take a new one"
    )]
    Format {
        /// The formats of snapshot and store.
        found: String,
    },
    /// It is not what was written.
    #[error("it is damaged ({0}); take another copy")]
    Damaged(String),
    /// A file cannot be read or written.
    #[error("{path} cannot be read or written: {0}", path = .1.display())]
    Io(#[source] io::Error, PathBuf),
    /// The store cannot be read, or its copy cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What can go wrong with a snapshot.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It cannot be taken as it was asked for.
    #[error(transparent)]
    Refused(#[from] SnapshotRefusal),
    /// The folder to restore into is in use.
    #[error("{path} holds data already; restore into a new folder", path = .0.display())]
    Occupied(PathBuf),
    /// There is no store to read.
    #[error("{path} is no data folder; name the one that was served with --data-dir", path = .0.display())]
    NoStore(PathBuf),
    /// The snapshot cannot be taken, read or restored.
    #[error("{path}: {0}", path = .1.display())]
    Snapshot(#[source] SnapshotError, PathBuf),
    /// A file cannot be written.
    #[error("{path} cannot be written: {0}", path = .1.display())]
    Io(#[source] io::Error, PathBuf),
}

impl BackupError {
    /// Whether there was no room on the disk.
    #[must_use]
    pub fn is_full(&self) -> bool {
        match self {
            Self::Io(error, _) | Self::Snapshot(SnapshotError::Io(error, _), _) => disk::is_full(error),
            Self::Snapshot(SnapshotError::Store(error), _) => matches!(error, StoreError::Full(_)),
            Self::Snapshot(..) | Self::Refused(_) | Self::Occupied(_) | Self::NoStore(_) => false,
        }
    }
}
