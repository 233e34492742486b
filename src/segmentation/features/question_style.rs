//! What sets questions off where no name does: a style, or a sign.

use std::collections::BTreeMap;

use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::weights::feature_functions::FeatureFunction;
use crate::segmentation::weights::sink::Score;
use crate::segmentation::weights::sink::Sink;
use crate::segmentation::weights::table::Weights;

/// What sets questions off in a document that does so by other means than names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuestionStyle {
    /// They are set in one style, and little else is.
    Style(Style),
    /// A dash or a number is before them, and before nothing else.
    Mark,
}

impl QuestionStyle {
    /// Whether a unit is set off so.
    pub(crate) fn sets(self, unit: &Unit) -> bool {
        match self {
            Self::Style(style) => unit.style == style,
            Self::Mark => unit.marked,
        }
    }
}

/// Whether signs open the turns of both sides, so that each sign is a change of speaker.
pub(crate) fn marks_turns(units: &[Unit]) -> bool {
    let marked = units.iter().filter(|unit| unit.marked).count();
    let next = units.windows(2).filter(|pair| matches!(pair, [a, b] if a.marked && b.marked)).count();
    marked >= 3 && next * 10 >= marked * 4
}

/// What sets the questions off, if anything does: the candidate with the most evidence, where it is
/// more than 0.
pub(crate) fn detect(weights: &Weights, units: &[Unit], features: &[Features]) -> Option<QuestionStyle> {
    let mut best = (None, 0.0);
    for candidate in candidates(units, features) {
        let mut score = Score::new(weights);
        candidate.describe(&mut score);
        // Of two that are alike, the first is a heading of a higher level, or bold and not italics.
        if score.sum > best.1 {
            best = (Some(candidate.style), score.sum);
        }
    }
    best.0
}

/// A way in which questions may be set off, and what is counted of the units that are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StyleCandidate {
    pub style: QuestionStyle,
    /// Units that ask or request something.
    asking: usize,
    all: usize,
    /// Units of running text: those that ask, and all.
    plain: (usize, usize),
    /// Whether signs open the turns of both sides.
    marks_turns: bool,
}

/// Each style but that of running text, in order, and signs.
pub(crate) fn candidates(units: &[Unit], features: &[Features]) -> Vec<StyleCandidate> {
    let asks = |seen: &Features| seen.has(Feature::Asks) || seen.has(Feature::Requests);
    let mut counts: BTreeMap<Style, (usize, usize)> = BTreeMap::new();
    let (mut plain, mut signs) = ((0, 0), (0, 0));
    for (unit, seen) in units.iter().zip(features) {
        if unit.marked {
            signs = (signs.0 + usize::from(asks(seen)), signs.1 + 1);
        }
        if unit.style == Style::Plain {
            plain = (plain.0 + usize::from(seen.has(Feature::Asks)), plain.1 + 1);
        } else if unit.speaker.is_none() {
            let (asking, all) = counts.entry(unit.style).or_default();
            *asking += usize::from(asks(seen));
            *all += 1;
        }
    }
    let marks_turns = marks_turns(units);
    let styles = counts.into_iter().map(|(style, counts)| (QuestionStyle::Style(style), counts));
    styles
        .chain([(QuestionStyle::Mark, signs)])
        .map(|(style, (asking, all))| StyleCandidate { style, asking, all, plain, marks_turns })
        .collect()
}

impl StyleCandidate {
    /// The feature functions of the decision that it sets questions off; that nothing does has
    /// none.
    pub(crate) fn describe(&self, to: &mut impl Sink) {
        let number = |there: bool| f32::from(u8::from(there));
        match self.style {
            QuestionStyle::Style(_) => {
                to.add(FeatureFunction::SetOffStyle, 1.0);
                to.add(FeatureFunction::SetOffFew, number(self.asking < 2));
                let plain_asks = self.asking * self.plain.1 <= self.plain.0 * self.all;
                to.add(FeatureFunction::SetOffPlain, number(plain_asks));
                to.add(FeatureFunction::SetOffAsking, (self.asking.max(1) as f32).ln());
            }
            QuestionStyle::Mark => {
                to.add(FeatureFunction::SetOffSign, 1.0);
                to.add(FeatureFunction::SetOffFewSigns, number(self.all < 3));
                to.add(FeatureFunction::SetOffTurns, number(self.marks_turns));
            }
        }
        to.add(FeatureFunction::SetOffSeldom, number(self.asking * 2 < self.all));
        to.add(FeatureFunction::SetOffShare, self.asking as f32 / self.all.max(1) as f32);
    }
}
