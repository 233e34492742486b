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
use crate::local::recovery::backup::BackupError;
use crate::local::recovery::damage;
use crate::local::recovery::manifest;
use crate::local::recovery::manifest::Entry;
use crate::local::recovery::manifest::Manifest;
use crate::local::store::Reader;
use crate::local::store::Salvage;
use crate::local::store::Scan;
use crate::local::store::StoreError;
use crate::transcript::Digest;
use crate::transcript::Hasher;
use crate::transcript::StoredDocument;

/// Files of whole documents, below the folder that is recovered to.
const DOCUMENTS: &str = "documents";
/// Files of documents that were found outside of the store's order.
const FOUND: &str = "found";
/// Files whose bytes are whole and whose documents are not known.
const UNNAMED: &str = "unnamed";

/// What became of a damaged store's documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Documents whose bytes are whole and have been exported.
    pub whole: u64,
    /// Documents that are lost: id, and why.
    pub lost: Vec<(String, String)>,
    /// Copies of documents that were found where the store's order is lost: the lost ones, earlier versions of them,
    /// and deleted ones, which nothing tells apart any more.
    pub found: u64,
    /// Sources that are whole and that no readable document names: of documents whose record is lost, and of
    /// earlier versions.
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

/// Exports every whole document of the data folder to `out`, a new or empty folder, and changes nothing in the data
/// folder.
///
/// `documents/` gets the bytes as received, and `manifest.jsonl` what is known of them; `lost.jsonl` lists what is
/// lost. Where something is, the file's pages are searched, too: `found/` gets copies of documents that no readable
/// list has, with `found.jsonl`. `unnamed/` gets whole sources that no document of either names.
pub fn recover(folder: &Path, out: &Path) -> Result<Recovered, LocalError> {
    let held = IdleFolder::take(folder)?;
    let (mut salvage, unreadable) = match held.salvage() {
        Ok(salvage) => (Some(salvage), None),
        Err(LocalError::Store(error @ StoreError::Damaged(_))) => (None, Some(error)),
        Err(error) => return Err(error),
    };
    let mut recovered = Recovered::default();
    let mut ids = BTreeSet::new();
    let mut generation = None;
    if let Some(salvage) = &mut salvage {
        ids = salvage.ids();
        recovered.counted = salvage.read(|reader| reader.fact("documents")).ok();
        generation = salvage.read(Reader::generation).ok();
    } else if let Some(error) = unreadable {
        tracing::warn!(%error, "the store cannot be opened, and its pages are searched");
    }
    let mut export = Export::create(out, Sources { salvage, scan: None })?;
    let mut set_aside: Vec<(String, Result<StoredDocument, String>)> = Vec::new();
    for id in ids {
        match export.sources.document(&id) {
            Ok(document) if export.whole(&document)? => recovered.whole += 1,
            other => set_aside.push((id, other)),
        }
    }
    if !set_aside.is_empty() || recovered.counted != Some(recovered.whole) {
        let listed: BTreeSet<String> = set_aside.iter().map(|(id, _)| id.clone()).collect();
        let unlisted = damage::indexed(held.index()).into_iter().filter(|id| !listed.contains(id));
        let unlisted = unlisted.filter(|id| !export.ids.contains(id)).collect::<Vec<_>>();
        let known = export.ids.clone();
        if held.store_path().is_file() {
            export.sources.scan = Some(Scan::new(held.store_path(), &|id| !known.contains(id))?);
        }
        for (id, document) in set_aside {
            let why = match document {
                Ok(document) if export.whole(&document)? => {
                    recovered.whole += 1;
                    continue;
                }
                Ok(_) => "its bytes are not whole".to_owned(),
                Err(why) => why,
            };
            export.lost(&id, &why)?;
            recovered.lost.push((id, why));
        }
        for id in unlisted {
            let why = "only the index knows it; unless it was deleted, its record is lost".to_owned();
            export.lost(&id, &why)?;
            recovered.lost.push((id, why));
        }
        recovered.found = export.found()?;
    }
    recovered.unnamed = export.unnamed()?;
    export.finish(generation)?;
    Ok(recovered)
}

/// Compares a data folder that no process serves with a manifest, by the bytes that are there.
pub fn compare_folder(folder: &Path, manifest: &mut Manifest) -> Result<(), LocalError> {
    let held = IdleFolder::take(folder)?;
    let mut sources = Sources { salvage: Some(held.salvage()?), scan: None };
    let ids = sources.salvage.as_mut().map(Salvage::ids).unwrap_or_default();
    for id in ids {
        let document = match sources.document(&id) {
            Ok(document) => document,
            Err(why) => {
                manifest.saw_damaged(&id, &why);
                continue;
            }
        };
        let parts = [(document.received, document.received_len), (document.source, document.source_len)];
        let mut whole = true;
        for (digest, length) in parts {
            whole &= sources.read(digest, &mut |_| Ok(())).is_ok_and(|found| found == (digest, length));
        }
        if whole {
            manifest.saw(&Entry::from(&document));
        } else {
            manifest.saw_damaged(&id, "its bytes are not what their digest says");
        }
    }
    Ok(())
}

/// Where documents and their bytes are read from: the store, and what its pages hold where that fails.
struct Sources {
    salvage: Option<Salvage>,
    scan: Option<Scan>,
}

