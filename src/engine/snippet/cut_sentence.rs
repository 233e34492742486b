//! Shortening a sentence that is longer than a snippet.

use unicode_segmentation::UnicodeSegmentation;

use crate::span::TextSpan;

/// The part of a sentence longer than `max_bytes` around `core`, from the start of a word to the
/// end of one, with about as much text before `core` as after it.
pub(super) fn cut_sentence(
    answer: &str,
    sentence: TextSpan,
    core: TextSpan,
    matches: &[TextSpan],
    max_bytes: usize,
) -> TextSpan {
    // A match is cut only if it is too long itself.
    let kept = if core.len() <= max_bytes { matches } else { &[] };
    let is_inside = |at: usize| {
        let next = kept.partition_point(|found| found.end() <= at);
        kept.get(next).is_some_and(|found| found.start() < at)
    };
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    // Only words that can be the first or the last: a sentence may be a page long.
    let near = nearby(answer, sentence, core, max_bytes);
    for (at, word) in near.of(answer).split_word_bound_indices() {
        let (start, end) = (near.start() + at, near.start() + at + word.len());
        if word.chars().any(char::is_alphanumeric)
            && !word.starts_with(char::is_whitespace)
            && !is_inside(start)
        {
            starts.push(start);
        }
        if !word.ends_with(char::is_whitespace) && !is_inside(end) {
            ends.push(end);
        }
    }
    let start_from = |lowest: usize| {
        let after = starts.get(starts.partition_point(|start| *start < lowest));
        after.copied().filter(|start| *start < core.start()).unwrap_or_else(|| core.start())
    };
    let room = max_bytes.saturating_sub(core.len());
    let lowest = core.start().saturating_sub(room / 2).max(sentence.start());
    let start = if lowest + max_bytes >= sentence.end() {
        start_from(sentence.end() - max_bytes)
    } else if lowest == sentence.start() {
        lowest
    } else {
        start_from(lowest)
    };
    let highest = start + max_bytes;
    let end = ends.get(..ends.partition_point(|end| *end <= highest)).and_then(<[usize]>::last);
    let end = end.copied().filter(|end| *end > start);
    let least = if core.len() <= max_bytes { core.end() } else { start };
    let end = end.unwrap_or(start).max(least);
    TextSpan::new(start, if end > start { end } else { answer.floor_char_boundary(highest) })
}

/// The part of a sentence that a cut of `max_bytes` around `core` can have: from white space to
/// white space, so that its words are those of the whole sentence.
fn nearby(answer: &str, sentence: TextSpan, core: TextSpan, max_bytes: usize) -> TextSpan {
    let before = core.start().saturating_sub(max_bytes).max(sentence.start());
    let after = (core.end() + max_bytes).min(sentence.end());
    let (before, after) = (answer.floor_char_boundary(before), answer.ceil_char_boundary(after));
    let head = TextSpan::new(sentence.start(), before.max(sentence.start()));
    let start =
        head.of(answer).rfind(char::is_whitespace).map_or(sentence.start(), |at| sentence.start() + at);
    let tail = TextSpan::new(after.min(sentence.end()), sentence.end());
    let end = tail.of(answer).find(char::is_whitespace).map_or(sentence.end(), |at| tail.start() + at);
    TextSpan::new(start, end)
}
