//! Searching, and turning hits into what is served.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analysis::Language;
use crate::engine::BackendError;
use crate::engine::CitedPassage;
use crate::engine::Collapsed;
use crate::engine::Cursor;
use crate::engine::EngineError;
use crate::engine::Explanation;
use crate::engine::Facet;
use crate::engine::FacetRequest;
use crate::engine::Highlight;
use crate::engine::Order;
use crate::engine::PageRequest;
use crate::engine::Provenance;
use crate::engine::Score;
use crate::engine::SearchPlan;
use crate::engine::SortKey;
use crate::engine::View;
use crate::engine::context::Context;
use crate::engine::context::context;
use crate::engine::page_token::PageTokens;
use crate::engine::page_token::Purpose;
use crate::engine::passages::PassageCache;
use crate::engine::snippet::snippet;
use crate::engine::suggestion::suggestion;
use crate::query::AnalyzedQuery;
use crate::query::Filter;
use crate::query::Query;
use crate::query::Ranking;
use crate::span::TextSpan;
use crate::transcript::Metadata;

/// A search and the page wanted of it.
#[derive(Clone, Debug)]
pub struct SearchCall {
    /// The query.
    pub query: Query,
    /// Which exchanges may match.
    pub filter: Filter,
    /// How many results to return at most.
    pub page_size: usize,
    /// Where to go on; empty: from the start.
    pub page_token: String,
    /// Whether copies of one exchange in several documents are one result.
    pub collapse_duplicates: bool,
    /// The most bytes of a result's snippet.
    pub snippet_bytes: usize,
    /// The order of the results.
    pub order: Order,
    /// Which counts of all matches are wanted.
    pub facets: FacetRequest,
    /// Results that score less are neither returned nor counted.
    pub min_score: f32,
    /// Whether scores are explained.
    pub explain: bool,
    /// How many exchanges before and after each result to return.
    pub context: u32,
}

impl SearchCall {
    /// The first ten results of a query, by relevance.
    #[must_use]
    pub const fn new(query: Query, filter: Filter) -> Self {
        Self {
            query,
            filter,
            page_size: 10,
            page_token: String::new(),
            collapse_duplicates: false,
            snippet_bytes: 300,
            order: Order::Relevance,
            facets: FacetRequest { keys: Vec::new(), size: 0, ignore_own_filter: false },
            min_score: 0.0,
            explain: false,
            context: 0,
        }
    }
}

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

/// A ranked passage.
#[derive(Clone, Debug)]
pub struct FoundPassage {
    /// What is shown.
    pub passage: Arc<CitedPassage>,
    /// How well it matches.
    pub score: Score,
    /// What matched in the question.
    pub question_highlights: Vec<TextSpan>,
    /// What matched in the answer.
    pub answer_highlights: Vec<TextSpan>,
    /// What matched in the names of [`Field::NAMES`].
    pub name_highlights: [Vec<TextSpan>; 4],
    /// What its score is made of, where that was asked for.
    pub explanation: Option<Explanation>,
    /// The part of the answer to show in a list.
    pub snippet: TextSpan,
    /// Its copies among the results, best first, where copies are collapsed.
    pub duplicates: Vec<Duplicate>,
    /// How many more copies there are.
    pub more_duplicates: u64,
    /// The exchanges around it.
    pub context: Context,
}

/// A copy of a result, which would have been a result of its own.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// The passage that matched.
    pub passage: Arc<CitedPassage>,
    /// How well it matches.
    pub score: Score,
}

/// The most documents that a search names as damaged.
const MAX_UNREACHABLE: usize = 100;

/// The most postings of a search that is [light](PlannedSearch::is_light).
const LIGHT_POSTINGS: u64 = 1 << 17;

/// A search that is resolved against one generation, and has not been run yet.
#[derive(Debug)]
pub struct PlannedSearch {
    call: SearchCall,
    view: Arc<dyn View>,
    plan: Box<dyn SearchPlan>,
    ranking: Ranking,
}

impl PlannedSearch {
    /// Resolves a search against a view.
    pub(super) fn new(view: Arc<dyn View>, call: SearchCall, ranking: &Ranking) -> Result<Self, EngineError> {
        let query = AnalyzedQuery::new(&call.query, view.languages(), ranking);
        let plan = Arc::clone(&view).plan(query, ranking)?;
        Ok(Self { call, view, plan, ranking: *ranking })
    }

    /// Whether running it is sure to be short: plain words of few postings, without filter,
    /// facets, collapsing and context, whose cost grows with the corpus or its documents.
    #[must_use]
    pub fn is_light(&self) -> bool {
        let counted = !self.call.facets.keys.is_empty() || self.call.context > 0;
        let narrowed = self.call.collapse_duplicates || counted || !self.call.filter.is_empty();
        !narrowed && self.plan.postings().is_some_and(|postings| postings <= LIGHT_POSTINGS)
    }

