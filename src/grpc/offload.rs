//! Where work leaves the async threads: one place, bounded.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;
use tokio::sync::oneshot;
use tokio::sync::watch;
use tonic::Status;

use crate::engine::Engine;
use crate::engine::EngineError;
use crate::engine::PlannedSearch;
use crate::engine::Receipt;
use crate::engine::SearchAnswer;
use crate::engine::SearchCall;
use crate::engine::Submission;
use crate::grpc::response_page::ByteBudget;
use crate::grpc::search_response;
use crate::grpc::settings::Settings;
use crate::grpc::status;

/// Runs engine calls on blocking threads, a bounded number at a time. Reads and writes have
/// separate bounds, so that writes that wait for the disk do not delay searches.
#[derive(Clone, Debug)]
pub(super) struct Offload {
    engine: Arc<Engine>,
    reads: Limiter,
    writes: Limiter,
    /// Short documents that are read and analysed at a time.
    preparing: Arc<Semaphore>,
    generation: watch::Receiver<u64>,
}

/// The longest document, in bytes, that is read by one of a few threads, one per processor: each
/// takes some milliseconds, so reading them one after the other answers the first ones early. A
/// longer document is read on a separate thread, so that short ones do not wait for it.
pub(super) const SHORT_DOCUMENT_BYTES: usize = 64 << 10;

/// How long a call waits for a generation. A client that set a shorter deadline ends the call
/// itself.
const GENERATION_WAIT: Duration = Duration::from_secs(10);

/// Bounds how many calls run and how many wait.
#[derive(Clone, Debug)]
struct Limiter {
    running: Arc<Semaphore>,
    present: Arc<Semaphore>,
}

impl Limiter {
    /// Waiting calls allowed for each running one; this bounds the memory that they hold.
    const WAITING: usize = 8;

    fn new(running: usize) -> Self {
        let present = running.saturating_mul(1 + Self::WAITING);
        Self { running: Arc::new(Semaphore::new(running)), present: Arc::new(Semaphore::new(present)) }
    }

    /// A permit to wait and run; an error when too many do already.
    fn enter(&self) -> Result<OwnedSemaphorePermit, Status> {
        Arc::clone(&self.present).try_acquire_owned().map_err(|_| status::busy())
    }
}

/// What planning a search on an async thread led to.
enum PlanOutcome {
    Done(SearchAnswer),
    Planned(Box<PlannedSearch>),
}

