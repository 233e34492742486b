//! Lines and labels → units (paragraphs, turns and inline parts), and what can be seen of each
//! unit.

mod boilerplate_evidence;
pub(crate) mod feature;
mod pull_quotes;
pub(crate) mod question_style;
pub(crate) mod turn_markers;
mod type_styles;
pub(crate) mod unit;
pub(crate) mod unit_features;
pub(crate) mod units;
