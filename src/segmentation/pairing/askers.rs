//! Whose question an answer answers, where several people speak before it.

use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::labels::names;
use crate::segmentation::language_data::sentences;
use crate::segmentation::pairing::decoded_transcript::DecodedTranscript;

/// Most words of a turn after the question that may be an aside to it: "Go ahead.", "Sorry, yes."
const ASIDE_WORDS: usize = 6;
/// Most words of a call on the next speaker that looks like a question: "Ms. Lee?"
const CALL_WORDS: usize = 4;
/// How much of a turn's end is searched for the name of the next speaker, in bytes.
const CALL_BYTES: usize = 160;

/// The turns that ask, and what others said before and after them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct AskingTurns {
    /// The units that are the question.
    pub question: Vec<usize>,
    /// The units that are not.
    pub others: Vec<usize>,
    /// The askers, in order of their first words; empty if no label names them.
    pub speakers: Vec<usize>,
}

/// Chooses among the turns that come before an answer.
///
/// The last turn is the question. Where a turn before it asks too, and does not only call on the
/// next speaker, all turns are the question and all who speak in them are named. Otherwise the
/// turns before are left out, so that nobody's greeting or thanks gets another's name. A short
/// aside after the question is left out as well.
pub(crate) fn asking_turns(reading: &DecodedTranscript<'_>, question: &[usize]) -> AskingTurns {
    let turns = turns(reading.units, question);
    let last = turns.len().saturating_sub(1);
    let asks_before = turns.iter().zip(turns.iter().skip(1)).any(|(turn, next)| {
        turn.speaker.is_some() && asks(reading.features, turn) && !calls_on(reading, turn, next)
    });
    let (start, end) = if asks_before {
        let aside = |turn: &Turn| {
            seen(reading.features, turn).all(|features| !features.has(Feature::Asks))
                && words(reading.features, turn) <= ASIDE_WORDS
        };
        (0, turns.iter().rposition(|turn| !aside(turn)).unwrap_or(last))
    } else {
        (last, last)
    };
    let mut selected = AskingTurns::default();
    for (at, Turn { speaker, units }) in turns.into_iter().enumerate() {
        if (start..=end).contains(&at) {
            selected.speakers.extend(speaker.filter(|speaker| !selected.speakers.contains(speaker)));
            selected.question.extend(units);
        } else {
            selected.others.extend(units);
        }
    }
    selected
}

/// The units of one speaker.
struct Turn {
    speaker: Option<usize>,
    units: Vec<usize>,
}

/// Cuts units into turns: a unit without a label is of the turn before it.
fn turns(units: &[Unit], indices: &[usize]) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for index in indices {
        let speaker = units.get(*index).and_then(|unit| unit.speaker);
        match turns.last_mut() {
            Some(turn) if speaker.is_none() || speaker == turn.speaker => turn.units.push(*index),
            _ => turns.push(Turn { speaker, units: vec![*index] }),
        }
    }
    turns
}

fn seen<'a>(features: &'a [Features], turn: &Turn) -> impl Iterator<Item = &'a Features> {
    turn.units.iter().filter_map(|at| features.get(*at))
}

fn words(features: &[Features], turn: &Turn) -> usize {
    seen(features, turn).map(|features| features.words).sum()
}

fn asks(features: &[Features], turn: &Turn) -> bool {
    seen(features, turn).any(|features| features.has(Feature::Asks) || features.has(Feature::Requests))
}

/// Whether a turn ends by naming who speaks next: in a few words, or so that the next one asks.
fn calls_on(reading: &DecodedTranscript<'_>, turn: &Turn, next: &Turn) -> bool {
    let Some(unit) = turn.units.last().and_then(|at| reading.units.get(*at)) else { return false };
    let Some(speaker) = next.speaker.and_then(|speaker| reading.speakers.get(speaker)) else { return false };
    let brief = turn.units.last().and_then(|at| reading.features.get(*at));
    if !asks(reading.features, next) && brief.is_none_or(|features| features.words > CALL_WORDS) {
        return false;
    }
    let text = unit.text(&reading.extraction.text);
    let text = sentences::tail(&text, CALL_BYTES).to_lowercase();
    speaker
        .keys
        .iter()
        .flat_map(|key| names::parts(key))
        .any(|part| sentences::words(&text).any(|word| word == part))
}
