//! What need not be read of common words, and how passages are scored that may need it after all.
//!
//! The commonest words of a query ("what did he say about") are worth the least, and have the longest lists. Once the
//! page is full and its last result scores more than all of them together, no passage is on the page for them alone: which
//! passages bear them is known, so that matches are counted, and their lists are looked into only for passages that score
//! nearly enough without them (Turtle and Flood, "Query Evaluation: Strategies and Optimizations", 1995, as max-score).

use crate::local::index::Field;
use crate::local::index::Segment;
use crate::local::search::norms::Norms;
use crate::local::search::term_scorer::TermScorer;

/// Above what rounding may take from a sum of some hundred scores.
const ROUNDING: f32 = 1.0001;

/// What is not read of a segment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NonEssential {
    /// How many readers, the last ones.
    pub readers: usize,
    /// What they are worth at most together.
    weight: f32,
}

impl NonEssential {
    /// What of `readers` brings no passage to a score of `least` alone.
    pub(super) fn of(readers: &[TermScorer<'_>], least: f32) -> Self {
        let mut skipped = Self::default();
        for reader in readers.iter().rev().take_while(|reader| reader.common.is_some()) {
            let more = Self { readers: skipped.readers + 1, weight: skipped.weight + reader.weight };
            if more.may_reach(0.0, least) {
                break;
            }
            skipped = more;
        }
        skipped
    }

    /// The same for one exchange: of `unread`, what any of its windows bears.
    pub(super) fn of_exchange(unread: &[TermScorer<'_>], segment: &Segment, start: u32) -> Self {
        let borne = |reader: &&TermScorer<'_>| {
            reader.matching_docs.is_none_or(|all| segment.windows(start).any(|window| all.contains(window)))
        };
        let weight = unread.iter().filter(borne).map(|reader| reader.weight).sum();
        Self { readers: unread.len(), weight }
    }

    /// Whether a passage may score `least` that scores so much without what is skipped.
    pub(super) fn may_reach(&self, score: f32, least: f32) -> bool {
        (score + self.weight) * ROUNDING >= least
    }
}

/// Scores single passages of a segment by all that a query asks for: to the last bit what reading all of it gives.
pub(super) struct MaxScore<'a> {
    readers: Vec<TermScorer<'a>>,
    last: u32,
}

impl<'a> MaxScore<'a> {
    /// Of the readers of a segment in their order, of which nothing was read.
    pub(super) const fn new(readers: Vec<TermScorer<'a>>) -> Self {
        Self { readers, last: 0 }
    }

    /// Whether a passage can still be scored: they are in ascending order.
    pub(super) const fn is_ahead(&self, passage: u32) -> bool {
        passage >= self.last
    }

    /// What a passage scores in each of [`Field::ALL`] by all readers.
    pub(super) fn whole(&mut self, segment: &Segment, norms: &[Norms; 2], passage: u32) -> [f32; 2] {
        self.rest(segment, norms, passage, self.readers.len(), [0.0; 2])
    }

    /// The same where all but the last so many readers give `scores`.
    pub(super) fn rest(
        &mut self,
        segment: &Segment,
        norms: &[Norms; 2],
        passage: u32,
        unread: usize,
        mut scores: [f32; 2],
    ) -> [f32; 2] {
        self.last = passage;
        let classes =
            Field::ALL.map(|field| segment.length_classes(field, passage).map_or(0, |[class]| *class));
        let read = self.readers.len().saturating_sub(unread);
        let may_have =
            |reader: &&mut TermScorer<'_>| reader.matching_docs.is_none_or(|all| all.contains(passage));
        for reader in self.readers.iter_mut().skip(read).filter(may_have) {
            let frequency = reader.frequency_at(passage);
            if frequency > 0.0 {
                let fields = Field::ALL.iter().zip(&mut scores).zip(norms.iter().zip(classes));
                for ((_, score), (norms, class)) in fields.filter(|((field, _), _)| **field == reader.field) {
                    *score += reader.weight * norms.saturate(frequency, class);
                }
            }
        }
        scores
    }

    /// What its postings were read with.
    pub(super) fn into_readers(self) -> Vec<TermScorer<'a>> {
        self.readers
    }
}
