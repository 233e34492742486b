//! A batch of writes: visible and durable as one.

use std::cell::Cell;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use redb::ReadableTable as _;
use redb::WriteTransaction;

use crate::engine::Purged;
use crate::local::store::CHANGES;
use crate::local::store::DIAGNOSTICS;
use crate::local::store::DOCUMENTS;
use crate::local::store::EXCHANGES;
use crate::local::store::EncodedDocument;
use crate::local::store::Epoch;
use crate::local::store::FACTS;
use crate::local::store::SOURCES;
use crate::local::store::StoreError;
use crate::local::store::USES;
use crate::local::store::VERSIONS;
use crate::local::store::encoded::Pieces;
use crate::local::store::read::document_in;
use crate::local::store::read::version_key;
use crate::local::store::read::versions_in;
use crate::local::store::record;
use crate::local::store::seal::opened;
use crate::local::store::seal::sealed;
use crate::transcript::Digest;
use crate::transcript::StoredDocument;

/// Writes that are committed together, or dropped together.
pub struct Batch {
    transaction: WriteTransaction,
    epoch: Arc<Epoch>,
    /// What came in and went out so far, written once with the commit.
    added: Cell<Counts>,
    removed: Cell<Counts>,
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").finish_non_exhaustive()
    }
}

/// What is counted of documents.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    documents: u64,
    exchanges: u64,
    passages: u64,
    bytes: u64,
}

impl Counts {
    fn of(document: &StoredDocument) -> Self {
        Self {
            documents: 1,
            exchanges: document.exchanges.into(),
            passages: document.passages.into(),
            bytes: document.received_len,
        }
    }

    const fn and(self, other: Self) -> Self {
        Self {
            documents: self.documents + other.documents,
            exchanges: self.exchanges + other.exchanges,
            passages: self.passages + other.passages,
            bytes: self.bytes + other.bytes,
        }
    }

    /// Each by the name of its fact.
    const fn named(self) -> [(&'static str, u64); 4] {
        let Self { documents, exchanges, passages, bytes } = self;
        [("documents", documents), ("exchanges", exchanges), ("passages", passages), ("bytes", bytes)]
    }
}

impl Batch {
    pub(super) fn begin(mut transaction: WriteTransaction, epoch: Arc<Epoch>) -> Self {
        // The allocator's state is saved with each commit, so that opening after a crash need not walk the
        // whole file.
        transaction.set_quick_repair(true);
        Self { transaction, epoch, added: Cell::default(), removed: Cell::default() }
    }

    pub(super) fn create_tables(&self) -> Result<(), StoreError> {
        self.transaction.open_table(DOCUMENTS)?;
        self.transaction.open_table(DIAGNOSTICS)?;
        self.transaction.open_table(EXCHANGES)?;
        self.transaction.open_table(SOURCES)?;
        self.transaction.open_table(VERSIONS)?;
        self.transaction.open_table(USES)?;
        self.transaction.open_table(CHANGES)?;
        Ok(())
    }

    pub(super) fn fact(&self, name: &str) -> Result<Option<u64>, StoreError> {
        let table = self.transaction.open_table(FACTS)?;
        let Some(value) = table.get(name)? else { return Ok(None) };
        record::decode(opened("facts", name.as_bytes(), value.value())?).map(Some)
    }

    pub(super) fn set_fact(&self, name: &str, value: u64) -> Result<(), StoreError> {
        let mut table = self.transaction.open_table(FACTS)?;
        table.insert(name, &*sealed("facts", name.as_bytes(), &record::encode(&value)?))?;
        Ok(())
    }

    pub(super) fn set_page_key(&self, key: &[u8; 32]) -> Result<(), StoreError> {
        let mut table = self.transaction.open_table(FACTS)?;
        table.insert("page_key", &*sealed("facts", b"page_key", key))?;
        Ok(())
    }

    /// The document of this id, as this batch sees it.
    pub fn document(&self, id: &str) -> Result<Option<StoredDocument>, StoreError> {
        document_in(&self.transaction.open_table(DOCUMENTS)?, id)
    }

    /// The generation before this batch.
    pub fn generation(&self) -> Result<u64, StoreError> {
        Ok(self.fact("generation")?.unwrap_or(0))
    }

