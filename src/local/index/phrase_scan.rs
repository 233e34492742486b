//! One pass over the places of words, for any number of phrases.
//!
//! Passages are laid side by side, a window of some hundred at a time, with a slot for each place of a word. Each
//! term writes its number into the slots where it stands; then the slots are read from left to right, and at each
//! the phrases that begin there are followed through a [`Trie`]. So every place of every word is read once.

use std::collections::BTreeMap;
use std::ops::Range;

use tantivy::DocId;
use tantivy::InvertedIndexReader;
use tantivy::directory::FileSlice;
use tantivy::positions::PositionReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;

use crate::local::index::IndexError;
use crate::local::index::phrase::Sequence;
use crate::local::index::trie::NumberedPhrase;
use crate::local::index::trie::TermNumber;
use crate::local::index::trie::Trie;

/// Slots of a window: few enough to stay in a core's second cache, many enough that opening a window costs little.
const SLOTS: usize = 1 << 15;

/// The slot where no term of a phrase stands. Numbers of terms begin at 1.
const NONE: u32 = 0;

/// The places of one term, read from the first passage to the last.
struct Places {
    postings: BlockSegmentPostings,
    positions: PositionReader,
    /// How many positions were read.
    read: u64,
    /// The positions of the present block of postings, each as its distance from the one before it in its passage.
    deltas: Vec<u32>,
    /// The next passage of the block, and its first position.
    next: usize,
    first: usize,
}

impl Places {
    fn open(
        inverted: &InvertedIndexReader,
        positions: &FileSlice,
        term: &TermInfo,
    ) -> Result<Self, IndexError> {
        let postings = inverted.read_block_postings_from_terminfo(term, IndexRecordOption::WithFreqs)?;
        let positions = PositionReader::open(positions.read_bytes_slice(term.positions_range.clone())?)?;
        let mut places = Self { postings, positions, read: 0, deltas: Vec::new(), next: 0, first: 0 };
        places.load();
        Ok(places)
    }

    /// Reads the positions of the present block of postings.
    fn load(&mut self) {
        // After the last passage there are frequencies still.
        let block = self.postings.docs().iter().zip(self.postings.freqs());
        let count = block.map(|(_, frequency)| *frequency as usize).sum();
        self.deltas.resize(count, 0);
        if count > 0 {
            self.positions.read(self.read, &mut self.deltas);
        }
        self.read += count as u64;
        (self.next, self.first) = (0, 0);
    }

    /// Calls `visit` with each passage below `end` and the term's positions there, as distances.
    fn visit_below(&mut self, end: DocId, mut visit: impl FnMut(DocId, &[u32])) {
        loop {
            let passages = self.postings.docs().get(self.next..).unwrap_or_default();
            if passages.is_empty() {
                return;
            }
            let frequencies = self.postings.freqs().get(self.next..).unwrap_or_default();
            for (passage, frequency) in passages.iter().zip(frequencies) {
                if *passage >= end {
                    return;
                }
                let behind = self.first + *frequency as usize;
                visit(*passage, self.deltas.get(self.first..behind).unwrap_or_default());
                self.first = behind;
                self.next += 1;
            }
            self.postings.advance();
            self.load();
        }
    }
}

/// Passages laid side by side.
#[derive(Default)]
struct Window {
    /// The first passage.
    base: DocId,
    /// Where each passage begins, and where the last ends.
    starts: Vec<usize>,
    slots: Vec<u32>,
    /// Terms that stand at one place: a hyphenated word's first part and the whole of it. A slot that holds more
    /// than the number of terms is the number of such a list.
    shared: Vec<Vec<TermNumber>>,
}

impl Window {
    /// Lays out passages from `base` on, with so many slots free between them, until the window is full.
    fn lay(&mut self, base: DocId, passages: DocId, gap: usize, room: impl Fn(DocId) -> usize) {
        self.base = base;
        self.starts.clear();
        self.starts.push(0);
        let mut end = 0;
        for passage in base..passages {
            end += room(passage) + gap;
            if end > SLOTS && self.starts.len() > 1 {
                break;
            }
            self.starts.push(end);
        }
        let end = self.starts.last().copied().unwrap_or(0);
        self.slots.clear();
        self.slots.resize(end, NONE);
        self.shared.clear();
    }

