//! Getting whole documents out of a damaged store, without touching it.

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
use crate::engine::EngineError;
use crate::engine::backup::BackupError;
use crate::engine::folder::IdleFolder;
use crate::engine::manifest;
use crate::engine::manifest::Entry;
use crate::engine::manifest::Manifest;
use crate::store::Reader;
use crate::store::Salvage;
use crate::store::StoreError;
use crate::store::StoredDocument;
use crate::transcript::Digest;
use crate::transcript::Hasher;

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
    /// Sources that are whole and that no readable document names: of documents whose record is lost.
    pub unnamed: u64,
    /// How many documents the store counts; `None` where that cannot be read.
    pub counted: Option<u64>,
}

/// A line of the list of lost documents.
#[derive(Serialize)]
struct Lost<'a> {
    id: &'a str,
    why: &'a str,
}

/// Exports every whole document of the data folder to `out`, a new or empty folder: the bytes as received below
/// `documents/`, what is known of them in `manifest.jsonl`, what is lost in `lost.jsonl`, and below `unnamed/`
/// whole sources that no readable document names. The data folder is not changed.
pub fn recover(folder: &Path, out: &Path) -> Result<Recovered, EngineError> {
    let (_held, mut salvage) = IdleFolder::take(folder)?;
    let failed = |error| BackupError::Io(error, out.to_owned());
    for name in [DOCUMENTS, UNNAMED] {
        disk::create_folder(&out.join(name)).map_err(failed)?;
    }
    let mut export = Export::create(out).map_err(failed)?;
    let mut recovered = Recovered::default();
    let mut named = BTreeSet::new();
    for id in salvage.ids() {
        let document = match salvage.read(|reader| reader.document(&id)) {
            Ok(Some(document)) => document,
            Ok(None) => {
                export.lost(&mut recovered, &id, "its record is missing").map_err(failed)?;
                continue;
            }
            Err(error) => {
                export.lost(&mut recovered, &id, &error.to_string()).map_err(failed)?;
                continue;
            }
        };
        let name = export.name_of(&id);
        let path = out.join(DOCUMENTS).join(&name);
        match write_source(&mut salvage, document.received, Some(document.received_len), &path)? {
            Ok(()) => {
                named.extend([document.received, document.source]);
                export.whole(&document, format!("{DOCUMENTS}/{name}"));
                recovered.whole += 1;
            }
            Err(why) => export.lost(&mut recovered, &id, &why).map_err(failed)?,
        }
    }
    for digest in salvage.sources().difference(&named) {
        let path = out.join(UNNAMED).join(digest.to_string());
        recovered.unnamed += u64::from(write_source(&mut salvage, *digest, None, &path)?.is_ok());
    }
    let generation = salvage.read(Reader::generation).ok();
    recovered.counted = salvage.read(|reader| reader.fact("documents")).ok();
    export.finish(generation).map_err(failed)?;
    Ok(recovered)
}

/// Compares a data folder that no process serves with a manifest, by the bytes that are there.
pub fn compare_folder(folder: &Path, manifest: &mut Manifest) -> Result<(), EngineError> {
    let (_held, mut salvage) = IdleFolder::take(folder)?;
    for id in salvage.ids() {
        let read = salvage.read(|reader| {
            let document = reader.document(&id)?;
            let document = document.ok_or_else(|| StoreError::Damaged("its record is missing".into()))?;
            for (digest, length) in
                [(document.received, document.received_len), (document.source, document.source_len)]
            {
                let found = digest_of(reader, digest, &mut |_| Ok(()))?;
                if found != (digest, length) {
                    return Err(StoreError::Damaged("its bytes are not what their digest says".into()));
                }
            }
            Ok(document)
        });
        match read {
            Ok(document) => manifest.saw(&Entry::from(&document)),
            Err(StoreError::Damaged(what)) => manifest.saw_damaged(&id, &what),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The files that are written.
struct Export {
    manifest: manifest::Writer,
    lost: BufWriter<Sequential>,
    out: PathBuf,
    /// Names taken, in lower case: file systems that tell no case apart must lose nothing.
    names: BTreeSet<String>,
}

impl Export {
    fn create(out: &Path) -> io::Result<Self> {
        // Whatever stands there already stays: a second run must not mix with the first.
        let lost = disk::create(&out.join("lost.jsonl"))?;
        let manifest = manifest::Writer::create(&out.join("manifest.jsonl"))?;
        Ok(Self { manifest, lost: BufWriter::new(lost), out: out.to_owned(), names: BTreeSet::new() })
    }

    fn whole(&mut self, document: &StoredDocument, file: String) {
        self.manifest.add(&Entry { file: Some(file), ..Entry::from(document) });
    }

    fn lost(&mut self, recovered: &mut Recovered, id: &str, why: &str) -> io::Result<()> {
        recovered.lost.push((id.to_owned(), why.to_owned()));
        manifest::line(&mut self.lost, &Lost { id, why })
    }

    /// A file name for a document: its id, but for a first character that would hide the file, pass it over or
    /// make it look like a flag. Ids have no `%`, so no two names meet.
    fn name_of(&mut self, id: &str) -> String {
        let mut name = match id.chars().next() {
            Some(first) if id.starts_with(['.', '-']) || id.starts_with("README") => {
                id.replacen(first, &format!("%{:02X}", u32::from(first)), 1)
            }
            _ => id.to_owned(),
        };
        while !self.names.insert(name.to_lowercase()) {
            name.push_str("%7E");
        }
        name
    }

    fn finish(self, generation: Option<u64>) -> io::Result<()> {
        self.lost.into_inner().map_err(io::IntoInnerError::into_error)?.sync()?;
        self.manifest.finish(generation, None)?;
        disk::sync_folder(&self.out.join(DOCUMENTS))?;
        disk::sync_folder(&self.out.join(UNNAMED))?;
        disk::sync_folder(&self.out)
    }
}

/// Writes a source to a file, if it is whole; else leaves no file and says what is wrong with it.
fn write_source(
    salvage: &mut Salvage,
    digest: Digest,
    length: Option<u64>,
    path: &Path,
) -> Result<Result<(), String>, EngineError> {
    let failed = |error| BackupError::Io(error, path.to_owned());
    let mut file = disk::create(path).map_err(failed)?;
    let mut written = Ok(());
    let found = salvage.read(|reader| {
        digest_of(reader, digest, &mut |piece| {
            written = file.write_all(piece);
            written.as_ref().map(drop).map_err(|_| StoreError::Damaged("not written".into()))
        })
    });
    written.map_err(failed)?;
    let fault = match found {
        Ok((_, found)) if length.is_some_and(|length| length != found) => {
            Some(format!("of its {} bytes {found} are there", length.unwrap_or_default()))
        }
        Ok((found, _)) if found != digest => Some("its bytes are not what their digest says".to_owned()),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    };
    let Some(fault) = fault else {
        file.sync().map_err(failed)?;
        return Ok(Ok(()));
    };
    fs::remove_file(path).map_err(failed)?;
    Ok(Err(fault))
}

/// The digest and length of the pieces kept under `digest`, each handed over as it is read.
fn digest_of(
    reader: &Reader,
    digest: Digest,
    each: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
) -> Result<(Digest, u64), StoreError> {
    let mut hasher = Hasher::default();
    let mut length = 0;
    loop {
        let piece = reader.source_piece(digest, length)?;
        if piece.is_empty() {
            return Ok((hasher.finish(), length as u64));
        }
        hasher.update(&piece);
        each(&piece)?;
        length += piece.len();
    }
}
