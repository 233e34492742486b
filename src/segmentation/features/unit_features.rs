//! Extracts the features of units: words and marks of questions, of answers and of boilerplate.

use crate::segmentation::features::boilerplate_evidence;
use crate::segmentation::features::boilerplate_evidence::Usage;
use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::pull_quotes;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;

/// Log-odds that a remark of whoever wrote the text down is boilerplate.
const REMARK: f32 = 12.0;
/// Log-odds from which on a unit is taken for boilerplate where its place is weighed.
pub(crate) const LIKELY_BOILERPLATE: f32 = 2.0;
/// Log-odds of boilerplate of a message that a speaker reads out.
const READ_OUT: f32 = 3.0;
/// Log-odds that a unit which repeats another is pulled out of the text.
const REPEATED: f32 = 5.0;
/// Most words of a formula after the interview.
const TRAILING_WORDS: usize = 60;
/// Most words of a line that may be a date.
const DATE_WORDS: usize = 10;
/// Most words of a turn that gives the floor to another.
const HANDOVER_WORDS: usize = 40;
/// Most words of a turn that may be only signs of listening.
const LISTENING_WORDS: usize = 8;
/// How many words at either end of a unit are looked up.
const LOOKED_UP: usize = 32;
/// How much of a unit's start is read sentence by sentence, in bytes.
const HEAD: usize = 360;
/// How much of its end.
const TAIL: usize = 240;

/// The features of all units.
pub(crate) fn extract(extraction: &Extraction, language: &Language, units: &[Unit]) -> Vec<Features> {
    let mut seen: Vec<Features> =
        units.iter().map(|unit| look(&unit.text(&extraction.text), language)).collect();
    let usage = Usage::of(extraction, units, &seen);
    for (unit, features) in units.iter().zip(&mut seen) {
        let text = unit.text(&extraction.text);
        if unit.speaker.is_none() || unit.kind == BlockKind::Cue {
            features.boilerplate = usage.boilerplate(unit, &text, *features);
            let trailing = features.words <= TRAILING_WORDS
                && (lexicon::trailing(&sentences::opening(&text))
                    || lexicon::credit(&sentences::opening_of(&text, 400)));
            features.note(Feature::Trailing, trailing);
        } else if unit.labelled && boilerplate_evidence::is_read_out(&text, *features) {
            features.boilerplate = READ_OUT;
        }
    }
    for (_, features) in units.iter().zip(&mut seen).filter(|(unit, _)| unit.remark) {
        features.boilerplate = REMARK;
    }

    for at in pull_quotes::find(extraction, units, &seen) {
        if let Some(features) = seen.get_mut(at) {
            features.boilerplate += REPEATED;
        }
    }
    seen
}

/// Whether a text names a day: a year of the last two centuries or this one, and another number.
fn is_date(text: &str) -> bool {
    let numbers = || text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    let year = |number: &str| {
        number.len() == 4 && number.parse::<u16>().is_ok_and(|year| (1800..2100).contains(&year))
    };
    numbers().any(year) && numbers().any(|number| number.len() <= 2)
}

/// Whether a text ends with a closing quotation mark that another unit opened.
fn closes_quotation(text: &str) -> bool {
    let Some(closing) = text.chars().next_back() else { return false };
    match closing {
        '"' => text.matches('"').count() % 2 == 1,
        '”' => !text.contains(['“', '„']),
        '»' => !text.contains('«'),
        _ => false,
    }
}

/// Reads one unit's text.
fn look(text: &str, language: &Language) -> Features {
    let words = sentences::count_words(text);
    let mut features = Features { words, ..Features::default() };
    let opens = sentences::words(text).next().is_some_and(|word| language.asks(&sentences::lowercase(word)));
    let reported = sentences::ends_in_reported_question(text, opens);
    features.note(Feature::Asks, sentences::ends_in_question(text) && !reported);
    features.note(Feature::Stops, sentences::ends_in_stop(text));
    features.note(Feature::ClosesQuotation, reported || closes_quotation(text));
    features.note(
        Feature::HandsOver,
        words <= HANDOVER_WORDS && !features.has(Feature::Asks) && lexicon::hands_over(&text.to_lowercase()),
    );
    features.note(Feature::Dated, words <= DATE_WORDS && !features.has(Feature::Stops) && is_date(text));
    features.note(Feature::Listens, words <= LISTENING_WORDS && lexicon::backchannel(&sentences::bare(text)));
    let (head, tail) = if text.len() <= HEAD + TAIL {
        (text, "")
    } else {
        (sentences::head(text, HEAD), sentences::tail(text, TAIL))
    };
    let first = sentences::sentences(head, 0);
    let last = if tail.is_empty() { Vec::new() } else { sentences::sentences(tail, 0) };
    let of_head = first.iter().map(|sentence| sentence.of(head));
    let of_tail = last.iter().map(|sentence| sentence.of(tail));
    let ending = || of_tail.clone().rev().chain(of_head.clone().rev().filter(|_| tail.is_empty()));
    let asked = !features.has(Feature::Asks) && ending().skip(1).take(2).any(sentences::ends_in_question);
    features.note(Feature::Asked, asked);
    let asks_for = |sentence: &str| {
        lexicon::request(&sentences::opening_of(sentence.trim_start(), 24)) || request_at_end(sentence)
    };
    let requests = of_head.clone().take(4).chain(of_tail.clone().rev().take(3)).any(asks_for);
    features.note(Feature::Requests, requests);
    features.note(Feature::OpensAsking, opens);
    let mut lower = String::new();
    for word in sentences::words(head)
        .take(LOOKED_UP)
        .chain(sentences::words(tail).take(LOOKED_UP))
        .filter(|word| word.len() <= 18)
    {
        let word = if word.is_ascii() {
            word
        } else {
            sentences::lower(word, &mut lower);
            lower.as_str()
        };
        let second = features.has(Feature::SecondPerson) || language.second_person(word);
        let first = features.has(Feature::FirstPerson) || language.first_person(word);
        features.note(Feature::SecondPerson, second);
        features.note(Feature::FirstPerson, first);
        if first && second {
            break;
        }
    }
    features
}

/// Whether a sentence of a language that puts its verb last ends as a request.
fn request_at_end(sentence: &str) -> bool {
    !sentence.is_ascii() && lexicon::request_ending(sentence)
}
