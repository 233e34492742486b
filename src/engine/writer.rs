//! The write path: one thread, group commit.
//!
//! Writes that wait together are committed together: one durable store commit, then the index is brought up to
//! the store and a new snapshot published, then all are answered. The index takes its documents from the store,
//! by the same code that catches up after a crash.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::SyncSender;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::thread::JoinHandle;

use crate::engine::EngineError;
use crate::engine::indexer::Indexer;
use crate::engine::snapshot::Published;
use crate::index::Index;
use crate::store::Batch;
use crate::store::NewDocument;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::StoredDocument;
use crate::transcript::Diagnostic;

/// How many writes one commit takes at most.
const GROUP: usize = 256;

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The document is new.
    Created,
    /// It replaced one of the same id.
    Replaced,
    /// The same bytes and metadata were there already.
    Unchanged,
}

/// What became of a document.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The document as stored.
    pub document: StoredDocument,
    /// What the write did.
    pub outcome: Outcome,
    /// What was noticed while reading it.
    pub diagnostics: Vec<Diagnostic>,
    /// The generation in which it is visible.
    pub generation: u64,
}

/// Takes the answer to a job.
type Reply<T> = Box<dyn FnOnce(Result<T, EngineError>) + Send>;

enum Job {
    Put(Box<NewDocument>, Reply<Receipt>),
    Delete(String, Reply<u64>),
}

/// The handle of the write thread; dropping it waits for the writes that were taken.
#[derive(Debug)]
pub(super) struct Writer {
    /// `None` only while it is dropped.
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Brings the index up to the store, publishes the first snapshot and starts the thread.
    pub(super) fn start(
        store: Arc<Store>,
        index: Index,
        queue: usize,
    ) -> Result<(Self, Arc<Published>), EngineError> {
        let mut indexer = Indexer::new(index);
        let published = Arc::new(Published::new(indexer.catch_up(store.reader()?)?));
        let (jobs, waiting) = sync_channel(queue);
        let loop_published = Arc::clone(&published);
        let thread = thread::Builder::new()
            .name("writer".into())
            .spawn(move || commit_loop(&store, &mut indexer, &waiting, &loop_published))
            .map_err(|error| EngineError::Internal(format!("the write thread cannot start: {error}")))?;
        Ok((Self { jobs: Some(jobs), thread: Some(thread) }, published))
    }

    pub(super) fn put(&self, new: NewDocument) -> Result<Receipt, EngineError> {
        self.run(|reply| Job::Put(Box::new(new), reply))
    }

    pub(super) fn delete(&self, id: &str) -> Result<u64, EngineError> {
        self.run(|reply| Job::Delete(id.to_owned(), reply))
    }

    /// Queues a write; blocks only while the queue is full.
    pub(super) fn submit(&self, new: NewDocument, done: Reply<Receipt>) -> Result<(), EngineError> {
        self.send(Job::Put(Box::new(new), done))
    }

    fn send(&self, job: Job) -> Result<(), EngineError> {
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok());
        if sent { Ok(()) } else { Err(EngineError::Internal("the write thread has ended".into())) }
    }

    /// Sends a job and waits for its answer.
    fn run<T: Send + 'static>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, EngineError> {
        let (reply, answer) = sync_channel(1);
        // A caller that is gone needs no answer.
        self.send(job(Box::new(move |result| drop(reply.send(result)))))?;
        let dropped = |_| EngineError::Internal("a write was dropped".into());
        answer.recv().map_err(dropped)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the write thread panicked");
        }
    }
}

fn commit_loop(store: &Store, indexer: &mut Indexer, waiting: &Receiver<Job>, published: &Published) {
    while let Ok(first) = waiting.recv() {
        let group: Vec<Job> = std::iter::once(first).chain(waiting.try_iter().take(GROUP - 1)).collect();
        // A panic drops the group, whose callers are told, and ends neither the thread nor later writes.
        let done = catch_unwind(AssertUnwindSafe(|| commit_group(store, indexer, group, published)));
        if done.is_err() {
            tracing::error!("a group of writes panicked");
            indexer.reset();
        }
    }
}

fn commit_group(store: &Store, indexer: &mut Indexer, group: Vec<Job>, published: &Published) {
    let known = indexer.generation();
    let done = write_group(store, &group, known).and_then(|outcomes| {
        let reader = store.reader()?;
        // Also after a group that failed between store and index: the next one catches up for both.
        if reader.generation()? != known {
            published.publish(indexer.catch_up(reader)?);
        }
        Ok(outcomes)
    });
    let generation = published.now().generation;
    match done {
        Ok(outcomes) => {
            for (job, outcome) in group.into_iter().zip(outcomes) {
                job.answer(outcome, generation);
            }
        }
        Err(error) => {
            for job in group {
                job.fail(&error);
            }
        }
    }
}

/// Writes a group to the store as one commit; for each job what it did, `None` where it changed nothing.
fn write_group(store: &Store, group: &[Job], known: u64) -> Result<Vec<Option<Outcome>>, EngineError> {
    let batch = store.begin()?;
    let generation = batch.next_generation()?;
    let mut outcomes = Vec::with_capacity(group.len());
    for job in group {
        outcomes.push(match job {
            Job::Put(new, _) => put(&batch, new, generation)?,
            Job::Delete(id, _) => batch.delete(id, generation)?.then_some(Outcome::Replaced),
        });
    }
    // A batch that changed nothing is dropped, so that its generation is not used up.
    if outcomes.iter().any(Option::is_some) {
        batch.forget_changes(known)?;
        batch.commit()?;
    }
    Ok(outcomes)
}

fn put(batch: &Batch, new: &NewDocument, generation: u64) -> Result<Option<Outcome>, EngineError> {
    let outcome = match batch.document(&new.document.id) {
        Ok(Some(old)) if old.submission == new.document.submission => return Ok(None),
        // A damaged document can be replaced.
        Ok(Some(_)) | Err(StoreError::Damaged(_)) => Outcome::Replaced,
        Ok(None) => Outcome::Created,
        Err(error) => return Err(error.into()),
    };
    batch.put(new, generation)?;
    Ok(Some(outcome))
}

impl Job {
    /// Answers a job of a committed group.
    fn answer(self, outcome: Option<Outcome>, generation: u64) {
        match self {
            Self::Put(new, reply) => {
                let NewDocument { document, diagnostics, .. } = *new;
                let outcome = outcome.unwrap_or(Outcome::Unchanged);
                reply(Ok(Receipt { document, outcome, diagnostics, generation }));
            }
            Self::Delete(id, reply) => {
                reply(outcome.map(|_| generation).ok_or(EngineError::NoSuchDocument(id)));
            }
        }
    }

    /// Answers a job of a group that failed: it is not acknowledged, though the store may have it.
    fn fail(self, error: &EngineError) {
        match self {
            Self::Put(_, reply) => reply(Err(error.for_another_caller())),
            Self::Delete(_, reply) => reply(Err(error.for_another_caller())),
        }
    }
}
