//! The source of truth on disk: documents as received, and the exchanges found in them.
//!
//! One redb file. Every value carries a checksum of itself and its key, so that damage is noticed when a value
//! is read and never becomes text that is served.

mod record;
mod seal;
mod read;
mod write;

pub use read::Reader;
pub use write::Batch;

use std::path::Path;

use redb::Database;
use redb::ReadableDatabase as _;
use redb::TableDefinition;

use crate::transcript::Diagnostic;
use crate::transcript::Digest;
use crate::transcript::Exchange;
use crate::transcript::Metadata;
use crate::transcript::Passage;

/// Version of the tables and records below. A folder of another version is not opened.
const FORMAT: u64 = 1;

/// Sources are kept in pieces of this size, so that a range of a long one is read without the rest.
const PIECE: usize = 64 << 10;

type Bytes = &'static [u8];

/// Small facts by name: format, generation, the key of page tokens, counts.
const FACTS: TableDefinition<'_, &str, Bytes> = TableDefinition::new("facts");
/// Documents by id.
const DOCUMENTS: TableDefinition<'_, &str, Bytes> = TableDefinition::new("documents");
/// Diagnostics by document id: apart, because searches read documents and never these.
const DIAGNOSTICS: TableDefinition<'_, &str, Bytes> = TableDefinition::new("diagnostics");
/// Exchanges by document id and index.
const EXCHANGES: TableDefinition<'_, (&str, u32), Bytes> = TableDefinition::new("exchanges");
/// Pieces of sources by digest and piece number.
const SOURCES: TableDefinition<'_, (&[u8; 32], u32), Bytes> = TableDefinition::new("sources");
/// How many documents use a source, by digest.
const USES: TableDefinition<'_, &[u8; 32], u32> = TableDefinition::new("uses");
/// Ids written in a generation, until the index has committed it.
const CHANGES: TableDefinition<'_, (u64, &str), ()> = TableDefinition::new("changes");

/// What can go wrong on disk.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the folder open.
    #[error("the data folder is in use by another process; stop it, or name another folder")]
    Locked,
    /// The folder was written by another version.
    #[error(
        "the data folder has format {found}, this version reads {FORMAT}; serve it with the version that wrote it"
    )]
    Format {
        /// The format found.
        found: u64,
    },
    /// What is on disk is not what was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The disk failed, or is full.
    #[error("the store cannot be read or written: {0}")]
    Io(#[source] Box<redb::Error>),
}

impl<E: Into<redb::Error>> From<E> for StoreError {
    fn from(error: E) -> Self {
        let error = error.into();
        if matches!(error, redb::Error::DatabaseAlreadyOpen) {
            return Self::Locked;
        }
        if let redb::Error::Corrupted(what) = error {
            return Self::Damaged(what);
        }
        Self::Io(Box::new(error))
    }
}

/// A document as stored, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its id.
    pub id: String,
    /// Its metadata: what the sender gave, filled up with what the document tells.
    pub metadata: Metadata,
    /// The media type it was read as.
    pub media_type: String,
    /// Digest of all that the sender gave, and of the pipeline's version: equal digests need no work.
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

/// All that is written for one document.
#[derive(Debug)]
pub struct NewDocument {
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

/// Documents and exchanges, durably.
#[derive(Debug)]
pub struct Store {
    database: Database,
}

impl Store {
    /// Opens the store in `path`, creating it where there is none. `page_key` becomes the key that page
    /// tokens are signed with if there is none yet.
    pub fn open(path: &Path, cache_bytes: usize, page_key: &[u8; 32]) -> Result<Self, StoreError> {
        let database = Database::builder().set_cache_size(cache_bytes).create(path)?;
        let store = Self { database };
        let batch = store.begin()?;
        match batch.fact("format")? {
            Some(FORMAT) => {}
            Some(found) => return Err(StoreError::Format { found }),
            None => {
                batch.set_fact("format", FORMAT)?;
                batch.set_page_key(page_key)?;
            }
        }
        batch.create_tables()?;
        batch.commit()?;
        Ok(store)
    }

    /// A consistent view of what is committed.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Ok(Reader::new(self.database.begin_read()?))
    }

    /// Starts a batch of writes, which becomes visible and durable as one.
    pub fn begin(&self) -> Result<Batch, StoreError> {
        Ok(Batch::begin(self.database.begin_write()?))
    }
}
