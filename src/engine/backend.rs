//! The seam: what the engine asks of whoever keeps the documents and ranks the passages.
//!
//! A [`Backend`] takes writes and hands out views; a [`View`] is one generation of the corpus,
//! which stays as it is however many writes follow. Queries cross the seam analysed, as terms; how
//! terms are looked up and scored is the backend's own matter.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::SystemTime;

use crate::engine::BackendError;
use crate::engine::Maintenance;
use crate::engine::View;
use crate::transcript::Diagnostic;
use crate::transcript::PreparedDocument;
use crate::transcript::StoredDocument;

/// Receives the outcome of a write: once it is durable and the next view shows it, or once it has
/// failed.
pub type Completion<T> = Box<dyn FnOnce(Result<T, BackendError>) + Send>;

/// What a write of a document did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The document is new.
    Created,
    /// It replaced one of the same id.
    Replaced,
    /// The same bytes and metadata were stored already.
    Unchanged,
}

/// The answer to a write of a document.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The document as stored.
    pub document: StoredDocument,
    /// What the write did.
    pub outcome: Outcome,
    /// What was noticed while the document was read.
    pub diagnostics: Vec<Diagnostic>,
    /// The generation from which on it is visible.
    pub generation: u64,
}

/// The answer to a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// The generation from which on the document is gone.
    pub generation: u64,
    /// What was erased for good; `None` where earlier versions are kept.
    pub purged: Option<Purged>,
}

/// What was purged of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Versions, the present one included.
    pub versions: u64,
    /// Bytes of sources that no other document has.
    pub bytes: u64,
}

/// A document that a backend has encoded and analysed, ready to be written to it.
pub trait PreparedWrite: Debug + Send {
    /// Queues the write; writes are committed in the order in which they are queued. Blocks only
    /// while the queue is full.
    fn submit(self: Box<Self>, done: Completion<Receipt>) -> Result<(), BackendError>;
}

/// Keeps documents durably, and finds their passages.
pub trait Backend: Debug + Send + Sync {
    /// The latest generation. Searches of it are right even while [`Backend::ready`] says
    /// [`BackendError::NotReady`]; what else is read of it may be missing until then.
    fn view(&self) -> Arc<dyn View>;

    /// Whether what is stored has been checked and found whole; [`BackendError::NotReady`] while
    /// the check goes on.
    fn ready(&self) -> Result<(), BackendError>;

    /// Waits until what is stored has been checked, and reports what was found.
    fn wait_until_checked(&self) -> Result<(), BackendError>;

    /// Calls `seen` with the present generation and with each that becomes visible later.
    fn watch(&self, seen: Box<dyn Fn(u64) + Send + Sync>);

    /// Encodes and analyses a document. This is the costly part of a write; it may run on any
    /// thread. With `if_etag` it is written only if the stored document has this etag by then.
    fn prepare(
        &self,
        document: PreparedDocument,
        if_etag: Option<String>,
    ) -> Result<Box<dyn PreparedWrite>, BackendError>;

    /// Deletes a document and waits until that is durable. `purge` erases its earlier versions too,
    /// with every byte that no other document has. With `if_etag` a document of another etag is not
    /// deleted.
    fn delete(&self, id: &str, purge: bool, if_etag: Option<&str>) -> Result<Deleted, BackendError>;

    /// The key that page tokens of this corpus are authenticated with.
    fn page_key(&self) -> [u8; 32];

    /// The id of the corpus that its generations count in: random, never that of another data
    /// folder.
    fn corpus_id(&self) -> &str;

    /// The formats that it writes.
    fn formats(&self) -> Formats;

    /// What its answers are computed from.
    fn footprint(&self) -> Result<Footprint, BackendError>;

    /// The disk that documents are stored on, where the backend has one.
    fn disk(&self) -> Option<DiskSpace> {
        None
    }

    /// Snapshots, checks and rebuilds, where the backend offers them.
    fn maintenance(&self) -> Option<&dyn Maintenance> {
        None
    }
}

/// How large a disk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskSpace {
    /// Bytes that can still be written.
    pub free: u64,
    /// Its size in bytes.
    pub total: u64,
}

/// What a backend holds on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// When the last commit was made, to the second; `None` before the first.
    pub last_commit: Option<SystemTime>,
    /// Length of the stored documents, in bytes.
    pub store_bytes: u64,
    /// Length of the index, in bytes.
    pub index_bytes: u64,
}

/// Versions of what a backend writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Formats {
    /// Version of the stored records.
    pub store: u64,
    /// Version of the index.
    pub index: u32,
    /// Version of snapshots.
    pub snapshot: u32,
}
