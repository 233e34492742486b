//! The tables of the store.

use redb::Key;
use redb::TableDefinition;
use redb::Value;

use crate::local::store::error::StoreError;

/// Sources are kept in chunks of this many bytes, so that a range of a long one is read without
/// the rest.
pub(super) const CHUNK: usize = 64 << 10;

type Bytes = &'static [u8];

/// Metadata of the store by name: format, generation, the key of page tokens, counts. The table
/// has the name of format 1 on disk.
pub(super) const META: TableDefinition<'_, &str, Bytes> = TableDefinition::new("facts");
/// Chunks of sources by digest and chunk number.
pub(super) const SOURCES: TableDefinition<'_, (&[u8; 32], u32), Bytes> = TableDefinition::new("sources");
/// How many documents, earlier versions included, have a source, by its digest.
pub(super) const REFCOUNTS: TableDefinition<'_, &[u8; 32], u32> = TableDefinition::new("uses");
/// Documents by id.
pub(super) const DOCUMENTS: TableDefinition<'_, &str, Bytes> = TableDefinition::new("documents");
/// Documents that were replaced or deleted, by id and the generation in which that happened.
pub(super) const VERSIONS: TableDefinition<'_, (&str, u64), Bytes> = TableDefinition::new("versions");
/// Diagnostics by document id. Not in the documents' records, because searches read those and
/// never these.
pub(super) const DIAGNOSTICS: TableDefinition<'_, &str, Bytes> = TableDefinition::new("diagnostics");
/// Exchanges by document id and index.
pub(super) const EXCHANGES: TableDefinition<'_, (&str, u32), Bytes> = TableDefinition::new("exchanges");
/// Ids written in a generation, until the index has committed it.
pub(super) const CHANGES: TableDefinition<'_, (u64, &str), ()> = TableDefinition::new("changes");

/// A key as it goes into the checksum of its value.
pub(super) type ChecksumKey<K> = for<'k> fn(&<K as Value>::SelfType<'k>) -> Vec<u8>;

/// What is done with each table.
pub(super) trait TableVisitor {
    /// Is called with each table; `checksum_key` is `None` where values have no checksum, because
    /// they follow from the other tables.
    fn table<K: Key + 'static, V: Value + 'static>(
        &mut self,
        name: &str,
        definition: TableDefinition<'static, K, V>,
        checksum_key: Option<ChecksumKey<K>>,
    ) -> Result<(), StoreError>;
}

/// Visits all tables. This is the one list of them.
pub(super) fn visit_tables(visitor: &mut impl TableVisitor) -> Result<(), StoreError> {
    visitor.table("facts", META, Some(|key| key.as_bytes().to_vec()))?;
    visitor.table("sources", SOURCES, Some(|(digest, number)| chunk_key(digest, *number)))?;
    visitor.table("uses", REFCOUNTS, None)?;
    visitor.table("documents", DOCUMENTS, Some(|key| key.as_bytes().to_vec()))?;
    visitor.table("versions", VERSIONS, Some(|(id, generation)| version_key(id, *generation)))?;
    visitor.table("diagnostics", DIAGNOSTICS, Some(|key| key.as_bytes().to_vec()))?;
    visitor.table("exchanges", EXCHANGES, Some(|(id, index)| exchange_key(id, *index)))?;
    visitor.table("changes", CHANGES, None)
}

pub(super) fn exchange_key(id: &str, index: u32) -> Vec<u8> {
    [id.as_bytes(), &index.to_be_bytes()].concat()
}

pub(super) fn chunk_key(digest: &[u8; 32], number: u32) -> Vec<u8> {
    [&digest[..], &number.to_be_bytes()].concat()
}

pub(super) fn version_key(id: &str, generation: u64) -> Vec<u8> {
    [id.as_bytes(), &generation.to_be_bytes()].concat()
}
