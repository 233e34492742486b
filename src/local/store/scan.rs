//! Values found page by page, where the tree that leads to them is damaged.
//!
//! redb keeps keys and values in leaf pages, whose layout is part of its documented file format. A value of ours says
//! by its seal which table and key it was written for, so that whatever a page holds is known for what it is, also
//! where nothing else can be read. But not whether it is still meant: pages keep what was replaced or deleted until
//! they are used again.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crate::local::store::StoreError;
use crate::local::store::read::piece_key;
use crate::local::store::record;
use crate::local::store::seal::opened;
use crate::transcript::Digest;
use crate::transcript::StoredDocument;

/// Pages start at multiples of this.
const PAGE: usize = 4096;
/// The longest leaf that is looked at: a page is longer than [`PAGE`] where a value is, and none of those sought is
/// longer than a piece of a source or a document's metadata.
const LONGEST: usize = 1 << 20;
/// Length of the keys of sources: a digest and a little-endian number.
const PIECE_KEY: usize = 32 + 4;

/// What was found.
#[derive(Debug)]
pub struct Scan {
    file: File,
    /// Where pieces of sources stand, with their seals, by digest and number.
    pieces: BTreeMap<(Digest, u32), (u64, usize)>,
    /// Records by document id, each that differs once.
    documents: BTreeMap<String, Vec<StoredDocument>>,
}

impl Scan {
    /// Looks through the file at `path` for pieces of sources, and for records of the documents that are `wanted`.
    pub fn new(path: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(|error| StoreError::of_io(&error))?;
        let length = file.metadata().map_err(|error| StoreError::of_io(&error))?.len();
        let mut scan = Self { file, pieces: BTreeMap::new(), documents: BTreeMap::new() };
        for start in (0..length).step_by(PAGE) {
            let mut leaf = scan.read(start, PAGE);
            let Some(needed) = extent(&leaf).filter(|needed| *needed <= LONGEST) else { continue };
            if needed > leaf.len() {
                leaf = scan.read(start, needed);
            }
            scan.take_pieces(start, &leaf);
            scan.take_documents(&leaf, wanted);
        }
        Ok(scan)
    }

    /// The documents of which records were found.
    #[must_use]
    pub const fn documents(&self) -> &BTreeMap<String, Vec<StoredDocument>> {
        &self.documents
    }

    /// The digests of the sources of which a piece was found.
    #[must_use]
    pub fn digests(&self) -> BTreeSet<Digest> {
        self.pieces.keys().map(|(digest, _)| *digest).collect()
    }

    /// A piece of a source, where it was found.
    #[must_use]
    pub fn piece(&self, digest: Digest, number: u32) -> Option<Vec<u8>> {
        let (start, length) = *self.pieces.get(&(digest, number))?;
        let value = self.read(start, length);
        opened("sources", &piece_key(digest, number), &value).map(<[u8]>::to_vec).ok()
    }

    /// Bytes of the file; fewer where it ends before or cannot be read.
    fn read(&self, start: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, start + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A bad sector costs what is in it.
                Err(_) => break,
            }
        }
        bytes.truncate(filled);
        bytes
    }

    fn take_pieces(&mut self, page: u64, leaf: &[u8]) {
        let count = count(leaf);
        let keys = 4 + 4 * count;
        let mut start = Some(keys + PIECE_KEY * count);
        for index in 0..count {
            let end = offset(leaf, 4 + 4 * index);
            let key = leaf.get(keys + PIECE_KEY * index..).and_then(|rest| rest.first_chunk::<PIECE_KEY>());
            if let (Some(key), Some(from), Some(to)) = (key, start, end)
                && let Some(value) = leaf.get(from..to)
                && let Some((digest, number)) = key.split_first_chunk()
                && let Ok(number) = number.try_into().map(u32::from_le_bytes)
                && opened("sources", &piece_key(Digest::from_bytes(*digest), number), value).is_ok()
            {
                let place = (page + from as u64, value.len());
                self.pieces.insert((Digest::from_bytes(*digest), number), place);
            }
            start = end;
        }
    }

    fn take_documents(&mut self, leaf: &[u8], wanted: &dyn Fn(&str) -> bool) {
        let count = count(leaf);
        let mut key_start = Some(4 + 8 * count);
        let mut start = offset(leaf, 4 + 4 * count.saturating_sub(1));
        for index in 0..count {
            let (key_end, end) = (offset(leaf, 4 + 4 * index), offset(leaf, 4 + 4 * (count + index)));
            if let (Some(key_from), Some(key_to), Some(from), Some(to)) = (key_start, key_end, start, end)
                && let Some(Ok(id)) = leaf.get(key_from..key_to).map(std::str::from_utf8)
                && let Some(Ok(payload)) =
                    leaf.get(from..to).map(|value| opened("documents", id.as_bytes(), value))
                && let Ok(record) = record::decode::<record::DocumentRecord>(payload)
                && wanted(id)
            {
                let document = record.into_document(id);
                let records = self.documents.entry(id.to_owned()).or_default();
                if !records.contains(&document) {
                    records.push(document);
                }
            }
            (key_start, start) = (key_end, end);
        }
    }
}

/// How many entries a leaf says it has.
fn count(leaf: &[u8]) -> usize {
    leaf.get(2..4).and_then(|bytes| bytes.try_into().ok()).map_or(0, |bytes| u16::from_le_bytes(bytes).into())
}

fn offset(leaf: &[u8], at: usize) -> Option<usize> {
    let bytes = leaf.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*bytes)).ok()
}

/// How long a leaf is: where its last value ends, in the layout of either table. `None` for a page of another kind.
fn extent(leaf: &[u8]) -> Option<usize> {
    let count = count(leaf);
    if leaf.first() != Some(&1) || count == 0 {
        return None;
    }
    let [pieces, documents] = [4 * count, 8 * count].map(|last| offset(leaf, last).unwrap_or(0));
    Some([pieces, documents].into_iter().filter(|end| *end <= LONGEST).max()?.max(PAGE))
}
