//! The store's tables as sections of a snapshot: rows out, rows in, and the check of a row.

use redb::Key;
use redb::ReadTransaction;
use redb::TableDefinition;
use redb::Value;
use redb::WriteTransaction;

use crate::local::store::CHANGES;
use crate::local::store::DIAGNOSTICS;
use crate::local::store::DOCUMENTS;
use crate::local::store::EXCHANGES;
use crate::local::store::FACTS;
use crate::local::store::SOURCES;
use crate::local::store::StoreError;
use crate::local::store::USES;
use crate::local::store::VERSIONS;
use crate::local::store::read::exchange_key;
use crate::local::store::read::piece_key;
use crate::local::store::read::version_key;
use crate::local::store::seal::opened;
use crate::transcript::Digest;

/// A table. Keys are written as their seals take them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Facts,
    Sources,
    Uses,
    Documents,
    Versions,
    Diagnostics,
    Exchanges,
    Changes,
}

/// A key and its value, as they stand on disk.
pub(super) type Row = (Vec<u8>, Vec<u8>);

/// The rows of a table, in order. They keep the transaction they are read in.
pub(super) type Rows = Box<dyn Iterator<Item = Result<Row, StoreError>> + Send>;

/// Takes rows into a table.
pub(super) type Sink<'t> = Box<dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError> + 't>;

impl Section {
    /// All tables, in the order they stand in a snapshot: sources before the documents that cite them, and
    /// documents before their exchanges, so that one pass can check the ones against the others.
    pub(super) const ALL: [Self; 8] = [
        Self::Facts,
        Self::Sources,
        Self::Uses,
        Self::Documents,
        Self::Versions,
        Self::Diagnostics,
        Self::Exchanges,
        Self::Changes,
    ];

