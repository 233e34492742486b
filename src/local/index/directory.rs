//! The index's files: written without waiting for the disk, checked when they are opened.
//!
//! The index can be built again from the store, so its writes are not synced: a commit does not
//! wait for the disk, for which tantivy's own directory waits some fourteen times. Checksums detect
//! what a power failure has damaged: tantivy's in the footer of every data file, and one here for
//! the files that are replaced, which have none.

use std::fs;
use std::io;
use std::io::BufWriter;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use tantivy::Directory;
use tantivy::directory::AntiCallToken;
use tantivy::directory::DirectoryLock;
use tantivy::directory::FileHandle;
use tantivy::directory::Lock;
use tantivy::directory::MmapDirectory;
use tantivy::directory::TerminatingWrite;
use tantivy::directory::WatchCallback;
use tantivy::directory::WatchHandle;
use tantivy::directory::WritePtr;
use tantivy::directory::error::DeleteError;
use tantivy::directory::error::LockError;
use tantivy::directory::error::OpenDirectoryError;
use tantivy::directory::error::OpenReadError;
use tantivy::directory::error::OpenWriteError;

use crate::disk;
use crate::disk::Durability;
use crate::disk::Sequential;

/// The separator between the content of a replaced file and its checksum.
const SEPARATOR: &[u8] = b"\ncrc32 ";

/// A folder of index files.
#[derive(Clone, Debug)]
pub(super) struct Files {
    root: PathBuf,
    inner: MmapDirectory,
    full: Full,
}

/// Whether a write failed for want of space: tantivy passes on the message of an error, but not its
/// kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Full(Arc<AtomicBool>);

impl Full {
    /// Whether one did since the last call.
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }

    fn note(&self, error: io::Error) -> io::Error {
        if disk::is_full(&error) {
            self.0.store(true, Ordering::Relaxed);
        }
        error
    }
}

impl Files {
    pub(super) fn open(root: &Path) -> Result<Self, OpenDirectoryError> {
        Ok(Self { root: root.to_owned(), inner: MmapDirectory::open(root)?, full: Full::default() })
    }

    /// Whether a replaced file is there without a checksum: an earlier version wrote it.
    pub(super) fn lacks_checksum(&self, path: &Path) -> bool {
        let bytes = fs::read(self.root.join(path));
        bytes.is_ok_and(|bytes| !bytes.windows(SEPARATOR.len()).any(|window| window == SEPARATOR))
    }

    pub(super) fn full(&self) -> Full {
        self.full.clone()
    }
}

impl Directory for Files {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let name = self.root.join(path);
        let created = match disk::create(&name) {
            // tantivy names each file once, except the list of deletes, which has the number of its
            // commit: a failed commit of the same number can have left one, which no reader knows.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_deletions(path) => {
                drop(fs::remove_file(&name));
                disk::create(&name)
            }
            created => created,
        };
        let file = created.map_err(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                OpenWriteError::FileAlreadyExists(path.to_owned())
            } else {
                OpenWriteError::wrap_io_error(self.full.note(error), path.to_owned())
            }
        })?;
        Ok(BufWriter::new(Box::new(Unsynced { file, full: self.full() })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let bytes = fs::read(self.root.join(path)).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                OpenReadError::FileDoesNotExist(path.to_owned())
            } else {
                OpenReadError::wrap_io_error(error, path.to_owned())
            }
        })?;
        checked(&bytes).map(<[u8]>::to_vec).ok_or_else(|| {
            let error = io::Error::new(io::ErrorKind::InvalidData, "it does not match its checksum");
            OpenReadError::wrap_io_error(error, path.to_owned())
        })
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let done = disk::replace(&self.root.join(path), &with_checksum(data), Durability::Derived);
        done.map_err(|error| self.full.note(error))
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

/// Whether a file lists the deleted passages of a segment.
fn is_deletions(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "del")
}

fn checksum_of(content: &[u8]) -> String {
    format!("{:08x}", crc32fast::hash(content))
}

fn with_checksum(content: &[u8]) -> Vec<u8> {
    [content, SEPARATOR, checksum_of(content).as_bytes()].concat()
}

/// The content of a file with a checksum; `None` where they do not match.
fn checked(bytes: &[u8]) -> Option<&[u8]> {
    let (content, rest) = bytes.split_at_checked(bytes.len().checked_sub(SEPARATOR.len() + 8)?)?;
    (rest.strip_prefix(SEPARATOR)? == checksum_of(content).as_bytes()).then_some(content)
}

/// A new file, which is not synced when it is complete.
struct Unsynced {
    file: Sequential,
    full: Full,
}

impl Write for Unsynced {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes).map_err(|error| self.full.note(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TerminatingWrite for Unsynced {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_bit_of_a_replaced_file_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        let (name, path) = (Path::new("meta.json"), folder.path().join("meta.json"));
        files.atomic_write(name, b"old").unwrap();
        files.atomic_write(name, b"{\"a\":1}").unwrap();
        assert_eq!(files.atomic_read(name).unwrap(), b"{\"a\":1}");
        let whole = fs::read(&path).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, flipped).unwrap();
            assert!(files.atomic_read(name).is_err(), "bit {bit}");
        }
        fs::write(&path, b"").unwrap();
        assert!(files.atomic_read(name).is_err());
    }
}
