//! Phrases: passages that have its words in their order, by intersecting postings with positions.
//!
//! The rarest word leads and the others are sought only in its passages. So a phrase with a rare
//! word is cheap, and one of common words costs about as much as reading their postings and
//! positions: callers bound how many phrases a query has.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use tantivy::DocId;
use tantivy::DocSet;
use tantivy::InvertedIndexReader;
use tantivy::TERMINATED;
use tantivy::postings::Postings as _;
use tantivy::postings::SegmentPostings;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;

use crate::local::index::error::IndexError;

/// A term of a phrase, with its distances from the phrase's first: a term that the phrase has
/// several times is read once.
struct PhraseTerm {
    offsets: Vec<u32>,
    cursor: SegmentPostings,
}

impl PhraseTerm {
    /// The first passage from `target` on that has it.
    fn seek(&mut self, target: DocId) -> DocId {
        if self.cursor.doc() < target { self.cursor.seek(target) } else { self.cursor.doc() }
    }

    /// Whether the present passage has it as often as the phrase.
    fn suffices(&self) -> bool {
        self.cursor.term_freq() as usize >= self.offsets.len()
    }

    /// Keeps of `begins` the positions at which the phrase can begin by this term's positions in
    /// the present passage.
    fn keep_beginnings(&mut self, positions: &mut Vec<u32>, begins: &mut Option<Vec<u32>>) {
        positions.clear();
        self.cursor.append_positions_with_offset(0, positions);
        for offset in &self.offsets {
            if let Some(begins) = begins {
                begins.retain(|begin| positions.binary_search(&(begin + offset)).is_ok());
            } else {
                let begin = |position: &u32| position.checked_sub(*offset);
                *begins = Some(positions.iter().filter_map(begin).collect());
            }
        }
    }
}

/// Calls `visit` with each passage that has the phrase, ascending, and how often. The phrase is
/// given as its terms, each with its distance from the first. Passages that are not admitted are
/// skipped.
pub(super) fn look_up(
    inverted: &InvertedIndexReader,
    phrase: &[(u32, &TermInfo)],
    admits: &dyn Fn(u32) -> bool,
    visit: &mut dyn FnMut(u32, u32),
) -> Result<(), IndexError> {
    let mut terms = terms(inverted, phrase)?;
    terms.sort_by_key(|term| term.cursor.doc_freq());
    let mut positions = Vec::new();
    let mut passage = terms.first_mut().map_or(TERMINATED, |rarest| rarest.seek(0));
    while passage != TERMINATED {
        let next = terms.iter_mut().map(|term| term.seek(passage)).max().unwrap_or(TERMINATED);
        if next != passage {
            passage = terms.first_mut().map_or(TERMINATED, |rarest| rarest.seek(next));
            continue;
        }
        if terms.iter().all(PhraseTerm::suffices) && admits(passage) {
            let mut begins = None;
            for term in &mut terms {
                term.keep_beginnings(&mut positions, &mut begins);
            }
            let frequency = begins.map_or(0, |begins| begins.len());
            if frequency > 0 {
                visit(passage, u32::try_from(frequency).unwrap_or(u32::MAX));
            }
        }
        passage = terms.first_mut().map_or(TERMINATED, |rarest| rarest.seek(passage + 1));
    }
    Ok(())
}

/// The different terms of a phrase, each at its first passage. Terms differ where their postings
/// begin.
fn terms(inverted: &InvertedIndexReader, phrase: &[(u32, &TermInfo)]) -> Result<Vec<PhraseTerm>, IndexError> {
    let mut terms: BTreeMap<usize, PhraseTerm> = BTreeMap::new();
    for (offset, info) in phrase {
        match terms.entry(info.postings_range.start) {
            Entry::Occupied(mut known) => known.get_mut().offsets.push(*offset),
            Entry::Vacant(new) => {
                let option = IndexRecordOption::WithFreqsAndPositions;
                let cursor = inverted.read_postings_from_terminfo(info, option)?;
                new.insert(PhraseTerm { offsets: vec![*offset], cursor });
            }
        }
    }
    Ok(terms.into_values().collect())
}
