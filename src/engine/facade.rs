//! The engine's calls. Each is a few lines: it takes a view, and calls the file that does the work.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use crate::engine::Backend;
use crate::engine::Deleted;
use crate::engine::Deletion;
use crate::engine::DocumentPage;
use crate::engine::EngineError;
use crate::engine::ExchangePage;
use crate::engine::ExchangeRange;
use crate::engine::ExportPart;
use crate::engine::FoundExchange;
use crate::engine::FoundPassage;
use crate::engine::Identified;
use crate::engine::IntegrityCheck;
use crate::engine::Maintenance;
use crate::engine::PlannedSearch;
use crate::engine::PreparedWrite;
use crate::engine::Provenance;
use crate::engine::Receipt;
use crate::engine::SearchAnswer;
use crate::engine::SearchCall;
use crate::engine::SearchExport;
use crate::engine::ServerInfo;
use crate::engine::Settings;
use crate::engine::SnapshotStream;
use crate::engine::SnapshotSummary;
use crate::engine::SourceKind;
use crate::engine::SourceReader;
use crate::engine::Statistics;
use crate::engine::Submission;
use crate::engine::Timeline;
use crate::engine::TimelineCall;
use crate::engine::VersionPage;
use crate::engine::View;
use crate::engine::delete;
use crate::engine::document_page;
use crate::engine::exchange_page;
use crate::engine::ingest;
use crate::engine::kept_views::KeptViews;
use crate::engine::page_token::PageTokens;
use crate::engine::passages::PassageCache;
use crate::engine::search::SearchResources;
use crate::engine::search_position::SearchPosition;
use crate::engine::timeline;
use crate::engine::verify_citation;
use crate::engine::verify_citation::Claim;
use crate::engine::verify_citation::Verdict;
use crate::engine::versions;
use crate::engine::versions::Restored;
use crate::query::Ranking;
use crate::span::ByteSpan;
use crate::transcript::Digest;
use crate::transcript::StoredDocument;

/// onrecord, in process.
#[derive(Debug)]
pub struct Engine {
    settings: Settings,
    backend: Arc<dyn Backend>,
    tokens: PageTokens,
    passages: PassageCache,
    provenance: Provenance,
    kept: Arc<KeptViews>,
}

impl Engine {
    /// An engine over this backend.
    #[must_use]
    pub fn new(backend: Arc<dyn Backend>, settings: Settings) -> Self {
        let provenance = Provenance::of(&*backend);
        let tokens = PageTokens::new(backend.page_key(), &provenance.corpus_id, settings.clock);
        let passages = PassageCache::new(settings.passage_cache_bytes);
        let kept = Arc::new(KeptViews::new(settings.keep, settings.clock));
        let (weakly_kept, writing) = (Arc::downgrade(&kept), Arc::downgrade(&backend));
        backend.watch(Box::new(move |_| {
            if let Some((kept, backend)) = weakly_kept.upgrade().zip(writing.upgrade()) {
                kept.refresh(&*backend);
            }
        }));
        Self { settings, backend, tokens, passages, provenance, kept }
    }

    /// Waits until what is stored has been checked, and reports what was found. Where it is damaged
    /// no write is taken, and what is read may be missing: the process had better end.
    pub fn wait_until_checked(&self) -> Result<(), EngineError> {
        Ok(self.backend.wait_until_checked()?)
    }

    /// The latest generation; [`NotReady`](crate::engine::BackendError::NotReady) until what is
    /// stored has been checked. An unchecked store may have lost what it is asked for, and only a
    /// search, whose hits the index vouches for, notices.
    fn checked_view(&self) -> Result<Arc<dyn View>, EngineError> {
        self.backend.ready()?;
        Ok(self.backend.view())
    }

    /// What would be indexed of a document, without storing it. Its exchanges go to `take`, which
    /// refuses the one that it has no room for.
    pub fn segment(
        &self,
        submission: Submission,
        range: &ExchangeRange,
        take: impl FnMut(FoundExchange) -> bool,
    ) -> Result<ExchangePage, EngineError> {
        exchange_page::submitted(&self.settings, &self.tokens, submission, range, take)
    }

    /// Deletes a document, and waits until that is durable.
    pub fn delete(&self, id: &str, deletion: &Deletion) -> Result<Deleted, EngineError> {
        let deleted = delete::delete(&*self.backend, id, deletion)?;
        if deletion.purge {
            self.kept.purged(id, deleted.generation);
        }
        Ok(deleted)
    }

    /// Calls `seen` with the present generation, and with each that becomes visible later.
    pub fn watch(&self, seen: impl Fn(u64) + Send + Sync + 'static) {
        self.backend.watch(Box::new(seen));
    }

    /// A document's metadata and a page of its exchanges, in order. The exchanges go to `take`, which
    /// refuses the one that it has no room for.
    pub fn exchanges(
        &self,
        id: &str,
        range: &ExchangeRange,
        take: impl FnMut(FoundExchange) -> bool,
    ) -> Result<ExchangePage, EngineError> {
        exchange_page::stored(&*self.checked_view()?, &self.tokens, id, range, take)
    }

