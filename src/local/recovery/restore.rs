//! Checking a snapshot and restoring from it.

use std::collections::BTreeMap;
use std::fs;
use std::fs::File;
use std::io;
use std::io::Read as _;
use std::io::Write as _;
use std::path::Path;

use crate::disk;
use crate::engine::SnapshotSummary;
use crate::local::LocalError;
use crate::local::folder::DataFolder;
use crate::local::recovery::check::check_document;
use crate::local::recovery::check::check_version;
use crate::local::recovery::error::BackupError;
use crate::local::recovery::error::SnapshotError;
use crate::local::recovery::manifest;
use crate::local::recovery::manifest::Entry;
use crate::local::recovery::manifest::Manifest;
use crate::local::recovery::manifest::manifest_path;
use crate::local::store::FORMAT;
use crate::local::store::OLDEST_RESTORED;
use crate::local::store::Reader;
use crate::local::store::SNAPSHOT_FORMAT;
use crate::local::store::StoreError;
use crate::local::store::catch_redb_panic;
use crate::local::store::open_checked;
use crate::local::store::silence_caught_panics;
use crate::transcript::Digest;
use crate::transcript::Hasher;
use crate::transcript::StoredDocument;

/// The first bytes of a snapshot of format 1, a stream of rows.
const FORMAT_1: &[u8] = b"onrecord snapshot\n";
/// The first bytes of every redb file.
const REDB: &[u8] = b"redb";

/// Documents and versions that are listed at a time.
const STEP: usize = 64;

/// Checks all of a snapshot: each page and each value against its checksum, and each document with
/// its source, exchanges and citations. `document` is called with each document, ordered by id. The
/// file is not changed.
pub(super) fn check_snapshot(
    path: &Path,
    document: &mut dyn FnMut(&StoredDocument),
) -> Result<SnapshotSummary, SnapshotError> {
    let (bytes, sha256) = read_all(path, &mut |_| Ok(()))?;
    let checked = catch_redb_panic(|| check_contents(&open_checked(path)?, document));
    let (generation, documents) = checked.map_err(|error| match error {
        StoreError::Damaged(what) => SnapshotError::Damaged(what),
        StoreError::Format { found } => SnapshotError::Format { found: format!("{SNAPSHOT_FORMAT}.{found}") },
        StoreError::Full(_) | StoreError::Io(_) => error.into(),
    })?;
    Ok(SnapshotSummary { generation, documents, bytes, sha256 })
}

/// Reads a file to its end; its length and digest. `each` is called with the bytes.
fn read_all(
    path: &Path,
    each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<(u64, Digest), SnapshotError> {
    let failed = |error| SnapshotError::Io(error, path.to_owned());
    let mut file = File::open(path).map_err(failed)?;
    let (mut buffer, mut hasher, mut length) = (vec![0; 256 << 10], Hasher::default(), 0);
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        let part = buffer.get(..read).unwrap_or_default();
        if length == 0 && part.starts_with(FORMAT_1) {
            return Err(SnapshotError::Format { found: "1".into() });
        }
        if length == 0 && !part.starts_with(REDB) {
            return Err(SnapshotError::Foreign);
        }
        if part.is_empty() {
            return Ok((length, hasher.finish()));
        }
        hasher.update(part);
        each(part).map_err(failed)?;
        length += read as u64;
    }
}

/// Checks every document and version; returns the generation and how many documents there are. The
/// first fault is the error.
fn check_contents(
    reader: &Reader,
    document: &mut dyn FnMut(&StoredDocument),
) -> Result<(u64, u64), StoreError> {
    let found = reader.meta("format")?;
    if !(OLDEST_RESTORED..=FORMAT).contains(&found) {
        return Err(StoreError::Format { found });
    }
    reader.page_key()?;
    let generation = reader.generation()?;
    if i64::try_from(generation).is_err() {
        return Err(StoreError::Damaged(format!("its generation {generation} cannot be one")));
    }
    // These two tables have no checksums. A new index follows the changes, where all of them are
    // known; and a source is erased with its last use.
    let changed = reader.changes_since(0)?;
    let mut uses: BTreeMap<Digest, u32> = BTreeMap::new();
    let (mut documents, mut exchanges, mut after) = (0, 0, None);
    loop {
        let page = reader.documents(after.as_deref(), STEP)?;
        for stored in &page {
            let checked = check_document(reader, &stored.id)?;
            if let Some(fault) = checked.faults.first() {
                return Err(StoreError::Damaged(format!("the document {}: {fault}", stored.id)));
            }
            if changed.as_ref().is_some_and(|ids| ids.binary_search(&stored.id).is_err()) {
                return Err(StoreError::Damaged(format!(
                    "the document {} is not among its changes",
                    stored.id
                )));
            }
            count_uses(stored, &mut uses);
            documents += 1;
            exchanges += checked.exchanges;
            document(stored);
        }
        let Some(last) = page.into_iter().next_back() else { break };
        after = Some(last.id);
    }
    let mut after: Option<(String, u64)> = None;
    loop {
        let from = after.as_ref().map(|(id, retired)| (id.as_str(), *retired));
        let page = reader.versions_after(from, STEP)?;
        let Some(last) = page.last() else { break };
        after = Some((last.id.clone(), last.retired));
        for version in page {
            if let Ok(stored) = &version.record {
                count_uses(stored, &mut uses);
            }
            check_version(reader, version.record)?;
        }
    }
    for (source, expected) in uses {
        let counted = reader.uses(source)?;
        if counted != expected {
            let what = format!("the source {source} is used {expected} times and counted {counted} times");
            return Err(StoreError::Damaged(what));
        }
    }
    let counted = [reader.meta("documents")?, reader.meta("exchanges")?];
    if counted != [documents, exchanges] {
        let what = format!("it has {documents} documents and {exchanges} exchanges, and counts {counted:?}");
        return Err(StoreError::Damaged(what));
    }
    Ok((generation, documents))
}

