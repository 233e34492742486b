//! Evidence of the place of a paragraph between two labels, in documents where only answers have
//! labels.

use std::collections::BTreeMap;
use std::hash::DefaultHasher;
use std::hash::Hash as _;
use std::hash::Hasher as _;

use crate::segmentation::decoding::roles::Roles;
use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::features::unit_features;
use crate::transcript::Role;

/// Evidence for text before a label inside the same line.
const INLINE: f32 = 4.0;
/// Fewest words of a line without a stop that may be a question all the same.
const FEWEST_WORDS: usize = 4;
/// Evidence against a question where the same paragraph is printed elsewhere with no answer after
/// it.
const UNANSWERED_ELSEWHERE: f32 = 4.0;
/// Fewest words of a paragraph that is printed twice on purpose; fewer may recur by chance.
const FEWEST_WORDS_PRINTED_TWICE: usize = 8;

/// Per unit, the evidence of its place that it asks.
///
/// Where answers have one paragraph, the one unnamed paragraph before a label is its question,
/// whatever its form; where answers have more, it may as well be the end of the answer before. A
/// paragraph that the document prints twice is a question in both places or in none.
pub(crate) fn evidence(roles: &Roles, units: &[Unit], features: &[Features], text: &str) -> Vec<f32> {
    let mut evidence = vec![0.0; units.len()];
    if roles.askers_named {
        return evidence;
    }
    let mut lone = Vec::new();
    let (mut single, mut several) = (0.0, 0.0);
    let mut gap: Vec<usize> = Vec::new();
    let mut open = false;
    // The text before the first answer, after its introduction.
    let mut first = None;
    for (at, (unit, seen)) in units.iter().zip(features).enumerate() {
        if roles.of_unit(unit) == Some(Role::Answer) {
            if let Some(last) = gap.last().filter(|_| open) {
                let asks = features
                    .get(*last)
                    .is_some_and(|features| features.has(Feature::Asks) || features.has(Feature::Requests));
                if gap.len() == 1 {
                    lone.push(*last);
                }
                if asks && gap.len() == 1 {
                    single += 1.0;
                } else if asks {
                    several += 1.0;
                }
            }
            if let (true, Some(slot)) =
                (unit.inline && unit.labelled, at.checked_sub(1).and_then(|before| evidence.get_mut(before)))
            {
                *slot += INLINE;
            }
            if !open {
                first = gap.last().copied();
            }
            gap.clear();
            open = true;
        } else if seen.boilerplate < unit_features::LIKELY_BOILERPLATE
            || (seen.boilerplate < unit_features::LIKELY_BOILERPLATE + 1.0 && seen.words >= FEWEST_WORDS)
        {
            gap.push(at);
        }
    }
    let odds: f32 = ((single + 0.5_f32) / (several + 0.5)).ln().clamp(0.0, 2.5);
    for at in lone.into_iter().chain(first.filter(|_| several < 0.5)) {
        if let Some(slot) = evidence.get_mut(at) {
            *slot += odds;
        }
    }
    for at in unanswered_elsewhere(roles, units, features, text) {
        if let Some(slot) = evidence.get_mut(at) {
            *slot -= UNANSWERED_ELSEWHERE;
        }
    }
    evidence
}

/// Paragraphs without a name that an answer follows, where it follows not every copy of the same
/// words.
fn unanswered_elsewhere(roles: &Roles, units: &[Unit], features: &[Features], text: &str) -> Vec<usize> {
    let mut copies: BTreeMap<u64, Vec<(usize, bool)>> = BTreeMap::new();
    let mut answered = false;
    for (at, (unit, seen)) in units.iter().zip(features).enumerate().rev() {
        if unit.speaker.is_none() && seen.words >= FEWEST_WORDS_PRINTED_TWICE {
            let mut hasher = DefaultHasher::new();
            unit.text(text).split_whitespace().for_each(|word| word.hash(&mut hasher));
            copies.entry(hasher.finish()).or_default().push((at, answered));
        }
        if unit.speaker.is_some() || seen.boilerplate < unit_features::LIKELY_BOILERPLATE {
            answered = roles.of_unit(unit) == Some(Role::Answer);
        }
    }
    let differ = copies.into_values().filter(|copies| copies.iter().any(|(_, answered)| !answered));
    differ.flatten().filter(|(_, answered)| *answered).map(|(at, _)| at).collect()
}
