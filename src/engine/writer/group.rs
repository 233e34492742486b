//! Committing what waits, group by group.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::Duration;

use crate::engine::EngineError;
use crate::engine::indexer::Indexer;
use crate::engine::snapshot::Published;
use crate::engine::writer::Deleted;
use crate::engine::writer::Job;
use crate::engine::writer::Outcome;
use crate::engine::writer::Receipt;
use crate::engine::writer::Rules;
use crate::index::Index;
use crate::store::Batch;
use crate::store::NewDocument;
use crate::store::Purged;
use crate::store::Reader;
use crate::store::Store;
use crate::store::StoreError;

/// How many writes one commit takes at most.
const GROUP: usize = 256;
/// How long the next of as many writers as wrote lately is waited for: about what a commit takes, which each that comes
/// in time saves.
const GATHER: Duration = Duration::from_millis(1);
/// How often an index that fell behind the store for want of room is tried again while nobody writes.
const RETRY: Duration = Duration::from_secs(1);
/// How long readers from before a failed write are waited for, and how often they are looked for.
const STALE_READERS: (Duration, u32) = (Duration::from_millis(10), 200);

/// The state of the write thread.
pub(super) struct Committer {
    store: Arc<Store>,
    indexer: Indexer,
    published: Arc<Published>,
    rules: Rules,
    /// How many writers there are, as far as groups tell: the size of the largest lately, one less with each since.
    writers: usize,
    /// From which generation on changes are kept for an index that is being built.
    rebuilding_from: Option<u64>,
}

/// What a job did in its batch.
enum Done {
    Put(Outcome),
    Deleted(Option<Purged>),
    Missing,
    /// A job that writes nothing.
    Other,
}

impl Committer {
    pub(super) fn new(store: Arc<Store>, indexer: Indexer, published: Arc<Published>, rules: Rules) -> Self {
        Self { store, indexer, published, rules, writers: 0, rebuilding_from: None }
    }

    /// Commits groups until all senders are gone.
    pub(super) fn run(&mut self, waiting: &Receiver<Job>) {
        loop {
            match waiting.recv_timeout(RETRY) {
                Ok(first) => {
                    let group = self.gather(first, waiting);
                    self.writers = group.len().max(self.writers.saturating_sub(1));
                    // A panic drops the group, whose callers are told, and ends neither the thread nor later writes.
                    self.guarded(|this| this.commit(group));
                }
                Err(RecvTimeoutError::Timeout) => self.guarded(Self::rest),
                Err(RecvTimeoutError::Disconnected) => {
                    self.guarded(Self::rest);
                    return;
                }
            }
        }
    }

