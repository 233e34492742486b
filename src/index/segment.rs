//! One segment of the index, as a search reads it.

use std::fmt;
use std::sync::Arc;

use tantivy::DocSet;
use tantivy::SegmentReader;
use tantivy::TERMINATED;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;

use crate::index::Bits;
use crate::index::Field;
use crate::index::IndexError;
use crate::index::Statistics;
use crate::index::contents::Contents;
use crate::index::narrow;
use crate::index::phrase;
use crate::index::phrase::Sequence;
use crate::index::scan;
use crate::index::schema::Fields;
use crate::index::sketch::SKETCH_LEN;
use crate::index::sketch::Sketch;
use crate::query::Filter;

/// One segment of a snapshot. Its passages are numbered from 0; the windows of an exchange side by side.
pub struct Segment {
    reader: SegmentReader,
    contents: Arc<Contents>,
    alive: Option<Bits>,
    question: Statistics,
    answer: Statistics,
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment").field("passages", &self.len()).finish_non_exhaustive()
    }
}

impl Segment {
    /// Opens a segment, with what `known` has of it already.
    pub(super) fn open(
        reader: &SegmentReader,
        fields: Fields,
        known: Option<&Self>,
    ) -> Result<Self, IndexError> {
        let contents = match known {
            Some(known) => Arc::clone(&known.contents),
            None => Arc::new(Contents::read(reader, fields)?),
        };
        let alive = reader.alive_bitset().map(|alive| {
            let mut bits = Bits::empty(reader.max_doc());
            alive.iter_alive().for_each(|passage| bits.insert(passage));
            bits
        });
        let question = volume(&contents.question.lengths, alive.as_ref());
        let answer = volume(&contents.answer.lengths, alive.as_ref());
        Ok(Self { reader: reader.clone(), contents, alive, question, answer })
    }

    /// How many passages it has, deleted ones too.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.reader.max_doc()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The passages that begin an exchange.
    #[must_use]
    pub fn starts(&self) -> &Bits {
        &self.contents.starts
    }

    /// The passages that are not deleted; `None` where all are there.
    #[must_use]
    pub const fn alive(&self) -> Option<&Bits> {
        self.alive.as_ref()
    }

    /// Whether a passage is not deleted.
    #[must_use]
    pub fn is_alive(&self, passage: u32) -> bool {
        self.alive.as_ref().is_none_or(|alive| alive.contains(passage))
    }

    /// The exchange's index of a passage.
    #[must_use]
    pub fn exchange(&self, passage: u32) -> u32 {
        u32::try_from(self.contents.exchange.get_val(passage)).unwrap_or(u32::MAX)
    }

    /// The window's index of a passage.
    #[must_use]
    pub fn window(&self, passage: u32) -> u32 {
        u32::try_from(self.contents.window.get_val(passage)).unwrap_or(u32::MAX)
    }

    /// The rank of a passage's document id among the ids of this segment, in ascending order.
    #[must_use]
    pub fn document(&self, passage: u32) -> usize {
        let rank = self.contents.document.as_ref().and_then(|column| column.first(passage));
        rank.and_then(|rank| usize::try_from(rank).ok()).unwrap_or(usize::MAX)
    }

    /// The document id of a rank.
    #[must_use]
    pub fn document_id(&self, rank: usize) -> &str {
        self.contents.ids.get(rank)
    }

    /// How many document ids of this segment are below `id`, and whether `id` itself is among them.
    #[must_use]
    pub fn rank_of(&self, id: &str) -> (usize, bool) {
        self.contents.ids.rank_of(id)
    }

    /// The term of a field, where any passage has it.
    pub fn term(&self, field: Field, term: &str) -> Result<Option<Term>, IndexError> {
        let text = self.contents.text(field);
        if !text.lexicon.may_have(term.as_bytes()) {
            return Ok(None);
        }
        let handle = self.contents.handle(field);
        let info = text.inverted.get_term_info(&tantivy::Term::from_field_text(handle, term))?;
        Ok(info.map(|info| Term { field, info }))
    }

    /// How many passages with a term are not deleted.
    pub fn live(&self, term: &Term) -> Result<u32, IndexError> {
        let Some(alive) = &self.alive else { return Ok(term.info.doc_freq) };
        let inverted = &self.contents.text(term.field).inverted;
        let postings = inverted.read_block_postings_from_terminfo(&term.info, IndexRecordOption::Basic)?;
        Ok(count_live(postings, alive))
    }

