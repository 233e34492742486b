//! The trial of each part of the table that could be fitted and need not be: leave-one-source-out,
//! with the chain fitted and everything else set by hand, then with the part fitted too.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use onrecord::segmentation::training;
use onrecord::segmentation::training::Part;

use crate::choices;
use crate::choices::Choice;
use crate::corpus::Transcript;
use crate::crf::Settings;
use crate::training_set::TrainingSet;

/// The folder of each part's predictions.
const FOLDERS: [(Part, &str); 4] = [
    (Part::Asker, "trial-asker"),
    (Part::SetOff, "trial-set_off"),
    (Part::Label, "trial-label"),
    (Part::Evidence, "trial-evidence"),
];

/// Writes predictions, and the share of decisions that are right to `decisions.tsv`.
pub(crate) fn run(
    training: &TrainingSet,
    sources: &[String],
    transcripts: &[&Transcript],
    out: &Path,
    settings: Settings,
) -> Result<(), Box<dyn Error>> {
    let chain = training.fit_without_each(sources, settings, &[Part::Chain]);
    let of = |source: &str| chain.get(source).cloned().unwrap_or_default();
    crate::predict(&out.join("trial-chain"), transcripts, of)?;
    for (part, folder) in FOLDERS.into_iter().filter(|(part, _)| choices::PARTS.contains(part)) {
        let mut with = chain.clone();
        for (source, weights) in &mut with {
            training.fit_decisions(weights, part, &|other| other == source);
        }
        let with = |source: &str| with.get(source).cloned().unwrap_or_default();
        crate::predict(&out.join(folder), transcripts, with)?;
    }
    std::fs::write(out.join("decisions.tsv"), decisions(training))?;
    let evidence = training.fit_without_each(sources, settings, &[Part::Chain, Part::Evidence]);
    crate::predict(&out.join("trial-evidence"), transcripts, |source| {
        evidence.get(source).cloned().unwrap_or_default()
    })
}

/// Per part: decisions, sources, and the mean over sources of the share that is right, in per cent:
/// by hand, fitted on all, fitted on the others.
fn decisions(training: &TrainingSet) -> String {
    let mut table = String::new();
    for (part, by_source) in &training.choices {
        let by_source: Vec<(&String, &Vec<Choice>)> =
            by_source.iter().filter(|(_, choices)| !choices.is_empty()).collect();
        let fitted_without = |is_left_out: &dyn Fn(&str) -> bool| {
            let mut weights = training::prior();
            training.fit_decisions(&mut weights, *part, is_left_out);
            weights
        };
        let fitted = fitted_without(&|_| false);
        let mut sums = [0.0; 3];
        for (source, choices) in &by_source {
            let left_out = fitted_without(&|other| other == source.as_str());
            for (sum, weights) in sums.iter_mut().zip([&training::prior(), &fitted, &left_out]) {
                *sum += choices::accuracy(choices, weights);
            }
        }
        let count: usize = by_source.iter().map(|(_, choices)| choices.len()).sum();
        let [by_hand, fitted, left_out] = sums.map(|sum| 100.0 * sum / by_source.len() as f64);
        // Writing to a string cannot fail.
        _ = writeln!(
            table,
            "{part:?}\t{count}\t{}\t{by_hand:.1}\t{fitted:.1}\t{left_out:.1}",
            by_source.len()
        );
    }
    table
}
