//! The fields that are searched.

/// A field that plain words are looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The question; one per exchange.
    Question,
    /// A window of the answer.
    Answer,
    /// The name of who answers, like all below on the first window of an exchange.
    Speaker,
    /// The name of who asks.
    Asker,
    /// The document's title.
    Title,
    /// The document's publisher.
    Publisher,
}

impl Field {
    /// What is said, in the order in which scores are added: fields with frequencies, lengths and
    /// positions.
    pub const TEXTS: [Self; 2] = [Self::Question, Self::Answer];

    /// Who says it and where: fields of which only counts whether they have a word.
    pub const NAMES: [Self; 4] = [Self::Speaker, Self::Asker, Self::Title, Self::Publisher];

    /// The text that its score is added to: an exchange's names score with its question, on the first
    /// window and whatever window is the best.
    #[must_use]
    pub const fn scored_with(self) -> Self {
        match self {
            Self::Answer => Self::Answer,
            Self::Question | Self::Speaker | Self::Asker | Self::Title | Self::Publisher => Self::Question,
        }
    }

    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Question, Self::Answer, Self::Speaker, Self::Asker, Self::Title, Self::Publisher];
}