    /// The passage behind the last.
    fn end(&self) -> DocId {
        self.base + u32::try_from(self.starts.len() - 1).unwrap_or(u32::MAX)
    }

    /// Writes a term's number where it stands in a passage.
    fn write(&mut self, term: TermNumber, terms: u32, passage: DocId, deltas: &[u32]) {
        let Some(start) = self.starts.get((passage - self.base) as usize) else { return };
        let mut at = *start;
        for delta in deltas {
            at += *delta as usize;
            match self.slots.get_mut(at) {
                Some(slot) if *slot == NONE => *slot = term,
                Some(slot) if *slot <= terms => {
                    self.shared.push(vec![*slot, term]);
                    *slot = terms + u32::try_from(self.shared.len()).unwrap_or(u32::MAX);
                }
                Some(slot) => {
                    let list = (*slot - terms - 1) as usize;
                    self.shared.get_mut(list).into_iter().for_each(|list| list.push(term));
                }
                // A passage's length bounds its places.
                None => return,
            }
        }
    }

    /// The terms that stand in a slot.
    fn terms_at<'a>(&'a self, slot: &'a u32, terms: u32) -> &'a [TermNumber] {
        match *slot {
            NONE => &[],
            term if term <= terms => std::slice::from_ref(slot),
            list => self.shared.get((list - terms - 1) as usize).map_or(&[], Vec::as_slice),
        }
    }
}

/// Calls `visit` with phrase, passage and how often the one stands in the other, passage by passage, for those of
/// the `passages` that `admits`. `room` is more than the last place of a word in a passage.
pub(super) fn pass(
    inverted: &InvertedIndexReader,
    positions: &FileSlice,
    phrases: &[Sequence<'_>],
    passages: DocId,
    admits: impl Fn(DocId) -> bool,
    room: impl Fn(DocId) -> usize,
    mut visit: impl FnMut(usize, DocId, u32),
) -> Result<(), IndexError> {
    let (words, phrases) = numbered(phrases);
    let trie = Trie::new(&phrases);
    let gap = trie.longest_step() as usize;
    let terms = u32::try_from(words.len()).unwrap_or(u32::MAX);
    let close = words.len() <= Openings::MOST_TERMS && phrases.iter().all(is_close);
    let openings = if close { Openings::new(&phrases, terms) } else { Openings::default() };
    let reading = Reading { trie: &trie, openings: &openings, terms, close };
    let open = |term: &&TermInfo| Places::open(inverted, positions, term);
    let mut places = words.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let mut window = Window::default();
    let mut counts = Counts::new(phrases.len());
    let mut base = 0;
    while base < passages {
        window.lay(base, passages, gap, &room);
        let end = window.end();
        for (term, places) in (1..).zip(&mut places) {
            places.visit_below(end, |passage, deltas| window.write(term, terms, passage, deltas));
        }
        for (passage, bounds) in (base..end).zip(window.starts.windows(2)) {
            let [start, behind] = bounds else { continue };
            if admits(passage) {
                reading.count(&window, *start..*behind, &mut counts);
                counts.drain(|phrase, count| visit(phrase, passage, count));
            }
        }
        base = end;
    }
    Ok(())
}

/// The different terms of phrases, and the phrases with terms by their number, from 1. A term's place in the
/// postings file names it.
fn numbered<'a>(phrases: &[Sequence<'a>]) -> (Vec<&'a TermInfo>, Vec<NumberedPhrase>) {
    let mut terms: Vec<&TermInfo> = Vec::new();
    let mut numbers: BTreeMap<usize, TermNumber> = BTreeMap::new();
    let mut number = |term: &'a TermInfo| {
        *numbers.entry(term.postings_range.start).or_insert_with(|| {
            terms.push(term);
            u32::try_from(terms.len()).unwrap_or(u32::MAX)
        })
    };
    let phrases = phrases
        .iter()
        .map(|phrase| phrase.iter().map(|(offset, term)| (*offset, number(term))).collect())
        .collect();
    (terms, phrases)
}

