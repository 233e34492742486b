//! A snapshot → a store: read to its end and checked before a byte is restored, then written under another name,
//! which becomes the store's only once all of it is on disk.

use std::collections::HashSet;
use std::fs;
use std::fs::File;
use std::io;
use std::io::BufReader;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use crate::disk;
use crate::disk::RandomAccess;
use crate::engine::SnapshotSummary;
use crate::local::store::Epoch;
use crate::local::store::FORMAT;
use crate::local::store::PIECE;
use crate::local::store::StoreError;
use crate::local::store::export::END;
use crate::local::store::export::MAGIC;
use crate::local::store::export::ROW;
use crate::local::store::export::SECTION;
use crate::local::store::export::SECTION_END;
use crate::local::store::export::SNAPSHOT_FORMAT;
use crate::local::store::record;
use crate::local::store::section::Row;
use crate::local::store::section::Section;
use crate::transcript::Digest;
use crate::transcript::Hasher;
use crate::transcript::StoredDocument;

/// How much is restored in one transaction, in bytes: what redb holds in memory until it commits.
const BATCH: usize = 32 << 20;

/// What redb may keep in memory of the new store, in bytes.
const CACHE: usize = 64 << 20;

/// What can be wrong with a snapshot, or with restoring it.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file is something else.
    #[error("it is no snapshot of onrecord")]
    Foreign,
    /// Another version took it.
    #[error(
        "it is of format {found}, this version reads {SNAPSHOT_FORMAT}.{FORMAT}; restore it with the version that took it"
    )]
    Format {
        /// The formats of snapshot and store.
        found: String,
    },
    /// It is not what was written.
    #[error("it is damaged at byte {at} ({what}); take another copy")]
    Damaged {
        /// Where this was noticed.
        at: u64,
        /// What does not fit.
        what: String,
    },
    /// A file cannot be read or written.
    #[error("{path} cannot be read or written: {0}", path = .1.display())]
    Io(#[source] io::Error, PathBuf),
    /// The new store cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads a snapshot to its end and checks all of it: its digest, every value's checksum, and that every document
/// has its source and its exchanges. `document` is given each document, ordered by id.
pub fn check_snapshot(
    path: &Path,
    document: &mut dyn FnMut(&StoredDocument),
) -> Result<SnapshotSummary, SnapshotError> {
    let file = File::open(path).map_err(|error| SnapshotError::Io(error, path.to_owned()))?;
    check(&mut Input::new(&file, path), document)
}

/// Restores a snapshot as the store at `store`, where there must be none yet. Until all of it is on disk it bears
/// another name, that of [`unfinished`].
pub fn restore(snapshot: &Path, store: &Path) -> Result<SnapshotSummary, SnapshotError> {
    let summary = check_snapshot(snapshot, &mut |_| {})?;
    let failed = |error: io::Error| SnapshotError::Store(StoreError::of_io(&error));
    let unfinished = unfinished(store).map_err(failed)?;
    remove(&unfinished).map_err(failed)?;
    let restored = write(snapshot, &unfinished, &summary).and_then(|()| {
        disk::rename(&unfinished, store).map_err(failed)?;
        disk::sync_folder(store.parent().unwrap_or(Path::new("."))).map_err(failed)
    });
    if let Err(error) = restored {
        // The first error is the one to tell.
        drop(remove(&unfinished));
        return Err(error);
    }
    Ok(summary)
}

/// The name of a store that is being restored.
pub fn unfinished(store: &Path) -> io::Result<PathBuf> {
    disk::beside(store, "restoring")
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn write(snapshot: &Path, into: &Path, expected: &SnapshotSummary) -> Result<(), SnapshotError> {
    let epoch = Epoch::open(RandomAccess::create(into), CACHE, false)?;
    let from = File::open(snapshot).map_err(|error| SnapshotError::Io(error, snapshot.to_owned()))?;
    let mut batch = Batch::new(&epoch);
    let mut input = Input::new(&from, snapshot);
    let read = rows(&mut input, &mut |section, key, value| batch.take(section, key, value))?;
    batch.flush()?;
    if read != *expected {
        return Err(input.damaged("it changed while it was read"));
    }
    Ok(())
}

/// Rows on their way into the new store.
struct Batch<'e> {
    epoch: &'e Epoch,
    rows: Vec<(Section, Row)>,
    bytes: usize,
}

impl<'e> Batch<'e> {
    const fn new(epoch: &'e Epoch) -> Self {
        Self { epoch, rows: Vec::new(), bytes: 0 }
    }

    fn take(&mut self, section: Section, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.bytes += key.len() + value.len();
        self.rows.push((section, (key.to_vec(), value.to_vec())));
        if self.bytes >= BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let mut transaction = self.epoch.database()?.begin_write()?;
        transaction.set_quick_repair(true);
        for section in Section::ALL {
            // Opened even where it has no row, which creates it.
            let mut sink = section.sink(&transaction)?;
            for (_, (key, value)) in self.rows.iter().filter(|(of, _)| *of == section) {
                sink(key, value)?;
            }
        }
        let committed = transaction.commit();
        if let Some(fault) = self.epoch.faults.first() {
            return Err(StoreError::of_io(&fault));
        }
        committed?;
        self.rows.clear();
        self.bytes = 0;
        Ok(())
    }
}

fn check(
    input: &mut Input<'_>,
    document: &mut dyn FnMut(&StoredDocument),
) -> Result<SnapshotSummary, SnapshotError> {
    let mut contents = Contents::default();
    let summary = rows(input, &mut |section, key, value| contents.take(section, key, value, &mut *document))?;
    contents.finish().map_err(|error| input.told(error))?;
    Ok(summary)
}

/// What the rows so far hold, to check them against each other.
#[derive(Default)]
struct Contents {
    /// The source whose pieces are being read: its digest, the next piece's number, and its pieces' digest.
    source: Option<(Digest, u32, Hasher)>,
    /// The sources that are whole.
    whole: HashSet<Digest>,
    page_key: bool,
    /// Exchanges that the documents have, and that are there.
    exchanges: (u64, u64),
}

impl Contents {
    fn take(
        &mut self,
        section: Section,
        key: &[u8],
        value: &[u8],
        each: &mut dyn FnMut(&StoredDocument),
    ) -> Result<(), StoreError> {
        if section != Section::Sources {
            self.close_source()?;
        }
        match section {
            Section::Facts => self.page_key |= key == b"page_key",
            Section::Sources => self.piece(section.piece(key)?, section.payload(key, value)?)?,
            Section::Documents | Section::Versions => {
                let record: record::DocumentRecord = record::decode(section.payload(key, value)?)?;
                let id = if section == Section::Versions {
                    section.version(key)?.0.into()
                } else {
                    String::from_utf8_lossy(key)
                };
                let document = record.into_document(&id);
                for (digest, length) in
                    [(document.received, document.received_len), (document.source, document.source_len)]
                {
                    if length > 0 && !self.whole.contains(&digest) {
                        let what = format!("the document {} has lost its source {digest}", document.id);
                        return Err(StoreError::Damaged(what));
                    }
                }
                // Of versions only the bytes are kept.
                if section == Section::Documents {
                    self.exchanges.0 += u64::from(document.exchanges);
                    each(&document);
                }
            }
            Section::Exchanges => self.exchanges.1 += 1,
            Section::Uses | Section::Diagnostics | Section::Changes => {}
        }
        Ok(())
    }

    fn piece(&mut self, (digest, number): (Digest, u32), bytes: &[u8]) -> Result<(), StoreError> {
        if self.source.as_ref().is_none_or(|(open, ..)| *open != digest) {
            self.close_source()?;
        }
        let (_, next, hasher) = self.source.get_or_insert_with(|| (digest, 0, Hasher::default()));
        if *next != number || bytes.is_empty() || bytes.len() > PIECE {
            return Err(StoreError::Damaged(format!("the source {digest} is incomplete")));
        }
        *next += 1;
        hasher.update(bytes);
        Ok(())
    }

    fn close_source(&mut self) -> Result<(), StoreError> {
        let Some((digest, _, hasher)) = self.source.take() else { return Ok(()) };
        if hasher.finish() != digest {
            return Err(StoreError::Damaged(format!("the source {digest} is not what its digest says")));
        }
        self.whole.insert(digest);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        self.close_source()?;
        let (expected, found) = self.exchanges;
        if expected != found {
            let what = format!("the documents have {expected} exchanges, {found} are there");
            return Err(StoreError::Damaged(what));
        }
        if self.page_key {
            Ok(())
        } else {
            Err(StoreError::Damaged("the key of page tokens is missing".into()))
        }
    }
}

/// Takes rows.
type Take<'a> = dyn FnMut(Section, &[u8], &[u8]) -> Result<(), StoreError> + 'a;

/// Reads all rows; says where a fault was noticed.
fn rows(input: &mut Input<'_>, each: &mut Take<'_>) -> Result<SnapshotSummary, SnapshotError> {
    header(input)?;
    let (mut all, mut documents, mut generation) = (0, 0, 0);
    for section in Section::ALL {
        let name = section.name().as_bytes();
        let [tag, length] = input.array()?;
        if tag != SECTION || input.bytes(length.into())? != name {
            return Err(input.damaged(format!("the section {} is missing", section.name())));
        }
        let mut count: u64 = 0;
        while input.tag(&[ROW, SECTION_END])? == ROW {
            let [key_length, value_length] = [input.array()?, input.array()?].map(u32::from_be_bytes);
            let (key, value) = (input.bytes(key_length)?, input.bytes(value_length)?);
            let payload = section.payload(&key, &value).map_err(|error| input.told(error))?;
            if section == Section::Facts && key == b"generation" {
                generation = record::decode(payload).map_err(|error| input.told(error))?;
            }
            each(section, &key, &value).map_err(|error| input.told(error))?;
            count += 1;
        }
        if u64::from_be_bytes(input.array()?) != count {
            return Err(input.damaged(format!("the section {} has lost rows", section.name())));
        }
        all += count;
        if section == Section::Documents {
            documents = count;
        }
    }
    input.tag(&[END])?;
    if u64::from_be_bytes(input.array()?) != all {
        return Err(input.damaged("rows are lost"));
    }
    let digest = input.hasher.clone().finish();
    if input.array()? != *digest.as_bytes() {
        return Err(input.damaged("its digest is not that of its content"));
    }
    input.end()?;
    Ok(SnapshotSummary { generation, documents, bytes: input.at, sha256: input.hasher.clone().finish() })
}

fn header(input: &mut Input<'_>) -> Result<(), SnapshotError> {
    let magic = input.array();
    if !matches!(magic, Ok(magic) if magic == *MAGIC) {
        // A file that is shorter than that is something else too.
        return Err(SnapshotError::Foreign);
    }
    let (snapshot, store) = (u32::from_be_bytes(input.array()?), u64::from_be_bytes(input.array()?));
    if (snapshot, store) != (SNAPSHOT_FORMAT, FORMAT) {
        return Err(SnapshotError::Format { found: format!("{snapshot}.{store}") });
    }
    Ok(())
}

/// A snapshot that is being read.
struct Input<'f> {
    from: BufReader<&'f File>,
    path: &'f Path,
    hasher: Hasher,
    /// How many bytes were read.
    at: u64,
}

