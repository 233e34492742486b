//! The lines of a document as the recognisers of boilerplate see them, and what they can be.

use crate::segmentation::lines::line::Line;
use crate::transcript::BlockKind;
use crate::transcript::DiagnosticKind;
use crate::transcript::Extraction;

/// Why a line is no one's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Boilerplate {
    /// The head or foot of a page, which comes again on other pages.
    RunningHead,
    /// A list of those present.
    PeopleList,
    /// A list of publications.
    References,
    /// A table of contents.
    Contents,
    /// A note that the text refers to by number.
    Footnote,
}

impl Boilerplate {
    /// The kind of its diagnostic.
    pub(crate) const fn kind(self) -> DiagnosticKind {
        match self {
            Self::RunningHead | Self::Footnote => DiagnosticKind::Banner,
            Self::PeopleList | Self::Contents => DiagnosticKind::Preamble,
            Self::References => DiagnosticKind::Trailing,
        }
    }

    /// The message of its diagnostic.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::RunningHead => "is the head or foot of a page: the same lines come again",
            Self::PeopleList => "is a list of people",
            Self::References => "is a list of publications",
            Self::Contents => "is a table of contents",
            Self::Footnote => "is a footnote",
        }
    }
}

/// The lines whose text can be boilerplate: those of cues and of turns that the format gives are
/// said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines<'a> {
    pub(crate) extraction: &'a Extraction,
    pub(crate) lines: &'a [Line],
}

impl<'a> Lines<'a> {
    /// How many lines there are.
    pub(crate) const fn len(self) -> usize {
        self.lines.len()
    }

    /// The text of a line that can be boilerplate.
    pub(crate) fn text(self, at: usize) -> Option<&'a str> {
        let line = self.lines.get(at)?;
        let block = self.extraction.blocks.get(line.block)?;
        let written = match block.kind {
            BlockKind::Paragraph
            | BlockKind::Heading(_)
            | BlockKind::ListItem
            | BlockKind::Preformatted
            | BlockKind::Description => block.speaker.is_none(),
            BlockKind::Quotation
            | BlockKind::Caption
            | BlockKind::Term
            | BlockKind::Cue
            | BlockKind::Turn
            | BlockKind::Question
            | BlockKind::Answer => false,
        };
        written.then(|| line.span.of(&self.extraction.text))
    }
}
