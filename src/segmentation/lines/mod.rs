//! Blocks → physical lines: margins and quotation marks taken off, and which line breaks mean
//! nothing.

pub(crate) mod breaks;
pub(crate) mod line;
mod line_numbers;
