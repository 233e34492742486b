//! The feature functions of each unit.

use crate::segmentation::decoding::model;
use crate::segmentation::decoding::model::UnitModel;
use crate::segmentation::decoding::states::STATES;
use crate::segmentation::decoding::states::State;
use crate::segmentation::document_evidence::DocumentEvidence;
use crate::segmentation::pairing::given_pairs;
use crate::segmentation::training::parameters;
use crate::segmentation::training::parameters::FeatureVector;
use crate::segmentation::training::parameters::Part;
use crate::segmentation::weights::feature_functions;
use crate::segmentation::weights::feature_functions::Observation;
use crate::segmentation::weights::feature_functions::Setting;
use crate::segmentation::weights::sink::Collector;
use crate::segmentation::weights::sink::Score;
use crate::segmentation::weights::table::Weights;
use crate::span::TextSpan;
use crate::transcript::Extraction;

/// The feature functions of a whole document.
#[derive(Clone, Debug, Default)]
pub struct Lattice {
    /// Per unit that takes a turn.
    pub units: Vec<LatticeUnit>,
    /// Per state, the functions of ending in it.
    pub endings: Vec<FeatureVector>,
}

/// The feature functions of one unit.
#[derive(Clone, Debug)]
pub struct LatticeUnit {
    /// Its text, without labels.
    pub spans: Vec<TextSpan>,
    /// Whether its speaker is named.
    pub speaks: bool,
    /// Per state. At the place of a weight that the chain does not use itself, but that is inside
    /// the values of others, is the derivative of the score by it, with the other weights as they
    /// are expected.
    pub emissions: Vec<FeatureVector>,
    /// State before, state, functions; what the grammar of an interview does not have is left out.
    pub transitions: Vec<(usize, usize, FeatureVector)>,
}

/// The feature functions of a document; `None` where its format gives pairs, which leave nothing to
/// decide.
#[must_use]
pub fn lattice(extraction: &Extraction) -> Option<Lattice> {
    if given_pairs::is_ready(extraction) {
        return None;
    }
    let weights = Weights::prior();
    let evidence = DocumentEvidence::of(extraction, &weights);
    let document = evidence.context();
    let models: Vec<Option<UnitModel<'_>>> = evidence.observed(&document).models(&weights).collect();
    let units = models.iter().zip(&evidence.units).filter_map(|(model, unit)| {
        let spans = unit.pieces.iter().map(|(_, span)| *span).collect();
        Some(LatticeUnit { speaks: unit.speaker.is_some(), ..describe(model.as_ref()?, spans) })
    });
    let mut units: Vec<LatticeUnit> = units.collect();
    for (index, name) in parameters::feature_names().iter().enumerate() {
        if parameters::part(name) == Part::Evidence {
            let mut moved = weights.values().to_vec();
            if let Some(weight) = moved.get_mut(index) {
                *weight += STEP;
            }
            let moved = Weights::new(moved);
            let moved = evidence.observed(&document).models(&moved);
            let pairs = models.iter().zip(moved).filter_map(|(at, moved)| Some((at.as_ref()?, moved?)));
            for (unit, (at, moved)) in units.iter_mut().zip(pairs) {
                add_derivatives(&mut unit.emissions, index, &weights, (at, &moved));
            }
        }
    }
    let endings = STATES.iter().map(|state| collect(|to| model::ending(*state, to)).0).collect();
    Some(Lattice { units, endings })
}

/// How far a weight is moved to see what the score does.
const STEP: f32 = 1.0 / 64.0;
/// A larger derivative is a threshold that was crossed.
const STEEPEST: f32 = 16.0;

/// Adds the derivative of the score of each state by one weight, from two models that differ in it
/// by [`STEP`].
fn add_derivatives(
    emissions: &mut [FeatureVector],
    index: usize,
    weights: &Weights,
    (at, moved): (&UnitModel<'_>, &UnitModel<'_>),
) {
    if at.evidence() == moved.evidence() {
        return;
    }
    let score = |unit: &UnitModel<'_>, state: State| {
        let mut score = Score::new(weights);
        unit.emission(state, &mut score);
        score.sum
    };
    for (functions, state) in emissions.iter_mut().zip(STATES) {
        let slope = (score(moved, state) - score(at, state)) / STEP;
        if slope != 0.0 && slope.abs() < STEEPEST {
            functions.push((index, slope));
        }
    }
}

fn describe(unit: &UnitModel<'_>, spans: Vec<TextSpan>) -> LatticeUnit {
    let observations = unit.observations();
    let emissions = STATES
        .iter()
        .map(|state| {
            let (mut functions, ()) = collect(|to| unit.emission(*state, to));
            functions.extend(observed(observations, *state));
            functions
        })
        .collect();
    let mut transitions = Vec::new();
    for (from, before) in STATES.iter().enumerate() {
        for (to, state) in STATES.iter().enumerate() {
            let (functions, exists) = collect(|to| unit.transition(*before, *state, to));
            if exists {
                transitions.push((from, to, functions));
            }
        }
    }
    LatticeUnit { spans, speaks: false, emissions, transitions }
}

/// The observations of a unit as feature functions of a state.
fn observed((setting, bits): (Setting, u32), state: State) -> impl Iterator<Item = (usize, f32)> {
    let seen = Observation::ALL.iter().filter(move |observation| bits & (1 << **observation as u32) != 0);
    seen.map(move |observation| (feature_functions::observed(setting, state.group(), *observation), 1.0))
}

fn collect<T>(give: impl FnOnce(&mut Collector) -> T) -> (FeatureVector, T) {
    let mut collector = Collector::default();
    let result = give(&mut collector);
    (collector.0, result)
}
