//! One segment of the index, as a search reads it.

mod keys;
mod opening;
mod phrases;

use std::fmt;
use std::sync::Arc;

use tantivy::SegmentReader;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::IndexRecordOption;

use crate::local::index::BitSet;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Postings;
use crate::local::index::Statistics;
use crate::local::index::Term;
use crate::local::index::TermKey;
use crate::local::index::TermVector;
use crate::local::index::filter;
use crate::local::index::memory_segment::MemorySegment;
use crate::local::index::postings::Listed;
use crate::local::index::schema::Fields;
use crate::local::index::segment_data::Ids;
use crate::local::index::segment_data::SegmentData;
use crate::local::index::vector_file::vectors;
use crate::query::Filter;

/// What no other segment is called, in this index or any other of this process: tantivy's UUID of one in files, a serial
/// number of one in memory (no UUID is as small).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SegmentId(u128);

impl SegmentId {
    /// The id as a number.
    #[must_use]
    pub const fn as_u128(self) -> u128 {
        self.0
    }
}

/// One segment of a snapshot. Its passages are numbered from 0; the windows of an exchange side by side. Clones share
/// what they hold.
#[derive(Clone)]
pub struct Segment {
    id: SegmentId,
    source: Source,
    fields: Fields,
    alive: Option<Arc<BitSet>>,
    /// How many passages are alive.
    live: u32,
    /// How many exchanges are.
    exchanges: u64,
    question: Statistics,
    answer: Statistics,
    /// How many live exchanges were analysed in each of [`crate::analysis::Language::ALL`], and how many passages were alive then.
    languages: (u32, Arc<Vec<u64>>),
}

/// What a segment is read from.
#[derive(Clone)]
enum Source {
    /// Tantivy's files.
    Stored { reader: Box<SegmentReader>, contents: Arc<SegmentData> },
    /// Memory.
    Memory(Arc<MemorySegment>),
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment").field("passages", &self.len()).finish_non_exhaustive()
    }
}

impl Segment {
    /// What it is in memory; `None` where it is in files.
    pub(super) fn in_memory(&self) -> Option<(&MemorySegment, Option<&BitSet>)> {
        match &self.source {
            Source::Stored { .. } => None,
            Source::Memory(memory) => Some((memory, self.alive.as_deref())),
        }
    }

    fn stored(&self) -> Option<&Arc<SegmentData>> {
        match &self.source {
            Source::Stored { contents, .. } => Some(contents),
            Source::Memory(_) => None,
        }
    }

    /// Tantivy's id of it; `None` where it is in memory.
    pub(super) fn stored_id(&self) -> Option<tantivy::index::SegmentId> {
        match &self.source {
            Source::Stored { reader, .. } => Some(reader.segment_id()),
            Source::Memory(_) => None,
        }
    }

    /// How many passages are not deleted.
    pub(super) const fn live_passages(&self) -> u32 {
        self.live
    }

    fn lengths(&self, field: Field) -> &[u8] {
        match &self.source {
            Source::Stored { contents, .. } => &contents.text(field).lengths,
            Source::Memory(memory) => memory.lengths(field),
        }
    }

    fn ids(&self) -> &Ids {
        match &self.source {
            Source::Stored { contents, .. } => &contents.ids,
            Source::Memory(memory) => &memory.ids,
        }
    }

    /// What no other segment is called.
    #[must_use]
    pub const fn id(&self) -> SegmentId {
        self.id
    }

