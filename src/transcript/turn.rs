//! Turns: what one speaker says until another speaks.

use std::time::Duration;

/// What a turn does in an interview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Asks.
    Question,
    /// Answers.
    Answer,
}

/// A stretch of a recording, from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSpan {
    /// When it starts.
    pub start: Duration,
    /// When it ends; not before `start`.
    pub end: Duration,
}

impl TimeSpan {
    /// The shortest stretch that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}
