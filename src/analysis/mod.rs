//! Text → terms: how a text of any language becomes the terms that it is found by.
//!
//! The same analysis reads documents, queries, and the texts whose matches are highlighted,
//! whichever backend keeps the documents.

mod language;
mod orthography;
mod stemmer;
mod stem_cache;
mod analyzer;

pub use analyzer::Analyzer;
pub use analyzer::Form;
pub use analyzer::Token;
pub(crate) use analyzer::is_unspaced;
pub use language::Language;
pub use stem_cache::WRITTEN_MARK;
