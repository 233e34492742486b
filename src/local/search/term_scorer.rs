//! Reads the postings of one word or phrase of one field, a block of passages at a time.

use crate::local::index::BitSet;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Postings;
use crate::local::index::Segment;
use crate::local::search::phrase_postings::PhrasePosting;
use crate::local::search::plan::PlannedPhrase;
use crate::local::search::plan::PlannedTerm;
use crate::local::search::term_cache::FieldEntry;
use crate::query::Ranking;

/// Scores one word or phrase of one field.
pub(super) struct TermScorer<'a> {
    pub field: Field,
    /// The limit of its score as the frequency grows.
    pub weight: f32,
    /// Whether an exchange matches for it alone.
    pub matches: bool,
    /// Its word, where that is so common that its postings may not have to be read.
    pub common: Option<&'a FieldEntry>,
    /// The passages that have its word, where the set is known already.
    pub matching_docs: Option<&'a BitSet>,
    pub source: Source<'a>,
}

/// Where frequencies come from.
pub(super) enum Source<'a> {
    /// A word with one term: the usual case, and the fast one.
    Term(Cursor),
    /// A word with several terms: their weighted frequencies are summed before they saturate, as in
    /// Lucene's synonym query.
    Terms(Vec<(f32, Cursor)>),
    /// A phrase, whose postings were found beforehand.
    Phrase { postings: &'a [PhrasePosting], next: usize },
}

impl<'a> TermScorer<'a> {
    /// A scorer of a term in a segment; `None` where no passage has it.
    pub(super) fn of_term(
        segment: &Segment,
        ordinal: usize,
        term: &'a PlannedTerm,
        ranking: &Ranking,
        spare: &mut Vec<Postings>,
    ) -> Result<Option<Self>, IndexError> {
        let mut cursors = Vec::with_capacity(term.alternatives().len());
        for alternative in term.alternatives() {
            if let Some(Some(found)) = alternative.entry.segments.get(ordinal) {
                let cursor = Cursor { postings: segment.postings_with(found, spare.pop())?, next: 0 };
                // Above zero, so that the sum of a passage that has any of the terms is, too.
                cursors.push((alternative.relation.worth(ranking).max(f32::MIN_POSITIVE), cursor));
            }
        }
        let whole = cursors.len() == 1 && cursors.iter().all(|(weight, _)| *weight >= 1.0);
        let source = match cursors.pop() {
            None => return Ok(None),
            Some((_, cursor)) if whole => Source::Term(cursor),
            Some(last) => {
                cursors.push(last);
                Source::Terms(cursors)
            }
        };
        let PlannedTerm { field, weight, matches, .. } = *term;
        let common = Some(term.entry()).filter(|entry| entry.is_common());
        let matching_docs = term.entry().listed_matching_docs(ordinal);
        Ok(Some(Self { field, weight, matches, common, matching_docs, source }))
    }

    /// A scorer of a phrase in a segment.
    pub(super) fn of_phrase(phrase: &'a PlannedPhrase, ordinal: usize) -> Self {
        Self {
            field: phrase.field,
            weight: phrase.weight,
            matches: true,
            common: None,
            matching_docs: None,
            source: Source::Phrase { postings: phrase.postings(ordinal), next: 0 },
        }
    }

    /// Lists the passages that have its word, where it is common.
    pub(super) fn list_matching_docs(&mut self, segment: &Segment, ordinal: usize) -> Result<(), IndexError> {
        if let (Some(common), None) = (self.common, self.matching_docs) {
            self.matching_docs = common.matching_docs(segment, ordinal)?;
        }
        Ok(())
    }

    /// The weighted frequency in a passage. Passages must be asked for in ascending order, and
    /// [`Cursor::visit_below`] must not be called in between.
    pub(super) fn frequency_at(&mut self, passage: u32) -> f32 {
        match &mut self.source {
            Source::Term(cursor) => cursor.postings.frequency_at(passage) as f32,
            Source::Terms(cursors) => cursors.iter_mut().fold(0.0, |sum, (share, cursor)| {
                sum + *share * cursor.postings.frequency_at(passage) as f32
            }),
            Source::Phrase { postings, .. } => {
                let index = postings.binary_search_by_key(&passage, |here| here.passage).ok();
                index.and_then(|index| postings.get(index)).map_or(0.0, |here| here.frequency as f32)
            }
        }
    }

    /// Takes its cursors apart for others to use.
    pub(super) fn give_back(self, spare: &mut Vec<Postings>) {
        match self.source {
            Source::Term(cursor) => spare.push(cursor.postings),
            Source::Terms(cursors) => spare.extend(cursors.into_iter().map(|(_, cursor)| cursor.postings)),
            Source::Phrase { .. } => {}
        }
    }

    /// The next passage that has the word or phrase.
    pub(super) fn passage(&self) -> Option<u32> {
        match &self.source {
            Source::Term(cursor) => cursor.passage(),
            Source::Terms(cursors) => cursors.iter().filter_map(|(_, cursor)| cursor.passage()).min(),
            Source::Phrase { postings, next } => postings.get(*next).map(|here| here.passage),
        }
    }
}

/// A position in the postings of a term.
pub(super) struct Cursor {
    postings: Postings,
    /// Index in the present block of postings.
    next: usize,
}

impl Cursor {
    fn passage(&self) -> Option<u32> {
        self.postings.passages().get(self.next).copied()
    }

    /// Calls `visit` with each passage below `end` and the term's frequency there.
    pub(super) fn visit_below(&mut self, end: u32, mut visit: impl FnMut(u32, u32)) {
        loop {
            let passages = self.postings.passages().get(self.next..).unwrap_or_default();
            let frequencies = self.postings.frequencies().get(self.next..).unwrap_or_default();
            let Some(last) = passages.last() else { return };
            let inside = if *last < end { passages.len() } else { passages.partition_point(|p| *p < end) };
            for (passage, frequency) in passages.iter().zip(frequencies).take(inside) {
                visit(*passage, *frequency);
            }
            if inside < passages.len() {
                self.next += inside;
                return;
            }
            self.postings.advance();
            self.next = 0;
        }
    }
}