impl<'f> Input<'f> {
    fn new(file: &'f File, path: &'f Path) -> Self {
        Self { from: BufReader::with_capacity(256 << 10, file), path, hasher: Hasher::default(), at: 0 }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes).map_err(|error| self.failed(error))?;
        self.hasher.update(&bytes);
        self.at += N as u64;
        Ok(bytes)
    }

    /// The next bytes. A length that was damaged takes no more memory than the file has bytes.
    fn bytes(&mut self, length: u32) -> Result<Vec<u8>, SnapshotError> {
        let mut bytes = Vec::new();
        let read = self.from.by_ref().take(length.into()).read_to_end(&mut bytes);
        let read = read.map_err(|error| self.failed(error))?;
        if read as u64 != u64::from(length) {
            return Err(self.failed(io::ErrorKind::UnexpectedEof.into()));
        }
        self.hasher.update(&bytes);
        self.at += u64::from(length);
        Ok(bytes)
    }

    fn tag(&mut self, expected: &[u8]) -> Result<u8, SnapshotError> {
        let [tag] = self.array()?;
        if expected.contains(&tag) { Ok(tag) } else { Err(self.damaged("it is not built as a snapshot is")) }
    }

    fn end(&mut self) -> Result<(), SnapshotError> {
        let behind = self.from.read(&mut [0]).map_err(|error| self.failed(error))?;
        if behind == 0 { Ok(()) } else { Err(self.damaged("there are bytes behind its end")) }
    }

    fn failed(&self, error: io::Error) -> SnapshotError {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return self.damaged("it ends early");
        }
        SnapshotError::Io(error, self.path.to_owned())
    }

    fn damaged(&self, what: impl Into<String>) -> SnapshotError {
        SnapshotError::Damaged { at: self.at, what: what.into() }
    }

    /// A fault of a row.
    fn told(&self, error: StoreError) -> SnapshotError {
        match error {
            StoreError::Damaged(what) => self.damaged(what),
            StoreError::Format { .. } | StoreError::Full(_) | StoreError::Io(_) => error.into(),
        }
    }
}
