//! The windows of one exchange while they are scored, one after the other.

use crate::local::index::Field;
use crate::local::index::Segment;
use crate::local::search::conditions::Conditions;

/// The exchange whose windows are being scored.
#[derive(Default)]
pub(super) struct Group {
    /// The passage that it begins with; `None` between two exchanges.
    start: Option<u32>,
    question: f32,
    answer: f32,
    /// The window with the best answer so far; `None` before any has a score.
    best: Option<u32>,
    /// Whether any window matches.
    matched: bool,
}

/// An exchange that matches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match {
    /// The passage that it begins with.
    pub start: u32,
    /// The passage of its best window.
    pub best: u32,
    /// The score of its question and its names.
    pub question: f32,
    /// The score of its best window's answer.
    pub answer: f32,
}

impl Match {
    /// The scores of question and answer together.
    pub(super) fn sum(&self) -> f32 {
        self.question + self.answer
    }

    /// The factor of the answer's score of the exchange that begins at a passage. `unpaired_factor`
    /// is that of exchanges without a question.
    pub(super) fn factor(segment: &Segment, start: u32, unpaired_factor: f32) -> f32 {
        let has_question =
            || segment.length_classes(Field::Question, start).is_some_and(|[class]| *class > 0);
        if unpaired_factor.to_bits() == 1.0_f32.to_bits() || has_question() { 1.0 } else { unpaired_factor }
    }

    /// Its score. `unpaired_factor` is that of the answers of exchanges without a question.
    pub(super) fn score(&self, segment: &Segment, unpaired_factor: f32) -> f32 {
        self.question + self.answer * Self::factor(segment, self.start, unpaired_factor)
    }
}

impl Group {
    /// The exchange that begins with this passage.
    pub(super) fn at(start: u32) -> Self {
        Self { start: Some(start), ..Self::default() }
    }

    /// The passage that it begins with.
    pub(super) const fn start(&self) -> Option<u32> {
        self.start
    }

    /// Adds the scores of a window, and whether it matches.
    pub(super) fn add(&mut self, passage: u32, question: f32, answer: f32, matched: bool) {
        self.question += question;
        self.matched |= matched;
        if answer > self.answer {
            self.answer = answer;
            self.best = Some(passage);
        }
    }

    /// Ends the exchange; returns it where it matches.
    pub(super) fn close(&mut self, conditions: &Conditions<'_>) -> Option<Match> {
        let Self { question, answer, best, matched, .. } = *self;
        let start = self.start.take()?;
        let matches = matched && conditions.allow(start);
        matches.then(|| Match { start, best: best.unwrap_or(start), question, answer })
    }
}
