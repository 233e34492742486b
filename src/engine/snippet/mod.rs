//! Snippets: the part of an answer to show in a list of results.

mod densest_run;
mod cut_sentence;
mod select;
#[cfg(test)]
mod tests;

pub(super) use select::WordForms;
pub(super) use select::snippet;
