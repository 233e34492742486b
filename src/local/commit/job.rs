//! What the write thread is asked to do.

use std::time::SystemTime;

use crate::engine::Deleted;
use crate::engine::Receipt;
use crate::local::LocalError;
use crate::local::commit::admission::Admission;
use crate::local::index::AnalyzedDocument;
use crate::local::index::Index;
use crate::local::store::EncodedDocument;
use crate::local::store::Reader;
use crate::local::store::Retention;

/// A document that is ready to be committed.
#[derive(Debug)]
pub(crate) struct EncodedWrite {
    pub(crate) document: EncodedDocument,
    /// `None` for a document so long that the index reads it from the store.
    pub(crate) analyzed: Option<AnalyzedDocument>,
    /// The etag that the stored document must have; `None` for any.
    pub(crate) if_etag: Option<String>,
}

impl EncodedWrite {
    /// Bytes that it holds, as far as they grow with the document.
    pub(super) fn bytes(&self) -> usize {
        self.document.bytes() + self.analyzed.as_ref().map_or(0, AnalyzedDocument::bytes)
    }
}

/// How writes are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WriteOptions {
    /// How many writes may wait.
    pub(crate) queue: usize,
    /// Which earlier versions of a document are kept.
    pub(crate) keep_versions: Retention,
    /// Bytes that writes leave free on the disk.
    pub(crate) reserve: u64,
    /// The clock that dates commits.
    pub(crate) clock: fn() -> SystemTime,
}

/// Takes the answer to a job.
pub(super) type Reply<T> = Box<dyn FnOnce(Result<T, LocalError>) + Send>;

pub(super) enum Job {
    Put(Box<EncodedWrite>, Admission, Reply<Receipt>),
    Delete {
        id: String,
        purge: bool,
        /// The etag that the document must have; `None` for any.
        if_etag: Option<String>,
        reply: Reply<Deleted>,
    },
    /// Keeps the changes from now on for an index that is being rebuilt, and hands out the store to
    /// build it from.
    StartRebuild(Reply<Reader>),
    /// Puts that index in the place of the one in use; `None` where it failed.
    EndRebuild(Option<Box<Index>>, Reply<u64>),
}

impl Job {
    /// Bytes that it may take on the disk: the document, its exchanges, and both in the index.
    pub(super) const fn bytes(&self) -> u64 {
        match self {
            Self::Put(new, ..) => new.document.document.received_len.saturating_mul(4),
            Self::Delete { .. } | Self::StartRebuild(_) | Self::EndRebuild(..) => 0,
        }
    }

    /// Answers with the error that kept it from being done.
    pub(super) fn fail(self, error: &LocalError) {
        let error = error.for_another_caller();
        match self {
            Self::Put(_, _, reply) => reply(Err(error)),
            Self::Delete { reply, .. } => reply(Err(error)),
            Self::StartRebuild(reply) => reply(Err(error)),
            Self::EndRebuild(_, reply) => reply(Err(error)),
        }
    }

    pub(super) const fn writes(&self) -> bool {
        matches!(self, Self::Put(..) | Self::Delete { .. })
    }
}
