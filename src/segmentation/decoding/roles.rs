//! Who asks and who answers: chosen for all speakers together.

use std::collections::BTreeMap;

use crate::segmentation::decoding::speaker_evidence;
use crate::segmentation::decoding::speaker_evidence::SpeakerEvidence;
use crate::segmentation::decoding::unnamed_asker;
use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::features::unit_features::LIKELY_BOILERPLATE;
use crate::segmentation::labels::speaker::Speaker;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::weights::feature_functions::FeatureFunction;
use crate::segmentation::weights::sink::Score;
use crate::segmentation::weights::sink::Sink;
use crate::segmentation::weights::table::Weights;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Role;

/// What the speakers do in the document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Roles {
    /// Per speaker.
    pub of: Vec<Role>,
    /// Whether those who ask are named where they ask.
    pub askers_named: bool,
    /// Whether those who answer are named where they answer.
    pub answerers_named: bool,
    /// Per speaker, whether most turns give the floor to others: a chair, an operator.
    pub chairs: Vec<bool>,
    /// Whether a label that repeats goes on with the turn, as where each paragraph has its label.
    pub repeats_continue: bool,
}

impl Roles {
    /// Whether a turn that gives the floor to another is no more than that: it is a chair's, or one
    /// of those who ask, and another asks next.
    pub(crate) fn passes_floor(&self, unit: &Unit, next: Option<&Unit>) -> bool {
        let chair = unit.speaker.is_some_and(|speaker| self.chairs.get(speaker) == Some(&true));
        let asks = |unit: &Unit| self.of_unit(unit) == Some(Role::Question);
        chair || (asks(unit) && next.is_some_and(|next| asks(next) && next.speaker != unit.speaker))
    }

    /// The role of a unit's speaker; `None` where nobody is named.
    pub(crate) fn of_unit(&self, unit: &Unit) -> Option<Role> {
        if unit.kind == BlockKind::Question {
            Some(Role::Question)
        } else if unit.kind == BlockKind::Answer {
            Some(Role::Answer)
        } else {
            self.of.get(unit.speaker?).copied()
        }
    }
}

/// How often the choice is gone over; it settles in two or three rounds.
const ROUNDS: usize = 6;

/// Chooses the roles.
pub(crate) fn roles(
    weights: &Weights,
    extraction: &Extraction,
    units: &[Unit],
    features: &[Features],
    speakers: &[Speaker],
) -> Roles {
    let evidence = SpeakerEvidence::of(extraction, units, features, speakers);
    let mut of = choose(weights, &evidence);
    let tallies = &evidence.tallies;
    if unnamed_asker::asks(units, features, speakers.len()) {
        for (role, speaker) in of.iter_mut().zip(speakers) {
            if !speaker.keys.iter().any(|key| lexicon::asks(key)) {
                *role = Role::Answer;
            }
        }
    }
    let count =
        |role: Role| of.iter().zip(tallies).filter(|(r, _)| **r == role).map(|(_, t)| t.turns).sum::<usize>();
    let (asked, answered) = (count(Role::Question), count(Role::Answer));
    let unnamed = units
        .iter()
        .zip(features)
        .filter(|(unit, features)| {
            unit.speaker.is_none() && features.has(Feature::Asks) && features.boilerplate < LIKELY_BOILERPLATE
        })
        .count();
    Roles {
        askers_named: asked * 2 >= answered && asked * 2 > unnamed,
        answerers_named: answered * 2 >= asked && answered * 2 > unnamed,
        chairs: tallies.iter().map(|tally| tally.hands_over > tally.turns).collect(),
        repeats_continue: evidence.repeats_continue,
        of,
    }
}

/// The assignment with the most evidence, where neighbours in the text rather differ.
fn choose(weights: &Weights, evidence: &SpeakerEvidence<'_>) -> Vec<Role> {
    let score = |at: usize| {
        let mut score = Score::new(weights);
        evidence.describe(at, &mut score);
        score.sum
    };
    let scores: Vec<f32> = (0..evidence.tallies.len()).map(score).collect();
    let mut asks: Vec<bool> = scores.iter().map(|score| *score > 0.0).collect();
    let speaking: Vec<usize> =
        evidence.tallies.iter().enumerate().filter(|(_, tally)| tally.turns > 0).map(|(at, _)| at).collect();
    let score = |at: usize| scores.get(at).copied().unwrap_or_default();
    if let [a, b] = speaking.as_slice() {
        let first = score(*a) >= score(*b);
        for (at, role) in [(a, first), (b, !first)] {
            if let Some(slot) = asks.get_mut(*at) {
                *slot = role;
            }
        }
    } else if speaking.len() > 2 {
        let mut near: BTreeMap<usize, Vec<(usize, f32)>> = BTreeMap::new();
        for ((a, b), count) in &evidence.pairs {
            near.entry(*a).or_default().push((*b, *count));
            near.entry(*b).or_default().push((*a, *count));
        }
        for _ in 0..ROUNDS {
            let before = asks.clone();
            for at in &speaking {
                let near = near.get(at).map(Vec::as_slice).unwrap_or_default();
                let near = near.iter().map(|(other, count)| (asks.get(*other) == Some(&true), *count));
                let mut alternates = Score::new(weights);
                alternates.add(FeatureFunction::AskerAlternates, speaker_evidence::alternation(near));
                if let Some(slot) = asks.get_mut(*at) {
                    *slot = score(*at) + alternates.sum > 0.0;
                }
            }
            if before == asks {
                break;
            }
        }
        force_both(&mut asks, &speaking, &scores);
    }
    asks.iter().map(|asks| if *asks { Role::Question } else { Role::Answer }).collect()
}

/// Among several speakers, one asks and one answers at least.
fn force_both(asks: &mut [bool], speaking: &[usize], scores: &[f32]) {
    let all = |role: bool, asks: &[bool]| speaking.iter().all(|at| asks.get(*at) == Some(&role));
    let by_score = |a: &&usize, b: &&usize| {
        scores.get(**a).copied().unwrap_or_default().total_cmp(&scores.get(**b).copied().unwrap_or_default())
    };
    let (flip, role) = if all(true, asks) {
        (speaking.iter().min_by(by_score), false)
    } else if all(false, asks) {
        (speaking.iter().max_by(by_score), true)
    } else {
        return;
    };
    if let Some(slot) = flip.and_then(|at| asks.get_mut(*at)) {
        *slot = role;
    }
}