    /// A page of documents, ordered by id. They go to `take`, which refuses the one that it has no
    /// room for.
    pub fn documents(
        &self,
        page_size: usize,
        page_token: &str,
        take: impl FnMut(StoredDocument) -> bool,
    ) -> Result<DocumentPage, EngineError> {
        document_page::documents(&*self.checked_view()?, &self.tokens, page_size, page_token, take)
    }

    /// A page of a document's versions, newest first.
    pub fn versions(&self, id: &str, page_size: usize, page_token: &str) -> Result<VersionPage, EngineError> {
        versions::versions(&*self.checked_view()?, &self.tokens, id, page_size, page_token)
    }

    /// Makes the version with these received bytes, or the newest that is not current, the current
    /// one, and waits until that is durable. With `if_etag` only a document of this etag is
    /// replaced.
    pub fn restore(
        &self,
        id: &str,
        version: Option<Digest>,
        if_etag: Option<String>,
    ) -> Result<Receipt, EngineError> {
        let identified = match versions::restore(&*self.checked_view()?, id, version, if_etag)? {
            Restored::Current(receipt) => return Ok(*receipt),
            Restored::Earlier(identified) => *identified,
        };
        let (done, receipt) = sync_channel(1);
        // A caller that is gone needs no answer.
        self.submit(self.prepare(identified)?, move |result| drop(done.send(result)))?;
        receipt.recv().map_err(|_| EngineError::Internal("a write was dropped".into()))?
    }

    /// The exchange of this id.
    pub fn exchange(&self, id: &str) -> Result<FoundExchange, EngineError> {
        document_page::exchange(&*self.checked_view()?, id)
    }

    /// Checks a citation.
    pub fn verify_citation(&self, claim: &Claim) -> Result<Verdict, EngineError> {
        verify_citation::verify(&*self.checked_view()?, claim)
    }

    /// Ranks passages for a query.
    pub fn search(&self, call: &SearchCall) -> Result<SearchAnswer, EngineError> {
        self.run_search(self.plan_search(call.clone())?, |_| true)
    }

    /// Counts the matches of a query over time.
    pub fn timeline(&self, call: &TimelineCall) -> Result<Timeline, EngineError> {
        timeline::timeline(
            &self.backend.view(),
            call,
            &self.settings.ranking,
            &self.passages,
            &self.provenance,
        )
    }

    /// The part of a search that is known to be short.
    pub fn plan_search(&self, call: SearchCall) -> Result<PlannedSearch, EngineError> {
        let position = SearchPosition::open(&call, &self.tokens)?;
        let view = match &position {
            Some(position) => self.view_of(position.generation)?,
            None => self.backend.view(),
        };
        let after = position.and_then(|position| position.after);
        PlannedSearch::new(view, call, after, &self.settings.ranking)
    }

    /// The view of a generation that a page token refers to.
    fn view_of(&self, generation: u64) -> Result<Arc<dyn View>, EngineError> {
        let latest = self.backend.view();
        if latest.generation() == generation {
            return Ok(latest);
        }
        self.kept.get(generation).ok_or(EngineError::PageTokenGenerationGone)
    }

    /// The rest of a search. The page ends before the result that `fits` refuses.
    pub fn run_search(
        &self,
        search: PlannedSearch,
        fits: impl FnMut(&FoundPassage) -> bool,
    ) -> Result<SearchAnswer, EngineError> {
        let view = Arc::clone(search.view());
        let answer = search.run(&self.resources(), fits);
        if view.generation() != self.backend.view().generation() {
            view.release_caches();
        }
        answer
    }

    /// Runs several searches on one generation: that of their page tokens, or the latest. A page ends
    /// before the result that `fits` refuses. Returns the generation, and an answer or an error for
    /// each.
    pub fn search_batch(
        &self,
        calls: Vec<SearchCall>,
        mut fits: impl FnMut(&FoundPassage) -> bool,
    ) -> (u64, Vec<Result<SearchAnswer, EngineError>>) {
        let positions = calls.iter().map(|call| SearchPosition::open(call, &self.tokens));
        let positions: Vec<_> = positions.collect();
        let continued = positions.iter().find_map(|position| position.as_ref().ok()?.as_ref());
        let view = continued.and_then(|position| self.view_of(position.generation).ok());
        let view = view.unwrap_or_else(|| self.backend.view());
        let run = |(call, position): (SearchCall, Result<Option<SearchPosition>, EngineError>)| {
            let position = position?;
            if let Some(SearchPosition { generation, .. }) = &position
                && *generation != view.generation()
            {
                self.view_of(*generation)?;
                return Err(EngineError::PageToken("of another generation than the batch"));
            }
            let after = position.and_then(|position| position.after);
            let search = PlannedSearch::new(Arc::clone(&view), call, after, &self.settings.ranking)?;
            self.run_search(search, &mut fits)
        };
        let answers = calls.into_iter().zip(positions).map(run).collect();
        (view.generation(), answers)
    }

    /// All matches of a search on the latest generation, for [`Engine::next_exported`].
    #[must_use]
    pub fn export(&self, call: SearchCall) -> SearchExport {
        let view = self.backend.view();
        let exporting = self.kept.exporting(view.generation());
        SearchExport::new(view, call, self.settings.ranking, exporting)
    }

