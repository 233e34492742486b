//! Who takes feature functions and their values: the decision adds up their weights, the fit keeps
//! them.

use crate::segmentation::weights::feature_functions;
use crate::segmentation::weights::feature_functions::FeatureFunction;
use crate::segmentation::weights::feature_functions::FeatureIndex;
use crate::segmentation::weights::table::Weights;

/// Takes a feature function and its value; where it is called twice for one, the values add up.
pub(crate) trait Sink {
    fn add(&mut self, function: FeatureFunction, value: f32);
}

/// Adds up weight times value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Score<'a> {
    weights: &'a Weights,
    /// What was given so far.
    pub sum: f32,
}

impl<'a> Score<'a> {
    pub(crate) const fn new(weights: &'a Weights) -> Self {
        Self { weights, sum: 0.0 }
    }
}

impl Sink for Score<'_> {
    fn add(&mut self, function: FeatureFunction, value: f32) {
        self.sum += self.weights.of(function) * value;
    }
}

/// Keeps places in the table and values, those that are not 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Collector(pub Vec<(FeatureIndex, f32)>);

impl Sink for Collector {
    fn add(&mut self, function: FeatureFunction, value: f32) {
        if value != 0.0 {
            self.0.push((feature_functions::index(function), value));
        }
    }
}