    /// The table's name on disk.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Sources => "sources",
            Self::Uses => "uses",
            Self::Documents => "documents",
            Self::Versions => "versions",
            Self::Diagnostics => "diagnostics",
            Self::Exchanges => "exchanges",
            Self::Changes => "changes",
        }
    }

    /// All rows of the table.
    pub(super) fn rows(self, from: &ReadTransaction) -> Result<Rows, StoreError> {
        match self {
            Self::Facts => rows(from, FACTS, text_row),
            Self::Documents => rows(from, DOCUMENTS, text_row),
            Self::Diagnostics => rows(from, DIAGNOSTICS, text_row),
            Self::Sources => rows(from, SOURCES, |(digest, number), value| {
                (piece_key(Digest::from_bytes(*digest), number), value.to_vec())
            }),
            Self::Uses => rows(from, USES, |digest, count| (digest.to_vec(), count.to_be_bytes().to_vec())),
            Self::Exchanges => {
                rows(from, EXCHANGES, |(id, index), value| (exchange_key(id, index), value.to_vec()))
            }
            Self::Versions => {
                rows(from, VERSIONS, |(id, generation), value| (version_key(id, generation), value.to_vec()))
            }
            Self::Changes => rows(from, CHANGES, |(generation, id), ()| {
                ([&generation.to_be_bytes(), id.as_bytes()].concat(), Vec::new())
            }),
        }
    }

    /// What writes rows into the table; a row that is none of the table's is damage.
    pub(super) fn sink(self, into: &WriteTransaction) -> Result<Sink<'_>, StoreError> {
        Ok(match self {
            Self::Facts => text_sink(into, FACTS)?,
            Self::Documents => text_sink(into, DOCUMENTS)?,
            Self::Diagnostics => text_sink(into, DIAGNOSTICS)?,
            Self::Sources => {
                let mut table = into.open_table(SOURCES)?;
                Box::new(move |key, value| {
                    let (digest, number) = self.piece(key)?;
                    table.insert((digest.as_bytes(), number), value)?;
                    Ok(())
                })
            }
            Self::Uses => {
                let mut table = into.open_table(USES)?;
                Box::new(move |key, value| {
                    let (digest, count) = self.use_count(key, value)?;
                    table.insert(&digest, count)?;
                    Ok(())
                })
            }
            Self::Exchanges => {
                let mut table = into.open_table(EXCHANGES)?;
                Box::new(move |key, value| {
                    table.insert(self.place(key)?, value)?;
                    Ok(())
                })
            }
            Self::Versions => {
                let mut table = into.open_table(VERSIONS)?;
                Box::new(move |key, value| {
                    table.insert(self.version(key)?, value)?;
                    Ok(())
                })
            }
            Self::Changes => {
                let mut table = into.open_table(CHANGES)?;
                Box::new(move |key, value| {
                    table.insert(self.change(key, value)?, ())?;
                    Ok(())
                })
            }
        })
    }

    /// What a row's value holds, once it is checked that the row is one of the table's and that its value is what
    /// was written.
    pub(super) fn payload<'v>(self, key: &[u8], value: &'v [u8]) -> Result<&'v [u8], StoreError> {
        match self {
            Self::Facts | Self::Documents | Self::Diagnostics => {
                std::str::from_utf8(key).map_err(|_| self.damaged(key))?;
            }
            Self::Sources => {
                self.piece(key)?;
            }
            Self::Exchanges => {
                self.place(key)?;
            }
            Self::Versions => {
                self.version(key)?;
            }
            // These two carry no seal: both can be told from the rest.
            Self::Uses => return self.use_count(key, value).map(|_| value),
            Self::Changes => return self.change(key, value).map(|_| value),
        }
        opened(self.name(), key, value).map_err(|_| self.damaged(key))
    }

    /// The digest and number of a piece of a source.
    pub(super) fn piece(self, key: &[u8]) -> Result<(Digest, u32), StoreError> {
        let (digest, number) = key.split_last_chunk().ok_or_else(|| self.damaged(key))?;
        let digest = digest.try_into().map_err(|_| self.damaged(key))?;
        Ok((Digest::from_bytes(digest), u32::from_be_bytes(*number)))
    }

    /// The document and index of an exchange.
    fn place(self, key: &[u8]) -> Result<(&str, u32), StoreError> {
        let (id, index) = key.split_last_chunk().ok_or_else(|| self.damaged(key))?;
        let id = std::str::from_utf8(id).map_err(|_| self.damaged(key))?;
        Ok((id, u32::from_be_bytes(*index)))
    }

    /// The document of a version, and the generation it was retired in.
    pub(super) fn version(self, key: &[u8]) -> Result<(&str, u64), StoreError> {
        let (id, generation) = key.split_last_chunk().ok_or_else(|| self.damaged(key))?;
        let id = std::str::from_utf8(id).map_err(|_| self.damaged(key))?;
        Ok((id, u64::from_be_bytes(*generation)))
    }

    fn use_count(self, key: &[u8], value: &[u8]) -> Result<([u8; 32], u32), StoreError> {
        let digest = key.try_into().map_err(|_| self.damaged(key))?;
        let count = value.try_into().map_err(|_| self.damaged(key))?;
        Ok((digest, u32::from_be_bytes(count)))
    }

    fn change<'k>(self, key: &'k [u8], value: &[u8]) -> Result<(u64, &'k str), StoreError> {
        let (generation, id) = key.split_first_chunk().ok_or_else(|| self.damaged(key))?;
        let id = std::str::from_utf8(id).map_err(|_| self.damaged(key))?;
        if !value.is_empty() {
            return Err(self.damaged(id.as_bytes()));
        }
        Ok((u64::from_be_bytes(*generation), id))
    }

    /// The error that names the row.
    fn damaged(self, key: &[u8]) -> StoreError {
        let subject = match self {
            Self::Sources | Self::Uses => {
                key.first_chunk().map_or_else(String::new, |digest| Digest::from_bytes(*digest).to_string())
            }
            Self::Exchanges => {
                let (id, index) = key.split_last_chunk::<4>().unwrap_or((key, &[0; 4]));
                format!("{} {}", String::from_utf8_lossy(id), u32::from_be_bytes(*index))
            }
            Self::Versions => {
                let (id, generation) = key.split_last_chunk().unwrap_or((key, &[0; 8]));
                format!("{} {}", String::from_utf8_lossy(id), u64::from_be_bytes(*generation))
            }
            Self::Facts | Self::Documents | Self::Diagnostics | Self::Changes => {
                String::from_utf8_lossy(key).into_owned()
            }
        };
        StoreError::Damaged(format!("the value of {} {subject} does not match its checksum", self.name()))
    }
}

fn rows<K: Key + Send + 'static, V: Value + Send + 'static>(
    from: &ReadTransaction,
    definition: TableDefinition<'_, K, V>,
    row: impl for<'a> Fn(K::SelfType<'a>, V::SelfType<'a>) -> Row + Send + 'static,
) -> Result<Rows, StoreError> {
    let entries = from.open_table(definition)?.range::<K::SelfType<'static>>(..)?;
    Ok(Box::new(entries.map(move |entry| {
        let (key, value) = entry?;
        Ok(row(key.value(), value.value()))
    })))
}

fn text_row<'a>(key: &'a str, value: &'a [u8]) -> Row {
    (key.as_bytes().to_vec(), value.to_vec())
}

fn text_sink<'t>(
    into: &'t WriteTransaction,
    definition: TableDefinition<'_, &'static str, &'static [u8]>,
) -> Result<Sink<'t>, StoreError> {
    let mut table = into.open_table(definition)?;
    Ok(Box::new(move |key, value| {
        let key = std::str::from_utf8(key).map_err(|error| StoreError::Damaged(error.to_string()))?;
        table.insert(key, value)?;
        Ok(())
    }))
}
