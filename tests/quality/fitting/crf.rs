//! The loss of a linear-chain conditional random field, and its gradient.
//!
//! A unit's label is a set of states. The loss of a transcript is minus the logarithm of the
//! probability of all sequences that the labels allow (Tsuboi et al., "Training conditional random
//! fields using incomplete annotations", 2008); the prior is a Gaussian around the weights set by
//! hand.

use onrecord::segmentation::training;
use onrecord::segmentation::training::FeatureVector;
use onrecord::segmentation::training::Lattice;
use onrecord::segmentation::training::LatticeUnit;
use onrecord::segmentation::training::Part;

/// A labelled transcript.
pub(crate) struct Example {
    pub lattice: Lattice,
    /// Per unit, the states it can have.
    pub allowed: Vec<u8>,
    /// How much one of its units counts.
    pub weight: f64,
}

/// What a state that the labels do not allow takes from the score. It is finite, because units and
/// labels do not always agree on where a turn begins.
const DISALLOWED: f64 = -12.0;
/// Most units that a source counts for, so that long sources do not outweigh many.
const SOURCE_UNITS: f64 = 300.0;

/// How far the fit may go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Standard deviation of the prior, of weights that were set by hand.
    pub named: f64,
    /// The same, of those that are expected to be 0.
    pub observed: f64,
    /// What the score of a state that the labels do not allow gains while fitting, so that the best
    /// sequence wins by a margin (softmax-margin; Gimpel and Smith, 2010).
    pub margin: f64,
    /// The same, where a unit outside the interview would be quoted.
    pub quoting: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { named: 0.25, observed: 0.2, margin: 0.5, quoting: 1.5 }
    }
}

/// The states whose units are quoted, as a set of bits.
const SPOKEN: u8 = 0b1_1110;

/// Makes sources count alike.
pub(crate) fn balance(examples: &mut [Example]) {
    let units: usize = examples.iter().map(|example| example.lattice.units.len()).sum();
    for example in examples {
        example.weight = SOURCE_UNITS / units.max(1) as f64;
    }
}

/// The loss on some examples, with the prior.
pub(crate) struct Objective<'a> {
    examples: &'a [&'a Example],
    prior: Vec<f64>,
    /// Per weight, the inverse of the prior's variance; `None` for weights that are not fitted.
    precision: Vec<Option<f64>>,
    /// Per weight, what is taken from it before it is multiplied: of those inside the values of
    /// others, whose derivatives the lattice has, the expected weight.
    offset: Vec<f64>,
    units: f64,
    settings: Settings,
}

impl<'a> Objective<'a> {
    /// The weights of the chain are fitted, and with `evidence` those inside the values of its
    /// feature functions: near the expected weights the score is linear in both.
    pub(crate) fn new(examples: &'a [&'a Example], settings: Settings, evidence: bool) -> Self {
        let precision = |name: &String| {
            let deviation = if name.contains('@') { settings.observed } else { settings.named };
            let part = training::part(name);
            let fitted = part == Part::Chain || (evidence && part == Part::Evidence);
            fitted.then(|| 1.0 / (deviation * deviation))
        };
        let names = training::feature_names();
        let prior: Vec<f64> = training::prior().into_iter().map(f64::from).collect();
        let offset = |(name, prior): (&String, &f64)| {
            if training::part(name) == Part::Evidence { *prior } else { 0.0 }
        };
        Self {
            precision: names.iter().map(precision).collect(),
            offset: names.iter().zip(&prior).map(offset).collect(),
            prior,
            units: examples.iter().map(|e| e.weight * e.lattice.units.len() as f64).sum::<f64>().max(1.0),
            examples,
            settings,
        }
    }

    /// Where the search begins.
    pub(crate) fn start(&self) -> Vec<f64> {
        self.prior.clone()
    }

    /// Loss per unit of weights, without the prior.
    pub(crate) fn loss(&self, weights: &[f32]) -> f64 {
        let weights: Vec<f64> = weights.iter().copied().map(f64::from).collect();
        let weights = self.multiplied(&weights);
        let plain = Settings { margin: 0.0, quoting: 0.0, ..self.settings };
        let mut ignored = vec![0.0; weights.len()];
        self.examples.iter().map(|example| example.loss(&weights, &mut ignored, plain)).sum::<f64>()
            / self.units
    }

    /// The weights as the lattices take them.
    fn multiplied(&self, weights: &[f64]) -> Vec<f64> {
        weights.iter().zip(&self.offset).map(|(weight, offset)| weight - offset).collect()
    }

    /// Loss and gradient.
    pub(crate) fn value(&self, at: &[f64]) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; at.len()];
        let weights = self.multiplied(at);
        let mut loss: f64 =
            self.examples.iter().map(|example| example.loss(&weights, &mut gradient, self.settings)).sum();
        for (index, precision) in self.precision.iter().enumerate() {
            match precision {
                Some(precision) => {
                    let step = at[index] - self.prior[index];
                    loss += 0.5 * precision * step * step;
                    gradient[index] += precision * step;
                }
                None => gradient[index] = 0.0,
            }
        }
        (loss, gradient)
    }
}

/// Exponentials of the scores of a transcript under some weights.
struct Potentials {
    /// Per unit and state, without a common factor, whose logarithms add up to `scale`.
    emissions: Vec<Vec<f64>>,
    scale: f64,
    /// Per unit, in the order of the lattice.
    transitions: Vec<Vec<f64>>,
    endings: Vec<f64>,
}

