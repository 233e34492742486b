//! Folds exchanges that are in the document more than once.

use std::collections::BTreeMap;

use crate::segmentation::language_data::sentences;
use crate::transcript::Exchange;
use crate::transcript::Occurrence;
use crate::transcript::Utterance;

/// Fewest words of a repeated question and answer together: "Why? Yes." is said twice without being
/// a copy.
const FEWEST_WORDS: usize = 6;
/// Fewest words of an answer without a question that is repeated.
const FEWEST_UNASKED: usize = 10;
/// Fewest words of an answer that is known again without its question.
const FEWEST_ALONE: usize = 16;
/// How many words at the start of an answer find its copies.
const EDGE: usize = 6;
/// Most earlier exchanges compared under one edge.
const COMPARED: usize = 8;

/// Folds repeated exchanges into the first, which keeps its place.
pub(crate) fn fold(exchanges: Vec<Exchange>) -> Vec<Exchange> {
    let mut kept: Vec<Exchange> = Vec::with_capacity(exchanges.len());
    // Computed only where there is another exchange to compare with, which few exchanges have.
    let mut fingerprints: Vec<Option<u64>> = Vec::with_capacity(exchanges.len());
    let mut edges: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for exchange in exchanges {
        let key = edge_of(&exchange.answer.text);
        let mut own = None;
        let original = edges.get(&key).into_iter().flatten().copied().find(|at| {
            let (Some(first), Some(slot)) = (kept.get(*at), fingerprints.get_mut(*at)) else { return false };
            same_speakers(first, &exchange)
                && *own.get_or_insert_with(|| fingerprint(&exchange.answer.text))
                    == *slot.get_or_insert_with(|| fingerprint(&first.answer.text))
                && copies(first, &exchange)
        });
        if let Some(first) = original.and_then(|at| kept.get_mut(at)) {
            if first.question.is_none() && exchange.question.is_some() {
                // The copy that kept its question represents both.
                let lost = std::mem::replace(first, exchange);
                first.occurrences.push(place(&lost));
                first.occurrences.extend(lost.occurrences);
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
        // A copy that takes its original's place has the same words and so the same fingerprint.
        fingerprints.push(own);
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
    fn asker(exchange: &Exchange) -> Option<&str> {
        exchange.question.as_ref().and_then(|question| question.speaker.as_deref())
    }
    let agree = |a: Option<&str>, b: Option<&str>| a.is_none() || b.is_none() || a == b;
    agree(a.answer.speaker.as_deref(), b.answer.speaker.as_deref()) && agree(asker(a), asker(b))
}

/// Whether two exchanges are copies of one: the same words in the same order. A single other word
/// can be the number, the name or the negation that makes it another fact.
fn copies(a: &Exchange, b: &Exchange) -> bool {
    if !same_words(&a.answer.text, &b.answer.text) {
        return false;
    }
    let at_least = |words: usize, text: &str, fewest: usize| {
        words + sentences::words(text).take(fewest).count() >= fewest
    };
    let (asked, repeated) = (question(a), question(b));
    // A question without a word is none.
    match (at_least(0, asked, 1), at_least(0, repeated, 1)) {
        (true, true) => {
            let words = sentences::words(asked).take(FEWEST_WORDS).count();
            same_words(asked, repeated) && at_least(words, &a.answer.text, FEWEST_WORDS)
        }
        (false, false) => at_least(0, &a.answer.text, FEWEST_UNASKED),
        (true, false) | (false, true) => at_least(0, &a.answer.text, FEWEST_ALONE),
    }
}

/// What is asked; empty where nothing is.
fn question(exchange: &Exchange) -> &str {
    exchange.question.as_ref().map_or("", |question| &question.text)
}

/// Whether two texts have the same words in the same order, in any case of ASCII letters.
fn same_words(a: &str, b: &str) -> bool {
    let mut others = sentences::words(b);
    sentences::words(a).all(|word| others.next().is_some_and(|other| word.eq_ignore_ascii_case(other)))
        && others.next().is_none()
}

/// A number for an answer's first words, by which its copies are found.
fn edge_of(answer: &str) -> u64 {
    number_of(sentences::words(answer).take(EDGE))
}

/// A number for all words of an answer: only answers with the same number can be copies.
fn fingerprint(answer: &str) -> u64 {
    number_of(sentences::words(answer))
}

/// A number for words in order.
fn number_of<'a>(words: impl Iterator<Item = &'a str>) -> u64 {
    words.map(hash).fold(0, |number, word| number.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word)
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
