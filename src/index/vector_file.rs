//! The term vectors of a segment: a file of its own, which tantivy writes, merges and deletes with the segment's
//! others.
//!
//! It holds the vectors of one passage behind those of the last, then where each passage's end, eight bytes each.

use std::any::Any;
use std::io::Write as _;

use tantivy::DocId;
use tantivy::PluginMergeContext;
use tantivy::PluginWriter;
use tantivy::PluginWriterContext;
use tantivy::Segment;
use tantivy::SegmentPlugin;
use tantivy::SegmentReader;
use tantivy::TantivyDocument;
use tantivy::TantivyError;
use tantivy::directory::OwnedBytes;
use tantivy::directory::TerminatingWrite as _;
use tantivy::index::SegmentComponent;
use tantivy::indexer::doc_id_mapping::DocIdMapping;
use tantivy::schema::Field;
use tantivy::schema::Schema;
use tantivy::schema::Value as _;
use tantivy::schema::document::ErasedDocument;

use crate::index::term_vector::TermVector;

/// The file's ending.
const EXTENSION: &str = "vectors";

/// Writes and merges the file.
#[derive(Debug)]
pub(super) struct VectorPlugin(pub(super) Field);

impl SegmentPlugin for VectorPlugin {
    fn extensions(&self) -> &[&str] {
        &[EXTENSION]
    }

    fn create_writer(&self, _: &PluginWriterContext<'_>) -> tantivy::Result<Box<dyn PluginWriter>> {
        Ok(Box::new(Vectors { field: self.0, bytes: Vec::new(), ends: Vec::new() }))
    }

    fn merge(&self, context: PluginMergeContext<'_>) -> tantivy::Result<()> {
        let mut file = context.target_segment.open_write(component())?;
        let mut end = 0;
        let mut ends = Vec::new();
        // Passages are never reordered: segments are written behind each other, without what was deleted.
        for reader in context.readers {
            let vectors = VectorFile::open(reader)?;
            for passage in reader.doc_ids_alive() {
                let bytes = vectors.passage(passage);
                file.write_all(bytes)?;
                end += bytes.len() as u64;
                ends.push(end);
            }
        }
        finish(file, &ends)
    }
}

fn component() -> SegmentComponent {
    SegmentComponent::Custom(EXTENSION.to_owned())
}

fn finish(mut file: tantivy::directory::WritePtr, ends: &[u64]) -> tantivy::Result<()> {
    for end in ends {
        file.write_all(&end.to_le_bytes())?;
    }
    Ok(file.terminate()?)
}

/// The vectors of the segment that is written.
struct Vectors {
    field: Field,
    bytes: Vec<u8>,
    ends: Vec<u64>,
}

impl PluginWriter for Vectors {
    fn add_document(&mut self, _: DocId, document: &dyn ErasedDocument, _: &Schema) -> tantivy::Result<()> {
        let document = document.as_any().downcast_ref::<TantivyDocument>();
        let value = document.and_then(|document| document.get_first(self.field)?.as_custom());
        self.bytes.extend_from_slice(value.unwrap_or_default());
        self.ends.push(self.bytes.len() as u64);
        Ok(())
    }

    fn serialize(self: Box<Self>, segment: &Segment, order: Option<&DocIdMapping>) -> tantivy::Result<()> {
        if order.is_some() {
            return Err(TantivyError::InternalError("passages keep their order".into()));
        }
        let mut file = segment.open_write(component())?;
        file.write_all(&self.bytes)?;
        finish(file, &self.ends)
    }

    fn mem_usage(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<u64>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// The file as read.
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

    /// The bytes of a passage; none where the file has none, and highlighting analyses.
    fn passage(&self, passage: u32) -> &[u8] {
        let found = || {
            let table = self.bytes.len().checked_sub(self.passages.checked_mul(size_of::<u64>())?)?;
            let (vectors, ends) = self.bytes.split_at_checked(table)?;
            let (ends, _) = ends.as_chunks();
            let end = |place: usize| usize::try_from(u64::from_le_bytes(*ends.get(place)?)).ok();
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

/// The vectors that a passage's bytes are.
pub(super) fn vectors(bytes: &[u8]) -> Option<[TermVector<'_>; 2]> {
    let (question, rest) = TermVector::parse(bytes)?;
    let (answer, _) = TermVector::parse(rest)?;
    Some([question, answer])
}
