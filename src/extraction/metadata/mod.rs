//! Metadata that several formats share: title, date and people in header lines, and the language.

pub(crate) mod header_lines;
pub(crate) mod language;
pub(crate) mod person;
