//! A batch of writes: visible and durable as one.

use std::cell::Cell;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use redb::Key;
use redb::ReadableTable as _;
use redb::TableDefinition;
use redb::Value;
use redb::WriteTransaction;

use crate::engine::Purged;
use crate::local::store::checksum::verified;
use crate::local::store::checksum::with_checksum;
use crate::local::store::document_record;
use crate::local::store::encoded::Chunks;
use crate::local::store::encoded::EncodedDocument;
use crate::local::store::epoch::Epoch;
use crate::local::store::error::StoreError;
use crate::local::store::read::document_in;
use crate::local::store::read::versions_in;
use crate::local::store::record;
use crate::local::store::retention::Retention;
use crate::local::store::schema::CHANGES;
use crate::local::store::schema::ChecksumKey;
use crate::local::store::schema::DIAGNOSTICS;
use crate::local::store::schema::DOCUMENTS;
use crate::local::store::schema::EXCHANGES;
use crate::local::store::schema::META;
use crate::local::store::schema::REFCOUNTS;
use crate::local::store::schema::SOURCES;
use crate::local::store::schema::TableVisitor;
use crate::local::store::schema::VERSIONS;
use crate::local::store::schema::version_key;
use crate::local::store::schema::visit_tables;
use crate::transcript::Digest;
use crate::transcript::Stamps;
use crate::transcript::StoredDocument;

/// Writes that are committed together, or dropped together.
pub(crate) struct Batch {
    transaction: WriteTransaction,
    epoch: Arc<Epoch>,
    /// What was added and removed so far, written once with the commit.
    added: Cell<Counts>,
    removed: Cell<Counts>,
    /// When it is committed, once that is known.
    time: Cell<Option<SystemTime>>,
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

    /// Each by its name in the store's metadata.
    const fn named(self) -> [(&'static str, u64); 4] {
        let Self { documents, exchanges, passages, bytes } = self;
        [("documents", documents), ("exchanges", exchanges), ("passages", passages), ("bytes", bytes)]
    }
}

impl Batch {
    pub(super) fn begin(mut transaction: WriteTransaction, epoch: Arc<Epoch>) -> Self {
        // The allocator's state is saved with each commit, so that opening after a crash need not
        // read the whole file.
        transaction.set_quick_repair(true);
        Self { transaction, epoch, added: Cell::default(), removed: Cell::default(), time: Cell::default() }
    }

    pub(super) fn create_tables(&self) -> Result<(), StoreError> {
        visit_tables(&mut Create(&self.transaction))
    }

    pub(super) fn meta(&self, name: &str) -> Result<Option<u64>, StoreError> {
        let table = self.transaction.open_table(META)?;
        let Some(value) = table.get(name)? else { return Ok(None) };
        record::decode(verified("facts", name.as_bytes(), value.value())?).map(Some)
    }

    pub(super) fn set_meta(&self, name: &str, value: u64) -> Result<(), StoreError> {
        let mut table = self.transaction.open_table(META)?;
        table.insert(name, &*with_checksum("facts", name.as_bytes(), &record::encode(&value)?))?;
        Ok(())
    }

    pub(super) fn set_page_key(&self, key: &[u8; 32]) -> Result<(), StoreError> {
        let mut table = self.transaction.open_table(META)?;
        table.insert("page_key", &*with_checksum("facts", b"page_key", key))?;
        Ok(())
    }

    /// The document of this id, as this batch sees it.
    pub(crate) fn document(&self, id: &str) -> Result<Option<StoredDocument>, StoreError> {
        document_in(&self.transaction.open_table(DOCUMENTS)?, id)
    }

    /// The generation before this batch.
    pub(crate) fn generation(&self) -> Result<u64, StoreError> {
        Ok(self.meta("generation")?.unwrap_or(0))
    }

    /// Starts the next generation: the number that this batch's writes will be visible under.
    pub(crate) fn next_generation(&self) -> Result<u64, StoreError> {
        let generation = self.generation()? + 1;
        self.set_meta("generation", generation)?;
        Ok(generation)
    }

