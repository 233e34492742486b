//! A batch of writes: visible and durable as one.

use redb::ReadableTable as _;
use redb::WriteTransaction;

use crate::store::CHANGES;
use crate::store::DIAGNOSTICS;
use crate::store::DOCUMENTS;
use crate::store::EXCHANGES;
use crate::store::FACTS;
use crate::store::NewDocument;
use crate::store::PIECE;
use crate::store::SOURCES;
use crate::store::StoreError;
use crate::store::StoredDocument;
use crate::store::USES;
use crate::store::read::document_in;
use crate::store::read::exchange_key;
use crate::store::read::piece_key;
use crate::store::record;
use crate::store::seal::opened;
use crate::store::seal::sealed;
use crate::transcript::Digest;

/// Writes that are committed together, or dropped together.
pub struct Batch {
    transaction: WriteTransaction,
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").finish_non_exhaustive()
    }
}

impl Batch {
    pub(super) fn begin(mut transaction: WriteTransaction) -> Self {
        // The allocator's state is saved with each commit, so that opening after a crash need not walk the
        // whole file.
        transaction.set_quick_repair(true);
        Self { transaction }
    }

    pub(super) fn create_tables(&self) -> Result<(), StoreError> {
        self.transaction.open_table(DOCUMENTS)?;
        self.transaction.open_table(DIAGNOSTICS)?;
        self.transaction.open_table(EXCHANGES)?;
        self.transaction.open_table(SOURCES)?;
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

    /// Writes a document over whatever stood under its id.
    pub fn put(&self, new: &NewDocument, generation: u64) -> Result<(), StoreError> {
        let id = new.document.id.as_str();
        self.remove(id)?;
        let document = record::encode(&record::DocumentRecord::from(&new.document))?;
        self.transaction
            .open_table(DOCUMENTS)?
            .insert(id, &*sealed("documents", id.as_bytes(), &document))?;
        let diagnostics: Vec<_> = new.diagnostics.iter().map(record::diagnostic_out).collect();
        let diagnostics = record::encode(&diagnostics)?;
        self.transaction
            .open_table(DIAGNOSTICS)?
            .insert(id, &*sealed("diagnostics", id.as_bytes(), &diagnostics))?;
        let mut exchanges = self.transaction.open_table(EXCHANGES)?;
        for (index, exchange) in (0..).zip(&new.exchanges) {
            let payload = record::encode(&record::ExchangeRecord::from(exchange))?;
            exchanges.insert((id, index), &*sealed("exchanges", &exchange_key(id, index), &payload))?;
        }
        self.keep(new.document.received, &new.received)?;
        if let Some(rendition) = &new.rendition {
            self.keep(new.document.source, rendition.as_bytes())?;
        }
        self.count(1, new.document.exchanges, new.document.passages, new.document.received_len)?;
        self.transaction.open_table(CHANGES)?.insert((generation, id), ())?;
        Ok(())
    }

    /// Deletes a document and all that only it used; says whether there was one.
    pub fn delete(&self, id: &str, generation: u64) -> Result<bool, StoreError> {
        let found = self.remove(id)?;
        if found {
            self.transaction.open_table(CHANGES)?.insert((generation, id), ())?;
        }
        Ok(found)
    }

    /// Forgets which ids were written up to `generation`: the index has them.
    pub fn forget_changes(&self, generation: u64) -> Result<(), StoreError> {
        self.transaction.open_table(CHANGES)?.retain_in(..(generation + 1, ""), |_, ()| false)?;
        Ok(())
    }

    /// Makes it all visible and durable.
    pub fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit()?)
    }

    fn remove(&self, id: &str) -> Result<bool, StoreError> {
        let old = match self.document(id) {
            Ok(None) => return Ok(false),
            Ok(Some(old)) => Some(old),
            // What a damaged record counted and used cannot be told; the document can still go.
            Err(StoreError::Damaged(_)) => None,
            Err(error) => return Err(error),
        };
        self.transaction.open_table(DOCUMENTS)?.remove(id)?;
        self.transaction.open_table(DIAGNOSTICS)?.remove(id)?;
        let mut exchanges = self.transaction.open_table(EXCHANGES)?;
        exchanges.retain_in((id, 0)..=(id, u32::MAX), |_, _| false)?;
        let Some(old) = old else { return Ok(true) };
        self.release(old.received)?;
        if old.source != old.received {
            self.release(old.source)?;
        }
        self.count(-1, old.exchanges, old.passages, old.received_len)?;
        Ok(true)
    }

    fn count(&self, sign: i64, exchanges: u32, passages: u32, bytes: u64) -> Result<(), StoreError> {
        let parts = [
            ("documents", 1),
            ("exchanges", exchanges.into()),
            ("passages", passages.into()),
            ("bytes", bytes),
        ];
        for (name, amount) in parts {
            let now = self.fact(name)?.unwrap_or(0);
            self.set_fact(name, if sign > 0 { now + amount } else { now.saturating_sub(amount) })?;
        }
        Ok(())
    }

    fn keep(&self, digest: Digest, bytes: &[u8]) -> Result<(), StoreError> {
        let mut uses = self.transaction.open_table(USES)?;
        let count = uses.get(digest.as_bytes())?.map_or(0, |count| count.value());
        uses.insert(digest.as_bytes(), count + 1)?;
        if count > 0 {
            return Ok(());
        }
        let mut sources = self.transaction.open_table(SOURCES)?;
        for (number, piece) in (0..).zip(bytes.chunks(PIECE)) {
            let value = sealed("sources", &piece_key(digest, number), piece);
            sources.insert((digest.as_bytes(), number), &*value)?;
        }
        Ok(())
    }

    fn release(&self, digest: Digest) -> Result<(), StoreError> {
        let mut uses = self.transaction.open_table(USES)?;
        let count = uses.get(digest.as_bytes())?.map_or(0, |count| count.value());
        if count > 1 {
            uses.insert(digest.as_bytes(), count - 1)?;
            return Ok(());
        }
        uses.remove(digest.as_bytes())?;
        let mut sources = self.transaction.open_table(SOURCES)?;
        sources.retain_in((digest.as_bytes(), 0)..=(digest.as_bytes(), u32::MAX), |_, _| false)?;
        Ok(())
    }
}
