//! The weights by name, and segmentation with other weights than those of the table.

use crate::segmentation::decoding::states::STATES;
use crate::segmentation::weights::feature_functions;
use crate::segmentation::weights::table::Weights;
use crate::transcript::Extraction;
use crate::transcript::Segmentation;

/// Values of feature functions by their places in the table; those that are 0 are left out.
pub type FeatureVector = Vec<(usize, f32)>;

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

/// What a weight is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Of the chain.
    Chain,
    /// Inside the values of the chain's feature functions: how much a unit asks, and is
    /// boilerplate.
    Evidence,
    /// Of the decision who asks.
    Asker,
    /// Of the decision what sets questions off.
    SetOff,
    /// Of the decision which labels are speakers.
    Label,
}

/// What the weight of this name is of.
#[must_use]
pub fn part(name: &str) -> Part {
    match name.split('.').next().unwrap_or_default() {
        "asks" | "boilerplate" => Part::Evidence,
        "asker" => Part::Asker,
        "set_off" => Part::SetOff,
        "label" => Part::Label,
        _ => Part::Chain,
    }
}

/// Cuts a transcript into exchanges with these weights.
#[must_use]
pub fn segment_with(extraction: &Extraction, weights: &[f32]) -> Segmentation {
    crate::segmentation::segment_with(extraction, &Weights::new(weights.to_vec()))
}
