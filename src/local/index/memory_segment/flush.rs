//! Segments in memory → one segment of tantivy's files.
//!
//! tantivy makes its segments from documents: it tokenises their texts, looks each term up in a
//! table, and keeps positions in memory until it writes the files. A segment in memory has all of
//! this done, so its postings are written as they are, by the serialisers that tantivy uses itself.
//! Merging is left to tantivy.

use std::io;

use tantivy::Segment as Target;
use tantivy::TantivyDocument;
use tantivy::columnar::ColumnType;
use tantivy::columnar::ColumnarWriter;
use tantivy::directory::TerminatingWrite as _;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::fieldnorm::FieldNormReaders;
use tantivy::fieldnorm::FieldNormsSerializer;
use tantivy::index::SegmentComponent;
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::Field as Handle;
use tantivy::store::StoreWriter;

use crate::analysis::WRITTEN_MARK;
use crate::local::index::bit_set::BitSet;
use crate::local::index::field::Field;
use crate::local::index::memory_segment::data::MemorySegment;
use crate::local::index::memory_segment::field_postings::FieldPostings;
use crate::local::index::memory_segment::field_postings::PostingsList;
use crate::local::index::memory_segment::field_postings::number;
use crate::local::index::schema;
use crate::local::index::schema::Fields;
use crate::local::index::segment_data::SegmentData as _;
use crate::local::index::value_column::Attribute;
use crate::local::index::vector_file;
use crate::query::DateRange;

/// A segment, and which of its passages are not deleted; `None` where all are there.
pub(in crate::local::index) type Part<'a> = (&'a MemorySegment, Option<&'a BitSet>);

/// Writes all passages of the parts that are not deleted, part after part. Returns how many they
/// are; where there are none, nothing is written.
pub(in crate::local::index) fn write(
    parts: &[Part<'_>],
    target: &Target,
    fields: Fields,
) -> tantivy::Result<u32> {
    let whole = Whole::of(parts);
    if whole.len > 0 {
        whole.write_lengths(target, fields)?;
        whole.write_postings(target, fields)?;
        whole.write_columns(target)?;
        whole.write_store(target)?;
        vector_file::write(
            target,
            whole.passages().map(|(memory, passage, _)| memory.vector_bytes(passage)),
        )?;
    }
    Ok(whole.len)
}

/// The segment to be written.
struct Whole<'a> {
    /// Each part, with the number in the whole of each of its passages; `None` for deleted ones.
    parts: Vec<(&'a MemorySegment, Vec<Option<u32>>)>,
    len: u32,
}

/// A term of a field, with its part and the number of its list there.
type Listed<'a> = (&'a str, u32, u32);

/// A field of all parts.
struct Texts<'a> {
    /// The field of each part, with the number in the whole of each of the part's passages.
    parts: Vec<(&'a FieldPostings, &'a [Option<u32>])>,
}

impl<'a> Texts<'a> {
    /// The terms in order; equal ones in the order of parts.
    fn terms(&self) -> Vec<Listed<'a>> {
        let mut terms: Vec<Listed<'a>> = Vec::new();
        for (part, (text, _)) in (0..).zip(&self.parts) {
            terms.extend(text.terms().map(|(term, list)| (term, part, list)));
        }
        terms.sort_unstable();
        terms
    }

    /// The postings of a term; and for each passage that is not deleted, the index in these and the
    /// number in the whole.
    fn passages(
        &self,
        (_, part, list): Listed<'a>,
    ) -> Option<(PostingsList<'a>, impl Iterator<Item = (usize, u32)>)> {
        let (text, numbers) = *self.parts.get(part as usize)?;
        let list = text.list(list)?;
        let number = |passage: &u32| numbers.get(*passage as usize).copied().flatten();
        let passages = list.passages.iter().enumerate();
        Some((list, passages.filter_map(move |(at, passage)| Some((at, number(passage)?)))))
    }

    /// How many occurrences the terms have in passages that are not deleted; written words, which do
    /// not make a text longer, are not among them.
    fn tokens(&self, terms: &[Listed<'a>]) -> u64 {
        let tokens = |term: &Listed<'a>| {
            let (list, passages) = self.passages(*term)?;
            Some(
                passages
                    .filter_map(|(at, _)| list.frequencies.get(at))
                    .map(|often| u64::from(*often))
                    .sum::<u64>(),
            )
        };
        terms.iter().filter(|(term, ..)| !term.starts_with(WRITTEN_MARK)).filter_map(tokens).sum()
    }
}

