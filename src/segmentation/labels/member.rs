//! A line that opens with a name, as a member of all lines that open in one pattern.

use crate::span::TextSpan;

/// A line whose head has a name.
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
#[derive(Debug)]
pub(crate) struct Member {
    pub line: usize,
    pub name: String,
    pub key: String,
    /// Initials given with the name.
    pub alias: Option<String>,
    /// Whether the name is spelled as names are.
    pub proper: bool,
    /// Whether what is said begins as a sentence does.
    pub clean: bool,
    /// Whether speech follows, on this line or the next.
    pub followed: bool,
    /// Whether the line has nothing but the head.
    pub whole: bool,
    /// Whether the name was found because many lines begin with it.
    pub by_prefix: bool,
    pub span: TextSpan,
}
