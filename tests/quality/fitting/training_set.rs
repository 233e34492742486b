//! What is fitted on, by source, and the fit of all parts of the table.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use onrecord::segmentation::training;
use onrecord::segmentation::training::Part;

use crate::choices;
use crate::choices::Choices;
use crate::corpus;
use crate::corpus::Transcript;
use crate::crf;
use crate::crf::Example;
use crate::crf::Objective;
use crate::crf::Settings;
use crate::labels;
use crate::lbfgs;

/// The parts of the table that are fitted; the trial of the others is in docs/segmentation.md.
pub(crate) const KEPT: [Part; 1] = [Part::Chain];

/// What can be fitted on: the files, copies of them degraded by rule, and fixtures.
pub(crate) struct TrainingSet {
    examples: BTreeMap<String, Vec<Example>>,
    pub choices: BTreeMap<Part, Choices>,
}

impl TrainingSet {
    pub(crate) fn of<'a>(transcripts: impl Iterator<Item = &'a Transcript> + Clone) -> Self {
        let mut examples: BTreeMap<String, Vec<Example>> = BTreeMap::new();
        for transcript in transcripts.clone() {
            if let Some(example) = labels::example(transcript) {
                examples.entry(transcript.source.clone()).or_default().push(example);
            }
        }
        for of_source in examples.values_mut() {
            crf::balance(of_source);
        }
        Self { examples, choices: choices::choices(transcripts) }
    }

    /// How much there is.
    pub(crate) fn describe(&self) -> String {
        let units: usize = self.examples.values().flatten().map(|example| example.lattice.units.len()).sum();
        let weights = training::feature_names().len();
        format!("{units} units of {} sources to fit on; {weights} weights", self.examples.len())
    }

    /// How many sources are fitted on. Files without byte spans are only scored, and fixtures are
    /// of no source.
    pub(crate) fn sources(&self) -> usize {
        self.examples.keys().filter(|source| *source != corpus::FIXTURES).count()
    }

    /// Loss of the chain per unit, without what the prior adds.
    pub(crate) fn loss(&self, weights: &[f32]) -> f64 {
        let all: Vec<&Example> = self.examples.values().flatten().collect();
        Objective::new(&all, Settings::default(), false).loss(weights)
    }

    /// The table with the weights of some parts fitted on all sources but some; the others are as
    /// expected.
    pub(crate) fn fit(
        &self,
        is_left_out: &dyn Fn(&str) -> bool,
        settings: Settings,
        parts: &[Part],
    ) -> Vec<f32> {
        let examples: Vec<&Example> = self
            .examples
            .iter()
            .filter(|(source, _)| !is_left_out(source))
            .flat_map(|(_, examples)| examples)
            .collect();
        let objective = Objective::new(&examples, settings, parts.contains(&Part::Evidence));
        let fitted = lbfgs::minimise(objective.start(), |at| objective.value(at));
        // As the table has them.
        let mut weights: Vec<f32> =
            fitted.iter().map(|weight| format!("{weight:.3}").parse().unwrap_or_default()).collect();
        for part in parts {
            self.fit_decisions(&mut weights, *part, is_left_out);
        }
        weights
    }

    /// Fits the weights of decisions over whole documents.
    pub(crate) fn fit_decisions(&self, weights: &mut [f32], part: Part, is_left_out: &dyn Fn(&str) -> bool) {
        if let Some(choices) = self.choices.get(&part) {
            let of_others = choices.iter().filter(|(source, _)| !is_left_out(source));
            choices::fit(weights, part, of_others.flat_map(|(_, choices)| choices));
        }
    }

    /// Per source, the weights fitted on all others.
    pub(crate) fn fit_without_each(
        &self,
        sources: &[String],
        settings: Settings,
        parts: &[Part],
    ) -> BTreeMap<String, Vec<f32>> {
        let without = |source: &String| self.fit(&|other| other == source, settings, parts);
        sources.iter().cloned().zip(in_parallel(sources, without)).collect()
    }
}

/// Does something for all items on as many threads as there are cores; the results are in the order
/// of the items.
pub(crate) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = AtomicUsize::new(0);
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let some = || {
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(at) else { return done };
                done.push((at, work(item)));
            }
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(some)).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
