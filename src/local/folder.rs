//! The data folder: who holds it, the store in it, and which of its folders is the index.

use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::disk;
use crate::disk::Durability;
use crate::disk::FolderLock;
use crate::disk::LockError;
use crate::local::LocalError;
use crate::local::Settings;
use crate::local::recovery::damage;
use crate::local::recovery::error::BackupError;
use crate::local::store::Check;
use crate::local::store::Salvage;
use crate::local::store::Store;
use crate::local::store::StoreError;
use crate::local::store::check_pages;
use crate::transcript::Digest;

const STORE: &str = "store.redb";
/// The store while it is being restored from a snapshot.
const RESTORING: &str = "store.redb.restoring";
const LOCK: &str = "lock";
/// How many affected documents an error names.
const NAMED: usize = 20;
/// Names the folder of the index that is in use; without it that is [`FIRST_INDEX`].
const CURRENT_INDEX: &str = "index.current";
const FIRST_INDEX: &str = "index";
/// Holds the id of the corpus: 32 hexadecimal digits.
const CORPUS_ID: &str = "corpus.id";

/// A data folder that this process holds.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    _lock: FolderLock,
}

impl DataFolder {
    /// Takes the folder, creating it where there is none.
    pub(crate) fn take(path: &Path) -> Result<Self, LocalError> {
        let unwritable = |error: io::Error| LocalError::Folder(path.to_owned(), error);
        disk::create_folder(path).map_err(unwritable)?;
        let lock = FolderLock::take(&path.join(LOCK)).map_err(|error| match error {
            LockError::Held => LocalError::Locked(path.to_owned()),
            LockError::Io(error) => unwritable(error),
        })?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The store's file.
    pub(crate) fn store_path(&self) -> PathBuf {
        self.path.join(STORE)
    }

    /// The store's file while it is being restored from a snapshot.
    pub(crate) fn restoring_path(&self) -> PathBuf {
        self.path.join(RESTORING)
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The id of the corpus in it: made of these random bytes at the first start, and kept. Where it
    /// cannot be kept, as on a full disk, it holds for this run.
    ///
    /// Not in the store, because a snapshot is a copy of the store: what is restored goes on from an
    /// earlier generation, so its generations count in another corpus.
    pub(crate) fn corpus_id(&self, entropy: &[u8; 32]) -> String {
        let path = self.path.join(CORPUS_ID);
        let kept = fs::read_to_string(&path).unwrap_or_default();
        if kept.len() == 32 && kept.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return kept;
        }
        let id = Digest::of_parts([b"corpus".as_slice(), entropy]).short(16);
        let written = disk::replace(&path, id.as_bytes(), Durability::Synced)
            .and_then(|()| disk::sync_folder(&self.path));
        if let Err(error) = written {
            tracing::warn!(%error, "the corpus id cannot be kept; the next start makes another");
        }
        id
    }

    /// Bytes that writes leave free on its disk: as set, else a twentieth of the disk and at most
    /// 256 MiB.
    pub(crate) fn reserve(&self, settings: &Settings) -> u64 {
        settings
            .disk_reserve
            .unwrap_or_else(|| disk::room(&self.path).map_or(0, |room| (room.total / 20).min(256 << 20)))
    }

    /// Opens the store, or makes an empty one in a folder that never had any. Says too whether its
    /// file has still to be checked, by [`UncheckedStore::check`].
    pub(crate) fn store(&self, settings: &Settings) -> Result<(Store, Option<UncheckedStore>), LocalError> {
        let path = self.store_path();
        if !path.exists() {
            if self.restoring_path().exists() {
                let half = "a snapshot was being restored into the folder and is not whole; restore it again";
                return Err(StoreError::Damaged(half.into()).into());
            }
            if !self.index_folders()?.is_empty() {
                let missing = "its file store.redb is missing, put it back where it is to be had";
                return Err(describe_damage(&self.path, StoreError::Damaged(missing.into())));
            }
            Store::create(&path, &settings.entropy)?;
        }
        let large = fs::metadata(&path).is_ok_and(|file| file.len() > settings.check_first_bytes);
        let check = if large { Check::Later } else { Check::Now };
        let (store, check) = Store::open(&path, settings.store_cache_bytes, check)
            .map_err(|error| describe_damage(&self.path, error))?;
        Ok((store, (check == Check::Later).then(|| UncheckedStore { folder: self.path.clone() })))
    }

    /// Whether there is anything in it that a store or an index has left.
    pub(crate) fn is_used(&self) -> Result<bool, LocalError> {
        Ok(self.store_path().exists() || !self.index_folders()?.is_empty())
    }

    /// Bytes of the store's file, and of all files of indexes. A file that goes meanwhile counts
    /// nothing.
    pub(crate) fn bytes(&self) -> Result<(u64, u64), LocalError> {
        let length = |path: PathBuf| fs::metadata(path).map_or(0, |file| file.len());
        let mut index = 0;
        for name in self.index_folders()? {
            for entry in fs::read_dir(self.path.join(name)).into_iter().flatten().flatten() {
                index += length(entry.path());
            }
        }
        Ok((length(self.store_path()), index))
    }

    /// The room on its disk.
    pub(crate) fn room(&self) -> io::Result<disk::Room> {
        disk::room(&self.path)
    }

    /// The folder of the index that is in use. Others, of a rebuild that did not end, are removed.
    pub(crate) fn index(&self) -> Result<PathBuf, LocalError> {
        let current = current_index(&self.path);
        for path in self.index_folders()?.into_iter().map(|name| self.path.join(name)) {
            if path != current {
                remove_index(&path)?;
            }
        }
        Ok(current)
    }

    /// Where an index can be built next to the one in use.
    pub(crate) fn new_index_path(&self) -> Result<PathBuf, LocalError> {
        let names = self.index_folders()?;
        let mut free = (1..=u32::MAX).map(|number| format!("{FIRST_INDEX}.{number}"));
        let name = free.find(|name| !names.contains(name));
        Ok(self.path.join(name.unwrap_or_default()))
    }

    /// Makes `path` the index that the next start opens.
    pub(crate) fn set_index(&self, path: &Path) -> Result<(), LocalError> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(FIRST_INDEX);
        disk::replace(&self.path.join(CURRENT_INDEX), name.as_bytes(), Durability::Synced)
            .and_then(|()| disk::sync_folder(&self.path))
            .map_err(|error| LocalError::Folder(self.path.clone(), error))
    }