    /// The next matches of an export: at most `count`, and fewer if `fits` refuses one. `None` after
    /// the last.
    pub fn next_exported(
        &self,
        export: &mut SearchExport,
        count: usize,
        fits: impl FnMut(&FoundPassage) -> bool,
    ) -> Result<Option<ExportPart>, EngineError> {
        export.next(&self.resources(), count, fits)
    }

    fn resources(&self) -> SearchResources<'_> {
        SearchResources {
            backend: &*self.backend,
            tokens: &self.tokens,
            passages: &self.passages,
            kept: &self.kept,
            provenance: &self.provenance,
        }
    }

    /// Stores a document. When it returns, the document is durable and the next search sees it.
    pub fn put(&self, submission: Submission) -> Result<Receipt, EngineError> {
        let (done, receipt) = sync_channel(1);
        // A caller that is gone needs no answer.
        self.put_then(submission, move |result| drop(done.send(result)))?;
        receipt.recv().map_err(|_| EngineError::Internal("a write was dropped".into()))?
    }

    /// Stores a document without waiting for the disk: `done` is called once the document is
    /// durable and the next search sees it, or with the error of writing it. An error of reading it
    /// is returned, and `done` is not called.
    pub fn put_then(
        &self,
        submission: Submission,
        done: impl FnOnce(Result<Receipt, EngineError>) + Send + 'static,
    ) -> Result<(), EngineError> {
        let identified = submission.identify();
        match self.unchanged(&identified)? {
            Some(receipt) => {
                done(Ok(receipt));
                Ok(())
            }
            None => self.submit(self.prepare(identified)?, done),
        }
    }

    /// The receipt of a submission that is stored already, which saves reading it again; `None`
    /// also while the store is being checked, as the backend compares once more before it writes.
    pub fn unchanged(&self, identified: &Identified) -> Result<Option<Receipt>, EngineError> {
        let Ok(view) = self.checked_view() else { return Ok(None) };
        ingest::unchanged(&*view, identified)
    }

    /// Extracts, segments and analyses a submission, for [`Engine::submit`].
    pub fn prepare(&self, identified: Identified) -> Result<Box<dyn PreparedWrite>, EngineError> {
        let if_etag = identified.if_etag().map(str::to_owned);
        Ok(self.backend.prepare(identified.prepare(&self.settings)?, if_etag)?)
    }

    /// Queues a write; writes are committed in the order they are queued. `done` is called once the
    /// document is durable and the next search sees it, or with the error. Blocks only while the
    /// queue is full.
    pub fn submit(
        &self,
        prepared: Box<dyn PreparedWrite>,
        done: impl FnOnce(Result<Receipt, EngineError>) + Send + 'static,
    ) -> Result<(), EngineError> {
        Ok(prepared.submit(Box::new(|result| done(result.map_err(EngineError::from))))?)
    }

    /// How large the corpus is, and what its answers come from.
    pub fn server_info(&self) -> Result<ServerInfo, EngineError> {
        let statistics = self.stats()?;
        Ok(ServerInfo {
            statistics,
            footprint: self.backend.footprint()?,
            provenance: self.provenance.at(statistics.generation),
            ranking: self.settings.ranking,
        })
    }

    /// Reads a document's source, or a range of it: of the version with these received bytes, or
    /// the present one.
    pub fn source(
        &self,
        id: &str,
        version: Option<Digest>,
        kind: SourceKind,
        span: Option<ByteSpan>,
    ) -> Result<SourceReader, EngineError> {
        SourceReader::open(self.checked_view()?, id, version, kind, span)
    }

    /// Ranks by these parameters from now on.
    pub const fn set_ranking(&mut self, ranking: Ranking) {
        self.settings.ranking = ranking;
    }

    /// How large the corpus is.
    pub fn stats(&self) -> Result<Statistics, EngineError> {
        Ok(self.backend.view().statistics()?)
    }

    /// Takes a snapshot of what the latest commit left. Writes go on meanwhile.
    pub fn snapshot(&self) -> Result<Box<dyn SnapshotStream>, EngineError> {
        Ok(self.maintenance()?.snapshot()?)
    }

    /// Takes a snapshot, with its manifest, into the folder that the operator chose.
    pub fn snapshot_to(&self, name: &str) -> Result<SnapshotSummary, EngineError> {
        Ok(self.maintenance()?.snapshot_to(name)?)
    }

    /// Builds the index again from the documents. Searches and writes go on meanwhile. Returns the
    /// generation from which on the new one is used.
    pub fn rebuild_index(&self) -> Result<u64, EngineError> {
        Ok(self.maintenance()?.rebuild_index()?)
    }

    /// Starts to read everything again and to compare it with its digests.
    pub fn check_integrity(&self) -> Result<Box<dyn IntegrityCheck>, EngineError> {
        Ok(self.maintenance()?.check_integrity()?)
    }

    fn maintenance(&self) -> Result<&dyn Maintenance, EngineError> {
        self.backend.maintenance().ok_or(EngineError::NoMaintenance)
    }
}
