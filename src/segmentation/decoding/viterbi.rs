//! The decoder: the sequence of states with the highest score for all units at once (Viterbi).

use crate::segmentation::decoding::context::DocumentContext;
use crate::segmentation::decoding::context::Surroundings;
use crate::segmentation::decoding::model;
use crate::segmentation::decoding::model::UnitModel;
use crate::segmentation::decoding::states::STATES;
use crate::segmentation::decoding::states::State;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::weights::feature_functions;
use crate::segmentation::weights::feature_functions::Group;
use crate::segmentation::weights::feature_functions::Observation;
use crate::segmentation::weights::feature_functions::Setting;
use crate::segmentation::weights::sink::Score;
use crate::segmentation::weights::table::Weights;

/// The way back from each state to itself.
const SAME: [u8; STATES.len()] = [0, 1, 2, 3, 4, 5, 6, 7];

/// All that the model sees of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observed<'a> {
    /// The document as a whole.
    pub document: &'a DocumentContext<'a>,
    /// The units.
    pub units: &'a [Unit],
    /// Per unit, its features.
    pub features: &'a [Features],
    /// Per unit, the log-odds that a question has its place.
    pub place: &'a [f32],
    /// Per unit, the log-odds that it is matter after the interview.
    pub end_matter: &'a [f32],
    /// Per unit, whether it takes no turn and leaves the state as it is.
    pub skipped: &'a [bool],
}

impl<'a> Observed<'a> {
    /// The model of each unit; `None` for those that are skipped.
    pub(crate) fn models(self, weights: &Weights) -> impl Iterator<Item = Option<UnitModel<'a>>> {
        let (mut previous, mut last_speaker) = (None, None);
        let places = self.place.iter().zip(self.end_matter);
        let units = self.units.iter().zip(self.features).zip(places).zip(self.skipped);
        units.enumerate().map(move |(index, (((unit, seen), (place, end_matter)), skipped))| {
            if *skipped {
                return None;
            }
            let around = Surroundings {
                previous,
                next: self.features.get(index + 1),
                last_speaker,
                place: *place,
                end_matter: *end_matter,
            };
            last_speaker = unit.speaker.or(last_speaker);
            previous = Some((unit, seen));
            Some(UnitModel::new(weights, self.document, unit, seen, around))
        })
    }
}

/// The best states of all units.
pub(crate) fn decode(weights: &Weights, observed: Observed<'_>) -> Vec<State> {
    let score = || Score::new(weights);
    let mut scores = STATES.map(|state| if state == State::Before { 0.0 } else { f32::NEG_INFINITY });
    let mut back: Vec<[u8; STATES.len()]> = Vec::with_capacity(observed.units.len());
    for unit in observed.models(weights) {
        let Some(unit) = unit else {
            back.push(SAME);
            continue;
        };
        let seen = observation_scores(weights, unit.observations());
        let mut next = [f32::NEG_INFINITY; STATES.len()];
        let mut from = [0; STATES.len()];
        for ((state, best), from) in STATES.iter().zip(&mut next).zip(&mut from) {
            let reached = STATES.iter().zip(&scores).zip(0u8..).filter(|((_, so_far), _)| so_far.is_finite());
            for ((before, so_far), index) in reached {
                let mut transition = score();
                if unit.transition(*before, *state, &mut transition) && so_far + transition.sum > *best {
                    (*best, *from) = (so_far + transition.sum, index);
                }
            }
            let mut emission = score();
            unit.emission(*state, &mut emission);
            *best += emission.sum + seen.get(state.group() as usize).copied().unwrap_or_default();
        }
        // Scores are kept near 0 so that they stay exact however long the document is.
        let most = next.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        scores = next.map(|score| score - most);
        back.push(from);
    }
    for (state, total) in STATES.iter().zip(&mut scores) {
        let mut ending = score();
        model::ending(*state, &mut ending);
        *total += ending.sum;
    }
    let mut states = trace(&scores, &back);
    for (state, _) in states.iter_mut().zip(observed.skipped).filter(|(_, skipped)| **skipped) {
        *state = State::AnswerSkip;
    }
    states
}

/// What the observations of a unit add to the score of each group of states.
fn observation_scores(weights: &Weights, (setting, bits): (Setting, u32)) -> [f32; Group::ALL.len()] {
    let mut sums = [0.0; Group::ALL.len()];
    let seen = Observation::ALL.iter().filter(|observation| bits & (1 << **observation as u32) != 0);
    for observation in seen {
        for (group, sum) in Group::ALL.iter().zip(&mut sums) {
            *sum += weights.at(feature_functions::observed(setting, *group, *observation));
        }
    }
    sums
}

/// Follows the best path back.
fn trace(scores: &[f32; STATES.len()], back: &[[u8; STATES.len()]]) -> Vec<State> {
    let last = (0..STATES.len()).min_by(|a, b| {
        let score = |at: &usize| scores.get(*at).copied().unwrap_or(f32::NEG_INFINITY);
        score(b).total_cmp(&score(a)).then(a.cmp(b))
    });
    let mut at = last.unwrap_or_default();
    let mut states: Vec<State> = back
        .iter()
        .rev()
        .map(|from| {
            let state = STATES.get(at).copied().unwrap_or(State::Before);
            at = from.get(at).map_or(0, |from| usize::from(*from));
            state
        })
        .collect();
    states.reverse();
    states
}