    /// Ranks, and reads what is shown of the results. The page ends before the result that `fits`
    /// refuses; it must not refuse the first, or no page would get further.
    pub(super) fn run(
        self,
        tokens: &PageTokens,
        passages: &PassageCache,
        provenance: &Provenance,
        mut fits: impl FnMut(&FoundPassage) -> bool,
    ) -> Result<SearchAnswer, EngineError> {
        let Self { call, view, plan, ranking } = self;
        let options = format!(
            "{:?} {} {:?} {}",
            call.filter,
            call.collapse_duplicates,
            call.order,
            call.min_score.to_bits()
        );
        let purpose = Purpose::Search { query: call.query.text(), options };
        let after: Option<Cursor> =
            tokens.open(&call.page_token, &purpose)?.map(|(numbers, document_id, exchange)| Cursor {
                sort_key: SortKey::from_numbers(numbers),
                document_id,
                exchange,
            });
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
        let (mut results, mut unreachable) = (Vec::new(), BTreeSet::new());
        let (mut last, mut more) = (None, false);
        let mut explanations = found.explanations.into_iter();
        for (count, ranked) in found.results.iter().enumerate() {
            let explanation = explanations.next();
            more = count == call.page_size;
            if more {
                break;
            }
            let shown = Shown { view: &*view, passages, snippet_bytes: call.snippet_bytes };
            if let Some(shown) = shown.result(ranked, &mut *found.highlighter, &mut unreachable)? {
                let context = match context(&*view, &ranked.hit, call.context) {
                    // What is around a result is not worth failing for.
                    Err(BackendError::StoreDamaged(_)) => Context::default(),
                    context => context?,
                };
                let shown = FoundPassage { explanation, context, ..shown };
                more = !fits(&shown);
                if more {
                    break;
                }
                results.push(shown);
            }
            last = Some(&ranked.hit);
        }
        let next_page_token = match last {
            Some(last) if more => {
                let cursor = (last.sort_key.to_numbers(), &last.document_id, last.exchange);
                Some(tokens.seal(&cursor, &purpose)?)
            }
            _ => None,
        };
        let first = call.page_token.is_empty();
        let unknown = found.unmatched_terms.as_slice();
        let suggestion = suggestion(&*view, passages, call.query.text(), if first { unknown } else { &[] })?;
        Ok(SearchAnswer {
            suggestion,
            results,
            next_page_token,
            total: found.total,
            provenance: provenance.at(view.generation()),
            unmatched_terms: found.unmatched_terms,
            facets: found.facets,
            total_without_filter,
            unreachable: unreachable.into_iter().take(MAX_UNREACHABLE).collect(),
        })
    }
}

/// Reads what is shown of results.
struct Shown<'a> {
    view: &'a dyn View,
    passages: &'a PassageCache,
    snippet_bytes: usize,
}

impl Shown<'_> {
    /// The best of a result's passages that can be read, the others as its duplicates. Documents
    /// whose stored text is damaged go to `unreachable`; `None` if all are.
    fn result(
        &self,
        ranked: &Collapsed,
        highlighter: &mut dyn Highlight,
        unreachable: &mut BTreeSet<String>,
    ) -> Result<Option<FoundPassage>, EngineError> {
        let Collapsed { hit, duplicates, more } = ranked;
        let mut readable = Vec::with_capacity(1 + duplicates.len());
        for hit in std::iter::once(hit).chain(duplicates) {
            match self.passages.of_hit(self.view, hit) {
                Ok(passage) => readable.push((hit, passage)),
                Err(EngineError::Backend(BackendError::StoreDamaged(_))) => {
                    unreachable.insert(hit.document_id.clone());
                }
                Err(error) => return Err(error),
            }
        }
        let damaged = 1 + duplicates.len() - readable.len();
        let mut readable = readable.into_iter();
        let Some((hit, passage)) = readable.next() else { return Ok(None) };
        let language = &passage.citation.metadata.language;
        let texts = [passage.question.as_str(), &passage.answer];
        let [question_highlights, answer_highlights] = highlighter.highlight(hit, language, texts);
        let Metadata { title, publisher, .. } = &passage.citation.metadata;
        let names = [&passage.speaker, &passage.asker, title, publisher];
        let name_highlights = names.map(|name| highlighter.highlight_name(language, name));
        let snippet = snippet(
            &passage.answer,
            &passage.sentences,
            &answer_highlights,
            Language::from_tag(language),
            self.snippet_bytes,
        );
        Ok(Some(FoundPassage {
            snippet,
            score: hit.score,
            question_highlights,
            answer_highlights,
            name_highlights,
            explanation: None,
            context: Context::default(),
            duplicates: readable.map(|(hit, passage)| Duplicate { passage, score: hit.score }).collect(),
            more_duplicates: more.saturating_add(damaged as u64),
            passage,
        }))
    }
}
