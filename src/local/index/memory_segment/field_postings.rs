//! The postings of a field in memory: every term with its passages and positions.

use std::hash::BuildHasher as _;

use hashbrown::DefaultHashBuilder;
use hashbrown::HashTable;

/// A count as the index keeps it. Nothing in a segment in memory comes near the bound.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Terms, numbered in the order in which they first came.
#[derive(Default)]
struct Terms {
    /// All of them, end to end, and where each ends.
    written: String,
    ends: Vec<u32>,
    /// The hash has a seed of this process. It is faster than the standard one and safe enough:
    /// texts that are made to collide slow down only the table of their own group of writes.
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Terms {
    fn get(&self, number: u32) -> &str {
        term_of(&self.written, &self.ends, number)
    }

    fn number(&self, term: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(term);
        self.numbers.find(hash, |number| self.get(*number) == term).copied()
    }

    /// The number of a term; a new term is given the next one.
    fn number_of(&mut self, term: &str) -> u32 {
        let Self { written, ends, numbers, hasher } = self;
        let known = numbers.entry(
            hasher.hash_one(term),
            |number| term_of(written, ends, *number) == term,
            |number| hasher.hash_one(term_of(written, ends, *number)),
        );
        let term_number = *known.or_insert(number(ends.len())).get();
        if term_number as usize == ends.len() {
            written.push_str(term);
            ends.push(number(written.len()));
        }
        term_number
    }
}

fn term_of<'w>(written: &'w str, ends: &[u32], number: u32) -> &'w str {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(Some(&0), |before| ends.get(before));
    let range = start.zip(ends.get(number));
    range.and_then(|(start, end)| written.get(*start as usize..*end as usize)).unwrap_or_default()
}

/// An occurrence of a term.
#[derive(Clone, Copy, Debug, Default)]
struct Occurrence {
    term: u32,
    passage: u32,
    position: u32,
}

/// A field whose passages are being added, in ascending order.
#[derive(Default)]
pub(super) struct FieldPostingsBuilder {
    terms: Terms,
    occurrences: Vec<Occurrence>,
}

impl FieldPostingsBuilder {
    pub(super) fn add(&mut self, term: &str, passage: u32, position: u32) {
        let term = self.terms.number_of(term);
        self.occurrences.push(Occurrence { term, passage, position });
    }

    /// Adds all passages of another, numbered from `base`.
    pub(super) fn append(&mut self, other: &FieldPostings, base: u32) {
        for (term, list) in (0..).map_while(|number| Some((other.terms.get(number), other.list(number)?))) {
            let term = self.terms.number_of(term);
            for (at, passage) in list.passages.iter().enumerate() {
                let occurrence =
                    |position: &u32| Occurrence { term, passage: base + passage, position: *position };
                self.occurrences.extend(list.positions_at(at).iter().map(occurrence));
            }
        }
    }

    /// The occurrences by term, those of one in their order (counting sort).
    fn by_term(&self) -> Vec<Occurrence> {
        let mut next = vec![0_usize; self.terms.ends.len() + 1];
        for occurrence in &self.occurrences {
            if let Some(count) = next.get_mut(occurrence.term as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut next {
            sum += *start;
            *start = sum;
        }
        let mut sorted = vec![Occurrence::default(); self.occurrences.len()];
        for occurrence in &self.occurrences {
            let Some(next) = next.get_mut(occurrence.term as usize) else { continue };
            if let Some(slot) = sorted.get_mut(*next) {
                *slot = *occurrence;
            }
            *next += 1;
        }
        sorted
    }

    pub(super) fn build(self) -> FieldPostings {
        let sorted = self.by_term();
        let mut text =
            FieldPostings { positions: Vec::with_capacity(sorted.len()), ..FieldPostings::default() };
        let mut last = None;
        for Occurrence { term, passage, position } in sorted {
            if last.replace((term, passage)) != Some((term, passage)) {
                while text.starts.len() <= term as usize {
                    text.starts.push(text.passages.len());
                }
                text.passages.push(passage);
                text.frequencies.push(0);
                text.position_starts.push(number(text.positions.len()));
            }
            if let Some(frequency) = text.frequencies.last_mut() {
                *frequency += 1;
            }
            text.positions.push(position);
        }
        text.starts.push(text.passages.len());
        text.position_starts.push(number(text.positions.len()));
        text.terms = self.terms;
        text
    }
}

/// The postings of a field. All lists are end to end, in the order of the terms' numbers: a segment
/// is made for every group of writes, and a few vectors cost less than a few for each term.
#[derive(Default)]
pub(in crate::local::index) struct FieldPostings {
    terms: Terms,
    /// Where the passages of each term begin, and where the last ones end.
    starts: Vec<usize>,
    passages: Vec<u32>,
    frequencies: Vec<u32>,
    /// Where the positions in each of `passages` begin, and where the last ones end.
    position_starts: Vec<u32>,
    positions: Vec<u32>,
}

impl FieldPostings {
    /// The number of a term.
    pub(super) fn term(&self, term: &str) -> Option<u32> {
        self.terms.number(term)
    }

    /// All terms, each with the number of its list.
    pub(super) fn terms(&self) -> impl Iterator<Item = (&str, u32)> {
        (0..number(self.terms.ends.len())).map(|number| (self.terms.get(number), number))
    }

    /// The postings of the term with a number.
    pub(in crate::local::index) fn list(&self, number: u32) -> Option<PostingsList<'_>> {
        let number = number as usize;
        let (from, to) = (*self.starts.get(number)?, *self.starts.get(number + 1)?);
        Some(PostingsList {
            passages: self.passages.get(from..to)?,
            frequencies: self.frequencies.get(from..to)?,
            starts: self.position_starts.get(from..=to)?,
            positions: &self.positions,
        })
    }
}

/// The postings of a term: passages ascending, and its frequency in each.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::local::index) struct PostingsList<'t> {
    pub passages: &'t [u32],
    pub frequencies: &'t [u32],
    starts: &'t [u32],
    positions: &'t [u32],
}

impl<'t> PostingsList<'t> {
    /// The term's positions in a passage, ascending.
    pub(super) fn positions_in(&self, passage: u32) -> &'t [u32] {
        self.passages.binary_search(&passage).map_or(&[], |at| self.positions_at(at))
    }

    /// The term's positions in the passage at this index of the list, ascending.
    pub(super) fn positions_at(&self, at: usize) -> &'t [u32] {
        let range = self.starts.get(at).zip(self.starts.get(at + 1));
        let positions = |(start, end): (&u32, &u32)| self.positions.get(*start as usize..*end as usize);
        range.and_then(positions).unwrap_or_default()
    }
}