    /// Notes when the batch is committed, which what is written after this has as its time.
    pub(crate) fn set_time(&self, now: SystemTime) -> Result<(), StoreError> {
        let whole = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let whole = Duration::from_millis(u64::try_from(whole).unwrap_or(u64::MAX));
        // To the millisecond, as records have it.
        self.time.set(Some(UNIX_EPOCH + whole));
        let seconds = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.set_meta("committed", seconds)
    }

    /// Writes a document in place of the one of its id, which is kept as a version, as long as
    /// `keep` says. Returns when it was written.
    pub(crate) fn put(
        &self,
        new: &EncodedDocument,
        generation: u64,
        keep: Retention,
    ) -> Result<Stamps, StoreError> {
        let EncodedDocument { document, values, .. } = new;
        let id = document.id.as_str();
        // Before the old document releases its sources, which are often the same.
        self.keep(&values.received)?;
        if let Some(rendition) = &values.rendition {
            self.keep(rendition)?;
        }
        let now = self.time.get();
        let created = match self.document(id) {
            Ok(Some(old)) => old.stamps.created,
            // Of one that was deleted the id was stored before.
            Ok(None) => {
                let earlier = self.versions(id)?.into_iter().rev().find_map(|(_, version)| version);
                earlier.and_then(|version| version.stamps.created).or(now)
            }
            Err(StoreError::Damaged(_)) => now,
            Err(error) => return Err(error),
        };
        self.retire(id, Some(document), generation, keep)?;
        let stamps = Stamps { created, updated: now, retired: None, generation };
        let record = [&values.document[..], &document_record::encode_stamps(&stamps)?].concat();
        let record = with_checksum("documents", id.as_bytes(), &record);
        self.transaction.open_table(DOCUMENTS)?.insert(id, &*record)?;
        self.transaction.open_table(DIAGNOSTICS)?.insert(id, &*values.diagnostics)?;
        let mut exchanges = self.transaction.open_table(EXCHANGES)?;
        for (index, value) in (0..).zip(&values.exchanges) {
            exchanges.insert((id, index), &**value)?;
        }
        self.added.set(self.added.get().and(Counts::of(document)));
        self.transaction.open_table(CHANGES)?.insert((generation, id), ())?;
        Ok(stamps)
    }

    /// Deletes a document, which is kept as a version; says whether there was one.
    pub(crate) fn delete(&self, id: &str, generation: u64, keep: Retention) -> Result<bool, StoreError> {
        let found = self.retire(id, None, generation, keep)?;
        if found {
            self.transaction.open_table(CHANGES)?.insert((generation, id), ())?;
        }
        Ok(found)
    }

    /// [`StoreError::Damaged`] where the record of a document or of one of its versions is damaged:
    /// then it is unknown which bytes only they have, and a purge could leave some of them.
    pub(crate) fn ensure_bytes_known(&self, id: &str) -> Result<(), StoreError> {
        self.document(id)?;
        if self.versions(id)?.iter().all(|(_, version)| version.is_some()) {
            return Ok(());
        }
        Err(StoreError::Damaged(format!("a version of {id} is damaged, its bytes are unknown")))
    }

    /// Deletes a document and all its versions, with every byte that no other document has. `None`
    /// where there is neither a document nor a version. [`Batch::ensure_bytes_known`] is called
    /// first.
    pub(crate) fn purge(&self, id: &str, generation: u64) -> Result<Option<Purged>, StoreError> {
        let found = self.delete(id, generation, Retention::ALL)?;
        let mut purged = Purged::default();
        for (retired, version) in self.versions(id)? {
            purged.versions += 1;
            purged.bytes += self.forget(id, retired, version)?;
        }
        let gone = found || purged.versions > 0;
        if gone {
            // Also of one that was deleted before: a generation without any change would be taken
            // for a gap.
            self.transaction.open_table(CHANGES)?.insert((generation, id), ())?;
        }
        Ok(gone.then_some(purged))
    }

    /// Forgets which ids were written up to `generation`: the index has them.
    pub(crate) fn forget_changes(&self, generation: u64) -> Result<(), StoreError> {
        self.transaction.open_table(CHANGES)?.retain_in(..(generation + 1, ""), |_, ()| false)?;
        Ok(())
    }

