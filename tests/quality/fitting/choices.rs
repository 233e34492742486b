//! Decisions over whole documents, with what the labels say is right: a conditional log-linear
//! model (logistic regression, or softmax over several candidates) with a Gaussian prior around the
//! weights set by hand.

use std::collections::BTreeMap;

use onrecord::segmentation::training;
use onrecord::segmentation::training::Claim;
use onrecord::segmentation::training::Decisions;
use onrecord::segmentation::training::FeatureVector;
use onrecord::segmentation::training::Part;
use onrecord::span::TextSpan;

use crate::corpus::Transcript;
use crate::labels;
use crate::labels::Stretch;
use crate::lbfgs;

/// The decisions that come before the chain.
pub(crate) const PARTS: [Part; 3] = [Part::Asker, Part::SetOff, Part::Label];

/// Standard deviation of the prior, of weights that were set by hand, and of those that are
/// expected to be 0.
const DEVIATIONS: (f64, f64) = (1.0, 0.5);
/// How many decisions a source counts for.
const SOURCE_CHOICES: f64 = 10.0;
/// Least share of the questions' bytes that are set off so, and of the bytes set off so that ask.
const LEAST_SHARE: f64 = 0.5;

/// One decision.
pub(crate) struct Choice {
    /// Per candidate, its feature functions; one that says no has none.
    candidates: Vec<FeatureVector>,
    right: usize,
    weight: f64,
}

/// Decisions of one kind by source.
pub(crate) type Choices = BTreeMap<String, Vec<Choice>>;

/// The decisions of all transcripts, by kind. A document counts once for each kind, and sources
/// count alike.
pub(crate) fn choices<'a>(transcripts: impl Iterator<Item = &'a Transcript>) -> BTreeMap<Part, Choices> {
    let mut all: BTreeMap<Part, Choices> = BTreeMap::new();
    for transcript in transcripts.filter(|transcript| !transcript.exchanges.is_empty()) {
        let Some(decisions) = training::decisions(&transcript.extraction) else { continue };
        let reading = Reading { transcript, stretches: labels::stretches(transcript) };
        for (part, mut choices) in [
            (Part::Asker, reading.askers(&decisions)),
            (Part::SetOff, reading.styles(&decisions).into_iter().collect()),
            (Part::Label, reading.labels(&decisions)),
        ] {
            let count = choices.len() as f64;
            for choice in &mut choices {
                choice.weight = 1.0 / count;
            }
            all.entry(part).or_default().entry(transcript.source.clone()).or_default().extend(choices);
        }
    }
    for choices in all.values_mut().flat_map(BTreeMap::values_mut) {
        let total: f64 = choices.iter().map(|choice| choice.weight).sum();
        for choice in choices {
            choice.weight *= SOURCE_CHOICES / total;
        }
    }
    all
}

/// A transcript with what its labels say of each stretch.
struct Reading<'a> {
    transcript: &'a Transcript,
    stretches: Vec<Stretch>,
}

impl Reading<'_> {
    /// How many bytes of some text the labels give to questions, to answers, and how many there
    /// are.
    fn sides(&self, spans: &[TextSpan]) -> (f64, f64, f64) {
        let (question, answer, all) = labels::sides(self.transcript, &self.stretches, spans);
        (question as f64, answer as f64, all as f64)
    }

    /// Of two speakers, who asks; of more, whether each asks, given what the others do
    /// (pseudo-likelihood; Besag, 1975).
    fn askers(&self, decisions: &Decisions) -> Vec<Choice> {
        let asks: Vec<Option<bool>> = decisions
            .askers
            .iter()
            .map(|claim| {
                let (question, answer, _) = self.sides(&claim.spans);
                (question + answer > 0.0).then_some(question > answer)
            })
            .collect();
        if let ([a, b], [Some(first), Some(second)]) = (decisions.askers.as_slice(), asks.as_slice()) {
            let candidates = vec![a.functions.clone(), b.functions.clone()];
            let choice = Choice { candidates, right: usize::from(*second), weight: 1.0 };
            return if first == second { Vec::new() } else { vec![choice] };
        }
        let choice = |(at, (claim, right)): (usize, (&Claim, &Option<bool>))| {
            let near = decisions.neighbours.iter().filter_map(|(a, b, count)| {
                let other = if *a == at { b } else { (*b == at).then_some(a)? };
                Some(((*asks.get(*other)?)?, *count))
            });
            let mut functions = claim.functions.clone();
            functions.push(training::alternation(near));
            right.map(|right| Choice::of_one(functions, right))
        };
        decisions.askers.iter().zip(&asks).enumerate().filter_map(choice).collect()
    }

    /// The style or the sign that most of the questions have and little else, or none.
    fn styles(&self, decisions: &Decisions) -> Option<Choice> {
        let questions = self.stretches.iter().filter(|s| s.main && !s.optional && s.is_question());
        let questions: usize = questions.map(|s| s.bytes.len()).sum();
        if decisions.styles.is_empty() || questions == 0 {
            return None;
        }
        let (mut right, mut best) = (0, 0.0);
        for (at, claim) in decisions.styles.iter().enumerate() {
            let (asked, _, all) = self.sides(&claim.spans);
            let (found, asking) = (asked / questions as f64, asked / all.max(1.0));
            let mean = 2.0 * found * asking / (found + asking).max(f64::MIN_POSITIVE);
            if found >= LEAST_SHARE && asking >= LEAST_SHARE && mean > best {
                (right, best) = (at + 1, mean);
            }
        }
        let styles = decisions.styles.iter().map(|claim| claim.functions.clone());
        Some(Choice { candidates: std::iter::once(Vec::new()).chain(styles).collect(), right, weight: 1.0 })
    }

    /// Per group of labels, whether most are outside what is said, and what is said follows.
    fn labels(&self, decisions: &Decisions) -> Vec<Choice> {
        let text = self.transcript.extraction.text.as_str();
        let is_label = |span: &TextSpan| {
            let after = text.get(span.end()..).unwrap_or_default();
            let start = span.end() + after.len() - after.trim_start().len();
            let next = start + after.trim_start().chars().next().map_or(0, char::len_utf8);
            let said = |span: TextSpan| labels::is_said(self.transcript, &self.stretches, span);
            !said(*span) && said(TextSpan::new(start, next))
        };
        let choice = |claim: &Claim| {
            let right = claim.spans.iter().filter(|span| is_label(span)).count() * 2 >= claim.spans.len();
            Choice::of_one(claim.functions.clone(), right)
        };
        decisions.labels.iter().map(choice).collect()
    }
}

