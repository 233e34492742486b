//! Blocks → the lines of a document.

use crate::segmentation::lines::line_numbers::Margin;
use crate::span::TextSpan;
use crate::transcript::Extraction;

/// A line of the extraction's text, without the white space around it and without its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// The index of its block.
    pub block: usize,
    /// Its range of the extraction's text.
    pub span: TextSpan,
    /// Whether it is the first of its block.
    pub opens_block: bool,
    /// How many characters of white space precede it.
    pub indent: usize,
    /// Whether it is quoted as e-mail quotes: after a `>`.
    pub quoted: bool,
    /// Whether a horizontal rule separates it from the line before.
    pub after_rule: bool,
}

/// Fewest characters of a line that draws a rule.
const SHORTEST_RULE: usize = 3;

/// The lines of all blocks that are not empty.
pub(crate) fn lines(extraction: &Extraction) -> Vec<Line> {
    let text = extraction.text.as_str();
    let margin = Margin::of(extraction);
    let mut lines = Vec::new();
    let mut after_rule = false;
    for (index, block) in extraction.blocks.iter().enumerate() {
        let mut offset = block.span.start();
        let mut opens_block = true;
        after_rule |= block.after_rule;
        for line in block.span.of(text).split_inclusive('\n') {
            let start = offset;
            offset += line.len();
            let mut span = TextSpan::new(start, offset).trimmed(text);
            if let Some(margin) = margin {
                span = margin.strip(span, text);
            }
            let indent = TextSpan::new(start, span.start()).of(text).chars().count();
            let quoted = span.of(text).strip_prefix('>').is_some_and(|rest| rest.starts_with(' '));
            if quoted {
                span = TextSpan::new(span.start() + 1, span.end()).trimmed(text);
            }
            if !span.is_empty() {
                lines.push(Line { block: index, span, opens_block, indent, quoted, after_rule });
                opens_block = false;
                after_rule = draws_rule(span.of(text));
            }
        }
    }
    lines
}

/// Whether a line draws a horizontal rule: the same mark again and again, with or without spaces.
fn draws_rule(line: &str) -> bool {
    let mut marks = line.chars().filter(|c| !c.is_whitespace());
    let Some(mark) = marks.next().filter(|c| "-–—_*=~#•·─━".contains(*c)) else { return false };
    let mut count = 1;
    marks.all(|c| {
        count += 1;
        c == mark
    }) && count >= SHORTEST_RULE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_repeat_one_mark() {
        for rule in ["---", "* * *", "______", "— — —"] {
            assert!(draws_rule(rule), "{rule}");
        }
        for text in ["--", "-*-", "...", "--- and", ""] {
            assert!(!draws_rule(text), "{text}");
        }
    }
}
