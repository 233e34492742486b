//! Turns: what one speaker says until another speaks.

use std::time::Duration;

use crate::span::TextSpan;

/// What one speaker says until another speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who speaks, as the document writes it; `None` where it does not say.
    pub speaker: Option<String>,
    /// What the turn does in the interview.
    pub role: Role,
    /// The stretches of text that were said, without labels and banners.
    pub spans: Vec<TextSpan>,
    /// When, in timed transcripts.
    pub time: Option<TimeSpan>,
}

/// What a turn does in an interview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Asks.
    Question,
    /// Answers.
    Answer,
    /// Neither: clutter, greetings, headings.
    Other,
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
