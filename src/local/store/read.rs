//! A consistent view of the store.

use std::ops::Bound;
use std::sync::Arc;
use std::sync::OnceLock;

use redb::ReadOnlyTable;
use redb::ReadTransaction;
use redb::ReadableTable;
use redb::ReadableTableMetadata as _;

use crate::local::store::checksum::verified;
use crate::local::store::document_record;
use crate::local::store::epoch::Epoch;
use crate::local::store::error::StoreError;
use crate::local::store::record;
use crate::local::store::schema::CHANGES;
use crate::local::store::schema::CHUNK;
use crate::local::store::schema::DIAGNOSTICS;
use crate::local::store::schema::DOCUMENTS;
use crate::local::store::schema::EXCHANGES;
use crate::local::store::schema::META;
use crate::local::store::schema::REFCOUNTS;
use crate::local::store::schema::SOURCES;
use crate::local::store::schema::VERSIONS;
use crate::local::store::schema::chunk_key;
use crate::local::store::schema::exchange_key;
use crate::local::store::schema::version_key;
use crate::span::ByteSpan;
use crate::transcript::Diagnostic;
use crate::transcript::Digest;
use crate::transcript::StoredDocument;
use crate::transcript::StoredExchange;

/// What was committed when the reader was made.
///
/// Of a file that has not been checked, redb may panic over a damaged page; who reads such a one
/// calls it in [`catch_redb_panic`](crate::local::store::catch_redb_panic).
pub(crate) struct Reader {
    pub(super) transaction: ReadTransaction,
    /// Opened once, when first read: opening costs as much as reading a value.
    documents: OnceLock<ReadOnlyTable<&'static str, &'static [u8]>>,
    exchanges: OnceLock<ReadOnlyTable<(&'static str, u32), &'static [u8]>>,
    /// Keeps the database open; dropped after the transaction.
    pub(super) epoch: Arc<Epoch>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

/// An earlier version of a document.
#[derive(Debug)]
pub(crate) struct Version {
    /// The document's id.
    pub id: String,
    /// The generation in which it was replaced or deleted.
    pub retired: u64,
    /// Its record, or what is wrong with it.
    pub record: Result<StoredDocument, StoreError>,
}

impl Reader {
    pub(super) const fn new(transaction: ReadTransaction, epoch: Arc<Epoch>) -> Self {
        Self { documents: OnceLock::new(), exchanges: OnceLock::new(), transaction, epoch }
    }

    /// Whether a write failed since the file was opened that it reads through.
    #[must_use]
    pub(crate) fn is_stale(&self) -> bool {
        self.epoch.failure.error().is_some()
    }

    /// Whether both read through the same opening of the file.
    #[must_use]
    pub(crate) fn same_handle(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.epoch, &other.epoch)
    }

    /// The number of the last committed batch; 0 before the first.
    pub(crate) fn generation(&self) -> Result<u64, StoreError> {
        self.meta("generation")
    }

    /// One of the counts kept with every batch: `documents`, `exchanges`, `passages`, `bytes`.
    pub(crate) fn meta(&self, name: &str) -> Result<u64, StoreError> {
        let table = self.transaction.open_table(META)?;
        let Some(value) = table.get(name)? else { return Ok(0) };
        record::decode(verified("facts", name.as_bytes(), value.value())?)
    }

    /// The key that page tokens are signed with.
    pub(crate) fn page_key(&self) -> Result<[u8; 32], StoreError> {
        let table = self.transaction.open_table(META)?;
        let value = table.get("page_key")?;
        let value = value.as_ref().map(redb::AccessGuard::value).unwrap_or_default();
        verified("facts", b"page_key", value)?
            .try_into()
            .map_err(|_| StoreError::Damaged("the key of page tokens has a wrong length".into()))
    }

    /// The document of this id.
    pub(crate) fn document(&self, id: &str) -> Result<Option<StoredDocument>, StoreError> {
        let table = if let Some(table) = self.documents.get() {
            table
        } else {
            let table = self.transaction.open_table(DOCUMENTS)?;
            self.documents.get_or_init(|| table)
        };
        document_in(table, id)
    }

    /// The versions of a document that were replaced or deleted, latest first, without damaged
    /// ones.
    pub(crate) fn versions(&self, id: &str) -> Result<Vec<StoredDocument>, StoreError> {
        let versions = versions_in(&self.transaction.open_table(VERSIONS)?, id)?;
        Ok(versions.into_iter().rev().filter_map(|(_, version)| version).collect())
    }

    /// At most `limit` documents whose id is after `after`, ordered by id.
    pub(crate) fn documents(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredDocument>, StoreError> {
        let table = self.transaction.open_table(DOCUMENTS)?;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut documents = Vec::new();
        for entry in table.range::<&str>((from, Bound::Unbounded))?.take(limit) {
            let (id, value) = entry?;
            documents.push(document_of(id.value(), value.value())?);
        }
        Ok(documents)
    }

    /// At most `limit` ids of documents after `after`, in order.
    pub(crate) fn ids(&self, after: Option<&str>, limit: usize) -> Result<Vec<String>, StoreError> {
        let table = self.transaction.open_table(DOCUMENTS)?;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let range = table.range::<&str>((from, Bound::Unbounded))?.take(limit);
        range.map(|entry| Ok(entry?.0.value().to_owned())).collect()
    }

    /// What was noticed when a document was read.
    pub(crate) fn diagnostics(&self, id: &str) -> Result<Vec<Diagnostic>, StoreError> {
        let table = self.transaction.open_table(DIAGNOSTICS)?;
        let Some(value) = table.get(id)? else { return Ok(Vec::new()) };
        let records: Vec<record::DiagnosticRecord> =
            record::decode(verified("diagnostics", id.as_bytes(), value.value())?)?;
        Ok(records.into_iter().filter_map(record::diagnostic_in).collect())
    }

    /// The `index`th exchange of a document.
    pub(crate) fn exchange(&self, id: &str, index: u32) -> Result<Option<StoredExchange>, StoreError> {
        let table = if let Some(table) = self.exchanges.get() {
            table
        } else {
            let table = self.transaction.open_table(EXCHANGES)?;
            self.exchanges.get_or_init(|| table)
        };
        let Some(value) = table.get((id, index))? else { return Ok(None) };
        exchange_of(id, index, value.value()).map(Some)
    }

    /// All exchanges of a document, in order.
    pub(crate) fn exchanges(&self, id: &str) -> Result<Vec<StoredExchange>, StoreError> {
        let table = self.transaction.open_table(EXCHANGES)?;
        let mut exchanges = Vec::new();
        for entry in table.range((id, 0)..=(id, u32::MAX))? {
            let (key, value) = entry?;
            exchanges.push(exchange_of(id, key.value().1, value.value())?);
        }
        Ok(exchanges)
    }

    /// The bytes of a source from `offset` to the end of the chunk that it is in; none after the
    /// end.
    pub(crate) fn source_chunk(&self, digest: Digest, offset: usize) -> Result<Vec<u8>, StoreError> {
        let number = u32::try_from(offset / CHUNK).unwrap_or(u32::MAX);
        let table = self.transaction.open_table(SOURCES)?;
        let Some(value) = table.get((digest.as_bytes(), number))? else { return Ok(Vec::new()) };
        let chunk = verified("sources", &chunk_key(digest.as_bytes(), number), value.value())?;
        Ok(chunk.get(offset % CHUNK..).unwrap_or_default().to_vec())
    }

    /// The bytes of a source in `span`; fewer where the source ends before.
    pub(crate) fn source_range(&self, digest: Digest, span: ByteSpan) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::new();
        while bytes.len() < span.len() {
            let mut chunk = self.source_chunk(digest, span.start() + bytes.len())?;
            if chunk.is_empty() {
                break;
            }
            chunk.truncate(span.len() - bytes.len());
            bytes.append(&mut chunk);
        }
        Ok(bytes)
    }

    /// How many documents and versions use a source.
    pub(crate) fn uses(&self, source: Digest) -> Result<u32, StoreError> {
        let table = self.transaction.open_table(REFCOUNTS)?;
        Ok(table.get(source.as_bytes())?.map_or(0, |count| count.value()))
    }

    /// The ids written in generations after `generation`, in order; `None` where they are not all
    /// known any more and everything has to be read again.
    pub(crate) fn changes_since(&self, generation: u64) -> Result<Option<Vec<String>>, StoreError> {
        let table = self.transaction.open_table(CHANGES)?;
        let mut ids = Vec::new();
        let mut expected = generation + 1;
        for entry in table.range((generation + 1, "")..)? {
            let (key, _) = entry?;
            let (written, id) = key.value();
            if written > expected {
                return Ok(None);
            }
            expected = written + 1;
            ids.push(id.to_owned());
        }
        let complete = expected == self.generation()? + 1;
        ids.sort_unstable();
        ids.dedup();
        Ok(complete.then_some(ids))
    }

    /// At most `limit` earlier versions after `after`, of all documents, ordered by id, then by
    /// age.
    pub(crate) fn versions_after(
        &self,
        after: Option<(&str, u64)>,
        limit: usize,
    ) -> Result<Vec<Version>, StoreError> {
        let table = self.transaction.open_table(VERSIONS)?;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let entries = table.range::<(&str, u64)>((from, Bound::Unbounded))?.take(limit);
        let versions = entries.map(|entry| {
            let (key, value) = entry?;
            let (id, retired) = key.value();
            let record = verified("versions", &version_key(id, retired), value.value())
                .and_then(|record| document_record::decode(record, id));
            Ok(Version { id: id.to_owned(), retired, record })
        });
        versions.collect()
    }

    /// How many documents there are.
    pub(crate) fn document_count(&self) -> Result<u64, StoreError> {
        Ok(self.transaction.open_table(DOCUMENTS)?.len()?)
    }
}

/// The versions of a document with the generations they were retired in, oldest first; `None` for
/// a damaged one.
pub(super) fn versions_in(
    table: &impl ReadableTable<(&'static str, u64), &'static [u8]>,
    id: &str,
) -> Result<Vec<(u64, Option<StoredDocument>)>, StoreError> {
    let mut versions = Vec::new();
    for entry in table.range((id, 0)..=(id, u64::MAX))? {
        let (key, value) = entry?;
        let (_, generation) = key.value();
        let record = verified("versions", &version_key(id, generation), value.value())
            .and_then(|record| document_record::decode(record, id));
        versions.push((generation, record.ok()));
    }
    Ok(versions)
}

pub(super) fn document_in(
    table: &impl ReadableTable<&'static str, &'static [u8]>,
    id: &str,
) -> Result<Option<StoredDocument>, StoreError> {
    table.get(id)?.map(|value| document_of(id, value.value())).transpose()
}

fn document_of(id: &str, value: &[u8]) -> Result<StoredDocument, StoreError> {
    document_record::decode(verified("documents", id.as_bytes(), value)?, id)
}

fn exchange_of(id: &str, index: u32, value: &[u8]) -> Result<StoredExchange, StoreError> {
    let payload = verified("exchanges", &exchange_key(id, index), value)?;
    Ok(record::decode::<record::ExchangeRecord>(payload)?.into_exchange(index))
}
