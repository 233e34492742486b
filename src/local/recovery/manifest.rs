//! The manifest: what a corpus holds, as JSON Lines that anyone can check with a JSON reader and
//! `sha256sum`.
//!
//! The first line is an object with the key `onrecord_manifest`; each further line is a document,
//! ordered by id.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;
use serde::Serialize;

use crate::disk::RandomAccess;
use crate::transcript::Digest;
use crate::transcript::StoredDocument;

/// What is appended to the name of a snapshot for that of its manifest.
pub(super) const ENDING: &str = ".manifest.jsonl";

/// Version of the manifest's lines.
const VERSION: u32 = 1;

/// Bytes kept for the first line, which is known last; what it does not need is white space.
const HEADER: usize = 256;

/// What a manifest says of all its documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    /// Version of the lines.
    onrecord_manifest: u32,
    /// How many lines follow.
    documents: u64,
    /// The generation of the corpus; absent where a damaged store has lost it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    generation: Option<u64>,
    /// SHA-256 of the snapshot that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    snapshot_sha256: Option<String>,
}

/// What a manifest says of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// The name of the file that its bytes are in, where they were exported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// SHA-256 of its bytes as received, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Length of its bytes as received.
    pub bytes: u64,
    /// SHA-256 of what the spans of its citations point into: the same bytes, or the text read from
    /// them.
    pub text_sha256: String,
    /// The media type it was read as.
    pub media_type: String,
    /// What it is called.
    pub title: String,
    /// Where it was published.
    pub uri: String,
    /// Who published it.
    pub publisher: String,
    /// When.
    pub published: String,
    /// Its main language.
    pub language: String,
    /// The sender's own keys and values.
    pub labels: BTreeMap<String, String>,
    /// How many exchanges were found in it.
    pub exchanges: u32,
}

impl From<&StoredDocument> for Entry {
    fn from(document: &StoredDocument) -> Self {
        let metadata = document.metadata.clone();
        Self {
            id: document.id.clone(),
            file: None,
            sha256: document.received.to_string(),
            bytes: document.received_len,
            text_sha256: document.source.to_string(),
            media_type: document.media_type.clone(),
            title: metadata.title,
            uri: metadata.uri,
            publisher: metadata.publisher,
            published: metadata.published,
            language: metadata.language,
            labels: metadata.labels,
            exchanges: document.exchanges,
        }
    }
}

/// Writes a manifest line by line.
#[derive(Debug)]
pub(crate) struct Writer {
    file: RandomAccess,
    /// Where the next lines go.
    at: u64,
    lines: Vec<u8>,
    documents: u64,
    failed: Option<io::Error>,
}

impl Writer {
    /// Lines are buffered up to about this many bytes.
    const BUFFER: usize = 64 << 10;

    /// Starts the manifest `path`, which must not be there yet.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let file = RandomAccess::create(path)?;
        let at = HEADER as u64 + 1;
        Ok(Self { file, at, lines: Vec::new(), documents: 0, failed: None })
    }

    /// Writes a document's line; [`Writer::finish`] reports a failure.
    pub(crate) fn add(&mut self, entry: &Entry) {
        if self.failed.is_none() {
            self.documents += 1;
            self.failed = self.write(entry).err();
        }
    }

    fn write(&mut self, entry: &Entry) -> io::Result<()> {
        line(&mut self.lines, entry)?;
        if self.lines.len() >= Self::BUFFER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write(self.at, &self.lines)?;
        self.at += self.lines.len() as u64;
        self.lines.clear();
        Ok(())
    }

    /// Writes the first line, and makes it all durable.
    pub(crate) fn finish(mut self, generation: Option<u64>, snapshot: Option<Digest>) -> io::Result<()> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.flush()?;
        let snapshot_sha256 = snapshot.map(|digest| digest.to_string());
        let header =
            Header { onrecord_manifest: VERSION, documents: self.documents, generation, snapshot_sha256 };
        let header = format!("{:HEADER$}\n", serde_json::to_string(&header)?);
        self.file.write(0, header.as_bytes())?;
        self.file.sync()
    }
}

/// Writes a value as a line of JSON.
pub(crate) fn line(out: &mut impl io::Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// The path of the manifest of the snapshot at `path`.
#[must_use]
pub fn manifest_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ENDING);
    PathBuf::from(name)
}

/// The digest of the snapshot that a manifest was written for; `None` where there is no such
/// manifest or it names none.
pub(crate) fn snapshot_digest(path: &Path) -> Option<String> {
    let mut first = String::new();
    let file = File::open(path).ok()?;
    BufReader::new(file).take(2 * HEADER as u64).read_line(&mut first).ok()?;
    serde_json::from_str::<Header>(&first).ok()?.snapshot_sha256
}