    /// The names of the folders of indexes, whole or not.
    fn index_folders(&self) -> Result<Vec<String>, LocalError> {
        let unreadable = |error: io::Error| LocalError::Folder(self.path.clone(), error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_index_name(&name) && entry.path().is_dir() {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

/// The store of a data folder that is open and has not been checked.
#[derive(Clone, Debug)]
pub(crate) struct UncheckedStore {
    folder: PathBuf,
}

impl UncheckedStore {
    /// Checks every page of its file. Nothing may be written before.
    pub(crate) fn check(&self) -> Result<(), LocalError> {
        check_pages(&self.folder.join(STORE)).map_err(|error| describe_damage(&self.folder, error))
    }
}

/// The error of a folder's store; of a damaged one, that which names what is affected.
fn describe_damage(folder: &Path, error: StoreError) -> LocalError {
    let StoreError::Damaged(what) = error else { return error.into() };
    let affected = damage::affected(&folder.join(STORE), &current_index(folder));
    let more = affected.len().saturating_sub(NAMED);
    let documents = affected.into_iter().take(NAMED).collect();
    LocalError::DamagedStore { what, folder: folder.to_owned(), documents, more }
}

/// The folder of the index that a data folder uses.
fn current_index(folder: &Path) -> PathBuf {
    let current = fs::read_to_string(folder.join(CURRENT_INDEX)).unwrap_or_default();
    folder.join(if is_index_name(&current) { current.as_str() } else { FIRST_INDEX })
}

/// A data folder that is read while no process holds it for writing. Nothing in it is changed.
#[derive(Debug)]
pub(crate) struct IdleFolder {
    store: PathBuf,
    index: PathBuf,
    _lock: Option<FolderLock>,
}

impl IdleFolder {
    /// Takes the folder, which must have a store, or an index of one.
    pub(crate) fn take(path: &Path) -> Result<Self, LocalError> {
        let (store, index) = (path.join(STORE), current_index(path));
        if !store.is_file() && !index.is_dir() {
            return Err(BackupError::NoStore(path.to_owned()).into());
        }
        let lock = FolderLock::share(&path.join(LOCK)).map_err(|error| match error {
            LockError::Held => LocalError::Locked(path.to_owned()),
            LockError::Io(error) => LocalError::Folder(path.to_owned(), error),
        })?;
        Ok(Self { store, index, _lock: lock })
    }

    /// The folder of the index that is in use.
    pub(crate) fn index(&self) -> &Path {
        &self.index
    }

    /// Opens the store, which may be damaged.
    pub(crate) fn salvage(&self) -> Result<Salvage, LocalError> {
        if !self.store.is_file() {
            return Err(StoreError::Damaged("its file store.redb is missing".into()).into());
        }
        Ok(Salvage::open(&self.store)?)
    }
}

/// Removes a folder of an index.
pub(crate) fn remove_index(path: &Path) -> Result<(), LocalError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(LocalError::Folder(path.to_owned(), error))
        }
        _ => Ok(()),
    }
}

fn is_index_name(name: &str) -> bool {
    let number = name.strip_prefix(FIRST_INDEX).and_then(|rest| rest.strip_prefix('.'));
    name == FIRST_INDEX || number.is_some_and(|number| number.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::is_index_name;

    #[test]
    fn only_folders_of_indexes_are_taken_for_such() {
        for (name, expect) in [
            ("index", true),
            ("index.1", true),
            ("index.42", true),
            ("index.current", false),
            ("index.", false),
            ("indexes", false),
            ("", false),
        ] {
            assert_eq!(is_index_name(name), expect, "{name}");
        }
    }
}
