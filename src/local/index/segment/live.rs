//! A segment of a snapshot: its data, and which of its passages are deleted.

use std::fmt;
use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::Field as Handle;

use crate::local::index::bit_set::BitSet;
use crate::local::index::document_dates::Coverage;
use crate::local::index::error::IndexError;
use crate::local::index::field::Field;
use crate::local::index::memory_segment::MemorySegment;
use crate::local::index::minhash::MinHash;
use crate::local::index::postings::Postings;
use crate::local::index::postings::Term;
use crate::local::index::schema::Fields;
use crate::local::index::segment_data::SegmentData;
use crate::local::index::segment_data::SegmentId;
use crate::local::index::statistics::Statistics;
use crate::local::index::term_bloom::TermKey;
use crate::local::index::term_vector::TermVector;
use crate::local::index::value_column::Attribute;
use crate::local::index::value_column::ValueColumn;
use crate::query::DateRange;

/// One segment of a snapshot. Clones share what they hold.
#[derive(Clone)]
pub(crate) struct Segment {
    pub(super) data: Arc<dyn SegmentData>,
    /// The same data, where it is in memory and not committed yet.
    pub(super) memory: Option<Arc<MemorySegment>>,
    pub(super) fields: Fields,
    /// The passages that are not deleted; `None` where all are there.
    pub(super) alive: Option<Arc<BitSet>>,
    /// How many passages are alive.
    pub(super) live: u32,
    /// How many exchanges are alive.
    pub(super) exchanges: u64,
    pub(super) question: Statistics,
    pub(super) answer: Statistics,
    /// How many passages were alive when languages were counted, and how many live exchanges each
    /// of [`crate::analysis::Language::ALL`] had then.
    pub(super) languages: (u32, Arc<Vec<u64>>),
    /// How many live exchanges have a question that looks like one.
    pub(super) in_question_form: u64,
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment").field("passages", &self.len()).finish_non_exhaustive()
    }
}

impl Segment {
    /// Its data and the passages that are alive, where it is in memory; `None` where it is in
    /// files.
    pub(in crate::local::index) fn in_memory(&self) -> Option<(&MemorySegment, Option<&BitSet>)> {
        self.memory.as_deref().map(|memory| (memory, self.alive.as_deref()))
    }

    /// How many passages are not deleted.
    pub(in crate::local::index) const fn live_passages(&self) -> u32 {
        self.live
    }

    /// How many exchanges are not deleted.
    pub(in crate::local::index) const fn live_exchanges(&self) -> u64 {
        self.exchanges
    }

    /// The volume of a field in the passages that are not deleted. Every exchange counts as one that
    /// has names, and their lengths do not count.
    pub(in crate::local::index) const fn statistics(&self, field: Field) -> Statistics {
        match field {
            Field::Question => self.question,
            Field::Answer => self.answer,
            Field::Speaker | Field::Asker | Field::Title | Field::Publisher => {
                Statistics { passages: self.exchanges, tokens: 0 }
            }
        }
    }

    /// How many live exchanges were analysed in each of [`crate::analysis::Language::ALL`].
    pub(in crate::local::index) fn languages(&self) -> &[u64] {
        &self.languages.1
    }

    /// How many live exchanges have a question that looks like one.
    pub(in crate::local::index) const fn in_question_form(&self) -> u64 {
        self.in_question_form
    }

    /// Handles of the index's fields.
    pub(in crate::local::index) const fn fields(&self) -> Fields {
        self.fields
    }

    /// The memory that it holds, which others may share: the address and an estimate of the length
    /// in bytes of each part.
    pub(in crate::local::index) fn held_memory(&self) -> impl Iterator<Item = (usize, usize)> {
        let data = (Arc::as_ptr(&self.data).addr(), self.data.memory_bytes());
        let alive = self.alive.as_ref().map(|alive| (Arc::as_ptr(alive).addr(), self.len() as usize / 8));
        std::iter::once(data).chain(alive)
    }

    /// Its id, which is that of its data.
    #[must_use]
    pub(crate) fn id(&self) -> SegmentId {
        self.data.id()
    }

