//! A stream of documents: read ahead within bounds, written in order, answered in order.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use futures_util::Stream;
use futures_util::StreamExt as _;
use futures_util::TryStreamExt as _;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;
use tokio::sync::oneshot;
use tonic::Status;

use crate::engine::EngineError;
use crate::engine::Identified;
use crate::engine::PreparedWrite;
use crate::engine::Receipt;
use crate::grpc::from_proto;
use crate::grpc::offload::Offload;
use crate::grpc::offload::SHORT_DOCUMENT_BYTES;
use crate::grpc::pb;
use crate::grpc::status;
use crate::grpc::to_proto;

/// Documents that are read ahead of the one that is being answered.
const AHEAD: usize = 64;
/// KiB of documents that are read ahead; a larger single document is read alone.
const AHEAD_KIB: u32 = 64 << 10;

/// A document on its way through the stages.
struct Document<S> {
    /// As sent, or as derived once it could be.
    id: String,
    /// How far it has come, or why it was refused.
    state: Result<S, Status>,
    /// Its share of the bytes that may be read ahead.
    room: Option<OwnedSemaphorePermit>,
    /// Its entry among the ids that are on their way.
    in_flight: InFlight,
}

impl<S> Document<S> {
    /// The state, and the document without it.
    fn take(self) -> (Result<S, Status>, Document<()>) {
        let Self { id, state, room, in_flight } = self;
        (state, Document { id, state: Ok(()), room, in_flight })
    }

    /// The document in another state.
    fn with<T>(self, state: Result<T, Status>) -> Document<T> {
        let Self { id, state: _, room, in_flight } = self;
        Document { id, state, room, in_flight }
    }
}

/// Decoded, and the field that held it.
struct Admitted {
    identified: Identified,
    body: &'static str,
    /// Whether no other document of its id is on its way, so that what is stored says what it would
    /// replace.
    alone: bool,
}

/// Read: stored already, or to be written.
enum Read {
    Unchanged(Box<Receipt>),
    Changed(Box<dyn PreparedWrite>, &'static str),
}

/// In the write queue, or past it.
enum Written {
    Unchanged(Box<Receipt>),
    Queued(oneshot::Receiver<Result<Receipt, EngineError>>, &'static str),
}

/// Answers a stream of documents, one answer each, in order. An error ends the stream: it is the
/// stream's own.
pub(super) fn answers(
    offload: Offload,
    requests: impl Stream<Item = Result<pb::ImportDocumentsRequest, Status>> + Send + 'static,
) -> impl Stream<Item = Result<pb::ImportDocumentsResponse, Status>> + Send + 'static {
    let room = Arc::new(Semaphore::new(AHEAD_KIB as usize));
    let ids = Ids::default();
    let (admitting, reading, writing) = (offload.clone(), offload.clone(), offload);
    // A failure of the stream passes through all stages after the documents before it, which are
    // answered first.
    requests
        .map_err(status::with_details)
        // One at a time, so that a full read-ahead keeps the next request from being taken off the
        // wire.
        .then(move |request| {
            let (offload, room, ids) = (admitting.clone(), Arc::clone(&room), ids.clone());
            async move { admit(offload, request?, room, ids).await }
        })
        .map(move |document| {
            let offload = reading.clone();
            async move { read(offload, document?).await }
        })
        .buffered(AHEAD)
        // In the order they came, so that of two documents of one id the later one stays.
        .then(move |document| {
            let offload = writing.clone();
            async move { write(offload, document?).await }
        })
        .map(|document| async move { answer(document?).await })
        .buffered(AHEAD)
}

async fn admit(
    offload: Offload,
    request: pb::ImportDocumentsRequest,
    room: Arc<Semaphore>,
    ids: Ids,
) -> Result<Document<Admitted>, Status> {
    let pb::ImportDocumentsRequest { document } = request;
    let sent_id = document.as_ref().map(|document| document.id.clone()).unwrap_or_default();
    let decoded = from_proto::submission(document);
    // Never nothing, for a document's own parts take room too.
    let bytes = decoded.as_ref().map_or(1, |(submission, _)| submission.bytes());
    let kib = u32::try_from(bytes.div_ceil(1 << 10).max(1)).unwrap_or(u32::MAX).min(AHEAD_KIB);
    let room = room.acquire_many_owned(kib).await.ok();
    let identified = match decoded {
        // Digests of a long document take their time.
        Ok((submission, body)) if bytes > SHORT_DOCUMENT_BYTES => {
            offload.write_in_stream(body, move |_| Ok((submission.identify(), body))).await
        }
        Ok((submission, body)) => Ok((submission.identify(), body)),
        Err(refused) => Err(refused.into()),
    };
    let id = identified.as_ref().map_or(sent_id, |(identified, _)| identified.id().to_owned());
    let (alone, in_flight) = ids.enter(&id);
    let state = identified.map(|(identified, body)| Admitted { identified, body, alone });
    Ok(Document { id, state, room, in_flight })
}

async fn read(offload: Offload, document: Document<Admitted>) -> Result<Document<Read>, Status> {
    let (state, document) = document.take();
    let state = match state {
        Err(refused) => Err(refused),
        Ok(Admitted { identified, body, alone }) => {
            let read = offload.prepare(identified.bytes(), body, move |engine| {
                let unchanged = if alone { engine.unchanged(&identified)? } else { None };
                Ok(match unchanged {
                    Some(receipt) => Read::Unchanged(Box::new(receipt)),
                    None => Read::Changed(engine.prepare(identified)?, body),
                })
            });
            read.await
        }
    };
    Ok(document.with(state))
}

async fn write(offload: Offload, document: Document<Read>) -> Result<Document<Written>, Status> {
    let (state, document) = document.take();
    let state = match state {
        Err(refused) => Err(refused),
        Ok(Read::Unchanged(receipt)) => Ok(Written::Unchanged(receipt)),
        Ok(Read::Changed(prepared, body)) => {
            let (done, result) = oneshot::channel();
            let queued = offload.write_in_stream(body, move |engine| {
                // A stream that is gone needs no answer.
                engine.submit(prepared, move |result| drop(done.send(result)))
            });
            queued.await.map(|()| Written::Queued(result, body))
        }
    };
    Ok(document.with(state))
}

async fn answer(document: Document<Written>) -> Result<pb::ImportDocumentsResponse, Status> {
    let receipt = match document.state {
        Err(refused) => Err(refused),
        Ok(Written::Unchanged(receipt)) => Ok(*receipt),
        Ok(Written::Queued(result, body)) => match result.await {
            Ok(result) => result.map_err(|error| status::from_engine_error(error, body)),
            Err(_) => Err(status::internal("a queued write was dropped")),
        },
    };
    Ok(match receipt {
        Ok(receipt) => to_proto::import_response(receipt),
        Err(refused) => to_proto::import_refused(document.id, &refused),
    })
}

/// The ids that are on their way in one stream.
#[derive(Clone, Debug, Default)]
struct Ids(Arc<Mutex<HashMap<String, usize>>>);

impl Ids {
    /// Notes an id; says whether no other document of it is on its way.
    fn enter(&self, id: &str) -> (bool, InFlight) {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = ids.entry(id.to_owned()).or_default();
        *count += 1;
        (*count == 1, InFlight { ids: self.clone(), id: id.to_owned() })
    }
}

/// An id that is on its way, until this is dropped.
#[derive(Debug)]
struct InFlight {
    ids: Ids,
    id: String,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut ids = self.ids.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = ids.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                ids.remove(&self.id);
            }
        }
    }
}
