//! Counts of matches by speaker, document, year and so on.
//!
//! A search notes which exchanges of each segment match; they are counted by the ranks that their
//! values have in the segment (`ordinal_counts`), and the values of all segments are then brought
//! together (`count`), of which the commonest are kept (`top_values`). Memory is bounded by the
//! number of different values that matches have, some 50 bytes each without their text.

mod top_values;
mod ordinal_counts;
mod spellings;
mod documents;
mod count;

pub(super) use count::count;
pub(super) use ordinal_counts::ordinal_counts;
