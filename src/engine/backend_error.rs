//! What can go wrong in a backend, in terms that fit every backend.

/// What goes wrong in a backend, grouped by what a caller can do about it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BackendError {
    /// There is no such document.
    #[error("there is no document {0:?}")]
    NoSuchDocument(String),
    /// The stored document does not have the etag that a write asks for, or there is none.
    #[error("the document {0:?} does not have this etag any more; read it and try again")]
    EtagMismatch(String),
    /// A stored document, or what holds all of them, is not what was written.
    #[error("{0}")]
    StoreDamaged(String),
    /// The index is not what was written. It can be built again from the documents.
    #[error("{0}")]
    IndexDamaged(String),
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
    /// A write found no space left on the device.
    #[error("{0}")]
    NoSpace(String),
    /// What is asked for is being done already, or waits for a check or a recovery to end.
    #[error("the service is busy with what has to end first; try again")]
    NotReady,
    /// A snapshot that cannot be taken as it was asked for.
    #[error(transparent)]
    Snapshot(#[from] SnapshotRefusal),
    /// The machine or the backend's own service failed.
    #[error("{0}")]
    Failed(String),
}

/// Why a snapshot is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotRefusal {
    /// The operator named no folder for snapshots.
    #[error("this server keeps no snapshots; start it with --snapshot-dir, or stream the snapshot")]
    NoFolder,
    /// The name is not one that a file below the folder can have.
    #[error("{0:?} is no name for a snapshot; use 1 to 128 of A-Z a-z 0-9 . _ ~ -, not starting with a dot")]
    Name(String),
    /// There is a snapshot of this name, or one is being taken.
    #[error("there is a snapshot {0:?} already; choose another name")]
    Exists(String),
    /// The device has no space for it.
    #[error("{0}")]
    NoSpace(String),
}
