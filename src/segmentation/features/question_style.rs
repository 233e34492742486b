//! What sets questions off where no name does: a style, or a sign.

use std::collections::BTreeMap;

use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::features::unit_features::Feature;
use crate::segmentation::features::unit_features::Features;

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

/// What sets the questions off, if anything does.
pub(crate) fn detect(units: &[Unit], features: &[Features]) -> Option<QuestionStyle> {
    if let Some(style) = dominant_style(units, features) {
        return Some(QuestionStyle::Style(style));
    }
    let marked = || units.iter().zip(features).filter(|(unit, _)| unit.marked);
    let asking = marked().filter(|(_, t)| t.has(Feature::Asks) || t.has(Feature::Requests)).count();
    (marked().count() >= 3 && asking * 2 >= marked().count() && !marks_turns(units))
        .then_some(QuestionStyle::Mark)
}

/// The way questions are set in a document that marks its questions by type.
fn dominant_style(units: &[Unit], features: &[Features]) -> Option<Style> {
    let mut counts: BTreeMap<Style, (usize, usize)> = BTreeMap::new();
    for (unit, features) in units.iter().zip(features) {
        if unit.style == Style::Plain || unit.speaker.is_some() {
            continue;
        }
        let (asking, all) = counts.entry(unit.style).or_default();
        *asking += usize::from(features.has(Feature::Asks) || features.has(Feature::Requests));
        *all += 1;
    }
    let plain: (usize, usize) = units
        .iter()
        .zip(features)
        .filter(|(u, _)| u.style == Style::Plain)
        .fold((0, 0), |(asking, all), (_, t)| (asking + usize::from(t.has(Feature::Asks)), all + 1));
    counts
        .into_iter()
        .filter(|(_, (asking, all))| *asking >= 2 && asking * 2 >= *all && asking * plain.1 > plain.0 * all)
        .max_by_key(|(style, (asking, _))| (*asking, std::cmp::Reverse(*style)))
        .map(|(style, _)| style)
}
