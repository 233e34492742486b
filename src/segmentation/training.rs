//! Access for a program that fits the weights: the feature functions of each unit, and segmentation
//! with other weights.
//!
//! `tests/quality/fit` is that program; nothing that serves uses this.

use crate::segmentation::decoding::feature_functions;
use crate::segmentation::decoding::feature_functions::FeatureFunction;
use crate::segmentation::decoding::feature_functions::Group;
use crate::segmentation::decoding::feature_functions::Observation;
use crate::segmentation::decoding::feature_functions::Setting;
use crate::segmentation::decoding::model;
use crate::segmentation::decoding::model::Sink;
use crate::segmentation::decoding::model::UnitModel;
use crate::segmentation::decoding::states::STATES;
use crate::segmentation::decoding::states::State;
use crate::segmentation::decoding::weights::Weights;
use crate::segmentation::document_evidence::DocumentEvidence;
use crate::segmentation::pairing::given_pairs;
use crate::span::TextSpan;
use crate::transcript::Extraction;
use crate::transcript::Segmentation;

/// Values of feature functions by their places in the table; those that are 0 are left out.
pub type FeatureVector = Vec<(usize, f32)>;

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
    /// Per state.
    pub emissions: Vec<FeatureVector>,
    /// State before, state, functions; what the grammar of an interview does not have is left out.
    pub transitions: Vec<(usize, usize, FeatureVector)>,
}

/// The names of all states; the first is the one before the first unit.
#[must_use]
pub fn states() -> Vec<&'static str> {
    STATES.iter().map(|state| state.name()).collect()
}

/// The names of all feature functions, in the order of their places.
#[must_use]
pub fn feature_names() -> Vec<String> {
    feature_functions::names()
}

/// The weights expected before a fit.
#[must_use]
pub fn prior() -> Vec<f32> {
    Weights::prior().values().to_vec()
}

/// The weights of the last fit.
#[must_use]
pub fn fitted() -> Vec<f32> {
    Weights::fitted().values().to_vec()
}

/// Whether a feature function is weighed by the chain itself, so that its weight can be fitted with
/// it.
#[must_use]
pub fn is_linear(name: &str) -> bool {
    !["asks.", "boilerplate."].iter().any(|prefix| name.starts_with(prefix))
}

/// Cuts a transcript into exchanges with these weights.
#[must_use]
pub fn segment_with(extraction: &Extraction, weights: &[f32]) -> Segmentation {
    crate::segmentation::segment_with(extraction, &Weights::new(weights.to_vec()))
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
    let models = evidence.observed(&document).models(&weights);
    let units = models.zip(&evidence.units).filter_map(|(model, unit)| {
        let spans = unit.pieces.iter().map(|(_, span)| *span).collect();
        Some(LatticeUnit { speaks: unit.speaker.is_some(), ..describe(&model?, spans) })
    });
    let endings = STATES.iter().map(|state| collect(|to| model::ending(*state, to)).0).collect();
    Some(Lattice { units: units.collect(), endings })
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
    seen.map(move |observation| (feature_functions::observed(setting, Group::of(state), *observation), 1.0))
}

/// Keeps what a [`Sink`] is given.
struct Collector(FeatureVector);

impl Sink for Collector {
    fn add(&mut self, function: FeatureFunction, value: f32) {
        if value != 0.0 {
            self.0.push((feature_functions::index(function), value));
        }
    }
}

fn collect<T>(give: impl FnOnce(&mut Collector) -> T) -> (FeatureVector, T) {
    let mut collector = Collector(Vec::new());
    let result = give(&mut collector);
    (collector.0, result)
}
