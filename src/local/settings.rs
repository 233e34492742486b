//! How a data folder is kept.

use std::path::PathBuf;
use std::time::Duration;
use std::time::SystemTime;

use crate::local::index;

/// How a data folder is kept; every value is sensible by default but the two that no library may
/// make up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How the index works.
    pub(crate) index: index::Settings,
    /// Bytes that the store may keep in memory of its file.
    pub store_cache_bytes: usize,
    /// Up to which size, in bytes, the store's file is checked before
    /// [`crate::local::LocalBackend::open`] returns. A larger one is checked while searches are
    /// answered already, and other calls wait for it.
    pub check_first_bytes: u64,
    /// How many writes may wait to be committed before callers are held back.
    pub write_queue: usize,
    /// How many earlier versions of a document are kept, so that citations of them still resolve.
    pub keep_versions: usize,
    /// How many bytes, as received, the earlier versions of a document may have together.
    pub keep_versions_bytes: u64,
    /// How long an earlier version is kept from when it was replaced or deleted; `None` for ever.
    pub keep_versions_for: Option<Duration>,
    /// Bytes that writes leave free on the disk; without it, a twentieth of the disk and at most
    /// 256 MiB.
    pub disk_reserve: Option<u64>,
    /// Where snapshots may be written on this machine; `None`: nowhere.
    pub snapshot_dir: Option<PathBuf>,
    /// The clock that dates commits.
    pub clock: fn() -> SystemTime,
    /// Random bytes: the key of page tokens in a data folder that has none yet.
    pub entropy: [u8; 32],
}

impl Settings {
    /// Default settings with this clock and these random bytes.
    #[must_use]
    pub fn new(clock: fn() -> SystemTime, entropy: [u8; 32]) -> Self {
        Self {
            index: index::Settings::default(),
            store_cache_bytes: 64 << 20,
            check_first_bytes: 512 << 20,
            write_queue: 256,
            keep_versions: usize::MAX,
            keep_versions_bytes: u64::MAX,
            keep_versions_for: None,
            disk_reserve: None,
            snapshot_dir: None,
            clock,
            entropy,
        }
    }
}
