//! Labels with a number that counts: `Question 3)`, `Q3.`, `問1：` are one label, `P16` and
//! `Speaker 2` are not.

use std::collections::BTreeMap;

use crate::segmentation::labels::candidate::Candidate;
use crate::segmentation::labels::candidate::Place;
use crate::segmentation::language_data::lexicon;

/// Splits a key in its words and its number.
pub(crate) fn split(key: &str) -> Option<(&str, u32)> {
    if let Some(found) = split_han(key) {
        return Some(found);
    }
    let base = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = key.get(base.len()..)?;
    let base = base.trim_end();
    let value = number.parse().ok().filter(|_| number.len() <= 4 && !base.is_empty())?;
    // Padded numbers are of speakers: `SPEAKER_01`.
    (!number.starts_with('0')).then_some((base, value))
}

/// Splits a key with a number in Chinese numerals, as `問一`.
fn split_han(key: &str) -> Option<(&str, u32)> {
    const DIGITS: [char; 9] = ['一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let base = key.trim_end_matches(|c: char| c == '十' || DIGITS.contains(&c));
    let number = key.get(base.len()..).filter(|number| !number.is_empty() && !base.is_empty())?;
    let (mut value, mut unit) = (0, 0);
    for c in number.chars() {
        if let Some(digit) = DIGITS.iter().position(|digit| *digit == c) {
            unit = u32::try_from(digit + 1).ok()?;
        } else {
            (value, unit) = (value + unit.max(1) * 10, 0);
        }
    }
    lexicon::names_turn(base).then_some((base, value + unit))
}

/// The numbers of one word, in order of the text.
#[derive(Debug, Default)]
struct Numbers {
    first: u32,
    last: u32,
    steps: usize,
    repeats: usize,
    falls: bool,
    all: usize,
}

impl Numbers {
    fn add(&mut self, number: u32) {
        if self.all == 0 {
            self.first = number;
        } else if number < self.last || number > self.last + 3 {
            self.falls = true;
        } else if number == self.last {
            self.repeats += 1;
        } else {
            self.steps += 1;
        }
        self.last = number;
        self.all += 1;
    }

    /// Whether they count up from one or two, each once.
    fn count_turns(&self) -> bool {
        !self.falls && self.steps > 0 && self.repeats == 0 && self.first <= 2
    }
}

/// Gives labels whose numbers count turns one key. A word that means a question or an answer counts
/// them by itself; any other word does where a second one counts with it.
pub(crate) fn unite(candidates: &mut [Candidate]) {
    let mut numbers: BTreeMap<String, Numbers> = BTreeMap::new();
    for candidate in candidates.iter().filter(|candidate| candidate.place == Place::Start) {
        if let Some((base, number)) = split(&candidate.key) {
            numbers.entry(base.to_owned()).or_default().add(number);
        }
    }
    let known = |base: &str| lexicon::names_turn(base);
    let counting: Vec<(&str, usize)> = numbers
        .iter()
        .filter(|(base, numbers)| {
            !known(base) && numbers.count_turns() && !lexicon::asks(base) && !lexicon::answers(base)
        })
        .map(|(base, numbers)| (base.as_str(), numbers.all))
        .collect();
    let paired: Vec<String> = match counting.as_slice() {
        [(a, n), (b, m)] if n.abs_diff(*m) <= 1 && *n.max(m) >= 3 => vec![(*a).to_owned(), (*b).to_owned()],
        _ => Vec::new(),
    };
    for candidate in candidates {
        let Some((base, _)) = split(&candidate.key) else { continue };
        let Some(numbers) = numbers.get(base) else { continue };
        let counts = known(base) && !numbers.falls && (numbers.steps > 0 || numbers.all == 1);
        if counts || paired.iter().any(|other| other == base) {
            candidate.key = base.to_owned();
            candidate.counts = true;
        }
    }
}
