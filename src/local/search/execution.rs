//! The execution of a query: planned on a snapshot, then run segment by segment.

use crate::engine::Collapsed;
use crate::engine::Explanation;
use crate::engine::Facet;
use crate::engine::FacetRequest;
use crate::engine::Hit;
use crate::engine::Order;
use crate::engine::PageRequest;
use crate::local::index::BitSet;
use crate::local::index::IndexError;
use crate::local::index::Searcher;
use crate::local::search::block_scorer::BlockScorer;
use crate::local::search::block_scorer::Scope;
use crate::local::search::collapse;
use crate::local::search::collapse::Collapse;
use crate::local::search::conditions::Conditions;
use crate::local::search::explain::Explainer;
use crate::local::search::facets;
use crate::local::search::highlight::Highlighter;
use crate::local::search::matching::matching;
use crate::local::search::matching::scan_at_least;
use crate::local::search::max_score;
use crate::local::search::plan::Plan;
use crate::local::search::term_cache::TermCache;
use crate::local::search::top_k::TopK;
use crate::query::AnalyzedQuery;
#[cfg(test)]
use crate::query::Query;
use crate::query::Ranking;

/// A page of results.
#[derive(Debug)]
pub(crate) struct SearchResults {
    /// The page, best first. Only a search that collapses near duplicates lists any with a result.
    pub results: Vec<Collapsed>,
    /// How many results there are on all pages.
    pub total: u64,
    /// Words of the query that no exchange has, as they were typed.
    pub unmatched_terms: Vec<String>,
    /// The counts that were asked for, in that order.
    pub facets: Vec<Facet>,
    /// What the score of each result is made of, where that was asked for.
    pub explanations: Vec<Explanation>,
    /// Finds what the query matched in the hits' texts.
    pub highlighter: Highlighter,
}

/// A query that is resolved against a snapshot, and not yet run.
#[derive(Debug)]
pub(crate) struct Planned {
    query: AnalyzedQuery,
    plan: Plan,
}

impl Planned {
    /// Resolves a query. This reads dictionaries, and postings only where passages were deleted.
    /// `cache` holds words of this snapshot and no other.
    pub(crate) fn new(
        searcher: &Searcher,
        cache: &TermCache,
        query: AnalyzedQuery,
        ranking: &Ranking,
    ) -> Result<Self, IndexError> {
        let plan = Plan::new(searcher, cache, &query, ranking)?;
        Ok(Self { query, plan })
    }

    /// The whole plan.
    pub(super) fn complete(self, searcher: &Searcher) -> Result<Plan, IndexError> {
        let Self { query, mut plan } = self;
        plan.add_clauses(searcher, &query)?;
        Ok(plan)
    }

    /// How many postings its words have; `None` where it has phrases, signs or unknown words, too,
    /// whose cost shows only when they are read.
    #[must_use]
    pub(crate) fn postings(&self) -> Option<u64> {
        (self.query.clauses.is_empty() && self.plan.is_matched()).then_some(self.plan.postings)
    }
}

/// Ranks the exchanges that match a query.
#[cfg(test)]
pub(super) fn search(
    searcher: &Searcher,
    query: &Query,
    page: &PageRequest<'_>,
    ranking: &Ranking,
) -> Result<SearchResults, IndexError> {
    let query = AnalyzedQuery::new(query, searcher.languages(), ranking);
    run(searcher, Planned::new(searcher, &TermCache::default(), query, ranking)?, page)
}

/// Ranks the exchanges that match a query, which was planned on this snapshot.
pub(crate) fn run(
    searcher: &Searcher,
    planned: Planned,
    page: &PageRequest<'_>,
) -> Result<SearchResults, IndexError> {
    let Planned { query, mut plan } = planned;
    plan.add_clauses(searcher, &query)?;
    let mut blocks = BlockScorer::new(&plan);
    let (mut hits, mut members, mut total) = (Vec::new(), Vec::new(), 0);
    // The score of the last result once the page is full.
    let mut least = f32::NEG_INFINITY;
    let by_relevance = page.order == Order::Relevance;
    let mut matches = Vec::new();
    for (ordinal, segment) in searcher.segments().iter().enumerate() {
        let conditions = Conditions::new(segment, &plan, page.filter)?;
        let scope = Scope { segment, ordinal, conditions: &conditions };
        let mut top = TopK::new(segment, page, least);
        if page.facets.is_some() {
            blocks.note_matches(segment);
        }
        if page.collapse {
            // Near duplicates are counted, whatever they score.
            let near_duplicates = searcher.near_duplicates();
            let mut collapse = Collapse { top, near_duplicates, ordinal, members: &mut members };
            total += scan_at_least(&mut blocks, scope, page.min_score, &mut collapse)?;
            matches.extend(page.facets.map(|_| blocks.take_matches()));
            hits.extend(collapse.top.into_hits());
            continue;
        }
        // Whether a passage scores enough to be counted shows only when all of it is scored.
        total += if page.min_score > 0.0 {
            scan_at_least(&mut blocks, scope, page.min_score, &mut top)?
        } else if plan.has_common_term() && by_relevance {
            max_score::scan(&mut blocks, scope, &mut top)?
        } else {
            blocks.scan(scope, &mut top)?
        };
        matches.extend(page.facets.map(|_| blocks.take_matches()));
        hits.extend(top.into_hits());
        if hits.len() >= page.limit {
            hits.sort_unstable_by(Hit::order);
            hits.truncate(page.limit);
            if !by_relevance {
                continue;
            }
            least = hits.last().map_or(least, |last| last.score.0);
        }
    }
    let facets = match page.facets {
        Some(wanted) => count_facets(searcher, &mut blocks, page, wanted, &matches)?,
        None => Vec::new(),
    };
    let single = |hit| Collapsed { hit, duplicates: Vec::new(), more: 0 };
    let mut results: Vec<Collapsed> = hits.into_iter().map(single).collect();
    // Each match with near duplicates was counted; of each cluster, one is a result.
    total -= members.len() as u64;
    let (clusters, count) = collapse::clusters(searcher.segments(), members, page.after, page.limit);
    total += count;
    results.extend(clusters);
    results.sort_unstable_by(|one, other| one.hit.order(&other.hit));
    results.truncate(page.limit);
    let mut explanations = Vec::new();
    if page.explain {
        let explainer = Explainer::new(searcher, &query, &plan);
        for result in &results {
            explanations.push(explainer.explain(&result.hit)?);
        }
    }
    let highlighter = Highlighter::of(&query, plan.words(), searcher);
    let unmatched_terms = plan.into_unmatched();
    Ok(SearchResults { results, total, unmatched_terms, facets, explanations, highlighter })
}

/// Counts the matches of each segment. A facet that ignores its own filter has matches of its own.
fn count_facets(
    searcher: &Searcher,
    blocks: &mut BlockScorer<'_>,
    page: &PageRequest<'_>,
    wanted: &FacetRequest,
    matches: &[BitSet],
) -> Result<Vec<Facet>, IndexError> {
    let segments = searcher.segments();
    let mut counted = Vec::with_capacity(wanted.keys.len());
    for key in &wanted.keys {
        let wider = wanted.ignore_own_filter.then(|| key.without_own_filter(page.filter)).flatten();
        counted.push(match wider {
            Some(wider) => facets::count(
                segments,
                &matching(blocks, segments, &wider, page.min_score)?,
                key,
                wanted.size,
            ),
            None => facets::count(segments, matches, key, wanted.size),
        });
    }
    Ok(counted)
}
