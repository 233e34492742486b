//! The write thread, as its callers see it.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::thread::JoinHandle;

use crate::engine::Deleted;
use crate::engine::Receipt;
use crate::local::LocalError;
use crate::local::commit::Committer;
use crate::local::commit::job::EncodedWrite;
use crate::local::commit::job::Job;
use crate::local::commit::job::Reply;
use crate::local::commit::queue::Queue;
use crate::local::folder::UncheckedStore;
use crate::local::index::Index;
use crate::local::store::Reader;

/// The handle of the write thread; dropping it waits for the writes that were taken.
#[derive(Debug)]
pub(crate) struct Writer {
    /// `None` only while it is dropped.
    queue: Option<Queue>,
    thread: Option<JoinHandle<()>>,
    /// What the check of the store found, once it is over.
    checked: Arc<OnceLock<Result<(), LocalError>>>,
}

impl Writer {
    /// Starts the thread, which checks the store first where that was put off, and takes `queue`
    /// waiting writes.
    pub(crate) fn start(
        mut committer: Committer,
        unchecked: Option<UncheckedStore>,
        queue: usize,
    ) -> Result<Self, LocalError> {
        let (queue, waiting) = Queue::new(queue);
        // Where nothing is to be checked nobody has to wait for the thread to begin.
        let checked = Arc::new(if unchecked.is_none() { OnceLock::from(Ok(())) } else { OnceLock::new() });
        let outcome = Arc::clone(&checked);
        let thread = thread::Builder::new()
            .name("writer".into())
            .spawn(move || {
                let check = || unchecked.map_or(Ok(()), |unchecked| unchecked.check());
                let panicked = |_| Err(LocalError::Internal("the check of the store panicked".into()));
                match outcome.get_or_init(|| catch_unwind(AssertUnwindSafe(check)).unwrap_or_else(panicked)) {
                    Ok(()) => committer.run(&waiting),
                    Err(error) => {
                        for job in &waiting {
                            job.fail(error);
                        }
                    }
                }
            })
            .map_err(|error| LocalError::Internal(format!("the write thread cannot start: {error}")))?;
        Ok(Self { queue: Some(queue), thread: Some(thread), checked })
    }

    /// Waits until the store has been checked, and reports what was found.
    pub(crate) fn checked(&self) -> Result<(), LocalError> {
        self.checked.wait().as_ref().map_err(LocalError::for_another_caller).copied()
    }

    /// The same without waiting: [`LocalError::NotReady`] until the check is over.
    pub(crate) fn found_whole(&self) -> Result<(), LocalError> {
        let found = self.checked.get().ok_or(LocalError::NotReady)?;
        found.as_ref().map_err(LocalError::for_another_caller).copied()
    }

    /// Queues a write; blocks only while the queue is full.
    pub(crate) fn submit(&self, new: EncodedWrite, done: Reply<Receipt>) -> Result<(), LocalError> {
        let queue = self.queue()?;
        let admission = queue.admit(new.bytes());
        queue.send(Job::Put(Box::new(new), admission, done))
    }

    pub(crate) fn delete(&self, id: &str, purge: bool, if_etag: Option<&str>) -> Result<Deleted, LocalError> {
        let if_etag = if_etag.map(str::to_owned);
        self.run(|reply| Job::Delete { id: id.to_owned(), purge, if_etag, reply })
    }

    pub(crate) fn start_rebuild(&self) -> Result<Reader, LocalError> {
        self.run(Job::StartRebuild)
    }

    pub(crate) fn end_rebuild(&self, index: Option<Index>) -> Result<u64, LocalError> {
        self.run(|reply| Job::EndRebuild(index.map(Box::new), reply))
    }

    fn queue(&self) -> Result<&Queue, LocalError> {
        self.queue.as_ref().ok_or_else(|| LocalError::Internal("the write thread has ended".into()))
    }

    /// Sends a job and waits for its answer.
    fn run<T: Send + 'static>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, LocalError> {
        let (reply, answer) = sync_channel(1);
        // A caller that is gone needs no answer.
        self.queue()?.send(job(Box::new(move |result| drop(reply.send(result)))))?;
        let dropped = |_| LocalError::Internal("a write was dropped".into());
        answer.recv().map_err(dropped)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the write thread panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_to_be_whole_before_it_is_checked() {
        let writer = Writer { queue: None, thread: None, checked: Arc::default() };
        assert!(matches!(writer.found_whole(), Err(LocalError::NotReady)));
        writer.checked.set(Err(LocalError::Internal("the check failed".into()))).unwrap();
        for found in [writer.found_whole(), writer.checked()] {
            assert!(matches!(found, Err(LocalError::Internal(_))), "{found:?}");
        }
    }
}
