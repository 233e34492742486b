//! Runs with their places → lines in reading order, without what is no text, and where paragraphs
//! begin.

pub(crate) mod rows;
pub(crate) mod margins;
pub(crate) mod line;
pub(crate) mod boilerplate;
pub(crate) mod hyphens;
pub(crate) mod leading;
