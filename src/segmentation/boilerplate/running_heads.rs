//! The heads and feet of pages: short lines that come again together, in the same order.

use std::collections::HashMap;
use std::ops::Range;

use crate::segmentation::boilerplate::candidate_lines::Boilerplate;
use crate::segmentation::boilerplate::candidate_lines::Lines;
use crate::segmentation::labels::stamps;
use crate::segmentation::language_data::sentences;

/// Longest line of a head, in bytes.
const LONGEST: usize = 160;
/// Fewest lines that come again together.
const FEWEST_LINES: usize = 2;
/// Fewest words that they have together, and that the longest of them has.
const FEWEST_WORDS: (usize, usize) = (6, 4);

/// Marks the lines of stretches that repeat: at least two lines, none of which is a sentence, each
/// as often as the others. A stretch that holds sentences too is a text printed twice.
pub(crate) fn mark(lines: Lines<'_>, found: &mut [Option<Boilerplate>]) {
    let mut last: HashMap<String, usize> = HashMap::new();
    // How many lines begin with the same words and a colon, which may be a speaker's label.
    let mut labels: HashMap<&str, usize> = HashMap::new();
    // Only labels of lines no longer than a head are looked up: the rest of a longer line is not
    // read.
    let labelled = LONGEST + '：'.len_utf8();
    for label in (0..lines.len()).filter_map(|at| label(sentences::head(lines.text(at)?, labelled))) {
        *labels.entry(label).or_default() += 1;
    }
    // Per line, the line before it with the same words, and the number of the words.
    let mut before = vec![None; lines.len()];
    let mut class = vec![0; lines.len()];
    let mut counts: Vec<usize> = Vec::new();
    for at in 0..lines.len() {
        let text = lines.text(at).filter(|text| text.len() <= LONGEST);
        let Some(text) = text else {
            // A line that cannot be a head is a class of one.
            if let Some(slot) = class.get_mut(at) {
                *slot = counts.len();
            }
            counts.push(1);
            continue;
        };
        let previous = last.insert(without_numbers(text), at);
        let number = previous.and_then(|previous| class.get(previous).copied()).unwrap_or(counts.len());
        if number == counts.len() {
            counts.push(0);
        }
        if let (Some(slot), Some(count), Some(back)) =
            (class.get_mut(at), counts.get_mut(number), before.get_mut(at))
        {
            *slot = number;
            *count += 1;
            *back = previous;
        }
    }
    let mut heads = vec![false; counts.len()];
    let mut start = 0;
    for end in 1..=lines.len() {
        let goes_on = before.get(end).is_some_and(|back: &Option<usize>| {
            back.is_some() && *back == before.get(end - 1).copied().flatten().map(|at| at + 1)
        });
        if goes_on {
            continue;
        }
        let stretch = start..end;
        start = end;
        let classes = class.get(stretch.clone()).unwrap_or_default();
        if before.get(stretch.start).copied().flatten().is_some()
            && is_head(lines, stretch, classes, &counts, &labels)
        {
            for number in classes {
                if let Some(slot) = heads.get_mut(*number) {
                    *slot = true;
                }
            }
        }
    }
    for (slot, class) in found.iter_mut().zip(class) {
        if heads.get(class) == Some(&true) {
            *slot = Some(Boilerplate::RunningHead);
        }
    }
}

/// Whether a stretch that comes again is a head.
fn is_head(
    lines: Lines<'_>,
    stretch: Range<usize>,
    classes: &[usize],
    counts: &[usize],
    labels: &HashMap<&str, usize>,
) -> bool {
    if stretch.len() < FEWEST_LINES {
        return false;
    }
    let count = |class: &usize| counts.get(*class).copied().unwrap_or_default();
    let equal = classes.windows(2).all(|pair| matches!(pair, [a, b] if count(a) == count(b)));
    let (mut words, mut most) = (0, 0);
    for (at, class) in stretch.zip(classes) {
        let Some(text) = lines.text(at).filter(|text| !is_sentence(text)) else { return false };
        if stamps::is_stamp(text) {
            // A name and the time above a turn come again too.
            return false;
        }
        if label(text).and_then(|label| labels.get(label)).is_some_and(|lines| *lines > count(class)) {
            return false;
        }
        let here = sentences::count_words(text);
        words += here;
        most = most.max(here);
    }
    equal && words >= FEWEST_WORDS.0 && most >= FEWEST_WORDS.1
}

/// What precedes a line's first colon.
fn label(text: &str) -> Option<&str> {
    sentences::split_at_colon(text).map(|(label, _)| label)
}

/// Whether a line is a sentence or a part of one.
fn is_sentence(text: &str) -> bool {
    let address = text.contains('@') || text.contains("www.") || text.contains("http");
    sentences::ends_in_stop(text) || (text.starts_with(char::is_lowercase) && !address)
}

/// A line without what changes from page to page: each number is one digit, each white space one
/// space.
fn without_numbers(text: &str) -> String {
    let mut same = String::with_capacity(text.len());
    let mut last = None;
    for c in text.chars() {
        let c = match c {
            '0'..='9' => '0',
            ' ' | 'A'..='Z' | 'a'..='z' => c,
            c if c.is_numeric() => '0',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if !(matches!(c, '0' | ' ') && last == Some(c)) {
            same.push(c);
        }
        last = Some(c);
    }
    same
}
