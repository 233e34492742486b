//! What a reader sees: index and store of one generation.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;

use crate::engine::EngineError;
use crate::index::Searcher;
use crate::store::Reader;
use crate::store::StoredDocument;

/// An index searcher and the store reader it belongs to.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) searcher: Searcher,
    pub(super) reader: Reader,
    pub(super) generation: u64,
}

impl Snapshot {
    /// The document of this id, or the error that says there is none.
    pub(super) fn document(&self, id: &str) -> Result<StoredDocument, EngineError> {
        self.reader.document(id)?.ok_or_else(|| EngineError::NoSuchDocument(id.to_owned()))
    }
}

/// The latest snapshot. Readers hold on to the one they started with.
#[derive(Debug)]
pub(super) struct Published(RwLock<Arc<Snapshot>>);

impl Published {
    pub(super) fn new(snapshot: Snapshot) -> Self {
        Self(RwLock::new(Arc::new(snapshot)))
    }

    /// The latest snapshot.
    pub(super) fn now(&self) -> Arc<Snapshot> {
        // The lock guards a pointer, which no panic can leave half written.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn publish(&self, snapshot: Snapshot) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }
}
