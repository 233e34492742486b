//! How an engine works.

use std::time::SystemTime;

use crate::engine::KeepSettings;
use crate::extraction::Limits;
use crate::query::Ranking;
use crate::segmentation::windows::WindowSettings;

/// How an engine works, whatever its backend.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Caps on sources.
    pub limits: Limits,
    /// How long answers are cut into windows.
    pub windows: WindowSettings,
    /// How passages are ranked.
    pub ranking: Ranking,
    /// Bytes of passages that are kept in memory as they were last served.
    pub passage_cache_bytes: usize,
    /// How long, and at what cost, earlier generations are kept for page tokens.
    pub keep: KeepSettings,
    /// The clock by which page tokens expire.
    pub clock: fn() -> SystemTime,
}

impl Settings {
    /// Default settings with this clock.
    #[must_use]
    pub fn new(clock: fn() -> SystemTime) -> Self {
        Self {
            limits: Limits::default(),
            windows: WindowSettings::default(),
            ranking: Ranking::default(),
            passage_cache_bytes: 64 << 20,
            keep: KeepSettings::default(),
            clock,
        }
    }
}