/// Adds the sources that a document or version uses.
fn count_uses(stored: &StoredDocument, uses: &mut BTreeMap<Digest, u32>) {
    *uses.entry(stored.received).or_default() += 1;
    if stored.source != stored.received {
        *uses.entry(stored.source).or_default() += 1;
    }
}

/// Refuses a snapshot whose digest is not the one in the manifest next to it. Without a manifest
/// there is nothing to compare with: then bytes that hold nothing can have changed unnoticed.
fn check_manifest(snapshot: &Path, summary: &SnapshotSummary) -> Result<(), SnapshotError> {
    let manifest = manifest_path(snapshot);
    match manifest::snapshot_digest(&manifest) {
        Some(digest) if digest != summary.sha256.to_string() => {
            let name = manifest.file_name().unwrap_or_default().display();
            Err(SnapshotError::Damaged(format!("its SHA-256 is not the one in {name}")))
        }
        Some(_) | None => Ok(()),
    }
}

/// Restores a snapshot into `folder`, which must hold no data yet. The index is built when it is
/// opened.
pub fn restore_into(snapshot: &Path, folder: &Path) -> Result<SnapshotSummary, LocalError> {
    silence_caught_panics();
    let held = DataFolder::take(folder)?;
    if held.is_used()? {
        return Err(BackupError::Occupied(folder.to_owned()).into());
    }
    let summary = check_snapshot(snapshot, &mut |_| {}).and_then(|summary| {
        check_manifest(snapshot, &summary)?;
        restore(snapshot, &held, &summary)?;
        Ok(summary)
    });
    Ok(summary.map_err(|error| BackupError::Snapshot(error, snapshot.to_owned()))?)
}

/// Copies a snapshot that has been checked to where the store of a data folder is. Until all of it
/// is on disk it has another name.
fn restore(snapshot: &Path, into: &DataFolder, expected: &SnapshotSummary) -> Result<(), SnapshotError> {
    let (restoring, store) = (into.restoring_path(), into.store_path());
    let failed = |error| SnapshotError::Io(error, restoring.clone());
    let copied = disk::start_over(&restoring).map_err(failed).and_then(|mut file| {
        let mut write_error = None;
        let read = read_all(snapshot, &mut |part| {
            file.write_all(part).map_err(|error| {
                let kind = error.kind();
                write_error = Some(error);
                kind.into()
            })
        });
        if let Some(error) = write_error {
            return Err(failed(error));
        }
        if read? != (expected.bytes, expected.sha256) {
            return Err(SnapshotError::Damaged("it changed while it was read".into()));
        }
        file.sync().map_err(failed)?;
        disk::rename(&restoring, &store).map_err(failed)?;
        disk::sync_folder(into.path()).map_err(failed)
    });
    if copied.is_err() {
        // The first error is the one to report.
        drop(fs::remove_file(&restoring));
    }
    copied
}

/// Reads a snapshot to its end and checks all of it.
pub fn check_snapshot_file(snapshot: &Path) -> Result<SnapshotSummary, BackupError> {
    silence_caught_panics();
    let checked = check_snapshot(snapshot, &mut |_| {}).and_then(|summary| {
        check_manifest(snapshot, &summary)?;
        Ok(summary)
    });
    checked.map_err(|error| BackupError::Snapshot(error, snapshot.to_owned()))
}

/// Compares a snapshot with a manifest.
pub fn compare_snapshot(snapshot: &Path, manifest: &mut Manifest) -> Result<(), BackupError> {
    silence_caught_panics();
    check_snapshot(snapshot, &mut |document| manifest.saw(&Entry::from(document)))
        .map(drop)
        .map_err(|error| BackupError::Snapshot(error, snapshot.to_owned()))
}
