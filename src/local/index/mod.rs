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
mod sorted_strings;
mod document_dates;
mod term_bloom;
mod term_vector;
mod minhash;
mod schema;
mod keys;
mod person;
pub(crate) mod values;
mod value_column;
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
mod similar_terms;
mod near_duplicates;
mod reader;
mod open_index;
mod writer;
mod handle;
#[cfg(test)]
mod tests;

pub(crate) use analysis::AnalyzedDocument;
pub(crate) use analysis::DocumentAnalyzer;
pub(crate) use bit_set::BitSet;
pub(crate) use commit_payload::FORMAT;
pub(crate) use document_dates::Coverage;
pub(crate) use document_entry::DocumentEntry;
pub(crate) use document_entry::ExchangeEntry;
pub(crate) use error::IndexError;
pub(crate) use field::ByField;
pub(crate) use field::Field;
pub(crate) use filter::filter;
pub(crate) use handle::Index;
pub(crate) use near_duplicates::NearDuplicates;
pub(crate) use postings::Postings;
pub(crate) use postings::Term;
pub(crate) use reader::Searcher;
pub(crate) use segment::Segment;
pub(crate) use settings::Settings;
pub(crate) use statistics::Statistics;
pub(crate) use term_entry::TermEntry;
pub(crate) use term_vector::Fingerprints;
pub(crate) use term_vector::TermVector;
pub(crate) use term_vector::chunk_end;
pub(crate) use value_column::Attribute;
pub(crate) use writer::Writer;