/// Yields once, which makes another thread of the runtime poll the network. One thread polls at a
/// time; the thread that received a call goes on to answer it, and no other is woken for calls that
/// arrive meanwhile. A task that wakes itself is queued, and for a queued task tokio wakes another
/// thread, which takes the task or the poll.
async fn yield_to_scheduler() {
    let mut yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Runs a search for a page that ends early rather than exceed what a response may hold.
fn run_search(engine: &Engine, search: PlannedSearch) -> Result<SearchAnswer, EngineError> {
    let mut room = ByteBudget::new();
    engine.run_search(search, |found| room.take(search_response::result_bytes(found)))
}

impl Offload {
    pub(super) fn new(engine: Arc<Engine>, settings: &Settings) -> Self {
        let (seen, generation) = watch::channel(0);
        engine.watch(move |generation| {
            seen.send_replace(generation);
        });
        Self {
            engine,
            reads: Limiter::new(settings.concurrent_reads),
            writes: Limiter::new(settings.concurrent_writes),
            preparing: Arc::new(Semaphore::new(settings.processors)),
            generation,
        }
    }

    /// The engine, for readers that are read part by part in `read_in_stream`.
    pub(super) fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.engine)
    }

    /// Waits until a generation can be searched. Holds no thread meanwhile.
    pub(super) async fn wait_for_generation(&self, generation: u64) -> Result<(), Status> {
        let mut now = self.generation.clone();
        if *now.borrow() >= generation {
            return Ok(());
        }
        let reached = tokio::time::timeout(GENERATION_WAIT, now.wait_for(|now| *now >= generation)).await;
        if matches!(reached, Ok(Ok(_))) { Ok(()) } else { Err(status::not_reached(generation)) }
    }

    /// Runs a call that only reads.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Status> {
        let _place = self.reads.enter()?;
        self.run(&self.reads.running, "", call).await
    }

    /// Runs a search. A light one runs here and now, for a hand-off to another thread costs as much
    /// as it does; any other runs like every call that reads.
    pub(super) async fn search(&self, call: SearchCall) -> Result<SearchAnswer, Status> {
        /// The longest query that is planned before it is handed off, in bytes: a sentence.
        const PLANNED_HERE: usize = 256;
        if call.query.text().len() > PLANNED_HERE {
            let search = move |engine: &Engine| run_search(engine, engine.plan_search(call)?);
            return self.read(search).await;
        }
        yield_to_scheduler().await;
        let begin = AssertUnwindSafe(|| -> Result<PlanOutcome, EngineError> {
            let search = self.engine.plan_search(call)?;
            Ok(if search.is_light() {
                PlanOutcome::Done(run_search(&self.engine, search)?)
            } else {
                PlanOutcome::Planned(Box::new(search))
            })
        });
        match catch_unwind(begin) {
            Ok(Ok(PlanOutcome::Done(answer))) => Ok(answer),
            Ok(Ok(PlanOutcome::Planned(search))) => {
                self.read(move |engine| run_search(engine, *search)).await
            }
            Ok(Err(error)) => Err(status::from_engine_error(error, "")),
            Err(_) => Err(status::internal("a search panicked")),
        }
    }

    /// Stores a document held by the request's field `body`. No thread is held while it waits for
    /// the disk.
    pub(super) async fn put(&self, body: &'static str, submission: Submission) -> Result<Receipt, Status> {
        let _place = self.writes.enter()?;
        let bytes = submission.bytes();
        let (done, result) = oneshot::channel();
        let put = move |engine: &Engine| {
            // A caller that is gone needs no answer.
            engine.put_then(submission, move |result| drop(done.send(result)))
        };
        self.prepare(bytes, body, put).await?;
        match result.await {
            Ok(result) => result.map_err(|error| status::from_engine_error(error, body)),
            Err(_) => Err(status::internal("a queued write was dropped")),
        }
    }

    /// Runs what reads and analyses a document of so many bytes.
    pub(super) async fn prepare<T: Send + 'static>(
        &self,
        bytes: usize,
        body: &'static str,
        call: impl FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Status> {
        let running = if bytes <= SHORT_DOCUMENT_BYTES { &self.preparing } else { &self.writes.running };
        self.run(running, body, call).await
    }

    /// Runs a call that takes in a document held by the request's field `body` without storing it,
    /// or deletes one.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        body: &'static str,
        call: impl FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Status> {
        let _place = self.writes.enter()?;
        self.run(&self.writes.running, body, call).await
    }

    /// Reads the next piece of a stream, which holds one at a time.
    pub(super) async fn read_in_stream<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Status> {
        self.run(&self.reads.running, "", call).await
    }

    /// Runs a write that is part of a stream, which bounds by itself how many wait.
    pub(super) async fn write_in_stream<T: Send + 'static>(
        &self,
        body: &'static str,
        call: impl FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Status> {
        self.run(&self.writes.running, body, call).await
    }

    async fn run<T: Send + 'static>(
        &self,
        running: &Arc<Semaphore>,
        body: &'static str,
        call: impl FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Status> {
        let permit = Arc::clone(running)
            .acquire_owned()
            .await
            .map_err(|error| status::internal(&error.to_string()))?;
        let engine = Arc::clone(&self.engine);
        let done = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the call: a cancelled call gives its place back only when
            // its work ends.
            let _held = permit;
            call(&engine)
        });
        match done.await {
            Ok(result) => result.map_err(|error| status::from_engine_error(error, body)),
            Err(panic) => Err(status::internal(&panic.to_string())),
        }
    }
}
