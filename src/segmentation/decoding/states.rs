//! What a unit can be in an interview.

use crate::segmentation::weights::feature_functions::Group;

/// What a unit is in the interview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Before the interview.
    Before,
    /// A question begins.
    Question,
    /// The question goes on.
    QuestionContinued,
    /// An answer begins.
    Answer,
    /// The answer goes on.
    AnswerContinued,
    /// Boilerplate inside a question, or after it.
    QuestionSkip,
    /// Boilerplate inside an answer, or after it.
    AnswerSkip,
    /// After the interview.
    After,
}

impl State {
    /// Its name for reports.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Question => "question",
            Self::QuestionContinued => "question_continued",
            Self::Answer => "answer",
            Self::AnswerContinued => "answer_continued",
            Self::QuestionSkip => "question_skip",
            Self::AnswerSkip => "answer_skip",
            Self::After => "after",
        }
    }

    /// Whether it is boilerplate between the words of the interview.
    pub(crate) const fn is_skipped(self) -> bool {
        matches!(self, Self::QuestionSkip | Self::AnswerSkip)
    }

    /// The states that observations speak for alike.
    pub(crate) const fn group(self) -> Group {
        match self {
            Self::Before => Group::Before,
            Self::Question | Self::QuestionContinued => Group::Question,
            Self::Answer | Self::AnswerContinued => Group::Answer,
            Self::QuestionSkip | Self::AnswerSkip => Group::Skip,
            Self::After => Group::After,
        }
    }

    /// Whether it is a question, or boilerplate after one.
    pub(crate) const fn is_of_question(self) -> bool {
        matches!(self, Self::Question | Self::QuestionContinued | Self::QuestionSkip)
    }

    /// Whether it is an answer, or boilerplate after one.
    pub(crate) const fn is_of_answer(self) -> bool {
        matches!(self, Self::Answer | Self::AnswerContinued | Self::AnswerSkip)
    }
}

/// All states, those before an exchange first.
pub(crate) const STATES: [State; 8] = [
    State::Before,
    State::Question,
    State::QuestionContinued,
    State::Answer,
    State::AnswerContinued,
    State::QuestionSkip,
    State::AnswerSkip,
    State::After,
];
