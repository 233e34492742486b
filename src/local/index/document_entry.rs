//! What is to be indexed.

use crate::span::TextSpan;
use crate::transcript::Metadata;

/// A document to index.
#[derive(Clone, Debug)]
pub(crate) struct DocumentEntry<'a> {
    /// The document's id.
    pub document_id: &'a str,
    /// Its metadata; the language chooses the analysis.
    pub metadata: &'a Metadata,
    /// Its exchanges, in order: their indices here are those in the document.
    pub exchanges: Vec<ExchangeEntry<'a>>,
}

/// An exchange to index.
#[derive(Clone, Debug)]
pub(crate) struct ExchangeEntry<'a> {
    /// The question; empty where it is missing.
    pub question: &'a str,
    /// The answer.
    pub answer: &'a str,
    /// Who answers; empty where unknown.
    pub speaker: &'a str,
    /// Who asks; empty where unknown.
    pub asker: &'a str,
    /// The windows of the answer, in order; without any, the whole answer is one.
    pub windows: Vec<TextSpan>,
}
