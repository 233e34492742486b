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
use crate::grpc::server::Settings;
use crate::grpc::status;

/// Runs engine calls on blocking threads, a bounded number at a time. Reads and writes have a bound each, so
/// that writes that wait for the disk hold no search back.
#[derive(Clone, Debug)]
pub(super) struct Offload {
    engine: Arc<Engine>,
    reads: Room,
    writes: Room,
    /// Short documents that are read and analysed at a time.
    preparing: Arc<Semaphore>,
    generation: watch::Receiver<u64>,
}

/// Documents up to this many bytes are short: they are read in some milliseconds, and so one after the other. As many at
/// a time as there are processors come first as fast as all of them together come last. Longer ones, which none of these
/// should wait for, are read beside them.
pub(super) const SHORT: usize = 64 << 10;

/// How long a generation is waited for where the client set no deadline, which ends a call by itself.
const REACH: Duration = Duration::from_secs(10);

/// How many calls run, and how many are there at all.
#[derive(Clone, Debug)]
struct Room {
    running: Arc<Semaphore>,
    present: Arc<Semaphore>,
}

impl Room {
    /// Calls that may wait for each that runs; what they hold in memory is bounded by it.
    const WAITING: usize = 8;

    fn new(running: usize) -> Self {
        let present = running.saturating_mul(1 + Self::WAITING);
        Self { running: Arc::new(Semaphore::new(running)), present: Arc::new(Semaphore::new(present)) }
    }

    /// A place among those that wait or run, or the word that there is none.
    fn enter(&self) -> Result<OwnedSemaphorePermit, Status> {
        Arc::clone(&self.present).try_acquire_owned().map_err(|_| status::busy())
    }
}

/// A search that was begun on an async thread.
enum Begun {
    Done(SearchAnswer),
    Planned(Box<PlannedSearch>),
}

/// Lets others go first, once, and sees to it that another thread waits for the network if there is one to be had. Of the
/// runtime's threads one waits there at a time, and the one that a call came to goes on to answer it, without waking
/// another for what may come meanwhile. A task that wakes itself is put in the queue, and for what is queued a thread is
/// woken, which takes the task or the place at the network.
async fn stand_back() {
    let mut stood_back = false;
    poll_fn(|context| {
        if std::mem::replace(&mut stood_back, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Offload {
    pub(super) fn new(engine: Arc<Engine>, settings: &Settings) -> Self {
        let (seen, generation) = watch::channel(0);
        engine.watch(move |generation| {
            seen.send_replace(generation);
        });
        Self {
            engine,
            reads: Room::new(settings.concurrent_reads),
            writes: Room::new(settings.concurrent_writes),
            preparing: Arc::new(Semaphore::new(settings.processors)),
            generation,
        }
    }

    /// Waits until a generation can be searched. Holds no thread meanwhile.
    pub(super) async fn reach(&self, generation: u64) -> Result<(), Status> {
        let mut now = self.generation.clone();
        if *now.borrow() >= generation {
            return Ok(());
        }
        let reached = tokio::time::timeout(REACH, now.wait_for(|now| *now >= generation)).await;
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

    /// Runs a search. A light one runs here and now, for a hand-off to another thread costs as much as it does; any
    /// other runs like every call that reads.
    pub(super) async fn search(&self, call: SearchCall) -> Result<SearchAnswer, Status> {
        /// The longest query that is planned before it is handed off, in bytes: a sentence.
        const PLANNED_HERE: usize = 256;
        if call.query.text().len() > PLANNED_HERE {
            return self.read(move |engine| engine.search(&call)).await;
        }
        stand_back().await;
        let begin = AssertUnwindSafe(|| -> Result<Begun, EngineError> {
            let search = self.engine.plan_search(call)?;
            Ok(if search.is_light() {
                Begun::Done(self.engine.run_search(search)?)
            } else {
                Begun::Planned(Box::new(search))
            })
        });
        match catch_unwind(begin) {
            Ok(Ok(Begun::Done(answer))) => Ok(answer),
            Ok(Ok(Begun::Planned(search))) => self.read(move |engine| engine.run_search(*search)).await,
            Ok(Err(error)) => Err(status::of(error, "")),
            Err(_) => Err(status::lost("a search panicked")),
        }
    }

    /// Stores a document held by the request's field `body`. No thread is held while it waits for the disk.
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
            Ok(result) => result.map_err(|error| status::of(error, body)),
            Err(_) => Err(status::lost("a queued write was dropped")),
        }
    }

    /// Runs what reads and analyses a document of so many bytes.
    pub(super) async fn prepare<T: Send + 'static>(
        &self,
        bytes: usize,
        body: &'static str,
        call: impl FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Status> {
        let running = if bytes <= SHORT { &self.preparing } else { &self.writes.running };
        self.run(running, body, call).await
    }

    /// Runs a call that takes in a document held by the request's field `body` without storing it, or deletes one.
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
        let permit =
            Arc::clone(running).acquire_owned().await.map_err(|error| status::lost(&error.to_string()))?;
        let engine = Arc::clone(&self.engine);
        let done = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the call: a cancelled call gives its place back only when its work ends.
            let _held = permit;
            call(&engine)
        });
        match done.await {
            Ok(result) => result.map_err(|error| status::of(error, body)),
            Err(panic) => Err(status::lost(&panic.to_string())),
        }
    }
}
