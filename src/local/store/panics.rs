//! redb's panics over damaged pages.
//!
//! redb verifies pages where it is asked to, when a file is opened or checked, and trusts them
//! elsewhere: reading a page that is not what was written panics ("Invalid page type byte"). That
//! can happen to whoever reads a store that has not been checked: a search while a large store is
//! checked after the start, and the tools for damaged stores. There it is damage like any other.

use std::cell::Cell;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Once;

use crate::local::store::error::StoreError;

thread_local! {
    /// Whether a panic of this thread is caught and reported as damage.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Runs `read`, and reports a panic in it as the damage that it is.
pub(crate) fn catch_redb_panic<T>(read: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let outer = CAUGHT.replace(true);
    let done = catch_unwind(AssertUnwindSafe(read));
    CAUGHT.set(outer);
    done.unwrap_or_else(|_| Err(StoreError::Damaged("a page of its file is not what was written".into())))
}

/// Keeps panics that [`catch_redb_panic`] catches off standard error, in the whole process. For
/// the tools that read damaged stores, which report the damage themselves and meet one such panic
/// for each bad page; no server that works calls it.
pub(crate) fn silence_caught_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CAUGHT.get() {
                print(info);
            }
        }));
    });
}
