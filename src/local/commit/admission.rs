//! The bound on bytes of documents that wait to be committed.

use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::PoisonError;

/// Bytes of documents that wait or are being committed; a larger single document is admitted alone.
const MAX_BYTES: usize = 128 << 20;

/// Bytes that are taken, up to a bound. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct ByteBudget {
    taken: Arc<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    bytes: Mutex<usize>,
    freed: Condvar,
}

impl ByteBudget {
    /// Waits until so many bytes are free, and takes them.
    pub(super) fn admit(&self, bytes: usize) -> Admission {
        let is_full = |taken: &mut usize| *taken > 0 && taken.saturating_add(bytes) > MAX_BYTES;
        let taken = self.taken.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = self.taken.freed.wait_while(taken, is_full).unwrap_or_else(PoisonError::into_inner);
        *taken += bytes;
        Admission { budget: self.clone(), bytes }
    }
}

/// A document's share of the bytes, until it is dropped.
#[derive(Debug)]
pub(super) struct Admission {
    budget: ByteBudget,
    bytes: usize,
}

impl Drop for Admission {
    fn drop(&mut self) {
        *self.budget.taken.bytes.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.budget.taken.freed.notify_all();
    }
}
