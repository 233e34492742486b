//! The windows of an exchange, read one after the other.

use crate::local::search::conditions::Conditions;

/// The exchange whose windows are being read.
#[derive(Default)]
pub(super) struct Group {
    /// The passage it begins with.
    start: Option<u32>,
    question: f32,
    answer: f32,
    /// The window with the best answer so far; none before any has a score.
    best: Option<u32>,
    found: bool,
}

/// An exchange that matches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match {
    /// The passage it begins with.
    pub start: u32,
    /// The passage of its best window.
    pub best: u32,
    /// What its question scores.
    pub question: f32,
    /// What that window scores.
    pub answer: f32,
}

impl Match {
    pub(super) fn score(&self) -> f32 {
        self.question + self.answer
    }
}

impl Group {
    /// The exchange that begins with this passage.
    pub(super) fn at(start: u32) -> Self {
        Self { start: Some(start), ..Self::default() }
    }

    /// The passage it begins with.
    pub(super) const fn start(&self) -> Option<u32> {
        self.start
    }

    /// Adds a window's scores, and whether anything was found in it.
    pub(super) fn add(&mut self, passage: u32, question: f32, answer: f32, found: bool) {
        self.question += question;
        self.found |= found;
        if answer > self.answer {
            self.answer = answer;
            self.best = Some(passage);
        }
    }

    /// Ends the exchange; returns it where it matches.
    pub(super) fn close(&mut self, conditions: &Conditions) -> Option<Match> {
        let Self { question, answer, best, found, .. } = *self;
        let start = self.start.take()?;
        let matches = found && conditions.allow(start);
        matches.then(|| Match { start, best: best.unwrap_or(start), question, answer })
    }
}
