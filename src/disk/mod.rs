//! The folder on disk: the few operations that writing safely takes. Each write, sync and rename of
//! ours goes through here, so that tests can make any of them fail.

mod failpoint;

use std::fs;
use std::fs::File;
use std::fs::TryLockError;
use std::io;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::path::PathBuf;

pub use failpoint::Operation;
#[cfg(feature = "failpoints")]
pub use failpoint::arm;
#[cfg(feature = "failpoints")]
pub use failpoint::armed;
#[cfg(feature = "failpoints")]
pub use failpoint::disarm;

use failpoint::pass;

/// A file that is written at offsets, with its path for messages and failpoints.
#[derive(Debug)]
pub struct RandomAccess {
    file: File,
    path: PathBuf,
}

impl RandomAccess {
    /// Opens a file that is there.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(path)?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Opens an existing file that is only read.
    pub fn open_read_only(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::open(path)?, path: path.to_owned() })
    }

    /// Creates a file that must not be there yet.
    pub fn create(path: &Path) -> io::Result<Self> {
        pass(Operation::Create, path)?;
        let file = File::options().read(true).write(true).create_new(true).open(path)?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Creates a file without a name in `folder`, which is gone when it is closed.
    pub fn temporary(folder: &Path) -> io::Result<Self> {
        let path = folder.join("temporary");
        pass(Operation::Create, &path)?;
        Ok(Self { file: tempfile::tempfile_in(folder)?, path })
    }

    /// Another handle of the same file.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { file: self.file.try_clone()?, path: self.path.clone() })
    }

    /// Its length in bytes.
    pub fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Fills `bytes` from `offset` on; an error where the file ends before.
    pub fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(bytes, offset)
    }

    /// Writes all of `bytes` at `offset`.
    pub fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        pass(Operation::Write, &self.path)?;
        self.file.write_all_at(bytes, offset)
    }

    /// Cuts it off at `length`, or fills it up with zeros.
    pub fn resize(&self, length: u64) -> io::Result<()> {
        pass(Operation::Resize, &self.path)?;
        self.file.set_len(length)
    }

    /// Returns once all that was written is on disk to stay.
    pub fn sync(&self) -> io::Result<()> {
        pass(Operation::Sync, &self.path)?;
        self.file.sync_data()
    }
}

/// Creates a file that is written from its start, and must not be there yet.
pub fn create(path: &Path) -> io::Result<Sequential> {
    pass(Operation::Create, path)?;
    let file = File::options().write(true).create_new(true).open(path)?;
    Ok(Sequential { file, path: path.to_owned() })
}

/// Starts a file over, or creates it: what a process left of it that was killed while it wrote
/// counts for nothing.
pub fn start_over(path: &Path) -> io::Result<Sequential> {
    pass(Operation::Create, path)?;
    let file = File::options().write(true).create(true).truncate(true).open(path)?;
    Ok(Sequential { file, path: path.to_owned() })
}

/// A file that is written from its start.
#[derive(Debug)]
pub struct Sequential {
    file: File,
    path: PathBuf,
}

impl Sequential {
    /// Returns once all that was written is on disk to stay.
    pub fn sync(&self) -> io::Result<()> {
        pass(Operation::Sync, &self.path)?;
        self.file.sync_data()
    }
}

impl io::Write for Sequential {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        pass(Operation::Write, &self.path)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Gives `path` this content as one step: a reader sees the old or the new, never a part. It is
/// durable only once the folder is synced.
pub fn replace(path: &Path, content: &[u8], durably: Durability) -> io::Result<()> {
    let new = with_suffix(path, "new")?;
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = create(&new)?;
    file.write_all(content)?;
    if durably == Durability::Synced {
        file.sync()?;
    }
    rename(&new, path)
}

/// Whether bytes have to be on disk before they count as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A sync waits for the disk.
    Synced,
    /// What is written can be made again, so no sync waits for it.
    Derived,
}

/// `path` with `.suffix` appended to its file name.
pub fn with_suffix(path: &Path, suffix: &str) -> io::Result<PathBuf> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(".");
    name.push(suffix);
    Ok(path.with_file_name(name))
}

/// Gives a file or folder another name, in place of whatever file has it.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    pass(Operation::Rename, to)?;
    fs::rename(from, to)
}

/// Returns once the names in a folder are on disk to stay.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    pass(Operation::Sync, folder)?;
    File::open(folder)?.sync_all()
}

/// Creates a folder and those above it, with each new name on disk to stay.
pub fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        create_folder(parent)?;
    }
    pass(Operation::Create, folder)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    sync_folder(parent.unwrap_or(Path::new(".")))
}

/// How much room a filesystem has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes that an ordinary process may still write.
    pub free: u64,
    /// Bytes it holds in all.
    pub total: u64,
}

/// The room on the filesystem that `path` is on.
pub fn room(path: &Path) -> io::Result<Room> {
    let facts = rustix::fs::statvfs(path)?;
    Ok(Room {
        free: facts.f_bavail.saturating_mul(facts.f_frsize),
        total: facts.f_blocks.saturating_mul(facts.f_frsize),
    })
}

/// Holds a folder for this process until it is dropped, or the process ends however it does.
#[derive(Debug)]
pub struct FolderLock {
    file: File,
}

/// Why a folder cannot be held.
#[derive(Debug)]
pub enum LockError {
    /// Another process holds it.
    Held,
    /// The lock file cannot be made.
    Io(io::Error),
}

impl FolderLock {
    /// Takes the lock file `path`, creating it where there is none.
    pub fn take(path: &Path) -> Result<Self, LockError> {
        let file = File::options().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(LockError::Io)?;
        Self::held(file.try_lock(), file)
    }

    /// Takes the lock file `path` together with others that only read, if the file exists: without
    /// it nobody can hold the lock.
    pub fn share(path: &Path) -> Result<Option<Self>, LockError> {
        match File::open(path) {
            Ok(file) => Self::held(file.try_lock_shared(), file).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(LockError::Io(error)),
        }
    }

    fn held(locked: Result<(), TryLockError>, file: File) -> Result<Self, LockError> {
        match locked {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held),
            Err(TryLockError::Error(error)) => Err(LockError::Io(error)),
        }
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Closing the file would leave the lock to a child process that is just being started and
        // has not let go of its copy yet. Where this fails, the closing still follows.
        drop(self.file.unlock());
    }
}

/// Whether an error says that there is no room left: on the filesystem, or in the user's share of
/// it.
#[must_use]
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