    /// How many passages it has, deleted ones too.
    #[must_use]
    pub fn len(&self) -> u32 {
        match &self.source {
            Source::Stored { reader, .. } => reader.max_doc(),
            Source::Memory(memory) => memory.len(),
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The passages that begin an exchange.
    #[must_use]
    pub fn starts(&self) -> &BitSet {
        match &self.source {
            Source::Stored { contents, .. } => &contents.starts,
            Source::Memory(memory) => &memory.starts,
        }
    }

    /// The passages that are not deleted; `None` where all are there.
    #[must_use]
    pub fn alive(&self) -> Option<&BitSet> {
        self.alive.as_deref()
    }

    /// Whether a passage is not deleted.
    #[must_use]
    pub fn is_alive(&self, passage: u32) -> bool {
        self.alive.as_ref().is_none_or(|alive| alive.contains(passage))
    }

    /// The exchange's index of a passage.
    #[must_use]
    pub fn exchange(&self, passage: u32) -> u32 {
        match &self.source {
            Source::Stored { contents, .. } => {
                u32::try_from(contents.exchange.get_val(passage)).unwrap_or(u32::MAX)
            }
            Source::Memory(memory) => memory.exchange(passage),
        }
    }

    /// The window's index of a passage.
    #[must_use]
    pub fn window(&self, passage: u32) -> u32 {
        match &self.source {
            Source::Stored { contents, .. } => {
                u32::try_from(contents.window.get_val(passage)).unwrap_or(u32::MAX)
            }
            Source::Memory(memory) => memory.window(passage),
        }
    }

    /// The rank of a passage's document id among the ids of this segment, in ascending order.
    #[must_use]
    pub fn document(&self, passage: u32) -> usize {
        match &self.source {
            Source::Stored { contents, .. } => {
                let rank = contents.document.as_ref().and_then(|column| column.first(passage));
                rank.and_then(|rank| usize::try_from(rank).ok()).unwrap_or(usize::MAX)
            }
            Source::Memory(memory) => memory.document(passage),
        }
    }

    /// The document id of a rank.
    #[must_use]
    pub fn document_id(&self, rank: usize) -> &str {
        self.ids().get(rank)
    }

    /// How many document ids of this segment are below `id`, and whether `id` itself is among them.
    #[must_use]
    pub fn rank_of(&self, id: &str) -> (usize, bool) {
        self.ids().rank_of(id)
    }

    /// Where the terms of a passage's question and answer stand; the question's only on the passage that begins the
    /// exchange. `None` where that is not known.
    #[must_use]
    pub fn term_vectors(&self, passage: u32) -> Option<[TermVector<'_>; 2]> {
        match &self.source {
            Source::Stored { contents, .. } => contents.vectors.vectors(passage),
            Source::Memory(memory) => vectors(memory.vectors(passage)),
        }
    }

    /// The term of a field, where any passage has it.
    pub fn term<'t>(&self, field: Field, term: impl Into<TermKey<'t>>) -> Result<Option<Term>, IndexError> {
        let key = term.into();
        Ok(match &self.source {
            Source::Stored { contents, .. } => {
                let info = contents.text(field).info(key, contents.handle(field))?;
                info.map(|info| Term { field, listed: Listed::Stored(info) })
            }
            Source::Memory(memory) => {
                memory.term(field, key.text).map(|list| Term { field, listed: Listed::Memory(list) })
            }
        })
    }

    /// How many passages with a term are not deleted.
    pub fn live(&self, term: &Term) -> Result<u32, IndexError> {
        match (&self.source, &term.listed) {
            (Source::Stored { contents, .. }, Listed::Stored(info)) => {
                let Some(alive) = &self.alive else { return Ok(info.doc_freq) };
                let inverted = &contents.text(term.field).inverted;
                let postings = inverted.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
                Ok(count_live(postings, alive))
            }
            (Source::Memory(memory), Listed::Memory(list)) => {
                let passages = memory.list(term.field, *list).map(|list| list.passages);
                let live = passages.unwrap_or_default().iter().filter(|passage| self.is_alive(**passage));
                Ok(u32::try_from(live.count()).unwrap_or(u32::MAX))
            }
            (Source::Stored { .. }, Listed::Memory(_)) | (Source::Memory(_), Listed::Stored(_)) => Ok(0),
        }
    }

    /// Puts the passages with a term into a set, deleted ones too.
    pub fn mark(&self, term: &Term, matching_docs: &mut BitSet) -> Result<(), IndexError> {
        self.postings(term)?.visit(|passage, _| matching_docs.insert(passage));
        Ok(())
    }

    /// The passages with a term, and how often each has it.
    pub fn postings(&self, term: &Term) -> Result<Postings, IndexError> {
        self.postings_with(term, None)
    }

    /// The same, with what other postings were read with: to set up anew what reads postings costs more than to read
    /// those of a rare term.
    pub fn postings_with(&self, term: &Term, spare: Option<Postings>) -> Result<Postings, IndexError> {
        Ok(match (&self.source, &term.listed) {
            (Source::Stored { contents, .. }, Listed::Stored(info)) => {
                let inverted = &contents.text(term.field).inverted;
                Postings::stored(match spare.and_then(Postings::into_stored) {
                    Some(mut cursor) => {
                        inverted.reset_block_postings_from_terminfo(info, &mut cursor)?;
                        cursor
                    }
                    None => Box::new(
                        inverted.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?,
                    ),
                })
            }
            (Source::Memory(memory), Listed::Memory(list)) => {
                Postings::memory(Arc::clone(memory), term.field, *list)
            }
            (Source::Stored { .. }, Listed::Memory(_)) | (Source::Memory(_), Listed::Stored(_)) => {
                Postings::ended()
            }
        })
    }

    /// The quantised lengths of a field, one class for each of the `N` passages from `base`, those behind the
    /// last passage 0; see [`Segment::length_of`]. `None` where `base` is behind the last.
    #[must_use]
    pub fn length_classes<const N: usize>(&self, field: Field, base: u32) -> Option<&[u8; N]> {
        self.lengths(field).get(base as usize..)?.first_chunk()
    }

    /// Which of the 64 passages from `64 * index` are an exchange's only window, as bits.
    #[must_use]
    pub fn single_windows(&self, index: usize) -> u64 {
        let starts = self.starts();
        let here = starts.word(index);
        let last = self.len() as usize / 64 == index;
        // After the last passage an exchange could begin.
        let beyond = if last { 1_u64.checked_shl(self.len() % 64).unwrap_or(0) } else { 0 };
        let next = starts.word(index + 1) | u64::from(self.len() as usize == (index + 1) * 64);
        here & (((here | beyond) >> 1) | (next << 63))
    }

    /// The passages of the exchange that begins with one, in order.
    pub fn windows(&self, start: u32) -> impl Iterator<Item = u32> + '_ {
        let rest = start.saturating_add(1)..self.len();
        std::iter::once(start).chain(rest.take_while(|passage| !self.starts().contains(*passage)))
    }

    /// The length in terms that a length class stands for.
    #[must_use]
    pub fn length_of(class: u8) -> u32 {
        FieldNormReader::id_to_fieldnorm(class)
    }

    /// The first windows of the exchanges that a filter lets through; `None` where it lets all through.
    pub fn filter(&self, filter: &Filter) -> Result<Option<BitSet>, IndexError> {
        filter::filter(self, self.fields, filter)
    }

    /// How much text of live passages a field holds.
    pub(super) const fn statistics(&self, field: Field) -> Statistics {
        match field {
            Field::Question => self.question,
            Field::Answer => self.answer,
        }
    }

    /// How many live exchanges it has.
    pub(super) const fn live_exchanges(&self) -> u64 {
        self.exchanges
    }
}

fn count_live(mut postings: BlockSegmentPostings, alive: &BitSet) -> u32 {
    let mut live = 0;
    loop {
        let passages = postings.docs();
        if passages.is_empty() {
            return live;
        }
        live += passages.iter().map(|passage| u32::from(alive.contains(*passage))).sum::<u32>();
        postings.advance();
    }
}