/// A difference between a manifest and a corpus.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// A document of the manifest is not there.
    Missing(String),
    /// It is there, and not as the manifest has it: the id and what differs.
    Differs(String, String),
    /// What is there and not in the manifest.
    Extra(String),
}

/// A manifest that a corpus is compared with, document by document.
#[derive(Debug)]
pub struct Manifest {
    entries: BTreeMap<String, Entry>,
    /// Ids by digest of the bytes, for files whose names say nothing.
    by_digest: BTreeMap<String, Vec<String>>,
    /// Ids by the name of the file that the bytes were exported to.
    by_file: BTreeMap<String, String>,
    found: BTreeSet<String>,
    differences: Vec<Difference>,
}

impl Manifest {
    /// Reads a manifest. A malformed line or a count that does not match is an error: a manifest
    /// that was cut short would prove less than it seems to.
    pub fn read(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let mut lines = BufReader::new(file).lines();
        let first = lines.next().unwrap_or_else(|| Ok(String::new())).map_err(|error| error.to_string())?;
        let header: Header =
            serde_json::from_str(&first).map_err(|_| "it is no manifest of onrecord".to_owned())?;
        let Header { onrecord_manifest, documents, .. } = header;
        if onrecord_manifest != VERSION {
            return Err(format!("it is of version {onrecord_manifest}, this program reads {VERSION}"));
        }
        let mut manifest = Self {
            entries: BTreeMap::new(),
            by_digest: BTreeMap::new(),
            by_file: BTreeMap::new(),
            found: BTreeSet::new(),
            differences: Vec::new(),
        };
        for (number, line) in (2..).zip(lines) {
            let line = line.map_err(|error| format!("line {number}: {error}"))?;
            let entry: Entry =
                serde_json::from_str(&line).map_err(|error| format!("line {number}: {error}"))?;
            if let Some(file) = &entry.file {
                manifest.by_file.insert(file.clone(), entry.id.clone());
            }
            manifest.by_digest.entry(entry.sha256.clone()).or_default().push(entry.id.clone());
            if let Some(twice) = manifest.entries.insert(entry.id.clone(), entry) {
                return Err(format!("line {number}: the document {} is listed twice", twice.id));
            }
        }
        if manifest.entries.len() as u64 != documents {
            let found = manifest.entries.len();
            return Err(format!("it should have {documents} documents and has {found}; take another copy"));
        }
        Ok(manifest)
    }

    /// How many documents it has.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.entries.len()
    }

    /// Records a document of a store or a snapshot, which has to match its entry in every field.
    pub fn saw(&mut self, document: &Entry) {
        let Some(entry) = self.entries.get(&document.id) else {
            self.differences.push(Difference::Extra(document.id.clone()));
            return;
        };
        let fields = [
            ("sha256", entry.sha256 != document.sha256),
            ("bytes", entry.bytes != document.bytes),
            ("text_sha256", entry.text_sha256 != document.text_sha256),
            ("media_type", entry.media_type != document.media_type),
            ("title", entry.title != document.title),
            ("uri", entry.uri != document.uri),
            ("publisher", entry.publisher != document.publisher),
            ("published", entry.published != document.published),
            ("language", entry.language != document.language),
            ("labels", entry.labels != document.labels),
            ("exchanges", entry.exchanges != document.exchanges),
        ];
        let differs: Vec<&str> =
            fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
        self.found.insert(document.id.clone());
        if !differs.is_empty() {
            self.differences.push(Difference::Differs(document.id.clone(), differs.join(", ")));
        }
    }

    /// Records a document that exists and cannot be read.
    pub fn saw_damaged(&mut self, id: &str, what: &str) {
        self.found.insert(id.to_owned());
        self.differences.push(Difference::Differs(id.to_owned(), what.to_owned()));
    }

    /// Records a file, which is a document's copy where it has its digest, its name or its id. Of a
    /// file only the bytes count.
    pub fn saw_file(&mut self, path: &str, id: &str, bytes: &[u8]) {
        let digest = Digest::of(bytes).to_string();
        if let Some(ids) = self.by_digest.get(&digest) {
            self.found.extend(ids.iter().cloned());
            return;
        }
        let name = Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
        let named = name.and_then(|name| self.by_file.get(&name).cloned());
        let named = named.or_else(|| self.entries.contains_key(id).then(|| id.to_owned()));
        match named {
            Some(id) => {
                self.found.insert(id.clone());
                self.differences.push(Difference::Differs(id, format!("sha256 of {path}")));
            }
            None => self.differences.push(Difference::Extra(path.to_owned())),
        }
    }

    /// All differences, in order: what is missing, what differs, what is extra.
    #[must_use]
    pub fn finish(mut self) -> Vec<Difference> {
        let missing = self.entries.keys().filter(|id| !self.found.contains(*id));
        self.differences.extend(missing.cloned().map(Difference::Missing));
        self.differences.sort();
        self.differences
    }
}
