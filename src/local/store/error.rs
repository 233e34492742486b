//! What can go wrong in the store.

use std::io;

use crate::disk;
use crate::local::store::format::FORMAT;

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
        // Corrupted, or not the tables that were written: not the file that was written, or not
        // redb's at all.
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
    pub(super) fn of_io(error: &io::Error) -> Self {
        // So redb, and a read beyond the end, report that the file is not what was written.
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
