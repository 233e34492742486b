//! The best exchanges of a segment.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::engine::Cursor;
use crate::engine::Hit;
use crate::engine::Order;
use crate::engine::PageRequest;
use crate::engine::PassageKey;
use crate::engine::Score;
use crate::engine::SortKey;
use crate::local::index::Segment;

/// Receives matches: the best passage of each exchange, once.
pub(super) trait Collect {
    /// Considers a passage.
    fn offer(&mut self, passage: u32, score: f32);
}

/// Keeps the passages offered that come first in the order of results.
pub(super) struct TopK<'a> {
    segment: &'a Segment,
    order: Order,
    limit: usize,
    after: Option<After>,
    heap: BinaryHeap<Candidate>,
    /// The least score that can make the list: minus infinity where the order is another.
    least: f32,
}

/// The end of the last page, in a segment's terms.
struct After {
    sort_key: SortKey,
    /// The rank of the first document id that is not below the cursor's.
    document: usize,
    /// The exchange, where the cursor's document is in the segment.
    exchange: Option<u32>,
}

/// A passage on the list. Its order is that of results: the greatest candidate is the last on the
/// page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Candidate {
    sort_key: SortKey,
    score: Score,
    document: usize,
    exchange: u32,
    passage: u32,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_key = self.sort_key.cmp(&other.sort_key);
        by_key
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
        Self { sort_key: cursor.sort_key, document, exchange: known.then_some(cursor.exchange) }
    }

    /// Whether a candidate comes after the end of the last page.
    fn precedes(&self, candidate: &Candidate) -> bool {
        match candidate.sort_key.cmp(&self.sort_key) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => match self.exchange {
                None => candidate.document >= self.document,
                Some(exchange) => (candidate.document, candidate.exchange) > (self.document, exchange),
            },
        }
    }
}

impl<'a> TopK<'a> {
    /// An empty list for a page; passages that score less than `least` are not considered.
    pub(super) fn new(segment: &'a Segment, page: &PageRequest<'_>, least: f32) -> Self {
        let after = page.after.map(|cursor| After::new(segment, cursor));
        let heap = BinaryHeap::with_capacity(page.limit.min(1024));
        Self { segment, order: page.order, limit: page.limit, after, heap, least }
    }

    /// What a passage is ordered by.
    pub(super) fn sort_key(&self, passage: u32, score: Score) -> SortKey {
        let published = self.order.is_by_date().then(|| self.segment.published(passage)).flatten();
        self.order.sort_key(published, score)
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
            sort_key: candidate.sort_key,
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
        let sort_key = self.sort_key(passage, score);
        if self.after.as_ref().is_some_and(|after| sort_key < after.sort_key) {
            return;
        }
        let document = self.segment.document(passage);
        let exchange = self.segment.exchange(passage);
        let candidate = Candidate { sort_key, score, document, exchange, passage };
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
        if self.heap.len() >= self.limit && self.order == Order::Relevance {
            self.least = self.heap.peek().map_or(f32::INFINITY, |last| last.score.0);
        }
    }
}
