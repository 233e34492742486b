//! Getting whole documents out of a damaged store, without touching it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::io::BufWriter;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use serde::Serialize;

use crate::disk;
use crate::disk::Sequential;
use crate::local::LocalError;
use crate::local::folder::IdleFolder;
use crate::local::recovery::damage;
use crate::local::recovery::error::BackupError;
use crate::local::recovery::manifest;
use crate::local::recovery::manifest::Entry;
use crate::local::recovery::manifest::Manifest;
use crate::local::store::Reader;
use crate::local::store::Salvage;
use crate::local::store::StoreError;
use crate::local::store::silence_caught_panics;
use crate::transcript::Digest;
use crate::transcript::Hasher;
use crate::transcript::StoredDocument;

/// Files of whole documents, below the folder that is recovered to.
const DOCUMENTS: &str = "documents";
/// Files whose bytes are whole and whose documents are not known.
const UNNAMED: &str = "unnamed";

/// What became of a damaged store's documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Documents whose bytes are whole and have been exported.
    pub whole: u64,
    /// Documents that are lost: id, and why.
    pub lost: Vec<(String, String)>,
    /// Sources that are whole and that no readable document names: of documents whose record is
    /// lost, and of earlier versions.
    pub unnamed: u64,
    /// How many documents the store counts; `None` where that cannot be read.
    pub counted: Option<u64>,
}

impl Recovered {
    /// Whether every document that the store counts is whole.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.lost.is_empty() && self.counted == Some(self.whole)
    }
}

/// A line of the list of lost documents.
#[derive(Serialize)]
struct Lost<'a> {
    id: &'a str,
    why: &'a str,
}

/// Exports every whole document of the data folder to `out`, a new or empty folder, and changes
/// nothing in the data folder.
///
/// `documents/` gets the bytes as received, and `manifest.jsonl` what is known of them;
/// `lost.jsonl` lists what is lost. `unnamed/` gets whole sources that no readable document names.
///
/// Only what redb still finds is saved. Where the trees of its file are broken, a snapshot has
/// more.
pub fn recover(folder: &Path, out: &Path) -> Result<Recovered, LocalError> {
    silence_caught_panics();
    let held = IdleFolder::take(folder)?;
    let mut salvage = match held.salvage() {
        Ok(salvage) => Some(salvage),
        Err(LocalError::Store(error @ StoreError::Damaged(_))) => {
            tracing::warn!(%error, "the store cannot be opened; only a snapshot has its documents");
            None
        }
        Err(error) => return Err(error),
    };
    let mut recovered = Recovered::default();
    let mut export = Export::create(out)?;
    let mut generation = None;
    let mut lost = BTreeMap::new();
    if let Some(salvage) = &mut salvage {
        recovered.counted = salvage.read(|reader| reader.meta("documents")).ok();
        generation = salvage.read(Reader::generation).ok();
        for id in salvage.ids() {
            match document(salvage, &id) {
                Ok(document) if export.whole(salvage, &document)? => recovered.whole += 1,
                Ok(_) => drop(lost.insert(id, "its bytes are not whole".to_owned())),
                Err(why) => drop(lost.insert(id, why)),
            }
        }
        recovered.unnamed = export.unnamed(salvage)?;
    }
    if !lost.is_empty() || recovered.counted != Some(recovered.whole) {
        for id in damage::indexed(held.index()).into_iter().filter(|id| !export.ids.contains(id)) {
            let why = "only the index knows it; unless it was deleted, its record is lost";
            lost.entry(id).or_insert_with(|| why.to_owned());
        }
    }
    for (id, why) in &lost {
        export.lost(id, why)?;
    }
    recovered.lost = lost.into_iter().collect();
    export.finish(generation)?;
    Ok(recovered)
}

/// Compares a data folder that no process serves with a manifest, by the bytes that are there.
pub fn compare_folder(folder: &Path, manifest: &mut Manifest) -> Result<(), LocalError> {
    silence_caught_panics();
    let mut salvage = IdleFolder::take(folder)?.salvage()?;
    for id in salvage.ids() {
        let document = match document(&mut salvage, &id) {
            Ok(document) => document,
            Err(why) => {
                manifest.saw_damaged(&id, &why);
                continue;
            }
        };
        let parts = [(document.received, document.received_len), (document.source, document.source_len)];
        let mut whole = true;
        for (digest, length) in parts {
            whole &= read_source(&mut salvage, digest, &mut |_| Ok(()))
                .is_ok_and(|found| found == (digest, length));
        }
        if whole {
            manifest.saw(&Entry::from(&document));
        } else {
            manifest.saw_damaged(&id, "its bytes are not what their digest says");
        }
    }
    Ok(())
}

fn document(salvage: &mut Salvage, id: &str) -> Result<StoredDocument, String> {
    let document = salvage.read(|reader| reader.document(id)).map_err(|error| error.to_string())?;
    document.ok_or_else(|| "its record is missing".to_owned())
}

