//! Snapshots: taking one, putting it on disk as a whole or not at all, restoring from it.

use std::fs;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::disk;
use crate::disk::FolderLock;
use crate::disk::LockError;
use crate::disk::Sequential;
use crate::engine::BackendError;
use crate::engine::SnapshotPart;
use crate::engine::SnapshotRefusal;
use crate::engine::SnapshotStream;
use crate::engine::SnapshotSummary;
use crate::local::LocalError;
use crate::local::folder::DataFolder;
use crate::local::recovery::manifest;
use crate::local::recovery::manifest::Entry;
use crate::local::recovery::manifest::Manifest;
use crate::local::store::Export;
use crate::local::store::SnapshotError;
use crate::local::store::StoreError;
use crate::local::store::check_snapshot;
use crate::local::store::guarded;
use crate::local::store::restore;
use crate::local::view::LocalView;

/// What can go wrong with a snapshot.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It cannot be taken as it was asked for.
    #[error(transparent)]
    Refused(#[from] SnapshotRefusal),
    /// The folder to restore into is in use.
    #[error("{path} holds data already; restore into a new folder", path = .0.display())]
    Occupied(PathBuf),
    /// There is no store to read.
    #[error("{path} is no data folder; name the one that was served with --data-dir", path = .0.display())]
    NoStore(PathBuf),
    /// The snapshot cannot be read or restored.
    #[error("{path}: {0}", path = .1.display())]
    Snapshot(#[source] SnapshotError, PathBuf),
    /// A file cannot be written.
    #[error("{path} cannot be written: {0}", path = .1.display())]
    Io(#[source] io::Error, PathBuf),
}

/// A snapshot that is being taken; it keeps the state it is taken of.
#[derive(Debug)]
pub(crate) struct SnapshotReader {
    /// Counts as a reader of the store as long as the snapshot is read.
    snapshot: Arc<LocalView>,
    export: Export,
    summed_up: bool,
}

impl SnapshotReader {
    /// A snapshot of what this view shows.
    pub(crate) fn new(snapshot: Arc<LocalView>) -> Result<Self, LocalError> {
        let export = guarded(|| Export::new(&snapshot.reader))?;
        Ok(Self { snapshot, export, summed_up: false })
    }

    fn next(&mut self) -> Result<Option<SnapshotPart>, LocalError> {
        self.snapshot.ensure_current()?;
        if let Some(piece) = guarded(|| self.export.next_piece())? {
            return Ok(Some(SnapshotPart::Content(piece)));
        }
        let summary = self.export.summary().filter(|_| !self.summed_up);
        self.summed_up = true;
        Ok(summary.map(SnapshotPart::Summary))
    }
}

impl SnapshotStream for SnapshotReader {
    fn next_part(&mut self) -> Result<Option<SnapshotPart>, BackendError> {
        Ok(self.next()?)
    }
}

impl BackupError {
    /// Whether there was no room on the disk.
    #[must_use]
    pub fn is_full(&self) -> bool {
        match self {
            Self::Io(error, _) => disk::is_full(error),
            Self::Snapshot(SnapshotError::Store(error), _) => matches!(error, StoreError::Full(_)),
            Self::Snapshot(..) | Self::Refused(_) | Self::Occupied(_) | Self::NoStore(_) => false,
        }
    }
}

/// Takes a snapshot, and its manifest, into `folder`, of the view that `view` gives once the name is found fit.
pub(crate) fn snapshot_to(
    folder: Option<&Path>,
    name: &str,
    view: impl FnOnce() -> Result<Arc<LocalView>, LocalError>,
) -> Result<SnapshotSummary, LocalError> {
    let refused = |refusal| LocalError::from(BackupError::from(refusal));
    let folder = folder.ok_or_else(|| refused(SnapshotRefusal::NoFolder))?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
    // Names that a snapshot's own files have while it is written, and beside it.
    let taken = [PARTIAL, PARTIAL_MANIFEST, MANIFEST].iter().any(|ending| name.ends_with(ending));
    if !(1..=128).contains(&name.len()) || name.starts_with('.') || taken || !name.chars().all(allowed) {
        // As much of it as an error repeats.
        return Err(refused(SnapshotRefusal::Name(name.chars().take(64).collect())));
    }
    let path = folder.join(name);
    if path.exists() || manifest_path(&path).exists() {
        return Err(refused(SnapshotRefusal::Exists(name.to_owned())));
    }
    let mut file = SnapshotFile::create(&path)?;
    // Again, now that nobody else can be giving the name away.
    if path.exists() {
        return Err(refused(SnapshotRefusal::Exists(name.to_owned())));
    }
    let mut reader = SnapshotReader::new(view()?)?;
    while let Some(SnapshotPart::Content(piece)) = reader.next()? {
        file.write(&piece)?;
    }
    Ok(file.finish()?)
}

/// Endings of the files of a snapshot: its manifest, and both while they are written.
const MANIFEST: &str = ".manifest.jsonl";
const PARTIAL: &str = ".partial";
const PARTIAL_MANIFEST: &str = ".partial.manifest";

/// Where the manifest of the snapshot at `path` stands.
#[must_use]
pub fn manifest_path(path: &Path) -> PathBuf {
    behind(path, MANIFEST)
}

/// What to call a file where its folder is nobody's business.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn behind(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A snapshot on its way to disk. It has its name only once it is whole, checked and durable; dropped before
/// that, it leaves nothing.
#[derive(Debug)]
pub struct SnapshotFile {
    path: PathBuf,
    partial: PathBuf,
    file: Sequential,
    _lock: FolderLock,
}

impl SnapshotFile {
    /// Starts a snapshot that will stand at `path`.
    pub fn create(path: &Path) -> Result<Self, BackupError> {
        let partial = behind(path, PARTIAL);
        // Two that write the same file would mix; what a killed one left is written over.
        let lock = FolderLock::take(&partial).map_err(|error| match error {
            LockError::Held => SnapshotRefusal::Exists(file_name(path)).into(),
            LockError::Io(error) => BackupError::Io(error, partial.clone()),
        })?;
        let file = disk::start_over(&partial).map_err(|error| BackupError::Io(error, partial.clone()))?;
        Ok(Self { path: path.to_owned(), partial, file, _lock: lock })
    }

    /// Writes the next bytes.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), BackupError> {
        self.file.write_all(piece).map_err(|error| BackupError::Io(error, self.partial.clone()))
    }

    /// Reads it back and checks it, writes its manifest beside it, and gives both their names.
    pub fn finish(self) -> Result<SnapshotSummary, BackupError> {
        let lines = behind(&self.path, PARTIAL_MANIFEST);
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
        disk::rename(&self.partial, &self.path).map_err(failed)?;
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

/// Restores a snapshot into `folder`, which must hold no data yet. The index is built when it is opened.
pub fn restore_into(snapshot: &Path, folder: &Path) -> Result<SnapshotSummary, LocalError> {
    let held = DataFolder::take(folder)?;
    if held.is_used()? {
        return Err(BackupError::Occupied(folder.to_owned()).into());
    }
    let restored = restore(snapshot, &held.store_path());
    Ok(restored.map_err(|error| BackupError::Snapshot(error, snapshot.to_owned()))?)
}

/// Reads a snapshot to its end and checks all of it.
pub fn check_snapshot_file(snapshot: &Path) -> Result<SnapshotSummary, BackupError> {
    check_snapshot(snapshot, &mut |_| {}).map_err(|error| BackupError::Snapshot(error, snapshot.to_owned()))
}

/// Compares a snapshot with a manifest.
pub fn compare_snapshot(snapshot: &Path, manifest: &mut Manifest) -> Result<(), BackupError> {
    check_snapshot(snapshot, &mut |document| manifest.saw(&Entry::from(document)))
        .map(drop)
        .map_err(|error| BackupError::Snapshot(error, snapshot.to_owned()))
}
