//! What readers wrote below an interview, by the heading above it.

use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::segmentation::lines::line::Line;
use crate::transcript::Block;
use crate::transcript::BlockKind;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::Extraction;

/// Most words of such a heading: "12 comments on this article".
const MOST_WORDS: usize = 6;
/// Most words of such a line that is not set as a heading.
const MOST_WORDS_OF_LINE: usize = 2;

/// Takes the lines of readers' comments away, and says so: nothing in them is of the interview.
pub(crate) fn cut(extraction: &Extraction, lines: &mut Vec<Line>) -> Option<Diagnostic> {
    let first = start(extraction)?;
    let at = lines.partition_point(|line| line.block < first);
    lines.truncate(at);
    let spans = extraction.blocks.get(first..).unwrap_or_default().iter();
    Some(Diagnostic {
        kind: DiagnosticKind::Trailing,
        message: "readers' comments after the interview were left out".to_owned(),
        spans: spans.flat_map(|block| extraction.map.to_bytes(block.span)).collect(),
    })
}

/// The block of the last heading over comments, where the questions are before it and no heading
/// after it asks.
fn start(extraction: &Extraction) -> Option<usize> {
    let text = |block: &Block| block.span.of(&extraction.text);
    let asks = |block: &Block| sentences::ends_in_question(text(block));
    let heads = |block: &Block| {
        let most_words =
            if matches!(block.kind, BlockKind::Heading(_)) { MOST_WORDS } else { MOST_WORDS_OF_LINE };
        matches!(block.kind, BlockKind::Heading(_) | BlockKind::Paragraph)
            && names_comments(text(block), most_words)
    };
    let first = extraction.blocks.iter().position(heads)?;
    let (before, after) = extraction.blocks.split_at_checked(first)?;
    let goes_on = after.iter().any(|block| matches!(block.kind, BlockKind::Heading(_)) && asks(block));
    (before.iter().filter(|block| asks(block)).count() >= 2 && !goes_on).then_some(first)
}

/// Whether a line without a stop begins with the word for comments, or with their number and the
/// word.
fn names_comments(line: &str, most_words: usize) -> bool {
    let line = line.trim_start_matches(|c: char| !c.is_alphabetic());
    let words = line.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic));
    !line.ends_with([':', '：', '.', '?', '!', '。', '？'])
        && words.take(most_words + 1).count() <= most_words
        && lexicon::heads_comments(&line.to_lowercase())
}
