//! Interviews without any marks, where questions and answers take one paragraph each, in turn.

use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::features::unit_features::LIKELY_BOILERPLATE;
use crate::transcript::BlockKind;

/// Fewest pairs that show the pattern.
const FEWEST_PAIRS: f32 = 2.0;
/// How much the pattern says at most, as log-odds.
const MOST: f32 = 2.5;
/// Added log-odds if the paragraph also speaks to the other.
const ADDRESSED: f32 = 2.0;

/// Per unit, the evidence of the alternation that it asks.
///
/// Of the paragraphs between one question mark and the next, every second one is in the place of a
/// question. It counts only where their number is even, where nearly all other questions are two
/// paragraphs apart, and where the paragraph speaks to someone: an answer of three paragraphs has
/// an even number too.
pub(crate) fn evidence(units: &[Unit], features: &[Features]) -> Vec<f32> {
    let mut evidence = vec![0.0; units.len()];
    let said: Vec<usize> = units
        .iter()
        .zip(features)
        .enumerate()
        .filter(|(_, (unit, seen))| seen.boilerplate < LIKELY_BOILERPLATE && unit.kind != BlockKind::Cue)
        .map(|(at, _)| at)
        .collect();
    let asks = |at: &usize| features.get(*at).is_some_and(|seen| seen.has(Feature::Asks));
    let asking: Vec<usize> =
        said.iter().enumerate().filter(|(_, at)| asks(at)).map(|(place, _)| place).collect();
    let ends = asking.iter().skip(1).copied().chain([said.len()]);
    let (mut pairs, mut others) = (0.0_f32, 0.0_f32);
    let mut even = Vec::new();
    for (start, end) in asking.iter().copied().zip(ends) {
        match end - start {
            2 => pairs += 1.0,
            gap => {
                others += if gap % 2 == 1 { 1.0 } else { 0.0 };
                if gap % 2 == 0 {
                    even.push((start, end));
                }
            }
        }
    }
    if pairs < FEWEST_PAIRS {
        return evidence;
    }
    let odds = (pairs / (others + 0.5)).ln().clamp(0.0, MOST);
    for place in even.into_iter().flat_map(|(start, end)| (start + 2..end).step_by(2)) {
        let Some(at) = said.get(place) else { continue };
        let (Some(seen), Some(slot)) = (features.get(*at), evidence.get_mut(*at)) else { continue };
        if seen.has(Feature::SecondPerson) || seen.has(Feature::Requests) {
            *slot = odds + if odds > 0.0 { ADDRESSED } else { 0.0 };
        }
    }
    evidence
}
