//! One generation of a data folder: the index and the store of one commit.

use std::fmt;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;

use crate::analysis::Language;
use crate::engine::BackendError;
use crate::engine::HeldMemory;
use crate::engine::Highlight;
use crate::engine::Hit;
use crate::engine::PageRequest;
use crate::engine::ResultPage;
use crate::engine::SearchPlan;
use crate::engine::SimilarTerm;
use crate::engine::Statistics;
use crate::engine::TimelineCounts;
use crate::engine::TimelineRequest;
use crate::engine::View;
use crate::local::LocalError;
use crate::local::index::Searcher;
use crate::local::search::Highlighter;
use crate::local::search::Planned;
use crate::local::search::SearchResults;
use crate::local::search::TermCache;
use crate::local::search::run;
use crate::local::search::similar_terms;
use crate::local::search::timeline;
use crate::local::store::Reader;
use crate::local::store::StoreError;
use crate::local::store::catch_redb_panic;
use crate::query::AnalyzedQuery;
use crate::query::Field;
use crate::query::Ranking;
use crate::span::ByteSpan;
use crate::span::TextSpan;
use crate::transcript::Diagnostic;
use crate::transcript::Digest;
use crate::transcript::StoredDocument;
use crate::transcript::StoredExchange;

/// An index searcher and the store reader of the same generation.
#[derive(Debug)]
pub(crate) struct LocalView {
    pub(crate) searcher: Searcher,
    pub(crate) reader: Reader,
    pub(crate) generation: u64,
    /// Terms that were looked up in this generation.
    pub(crate) words: TermCache,
}

impl LocalView {
    /// Whether it shows all that `reader` does, from the same opening of the store.
    pub(crate) fn is_of(&self, reader: &Reader) -> Result<bool, LocalError> {
        Ok(self.generation == reader.generation()? && self.reader.same_handle(reader))
    }

    /// Ends what is read chunk by chunk once the store was opened again: writes wait for readers
    /// from before.
    pub(crate) fn ensure_current(&self) -> Result<(), LocalError> {
        if self.reader.is_stale() { Err(LocalError::NotReady) } else { Ok(()) }
    }
}

/// How large the corpus is that a reader sees.
pub(crate) fn statistics(reader: &Reader) -> Result<Statistics, StoreError> {
    Ok(Statistics {
        documents: reader.meta("documents")?,
        exchanges: reader.meta("exchanges")?,
        passages: reader.meta("passages")?,
        bytes: reader.meta("bytes")?,
        generation: reader.generation()?,
    })
}

/// Searches read a large store while it is being checked, so damaged pages can be read. redb panics
/// over some of them; what searches read is therefore caught here, and the rest waits for the
/// check.
impl View for LocalView {
    fn generation(&self) -> u64 {
        self.generation
    }

    fn statistics(&self) -> Result<Statistics, BackendError> {
        Ok(catch_redb_panic(|| statistics(&self.reader))?)
    }

    fn languages(&self) -> &[Language] {
        self.searcher.languages()
    }

    fn plan(
        self: Arc<Self>,
        query: AnalyzedQuery,
        ranking: &Ranking,
    ) -> Result<Box<dyn SearchPlan>, BackendError> {
        let planned = Planned::new(&self.searcher, &self.words, query, ranking)?;
        Ok(Box::new(LocalPlan { view: self, planned }))
    }

    fn similar_terms(&self, terms: &[String], errors: u8) -> Result<Vec<SimilarTerm>, BackendError> {
        Ok(similar_terms(&self.searcher, terms, errors)?)
    }

    fn document(&self, id: &str) -> Result<Option<StoredDocument>, BackendError> {
        Ok(catch_redb_panic(|| self.reader.document(id))?)
    }

    fn documents(&self, after: Option<&str>, limit: usize) -> Result<Vec<StoredDocument>, BackendError> {
        Ok(catch_redb_panic(|| self.reader.documents(after, limit))?)
    }

    fn versions(&self, id: &str) -> Result<Vec<StoredDocument>, BackendError> {
        Ok(catch_redb_panic(|| self.reader.versions(id))?)
    }

    fn diagnostics(&self, id: &str) -> Result<Vec<Diagnostic>, BackendError> {
        Ok(catch_redb_panic(|| self.reader.diagnostics(id))?)
    }

