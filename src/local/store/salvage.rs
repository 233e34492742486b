//! Reading a store that may be damaged, each value by itself, and never writing to it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Once;

use redb::Database;
use redb::ReadTransaction;
use redb::ReadableDatabase as _;

use crate::local::store::DIAGNOSTICS;
use crate::local::store::DOCUMENTS;
use crate::local::store::EXCHANGES;
use crate::local::store::Epoch;
use crate::local::store::FORMAT;
use crate::local::store::PIECE;
use crate::local::store::Reader;
use crate::local::store::SOURCES;
use crate::local::store::StoreError;
use crate::local::store::file::Faults;
use crate::local::store::untouched::Untouched;
use crate::transcript::Digest;

/// What redb may keep in memory of the file, in bytes.
const CACHE: usize = 64 << 20;

thread_local! {
    /// Whether a panic of this thread is taken for damage, and told as such.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Reads from the store, and takes a panic of redb's over a page that is not what it wrote for the damage that
/// it is. redb checks pages where it is asked to, and trusts them elsewhere. Such a panic does not print itself.
pub fn guarded<T>(read: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let told = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                told(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(outer);
    done.unwrap_or_else(|_| Err(StoreError::Damaged("a page of its file is not what was written".into())))
}

/// A store that may be damaged.
#[derive(Debug)]
pub struct Salvage {
    path: PathBuf,
    /// `None` after a panic, which may have left the handle unusable.
    open: Option<Reader>,
}

impl Salvage {
    /// Opens the store at `path`. The file is not changed, nor is one made.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut salvage = Self { path: path.to_owned(), open: None };
        salvage.open = Some(salvage.reopened()?);
        match salvage.read(|reader| reader.fact("format")) {
            Ok(found) if found > FORMAT => Err(StoreError::Format { found }),
            // Damage here is one fault of many; what can be read is found out value by value.
            Ok(_) | Err(_) => Ok(salvage),
        }
    }

    fn reopened(&self) -> Result<Reader, StoreError> {
        guarded(|| {
            let epoch = Epoch::new(open(&self.path)?, Faults::default());
            Ok(Reader::new(epoch.database()?.begin_read()?, Arc::new(epoch)))
        })
    }

    /// Checks every page of the file against its checksum.
    pub fn check_pages(&mut self) -> Result<(), StoreError> {
        self.open = None;
        check_pages(&self.path)
    }

    /// Reads something. Whatever keeps it from being read counts as damage, a bad sector as well as a flipped bit.
    pub fn read<T>(&mut self, read: impl FnOnce(&Reader) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let reader = match self.open.take() {
            Some(reader) => reader,
            None => self.reopened()?,
        };
        // Taken out while it is used: a panic drops it.
        let (result, reader) = guarded(move || Ok((read(&reader), reader)))?;
        self.open = Some(reader);
        result.map_err(|error| match error {
            StoreError::Io(error) | StoreError::Full(error) => StoreError::Damaged(error),
            StoreError::Damaged(_) | StoreError::Format { .. } => error,
        })
    }

    /// A piece of a source; empty behind its end.
    pub fn piece(&mut self, digest: Digest, number: u32) -> Result<Vec<u8>, StoreError> {
        self.read(|reader| reader.source_piece(digest, number as usize * PIECE))
    }

    /// The ids of all documents of which anything can be read, in order.
    pub fn ids(&mut self) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        // From either end, so that one bad page hides only what lies behind it on both sides.
        for backwards in [false, true] {
            for list in [documents as List, diagnostics, exchanges] {
                // What was listed before it failed counts; the caller finds out what is lost by reading it.
                drop(self.read(|reader| {
                    list(&reader.transaction, backwards, &mut |id| {
                        ids.insert(id.to_owned());
                    })
                }));
            }
        }
        ids
    }

    /// The digests of all sources of which anything can be read, in order.
    pub fn sources(&mut self) -> BTreeSet<Digest> {
        let mut digests = BTreeSet::new();
        for backwards in [false, true] {
            drop(self.read(|reader| {
                let table = reader.transaction.open_table(SOURCES)?;
                let keys = table.range::<(&[u8; 32], u32)>(..)?.map(|entry| Ok(*entry?.0.value().0));
                each(keys, backwards, &mut |digest| {
                    digests.insert(Digest::from_bytes(digest));
                })
            }));
        }
        digests
    }
}

/// Checks every page of the store in the file `path`, which nobody writes meanwhile; it may be open.
pub fn check_pages(path: &Path) -> Result<(), StoreError> {
    guarded(|| {
        let mut database = open(path)?;
        if database.check_integrity()? {
            return Ok(());
        }
        Err(StoreError::Damaged("its pages were not accounted for and had to be repaired".into()))
    })
}

fn open(path: &Path) -> Result<Database, StoreError> {
    let file = Untouched::open(path).map_err(|error| StoreError::of_io(&error))?;
    // redb would take an empty file for a new one.
    if file.is_empty() {
        return Err(StoreError::Damaged("its file is empty".into()));
    }
    Ok(Database::builder().set_cache_size(CACHE).create_with_backend(file)?)
}

/// Hands over the ids of a table.
type List = fn(&ReadTransaction, bool, &mut dyn FnMut(&str)) -> Result<(), StoreError>;

fn documents(from: &ReadTransaction, backwards: bool, take: &mut dyn FnMut(&str)) -> Result<(), StoreError> {
    let keys = from.open_table(DOCUMENTS)?.range::<&str>(..)?;
    each(keys.map(|entry| Ok(entry?.0.value().to_owned())), backwards, &mut |id: String| take(&id))
}

fn diagnostics(
    from: &ReadTransaction,
    backwards: bool,
    take: &mut dyn FnMut(&str),
) -> Result<(), StoreError> {
    let keys = from.open_table(DIAGNOSTICS)?.range::<&str>(..)?;
    each(keys.map(|entry| Ok(entry?.0.value().to_owned())), backwards, &mut |id: String| take(&id))
}

fn exchanges(from: &ReadTransaction, backwards: bool, take: &mut dyn FnMut(&str)) -> Result<(), StoreError> {
    let keys = from.open_table(EXCHANGES)?.range::<(&str, u32)>(..)?;
    each(keys.map(|entry| Ok(entry?.0.value().0.to_owned())), backwards, &mut |id: String| take(&id))
}

/// Hands over keys from one end, up to the first that cannot be read.
fn each<K>(
    mut keys: impl DoubleEndedIterator<Item = Result<K, StoreError>>,
    backwards: bool,
    take: &mut dyn FnMut(K),
) -> Result<(), StoreError> {
    while let Some(key) = if backwards { keys.next_back() } else { keys.next() } {
        take(key?);
    }
    Ok(())
}
