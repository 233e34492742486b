//! Exchanges: a question and its answer.

use std::num::NonZeroU32;

use crate::span::ByteSpan;
use crate::span::Mapped;
use crate::span::SourceMap;
use crate::span::TextSpan;
use crate::transcript::Diagnostic;
use crate::transcript::Extraction;
use crate::transcript::TimeSpan;

/// What segmentation yields.
#[derive(Clone, Debug, Default)]
pub struct Segmentation {
    /// The exchanges, in the order they were said.
    pub exchanges: Vec<Exchange>,
    /// What was left out and why.
    pub diagnostics: Vec<Diagnostic>,
}

/// A question and its answer: the adjacency pair of conversation analysis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The question; `None` where the source has lost it.
    pub question: Option<Utterance>,
    /// The answer; never empty.
    pub answer: Utterance,
    /// Where else the same exchange is in the document.
    pub occurrences: Vec<Occurrence>,
    /// Why its borders are where they are, a sentence each.
    pub reasons: Vec<String>,
    /// When it was said, in timed transcripts.
    pub time: Option<TimeSpan>,
    /// The page its answer starts on, in paged documents.
    pub page: Option<NonZeroU32>,
}

/// One side of an exchange.
///
/// Its text is made of stretches of the source and of white space between them (a blank line
/// between paragraphs, a space between cues, nothing inside a word that a line break had cut). So
/// the source bytes of [`Utterance::spans`], joined and decoded, equal the text but for white space
/// at the joints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// Who speaks; `None` where the document does not say.
    pub speaker: Option<String>,
    /// What was said.
    pub text: String,
    /// From `text` to the source's bytes.
    pub map: SourceMap,
}

/// Another place of the same exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The question's bytes; empty where it is missing there.
    pub question: Vec<ByteSpan>,
    /// The answer's bytes.
    pub answer: Vec<ByteSpan>,
}

impl Utterance {
    /// Collects `pieces` of an extraction's text, each with what is written before it (the first's
    /// is ignored): a blank line, a space, or nothing.
    #[must_use]
    pub fn collect(extraction: &Extraction, speaker: Option<String>, pieces: &[(&str, TextSpan)]) -> Self {
        let mut text = String::new();
        let mut map = SourceMap::default();
        for (joint, span) in pieces {
            if !text.is_empty() {
                text.push_str(joint);
            }
            let start = text.len();
            text.push_str(span.of(&extraction.text));
            for run in extraction.map.clip(*span) {
                map.push(Mapped { text_start: start + (run.text_start - span.start()), ..run });
            }
        }
        Self { speaker, text, map }
    }

    /// The source bytes of the whole text.
    #[must_use]
    pub fn spans(&self) -> Vec<ByteSpan> {
        self.map.to_bytes(TextSpan::new(0, self.text.len()))
    }
}