    /// The passages with a term, and how often each has it.
    pub fn postings(&self, term: &Term) -> Result<Postings, IndexError> {
        let inverted = &self.contents.text(term.field).inverted;
        let cursor = inverted.read_block_postings_from_terminfo(&term.info, IndexRecordOption::WithFreqs)?;
        Ok(Postings { cursor })
    }

    /// Calls `visit` with the number of a sequence, a passage where its terms stand side by side, and how often:
    /// each term at its distance from the first, distances ascending. The passages of one sequence come in
    /// ascending order; of exchanges that `within` does not begin none come.
    pub fn phrases(
        &self,
        field: Field,
        sequences: &[Vec<(u32, Term)>],
        within: Option<&Bits>,
        visit: &mut dyn FnMut(usize, u32, u32),
    ) -> Result<(), IndexError> {
        self.phrases_by(phrase::prefers_pass, field, sequences, within, visit)
    }

    /// [`Segment::phrases`], in one pass where `prefers_pass`, which is given the phrases of more than one word
    /// and how many words the segment has.
    pub(super) fn phrases_by(
        &self,
        prefers_pass: impl Fn(&[Sequence<'_>], u64) -> bool,
        field: Field,
        sequences: &[Vec<(u32, Term)>],
        within: Option<&Bits>,
        visit: &mut dyn FnMut(usize, u32, u32),
    ) -> Result<(), IndexError> {
        let admits = |passage: u32| {
            let start = within.and_then(|_| self.starts().at_or_below(passage));
            within.is_none_or(|within| start.is_some_and(|start| within.contains(start)))
        };
        let mut phrases = Vec::new();
        let mut numbers = Vec::new();
        for (number, sequence) in sequences.iter().enumerate() {
            if let [(_, word)] = sequence.as_slice() {
                let mut postings = self.postings(word)?;
                postings.visit(|passage, frequency| {
                    if admits(passage) {
                        visit(number, passage, frequency);
                    }
                });
            } else {
                phrases.push(sequence.iter().map(|(offset, term)| (*offset, &term.info)).collect());
                numbers.push(number);
            }
        }
        let text = self.contents.text(field);
        let mut found = |phrase: usize, passage, frequency| {
            visit(numbers.get(phrase).copied().unwrap_or_default(), passage, frequency);
        };
        if prefers_pass(&phrases, text.inverted.total_num_tokens()) {
            let room =
                |passage: u32| text.lengths.get(passage as usize).map_or(0, |class| longest_of(*class));
            return scan::pass(&text.inverted, &text.positions, &phrases, self.len(), admits, room, found);
        }
        for (number, phrase) in phrases.iter().enumerate() {
            phrase::look_up(&text.inverted, phrase, admits, |passage, frequency| {
                found(number, passage, frequency);
            })?;
        }
        Ok(())
    }

    /// The quantised lengths of a field, one class for each of the `N` passages from `base`, those behind the
    /// last passage 0; see [`Segment::length_of`]. `None` where `base` is behind the last.
    #[must_use]
    pub fn length_classes<const N: usize>(&self, field: Field, base: u32) -> Option<&[u8; N]> {
        self.contents.text(field).lengths.get(base as usize..)?.first_chunk()
    }

    /// Which of the 64 passages from `64 * index` are an exchange's only window, as bits.
    #[must_use]
    pub fn single_windows(&self, index: usize) -> u64 {
        let starts = self.starts();
        let here = starts.word(index);
        let last = self.len() as usize / 64 == index;
        // Behind the last passage an exchange could begin.
        let beyond = if last { 1_u64.checked_shl(self.len() % 64).unwrap_or(0) } else { 0 };
        let next = starts.word(index + 1) | u64::from(self.len() as usize == (index + 1) * 64);
        here & (((here | beyond) >> 1) | (next << 63))
    }

    /// The length in terms that a length class stands for.
    #[must_use]
    pub fn length_of(class: u8) -> u32 {
        FieldNormReader::id_to_fieldnorm(class)
    }

    /// The first windows of the exchanges that a filter lets through; `None` where it lets all through.
    pub fn narrow(&self, filter: &Filter) -> Result<Option<Bits>, IndexError> {
        narrow::narrow(self, filter)
    }

    pub(super) const fn reader(&self) -> &SegmentReader {
        &self.reader
    }

    pub(super) fn fields(&self) -> Fields {
        self.contents.fields
    }

    /// How much text of live passages a field holds.
    pub(super) const fn statistics(&self, field: Field) -> Statistics {
        match field {
            Field::Question => self.question,
            Field::Answer => self.answer,
        }
    }

    /// How many live exchanges it has.
    pub(super) fn live_exchanges(&self) -> u64 {
        let Some(alive) = &self.alive else { return self.starts().count() };
        let mut live = self.starts().clone();
        live.intersect(alive);
        live.count()
    }

    /// The passages that bear one of the keys.
    pub(super) fn keyed(&self, field: tantivy::schema::Field, keys: &[String]) -> Result<Bits, IndexError> {
        let inverted = self.reader.inverted_index(field)?;
        let mut bits = Bits::empty(self.len());
        for key in keys {
            let term = tantivy::Term::from_field_text(field, key);
            if let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? {
                while postings.doc() != TERMINATED {
                    bits.insert(postings.doc());
                    postings.advance();
                }
            }
        }
        Ok(bits)
    }

    /// The exchanges published on a day of `[from, to]`.
    pub(super) fn published_between(&self, from: i64, to: i64) -> Bits {
        let mut bits = Bits::empty(self.len());
        if let Some((first, last)) = &self.contents.published {
            for start in self.starts().iter() {
                let days = first.first(start).zip(last.first(start));
                if days.is_some_and(|(first, last)| first <= to && from <= last) {
                    bits.insert(start);
                }
            }
        }
        bits
    }

    /// Calls `visit` with each live exchange that has a sketch, as the passage that begins it.
    pub(super) fn sketches(&self, visit: &mut dyn FnMut(u32, Sketch)) {
        let Some(column) = &self.contents.sketches else { return };
        for start in self.starts().iter().filter(|start| self.is_alive(*start)) {
            let numbers: Vec<u64> = column.values_for_doc(start).collect();
            if let Ok(numbers) = <[u64; SKETCH_LEN]>::try_from(numbers) {
                visit(start, Sketch::from_numbers(numbers));
            }
        }
    }

    /// How many live exchanges were analysed in the language of this tag.
    pub(super) fn exchanges_in(&self, tag: &str) -> Result<u64, IndexError> {
        let mut exchanges = self.keyed(self.fields().analysis, &[tag.to_owned()])?;
        if let Some(alive) = &self.alive {
            exchanges.intersect(alive);
        }
        Ok(exchanges.count())
    }
}

/// Lengths are summed as they are scored, quantised, and over live passages only: so the statistics do not
/// depend on how the index came to be.
fn volume(lengths: &[u8], alive: Option<&Bits>) -> Statistics {
    let mut statistics = Statistics::default();
    for (passage, class) in (0..).zip(lengths) {
        let length = FieldNormReader::id_to_fieldnorm(*class);
        if length > 0 && alive.is_none_or(|alive| alive.contains(passage)) {
            statistics.passages += 1;
            statistics.tokens += u64::from(length);
        }
    }
    statistics
}

/// The greatest length in terms that has this length class; a place of a word is below it.
fn longest_of(class: u8) -> usize {
    let behind = class.checked_add(1).map_or(u32::MAX, FieldNormReader::id_to_fieldnorm);
    behind.saturating_sub(1) as usize
}

fn count_live(mut postings: BlockSegmentPostings, alive: &Bits) -> u32 {
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

/// A term of a segment.
#[derive(Clone, Debug)]
pub struct Term {
    field: Field,
    info: TermInfo,
}

/// The passages with a term, a block at a time, ascending.
pub struct Postings {
    cursor: BlockSegmentPostings,
}

impl fmt::Debug for Postings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postings").finish_non_exhaustive()
    }
}

impl Postings {
    /// The passages of the present block; empty behind the last.
    #[must_use]
    pub fn passages(&self) -> &[u32] {
        self.cursor.docs()
    }

    /// How often each passage of the present block has the term.
    #[must_use]
    pub fn frequencies(&self) -> &[u32] {
        self.cursor.freqs()
    }

    /// Goes to the next block.
    pub fn advance(&mut self) {
        self.cursor.advance();
    }

    /// Calls `visit` with each passage from here on and the term's frequency there.
    fn visit(&mut self, mut visit: impl FnMut(u32, u32)) {
        while !self.passages().is_empty() {
            self.passages().iter().zip(self.frequencies()).for_each(|(at, frequency)| visit(*at, *frequency));
            self.advance();
        }
    }
}
