//! Phrases in a segment.

use crate::local::index::BitSet;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::index::Term;
use crate::local::index::phrase;
use crate::local::index::segment::Source;

impl Segment {
    /// Calls `visit` with each passage that has the phrase, ascending, and how often. The phrase is given as its terms, each
    /// with its distance from the first, distances ascending; a single term is a phrase, too. Where `within` is given, only
    /// passages of the exchanges that begin at one of its passages are visited.
    pub fn phrase(
        &self,
        field: Field,
        terms: &[(u32, Term)],
        within: Option<&BitSet>,
        visit: &mut dyn FnMut(u32, u32),
    ) -> Result<(), IndexError> {
        let admits = |passage: u32| {
            within.is_none_or(|within| {
                self.starts().at_or_below(passage).is_some_and(|start| within.contains(start))
            })
        };
        let visit_admitted = |passage: u32, frequency: u32| {
            if admits(passage) {
                visit(passage, frequency);
            }
        };
        match (&self.source, terms) {
            (_, [(_, term)]) => self.postings(term)?.visit(visit_admitted),
            (Source::Memory(memory), _) => {
                let lists: Vec<(u32, u32)> =
                    terms.iter().filter_map(|(offset, term)| Some((*offset, term.memory()?))).collect();
                memory.phrase(field, &lists, visit_admitted);
            }
            (Source::Stored { contents, .. }, _) => {
                let infos =
                    terms.iter().filter_map(|(offset, term)| Some((*offset, term.stored()?))).collect();
                phrase::look_up(&contents.text(field).inverted, &infos, admits, visit)?;
            }
        }
        Ok(())
    }
}
