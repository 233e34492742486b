//! Makes segments in memory.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::Field as Handle;

use crate::local::index::analysis::AnalyzedExchange;
use crate::local::index::analysis::ExchangeKeys;
use crate::local::index::bit_set::BitSet;
use crate::local::index::document_dates::DocumentDates;
use crate::local::index::field::ByField;
use crate::local::index::field::Field;
use crate::local::index::memory_segment::data::MemorySegment;
use crate::local::index::memory_segment::data::PassageColumns;
use crate::local::index::memory_segment::field_postings::FieldPostingsBuilder;
use crate::local::index::memory_segment::field_postings::number;
use crate::local::index::schema::Fields;
use crate::local::index::segment_data::PADDING;
use crate::local::index::segment_data::SegmentId;
use crate::local::index::tokens::Tokens;
use crate::local::index::value_column::OfEach;
use crate::local::index::value_column::ValueColumnBuilder;
use crate::local::index::values::NO_VALUE;

/// How many segments all writers made in this process.
static MADE: AtomicU64 = AtomicU64::new(0);

/// Makes a segment, passage by passage.
#[derive(Default)]
pub(in crate::local::index) struct Builder {
    /// The segment so far, without the parts below.
    memory: MemorySegment,
    texts: ByField<FieldPostingsBuilder>,
    keys: BTreeMap<Handle, FieldPostingsBuilder>,
    /// The passages of each document, in order of ids.
    documents: BTreeMap<String, Vec<u32>>,
    deleted: Vec<u32>,
    columns: OfEach<ValueColumnBuilder>,
}

impl Builder {
    /// Adds an exchange of a document.
    pub(in crate::local::index) fn add(
        &mut self,
        document_id: &str,
        exchange: &AnalyzedExchange,
        fields: &Fields,
    ) {
        for (window, passage) in (0..).zip(&exchange.passages) {
            let number = self.memory.count();
            self.add_passage(document_id, number);
            self.keys.entry(fields.document_id).or_default().add(document_id, number, 0);
            let mut columns =
                PassageColumns { exchange: exchange.index, window, ..PassageColumns::default() };
            let values = passage.exchange.as_ref().map(|exchange| &exchange.values);
            for (attribute, column) in self.columns.iter_mut() {
                column.push(values.map_or(NO_VALUE, |values| values.of(attribute)));
            }
            if let Some(ExchangeKeys { keys, names, values: _, published, minhash }) = &passage.exchange {
                for (field, term) in names.iter() {
                    self.texts.of_mut(*field).add(term, number, 0);
                }
                for (field, key) in keys {
                    self.keys.entry(*field).or_default().add(key, number, 0);
                }
                columns.published = *published;
                self.memory.minhashes.extend(minhash.map(|minhash| (number, minhash)));
            }
            let lengths = [
                add_text(self.texts.of_mut(Field::Question), number, &passage.question),
                add_text(self.texts.of_mut(Field::Answer), number, &passage.answer),
            ];
            let memory = &mut self.memory;
            memory.vectors.extend_from_slice(&passage.vectors);
            memory.vector_ends.push(memory.vectors.len());
            memory.passages.push(columns);
            memory.lengths.iter_mut().zip(lengths).for_each(|(all, length)| all.push(length));
        }
    }

    /// Deletes a document that was added before.
    pub(in crate::local::index) fn delete(&mut self, document_id: &str) {
        self.deleted.extend(self.documents.remove(document_id).unwrap_or_default());
    }

