//! Shortening a sentence that is longer than a snippet.

use unicode_normalization::char::is_combining_mark;
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
    let borders = Borders { answer, sentence, kept };
    let room = max_bytes.saturating_sub(core.len());
    let lowest = core.start().saturating_sub(room / 2).max(sentence.start());
    let start = if lowest + max_bytes >= sentence.end() {
        borders.first_start(sentence.end() - max_bytes, core.start())
    } else if lowest == sentence.start() {
        lowest
    } else {
        borders.first_start(lowest, core.start())
    };
    let highest = start + max_bytes;
    let least = if core.len() <= max_bytes { core.end() } else { start };
    let end = borders.last_end(start, highest).unwrap_or(start).max(least);
    TextSpan::new(start, if end > start { end } else { answer.floor_char_boundary(highest) })
}

/// Where a sentence can be cut: at white space where there is any, as that is found at once, and
/// otherwise at the borders of words (Unicode Standard Annex 29).
struct Borders<'a> {
    answer: &'a str,
    sentence: TextSpan,
    /// What must not be cut.
    kept: &'a [TextSpan],
}

impl Borders<'_> {
    fn is_inside_match(&self, at: usize) -> bool {
        let next = self.kept.partition_point(|found| found.end() <= at);
        self.kept.get(next).is_some_and(|found| found.start() < at)
    }

    fn between(&self, start: usize, end: usize) -> (usize, &str) {
        let (start, end) = (self.answer.floor_char_boundary(start), self.answer.ceil_char_boundary(end));
        (start, self.answer.get(start..end).unwrap_or_default())
    }

    /// The first start of a word from `lowest` on, at most `before`.
    fn first_start(&self, lowest: usize, before: usize) -> usize {
        // With the character before it, which may be the white space.
        let (from, text) = self.between(lowest.saturating_sub(1).max(self.sentence.start()), before);
        let after_space = text.match_indices(char::is_whitespace).map(|(at, space)| from + at + space.len());
        let mut starts = after_space.filter(|at| *at >= lowest && *at < before);
        starts
            .find(|at| !self.is_inside_match(*at) && self.begins_word(*at))
            .or_else(|| self.words(lowest, before).map(|(start, _)| start).find(|start| *start >= lowest))
            .unwrap_or(before)
    }

    /// The last end of a word after `start` and up to `highest`.
    fn last_end(&self, start: usize, highest: usize) -> Option<usize> {
        if self.sentence.end() <= highest {
            return Some(self.sentence.end());
        }
        let (from, text) = self.between(start, highest + 1);
        let ends = text.rmatch_indices(char::is_whitespace).map(|(at, _)| from + at);
        let mut ends = ends.filter(|at| *at > start && *at <= highest);
        let ends_word = |at: &usize| {
            let before = self.answer.get(..*at).and_then(|text| text.chars().next_back());
            !self.is_inside_match(*at) && before.is_some_and(|last| !last.is_whitespace())
        };
        let word_end = || {
            let ends = self.words(start, highest + 1).map(|(_, end)| end);
            ends.filter(|end| *end > start && *end <= highest).last()
        };
        ends.find(ends_word).or_else(word_end)
    }

    /// Whether a word begins here, after white space.
    fn begins_word(&self, at: usize) -> bool {
        let first = self.answer.get(at..).and_then(|text| text.chars().next());
        first.is_some_and(|first| first.is_alphanumeric() && !is_combining_mark(first))
    }

    /// The words of the part of the sentence around `[start, end)` that has no white space within,
    /// with the ends that are in no match.
    fn words(&self, start: usize, end: usize) -> impl Iterator<Item = (usize, usize)> {
        let near = nearby(self.answer, self.sentence, start, end);
        near.of(self.answer).split_word_bound_indices().filter_map(move |(at, word)| {
            let (start, end) = (near.start() + at, near.start() + at + word.len());
            let is_word = word.chars().any(char::is_alphanumeric);
            (is_word && !self.is_inside_match(start) && !self.is_inside_match(end)).then_some((start, end))
        })
    }
}

/// The part of a sentence from `start` to `end`, and on either side up to the next white space, so
/// that its words are those of the whole sentence.
fn nearby(answer: &str, sentence: TextSpan, start: usize, end: usize) -> TextSpan {
    let (before, after) = (start.max(sentence.start()), end.min(sentence.end()));
    let (before, after) = (answer.floor_char_boundary(before), answer.ceil_char_boundary(after));
    let head = TextSpan::new(sentence.start(), before.max(sentence.start()));
    let start =
        head.of(answer).rfind(char::is_whitespace).map_or(sentence.start(), |at| sentence.start() + at);
    let tail = TextSpan::new(after.min(sentence.end()), sentence.end());
    let end = tail.of(answer).find(char::is_whitespace).map_or(sentence.end(), |at| tail.start() + at);
    TextSpan::new(start, end)
}
