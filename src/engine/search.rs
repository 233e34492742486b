//! Searching, and turning hits into what is served.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::engine::Backend;
use crate::engine::Cursor;
use crate::engine::EngineError;
use crate::engine::Facet;
use crate::engine::FoundPassage;
use crate::engine::PageRequest;
use crate::engine::Provenance;
use crate::engine::SearchCall;
use crate::engine::SearchPlan;
use crate::engine::View;
use crate::engine::kept_views::KeptViews;
use crate::engine::page_token::PageTokens;
use crate::engine::passages::PassageCache;
use crate::engine::search_position::SearchPosition;
use crate::engine::shown_result::ResultReader;
use crate::engine::snippet::WordForms;
use crate::engine::suggestion::suggestion;
use crate::query::AnalyzedQuery;
use crate::query::Filter;
use crate::query::Ranking;

/// A page of results.
#[derive(Clone, Debug)]
pub struct SearchAnswer {
    /// Best first.
    pub results: Vec<FoundPassage>,
    /// Where the next page starts; `None` on the last.
    pub next_page_token: Option<String>,
    /// How many exchanges match in all.
    pub total: u64,
    /// What was searched.
    pub provenance: Provenance,
    /// Words of the query that are nowhere in the corpus.
    pub unmatched_terms: Vec<String>,
    /// The query with these words replaced by words of the corpus; empty if there is nothing to
    /// suggest, and on pages after the first.
    pub suggestion: String,
    /// The counts that were asked for, in that order.
    pub facets: Vec<Facet>,
    /// How many exchanges match without the filter, where none does with it; otherwise 0.
    pub total_without_filter: u64,
    /// Ids of documents that match but whose stored text is damaged, in order: counted in `total`,
    /// not among the results. At most 100.
    pub unreachable: Vec<String>,
}

/// The most documents that a search names as damaged.
pub(super) const MAX_UNREACHABLE: usize = 100;

/// The most postings of a search that is [light](PlannedSearch::is_light).
const LIGHT_POSTINGS: u64 = 1 << 17;

/// A search that is resolved against one generation, and has not been run yet.
#[derive(Debug)]
pub struct PlannedSearch {
    call: SearchCall,
    view: Arc<dyn View>,
    /// The last result of the page before.
    after: Option<Cursor>,
    plan: Box<dyn SearchPlan>,
    ranking: Ranking,
}

/// What running a search takes of its engine.
pub(super) struct SearchResources<'a> {
    pub backend: &'a dyn Backend,
    pub tokens: &'a PageTokens,
    pub passages: &'a PassageCache,
    pub kept: &'a KeptViews,
    pub provenance: &'a Provenance,
}

impl PlannedSearch {
    /// Resolves a search against a view, for the results after a position.
    pub(super) fn new(
        view: Arc<dyn View>,
        call: SearchCall,
        after: Option<Cursor>,
        ranking: &Ranking,
    ) -> Result<Self, EngineError> {
        let query = AnalyzedQuery::new(&call.query, view.languages(), ranking);
        let plan = Arc::clone(&view).plan(query, ranking)?;
        Ok(Self { call, view, after, plan, ranking: *ranking })
    }

    /// The generation that it runs on.
    pub(super) const fn view(&self) -> &Arc<dyn View> {
        &self.view
    }

    /// Whether running it is sure to be short: plain words of few postings, without filter,
    /// facets, collapsing and context, whose cost grows with the corpus or its documents.
    #[must_use]
    pub fn is_light(&self) -> bool {
        let counted = !self.call.facets.keys.is_empty() || self.call.context > 0 || self.call.explain;
        let narrowed = self.call.collapse_duplicates || counted || !self.call.filter.is_empty();
        !narrowed && self.plan.postings().is_some_and(|postings| postings <= LIGHT_POSTINGS)
    }

    /// Ranks, and reads what is shown of the results. The page ends before the result that `fits`
    /// refuses. The view is kept for the next page, if there is one.
    pub(super) fn run(
        self,
        resources: &SearchResources<'_>,
        mut fits: impl FnMut(&FoundPassage) -> bool,
    ) -> Result<SearchAnswer, EngineError> {
        let Self { call, view, after, plan, ranking } = self;
        let page = PageRequest {
            filter: &call.filter,
            limit: call.page_size + 1,
            after: after.as_ref(),
            collapse: call.collapse_duplicates,
            order: call.order,
            facets: Some(&call.facets).filter(|facets| !facets.keys.is_empty()),
            min_score: call.min_score,
            explain: call.explain,
        };
        let mut found = plan.run(&page)?;
        let total_without_filter = if found.total == 0 && !call.filter.is_empty() {
            let query = AnalyzedQuery::new(&call.query, view.languages(), &ranking);
            let all = PageRequest { filter: &Filter::default(), limit: 1, after: None, facets: None, ..page };
            Arc::clone(&view).plan(query, &ranking)?.run(&all)?.total
        } else {
            0
        };
        let purged = resources.kept.purged_since(view.generation());
        let reader = ResultReader {
            view: &*view,
            passages: resources.passages,
            snippet_bytes: call.snippet_bytes,
            context: call.context,
            purged: &purged,
        };
        let (mut results, mut unreachable) = (Vec::new(), BTreeSet::new());
        let mut forms = WordForms::default();
        let (mut last, mut more) = (None, false);
        let mut explanations = found.explanations.into_iter();
        for (count, ranked) in found.results.iter().enumerate() {
            let explanation = explanations.next();
            more = count == call.page_size;
            if more {
                break;
            }
            let read =
                reader.read(ranked, explanation, &mut *found.highlighter, &mut forms, &mut unreachable)?;
            if let Some(result) = read {
                more = !fits(&result);
                if more {
                    break;
                }
                results.push(result);
            }
            last = Some(&ranked.hit);
        }
        let next_page_token = if more {
            resources.kept.keep(&view, resources.backend);
            let after = last.map(Cursor::at).or(after);
            let next = SearchPosition { generation: view.generation(), after };
            Some(next.seal(&call, resources.tokens)?)
        } else {
            None
        };
        let first = call.page_token.is_empty();
        let unknown = found.unmatched_terms.as_slice();
        let suggestion =
            suggestion(&*view, resources.passages, call.query.text(), if first { unknown } else { &[] })?;
        Ok(SearchAnswer {
            suggestion,
            results,
            next_page_token,
            total: found.total,
            provenance: resources.provenance.at(view.generation()),
            unmatched_terms: found.unmatched_terms,
            facets: found.facets,
            total_without_filter,
            unreachable: unreachable.into_iter().take(MAX_UNREACHABLE).collect(),
        })
    }
}
