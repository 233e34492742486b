//! Reading a store that may be damaged, each value by itself, and never changing its file.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use redb::Key;
use redb::ReadTransaction;
use redb::ReadableDatabase as _;
use redb::TableDefinition;
use redb::Value;

use crate::local::store::epoch::Epoch;
use crate::local::store::error::StoreError;
use crate::local::store::format::FORMAT;
use crate::local::store::panics::catch_redb_panic;
use crate::local::store::read::Reader;
use crate::local::store::schema::CHUNK;
use crate::local::store::schema::DIAGNOSTICS;
use crate::local::store::schema::DOCUMENTS;
use crate::local::store::schema::EXCHANGES;
use crate::local::store::schema::SOURCES;
use crate::transcript::Digest;

/// A store that may be damaged.
#[derive(Debug)]
pub(crate) struct Salvage {
    path: PathBuf,
    /// `None` after a panic, which may have left the handle unusable.
    open: Option<Reader>,
}

impl Salvage {
    /// Opens the store at `path`. The file is not changed, nor is one made.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let mut salvage = Self { path: path.to_owned(), open: None };
        salvage.open = Some(salvage.reopen()?);
        match salvage.read(|reader| reader.meta("format")) {
            Ok(found) if found > FORMAT => Err(StoreError::Format { found }),
            // Damage here is one fault of many; reading value by value shows what is left.
            Ok(_) | Err(_) => Ok(salvage),
        }
    }

    fn reopen(&self) -> Result<Reader, StoreError> {
        catch_redb_panic(|| open(&self.path, false))
    }

    /// Checks every page of the file against its checksum.
    pub(crate) fn check_pages(&mut self) -> Result<(), StoreError> {
        self.open = None;
        check_pages(&self.path)
    }

    /// Reads something. Any reason why it cannot be read counts as damage, a bad sector as well as
    /// a flipped bit.
    pub(crate) fn read<T>(
        &mut self,
        read: impl FnOnce(&Reader) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let reader = match self.open.take() {
            Some(reader) => reader,
            None => self.reopen()?,
        };
        // Moved into the closure: a panic drops it.
        let (result, reader) = catch_redb_panic(move || Ok((read(&reader), reader)))?;
        self.open = Some(reader);
        result.map_err(|error| match error {
            StoreError::Io(error) | StoreError::Full(error) => StoreError::Damaged(error),
            StoreError::Damaged(_) | StoreError::Format { .. } => error,
        })
    }

    /// A chunk of a source; empty after its end.
    pub(crate) fn chunk(&mut self, digest: Digest, number: u32) -> Result<Vec<u8>, StoreError> {
        self.read(|reader| reader.source_chunk(digest, number as usize * CHUNK))
    }

    /// The ids of all documents of which anything can be read, in order.
    pub(crate) fn ids(&mut self) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        self.keys(DOCUMENTS, &mut |id| ids.extend([id.to_owned()]));
        self.keys(DIAGNOSTICS, &mut |id| ids.extend([id.to_owned()]));
        self.keys(EXCHANGES, &mut |(id, _)| ids.extend([id.to_owned()]));
        ids
    }

    /// The digests of all sources of which anything can be read, in order.
    pub(crate) fn sources(&mut self) -> BTreeSet<Digest> {
        let mut digests = BTreeSet::new();
        self.keys(SOURCES, &mut |(digest, _)| digests.extend([Digest::from_bytes(*digest)]));
        digests
    }

    /// Calls `take` with the keys of a table, some of them twice: from either end up to the first
    /// that cannot be read, so that one bad page hides only what is after it on both sides.
    fn keys<K: Key + 'static, V: Value + 'static>(
        &mut self,
        table: TableDefinition<'static, K, V>,
        take: &mut dyn for<'k> FnMut(K::SelfType<'k>),
    ) {
        for backwards in [false, true] {
            // The keys listed before the first failure count; reading them shows what is lost.
            drop(self.read(|reader| keys(&reader.transaction, table, backwards, take)));
        }
    }
}

fn keys<K: Key + 'static, V: Value + 'static>(
    from: &ReadTransaction,
    table: TableDefinition<'static, K, V>,
    backwards: bool,
    take: &mut dyn for<'k> FnMut(K::SelfType<'k>),
) -> Result<(), StoreError> {
    let mut rows = from.open_table(table)?.range::<K::SelfType<'static>>(..)?;
    while let Some(row) = if backwards { rows.next_back() } else { rows.next() } {
        take(row?.0.value());
    }
    Ok(())
}

/// Checks every page of the store in the file `path`, which nobody writes meanwhile; it may be
/// open.
pub(crate) fn check_pages(path: &Path) -> Result<(), StoreError> {
    catch_redb_panic(|| Epoch::open_read_only(path, false)?.check_pages())
}

/// Opens the store in the file `path` to read it, after every page has been checked. The file is
/// not changed.
pub(crate) fn open_checked(path: &Path) -> Result<Reader, StoreError> {
    open(path, true)
}

fn open(path: &Path, check: bool) -> Result<Reader, StoreError> {
    let epoch = Epoch::open_read_only(path, check)?;
    Ok(Reader::new(epoch.database()?.begin_read()?, Arc::new(epoch)))
}
