//! Blocks → turns → exchanges → passages. Pure, and it cannot fail.
//!
//! What comes as [`ready`] pairs is only paired. For the rest, the steps, in order: [`lines`] cuts blocks into lines and knows which line breaks mean nothing; [`labels`]
//! finds what may name a speaker, with [`openings`] for what opens a line without a colon, and [`spelling`] reads it; [`jury`] decides over the whole
//! document which of that does, [`speakers`] and [`names`] which labels are one person; [`units`] cuts the lines there, and at the
//! signs that [`marks`] knows; [`traits`] looks at each unit; [`roles`] chooses who asks and who answers;
//! [`decode`] finds the likeliest of the [`states`] for every unit at once, with the evidence of place from [`gaps`] and [`tails`];
//! [`exchanges`] makes pairs of them and says why, [`leads`] cuts captions off questions, [`guests`] names
//! whom no label names; [`repeats`] folds copies. [`lexicon`] and [`languages`] hold all that is known of
//! languages, [`prose`] all that is known of scripts.

pub mod passages;
mod ready;
mod lexicon;
mod languages;
mod prose;
mod lines;
mod marks;
mod labels;
mod openings;
mod spelling;
mod jury;
mod speakers;
mod names;
mod units;
mod traits;
mod set_off;
mod roles;
mod gaps;
mod tails;
mod states;
mod decode;
mod leads;
mod guests;
mod exchanges;
mod repeats;
#[cfg(test)]
mod tests;

use crate::segment::decode::Document;
use crate::segment::exchanges::Reading;
use crate::segment::languages::Language;
use crate::segment::roles::Roles;
use crate::segment::speakers::Cast;
use crate::segment::states::State;
use crate::segment::traits::Sign;
use crate::segment::traits::Traits;
use crate::segment::units::Unit;
use crate::transcript::BlockKind;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::Extraction;
use crate::transcript::Role;
use crate::transcript::Segmentation;

/// Most paragraphs of a document that may be an interview of a single question without any marks.
const FEW_UNITS: usize = 4;
/// How many paragraphs before the first question are searched for the guest's name.
const INTRODUCTION: usize = 40;

/// Cuts a transcript into exchanges.
#[must_use]
pub fn segment(extraction: &Extraction) -> Segmentation {
    if ready::is_ready(extraction) {
        let (exchanges, diagnostics) = ready::exchanges(extraction);
        return Segmentation { exchanges: repeats::fold(exchanges), diagnostics };
    }
    let language = Language::of(&extraction.text);
    let lines = lines::lines(extraction);
    let candidates = labels::candidates(extraction, &lines);
    let cast = speakers::cast(extraction, language, &lines, &candidates);
    let mut units = units::units(extraction, language, &lines, &cast);
    let traits = traits::traits(extraction, language, &units);
    let mut roles = roles::roles(extraction, &units, &traits, &cast.speakers);
    roles.repeats_continue |= cast.logged;
    let set_off = if roles.askers_named { None } else { set_off::set_off(&units, &traits) };
    let listening = listening(&mut units, &traits, &roles);
    let document = Document {
        roles: &roles,
        set_off,
        marks_turns: set_off::marks_turns(&units),
        named: !cast.speakers.is_empty(),
    };
    let tails = tails::evidence(extraction, language, &roles, set_off, &units, &traits);
    let states = decode::decode(&document, &units, &traits, &tails, &listening);
    let reading = Reading {
        extraction,
        language,
        units: &units,
        traits: &traits,
        states: &states,
        speakers: &cast.speakers,
        set_off,
        guest: guest(extraction, language, &cast, &roles, &units, &states),
    };
    let (mut exchanges, mut diagnostics) = exchanges::exchanges(&reading);
    let bare = !document.named && set_off.is_none() && !document.marks_turns;
    let asked = exchanges.iter().filter_map(|exchange| exchange.question.as_ref());
    let asked = asked.filter(|question| prose::ends_in_question(&question.text)).count();
    if bare && asked * 2 < exchanges.len() {
        // A speaker's rhetoric, for whoever asks mostly ends on a question mark.
        exchanges.clear();
    }
    if bare && exchanges.len() == 1 && units.len() > FEW_UNITS && !units.iter().any(given_as_pair) {
        // One question among paragraphs that nothing else marks is a writer's own.
        exchanges.clear();
    }
    let exchanges = repeats::fold(exchanges);
    if exchanges.is_empty() {
        diagnostics.push(Diagnostic {
            kind: DiagnosticKind::NoExchanges,
            message: "no question with its answer was found".to_owned(),
            spans: Vec::new(),
        });
    }
    Segmentation { exchanges, diagnostics }
}

/// Whether the format itself says that a unit is a question or an answer.
fn given_as_pair(unit: &Unit) -> bool {
    matches!(unit.kind, BlockKind::Question | BlockKind::Answer | BlockKind::Term | BlockKind::Description)
}

/// The person interviewed, where no label names anyone who answers.
fn guest(
    extraction: &Extraction,
    language: &Language,
    cast: &Cast,
    roles: &Roles,
    units: &[Unit],
    states: &[State],
) -> Option<String> {
    let mut answerers = cast.speakers.iter().zip(&roles.of).filter(|(_, role)| **role == Role::Answer);
    if answerers.any(|(speaker, _)| speaker.name.is_some()) {
        return None;
    }
    let before =
        units.iter().zip(states).take_while(|(_, state)| **state == State::Before).take(INTRODUCTION);
    let introduction: Vec<&str> =
        before.flat_map(|(unit, _)| unit.pieces.iter().map(|(_, span)| span.of(&extraction.text))).collect();
    guests::guest(extraction, language, &introduction)
}

/// Finds the signs of listening ("Right.") that take no turn, and lets the answers around them go on.
fn listening(units: &mut [Unit], traits: &[Traits], roles: &Roles) -> Vec<bool> {
    let mut found = vec![false; units.len()];
    let spoken: Vec<usize> = units
        .iter()
        .zip(traits)
        .enumerate()
        .filter(|(_, (unit, traits))| unit.speaker.is_some() || traits.clutter < traits::CLUTTER)
        .map(|(at, _)| at)
        .collect();
    for (place, at) in spoken.iter().enumerate() {
        let next = spoken.get(place + 1).and_then(|next| units.get(*next));
        let passes = units.get(*at).is_some_and(|unit| {
            unit.labelled
                && traits.get(*at).is_some_and(|traits| traits.has(Sign::HandsOver))
                && roles.passes_floor(unit, next)
        });
        if let Some(slot) = found.get_mut(*at).filter(|_| passes) {
            *slot = true;
        }
    }
    for three in spoken.windows(3) {
        let [before, at, after] = *three else { continue };
        let (Some(first), Some(unit), Some(last)) = (units.get(before), units.get(at), units.get(after))
        else {
            continue;
        };
        let sign = traits.get(at).is_some_and(|traits| traits.has(Sign::Listens) && !traits.has(Sign::Asks));
        let answer = roles.of_unit(last) == Some(Role::Answer) && last.speaker.is_some();
        let goes_on = first.speaker == last.speaker || first.speaker.is_none();
        if sign && answer && goes_on && roles.of_unit(unit) == Some(Role::Question) {
            if let Some(slot) = found.get_mut(at) {
                *slot = true;
            }
            if let Some(last) = units.get_mut(after) {
                (last.speaker, last.labelled) = (None, false);
            }
        }
    }
    found
}
