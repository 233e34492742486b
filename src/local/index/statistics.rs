//! How much text a field holds.

/// The volume of a field, in one segment or in a snapshot. Deleted passages do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Statistics {
    /// Passages that have the field.
    pub passages: u64,
    /// The terms that they hold together.
    pub tokens: u64,
}

impl Statistics {
    /// Terms of a passage on average; 0 where there are no passages.
    #[must_use]
    pub(crate) fn average(self) -> f32 {
        if self.passages == 0 { 0.0 } else { self.tokens as f32 / self.passages as f32 }
    }
}
