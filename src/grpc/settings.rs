//! How the server treats its clients.

use std::time::Duration;

/// How the server treats its clients.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Largest request, in bytes. Documents have a limit of their own below it.
    pub max_message_bytes: usize,
    /// How many reading calls run at once; more wait.
    pub concurrent_reads: usize,
    /// How many writing and segmenting calls run at once; more wait.
    pub concurrent_writes: usize,
    /// How many processors there are: as many short documents are read at a time.
    pub processors: usize,
    /// How long health says `NOT_SERVING` before new calls are refused, so that balancers look away
    /// first.
    pub lame_duck: Duration,
    /// How long running calls may take to finish after that.
    pub drain: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_message_bytes: 65 << 20,
            concurrent_reads: 64,
            concurrent_writes: 64,
            processors: 2,
            lame_duck: Duration::from_millis(200),
            drain: Duration::from_secs(30),
        }
    }
}
