//! People who take part in an interview, as the sender of a document describes them.

/// A person who takes part in an interview.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Participant {
    /// Name as the document writes it.
    pub name: String,
    /// Other names of the same person, in the document and in filters.
    pub aliases: Vec<String>,
    /// What the person does in the interview.
    pub role: ParticipantRole,
    /// The sender's identifier of the person; empty for none.
    pub person_id: String,
}

impl Participant {
    /// A person of whom only the name is known.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The name, then the aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [self.name.as_str()].into_iter().chain(self.aliases.iter().map(String::as_str))
    }
}

/// What a person does in an interview.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParticipantRole {
    /// Unknown.
    #[default]
    Unknown,
    /// Asks the questions.
    Interviewer,
    /// Answers the questions.
    Interviewee,
}
