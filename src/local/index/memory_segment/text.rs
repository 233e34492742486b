//! What a segment in memory knows of a field: every term with the passages it stands in.

use std::hash::BuildHasher as _;

use hashbrown::DefaultHashBuilder;
use hashbrown::HashTable;

use crate::local::index::memory_segment::number;

/// Terms, numbered as they first came.
#[derive(Default)]
struct Terms {
    /// All of them, one behind the other, and where each ends.
    written: String,
    ends: Vec<u32>,
    /// By a hash with a seed of this process, faster than the standard one and less sure against texts made to
    /// collide, which could slow down but the table of one group of writes.
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

    /// The number of a term, which is given one where it has none.
    fn number_of(&mut self, term: &str) -> u32 {
        let Self { written, ends, numbers, hasher } = self;
        let known = numbers.entry(
            hasher.hash_one(term),
            |number| term_of(written, ends, *number) == term,
            |number| hasher.hash_one(term_of(written, ends, *number)),
        );
        let place = *known.or_insert(number(ends.len())).get();
        if place as usize == ends.len() {
            written.push_str(term);
            ends.push(number(written.len()));
        }
        place
    }
}

fn term_of<'w>(written: &'w str, ends: &[u32], number: u32) -> &'w str {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(Some(&0), |before| ends.get(before));
    let span = start.zip(ends.get(number));
    span.and_then(|(start, end)| written.get(*start as usize..*end as usize)).unwrap_or_default()
}

/// One place of a term.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    term: u32,
    passage: u32,
    position: u32,
}

/// A field whose passages are still being added, in ascending order.
#[derive(Default)]
pub(super) struct Draft {
    terms: Terms,
    places: Vec<Place>,
}

impl Draft {
    pub(super) fn add(&mut self, term: &str, passage: u32, position: u32) {
        let term = self.terms.number_of(term);
        self.places.push(Place { term, passage, position });
    }

    /// Adds all passages of another, numbered from `base`.
    pub(super) fn append(&mut self, other: &Text, base: u32) {
        for (term, list) in (0..).map_while(|number| Some((other.terms.get(number), other.list(number)?))) {
            let term = self.terms.number_of(term);
            for (at, passage) in list.passages.iter().enumerate() {
                let place = |position: &u32| Place { term, passage: base + passage, position: *position };
                self.places.extend(list.positions_at(at).iter().map(place));
            }
        }
    }

    /// The places by term; those of one stay in order.
    fn by_term(&self) -> Vec<Place> {
        let mut next = vec![0_usize; self.terms.ends.len() + 1];
        for place in &self.places {
            if let Some(count) = next.get_mut(place.term as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut next {
            sum += *start;
            *start = sum;
        }
        let mut sorted = vec![Place::default(); self.places.len()];
        for place in &self.places {
            let Some(next) = next.get_mut(place.term as usize) else { continue };
            if let Some(slot) = sorted.get_mut(*next) {
                *slot = *place;
            }
            *next += 1;
        }
        sorted
    }

    pub(super) fn seal(self) -> Text {
        let sorted = self.by_term();
        let mut text = Text { positions: Vec::with_capacity(sorted.len()), ..Text::default() };
        let mut last = None;
        for Place { term, passage, position } in sorted {
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

/// A field. What is known of a term stands side by side, the terms in the order of their numbers: a segment is made
/// and forgotten for every group of writes, and some few lists cost less than some for each term.
#[derive(Default)]
pub(super) struct Text {
    terms: Terms,
    /// Where the passages of each term begin, and where the last ones end.
    starts: Vec<usize>,
    passages: Vec<u32>,
    frequencies: Vec<u32>,
    /// Where the positions in each of `passages` begin, and where the last ones end.
    position_starts: Vec<u32>,
    positions: Vec<u32>,
}

impl Text {
    /// The number of a term.
    pub(super) fn term(&self, term: &str) -> Option<u32> {
        self.terms.number(term)
    }

    /// All terms, each with the number of its list.
    pub(super) fn terms(&self) -> impl Iterator<Item = (&str, u32)> {
        (0..number(self.terms.ends.len())).map(|number| (self.terms.get(number), number))
    }

    /// Where the term of a number stands.
    pub(super) fn list(&self, number: u32) -> Option<List<'_>> {
        let number = number as usize;
        let (from, to) = (*self.starts.get(number)?, *self.starts.get(number + 1)?);
        Some(List {
            passages: self.passages.get(from..to)?,
            frequencies: self.frequencies.get(from..to)?,
            starts: self.position_starts.get(from..=to)?,
            positions: &self.positions,
        })
    }
}

/// Where a term stands: passages ascending, and how often in each.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::local::index) struct List<'t> {
    pub passages: &'t [u32],
    pub frequencies: &'t [u32],
    starts: &'t [u32],
    positions: &'t [u32],
}

impl<'t> List<'t> {
    /// The term's positions in a passage, ascending.
    pub(super) fn positions_in(&self, passage: u32) -> &'t [u32] {
        self.passages.binary_search(&passage).map_or(&[], |at| self.positions_at(at))
    }

    /// The same, in the passage at this place of the list.
    pub(super) fn positions_at(&self, at: usize) -> &'t [u32] {
        let span = self.starts.get(at).zip(self.starts.get(at + 1));
        let place = |(start, end): (&u32, &u32)| self.positions.get(*start as usize..*end as usize);
        span.and_then(place).unwrap_or_default()
    }
}
