//! What can go wrong in the backend of one machine.

use std::path::PathBuf;

use crate::engine::BackendError;
use crate::engine::SnapshotRefusal;
use crate::local::BackupError;
use crate::local::index::IndexError;
use crate::local::store::StoreError;

/// What can go wrong, by which part of the backend failed.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// There is no such document.
    #[error("there is no document {0:?}")]
    NoSuchDocument(String),
    /// The stored document does not have the etag that a write asks for, or there is none.
    #[error("the document {0:?} does not have this etag any more; read it and try again")]
    EtagMismatch(String),
    /// Another process has the data folder.
    #[error("the data folder {path} is in use by another process; stop it, or name another with --data-dir", path = .0.display())]
    Locked(PathBuf),
    /// The store's file is not what was written.
    #[error(
        "the store is damaged: {what}; {}; nothing was changed. Save its whole documents with `onrecord recover \
         --data-dir {} OUT`, or restore a snapshot into another folder",
        affected(documents, *more),
        folder.display()
    )]
    DamagedStore {
        /// What is wrong with the file.
        what: String,
        /// The data folder.
        folder: PathBuf,
        /// The first of the documents that are not whole.
        documents: Vec<String>,
        /// How many more there are.
        more: usize,
    },
    /// A write would leave less free than the reserve.
    #[error(
        "{free} bytes are free on the disk and {needed} needed; free some, and the write can be sent again"
    )]
    DiskFull {
        /// Bytes that are free.
        free: u64,
        /// Bytes that have to be, the reserve included.
        needed: u64,
    },
    /// What is asked for is being done already, or has to wait for what is.
    #[error("the service is busy with what has to end first; try again")]
    NotReady,
    /// A folder cannot be made or removed.
    #[error("the folder {path} cannot be written ({1}); check its permissions, or name another with --data-dir", path = .0.display())]
    Folder(PathBuf, #[source] std::io::Error),
    /// A snapshot cannot be taken, read or restored.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A bug of ours.
    #[error("{0}")]
    Internal(String),
}

fn affected(documents: &[String], more: usize) -> String {
    match (documents, more) {
        ([], _) => "which documents are affected cannot be read".to_owned(),
        (documents, 0) => format!("these documents are affected: {}", documents.join(", ")),
        (documents, more) => {
            format!("these documents are affected: {}, and {more} more", documents.join(", "))
        }
    }
}

impl LocalError {
    /// A copy, for another caller of the same failed commit.
    pub(crate) fn for_another_caller(&self) -> Self {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the text of any other error is all that callers need"
        )]
        match self {
            Self::Store(error) => Self::Store(error.clone()),
            Self::Index(error) => Self::Index(error.clone()),
            Self::DiskFull { free, needed } => Self::DiskFull { free: *free, needed: *needed },
            Self::NotReady => Self::NotReady,
            Self::EtagMismatch(id) => Self::EtagMismatch(id.clone()),
            Self::DamagedStore { what, folder, documents, more } => Self::DamagedStore {
                what: what.clone(),
                folder: folder.clone(),
                documents: documents.clone(),
                more: *more,
            },
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<LocalError> for BackendError {
    fn from(error: LocalError) -> Self {
        let message = error.to_string();
        match error {
            LocalError::NoSuchDocument(id) => Self::NoSuchDocument(id),
            LocalError::EtagMismatch(id) => Self::EtagMismatch(id),
            LocalError::DiskFull { free, needed } => Self::DiskFull { free, needed },
            LocalError::NotReady => Self::NotReady,
            LocalError::DamagedStore { .. } | LocalError::Store(StoreError::Damaged(_)) => {
                Self::StoreDamaged(message)
            }
            LocalError::Index(IndexError::Damaged(_)) => Self::IndexDamaged(message),
            LocalError::Store(StoreError::Full(_)) | LocalError::Index(IndexError::Full(_)) => {
                Self::NoSpace(message)
            }
            LocalError::Backup(error) if error.is_full() => SnapshotRefusal::NoSpace(message).into(),
            LocalError::Backup(BackupError::Refused(refusal)) => refusal.into(),
            LocalError::Backup(_)
            | LocalError::Locked(_)
            | LocalError::Folder(..)
            | LocalError::Store(StoreError::Format { .. } | StoreError::Io(_))
            | LocalError::Index(IndexError::Outdated | IndexError::Unavailable(_))
            | LocalError::Internal(_) => Self::Failed(message),
        }
    }
}

impl From<StoreError> for BackendError {
    fn from(error: StoreError) -> Self {
        LocalError::from(error).into()
    }
}

impl From<IndexError> for BackendError {
    fn from(error: IndexError) -> Self {
        LocalError::from(error).into()
    }
}
