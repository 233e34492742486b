//! What waits to be written, bounded in number and in bytes.

use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::SyncSender;
use std::sync::mpsc::sync_channel;

use crate::local::LocalError;
use crate::local::commit::Job;

/// Bytes of documents that wait or are being committed; a larger single document goes alone.
const BYTES: usize = 128 << 20;

/// The way to the write thread.
#[derive(Debug)]
pub(crate) struct Queue {
    jobs: SyncSender<Job>,
    weight: Arc<Weight>,
}

impl Queue {
    /// A queue of at most `length` jobs, and its other end.
    pub(crate) fn new(length: usize) -> (Self, Receiver<Job>) {
        let (jobs, waiting) = sync_channel(length);
        (Self { jobs, weight: Arc::default() }, waiting)
    }

    /// Waits until there is room for so many bytes.
    pub(crate) fn admit(&self, bytes: usize) -> Admission {
        let free = |used: &mut usize| *used > 0 && used.saturating_add(bytes) > BYTES;
        let used = self.weight.used.lock().unwrap_or_else(PoisonError::into_inner);
        let mut used = self.weight.freed.wait_while(used, free).unwrap_or_else(PoisonError::into_inner);
        *used += bytes;
        Admission { weight: Arc::clone(&self.weight), bytes }
    }

    /// Queues a job; blocks while the queue is full.
    pub(crate) fn send(&self, job: Job) -> Result<(), LocalError> {
        self.jobs.send(job).map_err(|_| LocalError::Internal("the write thread has ended".into()))
    }
}

#[derive(Debug, Default)]
struct Weight {
    used: Mutex<usize>,
    freed: Condvar,
}

/// A document's share of the bytes, until it is dropped.
#[derive(Debug)]
pub(crate) struct Admission {
    weight: Arc<Weight>,
    bytes: usize,
}

impl Drop for Admission {
    fn drop(&mut self) {
        *self.weight.used.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.weight.freed.notify_all();
    }
}
