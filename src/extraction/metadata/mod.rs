//! What a document says of itself: title, date and people in its header lines, and its language.

pub(crate) mod header_lines;
pub(crate) mod language;
pub(crate) mod person;
