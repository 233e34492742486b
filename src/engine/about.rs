//! What an engine holds, and what its answers come from.

use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use crate::engine::Engine;
use crate::engine::EngineError;
use crate::engine::Stats;
use crate::engine::ingest::PIPELINE;
use crate::local::index;
use crate::local::store;
use crate::local::store::guarded;
use crate::query::Ranking;

/// How large the corpus is, on disk too, and the versions and parameters that answers come from.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// How large the corpus is.
    pub stats: Stats,
    /// When the last commit was made, to the second; `None` where there was none.
    pub last_commit: Option<SystemTime>,
    /// Length of the store's file, in bytes.
    pub store_bytes: u64,
    /// Length of the index's files, in bytes.
    pub index_bytes: u64,
    /// Version of the store's tables and records.
    pub store_format: u64,
    /// Version of the index.
    pub index_format: u32,
    /// Version of snapshots.
    pub snapshot_format: u32,
    /// Version of extraction and segmentation.
    pub pipeline: u32,
    /// How passages are ranked.
    pub ranking: Ranking,
}

impl Engine {
    /// How large the corpus is, and what its answers come from.
    pub fn about(&self) -> Result<About, EngineError> {
        let (store_bytes, index_bytes) = self.folder.bytes()?;
        let snapshot = self.published.now();
        let read = || Ok((snapshot.reader.fact("committed")?, Stats::of(&snapshot.reader)?));
        let (committed, stats) = guarded(read)?;
        Ok(About {
            stats,
            last_commit: (committed > 0).then(|| UNIX_EPOCH + Duration::from_secs(committed)),
            store_bytes,
            index_bytes,
            store_format: store::FORMAT,
            index_format: index::FORMAT,
            snapshot_format: store::SNAPSHOT_FORMAT,
            pipeline: PIPELINE,
            ranking: self.settings.ranking,
        })
    }
}
