//! Phrases in a segment.

use tantivy::fieldnorm::FieldNormReader;

use crate::local::index::BitSet;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::index::Term;
use crate::local::index::phrase;
use crate::local::index::phrase::Sequence;
use crate::local::index::phrase_scan;
use crate::local::index::segment::Source;

impl Segment {
    /// Calls `visit` with the number of a sequence, a passage where its terms stand side by side, and how often:
    /// each term at its distance from the first, distances ascending. The passages of one sequence come in
    /// ascending order; of exchanges that `within` does not begin none come.
    pub fn phrases(
        &self,
        field: Field,
        sequences: &[Vec<(u32, Term)>],
        within: Option<&BitSet>,
        visit: &mut dyn FnMut(usize, u32, u32),
    ) -> Result<(), IndexError> {
        self.phrases_by(phrase::prefers_pass, field, sequences, within, visit)
    }

    /// [`Segment::phrases`], in one pass where `prefers_pass`, which is given the phrases of more than one word
    /// and how many passages and words the segment has.
    pub(in crate::local::index) fn phrases_by(
        &self,
        prefers_pass: impl Fn(&[Sequence<'_>], u32, u64) -> bool,
        field: Field,
        sequences: &[Vec<(u32, Term)>],
        within: Option<&BitSet>,
        visit: &mut dyn FnMut(usize, u32, u32),
    ) -> Result<(), IndexError> {
        let admits = |passage: u32| {
            let start = within.and_then(|_| self.starts().at_or_below(passage));
            within.is_none_or(|within| start.is_some_and(|start| within.contains(start)))
        };
        let mut phrases = Vec::new();
        let mut numbers = Vec::new();
        for (number, sequence) in sequences.iter().enumerate() {
            if let [(_, word)] = sequence.as_slice() {
                let mut postings = self.postings(word)?;
                postings.visit(|passage, frequency| {
                    if admits(passage) {
                        visit(number, passage, frequency);
                    }
                });
            } else if let Source::Memory(memory) = &self.source {
                let sequence: Vec<(u32, u32)> =
                    sequence.iter().filter_map(|(offset, term)| Some((*offset, term.memory()?))).collect();
                memory.phrase(field, &sequence, |passage, frequency| {
                    if admits(passage) {
                        visit(number, passage, frequency);
                    }
                });
            } else {
                let known = sequence.iter().filter_map(|(offset, term)| Some((*offset, term.stored()?)));
                phrases.push(known.collect());
                numbers.push(number);
            }
        }
        let Source::Stored { contents, .. } = &self.source else { return Ok(()) };
        let text = contents.text(field);
        let mut found = |phrase: usize, passage, frequency| {
            visit(numbers.get(phrase).copied().unwrap_or_default(), passage, frequency);
        };
        if prefers_pass(&phrases, self.len(), text.inverted.total_num_tokens()) {
            let room =
                |passage: u32| text.lengths.get(passage as usize).map_or(0, |class| longest_of(*class));
            return phrase_scan::pass(
                &text.inverted,
                &text.positions,
                &phrases,
                self.len(),
                admits,
                room,
                found,
            );
        }
        for (number, phrase) in phrases.iter().enumerate() {
            phrase::look_up(&text.inverted, phrase, admits, |passage, frequency| {
                found(number, passage, frequency);
            })?;
        }
        Ok(())
    }
}

/// The greatest length in terms that has this length class; a place of a word is below it.
fn longest_of(class: u8) -> usize {
    let behind = class.checked_add(1).map_or(u32::MAX, FieldNormReader::id_to_fieldnorm);
    behind.saturating_sub(1) as usize
}
