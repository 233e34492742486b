//! What a search finds.

use std::cmp::Ordering;

use crate::engine::Score;
use crate::engine::SortKey;

/// An exchange that matches, with its best window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The document.
    pub document_id: String,
    /// The exchange's index in the document.
    pub exchange: u32,
    /// The window's index in the exchange's answer.
    pub window: u32,
    /// How well it answers.
    pub score: Score,
    /// What it is ordered by.
    pub sort_key: SortKey,
    /// The passage, in the view that found it.
    pub key: PassageKey,
}

impl Hit {
    /// The order of results: by key, then by document id, then by position in the document.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        let by_key = self.sort_key.cmp(&other.sort_key);
        by_key
            .then_with(|| self.document_id.cmp(&other.document_id))
            .then_with(|| self.exchange.cmp(&other.exchange))
    }
}

/// A backend's own name for a passage. Opaque: all that others may rely on is that equal keys are
/// the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PassageKey {
    /// The part of the backend that holds it, such as a segment of an index. Never used again for
    /// other content.
    pub part: u128,
    /// The passage in that part.
    pub ordinal: u32,
}
