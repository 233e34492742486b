//! What waits to be written, bounded in number and in bytes.

use std::sync::mpsc::Receiver;
use std::sync::mpsc::SyncSender;
use std::sync::mpsc::sync_channel;

use crate::local::LocalError;
use crate::local::commit::admission::Admission;
use crate::local::commit::admission::ByteBudget;
use crate::local::commit::job::Job;

/// The way to the write thread.
#[derive(Debug)]
pub(crate) struct Queue {
    jobs: SyncSender<Job>,
    budget: ByteBudget,
}

impl Queue {
    /// A queue of at most `length` jobs, and its other end.
    pub(crate) fn new(length: usize) -> (Self, Receiver<Job>) {
        let (jobs, waiting) = sync_channel(length);
        (Self { jobs, budget: ByteBudget::default() }, waiting)
    }

    /// Waits until there is room for so many bytes.
    pub(super) fn admit(&self, bytes: usize) -> Admission {
        self.budget.admit(bytes)
    }

    /// Queues a job; blocks while the queue is full.
    pub(crate) fn send(&self, job: Job) -> Result<(), LocalError> {
        self.jobs.send(job).map_err(|_| LocalError::Internal("the write thread has ended".into()))
    }
}