    /// How many passages it has, deleted ones too.
    #[must_use]
    pub(crate) fn len(&self) -> u32 {
        self.data.len()
    }

    /// The passages that begin an exchange.
    #[must_use]
    pub(crate) fn starts(&self) -> &BitSet {
        self.data.starts()
    }

    /// The passages that are not deleted; `None` where all are there.
    #[must_use]
    pub(crate) fn alive(&self) -> Option<&BitSet> {
        self.alive.as_deref()
    }

    /// Whether a passage is not deleted.
    #[must_use]
    pub(crate) fn is_alive(&self, passage: u32) -> bool {
        self.alive.as_ref().is_none_or(|alive| alive.contains(passage))
    }

    /// The index of a passage's exchange in its document.
    #[must_use]
    pub(crate) fn exchange(&self, passage: u32) -> u32 {
        self.data.exchange(passage)
    }

    /// The index of a passage's window in its exchange.
    #[must_use]
    pub(crate) fn window(&self, passage: u32) -> u32 {
        self.data.window(passage)
    }

    /// The rank of a passage's document id among the ids of this segment, in ascending order.
    #[must_use]
    pub(crate) fn document(&self, passage: u32) -> usize {
        self.data.document(passage)
    }

    /// The document id of a rank.
    #[must_use]
    pub(crate) fn document_id(&self, rank: usize) -> &str {
        self.data.document_ids().get(rank)
    }

    /// How many document ids of this segment are below `id`, and whether `id` itself is among them.
    #[must_use]
    pub(crate) fn rank_of(&self, id: &str) -> (usize, bool) {
        self.data.document_ids().rank_of(id)
    }

    /// The term vectors of a passage's question and answer; the question's only on the passage that
    /// begins the exchange. `None` where they are missing.
    #[must_use]
    pub(crate) fn term_vectors(&self, passage: u32) -> Option<[TermVector<'_>; 2]> {
        self.data.term_vectors(passage)
    }

