//! The index as the rest of the service holds it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::local::index::error::IndexError;
use crate::local::index::open_index::OpenIndex;
use crate::local::index::reader::Searcher;
use crate::local::index::settings::Settings;
use crate::local::index::writer::Lease;
use crate::local::index::writer::Writer;

/// The index of a data directory. Any number of searchers may read while one writer writes.
pub(crate) struct Index {
    pub(super) open: OpenIndex,
    /// Whether there is a writer.
    writing: Arc<AtomicBool>,
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("generation", &self.generation()).finish_non_exhaustive()
    }
}

impl Index {
    /// Opens the index in `dir` and checks its files, or creates one where the folder is absent or
    /// empty.
    pub(crate) fn open(dir: &Path, settings: &Settings) -> Result<Self, IndexError> {
        Ok(Self { open: OpenIndex::open(dir, settings)?, writing: Arc::default() })
    }

    /// The store's generation that searches see; 0 for an empty index.
    #[must_use]
    pub(crate) fn generation(&self) -> u64 {
        self.open.snapshot().generation()
    }

    /// The store's generation at the last commit: what a process that opens the index now would
    /// see.
    #[must_use]
    pub(crate) fn committed(&self) -> u64 {
        self.open.snapshot().committed()
    }

    /// The writer. There is one at a time. What it has not committed is lost when it is dropped,
    /// and when a new one is made.
    pub(crate) fn writer(&self) -> Result<Writer, IndexError> {
        match Lease::take(&self.writing) {
            Some(lease) => Writer::new(&self.open, lease),
            None => Err(IndexError::Unavailable("it has a writer".into())),
        }
    }

    /// The latest snapshot: consistent, and cheap to take.
    #[must_use]
    pub(crate) fn searcher(&self) -> Searcher {
        Searcher::new(self.open.snapshot())
    }
}
