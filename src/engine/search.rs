//! Searching, and turning hits into what is served.

use std::sync::Arc;

use crate::engine::CitedPassage;
use crate::engine::Collapsed;
use crate::engine::Cursor;
use crate::engine::Engine;
use crate::engine::EngineError;
use crate::engine::Hit;
use crate::engine::PageRequest;
use crate::engine::Score;
use crate::engine::SearchPlan;
use crate::engine::View;
use crate::engine::citation;
use crate::engine::page_token::Purpose;
use crate::query::AnalyzedQuery;
use crate::query::Filter;
use crate::query::Query;
use crate::span::TextSpan;
use crate::transcript::Citation;
use crate::transcript::Exchange;
use crate::transcript::StoredDocument;
use crate::transcript::StoredExchange;

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
    /// The generation that was searched.
    pub generation: u64,
    /// Words of the query that are nowhere in the corpus.
    pub unmatched_terms: Vec<String>,
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
    /// Its copies among the results, best first, where copies are collapsed.
    pub duplicates: Vec<Duplicate>,
    /// How many more copies there are.
    pub more_duplicates: u64,
}

/// A copy of a result, which would have been a result of its own.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// The passage that matched.
    pub passage: Arc<CitedPassage>,
    /// How well it matches.
    pub score: Score,
}

/// A whole exchange with its citation.
#[derive(Clone, Debug)]
pub struct FoundExchange {
    /// Its id.
    pub id: String,
    /// Its place in the document, from 0.
    pub index: usize,
    /// What was said.
    pub exchange: Exchange,
    /// Where.
    pub citation: Citation,
}

impl FoundExchange {
    pub(super) fn new(document: &StoredDocument, stored: &StoredExchange) -> Self {
        Self {
            id: stored.id.clone(),
            index: stored.windows.first().map_or(0, |(passage, _)| passage.exchange),
            exchange: stored.exchange.clone(),
            citation: citation::whole(document, stored),
        }
    }
}

/// The most postings of a search that is [light](PlannedSearch::is_light).
const LIGHT_POSTINGS: u64 = 1 << 17;

/// A search that is resolved against one generation, and has not been run yet.
#[derive(Debug)]
pub struct PlannedSearch {
    call: SearchCall,
    view: Arc<dyn View>,
    plan: Box<dyn SearchPlan>,
}

impl PlannedSearch {
    /// Whether running it is sure to be short: plain words of few postings, without filter and without collapsing, whose
    /// cost grows with the corpus.
    #[must_use]
    pub fn is_light(&self) -> bool {
        let narrowed = self.call.collapse_duplicates || !self.call.filter.is_empty();
        !narrowed && self.plan.postings().is_some_and(|postings| postings <= LIGHT_POSTINGS)
    }
}

impl Engine {
    /// Ranks passages for a query.
    pub fn search(&self, call: &SearchCall) -> Result<SearchAnswer, EngineError> {
        self.run_search(self.plan_search(call.clone())?)
    }

    /// The part of a search that is known to be short.
    pub fn plan_search(&self, call: SearchCall) -> Result<PlannedSearch, EngineError> {
        let view = self.backend.view();
        let query = AnalyzedQuery::new(&call.query, view.languages(), &self.settings.ranking);
        let plan = Arc::clone(&view).plan(query, &self.settings.ranking)?;
        Ok(PlannedSearch { call, view, plan })
    }

    /// The rest of a search.
    pub fn run_search(&self, search: PlannedSearch) -> Result<SearchAnswer, EngineError> {
        let PlannedSearch { call, view, plan } = search;
        let options = format!("{:?} {}", call.filter, call.collapse_duplicates);
        let purpose = Purpose::Search { query: call.query.text(), options };
        let after: Option<Cursor> =
            self.tokens.open(&call.page_token, &purpose)?.map(|(bits, document_id, exchange)| Cursor {
                score: Score(f32::from_bits(bits)),
                document_id,
                exchange,
            });
        let page = PageRequest {
            filter: &call.filter,
            limit: call.page_size + 1,
            after: after.as_ref(),
            collapse: call.collapse_duplicates,
        };
        let mut found = plan.run(&page)?;
        let more = found.results.len() > call.page_size;
        found.results.truncate(call.page_size);
        let next_page_token = match found.results.last().map(|last| &last.hit) {
            Some(last) if more => {
                let cursor = (last.score.0.to_bits(), &last.document_id, last.exchange);
                Some(self.tokens.seal(&cursor, &purpose)?)
            }
            _ => None,
        };
        let mut results = Vec::with_capacity(found.results.len());
        for Collapsed { hit, duplicates, more } in &found.results {
            let passage = self.passages.of_hit(&*view, hit)?;
            let language = &passage.citation.metadata.language;
            let texts = [passage.question.as_str(), &passage.answer];
            let [question_highlights, answer_highlights] = found.highlighter.highlight(hit, language, texts);
            let duplicate = |hit: &Hit| -> Result<Duplicate, EngineError> {
                Ok(Duplicate { passage: self.passages.of_hit(&*view, hit)?, score: hit.score })
            };
            results.push(FoundPassage {
                score: hit.score,
                question_highlights,
                answer_highlights,
                duplicates: duplicates.iter().map(duplicate).collect::<Result<_, _>>()?,
                more_duplicates: *more,
                passage,
            });
        }
        Ok(SearchAnswer {
            results,
            next_page_token,
            total: found.total,
            generation: view.generation(),
            unmatched_terms: found.unmatched_terms,
        })
    }

    /// The exchange of this id.
    pub fn exchange(&self, id: &str) -> Result<FoundExchange, EngineError> {
        let missing = || EngineError::NoSuchExchange(id.to_owned());
        let (document_id, index) = citation::parse_exchange_id(id).ok_or_else(missing)?;
        let view = self.checked_view()?;
        let document = view.document(document_id)?.ok_or_else(missing)?;
        let stored = view.exchange(document_id, index)?.filter(|stored| stored.id == id);
        Ok(FoundExchange::new(&document, &stored.ok_or_else(missing)?))
    }
}
