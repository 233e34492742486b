//! The right to write, which one writer has at a time.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

/// The right to write an index. Dropping it lets the next writer have it.
pub(in crate::local::index) struct Lease {
    taken: Arc<AtomicBool>,
}

impl Lease {
    /// Takes it; `None` where another has it.
    pub(in crate::local::index) fn take(taken: &Arc<AtomicBool>) -> Option<Self> {
        let free = taken.compare_exchange(false, true, Ordering::AcqRel, Ordering::Acquire).is_ok();
        free.then(|| Self { taken: Arc::clone(taken) })
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.taken.store(false, Ordering::Release);
    }
}
