//! What a unit can be in an interview.

/// What a unit is in the interview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Before the interview.
    Before,
    /// A question begins.
    Question,
    /// The question goes on.
    QuestionOn,
    /// An answer begins.
    Answer,
    /// The answer goes on.
    AnswerOn,
    /// Clutter inside a question, or behind it.
    QuestionSkip,
    /// Clutter inside an answer, or behind it.
    AnswerSkip,
    /// Behind the interview.
    Behind,
}

impl State {
    /// What it costs that the document ends in a state.
    pub(super) fn ending(self) -> f32 {
        match self {
            Self::Question | Self::QuestionOn | Self::QuestionSkip => 2.0,
            Self::Before | Self::Answer | Self::AnswerOn | Self::AnswerSkip | Self::Behind => 0.0,
        }
    }
}

/// All states, those before an exchange first.
pub(super) const STATES: [State; 8] = [
    State::Before,
    State::Question,
    State::QuestionOn,
    State::Answer,
    State::AnswerOn,
    State::QuestionSkip,
    State::AnswerSkip,
    State::Behind,
];