    /// The term of a field, where any passage has it.
    pub(crate) fn term<'t>(
        &self,
        field: Field,
        term: impl Into<TermKey<'t>>,
    ) -> Result<Option<Term>, IndexError> {
        self.data.term(field, term.into())
    }

    /// Calls `visit` with each term of a field within `errors` typing errors of `term`, and how many
    /// passages have it, deleted ones too.
    pub(in crate::local::index) fn similar_terms(
        &self,
        field: Field,
        term: &str,
        errors: u8,
        visit: &mut dyn FnMut(&str, u32),
    ) -> Result<(), IndexError> {
        self.data.similar_terms(field, term, errors, visit)
    }

    /// How many passages with a term are not deleted.
    pub(crate) fn live(&self, term: &Term) -> Result<u32, IndexError> {
        let Some(alive) = &self.alive else { return Ok(term.passages()) };
        let mut live = 0;
        self.postings(term)?.visit(|passage, _| live += u32::from(alive.contains(passage)));
        Ok(live)
    }

    /// Inserts the passages with a term into a set, deleted ones too.
    pub(crate) fn mark(&self, term: &Term, matching_docs: &mut BitSet) -> Result<(), IndexError> {
        self.postings(term)?.visit(|passage, _| matching_docs.insert(passage));
        Ok(())
    }

    /// The postings of a term, of deleted passages too.
    pub(crate) fn postings(&self, term: &Term) -> Result<Postings, IndexError> {
        self.postings_with(term, None)
    }

    /// The postings of a term, read with the cursor of other postings: to make one costs more than
    /// to read the postings of a rare term.
    pub(crate) fn postings_with(&self, term: &Term, spare: Option<Postings>) -> Result<Postings, IndexError> {
        self.data.postings(term, spare)
    }

    /// Calls `visit` with each passage that has the phrase, ascending, and how often. The phrase is
    /// given as its terms, each with its distance from the first, distances ascending; a single
    /// term is a phrase, too. Where `within` is given, only passages of the exchanges that begin in
    /// it are visited.
    pub(crate) fn phrase(
        &self,
        field: Field,
        terms: &[(u32, Term)],
        within: Option<&BitSet>,
        visit: &mut dyn FnMut(u32, u32),
    ) -> Result<(), IndexError> {
        let admits = |passage: u32| {
            within.is_none_or(|within| {
                self.starts().at_or_below(passage).is_some_and(|start| within.contains(start))
            })
        };
        let [(_, term)] = terms else { return self.data.phrase(field, terms, &admits, visit) };
        self.postings(term)?.visit(|passage, frequency| {
            if admits(passage) {
                visit(passage, frequency);
            }
        });
        Ok(())
    }

    /// The length classes of a field for the `N` passages from `base` on, those after the last
    /// passage 0; see [`Segment::length_of`]. `None` where `base` is after the last.
    #[must_use]
    pub(crate) fn length_classes<const N: usize>(&self, field: Field, base: u32) -> Option<&[u8; N]> {
        self.data.lengths(field).get(base as usize..)?.first_chunk()
    }

    /// The length in terms that a length class represents.
    #[must_use]
    pub(crate) fn length_of(class: u8) -> u32 {
        FieldNormReader::id_to_fieldnorm(class)
    }

    /// Which of the 64 passages from `64 * index` are an exchange's only window, as bits.
    #[must_use]
    pub(crate) fn single_windows(&self, index: usize) -> u64 {
        let starts = self.starts();
        let here = starts.word(index);
        let last = self.len() as usize / 64 == index;
        // An exchange could begin after the last passage.
        let beyond = if last { 1_u64.checked_shl(self.len() % 64).unwrap_or(0) } else { 0 };
        let next = starts.word(index + 1) | u64::from(self.len() as usize == (index + 1) * 64);
        here & (((here | beyond) >> 1) | (next << 63))
    }

    /// The passages of the exchange that begins with one, in order.
    pub(crate) fn windows(&self, start: u32) -> impl Iterator<Item = u32> + '_ {
        let rest = start.saturating_add(1)..self.len();
        std::iter::once(start).chain(rest.take_while(|passage| !self.starts().contains(*passage)))
    }

    /// The passages that have one of the keys in a field of keys.
    pub(in crate::local::index) fn keyed(
        &self,
        field: Handle,
        keys: &[String],
    ) -> Result<BitSet, IndexError> {
        let mut bits = BitSet::empty(self.len());
        self.data.keyed(field, keys, &mut |passage| bits.insert(passage))?;
        Ok(bits)
    }

    /// The ranks of its documents that can have exchanges in other segments, too.
    #[must_use]
    pub(crate) fn split_documents(&self) -> &[usize] {
        self.data.split_documents()
    }

    /// How many documents it has, deleted ones too.
    #[must_use]
    pub(crate) fn documents(&self) -> usize {
        self.data.document_ids().len()
    }

    /// The values of an attribute, of the passages that begin an exchange.
    #[must_use]
    pub(crate) fn column(&self, attribute: Attribute) -> &ValueColumn {
        self.data.column(attribute)
    }

    /// When a passage's document was published.
    #[must_use]
    pub(crate) fn published(&self, passage: u32) -> Option<DateRange> {
        self.data.dates().get(self.data.document(passage))
    }

    /// When the document of a rank was published.
    #[must_use]
    pub(crate) fn document_date(&self, rank: usize) -> Option<DateRange> {
        self.data.dates().get(rank)
    }

    /// Whether a passage's document can have been published on a day of `range`.
    #[must_use]
    pub(crate) fn is_published_in(&self, passage: u32, range: DateRange) -> bool {
        self.data.dates().overlaps(self.data.document(passage), range)
    }

    /// How many of its documents, deleted ones too, can have been published on a day of `range`.
    #[must_use]
    pub(crate) fn coverage(&self, range: DateRange) -> Coverage {
        self.data.dates().coverage(range)
    }

    /// Calls `visit` with each live exchange that has a minhash, as the passage that begins it.
    pub(in crate::local::index) fn minhashes(&self, visit: &mut dyn FnMut(u32, MinHash)) {
        self.data.minhashes(&mut |start, minhash| {
            if self.is_alive(start) {
                visit(start, minhash);
            }
        });
    }
}
