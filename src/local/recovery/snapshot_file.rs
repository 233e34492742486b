//! Writing a snapshot and its manifest to disk, completely or not at all.

use std::fs;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use crate::disk;
use crate::disk::FolderLock;
use crate::disk::LockError;
use crate::disk::RandomAccess;
use crate::disk::Sequential;
use crate::engine::SnapshotRefusal;
use crate::engine::SnapshotSummary;
use crate::local::recovery::error::BackupError;
use crate::local::recovery::manifest;
use crate::local::recovery::manifest::Entry;
use crate::local::recovery::manifest::manifest_path;
use crate::local::recovery::restore::check_snapshot;

/// Endings of a snapshot and its manifest while they are written.
const PARTIAL: &str = ".partial";
const PARTIAL_MANIFEST: &str = ".partial.manifest";

/// Whether a file of this name could be taken for one of another snapshot's files.
pub(super) fn is_reserved(name: &str) -> bool {
    [PARTIAL, PARTIAL_MANIFEST, manifest::ENDING].iter().any(|ending| name.ends_with(ending))
}

/// A file's name without its folder, which clients are not shown.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A snapshot that is being written. The file gets its name only once it is complete, checked and
/// durable; dropped before that, it leaves nothing.
#[derive(Debug)]
pub struct SnapshotFile {
    path: PathBuf,
    partial: PathBuf,
    file: Sequential,
    _lock: FolderLock,
}

impl SnapshotFile {
    /// Starts a snapshot that gets the name `path`.
    pub fn create(path: &Path) -> Result<Self, BackupError> {
        let partial = with_ending(path, PARTIAL);
        // Two processes that write the same file would mix; what a killed one left is overwritten.
        let lock = FolderLock::take(&partial).map_err(|error| match error {
            LockError::Held => SnapshotRefusal::Exists(file_name(path)).into(),
            LockError::Io(error) => BackupError::Io(error, partial.clone()),
        })?;
        let file = disk::start_over(&partial).map_err(|error| BackupError::Io(error, partial.clone()))?;
        Ok(Self { path: path.to_owned(), partial, file, _lock: lock })
    }

    /// The file that is written, for whoever does not write it from its start to its end.
    pub(super) fn file(&self) -> Result<RandomAccess, BackupError> {
        RandomAccess::open(&self.partial).map_err(|error| BackupError::Io(error, self.partial.clone()))
    }

    /// Writes the next bytes.
    pub fn write(&mut self, chunk: &[u8]) -> Result<(), BackupError> {
        self.file.write_all(chunk).map_err(|error| BackupError::Io(error, self.partial.clone()))
    }

    /// Reads it back and checks it, writes its manifest next to it, and gives both their names.
    pub fn finish(self) -> Result<SnapshotSummary, BackupError> {
        let lines = with_ending(&self.path, PARTIAL_MANIFEST);
        let named = self.name_with(&lines);
        if named.is_err() {
            drop(fs::remove_file(&lines));
        }
        named
    }

    fn name_with(&self, lines: &Path) -> Result<SnapshotSummary, BackupError> {
        let failed = |error| BackupError::Io(error, self.path.clone());
        self.file.sync().map_err(failed)?;
        match fs::remove_file(lines) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let mut writer = manifest::Writer::create(lines).map_err(failed)?;
        let summary = check_snapshot(&self.partial, &mut |document| writer.add(&Entry::from(document)));
        let summary = summary.map_err(|error| BackupError::Snapshot(error, self.path.clone()))?;
        writer.finish(Some(summary.generation), Some(summary.sha256)).map_err(failed)?;
        // The manifest first: a snapshot that has its name has its manifest.
        disk::rename(lines, &manifest_path(&self.path)).map_err(failed)?;
        disk::rename(&self.partial, &self.path).map_err(|error| {
            // A manifest alone would keep the name taken.
            drop(fs::remove_file(manifest_path(&self.path)));
            failed(error)
        })?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        disk::sync_folder(folder.unwrap_or(Path::new("."))).map_err(failed)?;
        Ok(summary)
    }
}

impl Drop for SnapshotFile {
    fn drop(&mut self) {
        // Gone already where the snapshot has got its name.
        drop(fs::remove_file(&self.partial));
    }
}
