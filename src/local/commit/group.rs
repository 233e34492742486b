//! Committing what waits, group by group.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use crate::engine::Deleted;
use crate::engine::Receipt;
use crate::local::LocalError;
use crate::local::commit::apply::Target;
use crate::local::commit::changes::Changes;
use crate::local::commit::changes::JobResult;
use crate::local::commit::indexer::Analyzed;
use crate::local::commit::indexer::Indexer;
use crate::local::commit::job::Job;
use crate::local::commit::job::WriteOptions;
use crate::local::index::Index;
use crate::local::store::Batch;
use crate::local::store::EncodedDocument;
use crate::local::store::Reader;
use crate::local::store::Store;
use crate::local::view::Published;

/// How many writes one commit takes at most.
const GROUP: usize = 256;
/// How long the next of the writers that wrote lately is waited for: less than what a commit takes, which each that
/// comes in time saves.
const GATHER: Duration = Duration::from_millis(3);
/// How often an index that fell behind the store for want of room is tried again while nobody writes.
const RETRY: Duration = Duration::from_secs(1);
/// How long readers from before a failed write are waited for, and how often they are looked for.
const STALE_READERS: (Duration, u32) = (Duration::from_millis(10), 200);

/// The state of the write thread.
pub(crate) struct Committer {
    store: Arc<Store>,
    indexer: Indexer,
    published: Arc<Published>,
    options: WriteOptions,
    /// An estimate of how many callers write at the same time: the largest recent group, less one for each group since.
    writers: usize,
    /// From which generation on changes are kept for an index that is being built.
    rebuilding_from: Option<u64>,
}

/// The error of a job whose result is of another kind than its own, which none is.
fn lost() -> LocalError {
    LocalError::Internal("the result of a write was lost".into())
}

/// The group in parts in which no document is written twice: what becomes of a document's versions is kept once for a
/// generation.
fn with_distinct_ids(group: Vec<Job>) -> Vec<Vec<Job>> {
    let mut parts: Vec<Vec<Job>> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    for job in group {
        let id = match &job {
            Job::Put(new, ..) => Some(&new.document.document.id),
            Job::Delete { id, .. } => Some(id),
            Job::StartRebuild(_) | Job::EndRebuild(..) => None,
        };
        let again = id.is_some_and(|id| seen.contains(id));
        if again {
            seen.clear();
        }
        seen.extend(id.cloned());
        match parts.last_mut().filter(|_| !again) {
            Some(part) => part.push(job),
            None => parts.push(vec![job]),
        }
    }
    parts
}

impl Committer {
    pub(crate) fn new(
        store: Arc<Store>,
        indexer: Indexer,
        published: Arc<Published>,
        options: WriteOptions,
    ) -> Self {
        Self { store, indexer, published, options, writers: 0, rebuilding_from: None }
    }

