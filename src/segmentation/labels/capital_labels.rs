//! Labels in capitals that need not recur as often as others: after a sign of a turn, as captions
//! have them (`>> REPORTER:`), and before a point, as printed plays and hearings have them
//! (`GIRL.`).

use std::collections::BTreeMap;

use crate::segmentation::labels::candidate::Candidate;
use crate::segmentation::labels::candidate::Place;
use crate::segmentation::labels::candidate::Shape;
use crate::segmentation::labels::label_selection::LabelSelector;
use crate::segmentation::labels::label_selection::in_capitals;

/// Fewest turns that a sign opens.
const FEWEST_SIGNS: usize = 3;
/// Fewest labels before a point.
const FEWEST_POINTS: usize = 4;

impl LabelSelector<'_> {
    /// Accepts labels in capitals right after the chevrons that open the document's turns.
    pub(crate) fn accept_chevrons(&mut self) {
        let text = self.extraction.text.as_str();
        let opens = |line: usize| {
            self.lines.get(line).is_some_and(|line| line.span.of(text).trim_start().starts_with(">>"))
        };
        if (0..self.lines.len()).filter(|line| opens(*line)).nth(FEWEST_SIGNS - 1).is_none() {
            return;
        }
        let named = |c: &Candidate| {
            c.shape == Shape::Colon && c.place == Place::Start && in_capitals(&c.name) && opens(c.line)
        };
        let named = self.candidates.iter().enumerate().filter(|(_, c)| named(c)).map(|(at, _)| at);
        self.accepted.extend(named);
    }

    /// Accepts names in capitals with a point where they open most lines and several recur.
    pub(crate) fn accept_points(&mut self) {
        let text = self.extraction.text.as_str();
        let pointed = |c: &Candidate| {
            c.shape == Shape::Dash
                && c.clean
                && in_capitals(&c.name)
                && c.span.of(text).trim_end().ends_with('.')
                && self.opens_block(c)
        };
        let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, c) in self.candidates.iter().enumerate().filter(|(_, c)| pointed(c)) {
            by_key.entry(&c.key).or_default().push(at);
        }
        by_key.retain(|_, places| places.len() > 1);
        let all: usize = by_key.values().map(Vec::len).sum();
        let blocks = self.lines.iter().filter(|line| line.opens_block).count();
        if by_key.len() > 1 && all >= FEWEST_POINTS && all * 2 >= blocks {
            self.accepted.extend(by_key.into_values().flatten());
        }
    }
}