    /// Makes it all visible and durable. After an error it is not known whether it is, and the
    /// store has to be reopened.
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        self.write_counts()?;
        let committed = self.transaction.commit();
        if let Err(error) = &committed {
            self.epoch.failure.record(io::Error::other(error.to_string()));
        }
        match self.epoch.failure.error() {
            Some(fault) => Err(StoreError::of_io(&fault)),
            None => Ok(committed?),
        }
    }

    /// Removes the document of this id and keeps it as a version; says whether there was one.
    /// `next` is the document that replaces it: one of the same bytes leaves no version, because
    /// old citations hold for it.
    fn retire(
        &self,
        id: &str,
        next: Option<&StoredDocument>,
        generation: u64,
        keep: Retention,
    ) -> Result<bool, StoreError> {
        let old = match self.document(id) {
            Ok(None) => return Ok(false),
            Ok(Some(old)) => Some(old),
            // How many passages and bytes a damaged record counted is unknown; it can still be
            // removed.
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
        let stamps = Stamps { retired: self.time.get(), ..old.stamps };
        let version =
            [document_record::encode_begun(&old)?, document_record::encode_stamps(&stamps)?].concat();
        let version = with_checksum("versions", &version_key(id, generation), &version);
        self.transaction.open_table(VERSIONS)?.insert((id, generation), &*version)?;
        if keep != Retention::ALL {
            let versions = self.versions(id)?;
            let spare = keep.spare(&versions, self.time.get());
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

    /// Deletes a version; returns how many bytes that freed.
    fn forget(&self, id: &str, retired: u64, version: Option<StoredDocument>) -> Result<u64, StoreError> {
        self.transaction.open_table(VERSIONS)?.remove((id, retired))?;
        version.map_or(Ok(0), |version| self.release_sources(&version))
    }

    /// Updates the counts by what was added and removed.
    fn write_counts(&self) -> Result<(), StoreError> {
        let (added, removed) = (self.added.get(), self.removed.get());
        for ((name, more), (_, less)) in added.named().into_iter().zip(removed.named()) {
            if more != less {
                let now = self.meta(name)?.unwrap_or(0);
                self.set_meta(name, now.saturating_add(more).saturating_sub(less))?;
            }
        }
        Ok(())
    }

    /// Releases a document's sources; returns how many bytes no other document has.
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

    fn keep(&self, chunks: &Chunks) -> Result<(), StoreError> {
        let digest = chunks.digest.as_bytes();
        let mut refcounts = self.transaction.open_table(REFCOUNTS)?;
        let count = refcounts.get(digest)?.map_or(0, |count| count.value());
        let next = count.checked_add(1).ok_or_else(|| {
            StoreError::Damaged(format!("the source {} is counted {count} times", chunks.digest))
        })?;
        refcounts.insert(digest, next)?;
        if count > 0 {
            return Ok(());
        }
        let mut sources = self.transaction.open_table(SOURCES)?;
        for (number, value) in (0..).zip(&chunks.values) {
            sources.insert((digest, number), &**value)?;
        }
        Ok(())
    }

    /// Releases a source; says whether it was the last use, which deletes it.
    fn release(&self, digest: Digest) -> Result<bool, StoreError> {
        let mut refcounts = self.transaction.open_table(REFCOUNTS)?;
        let count = refcounts.get(digest.as_bytes())?.map_or(0, |count| count.value());
        if count > 1 {
            refcounts.insert(digest.as_bytes(), count - 1)?;
            return Ok(false);
        }
        refcounts.remove(digest.as_bytes())?;
        let mut sources = self.transaction.open_table(SOURCES)?;
        sources.retain_in((digest.as_bytes(), 0)..=(digest.as_bytes(), u32::MAX), |_, _| false)?;
        Ok(true)
    }
}

/// Creates each table that does not exist.
struct Create<'t>(&'t WriteTransaction);

impl TableVisitor for Create<'_> {
    fn table<K: Key + 'static, V: Value + 'static>(
        &mut self,
        _: &str,
        definition: TableDefinition<'static, K, V>,
        _: Option<ChecksumKey<K>>,
    ) -> Result<(), StoreError> {
        self.0.open_table(definition)?;
        Ok(())
    }
}