    /// Commits groups until all senders are gone.
    pub(super) fn run(&mut self, waiting: &Receiver<Job>) {
        let mut last = 0;
        loop {
            let mut group: Vec<Job> = waiting.try_iter().take(GROUP).collect();
            // Most of those who wrote with the last group could not write again while it was committed.
            self.writers = (last + group.len()).min(GROUP).max(self.writers.saturating_sub(1));
            if group.is_empty() {
                match waiting.recv_timeout(RETRY) {
                    Ok(first) => group.push(first),
                    Err(RecvTimeoutError::Timeout) => {
                        (last, self.writers) = (0, 0);
                        self.guarded(Self::idle_maintenance);
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => {
                        self.guarded(Self::idle_maintenance);
                        return;
                    }
                }
            }
            self.gather(&mut group, waiting);
            last = group.len();
            for part in with_distinct_ids(group) {
                // A panic drops the part, whose callers get an error, and ends neither the thread nor later writes.
                self.guarded(|this| this.commit(part));
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

    /// Waits for more than half of those who write: so few syncs do for them all, and what the others write next is
    /// prepared while these are committed.
    fn gather(&self, group: &mut Vec<Job>, waiting: &Receiver<Job>) {
        while group.len() <= self.writers / 2 {
            let Ok(job) = waiting.recv_timeout(GATHER) else { break };
            group.push(job);
        }
    }

    /// What is done while nobody writes: the index is committed and merged, and brought up where it fell behind.
    fn idle_maintenance(&mut self) {
        let flushed = self.indexer.flush().and_then(|flushed| Ok(self.indexer.refresh_merged()? || flushed));
        let flushed = flushed.unwrap_or_else(|error| {
            tracing::warn!(%error, "the index cannot be committed; it is tried again");
            false
        });
        let fell_behind = self.store.has_failed() || self.indexer.is_reset();
        let done = match (fell_behind, flushed) {
            (true, _) => self.ready().and_then(|()| self.publish(Analyzed::new())),
            // Lets go of what the snapshot has in memory.
            (false, true) => self.publish_again(Analyzed::new()),
            (false, false) => Ok(()),
        };
        if let Err(error) = done {
            tracing::debug!(%error, "the index is still behind the store");
        }
    }

    fn commit(&mut self, mut group: Vec<Job>) {
        let done = self.write(&mut group).and_then(|(done, analyzed)| {
            self.publish(analyzed)?;
            Ok(done)
        });
        if let Err(error) = &done {
            self.indexer.forget_staged();
            tracing::warn!(%error, writes = group.len(), "a group of writes failed; none is acknowledged");
        }
        let generation = self.published.now().generation;
        let mut done = done.map(Vec::into_iter);
        for job in group {
            // What each did, or why none is acknowledged; it may have been written all the same.
            let done = match &mut done {
                Ok(done) => done.next().unwrap_or(JobResult::Other),
                Err(error) => JobResult::Refused(error.for_another_caller()),
            };
            match job {
                Job::Put(new, admission, reply) => {
                    let EncodedDocument { mut document, diagnostics, .. } = new.document;
                    drop(admission);
                    reply(match done {
                        JobResult::Put(outcome, stamps) => {
                            document.stamps = stamps;
                            Ok(Receipt { document, outcome, diagnostics, generation })
                        }
                        JobResult::Refused(error) => Err(error),
                        JobResult::Deleted(_) | JobResult::Missing | JobResult::Other => Err(lost()),
                    });
                }
                Job::Delete { id, reply, .. } => reply(match done {
                    JobResult::Deleted(purged) => Ok(Deleted { generation, purged }),
                    JobResult::Missing => Err(LocalError::NoSuchDocument(id)),
                    JobResult::Refused(error) => Err(error),
                    JobResult::Put(..) | JobResult::Other => Err(lost()),
                }),
                // These write nothing to the store, so no write's failure is theirs.
                Job::StartRebuild(reply) => reply(self.start_rebuild()),
                Job::EndRebuild(index, reply) => reply(self.end_rebuild(index)),
            }
        }
    }

    /// Makes the store writable: opened again after a failure, with no reader left from before.
    fn ready(&mut self) -> Result<(), LocalError> {
        if self.store.has_failed() {
            self.store.recover()?;
            tracing::warn!("the store was opened again after a failed write");
            // New readers use the new handle, so that readers of the old one run out.
            self.publish(Analyzed::new())?;
        }
        let (pause, times) = STALE_READERS;
        for _ in 0..times {
            if !self.store.has_stale_readers() {
                break;
            }
            thread::sleep(pause);
        }
        if self.store.has_stale_readers() {
            return Err(LocalError::NotReady);
        }
        Ok(())
    }

    /// Refuses a write that would take the last room on the disk, of which `taken` bytes are spoken for by others of its
    /// group. Deletions take little, and may use half of the reserve.
    fn check_room(&self, job: &Job, free: u64, taken: u64) -> Result<(), LocalError> {
        let reserve = match job {
            Job::Put(..) => self.options.reserve,
            Job::Delete { .. } => self.options.reserve / 2,
            Job::StartRebuild(_) | Job::EndRebuild(..) => return Ok(()),
        };
        let needed = reserve.saturating_add(job.bytes());
        let free = free.saturating_sub(taken);
        if free < needed { Err(LocalError::DiskFull { free, needed }) } else { Ok(()) }
    }

    /// Writes a group to the store as one commit. Returns what each did, and of the documents that were written what is
    /// still to be indexed.
    fn write(&mut self, group: &mut [Job]) -> Result<(Vec<JobResult>, Analyzed), LocalError> {
        let mut analyzed = Analyzed::new();
        if !group.iter().any(Job::writes) {
            return Ok((group.iter().map(|_| JobResult::Other).collect(), analyzed));
        }
        self.ready()?;
        self.indexer.make_room()?;
        let (free, mut taken) = (self.store.free_bytes()?, 0);
        let batch = self.store.begin()?;
        let generation = batch.next_generation()?;
        batch.set_time((self.options.clock)())?;
        let target = Target { batch: &batch, generation, keep_versions: self.options.keep_versions };
        let mut done = Vec::with_capacity(group.len());
        for job in &*group {
            let room = self.check_room(job, free, taken);
            let did = target.apply(job, room)?;
            if did.wrote() {
                taken = taken.saturating_add(job.bytes());
            }
            done.push(did);
        }
        // A batch that changed nothing is dropped, so that its generation is not used up.
        if done.iter().any(JobResult::wrote) {
            let indexed = self.indexer.committed();
            batch.forget_changes(self.rebuilding_from.map_or(indexed, |from| from.min(indexed)))?;
            let changes = Changes::of(group, &done);
            analyzed = self.commit_and_stage(batch, generation, changes)?;
        }
        Ok((done, analyzed))
    }

    /// Commits a batch while the index takes what it changes. Returns what is still to be indexed.
    fn commit_and_stage(
        &mut self,
        batch: Batch,
        generation: u64,
        changes: Changes,
    ) -> Result<Analyzed, LocalError> {
        let Changes { mut analyzed, deleted, all_analyzed } = changes;
        if !all_analyzed {
            batch.commit()?;
            return Ok(analyzed);
        }
        let indexer = &mut self.indexer;
        thread::scope(|scope| {
            let stage = || indexer.stage(generation, &deleted, &mut analyzed);
            // Without a thread to be had all is indexed after the commit.
            let staging = thread::Builder::new().name("stager".into()).spawn_scoped(scope, stage);
            let committed = batch.commit();
            match staging.map(ScopedJoinHandle::join) {
                Ok(Err(panic)) => resume_unwind(panic),
                Ok(Ok(())) | Err(_) => committed,
            }
        })?;
        Ok(analyzed)
    }

    /// Brings the index up to the store and lets readers see both. Also after a group that failed between the two: the
    /// next one catches up for both.
    fn publish(&mut self, analyzed: Analyzed) -> Result<(), LocalError> {
        if self.indexer.is_reset() || !self.published.now().is_of(&self.store.reader()?)? {
            self.publish_again(analyzed)?;
        }
        Ok(())
    }

    fn publish_again(&mut self, analyzed: Analyzed) -> Result<(), LocalError> {
        let snapshot = self.indexer.catch_up(self.store.reader()?, analyzed)?;
        self.published.publish(snapshot);
        Ok(())
    }

    fn start_rebuild(&mut self) -> Result<Reader, LocalError> {
        // After a failed write, what a reader shows may be what was refused.
        self.ready()?;
        let reader = self.store.reader()?;
        self.rebuilding_from = Some(reader.generation()?);
        Ok(reader)
    }

    fn end_rebuild(&mut self, index: Option<Box<Index>>) -> Result<u64, LocalError> {
        self.rebuilding_from = None;
        if let Some(index) = index {
            self.ready()?;
            let snapshot = self.indexer.change_to(*index, self.store.reader()?)?;
            self.published.publish(snapshot);
        }
        Ok(self.published.now().generation)
    }
}

#[cfg(test)]
mod tests {
    use super::Job;
    use super::with_distinct_ids;

    #[test]
    fn no_document_is_written_twice_in_a_part() {
        let ids = ["a", "b", "a", "b", "b", "c"];
        let jobs =
            ids.map(|id| Job::Delete { id: id.into(), purge: false, if_etag: None, reply: Box::new(drop) });
        let parts = with_distinct_ids(jobs.into());
        let parts: Vec<Vec<String>> = parts
            .into_iter()
            .map(|part| {
                part.into_iter()
                    .filter_map(|job| if let Job::Delete { id, .. } = job { Some(id) } else { None })
                    .collect()
            })
            .collect();
        assert_eq!(parts, [vec!["a", "b"], vec!["a", "b"], vec!["b", "c"]]);
    }
}
