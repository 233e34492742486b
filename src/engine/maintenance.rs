//! What operators do with a corpus: snapshots, checks, rebuilds.

use std::fmt::Debug;

use crate::engine::BackendError;
use crate::transcript::Digest;

/// Snapshots, checks and rebuilds of a backend.
pub trait Maintenance: Send + Sync {
    /// Takes a snapshot of what the latest commit left. Writes go on meanwhile.
    fn snapshot(&self) -> Result<Box<dyn SnapshotStream>, BackendError>;

    /// Takes a snapshot, with its manifest, into the folder that the operator chose.
    fn snapshot_to(&self, name: &str) -> Result<SnapshotSummary, BackendError>;

    /// Builds the index again from the documents, while the present one serves. Returns the
    /// generation from which on the new one is used.
    fn rebuild_index(&self) -> Result<u64, BackendError>;

    /// Starts to read everything that is stored and to compare it with its digests.
    fn check_integrity(&self) -> Result<Box<dyn IntegrityCheck>, BackendError>;
}

/// A snapshot that is being taken; it keeps the state it is taken of.
pub trait SnapshotStream: Debug + Send {
    /// The next part; `None` after the last.
    fn next_part(&mut self) -> Result<Option<SnapshotPart>, BackendError>;
}

/// A part of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotPart {
    /// The next bytes, at most 256 KiB.
    Content(Vec<u8>),
    /// What all of it holds: the last part.
    Summary(SnapshotSummary),
}

/// What a snapshot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotSummary {
    /// The generation it was taken of.
    pub generation: u64,
    /// How many documents it holds.
    pub documents: u64,
    /// Its length, in bytes.
    pub bytes: u64,
    /// Digest of all its bytes.
    pub sha256: Digest,
}

/// A check under way, over what one commit left. Reads and writes go on meanwhile.
pub trait IntegrityCheck: Debug + Send {
    /// Checks some more documents: the counts so far, with the faults found since the last report.
    /// `None` once everything has been reported.
    fn next_report(&mut self) -> Result<Option<IntegrityReport>, BackendError>;
}

/// What was checked so far, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntegrityReport {
    /// Documents read.
    pub documents: u64,
    /// Exchanges read.
    pub exchanges: u64,
    /// Earlier versions of documents read.
    pub versions: u64,
    /// Citations compared with their sources: of whole answers, of their windows, of other
    /// occurrences.
    pub citations: u64,
    /// Bytes of sources read.
    pub bytes: u64,
    /// Documents that are damaged.
    pub damaged_documents: u64,
    /// What is wrong: all reports of a check list 1,000 faults at most.
    pub faults: Vec<Fault>,
    /// Whether everything has been read.
    pub complete: bool,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The document; empty where the store as a whole is meant.
    pub document_id: String,
    /// What is wrong, in a sentence.
    pub what: String,
}
