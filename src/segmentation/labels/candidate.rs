//! A stretch of a line that may be a label.

use crate::span::TextSpan;

/// Longest label in bytes, from the start of the line to its mark.
pub(crate) const LONGEST: usize = 110;

/// How a label is set off from what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// `Name:`
    Colon,
    /// `Q.`
    Point,
    /// `Question 3)`, `Q3.`
    Counted,
    /// `Name.-`, `Name —`
    Dash,
    /// `Q`, then space.
    Gap,
    /// A name, then a tab or a space as wide as a character.
    Wide,
    /// `nick>`, as in logs of chats.
    Nick,
    /// In bold, with nothing after it.
    Strong,
    /// In brackets, as `【Name】`.
    Bracket,
    /// On a line of its own.
    Alone,
    /// On its own line, after a sign of a turn.
    Marked,
    /// In the pattern in which the document opens its turns.
    Opening,
}

/// The place of a label in its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// At its start.
    Start,
    /// After the end of a sentence.
    Inside,
    /// Where no sentence ends, so that only a name known elsewhere makes it a label.
    Loose,
}

/// A stretch that may be a label.
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// Its line.
    pub line: usize,
    /// From its first byte to where what is said begins.
    pub span: TextSpan,
    /// The name as written, without affiliation and times.
    pub name: String,
    /// The name in lower case, without titles: what makes two labels one.
    pub key: String,
    /// Initials in brackets after a full name, as `Ann Lee (AL):`.
    pub alias: Option<String>,
    /// How it is set off.
    pub shape: Shape,
    /// Its place in its line.
    pub place: Place,
    /// Whether it is set in bold or italics.
    pub emphasised: bool,
    /// Whether what is said begins as a sentence does.
    pub clean: bool,
    /// Whether the name is spelled as no name is, so that only recurrence makes it one.
    pub unlikely_name: bool,
    /// Whether a number after the name counts questions or answers, so that it names nobody.
    pub counts: bool,
}
