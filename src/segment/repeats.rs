//! Folds exchanges that stand in the document more than once.

use std::collections::BTreeMap;

use crate::segment::prose;
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
/// Most earlier exchanges compared under one edge.
const COMPARED: usize = 8;

/// The words of one exchange, as hashes, sorted once there is another to compare them with.
struct Bag {
    question: Vec<u64>,
    answer: Vec<u64>,
    sorted: bool,
}

impl Bag {
    fn sort(&mut self) {
        if !self.sorted {
            self.question.sort_unstable();
            self.answer.sort_unstable();
            self.sorted = true;
        }
    }
}

/// Folds repeated exchanges into the first, which keeps its place.
pub(super) fn fold(exchanges: Vec<Exchange>) -> Vec<Exchange> {
    let mut kept: Vec<Exchange> = Vec::with_capacity(exchanges.len());
    let mut bags: Vec<Bag> = Vec::with_capacity(exchanges.len());
    let mut edges: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for exchange in exchanges {
        let answer = hashes(&exchange.answer.text);
        let keys = [edge(answer.iter().take(EDGE)), edge(answer.iter().rev().take(EDGE)).rotate_left(1)];
        let question = exchange.question.as_ref().map_or_else(Vec::new, |question| hashes(&question.text));
        let mut bag = Bag { question, answer, sorted: false };
        let original = keys
            .iter()
            .filter_map(|key| edges.get(key))
            .flatten()
            .copied()
            .find(|at| bags.get_mut(*at).is_some_and(|other| copies(&mut bag, other)));
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
fn copies(a: &mut Bag, b: &mut Bag) -> bool {
    a.sort();
    b.sort();
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

/// The words of a text, hashed, in order.
fn hashes(text: &str) -> Vec<u64> {
    prose::words(text)
        .map(|word| {
            word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
            })
        })
        .collect()
}

/// One number for a run of words.
fn edge<'a>(words: impl Iterator<Item = &'a u64>) -> u64 {
    words.fold(0, |edge: u64, word| edge.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word)
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
