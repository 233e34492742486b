//! Labels of documents so short that none of them recurs.

use std::collections::BTreeSet;

use crate::segmentation::labels::candidate::Shape;
use crate::segmentation::labels::label_selection::LabelSelector;
use crate::segmentation::labels::label_selection::names_role;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;

impl LabelSelector<'_> {
    /// A document so short that no label recurs: labels that open most of its blocks.
    pub(crate) fn accept_few(&mut self) {
        let opening: Vec<usize> = (0..self.candidates.len())
            .filter(|at| self.candidates.get(*at).is_some_and(|c| self.opens_line(c)))
            .collect();
        let dashed: Vec<usize> = (0..self.candidates.len())
            .filter(|at| {
                self.candidates
                    .get(*at)
                    .is_some_and(|c| c.shape == Shape::Dash && c.clean && self.spelled_out(c))
            })
            .collect();
        if let [first, second] = dashed.as_slice()
            && second - first == 1
        {
            // Some papers name both sides once and then no more.
            self.accepted.extend(dashed);
            return;
        }
        let bold: Vec<usize> = opening
            .iter()
            .copied()
            .filter(|at| self.candidates.get(*at).is_some_and(|c| c.emphasised && c.key.contains(' ')))
            .collect();
        if let [first, second] = bold.as_slice()
            && second - first == 1
        {
            // Others name both in bold where they first speak, and go by the type from there.
            self.accepted.extend(bold);
            return;
        }
        let keys: BTreeSet<&str> =
            opening.iter().filter_map(|at| self.candidates.get(*at)).map(|c| c.key.as_str()).collect();
        // Where nobody asks, words before a colon are rather what a list explains.
        let asks = |at: &usize| {
            self.candidates.get(*at).is_some_and(|c| {
                let end = self.lines.get(c.line).map_or(0, |line| line.span.end());
                let said = self.extraction.text.get(c.span.end()..end).unwrap_or_default();
                names_role(&c.key)
                    || said.contains(['?', '？', '؟'])
                    || sentences::ends_in_question(said)
                    || lexicon::request(&sentences::opening(said))
            })
        };
        if keys.len() >= 2 && opening.len() * 2 >= self.lines.len() && opening.iter().any(asks) {
            self.accepted.extend(opening);
        }
    }
}
