//! The write path: one thread, group commit.
//!
//! Writes that wait together are committed together: one durable store commit, then the index is brought up to
//! the store and a new snapshot published, then all are answered. The index takes its documents from the store,
//! by the same code that catches up after a crash.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::SyncSender;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::thread::JoinHandle;

use crate::engine::EngineError;
use crate::engine::snapshot::Published;
use crate::engine::snapshot::Snapshot;
use crate::index::DocumentEntry;
use crate::index::ExchangeEntry;
use crate::index::Index;
use crate::store::Batch;
use crate::store::NewDocument;
use crate::store::Reader;
use crate::store::Store;
use crate::store::StoredDocument;
use crate::store::StoredExchange;
use crate::transcript::Diagnostic;
use crate::transcript::Utterance;

/// How many writes one commit takes at most; bounds its memory, not its rate.
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
    jobs: Mutex<Option<SyncSender<Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Brings the index up to the store, publishes the first snapshot and starts the thread.
    pub(super) fn start(
        store: Store,
        index: Index,
        queue: usize,
    ) -> Result<(Self, Arc<Published>), EngineError> {
        let mut indexer = Indexer { index, writer: None };
        let published = Arc::new(Published::new(indexer.catch_up(store.reader()?)?));
        let (jobs, waiting) = sync_channel(queue);
        let loop_published = Arc::clone(&published);
        let thread = thread::Builder::new()
            .name("writer".into())
            .spawn(move || commit_loop(&store, &mut indexer, &waiting, &loop_published))
            .map_err(|error| EngineError::Internal(format!("the write thread cannot start: {error}")))?;
        Ok((Self { jobs: Mutex::new(Some(jobs)), thread: Some(thread) }, published))
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
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        jobs.ok_or(EngineError::Closing)?.send(job).map_err(|_| EngineError::Closing)
    }

    /// Sends a job and waits for its answer.
    fn run<T: Send + 'static>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, EngineError> {
        let (reply, answer) = sync_channel(1);
        // A caller that is gone needs no answer.
        self.send(job(Box::new(move |result| drop(reply.send(result)))))?;
        answer.recv().map_err(|_| EngineError::Closing)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the write thread panicked");
        }
    }
}

fn commit_loop(store: &Store, indexer: &mut Indexer, waiting: &Receiver<Job>, published: &Published) {
    while let Ok(first) = waiting.recv() {
        let group: Vec<Job> = std::iter::once(first).chain(waiting.try_iter().take(GROUP - 1)).collect();
        commit_group(store, indexer, group, published);
    }
}

fn commit_group(store: &Store, indexer: &mut Indexer, group: Vec<Job>, published: &Published) {
    let known = indexer.index.generation();
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
            tracing::error!(%error, writes = group.len(), "a group of writes failed");
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
    let outcome = match batch.document(&new.document.id)? {
        Some(old) if old.submission == new.document.submission => return Ok(None),
        Some(_) => Outcome::Replaced,
        None => Outcome::Created,
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

    /// Answers a job of a group that failed: nothing of it counts as written.
    fn fail(self, error: &EngineError) {
        match self {
            Self::Put(_, reply) => reply(Err(error.for_another_caller())),
            Self::Delete(_, reply) => reply(Err(error.for_another_caller())),
        }
    }
}

/// The index and its writer, which is made anew after a failure.
struct Indexer {
    index: Index,
    writer: Option<crate::index::Writer>,
}

impl Indexer {
    /// Indexes what the store has and the index has not, and pairs the two.
    fn catch_up(&mut self, reader: Reader) -> Result<Snapshot, EngineError> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.index.writer()?,
        };
        let generation = reader.generation()?;
        let indexed = self.index.generation();
        if indexed != generation {
            let changes = reader.changes_since(indexed)?.filter(|_| indexed < generation);
            if let Some(ids) = changes {
                ids.iter().try_for_each(|id| index_document(&mut writer, &reader, id))?;
            } else {
                tracing::info!(documents = reader.document_count()?, "building the index from the store");
                index_everything(&mut writer, &reader)?;
            }
            writer.commit(generation)?;
        }
        self.writer = Some(writer);
        Ok(Snapshot { searcher: self.index.searcher(), reader, generation })
    }
}

fn index_everything(writer: &mut crate::index::Writer, reader: &Reader) -> Result<(), EngineError> {
    /// Documents read at a time.
    const PAGE: usize = 512;
    writer.clear()?;
    let mut after: Option<String> = None;
    loop {
        let page = reader.documents(after.as_deref(), PAGE)?;
        for document in &page {
            writer.replace(&entry(document, &reader.exchanges(&document.id)?))?;
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = Some(last.id.clone()),
            _ => return Ok(()),
        }
    }
}

fn index_document(writer: &mut crate::index::Writer, reader: &Reader, id: &str) -> Result<(), EngineError> {
    match reader.document(id)? {
        Some(document) => writer.replace(&entry(&document, &reader.exchanges(id)?))?,
        None => writer.delete(id)?,
    }
    Ok(())
}

fn entry<'a>(document: &'a StoredDocument, exchanges: &'a [StoredExchange]) -> DocumentEntry<'a> {
    fn speaker(utterance: &Utterance) -> &str {
        utterance.speaker.as_deref().unwrap_or_default()
    }
    let exchanges = exchanges.iter().map(|stored| {
        let question = stored.exchange.question.as_ref();
        ExchangeEntry {
            question: question.map_or("", |question| &question.text),
            answer: &stored.exchange.answer.text,
            asker: question.map_or("", speaker),
            speaker: speaker(&stored.exchange.answer),
            windows: stored.windows.iter().map(|(passage, _)| passage.span).collect(),
        }
    });
    DocumentEntry { document_id: &document.id, metadata: &document.metadata, exchanges: exchanges.collect() }
}