impl Sources {
    fn document(&mut self, id: &str) -> Result<StoredDocument, String> {
        let Some(salvage) = &mut self.salvage else { return Err("the store cannot be opened".to_owned()) };
        let document = salvage.read(|reader| reader.document(id)).map_err(|error| error.to_string())?;
        document.ok_or_else(|| "its record is missing".to_owned())
    }

    /// The digest and length of the pieces kept under `digest`, each handed over as it is read.
    fn read(
        &mut self,
        digest: Digest,
        each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<(Digest, u64)> {
        let mut hasher = Hasher::default();
        let mut length = 0;
        for number in 0.. {
            let piece = self.salvage.as_mut().and_then(|salvage| salvage.piece(digest, number).ok());
            let piece = piece.filter(|piece| !piece.is_empty());
            let found = || self.scan.as_ref().and_then(|scan| scan.piece(digest, number));
            let Some(piece) = piece.or_else(found) else { break };
            hasher.update(&piece);
            each(&piece)?;
            length += piece.len() as u64;
        }
        Ok((hasher.finish(), length))
    }
}

/// The files that are written.
struct Export {
    sources: Sources,
    manifest: manifest::Writer,
    lost: BufWriter<Sequential>,
    out: PathBuf,
    /// Names taken and the documents that have them, in lower case: file systems that tell no case apart must lose
    /// nothing.
    names: BTreeMap<String, String>,
    /// The documents that were exported, and the digests of their bytes.
    ids: BTreeSet<String>,
    digests: BTreeSet<Digest>,
}

impl Export {
    fn create(out: &Path, sources: Sources) -> Result<Self, LocalError> {
        let create = || {
            for name in [DOCUMENTS, FOUND, UNNAMED] {
                disk::create_folder(&out.join(name))?;
            }
            // Whatever stands there already stays: a second run must not mix with the first.
            let lost = BufWriter::new(disk::create(&out.join("lost.jsonl"))?);
            Ok((lost, manifest::Writer::create(&out.join("manifest.jsonl"))?))
        };
        let (lost, manifest) = create().map_err(|error| BackupError::Io(error, out.to_owned()))?;
        Ok(Self {
            sources,
            manifest,
            lost,
            out: out.to_owned(),
            names: BTreeMap::new(),
            ids: BTreeSet::new(),
            digests: BTreeSet::new(),
        })
    }

    /// Exports a document, if its bytes are whole.
    fn whole(&mut self, document: &StoredDocument) -> Result<bool, LocalError> {
        let file = format!("{DOCUMENTS}/{}", self.name_of(&document.id));
        if !self.write(document.received, Some(document.received_len), &file)? {
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

    /// Exports the documents that were found in pages.
    fn found(&mut self) -> Result<u64, LocalError> {
        let mut documents =
            self.sources.scan.as_ref().map(|scan| scan.documents().clone()).unwrap_or_default();
        // Its pages may have made one whole since they were searched.
        documents.retain(|id, _| !self.ids.contains(id));
        let list = self.out.join("found.jsonl");
        let failed = |error| BackupError::Io(error, list.clone());
        let mut lines = manifest::Writer::create(&list).map_err(failed)?;
        let mut written = BTreeSet::new();
        for document in documents.values().flatten() {
            let digest = document.received.short(8);
            let file = format!("{FOUND}/{}%{digest}", self.name_of(&document.id));
            // One that differs in metadata alone has a line of its own.
            let twice = !written.insert((document.id.clone(), document.received));
            if twice || self.write(document.received, Some(document.received_len), &file)? {
                lines.add(&Entry { file: Some(file), ..Entry::from(document) });
                self.digests.extend([document.received, document.source]);
            } else {
                written.remove(&(document.id.clone(), document.received));
            }
        }
        lines.finish(None, None).map_err(failed)?;
        Ok(written.len() as u64)
    }

    /// Exports the sources that no document names.
    fn unnamed(&mut self) -> Result<u64, LocalError> {
        let mut sources = self.sources.salvage.as_mut().map(Salvage::sources).unwrap_or_default();
        sources.extend(self.sources.scan.as_ref().map(Scan::digests).unwrap_or_default());
        let mut count = 0;
        for digest in sources.difference(&self.digests.clone()) {
            count += u64::from(self.write(*digest, None, &format!("{UNNAMED}/{digest}"))?);
        }
        Ok(count)
    }

    /// Writes a source to a file, if it is whole; else leaves none.
    fn write(&mut self, digest: Digest, length: Option<u64>, file: &str) -> Result<bool, LocalError> {
        let path = self.out.join(file);
        let failed = |error| BackupError::Io(error, path.clone());
        let mut out = disk::create(&path).map_err(failed)?;
        let found = self.sources.read(digest, &mut |piece| out.write_all(piece)).map_err(failed)?;
        if found == (digest, length.unwrap_or(found.1)) {
            out.sync().map_err(failed)?;
            return Ok(true);
        }
        fs::remove_file(&path).map_err(failed)?;
        Ok(false)
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
            for folder in [out.join(DOCUMENTS), out.join(FOUND), out.join(UNNAMED), out.clone()] {
                disk::sync_folder(&folder)?;
            }
            Ok(())
        };
        finish().map_err(|error| BackupError::Io(error, out.clone()).into())
    }
}
