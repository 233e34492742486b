//! Ready pairs: rendered as plain text, so that they have a source that can be cited like any
//! other.

use crate::extraction::metadata::language;
use crate::span::SourceMap;
use crate::span::TextSpan;
use crate::transcript::Block;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::Metadata;

/// A question and its answer, ready made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// The question; `None` where it is unknown.
    pub question: Option<Line>,
    /// The answer.
    pub answer: Line,
}

/// The words of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The speaker; empty if unknown.
    pub speaker: String,
    /// What.
    pub text: String,
}

/// Renders pairs in a language (a BCP 47 tag; empty: detected): each line after its speaker's name,
/// a blank line between lines.
#[must_use]
pub fn render(pairs: &[Pair], language: &str) -> Extraction {
    let mut text = String::new();
    let mut blocks = Vec::new();
    let lines = pairs.iter().flat_map(|pair| {
        let question = pair.question.as_ref().map(|line| (BlockKind::Question, line));
        question.into_iter().chain([(BlockKind::Answer, &pair.answer)])
    });
    for (kind, line) in lines.filter(|(_, line)| !line.text.trim().is_empty()) {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        let speaker = line.speaker.trim();
        if !speaker.is_empty() {
            text.push_str(speaker);
            text.push_str(": ");
        }
        let start = text.len();
        text.push_str(line.text.trim());
        let mut block = Block::new(kind, TextSpan::new(start, text.len()));
        block.speaker = (!speaker.is_empty()).then(|| speaker.to_owned());
        blocks.push(block);
    }
    let mut extraction = Extraction {
        format: Format::Pairs,
        map: SourceMap::verbatim(0, text.len()),
        rendition: Some(text.clone()),
        text,
        blocks,
        metadata: Metadata { language: language.to_owned(), ..Metadata::default() },
        diagnostics: Vec::new(),
    };
    language::settle(&mut extraction);
    extraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_rendered_with_their_speakers_and_blocks_point_at_the_words() {
        let line = |speaker: &str, text: &str| Line { speaker: speaker.into(), text: text.into() };
        let rendered = render(
            &[
                Pair { question: Some(line("Ann", "Why?")), answer: line("", " Because. ") },
                Pair { question: None, answer: line("Bo", "No reason.") },
            ],
            "",
        );
        assert_eq!(rendered.text, "Ann: Why?\n\nBecause.\n\nBo: No reason.");
        let words: Vec<_> =
            rendered.blocks.iter().map(|block| (block.kind, block.span.of(&rendered.text))).collect();
        assert_eq!(
            words,
            [
                (BlockKind::Question, "Why?"),
                (BlockKind::Answer, "Because."),
                (BlockKind::Answer, "No reason.")
            ]
        );
    }
}
