//! Panels: the questions have no name, and everyone who has one answers.

use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::features::unit_features::LIKELY_BOILERPLATE;
use crate::transcript::BlockKind;

/// Fewest questions without a name that make a panel.
const FEWEST: usize = 2;

/// Whether the named speakers all answer questions that no one is named for.
///
/// Named turns then follow on such questions, and few named turns ask. A paragraph of an
/// interviewer's own turn looks alike, but comes after the interviewer's name only: so the talk
/// begins with a question, or one speaker speaks both last before a question and first after one.
/// The questions are set off by type or a sign, or are nearly all there is without a name.
pub(crate) fn asks(units: &[Unit], features: &[Features], speakers: usize) -> bool {
    let is_set_off = |unit: &Unit, _: &Features| unit.style != Style::Plain || unit.marked;
    if let Some(found) = Panel::read(units, features, speakers, &is_set_off) {
        return found.begins || found.answers_around();
    }
    let unnamed = || {
        let plain = |(unit, seen): &(&Unit, &Features)| {
            unit.speaker.is_none() && unit.kind != BlockKind::Cue && seen.boilerplate < LIKELY_BOILERPLATE
        };
        units.iter().zip(features).skip_while(|(unit, _)| unit.speaker.is_none()).filter(plain)
    };
    let asking = unnamed().filter(|(_, seen)| is_question(seen)).count();
    let is_spoken = |_: &Unit, seen: &Features| seen.boilerplate < LIKELY_BOILERPLATE;
    asking * 10 >= unnamed().count() * 8
        && Panel::read(units, features, speakers, &is_spoken).is_some_and(|found| found.answers_around())
}

fn is_question(seen: &Features) -> bool {
    seen.has(Feature::Asks) || seen.has(Feature::Requests)
}

/// Turns before and after the questions without a name.
#[derive(Debug)]
struct Panel {
    /// Whether such a question comes before all that has a name.
    begins: bool,
    /// Per speaker, whether such a question follows, and whether one precedes.
    before: Vec<bool>,
    after: Vec<bool>,
}

impl Panel {
    /// Reads the units, where there are enough questions without a name, and few with one.
    fn read(
        units: &[Unit],
        features: &[Features],
        speakers: usize,
        counts: &dyn Fn(&Unit, &Features) -> bool,
    ) -> Option<Self> {
        let mut found = Self { begins: false, before: vec![false; speakers], after: vec![false; speakers] };
        let (mut opened, mut asking) = (0, 0);
        let mut last_speaker: Option<usize> = None;
        let mut is_open = false;
        for (unit, seen) in units.iter().zip(features) {
            if let Some(speaker) = unit.speaker.filter(|_| unit.labelled) {
                asking += usize::from(seen.has(Feature::Asks));
                if std::mem::take(&mut is_open) {
                    opened += 1;
                    found.begins |= last_speaker.is_none();
                    if let Some(slot) = found.after.get_mut(speaker) {
                        *slot = true;
                    }
                }
                last_speaker = Some(speaker);
            } else if unit.speaker.is_none()
                && unit.kind != BlockKind::Cue
                && is_question(seen)
                && counts(unit, seen)
            {
                is_open = true;
                if let Some(slot) = last_speaker.and_then(|speaker| found.before.get_mut(speaker)) {
                    *slot = true;
                }
            }
        }
        (opened >= FEWEST && asking * 2 <= opened).then_some(found)
    }

    /// Whether one speaker speaks on both sides of the questions.
    fn answers_around(&self) -> bool {
        self.before.iter().zip(&self.after).any(|(before, after)| *before && *after)
    }
}
