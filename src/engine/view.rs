//! One generation of a corpus, as a backend shows it.

use std::fmt::Debug;
use std::sync::Arc;

use crate::analysis::Language;
use crate::engine::BackendError;
use crate::engine::Explanation;
use crate::engine::Facet;
use crate::engine::FacetRequest;
use crate::engine::Hit;
use crate::engine::Order;
use crate::engine::SortKey;
use crate::engine::TimelineCounts;
use crate::engine::TimelineRequest;
use crate::query::AnalyzedQuery;
use crate::query::Field;
use crate::query::Filter;
use crate::query::Ranking;
use crate::span::ByteSpan;
use crate::span::TextSpan;
use crate::transcript::Diagnostic;
use crate::transcript::Digest;
use crate::transcript::StoredDocument;
use crate::transcript::StoredExchange;

/// One generation of a corpus. What it shows never changes; holding it keeps what it shows.
pub trait View: Debug + Send + Sync {
    /// The number of the commit that it shows; 0 before the first.
    fn generation(&self) -> u64;

    /// How large the corpus is.
    fn statistics(&self) -> Result<Statistics, BackendError>;

    /// The languages that documents were analysed in: a query is analysed in each of them.
    fn languages(&self) -> &[Language];

    /// Resolves a query against this generation. Short: it looks terms up, and reads postings only
    /// to leave deleted passages out of document frequencies.
    fn plan(
        self: Arc<Self>,
        query: AnalyzedQuery,
        ranking: &Ranking,
    ) -> Result<Box<dyn SearchPlan>, BackendError>;

    /// The terms of this generation within `errors` typing errors of any of `terms`, a few, the
    /// nearest and commonest first. A backend that has no such look-up has none.
    fn similar_terms(&self, _terms: &[String], _errors: u8) -> Result<Vec<SimilarTerm>, BackendError> {
        Ok(Vec::new())
    }

    /// The document of this id.
    fn document(&self, id: &str) -> Result<Option<StoredDocument>, BackendError>;

    /// At most `limit` documents whose ids come after `after`, ordered by id.
    fn documents(&self, after: Option<&str>, limit: usize) -> Result<Vec<StoredDocument>, BackendError>;

    /// The versions of a document that were replaced or deleted, latest first.
    fn versions(&self, id: &str) -> Result<Vec<StoredDocument>, BackendError>;

    /// What was noticed when a document was read.
    fn diagnostics(&self, id: &str) -> Result<Vec<Diagnostic>, BackendError>;

    /// The exchange of a document with this index.
    fn exchange(&self, id: &str, index: u32) -> Result<Option<StoredExchange>, BackendError>;

    /// All exchanges of a document, in order.
    fn exchanges(&self, id: &str) -> Result<Vec<StoredExchange>, BackendError>;

    /// The bytes of a source from `offset` on, as many as the backend reads at once (at most 64
    /// KiB); empty at the end.
    fn source_chunk(&self, source: Digest, offset: usize) -> Result<Vec<u8>, BackendError>;

    /// The bytes of a source in `span`; fewer where the source ends before.
    fn source_range(&self, source: Digest, span: ByteSpan) -> Result<Vec<u8>, BackendError>;

    /// The memory that holding the view can keep from being freed, in parts that other views may
    /// hold too.
    fn memory(&self) -> Vec<HeldMemory> {
        Vec::new()
    }

    /// Drops what it caches; for a view that is read now and then.
    fn release_caches(&self) {}

    /// Whether reading may go on: an error ends what is read chunk by chunk, for example because
    /// writes wait for it.
    fn ensure_current(&self) -> Result<(), BackendError> {
        Ok(())
    }
}

/// A part of memory that views hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldMemory {
    /// Its address: views that share it name the same.
    pub address: usize,
    /// An estimate of its length in bytes.
    pub bytes: usize,
}

/// How large a corpus is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Documents stored.
    pub documents: u64,
    /// Exchanges found in them.
    pub exchanges: u64,
    /// Passages that the exchanges were cut into.
    pub passages: u64,
    /// Length of all sources, in bytes.
    pub bytes: u64,
    /// The number of the last commit.
    pub generation: u64,
}

