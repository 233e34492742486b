//! What an engine holds, and what its answers come from.

use crate::engine::Footprint;
use crate::engine::Provenance;
use crate::engine::Statistics;
use crate::query::Ranking;

/// How large the corpus is, on disk too, and the versions and parameters that answers come from.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerInfo {
    /// How large the corpus is.
    pub statistics: Statistics,
    /// What the backend holds on disk.
    pub footprint: Footprint,
    /// What answers are computed from.
    pub provenance: Provenance,
    /// How passages are ranked.
    pub ranking: Ranking,
}
