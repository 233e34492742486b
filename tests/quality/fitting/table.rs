//! The table of weights as it is committed.

use std::fmt::Write as _;

use onrecord::segmentation::training;

/// The table with these weights, fitted on so many sources.
pub(crate) fn write(weights: &[f32], sources: usize) -> String {
    let mut table = format!(
        "# Weights of the segmenter's models (docs/segmentation.md). Written by tests/quality/fit, which fitted those of the\n\
         # chain, a linear-chain conditional random field, on {sources} sources, the fixtures and copies of them degraded by rule.\n\
         # Each line: feature function, mean of its prior (set by hand), weight. Those of asks.*, boilerplate.*, asker.*,\n\
         # set_off.* and label.* are as set by hand; tests/quality/fit --trial tries fitted ones.\n",
    );
    for ((name, prior), weight) in training::feature_names().iter().zip(training::prior()).zip(weights) {
        // Writing to a string cannot fail.
        _ = writeln!(table, "{name}\t{prior}\t{weight}");
    }
    table
}