/// A query that is resolved against one view, and has not been run yet.
pub trait SearchPlan: Debug + Send {
    /// How many postings running it reads; `None` where the cost shows only when it runs (phrases,
    /// signed clauses).
    fn postings(&self) -> Option<u64>;

    /// Ranks the exchanges that match.
    fn run(self: Box<Self>, page: &PageRequest<'_>) -> Result<ResultPage, BackendError>;

    /// Counts the exchanges that match over time.
    fn timeline(self: Box<Self>, request: &TimelineRequest<'_>) -> Result<TimelineCounts, BackendError>;
}

/// Which of the ranked results are wanted.
#[derive(Clone, Copy, Debug)]
pub struct PageRequest<'a> {
    /// What results are narrowed to.
    pub filter: &'a Filter,
    /// The most results to return.
    pub limit: usize,
    /// Where the last page ended.
    pub after: Option<&'a Cursor>,
    /// Whether near duplicates of one exchange in several documents are one result.
    pub collapse: bool,
    /// The order of the results.
    pub order: Order,
    /// Which counts of all matches are wanted; `None` for none.
    pub facets: Option<&'a FacetRequest>,
    /// Results that score less are neither returned nor counted.
    pub min_score: f32,
    /// Whether scores are to be explained.
    pub explain: bool,
}

impl<'a> PageRequest<'a> {
    /// The first `limit` results by relevance.
    #[must_use]
    pub const fn new(filter: &'a Filter, limit: usize) -> Self {
        Self {
            filter,
            limit,
            after: None,
            collapse: false,
            order: Order::Relevance,
            facets: None,
            min_score: 0.0,
            explain: false,
        }
    }
}

/// A position in a list of results: that of the last result of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    /// What the hit is ordered by.
    pub sort_key: SortKey,
    /// The hit's document.
    pub document_id: String,
    /// The hit's exchange.
    pub exchange: u32,
}

impl Cursor {
    /// The position of a hit.
    #[must_use]
    pub fn at(hit: &Hit) -> Self {
        Self { sort_key: hit.sort_key, document_id: hit.document_id.clone(), exchange: hit.exchange }
    }

    /// Whether a hit comes after this position.
    #[must_use]
    pub fn precedes(&self, hit: &Hit) -> bool {
        let by_key = self.sort_key.cmp(&hit.sort_key);
        by_key
            .then_with(|| self.document_id.cmp(&hit.document_id))
            .then_with(|| self.exchange.cmp(&hit.exchange))
            .is_lt()
    }
}

/// A term that is near to a mistyped one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimilarTerm {
    /// The term.
    pub term: String,
    /// Passages that have it, at least one, to see how it is written. Their scores say nothing.
    pub examples: Vec<Hit>,
}

/// An exchange as a result, with its near duplicates among the results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collapsed {
    /// The best of them.
    pub hit: Hit,
    /// The next best, in the order of results; at most 20.
    pub duplicates: Vec<Hit>,
    /// How many more there are.
    pub more: u64,
}

/// A page of ranked results.
#[derive(Debug)]
pub struct ResultPage {
    /// Best first. Only a search that collapses near duplicates lists any of them.
    pub results: Vec<Collapsed>,
    /// How many results there are, on all pages.
    pub total: u64,
    /// Words of the query that no exchange has, as they were typed.
    pub unmatched_terms: Vec<String>,
    /// The counts that were asked for, in that order. Near duplicates that are one result are
    /// counted one by one.
    pub facets: Vec<Facet>,
    /// What the score of each result is made of, where that was asked for.
    pub explanations: Vec<Explanation>,
    /// Finds what in the results' texts matched.
    pub highlighter: Box<dyn Highlight>,
}

/// Finds what in a text a query matched.
pub trait Highlight: Debug + Send {
    /// What matched in the question and in the window of the answer of a hit, which are `texts` in
    /// the language of this BCP 47 tag. Spans are in order, disjoint, on character boundaries.
    fn highlight(&mut self, hit: &Hit, language: &str, texts: [&str; 2]) -> [Vec<TextSpan>; 2];

    /// What matched in a name, one of [`Field::NAMES`], in a document in the language of this tag.
    /// Spans as above.
    fn highlight_name(&mut self, field: Field, language: &str, name: &str) -> Vec<TextSpan>;
}
