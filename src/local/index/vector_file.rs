//! The file of a segment's term vectors, which is written, merged and deleted with the segment's
//! other files.
//!
//! It holds the vectors of all passages, end to end, then the end of each passage's, in eight
//! bytes.

use std::io::Write as _;

use tantivy::PluginMergeContext;
use tantivy::PluginWriter;
use tantivy::PluginWriterContext;
use tantivy::Segment;
use tantivy::SegmentPlugin;
use tantivy::SegmentReader;
use tantivy::TantivyError;
use tantivy::directory::OwnedBytes;
use tantivy::directory::TerminatingWrite as _;
use tantivy::index::SegmentComponent;

use crate::local::index::term_vector::TermVector;

/// The file's ending.
const EXTENSION: &str = "vectors";

/// Writes and merges the file.
#[derive(Debug)]
pub(super) struct VectorPlugin;

impl SegmentPlugin for VectorPlugin {
    fn extensions(&self) -> &[&str] {
        &[EXTENSION]
    }

    fn create_writer(&self, _: &PluginWriterContext<'_>) -> tantivy::Result<Box<dyn PluginWriter>> {
        Err(TantivyError::InternalError(
            "passages are written by index::memory_segment, not as documents".into(),
        ))
    }

    fn merge(&self, context: PluginMergeContext<'_>) -> tantivy::Result<()> {
        let readers = context.readers.iter();
        let files = readers.map(|reader| Ok((reader, VectorFile::open(reader)?)));
        let files = files.collect::<tantivy::Result<Vec<_>>>()?;
        // Merges never reorder passages: they write segment after segment, without deleted
        // passages.
        let vectors = files
            .iter()
            .flat_map(|(reader, file)| reader.doc_ids_alive().map(|passage| file.passage(passage)));
        write(context.target_segment, vectors)
    }
}

fn component() -> SegmentComponent {
    SegmentComponent::Custom(EXTENSION.to_owned())
}

/// Writes the file of a new segment.
pub(super) fn write<'v>(target: &Segment, vectors: impl Iterator<Item = &'v [u8]>) -> tantivy::Result<()> {
    let mut file = target.open_write(component())?;
    let mut end = 0;
    let mut ends = Vec::new();
    for bytes in vectors {
        file.write_all(bytes)?;
        end += bytes.len() as u64;
        ends.push(end);
    }
    for end in ends {
        file.write_all(&u64::to_le_bytes(end))?;
    }
    Ok(file.terminate()?)
}

/// The file, as it is read.
#[derive(Debug)]
pub(super) struct VectorFile {
    bytes: OwnedBytes,
    passages: usize,
}

impl VectorFile {
    pub(super) fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let bytes = reader.open_read(component())?.read_bytes()?;
        Ok(Self { bytes, passages: reader.max_doc() as usize })
    }

    /// The bytes of a passage; empty where the file lacks them, and highlighting has to analyse the
    /// text.
    fn passage(&self, passage: u32) -> &[u8] {
        let found = || {
            let table = self.bytes.len().checked_sub(self.passages.checked_mul(size_of::<u64>())?)?;
            let (vectors, ends) = self.bytes.split_at_checked(table)?;
            let (ends, _) = ends.as_chunks();
            let end = |index: usize| usize::try_from(u64::from_le_bytes(*ends.get(index)?)).ok();
            let start = match (passage as usize).checked_sub(1) {
                None => 0,
                Some(before) => end(before)?,
            };
            vectors.get(start..end(passage as usize)?)
        };
        found().unwrap_or_default()
    }

    /// The vectors of a passage's question and answer.
    pub(super) fn vectors(&self, passage: u32) -> Option<[TermVector<'_>; 2]> {
        vectors(self.passage(passage))
    }
}

/// The vectors of a passage's question and answer, from their bytes.
pub(super) fn vectors(bytes: &[u8]) -> Option<[TermVector<'_>; 2]> {
    let (question, rest) = TermVector::parse(bytes)?;
    let (answer, _) = TermVector::parse(rest)?;
    Some([question, answer])
}
