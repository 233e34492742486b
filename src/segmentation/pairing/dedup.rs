//! Folds exchanges that stand in the document more than once.

use std::collections::BTreeMap;

use crate::segmentation::language_data::sentences;
use crate::transcript::Exchange;
use crate::transcript::Occurrence;
use crate::transcript::Utterance;

/// Fewest words of a repeated question and answer together: "Why? Yes." is said twice without being a copy.
const FEWEST_WORDS: usize = 6;
/// Fewest words of an answer without a question that is repeated.
const FEWEST_UNASKED: usize = 10;
/// Fewest words of an answer that is known again without its question.
const FEWEST_ALONE: usize = 16;
/// The share of words that two copies have in common.
const ALIKE: f32 = 0.9;
/// How many words at either end of an answer find its copies.
const EDGE: usize = 6;
/// How many bytes at an answer's end hold these words as a rule.
const LAST_BYTES: usize = 96;
/// Most earlier exchanges compared under one edge.
const COMPARED: usize = 8;

/// The words of one exchange, as sorted hashes.
struct Bag {
    question: Vec<u64>,
    answer: Vec<u64>,
}

impl Bag {
    fn of(exchange: &Exchange) -> Self {
        let sorted = |text: &str| {
            let mut words: Vec<u64> = sentences::words(text).map(hash).collect();
            words.sort_unstable();
            words
        };
        let question = exchange.question.as_ref().map_or_else(Vec::new, |question| sorted(&question.text));
        Self { question, answer: sorted(&exchange.answer.text) }
    }
}

/// Folds repeated exchanges into the first, which keeps its place.
pub(crate) fn fold(exchanges: Vec<Exchange>) -> Vec<Exchange> {
    let mut kept: Vec<Exchange> = Vec::with_capacity(exchanges.len());
    // Read where there is another to compare with, which few exchanges have.
    let mut bags: Vec<Option<Bag>> = Vec::with_capacity(exchanges.len());
    let mut edges: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for exchange in exchanges {
        let keys = edges_of(&exchange.answer.text);
        let mut bag = None;
        let original = keys.iter().filter_map(|key| edges.get(key)).flatten().copied().find(|at| {
            let (Some(first), Some(slot)) = (kept.get(*at), bags.get_mut(*at)) else { return false };
            copies(bag.get_or_insert_with(|| Bag::of(&exchange)), slot.get_or_insert_with(|| Bag::of(first)))
        });
        if let Some((at, first)) = original.and_then(|at| kept.get_mut(at).map(|first| (at, first))) {
            if first.question.is_none() && exchange.question.is_some() {
                // The copy that kept its question stands for both.
                let lost = std::mem::replace(first, exchange);
                first.occurrences.push(place(&lost));
                first.occurrences.extend(lost.occurrences);
                if let Some(slot) = bags.get_mut(at) {
                    *slot = bag;
                }
            } else {
                first.occurrences.push(place(&exchange));
            }
            continue;
        }
        for key in keys {
            let under = edges.entry(key).or_default();
            if under.len() < COMPARED {
                under.push(kept.len());
            }
        }
        kept.push(exchange);
        bags.push(bag);
    }
    for exchange in kept.iter_mut().filter(|exchange| !exchange.occurrences.is_empty()) {
        exchange.reasons.push(format!("it stands in the document {} times", exchange.occurrences.len() + 1));
    }
    kept
}

/// Where an exchange stands.
fn place(exchange: &Exchange) -> Occurrence {
    Occurrence {
        question: exchange.question.as_ref().map(Utterance::spans).unwrap_or_default(),
        answer: exchange.answer.spans(),
    }
}

/// Whether two exchanges are copies of one.
fn copies(a: &Bag, b: &Bag) -> bool {
    let words = a.question.len() + a.answer.len();
    let fewest = if a.question.is_empty() { FEWEST_UNASKED } else { FEWEST_WORDS };
    if words < fewest || alike(&a.answer, &b.answer) < ALIKE {
        return false;
    }
    if a.question.is_empty() != b.question.is_empty() {
        return a.answer.len() >= FEWEST_ALONE;
    }
    alike(&a.question, &b.question) >= ALIKE
}

/// What finds the copies of an answer: a number for its first words, and one for its last.
fn edges_of(answer: &str) -> [u64; 2] {
    let first = sentences::words(answer).take(EDGE).map(hash);
    let last: Vec<u64> = sentences::words(last_words(answer)).map(hash).collect();
    [edge(first), edge(last.into_iter().rev().take(EDGE)).rotate_left(1)]
}

/// The end of a text from a white space on, with [`EDGE`] words at least, or all of it.
fn last_words(text: &str) -> &str {
    let end = sentences::tail(text, LAST_BYTES);
    let end = end.find(char::is_whitespace).and_then(|at| end.get(at..)).unwrap_or(text);
    if sentences::words(end).nth(EDGE - 1).is_some() { end } else { text }
}

/// A word's number, the same in capitals.
fn hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    })
}

/// One number for a run of words.
fn edge(words: impl Iterator<Item = u64>) -> u64 {
    words.fold(0, |edge, word| edge.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word)
}

/// The share of words in common, from 0 to 1 (the F1 of two bags); 1 where both are empty.
fn alike(a: &[u64], b: &[u64]) -> f32 {
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    let mut common = 0;
    while let (Some(x), Some(y)) = (left.peek(), right.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Equal => {
                common += 1;
                left.next();
                right.next();
            }
            std::cmp::Ordering::Less => {
                left.next();
            }
            std::cmp::Ordering::Greater => {
                right.next();
            }
        }
    }
    2.0 * common as f32 / (a.len() + b.len()) as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn edges_are_of_the_first_and_the_last_words(text in "[a-c \u{a0}'’-]{0,40}\\PC{0,120}") {
            let words: Vec<u64> = sentences::words(&text).map(hash).collect();
            let first = edge(words.iter().copied().take(EDGE));
            let last = edge(words.iter().copied().rev().take(EDGE)).rotate_left(1);
            prop_assert_eq!(edges_of(&text), [first, last]);
        }
    }
}
