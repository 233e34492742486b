//! Passages ⇄ the search index: the only place where tantivy is named.
//!
//! Every window of an answer is one document of tantivy's, the windows of an exchange are
//! neighbours, and the question is with the first. So the question's statistics count exchanges,
//! the answer's windows, and a search can group by exchange while it reads.
//!
//! A document is analysed (`analysis`), written to a segment in memory, which searches see at once
//! (`memory_segment`), and committed to tantivy's files in the background (`writer`,
//! `disk_segment`). A snapshot (`reader`) is the segments of one generation.
//!
//! The index is derived: whatever is wrong with it, the caller can delete the folder and build it
//! again.

mod error;
mod settings;
mod field;
mod statistics;
mod document_entry;
mod bit_set;
mod document_ids;
mod term_bloom;
mod term_vector;
mod minhash;
mod schema;
mod keys;
mod tokens;
mod analysis;
mod directory;
mod vector_file;
mod commit_payload;
mod postings;
mod phrase;
mod segment_data;
mod memory_segment;
mod disk_segment;
mod segment;
mod filter;
mod term_entry;
mod near_duplicates;
mod reader;
mod open_index;
mod writer;
mod handle;
#[cfg(test)]
mod tests;

pub use analysis::AnalyzedDocument;
pub use analysis::AnalyzedExchange;
pub use analysis::DocumentAnalyzer;
pub use bit_set::BitSet;
pub use commit_payload::FORMAT;
pub use document_entry::DocumentEntry;
pub use document_entry::ExchangeEntry;
pub use error::IndexError;
pub use field::Field;
pub use filter::filter;
pub use handle::Index;
pub use near_duplicates::NearDuplicates;
pub use postings::Postings;
pub use postings::Term;
pub use reader::Searcher;
pub use segment::Segment;
pub use segment_data::SegmentId;
pub use settings::Settings;
pub use statistics::Statistics;
pub use term_bloom::TermKey;
pub use term_entry::TermEntry;
pub use term_vector::Fingerprints;
pub use term_vector::TermVector;
pub use term_vector::chunk_end;
pub use writer::Writer;