/// Probabilities of states, and of transitions in the order of the lattice, per unit; and of the
/// last states.
struct Marginals {
    states: Vec<Vec<f64>>,
    transitions: Vec<Vec<f64>>,
    endings: Vec<f64>,
}

impl Example {
    /// The loss; its gradient is added to `gradient`.
    fn loss(&self, weights: &[f64], gradient: &mut [f64], settings: Settings) -> f64 {
        let mut potentials = self.potentials(weights);
        for (states, allowed) in potentials.emissions.iter_mut().zip(&self.allowed) {
            let outside = allowed & SPOKEN == 0;
            for (state, potential) in states.iter_mut().enumerate() {
                let quoted = outside && SPOKEN & (1 << state) != 0;
                let margin = if quoted { settings.quoting } else { settings.margin };
                *potential *= if allowed & (1 << state) == 0 { margin.exp() } else { 1.0 };
            }
        }
        let (all, expected) = self.marginals(&potentials);
        for (states, allowed) in potentials.emissions.iter_mut().zip(&self.allowed) {
            for (state, potential) in states.iter_mut().enumerate() {
                *potential *= if allowed & (1 << state) == 0 { DISALLOWED.exp() } else { 1.0 };
            }
        }
        let (labelled, observed) = self.marginals(&potentials);
        self.add(gradient, &self.lattice.endings, &expected.endings, &observed.endings);
        for (at, unit) in self.lattice.units.iter().enumerate() {
            self.add(gradient, &unit.emissions, &expected.states[at], &observed.states[at]);
            let functions = unit.transitions.iter().map(|(.., functions)| functions);
            self.add(gradient, functions, &expected.transitions[at], &observed.transitions[at]);
        }
        self.weight * (all - labelled)
    }

    /// Adds the feature functions, each times the difference of its two probabilities.
    fn add<'a>(
        &self,
        gradient: &mut [f64],
        vectors: impl IntoIterator<Item = &'a FeatureVector>,
        expected: &[f64],
        observed: &[f64],
    ) {
        for (vector, (expected, observed)) in vectors.into_iter().zip(expected.iter().zip(observed)) {
            let factor = self.weight * (expected - observed);
            if factor.abs() > 1e-9 {
                for (at, value) in vector {
                    gradient[*at] += factor * f64::from(*value);
                }
            }
        }
    }

    fn potentials(&self, weights: &[f64]) -> Potentials {
        let dot = |vector: &FeatureVector| {
            vector.iter().map(|(at, value)| weights[*at] * f64::from(*value)).sum::<f64>()
        };
        let mut scale = 0.0;
        let units = &self.lattice.units;
        let mut emissions: Vec<Vec<f64>> = Vec::with_capacity(units.len());
        for unit in units {
            let scores: Vec<f64> = unit.emissions.iter().map(dot).collect();
            let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            scale += most;
            emissions.push(scores.iter().map(|score| (score - most).exp()).collect());
        }
        let transitions = |unit: &LatticeUnit| unit.transitions.iter().map(|(.., f)| dot(f).exp()).collect();
        Potentials {
            emissions,
            scale,
            transitions: units.iter().map(transitions).collect(),
            endings: self.lattice.endings.iter().map(|functions| dot(functions).exp()).collect(),
        }
    }

    /// The logarithm of the sum over all sequences, and the probabilities (forward-backward
    /// algorithm; both passes are scaled by the sums of the first).
    fn marginals(&self, potentials: &Potentials) -> (f64, Marginals) {
        let states = potentials.endings.len();
        let units = &self.lattice.units;
        let mut total = potentials.scale;
        let mut forward = vec![vec![0.0; states]];
        forward[0][0] = 1.0;
        let mut sums = Vec::with_capacity(units.len());
        for (at, unit) in units.iter().enumerate() {
            let mut next = vec![0.0; states];
            for ((from, to, _), potential) in unit.transitions.iter().zip(&potentials.transitions[at]) {
                next[*to] += forward[at][*from] * potential;
            }
            next.iter_mut().zip(&potentials.emissions[at]).for_each(|(next, emission)| *next *= emission);
            let sum = next.iter().sum::<f64>().max(f64::MIN_POSITIVE);
            for next in &mut next {
                *next /= sum;
            }
            total += sum.ln();
            sums.push(sum);
            forward.push(next);
        }
        let last = &forward[units.len()];
        let ends = dot(last, &potentials.endings).max(f64::MIN_POSITIVE);
        total += ends.ln();
        let mut backward: Vec<f64> = potentials.endings.iter().map(|ending| ending / ends).collect();
        let endings = product(last, &backward);
        let (mut of_states, mut of_transitions) = (Vec::new(), Vec::new());
        for (at, unit) in units.iter().enumerate().rev() {
            of_states.push(product(&forward[at + 1], &backward));
            let after = product(&potentials.emissions[at], &backward);
            backward = vec![0.0; states];
            let mut probabilities = Vec::with_capacity(unit.transitions.len());
            for ((from, to, _), potential) in unit.transitions.iter().zip(&potentials.transitions[at]) {
                let rest = potential * after[*to] / sums[at];
                backward[*from] += rest;
                probabilities.push(forward[at][*from] * rest);
            }
            of_transitions.push(probabilities);
        }
        of_states.reverse();
        of_transitions.reverse();
        (total, Marginals { states: of_states, transitions: of_transitions, endings })
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn product(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}
