//! Which text names a speaker: candidates, how they are parsed, which are selected over the whole
//! document, and which of them are one person.

pub(crate) mod candidate;
pub(crate) mod candidates;
mod capital_labels;
mod few_labels;
pub(crate) mod full_names;
pub(crate) mod introductions;
pub(crate) mod counted;
pub(crate) mod heads;
pub(crate) mod label_groups;
pub(crate) mod label_lines;
pub(crate) mod label_parse;
pub(crate) mod label_selection;
mod lone_names;
mod member;
mod misspelt;
pub(crate) mod names;
mod namesakes;
pub(crate) mod opening_shape;
pub(crate) mod prefixes;
pub(crate) mod remarks;
pub(crate) mod speaker;
pub(crate) mod speakers;
pub(crate) mod stamps;
pub(crate) mod turn_taking;
pub(crate) mod unpunctuated;
