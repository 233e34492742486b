//! Terms of a segment, and their postings.

use std::fmt;
use std::sync::Arc;

use tantivy::postings::BlockSegmentPostings;
use tantivy::postings::TermInfo;

use crate::local::index::field::Field;
use crate::local::index::memory_segment::field_postings::FieldPostings;
use crate::local::index::memory_segment::field_postings::PostingsList;

/// A term of a segment.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(super) field: Field,
    /// As tantivy describes a term. In memory the postings' range begins at the number of the list.
    pub(super) info: TermInfo,
}

impl Term {
    /// How many passages have it, deleted ones too.
    #[must_use]
    pub(crate) const fn passages(&self) -> u32 {
        self.info.doc_freq
    }
}

/// The passages with a term, a block at a time, ascending.
pub(crate) struct Postings(Cursor);

enum Cursor {
    /// In files.
    Disk(Box<BlockSegmentPostings>),
    /// In memory, all in one block; `None` after it.
    Memory(Arc<FieldPostings>, Option<u32>),
}

impl fmt::Debug for Postings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postings").finish_non_exhaustive()
    }
}

impl Postings {
    /// Postings in files.
    pub(super) const fn disk(cursor: Box<BlockSegmentPostings>) -> Self {
        Self(Cursor::Disk(cursor))
    }

    /// The postings in memory with this number.
    pub(super) const fn memory(postings: Arc<FieldPostings>, list: u32) -> Self {
        Self(Cursor::Memory(postings, Some(list)))
    }

    /// The cursor, where the postings are in files.
    pub(super) fn into_disk(self) -> Option<Box<BlockSegmentPostings>> {
        match self.0 {
            Cursor::Disk(cursor) => Some(cursor),
            Cursor::Memory(..) => None,
        }
    }

    /// The passages of the present block; empty after the last.
    #[must_use]
    pub(crate) fn passages(&self) -> &[u32] {
        match &self.0 {
            Cursor::Disk(cursor) => cursor.docs(),
            Cursor::Memory(postings, list) => block(postings, *list).passages,
        }
    }

    /// How often each passage of the present block has the term.
    #[must_use]
    pub(crate) fn frequencies(&self) -> &[u32] {
        match &self.0 {
            Cursor::Disk(cursor) => cursor.freqs(),
            Cursor::Memory(postings, list) => block(postings, *list).frequencies,
        }
    }

    /// Goes to the next block.
    pub(crate) fn advance(&mut self) {
        match &mut self.0 {
            Cursor::Disk(cursor) => cursor.advance(),
            Cursor::Memory(_, list) => *list = None,
        }
    }

    /// How often a passage has the term. Passages must be asked for in ascending order. The present
    /// block is then one that can hold the last of them.
    pub(crate) fn frequency_at(&mut self, passage: u32) -> u32 {
        match &mut self.0 {
            Cursor::Disk(cursor) => {
                let index = cursor.seek(passage);
                if cursor.docs().get(index) == Some(&passage) { cursor.freq(index) } else { 0 }
            }
            Cursor::Memory(postings, list) => {
                let block = block(postings, *list);
                let index = block.passages.binary_search(&passage).ok();
                index.and_then(|index| block.frequencies.get(index)).copied().unwrap_or(0)
            }
        }
    }

    /// Calls `visit` with each passage from here on, and the term's frequency there.
    pub(super) fn visit(&mut self, mut visit: impl FnMut(u32, u32)) {
        while !self.passages().is_empty() {
            let postings = self.passages().iter().zip(self.frequencies());
            postings.for_each(|(passage, frequency)| visit(*passage, *frequency));
            self.advance();
        }
    }
}

fn block(postings: &FieldPostings, list: Option<u32>) -> PostingsList<'_> {
    list.and_then(|list| postings.list(list)).unwrap_or_default()
}
