//! Documents and exchanges as every backend keeps them.

use std::time::SystemTime;

use crate::transcript::Diagnostic;
use crate::transcript::Digest;
use crate::transcript::Exchange;
use crate::transcript::Metadata;
use crate::transcript::Passage;

/// A document as stored, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its id.
    pub id: String,
    /// Its metadata: what the sender gave, completed with what the document says.
    pub metadata: Metadata,
    /// The media type it was read as.
    pub media_type: String,
    /// Digest of all that the sender gave, and of the pipeline's version: equal digests need no
    /// work.
    pub submission: Digest,
    /// Digest of the bytes as received.
    pub received: Digest,
    /// Digest of the source that spans point into: `received`, or that of the plain-text rendition.
    pub source: Digest,
    /// Length of the bytes as received.
    pub received_len: u64,
    /// Length of the source that spans point into, in bytes.
    pub source_len: u64,
    /// How many exchanges were found.
    pub exchanges: u32,
    /// How many passages they make.
    pub passages: u32,
    /// Whether it was sent as ready pairs; not noted of documents that earlier versions of this
    /// software stored.
    pub given_pairs: bool,
    /// When it was written; unknown until it is.
    pub stamps: Stamps,
}

/// When a document was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    /// When its id was first stored, to the millisecond; `None` where that was not noted.
    pub created: Option<SystemTime>,
    /// When it was last written.
    pub updated: Option<SystemTime>,
    /// When it was replaced or deleted; `None` for a current document.
    pub retired: Option<SystemTime>,
    /// The generation that wrote it; 0 where that was not noted.
    pub generation: u64,
}

impl StoredDocument {
    /// What changes whenever the bytes or the metadata change: 32 hexadecimal digits. A function of
    /// both, so that it is the same after a restart, a restore or the same write again.
    #[must_use]
    pub fn etag(&self) -> String {
        Digest::of_parts([&b"etag\0"[..], self.id.as_bytes(), &[0], self.submission.as_bytes()]).short(16)
    }
}

/// An exchange as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredExchange {
    /// Its id.
    pub id: String,
    /// What was said.
    pub exchange: Exchange,
    /// Digest of the whole answer's bytes.
    pub quote: Digest,
    /// The windows of its answer, each with the digest of its bytes.
    pub windows: Vec<(Passage, Digest)>,
}

/// A document that has been read, cut into exchanges and digested: all that a backend needs to
/// store and index it.
#[derive(Debug)]
pub struct PreparedDocument {
    /// The document.
    pub document: StoredDocument,
    /// Its exchanges, in order.
    pub exchanges: Vec<StoredExchange>,
    /// What was noticed while reading it.
    pub diagnostics: Vec<Diagnostic>,
    /// The bytes as received.
    pub received: Vec<u8>,
    /// The plain text that spans point into, where it is not the bytes as received.
    pub rendition: Option<String>,
}
