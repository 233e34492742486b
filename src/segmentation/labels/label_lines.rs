//! What the lines of labels that are written once show: headings, headlines, names that the text
//! has elsewhere.

use crate::segmentation::labels::candidate::Candidate;
use crate::segmentation::labels::candidate::Place;
use crate::segmentation::labels::candidate::Shape;
use crate::segmentation::labels::label_selection::LabelSelector;
use crate::segmentation::language_data::sentences;
use crate::span::TextSpan;
use crate::transcript::BlockKind;

/// How far after a headline its words are looked for, in bytes.
const QUOTED_WITHIN: usize = 256 << 10;

impl LabelSelector<'_> {
    /// The level of the heading that a candidate is in.
    pub(crate) fn level(&self, c: &Candidate) -> Option<u8> {
        match self.kind(c) {
            Some(BlockKind::Heading(level)) => Some(level),
            _ => None,
        }
    }

    /// The kind of a candidate's block.
    pub(crate) fn kind(&self, c: &Candidate) -> Option<BlockKind> {
        let line = self.lines.get(c.line)?;
        self.extraction.blocks.get(line.block).map(|block| block.kind)
    }

    /// Whether a label's line is a headline that quotes its speaker: it has no stop, or its words
    /// recur.
    pub(crate) fn headline(&self, candidate: &Candidate) -> bool {
        let Some(line) = self.lines.get(candidate.line) else { return false };
        // A wrapped paragraph ends where its block does, unless another label is in it.
        let next = self.candidates.partition_point(|other| other.line <= candidate.line);
        let next = self.candidates.get(next).and_then(|other| self.lines.get(other.line));
        let block = self
            .extraction
            .blocks
            .get(line.block)
            .filter(|_| next.is_none_or(|next| next.block != line.block));
        let end = block.map_or(line.span, |block| block.span).end();
        let said = TextSpan::new(candidate.span.end(), end).of(&self.extraction.text);
        if said.is_empty() {
            return false;
        }
        let kind = self.extraction.blocks.get(line.block).map(|block| block.kind);
        if kind == Some(BlockKind::Cue) {
            return false;
        }
        let heading = matches!(kind, Some(BlockKind::Heading(_)));
        let start: String = said.chars().take(48).collect();
        let behind =
            sentences::head(self.extraction.text.get(line.span.end()..).unwrap_or_default(), QUOTED_WITHIN);
        heading || !sentences::ends_in_stop(said) || behind.contains(&start)
    }

    /// Whether a point and a dash follow the name.
    pub(crate) fn spelled_out(&self, candidate: &Candidate) -> bool {
        let label = candidate.span.of(&self.extraction.text);
        [". -", ". –", ". —", ".-", ".–", ".—"].iter().any(|mark| label.contains(mark))
            && self.opens_block(candidate)
    }

    /// Whether a name and a colon open a paragraph.
    pub(crate) fn opens_line(&self, c: &Candidate) -> bool {
        c.shape == Shape::Colon && c.clean && c.place == Place::Start && self.opens_block(c)
    }

    pub(crate) fn opens_block(&self, candidate: &Candidate) -> bool {
        self.lines.get(candidate.line).is_some_and(|line| {
            line.opens_block
                || self.extraction.blocks.get(line.block).is_some_and(|block| {
                    // Lines of a block that is a whole document without blank lines open
                    // paragraphs.
                    block.span.len() * 2 > self.extraction.text.len()
                })
        })
    }
}
