//! A segment in memory, as it is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::postings::TermInfo;
use tantivy::schema::Field as Handle;

use crate::analysis::WRITTEN_MARK;
use crate::local::index::bit_set::BitSet;
use crate::local::index::document_dates::DocumentDates;
use crate::local::index::error::IndexError;
use crate::local::index::field::ByField;
use crate::local::index::field::Field;
use crate::local::index::memory_segment::field_postings::FieldPostings;
use crate::local::index::memory_segment::field_postings::PostingsList;
use crate::local::index::memory_segment::field_postings::number;
use crate::local::index::minhash::MinHash;
use crate::local::index::postings::Postings;
use crate::local::index::postings::Term;
use crate::local::index::segment_data::SegmentData;
use crate::local::index::segment_data::SegmentId;
use crate::local::index::sorted_strings::SortedStrings;
use crate::local::index::term_bloom::TermKey;
use crate::local::index::term_vector::TermVector;
use crate::local::index::value_column::Attribute;
use crate::local::index::value_column::OfEach;
use crate::local::index::value_column::ValueColumn;
use crate::local::index::vector_file::vectors;
use crate::query::DateRange;
use crate::query::Mistyped;

/// A segment in memory.
#[derive(Default)]
pub(in crate::local::index) struct MemorySegment {
    pub(super) id: SegmentId,
    pub(super) starts: BitSet,
    pub(super) document_ids: SortedStrings,
    pub(super) dates: DocumentDates,
    pub(super) split_documents: Vec<usize>,
    pub(super) columns: OfEach<ValueColumn>,
    pub(super) texts: ByField<Arc<FieldPostings>>,
    /// The length classes of question and answer, and zeros after the last passage.
    pub(super) lengths: [Vec<u8>; 2],
    /// Fields of keys.
    pub(super) keys: BTreeMap<Handle, FieldPostings>,
    pub(super) passages: Vec<PassageColumns>,
    /// Ascending, by the passage that begins the exchange.
    pub(super) minhashes: Vec<(u32, MinHash)>,
    /// The term vectors of all passages, end to end, and where those of each end.
    pub(super) vectors: Vec<u8>,
    pub(super) vector_ends: Vec<usize>,
}

/// The columns of one passage.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PassageColumns {
    /// The rank of its document's id.
    pub document: usize,
    pub exchange: u32,
    pub window: u32,
    /// Of the exchange, on its first passage.
    pub published: Option<DateRange>,
}

impl MemorySegment {
    /// How many passages there are.
    pub(super) fn count(&self) -> u32 {
        number(self.passages.len())
    }

    /// The ids of its documents.
    pub(in crate::local::index) fn ids(&self) -> impl Iterator<Item = &str> {
        self.document_ids.iter()
    }

    /// The bytes of a passage's term vectors.
    pub(super) fn vector_bytes(&self, passage: u32) -> &[u8] {
        let passage = passage as usize;
        let start = passage.checked_sub(1).map_or(Some(0), |before| self.vector_ends.get(before).copied());
        let range = start.zip(self.vector_ends.get(passage));
        range.and_then(|(start, end)| self.vectors.get(start..*end)).unwrap_or_default()
    }

    const fn text(&self, field: Field) -> &Arc<FieldPostings> {
        self.texts.of(field)
    }

    pub(super) fn columns(&self, passage: u32) -> Option<&PassageColumns> {
        self.passages.get(passage as usize)
    }
}

/// The number of a term's list.
fn list_of(term: &Term) -> u32 {
    number(term.info.postings_range.start)
}

impl SegmentData for MemorySegment {
    fn id(&self) -> SegmentId {
        self.id
    }

    fn len(&self) -> u32 {
        self.count()
    }

    fn memory_bytes(&self) -> usize {
        /// Postings, positions and terms, as a multiple of the term vectors.
        const INDEXED: usize = 8;
        /// Of a passage: its columns.
        const PASSAGE: usize = 256;
        /// Of a document: its id, dates, values and keys.
        const DOCUMENT: usize = 512;
        /// The tables themselves.
        const REST: usize = 4 << 10;
        let (passages, documents) = (self.passages.len(), self.document_ids.len());
        self.vectors.len() * INDEXED + passages * PASSAGE + documents * DOCUMENT + REST
    }

    fn starts(&self) -> &BitSet {
        &self.starts
    }

    fn document_ids(&self) -> &SortedStrings {
        &self.document_ids
    }

