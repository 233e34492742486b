//! Windows of long answers: what is ranked and shown of them.

use unicode_segmentation::UnicodeSegmentation;

use crate::segmentation::sentence_bounds::sentences;
use crate::span::TextSpan;

/// How answers are cut into windows. Sizes are in bytes of text; a word of English is about six.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowSettings {
    /// The most text of a window; only a sentence that is longer by itself makes a longer one. An
    /// answer that is not longer is one window.
    pub size: usize,
    /// About how much of a window the next one repeats, so that a sentence across a border is whole
    /// in one of them.
    pub overlap: usize,
}

impl Default for WindowSettings {
    fn default() -> Self {
        Self { size: 4000, overlap: 1000 }
    }
}

/// The windows of an answer, in order. Together they cover all of its text; each begins and ends
/// where a paragraph or a sentence does, or, inside a sentence that is longer than a window, a
/// word.
#[must_use]
pub fn windows(answer: &str, settings: &WindowSettings) -> Vec<TextSpan> {
    let whole = TextSpan::new(0, answer.len());
    if answer.len() <= settings.size.max(1) {
        return vec![whole];
    }
    let size = even_size(answer.len(), settings);
    let borders = borders(answer, settings.size);
    let mut windows = Vec::new();
    let mut start = 0;
    loop {
        let end = end_of(&borders, start, size, settings.size);
        windows.push(TextSpan::new(start, end).trimmed(answer));
        if end >= answer.len() {
            return windows;
        }
        start = start_behind(&borders, start, end, settings.overlap);
    }
}

/// The size at which the windows come out alike, instead of a short one at the end.
fn even_size(len: usize, settings: &WindowSettings) -> usize {
    let overlap = settings.overlap.min(settings.size / 2);
    let step = (settings.size - overlap).max(1);
    let count = len.saturating_sub(overlap).div_ceil(step).max(1);
    (len + (count - 1) * overlap).div_ceil(count).min(settings.size)
}

/// A place where a window may begin or end.
#[derive(Clone, Copy, Debug)]
struct Border {
    at: usize,
    paragraph: bool,
}

/// Ends of sentences, the last at the end of the text. Sentences longer than `size` also end at
/// words.
fn borders(answer: &str, size: usize) -> Vec<Border> {
    let mut borders: Vec<Border> = Vec::new();
    for sentence in sentences(answer) {
        let text = sentence.of(answer);
        if sentence.len() > size {
            borders.extend(words(text, sentence.start(), size));
        }
        borders.push(Border { at: sentence.end(), paragraph: text.ends_with('\n') });
    }
    borders
}

/// Places between the words of a sentence, a part of a window apart.
fn words(sentence: &str, offset: usize, size: usize) -> Vec<Border> {
    let mut borders = Vec::new();
    let mut last = 0;
    for (at, _) in sentence.split_word_bound_indices() {
        if at - last >= (size / 4).max(1) {
            borders.push(Border { at: offset + at, paragraph: false });
            last = at;
        }
    }
    borders
}

/// The end of a window that begins at `start`: at the last border within `size`, and at a
/// paragraph's end where one is in the last third. Without any border there, at the next one.
fn end_of(borders: &[Border], start: usize, size: usize, most: usize) -> usize {
    let after = borders.partition_point(|border| border.at <= start);
    let rest = borders.get(after..).unwrap_or_default();
    let within = rest.get(..rest.partition_point(|border| border.at - start <= size)).unwrap_or_default();
    let (Some(last), Some(next)) = (borders.last(), rest.first()) else { return start };
    if last.at - start <= most {
        return last.at;
    }
    let third = start + size - size / 3;
    let paragraph = within.iter().rev().find(|border| border.paragraph && border.at >= third);
    paragraph.or(within.last()).unwrap_or(next).at
}

/// The start of the window after `[start, end)`: at the first border that repeats no more than
/// `overlap`.
fn start_behind(borders: &[Border], start: usize, end: usize, overlap: usize) -> usize {
    let earliest = end.saturating_sub(overlap).max(start + 1);
    let place = borders.partition_point(|border| border.at < earliest);
    borders.get(place).map_or(end, |border| border.at.min(end))
}

#[cfg(test)]
mod tests {
    use super::WindowSettings;
    use super::windows;
    use crate::span::TextSpan;

    /// Windows of `size` and `overlap`, each as its first and last word.
    fn check(answer: &str, size: usize, overlap: usize, expect: &[&str]) {
        let found = windows(answer, &WindowSettings { size, overlap });
        let shown: Vec<&str> = found.iter().map(|window| window.of(answer)).collect();
        assert_eq!(shown, expect);
    }

    #[test]
    fn a_short_answer_is_one_window() {
        check("One. Two.", 100, 20, &["One. Two."]);
        check("", 100, 20, &[""]);
        assert_eq!(windows(" a ", &WindowSettings::default()), [TextSpan::new(0, 3)]);
    }

    #[test]
    fn borders_are_those_of_sentences() {
        check(
            "Aaa aaa aaa. Bbb bbb bbb. Ccc ccc ccc. Ddd ddd ddd.",
            30,
            13,
            &["Aaa aaa aaa. Bbb bbb bbb.", "Bbb bbb bbb. Ccc ccc ccc.", "Ccc ccc ccc. Ddd ddd ddd."],
        );
        check(
            "Aaaa aaaa. We met in St. Petersburg then.",
            34,
            0,
            &["Aaaa aaaa.", "We met in St. Petersburg then."],
        );
    }

    #[test]
    fn paragraphs_are_kept_whole_where_they_nearly_fill_a_window() {
        check(
            "Aaaa aaaa aaaa aaaa.\n\nBbb. Cccc cccc cccc cccc.",
            27,
            0,
            &["Aaaa aaaa aaaa aaaa.", "Bbb. Cccc cccc cccc cccc."],
        );
    }

    #[test]
    fn a_sentence_without_end_is_cut_at_words() {
        let answer = "word ".repeat(100);
        let found = windows(&answer, &WindowSettings { size: 60, overlap: 10 });
        assert!(found.len() > 5);
        assert!(found.iter().all(|window| window.len() <= 60), "{found:?}");
        assert!(found.iter().all(|window| window.of(&answer).split(' ').all(|word| word == "word")));
    }

    mod properties {
        use proptest::prelude::*;

        use super::super::WindowSettings;
        use super::super::windows;

        proptest! {
            #[test]
            fn any_answer_is_covered(
                answer in "(\\PC{0,30}|[a-z]{1,12}[. ]|\n\n|(\\PC\u{301}?){5}){0,40}",
                size in 0usize..200,
                overlap in 0usize..200,
            ) {
                let found = windows(&answer, &WindowSettings { size, overlap });
                let mut covered = 0;
                for window in &found {
                    prop_assert!(answer.get(window.range()).is_some());
                    let gap = answer.get(covered..window.start().max(covered)).unwrap();
                    prop_assert!(gap.trim().is_empty());
                    covered = covered.max(window.end());
                }
                prop_assert!(answer.get(covered..).unwrap().trim().is_empty());
                let starts: Vec<usize> = found.iter().map(|window| window.start()).collect();
                prop_assert!(starts.windows(2).all(|pair| pair[0] <= pair[1]));
            }
        }
    }
}
