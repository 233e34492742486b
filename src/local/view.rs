//! What a reader sees: index and store of one generation.

use std::fmt;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;

use crate::engine::EngineError;
use crate::local::index::Searcher;
use crate::local::search::TermCache;
use crate::local::store::Reader;
use crate::local::store::StoredDocument;
use crate::transcript::Digest;

/// An index searcher and the store reader it belongs to.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) searcher: Searcher,
    pub(crate) reader: Reader,
    pub(crate) generation: u64,
    /// Words that were asked for.
    pub(crate) words: TermCache,
}

impl Snapshot {
    /// Whether it shows all that `reader` does, from the same opening of the store.
    pub(crate) fn is_of(&self, reader: &Reader) -> Result<bool, EngineError> {
        Ok(self.generation == reader.generation()? && self.reader.is_beside(reader))
    }

    /// Ends what is read piece by piece once the store was opened anew: writes wait for readers from before.
    pub(crate) fn ensure_current(&self) -> Result<(), EngineError> {
        if self.reader.is_stale() { Err(EngineError::NotReady) } else { Ok(()) }
    }

    /// The document of this id, or the error that says there is none.
    pub(crate) fn document(&self, id: &str) -> Result<StoredDocument, EngineError> {
        self.reader.document(id)?.ok_or_else(|| EngineError::NoSuchDocument(id.to_owned()))
    }
}

impl Snapshot {
    /// The version of a document with these received bytes; without them the present one.
    pub(crate) fn version(&self, id: &str, received: Option<Digest>) -> Result<StoredDocument, EngineError> {
        let Some(received) = received else { return self.document(id) };
        let present = self.reader.document(id)?.filter(|document| document.received == received);
        let version = match present {
            Some(document) => Some(document),
            None => self.reader.versions(id)?.into_iter().find(|version| version.received == received),
        };
        version.ok_or_else(|| EngineError::NoSuchDocument(id.to_owned()))
    }
}

/// Is told the generation of each new snapshot.
type Watcher = Box<dyn Fn(u64) + Send + Sync>;

/// The latest snapshot. Readers hold on to the one they started with.
pub(crate) struct Published {
    latest: RwLock<Arc<Snapshot>>,
    watchers: RwLock<Vec<Watcher>>,
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Published").field("latest", &self.latest).finish_non_exhaustive()
    }
}

impl Published {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        Self { latest: RwLock::new(Arc::new(snapshot)), watchers: RwLock::default() }
    }

    /// Calls `watcher` with the present generation and with each that follows.
    pub(crate) fn watch(&self, watcher: Watcher) {
        let mut watchers = self.watchers.write().unwrap_or_else(PoisonError::into_inner);
        watcher(self.now().generation);
        watchers.push(watcher);
    }

    /// The latest snapshot.
    pub(crate) fn now(&self) -> Arc<Snapshot> {
        // The lock guards a pointer, which no panic can leave half written.
        Arc::clone(&self.latest.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn publish(&self, snapshot: Snapshot) {
        let generation = snapshot.generation;
        let watchers = self.watchers.read().unwrap_or_else(PoisonError::into_inner);
        let last = {
            let mut latest = self.latest.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *latest, Arc::new(snapshot))
        };
        // It may be read for long yet, but not searched.
        last.words.clear();
        watchers.iter().for_each(|watcher| watcher(generation));
    }
}