    /// Starts the next generation: the number that this batch's writes will be visible under.
    pub fn next_generation(&self) -> Result<u64, StoreError> {
        let generation = self.generation()? + 1;
        self.set_fact("generation", generation)?;
        Ok(generation)
    }

    /// Notes when the batch is committed.
    pub fn set_time(&self, now: SystemTime) -> Result<(), StoreError> {
        let seconds = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.set_fact("committed", seconds)
    }

    /// Writes a document over whatever stood under its id, of which the version is kept, and at most `keep` versions
    /// in all.
    pub fn put(&self, new: &EncodedDocument, generation: u64, keep: usize) -> Result<(), StoreError> {
        let EncodedDocument { document, values, .. } = new;
        let id = document.id.as_str();
        // Before the old document lets go of its sources, which are often the same.
        self.keep(&values.received)?;
        if let Some(rendition) = &values.rendition {
            self.keep(rendition)?;
        }
        self.retire(id, Some(document), generation, keep)?;
        self.transaction.open_table(DOCUMENTS)?.insert(id, &*values.document)?;
        self.transaction.open_table(DIAGNOSTICS)?.insert(id, &*values.diagnostics)?;
        let mut exchanges = self.transaction.open_table(EXCHANGES)?;
        for (index, value) in (0..).zip(&values.exchanges) {
            exchanges.insert((id, index), &**value)?;
        }
        self.added.set(self.added.get().and(Counts::of(document)));
        self.transaction.open_table(CHANGES)?.insert((generation, id), ())?;
        Ok(())
    }

    /// Deletes a document, of which the version is kept; says whether there was one.
    pub fn delete(&self, id: &str, generation: u64, keep: usize) -> Result<bool, StoreError> {
        let found = self.retire(id, None, generation, keep)?;
        if found {
            self.transaction.open_table(CHANGES)?.insert((generation, id), ())?;
        }
        Ok(found)
    }

    /// [`StoreError::Damaged`] where the record of a document or of one of its versions is damaged: which bytes are its
    /// own cannot be told then, and what a purge would leave must not be called gone.
    pub fn tell_bytes(&self, id: &str) -> Result<(), StoreError> {
        self.document(id)?;
        if self.versions(id)?.iter().all(|(_, version)| version.is_some()) {
            return Ok(());
        }
        Err(StoreError::Damaged(format!("a version of {id} is damaged, its bytes cannot be told")))
    }

    /// Deletes a document and all its versions, with every byte that no other document has. `None` where there is
    /// neither a document nor a version. [`Batch::tell_bytes`] is to be asked first.
    pub fn purge(&self, id: &str, generation: u64) -> Result<Option<Purged>, StoreError> {
        let found = self.delete(id, generation, usize::MAX)?;
        let mut purged = Purged::default();
        for (retired, version) in self.versions(id)? {
            purged.versions += 1;
            purged.bytes += self.forget(id, retired, version)?;
        }
        let gone = found || purged.versions > 0;
        if gone {
            // Also of one that was deleted before: a generation without any change would be taken for a gap.
            self.transaction.open_table(CHANGES)?.insert((generation, id), ())?;
        }
        Ok(gone.then_some(purged))
    }

    /// Forgets which ids were written up to `generation`: the index has them.
    pub fn forget_changes(&self, generation: u64) -> Result<(), StoreError> {
        self.transaction.open_table(CHANGES)?.retain_in(..(generation + 1, ""), |_, ()| false)?;
        Ok(())
    }

    /// Makes it all visible and durable. After an error it is not known whether it is, and the store has to be opened
    /// anew.
    pub fn commit(self) -> Result<(), StoreError> {
        self.write_counts()?;
        let committed = self.transaction.commit();
        if let Err(error) = &committed {
            self.epoch.faults.note(io::Error::other(error.to_string()));
        }
        match self.epoch.faults.first() {
            Some(fault) => Err(StoreError::of_io(&fault)),
            None => Ok(committed?),
        }
    }

