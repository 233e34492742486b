//! Taking a snapshot: a copy of the store as one commit left it, streamed or written to disk.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use crate::disk;
use crate::disk::RandomAccess;
use crate::engine::BackendError;
use crate::engine::SnapshotPart;
use crate::engine::SnapshotRefusal;
use crate::engine::SnapshotStream;
use crate::engine::SnapshotSummary;
use crate::local::LocalError;
use crate::local::recovery::error::BackupError;
use crate::local::recovery::error::SnapshotError;
use crate::local::recovery::manifest::manifest_path;
use crate::local::recovery::snapshot_file::SnapshotFile;
use crate::local::recovery::snapshot_file::is_reserved;
use crate::local::store::StoreError;
use crate::local::store::copy_tables;
use crate::local::view::LocalView;
use crate::transcript::Digest;
use crate::transcript::Hasher;

/// Length of a part of the stream, in bytes: far below what gRPC takes, and long enough that a
/// message costs little more than its content.
const PART: usize = 256 << 10;

/// A snapshot that is being streamed. The first part takes as long as copying the store; the view
/// it is taken of is released then.
#[derive(Debug)]
pub(crate) struct SnapshotReader {
    /// What is copied, the folder that the copy is made in, and the bytes that it leaves free.
    source: Option<(Arc<LocalView>, PathBuf, u64)>,
    copied: Option<CopiedSnapshot>,
    /// Held for as long as there is a copy.
    _lease: StreamLease,
}

/// The right to stream a snapshot. One stream has it at a time: each takes as much room on the disk
/// as the store, for as long as its client reads.
#[derive(Debug)]
pub(crate) struct StreamLease(Arc<AtomicBool>);

impl StreamLease {
    /// Takes the lease; [`LocalError::NotReady`] while another stream has it.
    pub(crate) fn take(taken: &Arc<AtomicBool>) -> Result<Self, LocalError> {
        if taken.swap(true, Ordering::AcqRel) {
            return Err(LocalError::NotReady);
        }
        Ok(Self(Arc::clone(taken)))
    }
}

impl Drop for StreamLease {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// A copy of the store that is being read.
#[derive(Debug)]
struct CopiedSnapshot {
    /// Has no name, so that nothing of it is left whatever becomes of the process.
    file: RandomAccess,
    length: u64,
    hasher: Hasher,
    /// What is known of the summary; its length is what has been read so far.
    summary: SnapshotSummary,
}

impl SnapshotReader {
    /// A snapshot of what this view shows. It is copied within `folder`, of whose disk `reserve`
    /// bytes are left free.
    pub(crate) const fn new(view: Arc<LocalView>, folder: PathBuf, reserve: u64, lease: StreamLease) -> Self {
        Self { source: Some((view, folder, reserve)), copied: None, _lease: lease }
    }

    fn next(&mut self) -> Result<Option<SnapshotPart>, LocalError> {
        if let Some((view, folder, reserve)) = self.source.take() {
            self.copied = Some(CopiedSnapshot::of(&view, &folder, reserve)?);
        }
        let Some(copied) = &mut self.copied else { return Ok(None) };
        if let Some(part) = copied.next()? {
            return Ok(Some(SnapshotPart::Content(part)));
        }
        let summary = copied.summary();
        self.copied = None;
        Ok(Some(SnapshotPart::Summary(summary)))
    }
}

impl SnapshotStream for SnapshotReader {
    fn next_part(&mut self) -> Result<Option<SnapshotPart>, BackendError> {
        Ok(self.next()?)
    }
}

impl CopiedSnapshot {
    fn of(view: &LocalView, folder: &Path, reserve: u64) -> Result<Self, LocalError> {
        let failed = |error| BackupError::Io(error, folder.to_owned());
        let file = RandomAccess::temporary(folder).map_err(failed)?;
        copy(view, file.try_clone().map_err(failed)?, folder, reserve)?;
        let summary = SnapshotSummary {
            generation: view.generation,
            documents: view.reader.document_count()?,
            bytes: 0,
            sha256: Digest::of(b""),
        };
        Ok(Self { length: file.length().map_err(failed)?, file, hasher: Hasher::default(), summary })
    }

    fn next(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let length = (self.length - self.summary.bytes).min(PART as u64);
        let mut part = vec![0; usize::try_from(length).unwrap_or(PART)];
        if part.is_empty() {
            return Ok(None);
        }
        let read = self.file.read(self.summary.bytes, &mut part);
        read.map_err(|error| StoreError::Io(format!("the copy of the store: {error}")))?;
        self.summary.bytes += length;
        self.hasher.update(&part);
        Ok(Some(part))
    }

    fn summary(&self) -> SnapshotSummary {
        SnapshotSummary { sha256: self.hasher.clone().finish(), ..self.summary }
    }
}

/// Copies the store into `file`, which is in `folder`, and leaves `reserve` bytes free there.
fn copy(view: &LocalView, file: RandomAccess, folder: &Path, reserve: u64) -> Result<(), LocalError> {
    let copied = copy_tables(&view.reader, file, &mut |bytes| {
        // Ends the copy once the store was reopened: writes wait for readers from before.
        if view.ensure_current().is_err() {
            return Err(StoreError::Io("the store was reopened".into()));
        }
        let free = disk::room(folder).map_err(|error| StoreError::Io(error.to_string()))?.free;
        let needed = reserve.saturating_add(bytes);
        if free < needed {
            return Err(StoreError::Full(format!("{free} bytes are free on the disk and {needed} needed")));
        }
        Ok(())
    });
    view.ensure_current()?;
    copied.map_err(|error| match error {
        StoreError::Full(_) => BackupError::Snapshot(SnapshotError::Store(error), folder.to_owned()).into(),
        StoreError::Damaged(_) | StoreError::Format { .. } | StoreError::Io(_) => error.into(),
    })
}

/// Takes a snapshot, and its manifest, into `folder`, of the view that `view` gives once the name
/// is found valid. `reserve` bytes are left free there.
pub(crate) fn snapshot_to(
    folder: Option<&Path>,
    name: &str,
    reserve: u64,
    view: impl FnOnce() -> Result<Arc<LocalView>, LocalError>,
) -> Result<SnapshotSummary, LocalError> {
    let refused = |refusal| LocalError::from(BackupError::from(refusal));
    let folder = folder.ok_or_else(|| refused(SnapshotRefusal::NoFolder))?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
    let reserved = is_reserved(name) || name.starts_with('.');
    if !(1..=128).contains(&name.len()) || reserved || !name.chars().all(allowed) {
        // As much of it as an error repeats.
        return Err(refused(SnapshotRefusal::Name(name.chars().take(64).collect())));
    }
    let path = folder.join(name);
    if path.exists() || manifest_path(&path).exists() {
        return Err(refused(SnapshotRefusal::Exists(name.to_owned())));
    }
    let file = SnapshotFile::create(&path)?;
    // Again, now that nobody else can be giving a snapshot this name.
    if path.exists() {
        return Err(refused(SnapshotRefusal::Exists(name.to_owned())));
    }
    copy(&*view()?, file.file()?, folder, reserve)?;
    Ok(file.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_snapshot_is_streamed_at_a_time() {
        let streaming = Arc::default();
        let lease = StreamLease::take(&streaming).unwrap();
        assert!(matches!(StreamLease::take(&streaming), Err(LocalError::NotReady)));
        drop(lease);
        StreamLease::take(&streaming).unwrap();
    }
}
