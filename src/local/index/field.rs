//! The fields that are scored.

/// A field of a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    /// The question; one per exchange.
    Question,
    /// A window of the answer.
    Answer,
}

impl Field {
    /// Both, in the order in which their scores are added.
    pub(crate) const ALL: [Self; 2] = [Self::Question, Self::Answer];
}