    /// Takes the document of this id out and keeps it as a version; says whether there was one. `next` is the document
    /// that comes in its place: one of the same bytes leaves no version, for old citations hold for it.
    fn retire(
        &self,
        id: &str,
        next: Option<&StoredDocument>,
        generation: u64,
        keep: usize,
    ) -> Result<bool, StoreError> {
        let old = match self.document(id) {
            Ok(None) => return Ok(false),
            Ok(Some(old)) => Some(old),
            // What a damaged record said of passages, bytes and sources cannot be told; the document can still go.
            Err(StoreError::Damaged(_)) => None,
            Err(error) => return Err(error),
        };
        self.transaction.open_table(DOCUMENTS)?.remove(id)?;
        self.transaction.open_table(DIAGNOSTICS)?.remove(id)?;
        let mut exchanges = 0;
        self.transaction.open_table(EXCHANGES)?.retain_in((id, 0)..=(id, u32::MAX), |_, _| {
            exchanges += 1;
            false
        })?;
        let Some(old) = old else {
            let counts = Counts { documents: 1, exchanges, ..Counts::default() };
            self.removed.set(self.removed.get().and(counts));
            return Ok(true);
        };
        self.removed.set(self.removed.get().and(Counts::of(&old)));
        if next.is_some_and(|next| next.received == old.received && next.source == old.source) {
            self.release_sources(&old)?;
            return Ok(true);
        }
        let version = record::encode(&record::DocumentRecord::from(&old))?;
        let seal = sealed("versions", &version_key(id, generation), &version);
        self.transaction.open_table(VERSIONS)?.insert((id, generation), &*seal)?;
        if keep < usize::MAX {
            let versions = self.versions(id)?;
            let spare = versions.len().saturating_sub(keep);
            for (retired, version) in versions.into_iter().take(spare) {
                self.forget(id, retired, version)?;
            }
        }
        Ok(true)
    }

    /// The versions of a document, oldest first; `None` for one that is damaged.
    fn versions(&self, id: &str) -> Result<Vec<(u64, Option<StoredDocument>)>, StoreError> {
        versions_in(&self.transaction.open_table(VERSIONS)?, id)
    }

    /// Drops a version; returns how many bytes went with it.
    fn forget(&self, id: &str, retired: u64, version: Option<StoredDocument>) -> Result<u64, StoreError> {
        self.transaction.open_table(VERSIONS)?.remove((id, retired))?;
        version.map_or(Ok(0), |version| self.release_sources(&version))
    }

    /// Writes what was counted in and out.
    fn write_counts(&self) -> Result<(), StoreError> {
        let (added, removed) = (self.added.get(), self.removed.get());
        for ((name, more), (_, less)) in added.named().into_iter().zip(removed.named()) {
            if more != less {
                let now = self.fact(name)?.unwrap_or(0);
                self.set_fact(name, now.saturating_add(more).saturating_sub(less))?;
            }
        }
        Ok(())
    }

    /// Lets go of a document's sources; returns how many bytes nobody else held.
    fn release_sources(&self, document: &StoredDocument) -> Result<u64, StoreError> {
        let mut bytes = 0;
        if self.release(document.received)? {
            bytes += document.received_len;
        }
        if document.source != document.received && self.release(document.source)? {
            bytes += document.source_len;
        }
        Ok(bytes)
    }

    fn keep(&self, pieces: &Pieces) -> Result<(), StoreError> {
        let digest = pieces.digest.as_bytes();
        let mut uses = self.transaction.open_table(USES)?;
        let count = uses.get(digest)?.map_or(0, |count| count.value());
        uses.insert(digest, count + 1)?;
        if count > 0 {
            return Ok(());
        }
        let mut sources = self.transaction.open_table(SOURCES)?;
        for (number, value) in (0..).zip(&pieces.values) {
            sources.insert((digest, number), &**value)?;
        }
        Ok(())
    }

    /// Lets go of a source; says whether it went, for want of any other use.
    fn release(&self, digest: Digest) -> Result<bool, StoreError> {
        let mut uses = self.transaction.open_table(USES)?;
        let count = uses.get(digest.as_bytes())?.map_or(0, |count| count.value());
        if count > 1 {
            uses.insert(digest.as_bytes(), count - 1)?;
            return Ok(false);
        }
        uses.remove(digest.as_bytes())?;
        let mut sources = self.transaction.open_table(SOURCES)?;
        sources.retain_in((digest.as_bytes(), 0)..=(digest.as_bytes(), u32::MAX), |_, _| false)?;
        Ok(true)
    }
}
