//! Phrases: passages whose words are in the order of the phrase, by intersecting postings with positions.
//!
//! The rarest word leads and the others are sought only in its passages. So a phrase with a rare word is cheap, and one of
//! common words costs about as much as reading their postings: callers bound how many phrases a query has.

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

use crate::local::index::IndexError;

/// A phrase: its terms, each with its distance from the first, in order of distance.
pub(super) type Sequence<'a> = Vec<(u32, &'a TermInfo)>;

/// A term of a phrase and its distances from the phrase's first word: a term that stands there several times is
/// read once.
struct PhraseWord {
    offsets: Vec<u32>,
    cursor: SegmentPostings,
}

impl PhraseWord {
    /// The first passage at or behind `target` that has it.
    fn seek(&mut self, target: DocId) -> DocId {
        if self.cursor.doc() < target { self.cursor.seek(target) } else { self.cursor.doc() }
    }

    /// Whether the present passage has it as often as the phrase.
    fn suffices(&self) -> bool {
        self.cursor.term_freq() as usize >= self.offsets.len()
    }

    /// Keeps of `begins` where the phrase could begin for the word's places in the present passage.
    fn keep_beginnings(&mut self, places: &mut Vec<u32>, begins: &mut Option<Vec<u32>>) {
        places.clear();
        self.cursor.append_positions_with_offset(0, places);
        for offset in &self.offsets {
            match begins {
                Some(begins) => begins.retain(|begin| places.binary_search(&(begin + offset)).is_ok()),
                None => {
                    *begins = Some(places.iter().filter_map(|place| place.checked_sub(*offset)).collect());
                }
            }
        }
    }
}

/// Looks a phrase up: calls `visit` with each passage that `admits` and where it stands, ascending, and how
/// often it stands there.
pub(super) fn look_up(
    inverted: &InvertedIndexReader,
    sequence: &Sequence<'_>,
    admits: impl Fn(u32) -> bool,
    mut visit: impl FnMut(u32, u32),
) -> Result<(), IndexError> {
    let mut words = words(inverted, sequence)?;
    // The rarest word leads; the others are asked only where it stands.
    words.sort_by_key(|word| word.cursor.doc_freq());
    let mut places = Vec::new();
    let mut passage = words.first_mut().map_or(TERMINATED, |lead| lead.seek(0));
    while passage != TERMINATED {
        let next = words.iter_mut().map(|word| word.seek(passage)).max().unwrap_or(TERMINATED);
        if next != passage {
            passage = words.first_mut().map_or(TERMINATED, |lead| lead.seek(next));
            continue;
        }
        if words.iter().all(PhraseWord::suffices) && admits(passage) {
            let mut begins = None;
            for word in &mut words {
                word.keep_beginnings(&mut places, &mut begins);
            }
            let frequency = begins.map_or(0, |begins| begins.len());
            if frequency > 0 {
                visit(passage, u32::try_from(frequency).unwrap_or(u32::MAX));
            }
        }
        passage = words.first_mut().map_or(TERMINATED, |lead| lead.seek(passage + 1));
    }
    Ok(())
}

/// The different words of a phrase, each at its first passage. A term's place in the postings file names it.
fn words(inverted: &InvertedIndexReader, sequence: &Sequence<'_>) -> Result<Vec<PhraseWord>, IndexError> {
    let mut words: BTreeMap<usize, PhraseWord> = BTreeMap::new();
    for (offset, term) in sequence {
        match words.entry(term.postings_range.start) {
            Entry::Occupied(mut known) => known.get_mut().offsets.push(*offset),
            Entry::Vacant(new) => {
                let option = IndexRecordOption::WithFreqsAndPositions;
                let cursor = inverted.read_postings_from_terminfo(term, option)?;
                new.insert(PhraseWord { offsets: vec![*offset], cursor });
            }
        }
    }
    Ok(words.into_values().collect())
}
