//! Query and index → ranked hits.
//!
//! A query is resolved against a snapshot (`plan`) and run segment by segment (`execution`): the
//! postings of its terms are read once, in blocks of passages, and scores, the exact total, the
//! grouping by exchange and the best page come out of the same pass (`block_scorer`). `max_score`
//! is the same pass where common words can be skipped; nothing else needs to know it.

mod term_cache;
mod phrase_postings;
mod plan;
mod conditions;
mod score_block;
mod norms;
mod group;
mod term_scorer;
mod top_k;
mod block_scorer;
mod max_score;
mod matching;
mod facets;
mod collapse;
mod highlight;
mod explain;
mod similar;
mod execution;
mod timeline;
#[cfg(test)]
mod highlight_tests;
#[cfg(test)]
mod tests;

pub(crate) use execution::Planned;
pub(crate) use execution::SearchResults;
pub(crate) use execution::run;
#[cfg(test)]
use execution::search;
pub(crate) use highlight::Highlighter;
pub(crate) use similar::similar_terms;
pub(crate) use term_cache::TermCache;
pub(crate) use timeline::timeline;
