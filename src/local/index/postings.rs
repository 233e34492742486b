//! Where a term of a segment is found, in files or in memory.

use std::fmt;
use std::sync::Arc;

use tantivy::postings::BlockSegmentPostings;
use tantivy::postings::TermInfo;

use crate::local::index::Field;
use crate::local::index::memory_segment::MemorySegment;

/// A term of a segment.
#[derive(Clone, Debug)]
pub struct Term {
    pub(super) field: Field,
    pub(super) listed: Listed,
}

/// Where a term's postings are.
#[derive(Clone, Debug)]
pub(super) enum Listed {
    Stored(TermInfo),
    /// By the number of its list.
    Memory(u32),
}

impl Term {
    pub(super) const fn stored(&self) -> Option<&TermInfo> {
        match &self.listed {
            Listed::Stored(info) => Some(info),
            Listed::Memory(_) => None,
        }
    }

    /// How many passages have it, deleted ones too; 0 where it is in memory, where there are few.
    #[must_use]
    pub fn passages(&self) -> u32 {
        self.stored().map_or(0, |info| info.doc_freq)
    }

    pub(super) const fn memory(&self) -> Option<u32> {
        match self.listed {
            Listed::Memory(list) => Some(list),
            Listed::Stored(_) => None,
        }
    }
}

/// The passages with a term, a block at a time, ascending.
pub struct Postings(Cursor);

enum Cursor {
    /// In files.
    Stored(Box<BlockSegmentPostings>),
    /// In memory, all in one block.
    Memory { memory: Arc<MemorySegment>, field: Field, list: u32 },
    /// After the last.
    Ended,
}

impl fmt::Debug for Postings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postings").finish_non_exhaustive()
    }
}

impl Postings {
    pub(super) const fn stored(cursor: Box<BlockSegmentPostings>) -> Self {
        Self(Cursor::Stored(cursor))
    }

    /// The cursor, where the postings are in files.
    pub(super) fn into_stored(self) -> Option<Box<BlockSegmentPostings>> {
        match self.0 {
            Cursor::Stored(cursor) => Some(cursor),
            Cursor::Memory { .. } | Cursor::Ended => None,
        }
    }

    pub(super) const fn memory(memory: Arc<MemorySegment>, field: Field, list: u32) -> Self {
        Self(Cursor::Memory { memory, field, list })
    }

    pub(super) const fn ended() -> Self {
        Self(Cursor::Ended)
    }

    /// The passages of the present block; empty behind the last.
    #[must_use]
    pub fn passages(&self) -> &[u32] {
        match &self.0 {
            Cursor::Stored(cursor) => cursor.docs(),
            Cursor::Memory { memory, field, list } => {
                memory.list(*field, *list).map(|list| list.passages).unwrap_or_default()
            }
            Cursor::Ended => &[],
        }
    }

    /// How often each passage of the present block has the term.
    #[must_use]
    pub fn frequencies(&self) -> &[u32] {
        match &self.0 {
            Cursor::Stored(cursor) => cursor.freqs(),
            Cursor::Memory { memory, field, list } => {
                memory.list(*field, *list).map(|list| list.frequencies).unwrap_or_default()
            }
            Cursor::Ended => &[],
        }
    }

    /// Goes to the next block.
    pub fn advance(&mut self) {
        match &mut self.0 {
            Cursor::Stored(cursor) => cursor.advance(),
            ended @ (Cursor::Memory { .. } | Cursor::Ended) => *ended = Cursor::Ended,
        }
    }

    /// How often a passage has the term. Passages must be asked for in ascending order; the present block is then one that
    /// may hold the last.
    pub fn frequency_at(&mut self, passage: u32) -> u32 {
        match &mut self.0 {
            Cursor::Stored(cursor) => {
                let place = cursor.seek(passage);
                if cursor.docs().get(place) == Some(&passage) { cursor.freq(place) } else { 0 }
            }
            Cursor::Memory { .. } => {
                let place = self.passages().binary_search(&passage).ok();
                place.and_then(|place| self.frequencies().get(place)).copied().unwrap_or(0)
            }
            Cursor::Ended => 0,
        }
    }

    /// Calls `visit` with each passage from here on and the term's frequency there.
    pub(super) fn visit(&mut self, mut visit: impl FnMut(u32, u32)) {
        while !self.passages().is_empty() {
            self.passages().iter().zip(self.frequencies()).for_each(|(at, frequency)| visit(*at, *frequency));
            self.advance();
        }
    }
}
