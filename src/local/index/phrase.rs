//! Where words stand side by side.
//!
//! There are two ways, which find the same. A *look-up* follows a phrase's rarest word and asks the others where
//! it stands; it is fast for a phrase with a rare word. A *pass* ([`crate::local::index::phrase_scan`]) reads each word's
//! places once for all phrases; it costs the same however many phrases there are, so that no number of phrases
//! of common words takes long. The cheaper by estimate is taken.

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

/// About how long a look-up takes for each passage with the rarest word, in nanoseconds; measured, like all of these,
/// on one core of a server of 2020.
const LOOK_UP: u64 = 20;
/// How long it takes for each word of each passage that has all words of a phrase.
const LOOK_UP_PLACES: f64 = 50.0;
/// How long a pass takes for each passage of each different word.
const PASS_POSTING: u64 = 3;
/// How long a pass takes for each byte of positions, which is about one place of a word.
const PASS_POSITION: u64 = 3;
/// How long a pass takes for each word of the segment, whether a phrase has it or not.
const PASS_TOKEN: u64 = 1;

/// Whether one pass for all `sequences` is expected to take less than looking each up, in a segment of so many
/// `passages` and words (`tokens`).
pub(super) fn prefers_pass(sequences: &[Sequence<'_>], passages: u32, tokens: u64) -> bool {
    let look_ups: u64 = sequences.iter().map(|sequence| look_up_time(sequence, passages)).sum();
    let words: BTreeMap<usize, &TermInfo> =
        sequences.iter().flatten().map(|(_, term)| (term.postings_range.start, *term)).collect();
    let pass = words.values().map(|term| {
        u64::from(term.doc_freq) * PASS_POSTING + term.positions_range.len() as u64 * PASS_POSITION
    });
    look_ups > pass.sum::<u64>() + tokens * PASS_TOKEN
}

/// How long a look-up is expected to take, as though words stood in passages independently of each other.
fn look_up_time(sequence: &Sequence<'_>, passages: u32) -> u64 {
    let words: BTreeMap<usize, u32> =
        sequence.iter().map(|(_, term)| (term.postings_range.start, term.doc_freq)).collect();
    let rarest = words.values().copied().min().unwrap_or(0);
    let shares = words.values().map(|with| f64::from(*with) / f64::from(passages.max(1)));
    let places = f64::from(passages) * shares.product::<f64>() * words.len() as f64 * LOOK_UP_PLACES;
    let whole = u32::try_from(words.len().min(4)).unwrap_or(4);
    u64::from(rarest) * LOOK_UP * u64::from(whole) + nanoseconds(places)
}

/// A time without its fraction; times beyond four seconds are alike.
fn nanoseconds(time: f64) -> u64 {
    (0..32).map(|power| 1_u64 << power).rfind(|whole| *whole as f64 <= time).unwrap_or(0)
}

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
