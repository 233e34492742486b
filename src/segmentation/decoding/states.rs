//! What a unit can be in an interview.

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
    /// Clutter inside a question, or behind it.
    QuestionSkip,
    /// Clutter inside an answer, or behind it.
    AnswerSkip,
    /// After the interview.
    After,
}

impl State {
    /// What it costs that the document ends in a state.
    pub(crate) fn ending(self) -> f32 {
        match self {
            Self::Question | Self::QuestionContinued | Self::QuestionSkip => 2.0,
            Self::Before | Self::Answer | Self::AnswerContinued | Self::AnswerSkip | Self::After => 0.0,
        }
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
