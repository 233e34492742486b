//! What an engine holds, and what its answers come from.

use crate::engine::Footprint;
use crate::engine::Statistics;
use crate::query::Ranking;

/// How large the corpus is, on disk too, and the versions and parameters that answers come from.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerInfo {
    /// How large the corpus is.
    pub statistics: Statistics,
    /// What the backend holds on disk, and in which formats.
    pub footprint: Footprint,
    /// Version of extraction and segmentation.
    pub pipeline: u32,
    /// How passages are ranked.
    pub ranking: Ranking,
}
