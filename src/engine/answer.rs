//! Searching, and turning hits into what is served.

use crate::engine::Engine;
use crate::engine::EngineError;
use crate::engine::cite;
use crate::engine::page_token::Purpose;
use crate::engine::snapshot::Snapshot;
use crate::query::Filter;
use crate::query::Query;
use crate::search::Collapsed;
use crate::search::Cursor;
use crate::search::Highlighter;
use crate::search::Hit;
use crate::search::Request;
use crate::search::Score;
use crate::search::search;
use crate::span::TextSpan;
use crate::store::StoreError;
use crate::store::StoredDocument;
use crate::store::StoredExchange;
use crate::transcript::Citation;
use crate::transcript::Digest;
use crate::transcript::Exchange;
use crate::transcript::Passage;

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
    /// Its id.
    pub id: String,
    /// The id of its exchange.
    pub exchange_id: String,
    /// The question; empty where the source has none.
    pub question: String,
    /// The window of the answer that matched.
    pub answer: String,
    /// Whether the exchange has more answer than this.
    pub answer_truncated: bool,
    /// Who asked.
    pub asker: String,
    /// Who answered.
    pub speaker: String,
    /// Where it was said.
    pub citation: Citation,
    /// How well it matches.
    pub score: Score,
    /// What matched in `question`.
    pub question_highlights: Vec<TextSpan>,
    /// What matched in `answer`.
    pub answer_highlights: Vec<TextSpan>,
    /// Its copies among the results, best first, where copies are collapsed.
    pub duplicates: Vec<Duplicate>,
    /// How many more copies there are.
    pub more_duplicates: u64,
}

/// A copy of a result, which would have been a result of its own.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// The passage's id.
    pub id: String,
    /// The id of its exchange.
    pub exchange_id: String,
    /// How well it matches.
    pub score: Score,
    /// Its window that matched.
    pub answer: String,
    /// Where it was said.
    pub citation: Citation,
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
            citation: cite::whole(document, stored),
        }
    }
}

impl Engine {
    /// Ranks passages for a query.
    pub fn search(&self, call: &SearchCall) -> Result<SearchAnswer, EngineError> {
        let snapshot = self.published.now();
        let options = format!("{:?} {}", call.filter, call.collapse_duplicates);
        let purpose = Purpose::Search { query: call.query.text(), options };
        let after: Option<Cursor> =
            self.tokens.open(&call.page_token, &purpose)?.map(|(bits, document_id, exchange)| Cursor {
                score: Score(f32::from_bits(bits)),
                document_id,
                exchange,
            });
        let request = Request {
            query: &call.query,
            filter: &call.filter,
            limit: call.page_size + 1,
            after: after.as_ref(),
            collapse: call.collapse_duplicates,
        };
        let mut found = search(&snapshot.searcher, &request, &self.settings.ranking)?;
        let more = found.results.len() > call.page_size;
        found.results.truncate(call.page_size);
        let next_page_token = match found.results.last().map(|last| &last.hit) {
            Some(last) if more => {
                let cursor = (last.score.0.to_bits(), &last.document_id, last.exchange);
                Some(self.tokens.seal(&cursor, &purpose)?)
            }
            _ => None,
        };
        let highlighter = Highlighter::new(&snapshot.searcher, &call.query, &self.settings.ranking);
        let results = found.results.iter().map(|result| passage(&snapshot, &highlighter, result));
        Ok(SearchAnswer {
            results: results.collect::<Result<_, _>>()?,
            next_page_token,
            total: found.total,
            generation: snapshot.generation,
            unmatched_terms: found.unmatched_terms,
        })
    }

    /// The exchange of this id.
    pub fn exchange(&self, id: &str) -> Result<FoundExchange, EngineError> {
        let missing = || EngineError::NoSuchExchange(id.to_owned());
        let (document_id, index) = cite::parse_exchange_id(id).ok_or_else(missing)?;
        let snapshot = self.published.now();
        let document = snapshot.reader.document(document_id)?.ok_or_else(missing)?;
        let stored = snapshot.reader.exchange(document_id, index)?.filter(|stored| stored.id == id);
        Ok(FoundExchange::new(&document, &stored.ok_or_else(missing)?))
    }
}

fn passage(
    snapshot: &Snapshot,
    highlighter: &Highlighter,
    result: &Collapsed,
) -> Result<FoundPassage, EngineError> {
    let Collapsed { hit, copies, more } = result;
    let (document, stored) = stored(snapshot, hit)?;
    let (window, quote) = window(&stored, hit)?;
    let Exchange { question, answer, .. } = &stored.exchange;
    let shown = window.span.of(&answer.text);
    let question_text = question.as_ref().map_or("", |question| &question.text);
    let language = &document.metadata.language;
    Ok(FoundPassage {
        id: cite::passage_id(&stored.id, window),
        exchange_id: stored.id.clone(),
        question: question_text.to_owned(),
        answer: shown.to_owned(),
        answer_truncated: shown.len() < answer.text.len(),
        asker: question.as_ref().and_then(|question| question.speaker.clone()).unwrap_or_default(),
        speaker: answer.speaker.clone().unwrap_or_default(),
        citation: cite::window(&document, &stored, window.span, *quote),
        score: hit.score,
        question_highlights: highlighter.spans(language, question_text),
        answer_highlights: highlighter.spans(language, shown),
        duplicates: copies.iter().map(|copy| duplicate(snapshot, copy)).collect::<Result<_, _>>()?,
        more_duplicates: *more,
    })
}

fn duplicate(snapshot: &Snapshot, hit: &Hit) -> Result<Duplicate, EngineError> {
    let (document, stored) = stored(snapshot, hit)?;
    let (window, quote) = window(&stored, hit)?;
    Ok(Duplicate {
        id: cite::passage_id(&stored.id, window),
        exchange_id: stored.id.clone(),
        score: hit.score,
        answer: window.span.of(&stored.exchange.answer.text).to_owned(),
        citation: cite::window(&document, &stored, window.span, *quote),
    })
}

/// What the store has of a hit. Index and store are of one generation, so what the one finds the other has.
fn stored(snapshot: &Snapshot, hit: &Hit) -> Result<(StoredDocument, StoredExchange), EngineError> {
    let document = snapshot.reader.document(&hit.document_id)?.ok_or_else(|| lost(hit))?;
    let stored = snapshot.reader.exchange(&hit.document_id, hit.exchange)?.ok_or_else(|| lost(hit))?;
    Ok((document, stored))
}

fn window<'a>(stored: &'a StoredExchange, hit: &Hit) -> Result<&'a (Passage, Digest), EngineError> {
    Ok(stored.windows.get(hit.window as usize).ok_or_else(|| lost(hit))?)
}

fn lost(hit: &Hit) -> StoreError {
    StoreError::Damaged(format!("exchange {} of a document is missing", hit.exchange))
}