impl<'a> Whole<'a> {
    fn of(parts: &[Part<'a>]) -> Self {
        let mut len = 0;
        let parts = parts.iter().map(|(memory, alive)| {
            let numbers = (0..memory.count()).map(|passage| {
                let number = alive.is_none_or(|alive| alive.contains(passage)).then_some(len);
                len += u32::from(number.is_some());
                number
            });
            (*memory, numbers.collect())
        });
        let parts = parts.collect();
        Self { parts, len }
    }

    /// Each passage: its part, its number there, and its number in the whole.
    fn passages(&self) -> impl Iterator<Item = (&'a MemorySegment, u32, u32)> {
        self.parts.iter().flat_map(|(memory, numbers)| {
            (0..).zip(numbers).filter_map(|(passage, number)| Some((*memory, passage, (*number)?)))
        })
    }

    /// The length classes of a field.
    fn lengths(&self, field: Field) -> Vec<u8> {
        let length = |(memory, passage, _): (&MemorySegment, u32, u32)| {
            memory.lengths(field).get(passage as usize).copied()
        };
        self.passages().map(|passage| length(passage).unwrap_or_default()).collect()
    }

    fn write_lengths(&self, target: &Target, fields: Fields) -> tantivy::Result<()> {
        let mut lengths = FieldNormsSerializer::from_write(target.open_write(SegmentComponent::FieldNorms)?)?;
        let one = FieldNormReader::fieldnorm_to_id(1);
        lengths.serialize_field(fields.document_id, &vec![one; self.len as usize])?;
        lengths.serialize_field(fields.question, &self.lengths(Field::Question))?;
        lengths.serialize_field(fields.answer, &self.lengths(Field::Answer))?;
        Ok(lengths.close()?)
    }

    fn write_postings(&self, target: &Target, fields: Fields) -> tantivy::Result<()> {
        let lengths = FieldNormReaders::open(target.open_read(SegmentComponent::FieldNorms)?)?;
        let mut postings = InvertedIndexSerializer::open(target)?;
        // In the order of the schema, as tantivy expects them.
        let schema = target.schema();
        for (field, _) in schema.fields().filter(|(_, entry)| entry.is_indexed()) {
            let searched = Field::ALL.into_iter().find(|searched| fields.handle(*searched) == field);
            let text = |memory: &'a MemorySegment| match searched {
                Some(searched) => Some(&**memory.texts.of(searched)),
                None => memory.keys.get(&field),
            };
            let parts =
                self.parts.iter().filter_map(|(memory, numbers)| Some((text(memory)?, numbers.as_slice())));
            let texts = Texts { parts: parts.collect() };
            write_field(&mut postings, field, lengths.get_field(field)?, searched.is_some(), &texts)?;
        }
        Ok(postings.close()?)
    }

    fn write_columns(&self, target: &Target) -> tantivy::Result<()> {
        let mut columns = ColumnarWriter::default();
        columns.record_column_type(schema::DOCUMENT_ID, ColumnType::Str, false);
        for attribute in Attribute::ALL {
            columns.record_column_type(attribute.column_name(), ColumnType::Str, false);
        }
        for name in [schema::EXCHANGE, schema::WINDOW, schema::MINHASH] {
            columns.record_column_type(name, ColumnType::U64, false);
        }
        for name in [schema::PUBLISHED_FIRST, schema::PUBLISHED_LAST] {
            columns.record_column_type(name, ColumnType::I64, false);
        }
        for (memory, passage, number) in self.passages() {
            columns.record_str(
                number,
                schema::DOCUMENT_ID,
                memory.document_ids.get(memory.document(passage)),
            );
            columns.record_numerical(number, schema::EXCHANGE, u64::from(memory.exchange(passage)));
            columns.record_numerical(number, schema::WINDOW, u64::from(memory.window(passage)));
            for (attribute, column) in memory.columns.iter() {
                columns.record_str(number, attribute.column_name(), column.value(passage));
            }
            let published = memory.columns(passage).and_then(|columns| columns.published);
            if let Some(DateRange { first, last }) = published {
                columns.record_numerical(number, schema::PUBLISHED_FIRST, first);
                columns.record_numerical(number, schema::PUBLISHED_LAST, last);
            }
        }
        for (memory, numbers) in &self.parts {
            for (start, minhash) in &memory.minhashes {
                let Some(number) = numbers.get(*start as usize).copied().flatten() else { continue };
                for part in minhash.to_numbers() {
                    columns.record_numerical(number, schema::MINHASH, part);
                }
            }
        }
        let mut file = target.open_write(SegmentComponent::FastFields)?;
        columns.serialize(self.len, None, &mut file)?;
        Ok(file.terminate()?)
    }

    /// Nothing is stored with a passage, but tantivy expects the file when it merges.
    fn write_store(&self, target: &Target) -> tantivy::Result<()> {
        let settings = target.index().settings();
        let file = target.open_write(SegmentComponent::Store)?;
        let mut store =
            StoreWriter::new(file, settings.docstore_compression, settings.docstore_blocksize, false)?;
        let (nothing, schema) = (TantivyDocument::default(), target.schema());
        for _ in 0..self.len {
            store.store(&nothing, &schema)?;
        }
        Ok(store.close()?)
    }
}

/// Writes the terms of a field, without those that only deleted passages have.
fn write_field(
    postings: &mut InvertedIndexSerializer,
    field: Handle,
    lengths: Option<FieldNormReader>,
    positions: bool,
    texts: &Texts<'_>,
) -> io::Result<()> {
    let terms = texts.terms();
    if terms.is_empty() {
        return Ok(());
    }
    let mut file = postings.new_field(field, texts.tokens(&terms), lengths)?;
    let mut deltas = Vec::new();
    for same in terms.chunk_by(|(one, ..), (other, ..)| one == other) {
        let lists = || same.iter().filter_map(|term| texts.passages(*term));
        let passages: usize = lists().map(|(_, passages)| passages.count()).sum();
        let Some((term, ..)) = same.first().filter(|_| passages > 0) else { continue };
        file.new_term(term.as_bytes(), number(passages), positions)?;
        for (list, passages) in lists() {
            for (at, passage) in passages {
                deltas.clear();
                if positions {
                    let mut last = 0;
                    let places = list.positions_at(at).iter();
                    deltas.extend(
                        places.map(|place| place.saturating_sub(std::mem::replace(&mut last, *place))),
                    );
                }
                file.write_doc(passage, number(deltas.len()), &deltas);
            }
        }
        file.close_term()?;
    }
    file.close()
}
