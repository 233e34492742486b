//! Pairs of turns that look like a question and its answer and are none.

use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::language_data::courtesy;
use crate::segmentation::language_data::sentences;
use crate::segmentation::pairing::decoded_transcript::DecodedTranscript;

/// Most words of a turn without a question that may be a mere form.
const FEWEST_SAID: usize = 2;
/// Most words on either side of a pair that may be one.
const FEWEST_PAIRED: usize = 2;

/// Why the units of a question and of an answer are no exchange; `None` where they are one.
/// `asked_back` says that the last pair was given up because the one who answers asked.
pub(crate) fn reason(
    reading: &DecodedTranscript<'_>,
    question: &[usize],
    answer: &[usize],
    asked_back: bool,
) -> Option<&'static str> {
    if says_nothing(reading, question, answer) {
        Some("is a word or two that asks and answers nothing")
    } else if turns_back(reading, question, answer, asked_back) {
        Some("is a remark and a question back, not a question and its answer")
    } else {
        None
    }
}

/// Whether a few words are where an answer would be, and nothing asks for one: "Thank you.",
/// "Overruled."
fn says_nothing(reading: &DecodedTranscript<'_>, question: &[usize], answer: &[usize]) -> bool {
    let words = |side: &[usize]| {
        side.iter().filter_map(|at| features(reading, *at)).map(|of| of.words).sum::<usize>()
    };
    let asks = |at: &usize| {
        features(reading, *at).is_some_and(|of| of.has(Feature::Asks) || of.has(Feature::Requests))
    };
    let polite = |at: &usize| {
        let unit = reading.units.get(*at);
        unit.is_some_and(|unit| courtesy::is_courtesy(&unit.text(&reading.extraction.text)))
    };
    if !question.is_empty() && question.iter().chain(answer).all(polite) {
        return true;
    }
    let speaks = |at: &usize| reading.units.get(*at).is_some_and(|unit| unit.labelled);
    answer.iter().all(speaks)
        && words(answer) <= if question.is_empty() { FEWEST_SAID } else { FEWEST_PAIRED }
        && words(question) <= FEWEST_PAIRED
        && !question.iter().chain(answer).any(asks)
}

/// Whether one who asks made a remark and another only asked back, or heard the reply to that.
fn turns_back(
    reading: &DecodedTranscript<'_>,
    question: &[usize],
    answer: &[usize],
    asked_back: bool,
) -> bool {
    let [only] = answer else { return false };
    let (Some(said), Some(unit)) = (features(reading, *only), reading.units.get(*only)) else { return false };
    let text = unit.text(&reading.extraction.text);
    // A question tag ends many an answer, so that the whole of it has to ask.
    let opening = sentences::words(&text).next().unwrap_or_default().to_lowercase();
    let asks_back = said.has(Feature::Asks)
        && reading.language.asks(&opening)
        && sentences::sentences(&text, 0).len() == 1;
    let hears = asked_back && said.has(Feature::Listens);
    let named = |at: &usize| reading.units.get(*at).is_some_and(|unit| unit.speaker.is_some());
    let remarks = |at: &usize| {
        features(reading, *at).is_some_and(|of| {
            ![Feature::Asks, Feature::Requests, Feature::Asked].iter().any(|asks| of.has(*asks))
        })
    };
    !question.is_empty()
        && question.iter().all(remarks)
        && (asks_back || hears)
        && question.iter().chain(answer).all(named)
}

fn features(reading: &DecodedTranscript<'_>, unit: usize) -> Option<Features> {
    reading.features.get(unit).copied()
}
