//! Query and index → ranked hits.
//!
//! A search reads the postings of its terms once, in blocks of passages: scores, the exact total, grouping by
//! exchange and the best page come out of the same pass. Those of common words are not read where a page needs them not.

mod term_cache;
mod phrase_postings;
mod plan;
mod conditions;
mod score_block;
mod norms;
mod group;
mod dense_marking;
mod term_scorer;
mod max_score;
mod block_scorer;
mod top_k;
mod collapse;
mod highlight;
#[cfg(test)]
mod highlight_tests;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use crate::local::index::IndexError;
use crate::local::index::Searcher;
use crate::query::AnalyzedQuery;
use crate::query::Filter;
use crate::query::Query;
use crate::query::Ranking;

pub use collapse::Collapsed;
pub use highlight::Highlighter;
pub use term_cache::TermCache;

use block_scorer::BlockScorer;
use collapse::Collapse;
use conditions::Conditions;
use plan::Plan;
use top_k::TopK;

/// What to search for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What is asked.
    pub query: &'a Query,
    /// What results are narrowed to.
    pub filter: &'a Filter,
    /// The most hits to return.
    pub limit: usize,
    /// Where the last page ended.
    pub after: Option<&'a Cursor>,
    /// Whether copies of one exchange in several documents are one result.
    pub collapse: bool,
}

/// A place in a ranked list: that of the last hit of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    /// The hit's score.
    pub score: Score,
    /// The hit's document.
    pub document_id: String,
    /// The hit's exchange.
    pub exchange: u32,
}

impl Cursor {
    /// Whether a hit stands behind this place.
    fn precedes(&self, hit: &Hit) -> bool {
        let by_score = self.score.cmp(&hit.score).reverse();
        by_score
            .then_with(|| self.document_id.cmp(&hit.document_id))
            .then_with(|| self.exchange.cmp(&hit.exchange))
            .is_lt()
    }
}

/// How well a passage answers; comparable within one query and generation only.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score(pub f32);

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Score {}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// An exchange that was found, with its best window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The document.
    pub document_id: String,
    /// The exchange's index in the document.
    pub exchange: u32,
    /// The window's index in the exchange's answer.
    pub window: u32,
    /// How well it answers.
    pub score: Score,
    /// Where it stands in the index.
    pub place: Place,
}

/// A passage of a snapshot: for those who go on reading about a hit in the index it was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The segment, by its place among the snapshot's.
    pub segment: usize,
    /// The passage in the segment.
    pub passage: u32,
}

impl Hit {
    /// The order of results: best first, then by document id, then by place in the document.
    fn order(&self, other: &Self) -> Ordering {
        let by_score = other.score.cmp(&self.score);
        by_score
            .then_with(|| self.document_id.cmp(&other.document_id))
            .then_with(|| self.exchange.cmp(&other.exchange))
    }
}

/// What a search found.
#[derive(Debug)]
pub struct Found {
    /// The page, best first. Only a search that collapses copies lists any.
    pub results: Vec<Collapsed>,
    /// How many results there are, on all pages.
    pub total: u64,
    /// Words of the query that no exchange has, as they were typed.
    pub unmatched_terms: Vec<String>,
    /// The store's generation that was searched.
    pub generation: u64,
    /// Shows what of the hits' texts matched.
    pub highlighter: Highlighter,
}

/// A query that is resolved against a snapshot, and not yet searched for.
#[derive(Debug)]
pub struct Planned {
    words: AnalyzedQuery,
    plan: Plan,
}

impl Planned {
    /// Resolves a query; this reads dictionaries, and postings only to tell deleted passages. `known` are words of this snapshot and no other.
    pub fn new(
        searcher: &Searcher,
        known: &TermCache,
        query: &Query,
        ranking: &Ranking,
    ) -> Result<Self, IndexError> {
        let words = AnalyzedQuery::new(query, searcher.languages(), ranking);
        let plan = Plan::new(searcher, known, &words, ranking)?;
        Ok(Self { words, plan })
    }

    /// How many postings its words have; `None` where it also asks for phrases or signs, whose cost shows only when
    /// they are read.
    #[must_use]
    pub fn postings(&self) -> Option<u64> {
        self.words.clauses.is_empty().then_some(self.plan.postings)
    }
}

/// Ranks the exchanges that a request matches.
pub fn search(searcher: &Searcher, request: &Request<'_>, ranking: &Ranking) -> Result<Found, IndexError> {
    run(searcher, Planned::new(searcher, &TermCache::default(), request.query, ranking)?, request, ranking)
}

/// Ranks the exchanges that a request matches, whose query was planned on this snapshot.
pub fn run(
    searcher: &Searcher,
    planned: Planned,
    request: &Request<'_>,
    ranking: &Ranking,
) -> Result<Found, IndexError> {
    let Planned { words, mut plan } = planned;
    plan.add_literals(searcher, &words, ranking)?;
    let mut union = BlockScorer::new(&plan, searcher.passages());
    let mut hits = Vec::new();
    let mut members = Vec::new();
    let mut total = 0;
    // What the last of a full page scores.
    let mut least = f32::NEG_INFINITY;
    for (ordinal, segment) in searcher.segments().iter().enumerate() {
        let conditions = Conditions::new(segment, &plan, request.filter)?;
        let mut top = TopK::new(segment, request.limit, request.after, least);
        if request.collapse {
            let copies = searcher.copies();
            let mut collapse = Collapse { top, copies, ordinal, members: &mut members };
            total += union.scan(segment, ordinal, &conditions, &mut collapse)?;
            hits.extend(collapse.top.into_hits(ordinal));
        } else {
            total += union.scan(segment, ordinal, &conditions, &mut top)?;
            hits.extend(top.into_hits(ordinal));
            if hits.len() >= request.limit {
                hits.sort_unstable_by(Hit::order);
                hits.truncate(request.limit);
                least = hits.last().map_or(least, |last| last.score.0);
            }
        }
    }
    let alone = |hit| Collapsed { hit, copies: Vec::new(), more: 0 };
    let mut results: Vec<Collapsed> = hits.into_iter().map(alone).collect();
    // Each match that has copies was counted; of each family, one is a result.
    total -= members.len() as u64;
    let (clusters, count) = collapse::clusters(searcher.segments(), members, request.after, request.limit);
    total += count;
    results.extend(clusters);
    results.sort_unstable_by(|one, other| one.hit.order(&other.hit));
    results.truncate(request.limit);
    let highlighter = Highlighter::of(&words, plan.words(), searcher);
    let unmatched_terms = plan.unmatched();
    Ok(Found { results, total, unmatched_terms, generation: searcher.generation(), highlighter })
}