    fn guarded(&mut self, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
            tracing::error!("a group of writes panicked");
            self.indexer.reset();
            self.store.give_up("a write panicked");
        }
    }

    /// The writes that wait, and those of writers that wrote with the last group and will come at once.
    fn gather(&self, first: Job, waiting: &Receiver<Job>) -> Vec<Job> {
        let mut group = vec![first];
        group.extend(waiting.try_iter().take(GROUP - 1));
        while group.len() < self.writers.min(GROUP) {
            let Ok(job) = waiting.recv_timeout(GATHER) else { break };
            group.push(job);
        }
        group
    }

    /// What is done while nobody writes: the index is committed, and brought up where it fell behind.
    fn rest(&mut self) {
        let flushed = self.indexer.flush().unwrap_or_else(|error| {
            tracing::warn!(%error, "the index cannot be committed; it is tried again");
            false
        });
        let fell_behind = self.store.has_failed() || self.indexer.is_reset();
        let done = match (fell_behind, flushed) {
            (true, _) => self.ready().and_then(|()| self.publish()),
            // Lets go of what the snapshot has in memory.
            (false, true) => self.publish_again(),
            (false, false) => Ok(()),
        };
        if let Err(error) = done {
            tracing::debug!(%error, "the index is still behind the store");
        }
    }

    fn commit(&mut self, group: Vec<Job>) {
        let done = self.write(&group).and_then(|done| {
            self.publish()?;
            Ok(done)
        });
        let done = match done {
            Ok(done) => done,
            Err(error) => {
                tracing::warn!(%error, writes = group.len(), "a group of writes failed; none is acknowledged");
                for job in group {
                    job.fail(&error);
                }
                return;
            }
        };
        let generation = self.published.now().generation;
        for (job, done) in group.into_iter().zip(done) {
            match job {
                Job::Put(new, admission, reply) => {
                    let NewDocument { document, diagnostics, .. } = *new;
                    drop(admission);
                    let outcome = if let Done::Put(outcome) = done { outcome } else { Outcome::Unchanged };
                    reply(Ok(Receipt { document, outcome, diagnostics, generation }));
                }
                Job::Delete { id, reply, .. } => reply(match done {
                    Done::Deleted(purged) => Ok(Deleted { generation, purged }),
                    Done::Put(_) | Done::Missing | Done::Other => Err(EngineError::NoSuchDocument(id)),
                }),
                Job::StartRebuild(reply) => reply(self.start_rebuild()),
                Job::EndRebuild(index, reply) => reply(self.end_rebuild(index)),
            }
        }
    }

    /// Makes the store fit to be written: opened anew after a failure, with nobody left who reads it as it was.
    fn ready(&mut self) -> Result<(), EngineError> {
        if self.store.has_failed() {
            self.store.recover()?;
            tracing::warn!("the store was opened anew after a failed write");
            // New readers come to the new opening, so that those of the old one end.
            self.publish()?;
        }
        let (pause, times) = STALE_READERS;
        for _ in 0..times {
            if !self.store.has_stale_readers() {
                break;
            }
            thread::sleep(pause);
        }
        if self.store.has_stale_readers() {
            return Err(EngineError::NotReady);
        }
        Ok(())
    }

    /// Refuses what would take the last room on the disk. Deletions take little, and may use half of the reserve.
    fn check_room(&self, group: &[Job]) -> Result<(), EngineError> {
        let incoming =
            group.iter().map(|job| if let Job::Put(new, ..) = job { new.received.len() as u64 } else { 0 });
        let incoming: u64 = incoming.sum();
        let reserve = if incoming == 0 { self.rules.reserve / 2 } else { self.rules.reserve };
        // A document's bytes, its exchanges beside them, and both in the index.
        let needed = reserve.saturating_add(incoming.saturating_mul(4));
        let free = self.store.free_bytes()?;
        if free < needed { Err(EngineError::DiskFull { free, needed }) } else { Ok(()) }
    }

    /// Writes a group to the store as one commit.
    fn write(&mut self, group: &[Job]) -> Result<Vec<Done>, EngineError> {
        if !group.iter().any(Job::writes) {
            return Ok(group.iter().map(|_| Done::Other).collect());
        }
        self.ready()?;
        self.check_room(group)?;
        let batch = self.store.begin()?;
        let generation = batch.next_generation()?;
        let mut done = Vec::with_capacity(group.len());
        for job in group {
            done.push(match job {
                Job::Put(new, ..) => self.put(&batch, new, generation)?,
                Job::Delete { id, purge: false, .. } => {
                    let found = batch.delete(id, generation, self.rules.keep_versions)?;
                    if found { Done::Deleted(None) } else { Done::Missing }
                }
                Job::Delete { id, purge: true, .. } => {
                    batch.purge(id, generation)?.map_or(Done::Missing, |purged| Done::Deleted(Some(purged)))
                }
                Job::StartRebuild(_) | Job::EndRebuild(..) => Done::Other,
            });
        }
        // A batch that changed nothing is dropped, so that its generation is not used up.
        if done
            .iter()
            .any(|done| matches!(done, Done::Put(Outcome::Created | Outcome::Replaced) | Done::Deleted(_)))
        {
            let indexed = self.indexer.committed();
            batch.forget_changes(self.rebuilding_from.map_or(indexed, |from| from.min(indexed)))?;
            batch.set_time((self.rules.clock)())?;
            batch.commit()?;
        }
        Ok(done)
    }

    fn put(&self, batch: &Batch, new: &NewDocument, generation: u64) -> Result<Done, EngineError> {
        let outcome = match batch.document(&new.document.id) {
            Ok(Some(old)) if old.submission == new.document.submission => Outcome::Unchanged,
            // A damaged document can be replaced.
            Ok(Some(_)) | Err(StoreError::Damaged(_)) => Outcome::Replaced,
            Ok(None) => Outcome::Created,
            Err(error) => return Err(error.into()),
        };
        if outcome != Outcome::Unchanged {
            batch.put(new, generation, self.rules.keep_versions)?;
        }
        Ok(Done::Put(outcome))
    }

    /// Brings the index up to the store and lets readers see both. Also after a group that failed between the two: the
    /// next one catches up for both.
    fn publish(&mut self) -> Result<(), EngineError> {
        if self.indexer.is_reset() || !self.published.now().is_of(&self.store.reader()?)? {
            self.publish_again()?;
        }
        Ok(())
    }

    fn publish_again(&mut self) -> Result<(), EngineError> {
        let snapshot = self.indexer.catch_up(self.store.reader()?)?;
        self.published.publish(snapshot);
        Ok(())
    }

    fn start_rebuild(&mut self) -> Result<Reader, EngineError> {
        let reader = self.store.reader()?;
        self.rebuilding_from = Some(reader.generation()?);
        Ok(reader)
    }

    fn end_rebuild(&mut self, index: Option<Box<Index>>) -> Result<u64, EngineError> {
        self.rebuilding_from = None;
        if let Some(index) = index {
            let mut indexer = Indexer::new(*index);
            let snapshot = indexer.catch_up(self.store.reader()?)?;
            self.indexer = indexer;
            self.published.publish(snapshot);
        }
        Ok(self.published.now().generation)
    }
}

impl Job {
    const fn writes(&self) -> bool {
        matches!(self, Self::Put(..) | Self::Delete { .. })
    }

    /// Answers a job of a group that failed: it is not acknowledged, though the store may have it.
    fn fail(self, error: &EngineError) {
        match self {
            Self::Put(_, _, reply) => reply(Err(error.for_another_caller())),
            Self::Delete { reply, .. } => reply(Err(error.for_another_caller())),
            Self::StartRebuild(reply) => reply(Err(error.for_another_caller())),
            Self::EndRebuild(_, reply) => reply(Err(error.for_another_caller())),
        }
    }
}
