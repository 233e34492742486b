//! Segments in memory: the passages of the latest writes, until tantivy has committed them.
//!
//! A commit of tantivy takes some milliseconds, however few passages it is for: it makes its tables and dictionaries
//! anew. So a group of writes is shown to searches by a segment of its own in memory, and many of these are written
//! together as one segment in files.

mod build;
mod file;
mod text;

use std::collections::BTreeMap;

use tantivy::schema::Field as Handle;

use crate::local::index::BitSet;
use crate::local::index::Field;
use crate::local::index::minhash::MinHash;
use crate::local::index::segment_data::Ids;

pub(super) use build::Builder;
pub(super) use file::Part;
pub(super) use file::write;
pub(super) use text::List;
use text::Text;

/// A segment in memory.
#[derive(Default)]
pub(super) struct MemorySegment {
    /// How many were made in this process before it, by which it is known.
    pub made: u64,
    pub starts: BitSet,
    pub ids: Ids,
    question: Text,
    answer: Text,
    /// The quantised lengths of both, and some 0 behind the last.
    lengths: [Vec<u8>; 2],
    /// Passages by field and key.
    keys: BTreeMap<Handle, Text>,
    facts: Vec<Facts>,
    minhashes: Vec<(u32, MinHash)>,
    /// The term vectors of all passages, and where those of each end.
    vectors: Vec<u8>,
    vector_ends: Vec<usize>,
}

/// What is known of one passage.
#[derive(Clone, Copy, Debug, Default)]
struct Facts {
    document: usize,
    exchange: u32,
    window: u32,
    published: Option<(i64, i64)>,
}

impl MemorySegment {
    pub(super) fn len(&self) -> u32 {
        number(self.facts.len())
    }

    pub(super) fn exchange(&self, passage: u32) -> u32 {
        self.facts.get(passage as usize).map_or(u32::MAX, |facts| facts.exchange)
    }

    pub(super) fn window(&self, passage: u32) -> u32 {
        self.facts.get(passage as usize).map_or(u32::MAX, |facts| facts.window)
    }

    pub(super) fn document(&self, passage: u32) -> usize {
        self.facts.get(passage as usize).map_or(usize::MAX, |facts| facts.document)
    }

    pub(super) fn published(&self, passage: u32) -> Option<(i64, i64)> {
        self.facts.get(passage as usize)?.published
    }

    pub(super) fn lengths(&self, field: Field) -> &[u8] {
        match field {
            Field::Question => &self.lengths[0],
            Field::Answer => &self.lengths[1],
        }
    }

    /// The ids of its documents.
    pub(super) fn document_ids(&self) -> impl Iterator<Item = &str> {
        (0..self.ids.len()).map(|rank| self.ids.get(rank))
    }

    /// The bytes of a passage's term vectors.
    pub(super) fn vectors(&self, passage: u32) -> &[u8] {
        let passage = passage as usize;
        let start = passage.checked_sub(1).map_or(Some(0), |before| self.vector_ends.get(before).copied());
        let span = start.zip(self.vector_ends.get(passage));
        span.and_then(|(start, end)| self.vectors.get(start..*end)).unwrap_or_default()
    }

    /// The number of a term's list.
    pub(super) fn term(&self, field: Field, term: &str) -> Option<u32> {
        self.text(field).term(term)
    }

    pub(super) fn list(&self, field: Field, number: u32) -> Option<List<'_>> {
        self.text(field).list(number)
    }

    /// The passages that bear a key.
    pub(super) fn keyed(&self, field: Handle, key: &str) -> &[u32] {
        let list = self.keys.get(&field).and_then(|keys| keys.list(keys.term(key)?));
        list.map(|list| list.passages).unwrap_or_default()
    }

    pub(super) fn minhashes(&self) -> impl Iterator<Item = (u32, MinHash)> {
        self.minhashes.iter().copied()
    }

    /// Calls `visit` with each passage where the terms of a sequence stand side by side, each at its distance from the
    /// first, and how often.
    pub(super) fn phrase(&self, field: Field, sequence: &[(u32, u32)], mut visit: impl FnMut(u32, u32)) {
        let lists: Vec<(u32, List<'_>)> = sequence
            .iter()
            .filter_map(|(offset, number)| Some((*offset, self.list(field, *number)?)))
            .collect();
        let Some((_, rarest)) = lists.iter().min_by_key(|(_, list)| list.passages.len()) else { return };
        for passage in rarest.passages {
            let mut begins: Option<Vec<u32>> = None;
            for (offset, list) in &lists {
                let places = list.positions_in(*passage);
                match &mut begins {
                    Some(begins) => begins.retain(|begin| places.binary_search(&(begin + offset)).is_ok()),
                    None => {
                        begins = Some(places.iter().filter_map(|place| place.checked_sub(*offset)).collect());
                    }
                }
            }
            let frequency = begins.map_or(0, |begins| begins.len());
            if frequency > 0 {
                visit(*passage, number(frequency));
            }
        }
    }

    const fn text(&self, field: Field) -> &Text {
        match field {
            Field::Question => &self.question,
            Field::Answer => &self.answer,
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
