//! The windows of an exchange, read one after the other.

use crate::search::conditions::Conditions;
use crate::search::top::Collect;

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

    /// Ends the exchange; returns 1 where it matches, else 0.
    pub(super) fn close(&mut self, conditions: &Conditions, top: &mut impl Collect) -> u64 {
        let Some(start) = self.start.take() else { return 0 };
        if !self.found || !conditions.allow(start) {
            return 0;
        }
        top.offer(self.best.unwrap_or(start), self.question + self.answer);
        1
    }
}
