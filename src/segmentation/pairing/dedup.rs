//! Folds exchanges that are in the document more than once.

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
/// How many words at the start of an answer find its copies.
const EDGE: usize = 6;
/// Most earlier exchanges compared under one edge.
const COMPARED: usize = 8;

/// The words of one exchange, as hashes in order.
struct Words {
    question: Vec<u64>,
    answer: Vec<u64>,
}

impl Words {
    fn of(exchange: &Exchange) -> Self {
        let hashes = |text: &str| sentences::words(text).map(hash).collect();
        let question = exchange.question.as_ref().map_or_else(Vec::new, |question| hashes(&question.text));
        Self { question, answer: hashes(&exchange.answer.text) }
    }
}

/// Folds repeated exchanges into the first, which keeps its place.
pub(crate) fn fold(exchanges: Vec<Exchange>) -> Vec<Exchange> {
    let mut kept: Vec<Exchange> = Vec::with_capacity(exchanges.len());
    // Computed only where there is another exchange to compare with, which few exchanges have.
    let mut words: Vec<Option<Words>> = Vec::with_capacity(exchanges.len());
    let mut edges: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for exchange in exchanges {
        let key = edge_of(&exchange.answer.text);
        let mut own = None;
        let original = edges.get(&key).into_iter().flatten().copied().find(|at| {
            let (Some(first), Some(slot)) = (kept.get(*at), words.get_mut(*at)) else { return false };
            same_speakers(first, &exchange)
                && copies(
                    own.get_or_insert_with(|| Words::of(&exchange)),
                    slot.get_or_insert_with(|| Words::of(first)),
                )
        });
        if let Some((at, first)) = original.and_then(|at| kept.get_mut(at).map(|first| (at, first))) {
            if first.question.is_none() && exchange.question.is_some() {
                // The copy that kept its question represents both.
                let lost = std::mem::replace(first, exchange);
                first.occurrences.push(place(&lost));
                first.occurrences.extend(lost.occurrences);
                if let Some(slot) = words.get_mut(at) {
                    *slot = own;
                }
            } else {
                first.occurrences.push(place(&exchange));
            }
            continue;
        }
        let under = edges.entry(key).or_default();
        if under.len() < COMPARED {
            under.push(kept.len());
        }
        kept.push(exchange);
        words.push(own);
    }
    for exchange in kept.iter_mut().filter(|exchange| !exchange.occurrences.is_empty()) {
        exchange.reasons.push(format!("it is in the document {} times", exchange.occurrences.len() + 1));
    }
    kept
}

/// Where an exchange is.
fn place(exchange: &Exchange) -> Occurrence {
    Occurrence {
        question: exchange.question.as_ref().map(Utterance::spans).unwrap_or_default(),
        answer: exchange.answer.spans(),
    }
}

/// Whether two exchanges can be between the same people: nobody named in both is another person.
fn same_speakers(a: &Exchange, b: &Exchange) -> bool {
    let agree = |a: Option<&String>, b: Option<&String>| a.is_none() || b.is_none() || a == b;
    let asker = |exchange: &Exchange| exchange.question.as_ref().and_then(|q| q.speaker.clone());
    agree(a.answer.speaker.as_ref(), b.answer.speaker.as_ref()) && agree(asker(a).as_ref(), asker(b).as_ref())
}

/// Whether two exchanges are copies of one: the same words in the same order. A single other word can be the
/// number, the name or the negation that makes it another fact.
fn copies(a: &Words, b: &Words) -> bool {
    let fewest = if a.question.is_empty() { FEWEST_UNASKED } else { FEWEST_WORDS };
    if a.question.len() + a.answer.len() < fewest || a.answer != b.answer {
        return false;
    }
    if a.question.is_empty() != b.question.is_empty() {
        return a.answer.len() >= FEWEST_ALONE;
    }
    a.question == b.question
}

/// A number for an answer's first words, by which its copies are found.
fn edge_of(answer: &str) -> u64 {
    sentences::words(answer)
        .take(EDGE)
        .map(hash)
        .fold(0, |edge, word| edge.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word)
}

/// A word's number, the same in capitals.
fn hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::SourceMap;

    fn exchange(asker: &str, question: &str, speaker: &str, answer: &str) -> Exchange {
        let utterance = |speaker: &str, text: &str| Utterance {
            speaker: (!speaker.is_empty()).then(|| speaker.to_owned()),
            text: text.to_owned(),
            map: SourceMap::verbatim(0, text.len()),
        };
        Exchange {
            question: (!question.is_empty()).then(|| utterance(asker, question)),
            answer: utterance(speaker, answer),
            occurrences: Vec::new(),
            reasons: Vec::new(),
            time: None,
            page: None,
        }
    }

    fn check(pairs: [(&str, &str, &str); 2], expect: usize) {
        let folded =
            fold(pairs.map(|(question, speaker, answer)| exchange("", question, speaker, answer)).into());
        assert_eq!(folded.len(), expect, "{pairs:?}");
        assert_eq!(folded.iter().map(|exchange| exchange.occurrences.len()).sum::<usize>(), 2 - expect);
    }

    #[test]
    fn only_the_same_words_of_the_same_people_are_copies() {
        let question = "Who set the toll in 1970?";
        let answer = "The parish set it, and it was 3 pence for every cart and nothing for a man on foot.";
        check([(question, "Lund", answer), (question, "Lund", answer)], 1);
        check([("", "Lund", answer), (question, "Lund", answer)], 1);
        check([(question, "", answer), (question, "Lund", answer)], 1);
        check([(question, "Moe", answer), (question, "Lund", answer)], 2);
        check([(question, "", answer), ("Who set the toll in 1971?", "", answer)], 2);
        check([(question, "", answer), (question, "", &answer.replace('3', "4"))], 2);
        check([(question, "", answer), (question, "", &answer.replace("nothing", "something"))], 2);
        check([(question, "", answer), (question, "", &answer.replace("was", "was not"))], 2);
        check([("Why?", "", "No idea."), ("Why?", "", "No idea.")], 2);
    }
}
