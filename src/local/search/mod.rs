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

use crate::engine::Collapsed;
use crate::engine::Hit;
use crate::engine::PageRequest;
use crate::local::index::IndexError;
use crate::local::index::Searcher;
use crate::query::AnalyzedQuery;
#[cfg(test)]
use crate::query::Query;
use crate::query::Ranking;

pub use highlight::Highlighter;
pub use term_cache::TermCache;

use block_scorer::BlockScorer;
use collapse::Collapse;
use conditions::Conditions;
use plan::Plan;
use top_k::TopK;

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
    /// Resolves a query: looks its terms up, and reads postings only to leave deleted passages out of document
    /// frequencies. `known` holds terms of this generation and no other.
    pub fn new(
        searcher: &Searcher,
        known: &TermCache,
        words: AnalyzedQuery,
        ranking: &Ranking,
    ) -> Result<Self, IndexError> {
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

/// Ranks the exchanges that match a query.
#[cfg(test)]
fn search(
    searcher: &Searcher,
    query: &Query,
    page: &PageRequest<'_>,
    ranking: &Ranking,
) -> Result<Found, IndexError> {
    let words = AnalyzedQuery::new(query, searcher.languages(), ranking);
    run(searcher, Planned::new(searcher, &TermCache::default(), words, ranking)?, page, ranking)
}

/// Ranks the exchanges that match a query, which was resolved against this searcher.
pub fn run(
    searcher: &Searcher,
    planned: Planned,
    page: &PageRequest<'_>,
    ranking: &Ranking,
) -> Result<Found, IndexError> {
    let Planned { words, mut plan } = planned;
    plan.add_literals(searcher, &words, ranking)?;
    let mut union = BlockScorer::new(&plan);
    let mut hits = Vec::new();
    let mut members = Vec::new();
    let mut total = 0;
    // What the last of a full page scores.
    let mut least = f32::NEG_INFINITY;
    for (ordinal, segment) in searcher.segments().iter().enumerate() {
        let conditions = Conditions::new(segment, &plan, page.filter)?;
        let mut top = TopK::new(segment, page.limit, page.after, least);
        if page.collapse {
            let copies = searcher.copies();
            let mut collapse = Collapse { top, copies, ordinal, members: &mut members };
            total += union.scan(segment, ordinal, &conditions, &mut collapse)?;
            hits.extend(collapse.top.into_hits());
        } else {
            total += union.scan(segment, ordinal, &conditions, &mut top)?;
            hits.extend(top.into_hits());
            if hits.len() >= page.limit {
                hits.sort_unstable_by(Hit::order);
                hits.truncate(page.limit);
                least = hits.last().map_or(least, |last| last.score.0);
            }
        }
    }
    let alone = |hit| Collapsed { hit, duplicates: Vec::new(), more: 0 };
    let mut results: Vec<Collapsed> = hits.into_iter().map(alone).collect();
    // Each match that has copies was counted; of each family, one is a result.
    total -= members.len() as u64;
    let (clusters, count) = collapse::clusters(searcher.segments(), members, page.after, page.limit);
    total += count;
    results.extend(clusters);
    results.sort_unstable_by(|one, other| one.hit.order(&other.hit));
    results.truncate(page.limit);
    let highlighter = Highlighter::of(&words, plan.words(), searcher);
    let unmatched_terms = plan.unmatched();
    Ok(Found { results, total, unmatched_terms, generation: searcher.generation(), highlighter })
}
