//! What extraction yields: text, blocks of it, and what was noticed on the way.

use std::num::NonZeroU32;

use crate::span::ByteSpan;
use crate::span::SourceMap;
use crate::span::TextSpan;
use crate::transcript::Format;
use crate::transcript::Metadata;
use crate::transcript::TimeSpan;

/// The readable text of a source, cut into blocks.
#[derive(Clone, Debug)]
pub struct Extraction {
    /// The format it was read as.
    pub format: Format,
    /// The text, without markup. Blocks lie in it in order; between them stand breaks.
    pub text: String,
    /// From `text` to the bytes that citations point into.
    pub map: SourceMap,
    /// The blocks, in order, disjoint, none empty.
    pub blocks: Vec<Block>,
    /// What the document says about itself.
    pub metadata: Metadata,
    /// What was left out or repaired.
    pub diagnostics: Vec<Diagnostic>,
    /// The plain text that spans refer to where the source's own bytes cannot be quoted (DOCX, PDF,
    /// ready pairs); `None` where spans refer to the bytes as received.
    pub rendition: Option<String>,
}

/// A stretch of text that the format sets apart: a paragraph, a heading, a cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its range in the extraction's text. Plain text keeps its line breaks inside.
    pub span: TextSpan,
    /// Who speaks, where the format itself says so (a JSON field, a WebVTT voice).
    pub speaker: Option<String>,
    /// Stretches set in bold or italics, in order.
    pub emphasis: Vec<Emphasis>,
    /// When it was said, in timed formats.
    pub time: Option<TimeSpan>,
    /// The page it is on, in paged formats, from 1.
    pub page: Option<NonZeroU32>,
    /// Whether a horizontal rule (`<hr>`, `---`) separates it from the block before.
    pub after_rule: bool,
}

impl Block {
    /// A block of this kind, with nothing else known.
    #[must_use]
    pub const fn new(kind: BlockKind, span: TextSpan) -> Self {
        Self { kind, span, speaker: None, emphasis: Vec::new(), time: None, page: None, after_rule: false }
    }
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// Running text.
    Paragraph,
    /// A heading, from 1 (the highest) to 6.
    Heading(u8),
    /// An item of a list.
    ListItem,
    /// A block quotation.
    Quotation,
    /// The caption or credit of a picture.
    Caption,
    /// Preformatted text or code.
    Preformatted,
    /// A term of a description list (HTML `dt`), commonly a question.
    Term,
    /// A description of a description list (HTML `dd`), commonly an answer.
    Description,
    /// One cue of subtitles, or one segment of a speech recogniser's output.
    Cue,
    /// A turn that the format gives whole, with its speaker.
    Turn,
    /// A question that the format marks as one (ready pairs).
    Question,
    /// An answer that the format marks as one (ready pairs).
    Answer,
}

/// A stretch of text set off by the markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emphasis {
    /// How it is set.
    pub kind: EmphasisKind,
    /// Its range in the extraction's text.
    pub span: TextSpan,
}

/// How text is set off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EmphasisKind {
    /// Bold, strong.
    Strong,
    /// Italics, emphasis.
    Light,
}

/// Something about a document worth telling its sender; never a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of thing.
    pub kind: DiagnosticKind,
    /// What and why, in a sentence.
    pub message: String,
    /// Where in the source.
    pub spans: Vec<ByteSpan>,
}

/// The kinds of diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DiagnosticKind {
    /// Text before the interview: teasers, a headline, an introduction.
    Preamble,
    /// A banner, advert or sponsor's message inside the interview.
    Banner,
    /// A picture's caption or credit.
    Caption,
    /// A section heading inside the interview.
    Heading,
    /// Text behind the last answer: navigation, credits, notes.
    Trailing,
    /// A turn that is no part of an exchange: a greeting, a back-channel, an unanswered question.
    Unpaired,
    /// Bytes that could not be decoded or parsed and were passed over.
    Undecodable,
    /// A word broken by a line break was joined.
    JoinedWord,
    /// No exchange was found.
    NoExchanges,
}
