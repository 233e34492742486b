//! The best exchanges of a segment.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::engine::Cursor;
use crate::engine::Hit;
use crate::engine::PassageKey;
use crate::engine::Score;
use crate::local::index::Segment;

/// Receives matches: the best passage of each exchange, once.
pub(super) trait Collect {
    /// Considers a passage.
    fn offer(&mut self, passage: u32, score: f32);
}

/// Keeps the best passages offered, in the order of results.
pub(super) struct TopK<'a> {
    segment: &'a Segment,
    limit: usize,
    after: Option<After>,
    heap: BinaryHeap<Candidate>,
    /// The least score that can make the list.
    least: f32,
}

/// The end of the last page, in a segment's terms.
struct After {
    score: Score,
    /// The rank of the first document id that is not below the cursor's.
    document: usize,
    /// The exchange, where the cursor's document is in the segment.
    exchange: Option<u32>,
}

/// A passage on the list. Its order is that of results: the greatest candidate is the last on the
/// page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Candidate {
    score: Score,
    document: usize,
    exchange: u32,
    passage: u32,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_score = other.score.cmp(&self.score);
        by_score
            .then_with(|| self.document.cmp(&other.document))
            .then_with(|| self.exchange.cmp(&other.exchange))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl After {
    fn new(segment: &Segment, cursor: &Cursor) -> Self {
        let (document, known) = segment.rank_of(&cursor.document_id);
        Self { score: cursor.score, document, exchange: known.then_some(cursor.exchange) }
    }

    /// Whether a candidate comes after the end of the last page.
    fn precedes(&self, candidate: &Candidate) -> bool {
        match candidate.score.cmp(&self.score) {
            Ordering::Less => true,
            Ordering::Greater => false,
            Ordering::Equal => match self.exchange {
                None => candidate.document >= self.document,
                Some(exchange) => (candidate.document, candidate.exchange) > (self.document, exchange),
            },
        }
    }
}

impl<'a> TopK<'a> {
    /// An empty list; passages that score less than `least` are not considered.
    pub(super) fn new(segment: &'a Segment, limit: usize, after: Option<&Cursor>, least: f32) -> Self {
        let after = after.map(|cursor| After::new(segment, cursor));
        Self { segment, limit, after, heap: BinaryHeap::with_capacity(limit.min(1024)), least }
    }

    /// The least score that can make the list. It never falls.
    pub(super) const fn least(&self) -> f32 {
        self.least
    }

    /// The list as hits, in no order.
    pub(super) fn into_hits(self) -> impl Iterator<Item = Hit> {
        let Self { segment, heap, .. } = self;
        let part = segment.id().as_u128();
        heap.into_iter().map(move |candidate| Hit {
            document_id: segment.document_id(candidate.document).to_owned(),
            exchange: candidate.exchange,
            window: segment.window(candidate.passage),
            score: candidate.score,
            key: PassageKey { part, ordinal: candidate.passage },
        })
    }
}

impl Collect for TopK<'_> {
    fn offer(&mut self, passage: u32, score: f32) {
        // Columns are read only for passages that can make the list.
        if score < self.least {
            return;
        }
        let score = Score(score);
        if self.after.as_ref().is_some_and(|after| score > after.score) {
            return;
        }
        let document = self.segment.document(passage);
        let candidate = Candidate { score, document, exchange: self.segment.exchange(passage), passage };
        if self.after.as_ref().is_some_and(|after| !after.precedes(&candidate)) {
            return;
        }
        if self.heap.len() < self.limit {
            self.heap.push(candidate);
        } else if let Some(mut last) = self.heap.peek_mut()
            && candidate < *last
        {
            *last = candidate;
        }
        if self.heap.len() >= self.limit {
            self.least = self.heap.peek().map_or(f32::INFINITY, |last| last.score.0);
        }
    }
}