/// The digest and length of the chunks that are kept under `digest`, each handed to `each` as it is
/// read.
fn read_source(
    salvage: &mut Salvage,
    digest: Digest,
    each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<(Digest, u64)> {
    let mut hasher = Hasher::default();
    let mut length = 0;
    for number in 0.. {
        let chunk = salvage.chunk(digest, number).unwrap_or_default();
        if chunk.is_empty() {
            break;
        }
        hasher.update(&chunk);
        each(&chunk)?;
        length += chunk.len() as u64;
    }
    Ok((hasher.finish(), length))
}

/// The files that are written.
struct Export {
    manifest: manifest::Writer,
    lost: BufWriter<Sequential>,
    out: PathBuf,
    /// Names taken and the documents that have them, in lower case: file systems that ignore case
    /// must lose nothing.
    names: BTreeMap<String, String>,
    /// The documents that were exported, and the digests of their bytes.
    ids: BTreeSet<String>,
    digests: BTreeSet<Digest>,
}

impl Export {
    fn create(out: &Path) -> Result<Self, LocalError> {
        let create = || {
            for name in [DOCUMENTS, UNNAMED] {
                disk::create_folder(&out.join(name))?;
            }
            // What is there already stays: a second run must not mix with the first.
            let lost = BufWriter::new(disk::create(&out.join("lost.jsonl"))?);
            Ok((lost, manifest::Writer::create(&out.join("manifest.jsonl"))?))
        };
        let (lost, manifest) = create().map_err(|error| BackupError::Io(error, out.to_owned()))?;
        Ok(Self {
            manifest,
            lost,
            out: out.to_owned(),
            names: BTreeMap::new(),
            ids: BTreeSet::new(),
            digests: BTreeSet::new(),
        })
    }

    /// Exports a document, if its bytes are whole.
    fn whole(&mut self, salvage: &mut Salvage, document: &StoredDocument) -> Result<bool, LocalError> {
        let file = format!("{DOCUMENTS}/{}", self.name_of(&document.id));
        if !self.write(salvage, document.received, Some(document.received_len), &file)? {
            return Ok(false);
        }
        self.manifest.add(&Entry { file: Some(file), ..Entry::from(document) });
        self.ids.insert(document.id.clone());
        self.digests.extend([document.received, document.source]);
        Ok(true)
    }

    fn lost(&mut self, id: &str, why: &str) -> Result<(), LocalError> {
        let written = manifest::line(&mut self.lost, &Lost { id, why });
        Ok(written.map_err(|error| BackupError::Io(error, self.out.join("lost.jsonl")))?)
    }

    /// Exports the sources that no document names.
    fn unnamed(&mut self, salvage: &mut Salvage) -> Result<u64, LocalError> {
        let mut count = 0;
        for digest in salvage.sources().difference(&self.digests) {
            count += u64::from(self.write(salvage, *digest, None, &format!("{UNNAMED}/{digest}"))?);
        }
        Ok(count)
    }

    /// Writes a source to a file, if it is whole; else leaves none.
    fn write(
        &self,
        salvage: &mut Salvage,
        digest: Digest,
        length: Option<u64>,
        file: &str,
    ) -> Result<bool, LocalError> {
        let path = self.out.join(file);
        let failed = |error| BackupError::Io(error, path.clone());
        let mut out = disk::create(&path).map_err(failed)?;
        let found = read_source(salvage, digest, &mut |chunk| out.write_all(chunk)).map_err(failed)?;
        if found == (digest, length.unwrap_or(found.1)) {
            out.sync().map_err(failed)?;
            return Ok(true);
        }
        fs::remove_file(&path).map_err(failed)?;
        Ok(false)
    }

    /// A file name for a document: its id, except for a first character that would hide the file,
    /// exclude it from an import or make it look like a flag. Ids have no `%`, so no two names
    /// meet.
    fn name_of(&mut self, id: &str) -> String {
        let mut name = match id.chars().next() {
            Some(first) if id.starts_with(['.', '-']) || id.starts_with("README") => {
                id.replacen(first, &format!("%{:02X}", u32::from(first)), 1)
            }
            _ => id.to_owned(),
        };
        while self.names.get(&name.to_lowercase()).is_some_and(|other| other != id) {
            name.push_str("%7E");
        }
        self.names.insert(name.to_lowercase(), id.to_owned());
        name
    }

    fn finish(self, generation: Option<u64>) -> Result<(), LocalError> {
        let Self { lost, manifest, out, .. } = self;
        let finish = || {
            lost.into_inner().map_err(io::IntoInnerError::into_error)?.sync()?;
            manifest.finish(generation, None)?;
            for folder in [out.join(DOCUMENTS), out.join(UNNAMED), out.clone()] {
                disk::sync_folder(&folder)?;
            }
            Ok(())
        };
        finish().map_err(|error| BackupError::Io(error, out.clone()).into())
    }
}
