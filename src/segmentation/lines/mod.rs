//! Blocks → physical lines, and which line breaks mean nothing.

pub(crate) mod line;