/// Whether the words of a phrase stand side by side.
fn is_close(phrase: &NumberedPhrase) -> bool {
    phrase.iter().zip(0..).all(|((offset, _), place)| *offset == place)
}

/// Which terms begin a phrase with which terms behind them: most words of a text begin none, and a bit tells so.
#[derive(Default)]
struct Openings {
    bits: Vec<u64>,
    /// Words of bits for each first term.
    width: usize,
}

impl Openings {
    /// Beyond this many terms the bits would leave a core's second cache.
    const MOST_TERMS: usize = 1024;

    fn new(phrases: &[NumberedPhrase], terms: u32) -> Self {
        let width = (terms as usize + 1).div_ceil(64);
        let mut openings = Self { bits: vec![0; width * (terms as usize + 1)], width };
        for phrase in phrases {
            if let [(_, first), (_, second), ..] = phrase.as_slice()
                && let Some(word) = openings.bits.get_mut(*first as usize * width + *second as usize / 64)
            {
                *word |= 1 << (second % 64);
            }
        }
        openings
    }

    /// Whether a phrase begins with these two.
    fn have(&self, first: TermNumber, second: TermNumber) -> bool {
        let word = self.bits.get(first as usize * self.width + second as usize / 64);
        word.is_some_and(|word| word >> (second % 64) & 1 == 1)
    }
}

/// What phrases are compared with.
struct Reading<'a> {
    trie: &'a Trie,
    openings: &'a Openings,
    /// How many terms there are.
    terms: u32,
    /// Whether `openings` tells.
    close: bool,
}

impl Reading<'_> {
    /// Counts the phrases that begin in a range of slots.
    fn count(&self, window: &Window, range: Range<usize>, counts: &mut Counts) {
        let slots = window.slots.get(range.start..).unwrap_or_default();
        let mut paths = Vec::new();
        for (at, slot) in range.zip(slots) {
            if *slot == NONE || self.opens_nothing(*slot, slots_behind(window, at)) {
                continue;
            }
            for term in window.terms_at(slot, self.terms) {
                paths.extend(self.trie.root(*term).map(|root| (root, at)));
            }
            self.follow(window, &mut paths, counts);
        }
    }

    /// Whether a phrase surely does not begin with the terms of these two slots.
    fn opens_nothing(&self, slot: u32, behind: u32) -> bool {
        self.close
            && slot <= self.terms
            && behind <= self.terms
            && (behind == NONE || !self.openings.have(slot, behind))
    }

    fn follow(&self, window: &Window, paths: &mut Vec<(u32, usize)>, counts: &mut Counts) {
        while let Some((node, at)) = paths.pop() {
            let Some(here) = self.trie.node(node) else { continue };
            here.ends.iter().for_each(|phrase| counts.add(*phrase));
            for step in &here.steps {
                let place = at + *step as usize;
                let Some(slot) = window.slots.get(place) else { continue };
                for term in window.terms_at(slot, self.terms) {
                    paths.extend(self.trie.next(node, *step, *term).map(|next| (next, place)));
                }
            }
        }
    }
}

fn slots_behind(window: &Window, at: usize) -> u32 {
    window.slots.get(at + 1).copied().unwrap_or(NONE)
}

/// How often each phrase was found in a passage.
struct Counts {
    counts: Vec<u32>,
    counted: Vec<usize>,
}

impl Counts {
    fn new(phrases: usize) -> Self {
        Self { counts: vec![0; phrases], counted: Vec::new() }
    }

    fn add(&mut self, phrase: usize) {
        if let Some(count) = self.counts.get_mut(phrase) {
            if *count == 0 {
                self.counted.push(phrase);
            }
            *count += 1;
        }
    }

    fn drain(&mut self, mut visit: impl FnMut(usize, u32)) {
        for phrase in self.counted.drain(..) {
            if let Some(count) = self.counts.get_mut(phrase) {
                visit(phrase, std::mem::take(count));
            }
        }
    }
}
