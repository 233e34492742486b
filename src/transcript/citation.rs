//! Citations: where a passage was said, and how to check it.

use std::num::NonZeroU32;

use crate::span::ByteSpan;
use crate::transcript::Digest;
use crate::transcript::Metadata;
use crate::transcript::Occurrence;
use crate::transcript::TimeSpan;

/// Where a passage was said. A client can check it against the source without trusting this
/// service: the bytes of `answer_spans`, joined, have the digest `quote_sha256`, and what they are
/// cut from has `text_sha256` where there is one, else `document_sha256`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The document's id.
    pub document_id: String,
    /// The exchange's id.
    pub exchange_id: String,
    /// Who answered; empty where unknown.
    pub speaker: String,
    /// Who asked; empty where unknown.
    pub asker: String,
    /// The document's metadata.
    pub metadata: Metadata,
    /// The question's bytes in the source; empty where the question is missing.
    pub question_spans: Vec<ByteSpan>,
    /// The quoted answer's bytes in the source.
    pub answer_spans: Vec<ByteSpan>,
    /// Digest of the source as received.
    pub document_sha256: Digest,
    /// Digest of the extracted text that the spans point into, where that is not the source.
    pub text_sha256: Option<Digest>,
    /// Digest of the answer's bytes, spans joined.
    pub quote_sha256: Digest,
    /// Where else the same exchange is in the document.
    pub occurrences: Vec<Occurrence>,
    /// When it was said, in timed transcripts.
    pub time: Option<TimeSpan>,
    /// The page the answer starts on, in paged documents.
    pub page: Option<NonZeroU32>,
}
