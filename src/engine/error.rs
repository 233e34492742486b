//! What can go wrong in an engine.

use std::path::PathBuf;

use crate::extraction::ExtractError;
use crate::local::BackupError;
use crate::local::index::IndexError;
use crate::local::store::StoreError;

/// What can go wrong, grouped by what a caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The document cannot be read.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// The page token was not made by this service for this request, or not lately.
    #[error("the page token is {0}; start again without one")]
    PageToken(&'static str),
    /// There is no such document.
    #[error("there is no document {0:?}")]
    NoSuchDocument(String),
    /// There is no such exchange.
    #[error("there is no exchange {0:?}")]
    NoSuchExchange(String),
    /// The span is not inside the source.
    #[error("the span [{start}, {end}) is not inside the source of {length} bytes")]
    SpanOutside {
        /// Where it starts.
        start: usize,
        /// Where it ends.
        end: usize,
        /// The source's length.
        length: u64,
    },
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
    /// The disk has no room for a write.
    #[error(
        "{free} bytes are free on the disk and {needed} needed; free some, and the write can be sent again"
    )]
    DiskFull {
        /// Bytes that are free.
        free: u64,
        /// Bytes that have to be, with the reserve.
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
        ([], _) => "which documents are affected cannot be told".to_owned(),
        (documents, 0) => format!("these documents are affected: {}", documents.join(", ")),
        (documents, more) => {
            format!("these documents are affected: {}, and {more} more", documents.join(", "))
        }
    }
}

impl EngineError {
    /// What another caller of the same failed commit is told.
    pub(crate) fn for_another_caller(&self) -> Self {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is told by its text alone")]
        match self {
            Self::Store(error) => Self::Store(error.clone()),
            Self::Index(error) => Self::Index(error.clone()),
            Self::DiskFull { free, needed } => Self::DiskFull { free: *free, needed: *needed },
            Self::NotReady => Self::NotReady,
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