impl Choice {
    /// Whether something is so: yes has feature functions, and no has none.
    fn of_one(functions: FeatureVector, right: bool) -> Self {
        Self { candidates: vec![functions, Vec::new()], right: usize::from(!right), weight: 1.0 }
    }

    fn scores(&self, weights: &[f64]) -> Vec<f64> {
        let dot = |functions: &FeatureVector| {
            functions.iter().map(|(at, value)| weights[*at] * f64::from(*value)).sum::<f64>()
        };
        self.candidates.iter().map(dot).collect()
    }

    /// Minus the logarithm of the probability of what is right; its gradient is added to
    /// `gradient`.
    fn loss(&self, weights: &[f64], gradient: &mut [f64]) -> f64 {
        let scores = self.scores(weights);
        let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = scores.iter().map(|score| (score - most).exp()).sum();
        for (at, (functions, score)) in self.candidates.iter().zip(&scores).enumerate() {
            let observed = if at == self.right { 1.0 } else { 0.0 };
            let factor = self.weight * ((score - most).exp() / sum - observed);
            for (place, value) in functions {
                gradient[*place] += factor * f64::from(*value);
            }
        }
        self.weight * (most + sum.ln() - scores[self.right])
    }

    /// Whether the weights choose what is right.
    fn is_right(&self, weights: &[f64]) -> bool {
        let scores = self.scores(weights);
        let others = scores.iter().enumerate().filter(|(at, _)| *at != self.right);
        others.map(|(_, score)| *score).fold(f64::NEG_INFINITY, f64::max) < scores[self.right]
    }
}

/// Puts the weights of a part that are most probable, given these decisions, into the table.
pub(crate) fn fit<'a>(weights: &mut [f32], part: Part, choices: impl Iterator<Item = &'a Choice>) {
    let choices: Vec<&Choice> = choices.collect();
    let names = training::feature_names();
    let own: Vec<bool> = names.iter().map(|name| training::part(name) == part).collect();
    let prior: Vec<f64> = training::prior().into_iter().map(f64::from).collect();
    let value = |at: &[f64]| {
        let mut gradient = vec![0.0; at.len()];
        let mut loss: f64 = choices.iter().map(|choice| choice.loss(at, &mut gradient)).sum();
        for (index, gradient) in gradient.iter_mut().enumerate() {
            if !own[index] {
                *gradient = 0.0;
                continue;
            }
            let deviation = if prior[index] == 0.0 { DEVIATIONS.1 } else { DEVIATIONS.0 };
            let step = (at[index] - prior[index]) / deviation;
            loss += 0.5 * step * step;
            *gradient += step / deviation;
        }
        (loss, gradient)
    };
    let fitted = lbfgs::minimise(prior.clone(), value);
    for (index, weight) in weights.iter_mut().enumerate().filter(|(index, _)| own[*index]) {
        // As the table has them.
        *weight = format!("{:.3}", fitted[index]).parse().unwrap_or_default();
    }
}

/// The share of decisions that are right, of a source.
pub(crate) fn accuracy(choices: &[Choice], weights: &[f32]) -> f64 {
    let weights: Vec<f64> = weights.iter().copied().map(f64::from).collect();
    let total: f64 = choices.iter().map(|choice| choice.weight).sum();
    let right: f64 = choices.iter().filter(|c| c.is_right(&weights)).map(|choice| choice.weight).sum();
    right / total
}
