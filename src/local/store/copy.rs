//! Copying all tables into a new file, as one commit left them: what a snapshot is made of.

use redb::Key;
use redb::ReadTransaction;
use redb::TableDefinition;
use redb::Value;
use redb::WriteTransaction;

use crate::disk::RandomAccess;
use crate::local::store::checksum::verified;
use crate::local::store::epoch::Epoch;
use crate::local::store::error::StoreError;
use crate::local::store::panics::catch_redb_panic;
use crate::local::store::read::Reader;
use crate::local::store::schema::ChecksumKey;
use crate::local::store::schema::TableVisitor;
use crate::local::store::schema::visit_tables;

/// Bytes of keys and values that are written in one transaction.
const BATCH: u64 = 32 << 20;

/// What redb may keep in memory of the new file, in bytes.
const CACHE: usize = 32 << 20;

/// Copies what `reader` sees into `file`, which is empty. A value that does not match its checksum
/// ends the copy: a snapshot that cannot be restored has no use.
///
/// `before_batch` is called with the bytes that are to be written next, and can end the copy.
pub(crate) fn copy_tables(
    reader: &Reader,
    file: RandomAccess,
    before_batch: &mut dyn FnMut(u64) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    before_batch(BATCH)?;
    catch_redb_panic(|| {
        let epoch = Epoch::open(Ok(file), CACHE, false)?;
        let mut copy = TableCopy {
            from: &reader.transaction,
            transaction: Some(begin(&epoch)?),
            epoch: &epoch,
            bytes: 0,
            before_batch,
        };
        visit_tables(&mut copy)?;
        copy.commit()?;
        epoch.close()
    })
}

struct TableCopy<'c> {
    from: &'c ReadTransaction,
    epoch: &'c Epoch,
    /// `None` only while the next one is begun.
    transaction: Option<WriteTransaction>,
    /// Bytes of keys and values in the transaction.
    bytes: u64,
    before_batch: &'c mut dyn FnMut(u64) -> Result<(), StoreError>,
}

fn begin(epoch: &Epoch) -> Result<WriteTransaction, StoreError> {
    let mut transaction = epoch.database()?.begin_write()?;
    transaction.set_quick_repair(true);
    Ok(transaction)
}

impl TableCopy<'_> {
    fn commit(&mut self) -> Result<(), StoreError> {
        let committed = self.transaction.take().map_or(Ok(()), WriteTransaction::commit);
        if let Some(error) = self.epoch.failure.error() {
            return Err(StoreError::of_io(&error));
        }
        Ok(committed?)
    }

    /// The transaction that rows are inserted in.
    fn transaction(&mut self) -> Result<&WriteTransaction, StoreError> {
        if self.bytes >= BATCH {
            self.commit()?;
            (self.before_batch)(BATCH)?;
            self.bytes = 0;
        }
        if self.transaction.is_none() {
            self.transaction = Some(begin(self.epoch)?);
        }
        self.transaction.as_ref().ok_or_else(|| StoreError::Io("there is no transaction".into()))
    }
}

impl TableVisitor for TableCopy<'_> {
    fn table<K: Key + 'static, V: Value + 'static>(
        &mut self,
        name: &str,
        definition: TableDefinition<'static, K, V>,
        checksum_key: Option<ChecksumKey<K>>,
    ) -> Result<(), StoreError> {
        let mut rows = self.from.open_table(definition)?.range::<K::SelfType<'static>>(..)?;
        let mut row = rows.next();
        loop {
            // Opened even where there is no row, which creates the table.
            let mut table = self.transaction()?.open_table(definition)?;
            let mut bytes = 0;
            while let Some(next) = row.take() {
                let (key, value) = next?;
                let (key, value) = (key.value(), value.value());
                if let Some(checksum_key) = checksum_key {
                    let key = checksum_key(&key);
                    verified(name, &key, V::as_bytes(&value).as_ref())
                        .map_err(|error| damaged_row(error, &key))?;
                }
                bytes += (K::as_bytes(&key).as_ref().len() + V::as_bytes(&value).as_ref().len()) as u64;
                table.insert(key, value)?;
                row = rows.next();
                if bytes >= BATCH {
                    break;
                }
            }
            drop(table);
            self.bytes += bytes;
            if row.is_none() {
                return Ok(());
            }
        }
    }
}

/// The error of a value, with its key as far as it can be read.
fn damaged_row(error: StoreError, key: &[u8]) -> StoreError {
    match error {
        StoreError::Damaged(what) => StoreError::Damaged(format!(
            "{what} ({})",
            key.escape_ascii().take(128).map(char::from).collect::<String>()
        )),
        StoreError::Format { .. } | StoreError::Full(_) | StoreError::Io(_) => error,
    }
}
