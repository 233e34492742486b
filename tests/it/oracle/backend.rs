//! The reference backend: documents in a map, searched by brute force. It is the engine's second
//! backend, and the oracle that the first is compared with.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;

use onrecord::analysis::Language;
use onrecord::engine::Backend;
use onrecord::engine::BackendError;
use onrecord::engine::Completion;
use onrecord::engine::Deleted;
use onrecord::engine::Footprint;
use onrecord::engine::Formats;
use onrecord::engine::Outcome;
use onrecord::engine::PreparedWrite;
use onrecord::engine::Receipt;
use onrecord::engine::SearchPlan;
use onrecord::engine::Statistics;
use onrecord::engine::View;
use onrecord::query::AnalyzedQuery;
use onrecord::query::Ranking;
use onrecord::span::ByteSpan;
use onrecord::transcript::Diagnostic;
use onrecord::transcript::Digest;
use onrecord::transcript::PreparedDocument;
use onrecord::transcript::StoredDocument;
use onrecord::transcript::StoredExchange;

use crate::oracle::scoring::Collection;
use crate::oracle::scoring::ReferencePlan;

/// Documents by id, as of one generation.
#[derive(Clone, Debug, Default)]
struct State {
    generation: u64,
    documents: BTreeMap<String, Arc<PreparedDocument>>,
}

/// Keeps documents in memory and forgets them when it is dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReferenceBackend {
    state: Arc<Mutex<Arc<State>>>,
}

impl ReferenceBackend {
    fn now(&self) -> Arc<State> {
        Arc::clone(&self.state.lock().unwrap())
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> (T, u64) {
        let mut state = self.state.lock().unwrap();
        let mut next = State::clone(&state);
        next.generation += 1;
        let result = change(&mut next);
        let generation = next.generation;
        *state = Arc::new(next);
        (result, generation)
    }
}

impl Backend for ReferenceBackend {
    fn view(&self) -> Arc<dyn View> {
        Arc::new(ReferenceView::new(self.now()))
    }

    fn ready(&self) -> Result<(), BackendError> {
        Ok(())
    }

    fn wait_until_checked(&self) -> Result<(), BackendError> {
        Ok(())
    }

    fn watch(&self, seen: Box<dyn Fn(u64) + Send + Sync>) {
        seen(self.now().generation);
    }

    fn prepare(
        &self,
        document: PreparedDocument,
        _if_etag: Option<String>,
    ) -> Result<Box<dyn PreparedWrite>, BackendError> {
        Ok(Box::new(ReferenceWrite { document, backend: self.clone() }))
    }

    fn delete(&self, id: &str, _purge: bool, _if_etag: Option<&str>) -> Result<Deleted, BackendError> {
        match self.change(|state| state.documents.remove(id)) {
            (Some(_), generation) => Ok(Deleted { generation, purged: None }),
            (None, _) => Err(BackendError::NoSuchDocument(id.to_owned())),
        }
    }

    fn page_key(&self) -> [u8; 32] {
        [9; 32]
    }

    fn corpus_id(&self) -> &'static str {
        "reference"
    }

    fn formats(&self) -> Formats {
        Formats::default()
    }

    fn footprint(&self) -> Result<Footprint, BackendError> {
        Ok(Footprint::default())
    }
}

#[derive(Debug)]
struct ReferenceWrite {
    document: PreparedDocument,
    backend: ReferenceBackend,
}

impl PreparedWrite for ReferenceWrite {
    fn submit(self: Box<Self>, done: Completion<Receipt>) -> Result<(), BackendError> {
        let Self { document, backend } = *self;
        let (stored, diagnostics) = (document.document.clone(), document.diagnostics.clone());
        let (last, generation) =
            backend.change(|state| state.documents.insert(stored.id.clone(), Arc::new(document)));
        let outcome = if last.is_some() { Outcome::Replaced } else { Outcome::Created };
        done(Ok(Receipt { document: stored, outcome, diagnostics, generation }));
        Ok(())
    }
}

/// One generation.
#[derive(Debug)]
struct ReferenceView {
    state: Arc<State>,
    collection: Arc<Collection>,
}

impl ReferenceView {
    fn new(state: Arc<State>) -> Self {
        let documents = state.documents.values().map(Arc::as_ref);
        let collection = Arc::new(Collection::new(state.generation, documents));
        Self { state, collection }
    }

    fn get(&self, id: &str) -> Option<&PreparedDocument> {
        self.state.documents.get(id).map(Arc::as_ref)
    }

    /// The bytes of a source: those received, or the text that was read from them.
    fn bytes(&self, source: Digest) -> &[u8] {
        let all = self.state.documents.values();
        let mut found = all.filter_map(|document| match &document.rendition {
            Some(text) if document.document.source == source => Some(text.as_bytes()),
            _ if document.document.received == source => Some(document.received.as_slice()),
            _ => None,
        });
        found.next_back().unwrap_or_default()
    }
}

impl View for ReferenceView {
    fn generation(&self) -> u64 {
        self.state.generation
    }

    fn statistics(&self) -> Result<Statistics, BackendError> {
        let sum = |of: fn(&StoredDocument) -> u64| {
            self.state.documents.values().map(|document| of(&document.document)).sum()
        };
        Ok(Statistics {
            documents: self.state.documents.len() as u64,
            exchanges: sum(|document| document.exchanges.into()),
            passages: sum(|document| document.passages.into()),
            bytes: sum(|document| document.received_len),
            generation: self.state.generation,
        })
    }

    fn languages(&self) -> &[Language] {
        self.collection.languages()
    }

    fn plan(
        self: Arc<Self>,
        query: AnalyzedQuery,
        ranking: &Ranking,
    ) -> Result<Box<dyn SearchPlan>, BackendError> {
        let collection = Arc::clone(&self.collection);
        Ok(Box::new(ReferencePlan { collection, query, ranking: *ranking }))
    }

    fn document(&self, id: &str) -> Result<Option<StoredDocument>, BackendError> {
        Ok(self.get(id).map(|document| document.document.clone()))
    }

    fn documents(&self, after: Option<&str>, limit: usize) -> Result<Vec<StoredDocument>, BackendError> {
        let all = self.state.documents.iter();
        let after = all.filter(|(id, _)| after.is_none_or(|after| id.as_str() > after));
        Ok(after.take(limit).map(|(_, document)| document.document.clone()).collect())
    }

    fn versions(&self, _id: &str) -> Result<Vec<StoredDocument>, BackendError> {
        Ok(Vec::new())
    }

    fn diagnostics(&self, id: &str) -> Result<Vec<Diagnostic>, BackendError> {
        Ok(self.get(id).map(|document| document.diagnostics.clone()).unwrap_or_default())
    }

    fn exchange(&self, id: &str, index: u32) -> Result<Option<StoredExchange>, BackendError> {
        Ok(self.get(id).and_then(|document| document.exchanges.get(index as usize)).cloned())
    }

    fn exchanges(&self, id: &str) -> Result<Vec<StoredExchange>, BackendError> {
        Ok(self.get(id).map(|document| document.exchanges.clone()).unwrap_or_default())
    }

    fn source_chunk(&self, source: Digest, offset: usize) -> Result<Vec<u8>, BackendError> {
        Ok(self.bytes(source).get(offset..).unwrap_or_default().to_vec())
    }

    fn source_range(&self, source: Digest, span: ByteSpan) -> Result<Vec<u8>, BackendError> {
        let bytes = self.bytes(source);
        let end = span.end().min(bytes.len());
        Ok(bytes.get(span.start().min(end)..end).unwrap_or_default().to_vec())
    }
}
