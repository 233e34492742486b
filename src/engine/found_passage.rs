//! A result as it is shown.

use std::sync::Arc;

use crate::engine::CitedPassage;
use crate::engine::Explanation;
use crate::engine::Score;
use crate::engine::context::Context;
use crate::span::TextSpan;

/// A ranked passage.
#[derive(Clone, Debug)]
pub struct FoundPassage {
    /// What is shown.
    pub passage: Arc<CitedPassage>,
    /// How well it matches.
    pub score: Score,
    /// What matched in the question.
    pub question_highlights: Vec<TextSpan>,
    /// What matched in the answer.
    pub answer_highlights: Vec<TextSpan>,
    /// What matched in the names of [`crate::query::Field::NAMES`].
    pub name_highlights: [Vec<TextSpan>; 4],
    /// What its score is made of, where that was asked for.
    pub explanation: Option<Explanation>,
    /// The part of the answer to show in a list.
    pub snippet: TextSpan,
    /// Its copies among the results, best first, where copies are collapsed.
    pub duplicates: Vec<Duplicate>,
    /// How many more copies there are.
    pub more_duplicates: u64,
    /// The exchanges around it.
    pub context: Context,
}

/// A copy of a result, which would have been a result of its own.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// The passage that matched.
    pub passage: Arc<CitedPassage>,
    /// How well it matches.
    pub score: Score,
}