    /// Adds all passages of a segment, of which `alive` are not deleted.
    pub(in crate::local::index) fn append(&mut self, other: &MemorySegment, alive: Option<&BitSet>) {
        let base = self.memory.count();
        for field in Field::ALL {
            self.texts.of_mut(field).append(other.texts.of(field), base);
        }
        for (field, keys) in &other.keys {
            self.keys.entry(*field).or_default().append(keys, base);
        }
        for (attribute, column) in self.columns.iter_mut() {
            column.append(other.columns.of(attribute));
        }
        for (passage, columns) in (base..).zip(&other.passages) {
            if alive.is_none_or(|alive| alive.contains(passage - base)) {
                self.add_passage(other.document_ids.get(columns.document), passage);
            } else {
                self.deleted.push(passage);
            }
        }
        let memory = &mut self.memory;
        for (all, lengths) in memory.lengths.iter_mut().zip(&other.lengths) {
            all.extend_from_slice(lengths.get(..other.passages.len()).unwrap_or_default());
        }
        memory.passages.extend_from_slice(&other.passages);
        let before = memory.vectors.len();
        memory.vectors.extend_from_slice(&other.vectors);
        memory.vector_ends.extend(other.vector_ends.iter().map(|end| before + end));
        memory.minhashes.extend(other.minhashes.iter().map(|(start, minhash)| (base + start, *minhash)));
    }

    fn add_passage(&mut self, id: &str, passage: u32) {
        match self.documents.get_mut(id) {
            Some(passages) => passages.push(passage),
            None => drop(self.documents.insert(id.to_owned(), vec![passage])),
        }
    }

    /// How many passages were added, those of deleted documents too.
    pub(in crate::local::index) fn len(&self) -> u32 {
        self.memory.count()
    }

    /// The ids of the documents that were added and not deleted, and the segment, as
    /// [`Builder::build`] makes it.
    pub(in crate::local::index) fn build_with_ids(self) -> (Vec<String>, MemorySegment, Option<BitSet>) {
        let ids = self.documents.keys().cloned().collect();
        let (memory, alive) = self.build();
        (ids, memory, alive)
    }

    /// The segment, and which of its passages are not deleted; `None` where all are there.
    pub(in crate::local::index) fn build(self) -> (MemorySegment, Option<BitSet>) {
        let Self { mut memory, mut texts, keys, documents, deleted, columns } = self;
        memory.columns = columns.map(ValueColumnBuilder::build);
        let len = memory.count();
        memory.id = SegmentId::of_serial(MADE.fetch_add(1, Ordering::Relaxed));
        memory.starts = BitSet::empty(len);
        for (passage, _) in (0..).zip(&memory.passages).filter(|(_, columns)| columns.window == 0) {
            memory.starts.insert(passage);
        }
        let mut published = Vec::new();
        for (rank, (id, passages)) in documents.into_iter().enumerate() {
            memory.document_ids.push(id.as_bytes());
            let first = passages.first().and_then(|first| memory.passages.get(*first as usize));
            if first.is_some_and(|first| first.exchange > 0) {
                memory.split_documents.push(rank);
            }
            for passage in passages {
                if let Some(columns) = memory.passages.get_mut(passage as usize) {
                    columns.document = rank;
                    published.extend(columns.published.map(|range| (rank, range)));
                }
            }
        }
        memory.dates = DocumentDates::new(memory.document_ids.len(), published.into_iter());
        for lengths in &mut memory.lengths {
            lengths.resize(len as usize + PADDING, 0);
        }
        for field in Field::ALL {
            *memory.texts.of_mut(field) = Arc::new(std::mem::take(texts.of_mut(field)).build());
        }
        memory.keys = keys.into_iter().map(|(field, keys)| (field, keys.build())).collect();
        let alive = (!deleted.is_empty()).then(|| {
            let mut dead = BitSet::empty(len);
            for passage in deleted {
                dead.insert(passage);
            }
            let mut alive = BitSet::full(len);
            alive.subtract(&dead);
            alive
        });
        (memory, alive)
    }
}

/// Adds the terms of a passage's text; returns its length class.
fn add_text(postings: &mut FieldPostingsBuilder, passage: u32, tokens: &Tokens) -> u8 {
    for (term, position) in tokens.iter() {
        postings.add(term, passage, position);
    }
    FieldNormReader::fieldnorm_to_id(number(tokens.len()))
}
