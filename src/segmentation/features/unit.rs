//! A unit: a paragraph, or a part of one that a label or a change of type sets apart.

use std::borrow::Cow;

use crate::span::TextSpan;
use crate::transcript::BlockKind;

/// A stretch of text and what is written before it when it follows another.
pub(crate) type Piece = (&'static str, TextSpan);

/// Between paragraphs.
pub(crate) const PARAGRAPH: &str = "\n\n";

/// How a unit is set as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Style {
    /// As running text.
    Plain,
    /// As a heading of this level.
    Heading(u8),
    /// In bold.
    Strong,
    /// In italics.
    Light,
    /// As a term that is described.
    Term,
    /// As a quotation.
    Quotation,
}

/// A paragraph, or a part of one that a label or a change of type sets apart.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts about how the unit begins")]
pub(crate) struct Unit {
    /// The text, without labels.
    pub pieces: Vec<Piece>,
    /// The block it starts in.
    pub block: usize,
    /// The block it ends in.
    pub last_block: usize,
    /// That block's kind.
    pub kind: BlockKind,
    /// The speaker, if a label at its start or the format names one.
    pub speaker: Option<usize>,
    /// Whether the name is a label in the text, and not a field of the format.
    pub labelled: bool,
    /// Whether a dash or an arrow marks a change of speaker.
    pub marked: bool,
    /// How it is set.
    pub style: Style,
    /// Whether it starts inside a line.
    pub inline: bool,
    /// Whether a horizontal rule separates it from the unit before.
    pub after_rule: bool,
    /// Whether it is a remark of whoever wrote the text down, and nobody's words.
    pub remark: bool,
}

impl Unit {
    /// The text, pieces joined.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.pieces.as_slice() {
            [(_, span)] => Cow::Borrowed(span.of(text)),
            pieces => {
                let mut joined = String::new();
                for (joint, span) in pieces {
                    if !joined.is_empty() {
                        joined.push_str(joint);
                    }
                    joined.push_str(span.of(text));
                }
                Cow::Owned(joined)
            }
        }
    }

    /// Whether a line break had cut one of its words.
    pub(crate) fn repaired(&self) -> bool {
        self.pieces.iter().any(|(joint, _)| joint.is_empty())
    }

    /// Its start in the text.
    pub(crate) fn start(&self) -> usize {
        self.pieces.first().map_or(0, |(_, span)| span.start())
    }

    /// Its end in the text.
    pub(crate) fn end(&self) -> usize {
        self.pieces.last().map_or(0, |(_, span)| span.end())
    }
}
