//! Where words stand side by side.

use tantivy::DocId;
use tantivy::DocSet;
use tantivy::TERMINATED;
use tantivy::postings::Postings as _;
use tantivy::postings::SegmentPostings;

/// A passage where a phrase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhraseMatch {
    /// The passage.
    pub passage: u32,
    /// How often.
    pub frequency: u32,
}

/// How near each other the words of a phrase must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nearness {
    /// Each at its distance from the first.
    Adjacent,
    /// In one passage.
    SamePassage,
}

/// A term of a phrase and its distances from the phrase's first word: a term that stands there several times is
/// read once.
pub(super) struct PhraseWord {
    pub offsets: Vec<u32>,
    pub cursor: SegmentPostings,
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

/// The passages where all words stand together, ascending.
pub(super) fn matches(mut words: Vec<PhraseWord>, nearness: Nearness) -> Vec<PhraseMatch> {
    // The rarest word leads; the others are asked only where it stands.
    words.sort_by_key(|word| word.cursor.doc_freq());
    let mut matches = Vec::new();
    let mut places = Vec::new();
    let mut passage = words.first_mut().map_or(TERMINATED, |lead| lead.seek(0));
    while passage != TERMINATED {
        let next = words.iter_mut().map(|word| word.seek(passage)).max().unwrap_or(TERMINATED);
        if next != passage {
            passage = words.first_mut().map_or(TERMINATED, |lead| lead.seek(next));
            continue;
        }
        let frequency = match nearness {
            Nearness::SamePassage => words.iter().map(|word| word.cursor.term_freq()).min().unwrap_or(0),
            Nearness::Adjacent if !words.iter().all(PhraseWord::suffices) => 0,
            Nearness::Adjacent => {
                let mut begins = None;
                for word in &mut words {
                    word.keep_beginnings(&mut places, &mut begins);
                }
                u32::try_from(begins.map_or(0, |begins| begins.len())).unwrap_or(u32::MAX)
            }
        };
        if frequency > 0 {
            matches.push(PhraseMatch { passage, frequency });
        }
        passage = words.first_mut().map_or(TERMINATED, |lead| lead.seek(passage + 1));
    }
    matches
}