    fn document(&self, passage: u32) -> usize {
        self.columns(passage).map_or(usize::MAX, |columns| columns.document)
    }

    fn exchange(&self, passage: u32) -> u32 {
        self.columns(passage).map_or(u32::MAX, |columns| columns.exchange)
    }

    fn window(&self, passage: u32) -> u32 {
        self.columns(passage).map_or(u32::MAX, |columns| columns.window)
    }

    fn dates(&self) -> &DocumentDates {
        &self.dates
    }

    fn split_documents(&self) -> &[usize] {
        &self.split_documents
    }

    fn column(&self, attribute: Attribute) -> &ValueColumn {
        self.columns.of(attribute)
    }

    fn minhashes(&self, visit: &mut dyn FnMut(u32, MinHash)) {
        self.minhashes.iter().for_each(|(start, minhash)| visit(*start, *minhash));
    }

    fn term_vectors(&self, passage: u32) -> Option<[TermVector<'_>; 2]> {
        vectors(self.vector_bytes(passage))
    }

    fn lengths(&self, field: Field) -> &[u8] {
        let [question, answer] = &self.lengths;
        match field {
            Field::Question => question,
            Field::Answer => answer,
            Field::Speaker | Field::Asker | Field::Title | Field::Publisher => &[],
        }
    }

    fn term(&self, field: Field, key: TermKey<'_>) -> Result<Option<Term>, IndexError> {
        let text = self.text(field);
        let term = |list: u32| {
            let doc_freq = number(text.list(list)?.passages.len());
            let info =
                TermInfo { doc_freq, postings_range: list as usize..list as usize, positions_range: 0..0 };
            Some(Term { field, info })
        };
        Ok(text.term(key.text).and_then(term))
    }

    fn similar_terms(
        &self,
        field: Field,
        term: &str,
        errors: u8,
        visit: &mut dyn FnMut(&str, u32),
    ) -> Result<(), IndexError> {
        let (text, mistyped) = (self.text(field), Mistyped::new(term, errors));
        for (similar, list) in text.terms() {
            if !similar.starts_with(WRITTEN_MARK) && mistyped.distance(similar).is_some() {
                visit(similar, text.list(list).map_or(0, |list| number(list.passages.len())));
            }
        }
        Ok(())
    }

    fn postings(&self, term: &Term, _: Option<Postings>) -> Result<Postings, IndexError> {
        Ok(Postings::memory(Arc::clone(self.text(term.field)), list_of(term)))
    }

    fn phrase(
        &self,
        field: Field,
        terms: &[(u32, Term)],
        admits: &dyn Fn(u32) -> bool,
        visit: &mut dyn FnMut(u32, u32),
    ) -> Result<(), IndexError> {
        let list = |(offset, term): &(u32, Term)| Some((*offset, self.text(field).list(list_of(term))?));
        let lists: Vec<(u32, PostingsList<'_>)> = terms.iter().filter_map(list).collect();
        let rarest = lists.iter().map(|(_, list)| list.passages).min_by_key(|passages| passages.len());
        for passage in rarest.unwrap_or_default().iter().filter(|passage| admits(**passage)) {
            let mut begins: Option<Vec<u32>> = None;
            for (offset, list) in &lists {
                let positions = list.positions_in(*passage);
                if let Some(begins) = &mut begins {
                    begins.retain(|begin| positions.binary_search(&(begin + offset)).is_ok());
                } else {
                    let begin = |position: &u32| position.checked_sub(*offset);
                    begins = Some(positions.iter().filter_map(begin).collect());
                }
            }
            let frequency = begins.map_or(0, |begins| begins.len());
            if frequency > 0 {
                visit(*passage, number(frequency));
            }
        }
        Ok(())
    }

    fn keyed(&self, field: Handle, keys: &[String], visit: &mut dyn FnMut(u32)) -> Result<(), IndexError> {
        let Some(postings) = self.keys.get(&field) else { return Ok(()) };
        let lists = keys.iter().filter_map(|key| postings.list(postings.term(key)?));
        lists.flat_map(|list| list.passages).for_each(|passage| visit(*passage));
        Ok(())
    }

    fn count_keyed(&self, field: Handle, key: &str, among: &BitSet) -> Result<u64, IndexError> {
        let list = self.keys.get(&field).and_then(|postings| postings.list(postings.term(key)?));
        let passages = list.unwrap_or_default().passages.iter();
        Ok(passages.filter(|passage| among.contains(**passage)).count() as u64)
    }
}