    fn exchange(&self, id: &str, index: u32) -> Result<Option<StoredExchange>, BackendError> {
        Ok(catch_redb_panic(|| self.reader.exchange(id, index))?)
    }

    fn exchanges(&self, id: &str) -> Result<Vec<StoredExchange>, BackendError> {
        Ok(catch_redb_panic(|| self.reader.exchanges(id))?)
    }

    fn source_chunk(&self, source: Digest, offset: usize) -> Result<Vec<u8>, BackendError> {
        Ok(catch_redb_panic(|| self.reader.source_chunk(source, offset))?)
    }

    fn source_range(&self, source: Digest, span: ByteSpan) -> Result<Vec<u8>, BackendError> {
        Ok(catch_redb_panic(|| self.reader.source_range(source, span))?)
    }

    fn memory(&self) -> Vec<HeldMemory> {
        /// The view itself and the store's reader, with the tables that it opened.
        const REST: usize = 4 << 10;
        let held = |(address, bytes)| HeldMemory { address, bytes };
        let own = HeldMemory { address: std::ptr::from_ref(self).addr(), bytes: REST };
        self.searcher.memory().into_iter().map(held).chain([own]).collect()
    }

    fn release_caches(&self) {
        self.words.clear();
    }

    fn ensure_current(&self) -> Result<(), BackendError> {
        Ok(Self::ensure_current(self)?)
    }
}

/// A query that was resolved against a view.
#[derive(Debug)]
struct LocalPlan {
    view: Arc<LocalView>,
    planned: Planned,
}

impl SearchPlan for LocalPlan {
    fn postings(&self) -> Option<u64> {
        self.planned.postings()
    }

    fn run(self: Box<Self>, page: &PageRequest<'_>) -> Result<ResultPage, BackendError> {
        let Self { view, planned } = *self;
        let SearchResults { results, total, unmatched_terms, facets, explanations, highlighter } =
            run(&view.searcher, planned, page)?;
        Ok(ResultPage {
            results,
            total,
            unmatched_terms,
            facets,
            explanations,
            highlighter: Box::new(LocalHighlight { view, highlighter }),
        })
    }

    fn timeline(self: Box<Self>, request: &TimelineRequest<'_>) -> Result<TimelineCounts, BackendError> {
        let Self { view, planned } = *self;
        Ok(timeline(&view.searcher, planned, request)?)
    }
}

/// Finds what matched in the term vectors of a view's index.
#[derive(Debug)]
struct LocalHighlight {
    view: Arc<LocalView>,
    highlighter: Highlighter,
}

impl Highlight for LocalHighlight {
    fn highlight(&mut self, hit: &Hit, language: &str, texts: [&str; 2]) -> [Vec<TextSpan>; 2] {
        self.highlighter.of_hit(&self.view.searcher, hit.key, language, texts)
    }

    fn highlight_name(&mut self, field: Field, language: &str, name: &str) -> Vec<TextSpan> {
        self.highlighter.in_name(field, language, name)
    }
}

/// Receives the generation of each new view.
type Watcher = Box<dyn Fn(u64) + Send + Sync>;

/// The latest view. Readers hold on to the one they started with.
pub(crate) struct Published {
    latest: RwLock<Arc<LocalView>>,
    watchers: RwLock<Vec<Watcher>>,
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Published").field("latest", &self.latest).finish_non_exhaustive()
    }
}

impl Published {
    pub(crate) fn new(view: LocalView) -> Self {
        Self { latest: RwLock::new(Arc::new(view)), watchers: RwLock::default() }
    }

    /// Calls `watcher` with the present generation and with each that follows.
    pub(crate) fn watch(&self, watcher: Watcher) {
        let mut watchers = self.watchers.write().unwrap_or_else(PoisonError::into_inner);
        watcher(self.now().generation);
        watchers.push(watcher);
    }

    /// The latest view.
    pub(crate) fn now(&self) -> Arc<LocalView> {
        // The lock guards a pointer, which no panic can leave half written.
        Arc::clone(&self.latest.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn publish(&self, view: LocalView) {
        let generation = view.generation;
        let watchers = self.watchers.read().unwrap_or_else(PoisonError::into_inner);
        let last = {
            let mut latest = self.latest.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *latest, Arc::new(view))
        };
        // Readers may hold it for long, but no new search uses it.
        last.words.clear();
        watchers.iter().for_each(|watcher| watcher(generation));
    }
}
