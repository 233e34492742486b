//! One segment of the index, as a search reads it.

use std::fmt;
use std::sync::Arc;

use tantivy::DocSet;
use tantivy::SegmentReader;
use tantivy::TERMINATED;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::IndexRecordOption;

use crate::index::Bits;
use crate::index::Field;
use crate::index::IndexError;
use crate::index::Language;
use crate::index::Postings;
use crate::index::Statistics;
use crate::index::Term;
use crate::index::TermKey;
use crate::index::TermVector;
use crate::index::contents::Contents;
use crate::index::contents::Ids;
use crate::index::fresh::Fresh;
use crate::index::narrow;
use crate::index::phrase;
use crate::index::phrase::Sequence;
use crate::index::postings::Listed;
use crate::index::scan;
use crate::index::schema::Fields;
use crate::index::sketch::SKETCH_LEN;
use crate::index::sketch::Sketch;
use crate::index::vector_file::vectors;
use crate::query::Filter;

/// What a segment is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SegmentId(tantivy::index::SegmentId);

/// One segment of a snapshot. Its passages are numbered from 0; the windows of an exchange side by side. Clones share
/// what they hold.
#[derive(Clone)]
pub struct Segment {
    source: Source,
    fields: Fields,
    alive: Option<Arc<Bits>>,
    /// How many passages are alive.
    live: u32,
    question: Statistics,
    answer: Statistics,
    /// How many live exchanges were analysed in each of [`Language::ALL`], and how many passages were alive then.
    languages: (u32, Arc<Vec<u64>>),
}

/// What a segment is read from.
#[derive(Clone)]
enum Source {
    /// Tantivy's files.
    Stored { reader: SegmentReader, contents: Arc<Contents> },
    /// Memory.
    Fresh(Arc<Fresh>),
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
        let known = known.and_then(|known| Some((known, known.stored()?)));
        if let Some((known, _)) = known
            && known.live == reader.num_docs()
        {
            // Passages are only ever deleted, so as many are the same.
            return known.clone().counted();
        }
        let contents = match known {
            Some((_, contents)) => Arc::clone(contents),
            None => Arc::new(Contents::read(reader, fields)?),
        };
        let alive = reader.alive_bitset().map(|alive| {
            let mut bits = Bits::empty(reader.max_doc());
            alive.iter_alive().for_each(|passage| bits.insert(passage));
            bits
        });
        Self::new(Source::Stored { reader: reader.clone(), contents }, fields, alive).counted()
    }

    /// A segment in memory.
    pub(super) fn fresh(fresh: Fresh, alive: Option<Bits>, fields: Fields) -> Result<Self, IndexError> {
        Self::new(Source::Fresh(Arc::new(fresh)), fields, alive).counted()
    }

    fn new(source: Source, fields: Fields, alive: Option<Bits>) -> Self {
        let mut segment = Self {
            source,
            fields,
            alive: None,
            live: 0,
            question: Statistics::default(),
            answer: Statistics::default(),
            languages: (0, Arc::default()),
        };
        segment.question = volume(segment.lengths(Field::Question), alive.as_ref());
        segment.answer = volume(segment.lengths(Field::Answer), alive.as_ref());
        segment.live =
            alive.as_ref().map_or(segment.len(), |alive| u32::try_from(alive.count()).unwrap_or(u32::MAX));
        segment.alive = alive.map(Arc::new);
        segment
    }

    /// With its languages counted, where they are not for as many passages as are alive.
    fn counted(mut self) -> Result<Self, IndexError> {
        if self.languages.0 == self.live && !self.languages.1.is_empty() {
            return Ok(self);
        }
        let mut counts = Vec::with_capacity(Language::ALL.len());
        for language in Language::ALL {
            let mut exchanges = self.keyed(self.fields.analysis, &[language.tag().to_owned()])?;
            if let Some(alive) = &self.alive {
                exchanges.intersect(alive);
            }
            counts.push(exchanges.count());
        }
        self.languages = (self.live, Arc::new(counts));
        Ok(self)
    }

    /// The segment without the documents of these ids; `None` where it has none of them. The languages are counted
    /// anew only by the next commit: those of deleted exchanges do no harm to a query.
    pub(super) fn without(&self, ids: &[String]) -> Result<Option<Self>, IndexError> {
        let ids: Vec<String> = ids.iter().filter(|id| self.rank_of(id).1).cloned().collect();
        if ids.is_empty() {
            return Ok(None);
        }
        let mut gone = self.keyed(self.fields.document_id, &ids)?;
        let mut alive = self.alive.as_deref().cloned().unwrap_or_else(|| Bits::full(self.len()));
        gone.intersect(&alive);
        if gone.is_empty() {
            return Ok(None);
        }
        alive.subtract(&gone);
        let mut next = self.clone();
        next.question = less(self.question, self.lengths(Field::Question), &gone);
        next.answer = less(self.answer, self.lengths(Field::Answer), &gone);
        next.live = u32::try_from(alive.count()).unwrap_or(u32::MAX);
        next.alive = Some(Arc::new(alive));
        Ok(Some(next))
    }

    /// What it is in memory; `None` where it is in files.
    pub(super) fn in_memory(&self) -> Option<(&Fresh, Option<&Bits>)> {
        match &self.source {
            Source::Stored { .. } => None,
            Source::Fresh(fresh) => Some((fresh, self.alive.as_deref())),
        }
    }

    fn stored(&self) -> Option<&Arc<Contents>> {
        match &self.source {
            Source::Stored { contents, .. } => Some(contents),
            Source::Fresh(_) => None,
        }
    }

    /// Tantivy's id of it; `None` where it is in memory.
    pub(super) fn stored_id(&self) -> Option<tantivy::index::SegmentId> {
        match &self.source {
            Source::Stored { reader, .. } => Some(reader.segment_id()),
            Source::Fresh(_) => None,
        }
    }

    /// How many passages are not deleted.
    pub(super) const fn live_passages(&self) -> u32 {
        self.live
    }

    fn lengths(&self, field: Field) -> &[u8] {
        match &self.source {
            Source::Stored { contents, .. } => &contents.text(field).lengths,
            Source::Fresh(fresh) => fresh.lengths(field),
        }
    }

    fn ids(&self) -> &Ids {
        match &self.source {
            Source::Stored { contents, .. } => &contents.ids,
            Source::Fresh(fresh) => &fresh.ids,
        }
    }

    /// What no other segment is called, in this index or any other; `None` where it is in memory.
    #[must_use]
    pub fn id(&self) -> Option<SegmentId> {
        self.stored_id().map(SegmentId)
    }

    /// How many passages it has, deleted ones too.
    #[must_use]
    pub fn len(&self) -> u32 {
        match &self.source {
            Source::Stored { reader, .. } => reader.max_doc(),
            Source::Fresh(fresh) => fresh.len(),
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The passages that begin an exchange.
    #[must_use]
    pub fn starts(&self) -> &Bits {
        match &self.source {
            Source::Stored { contents, .. } => &contents.starts,
            Source::Fresh(fresh) => &fresh.starts,
        }
    }

    /// The passages that are not deleted; `None` where all are there.
    #[must_use]
    pub fn alive(&self) -> Option<&Bits> {
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
            Source::Fresh(fresh) => fresh.exchange(passage),
        }
    }

    /// The window's index of a passage.
    #[must_use]
    pub fn window(&self, passage: u32) -> u32 {
        match &self.source {
            Source::Stored { contents, .. } => {
                u32::try_from(contents.window.get_val(passage)).unwrap_or(u32::MAX)
            }
            Source::Fresh(fresh) => fresh.window(passage),
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
            Source::Fresh(fresh) => fresh.document(passage),
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
            Source::Fresh(fresh) => vectors(fresh.vectors(passage)),
        }
    }

    /// The term of a field, where any passage has it.
    pub fn term<'t>(&self, field: Field, term: impl Into<TermKey<'t>>) -> Result<Option<Term>, IndexError> {
        let key = term.into();
        let term = key.text;
        let contents = match &self.source {
            Source::Stored { contents, .. } => contents,
            Source::Fresh(fresh) => {
                return Ok(fresh.term(field, term).map(|list| Term { field, listed: Listed::Fresh(list) }));
            }
        };
        let text = contents.text(field);
        if !text.lexicon.may_have(key) {
            return Ok(None);
        }
        let handle = contents.handle(field);
        let info = text.inverted.get_term_info(&tantivy::Term::from_field_text(handle, term))?;
        Ok(info.map(|info| Term { field, listed: Listed::Stored(info) }))
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
            (Source::Fresh(fresh), Listed::Fresh(list)) => {
                let passages = fresh.list(term.field, *list).map(|list| list.passages.as_slice());
                let live = passages.unwrap_or_default().iter().filter(|passage| self.is_alive(**passage));
                Ok(u32::try_from(live.count()).unwrap_or(u32::MAX))
            }
            (Source::Stored { .. }, Listed::Fresh(_)) | (Source::Fresh(_), Listed::Stored(_)) => Ok(0),
        }
    }

    /// The passages with a term, and how often each has it.
    pub fn postings(&self, term: &Term) -> Result<Postings, IndexError> {
        Ok(match (&self.source, &term.listed) {
            (Source::Stored { contents, .. }, Listed::Stored(info)) => {
                let inverted = &contents.text(term.field).inverted;
                Postings::stored(
                    inverted.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?,
                )
            }
            (Source::Fresh(fresh), Listed::Fresh(list)) => {
                Postings::fresh(Arc::clone(fresh), term.field, *list)
            }
            (Source::Stored { .. }, Listed::Fresh(_)) | (Source::Fresh(_), Listed::Stored(_)) => {
                Postings::ended()
            }
        })
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
            } else if let Source::Fresh(fresh) = &self.source {
                let sequence: Vec<(u32, usize)> =
                    sequence.iter().filter_map(|(offset, term)| Some((*offset, term.fresh()?))).collect();
                fresh.phrase(field, &sequence, |passage, frequency| {
                    if admits(passage) {
                        visit(number, passage, frequency);
                    }
                });
            } else {
                let known = sequence.iter().filter_map(|(offset, term)| Some((*offset, term.stored()?)));
                phrases.push(known.collect());
                numbers.push(number);
            }
        }
        let Source::Stored { contents, .. } = &self.source else { return Ok(()) };
        let text = contents.text(field);
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
        self.lengths(field).get(base as usize..)?.first_chunk()
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
        narrow::narrow(self, self.fields, filter)
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
        let mut bits = Bits::empty(self.len());
        let reader = match &self.source {
            Source::Stored { reader, .. } => reader,
            Source::Fresh(fresh) => {
                let passages = keys.iter().flat_map(|key| fresh.keyed(field, key));
                passages.for_each(|passage| bits.insert(*passage));
                return Ok(bits);
            }
        };
        let inverted = reader.inverted_index(field)?;
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
        for start in self.starts().iter() {
            let days = match &self.source {
                Source::Stored { contents, .. } => {
                    let columns = contents.published.as_ref();
                    columns.and_then(|(first, last)| first.first(start).zip(last.first(start)))
                }
                Source::Fresh(fresh) => fresh.published(start),
            };
            if days.is_some_and(|(first, last)| first <= to && from <= last) {
                bits.insert(start);
            }
        }
        bits
    }

    /// Calls `visit` with each live exchange that has a sketch, as the passage that begins it.
    pub(super) fn sketches(&self, visit: &mut dyn FnMut(u32, Sketch)) {
        let contents = match &self.source {
            Source::Stored { contents, .. } => contents,
            Source::Fresh(fresh) => {
                let alive = fresh.sketches().filter(|(start, _)| self.is_alive(*start));
                alive.for_each(|(start, sketch)| visit(start, sketch));
                return;
            }
        };
        let Some(column) = &contents.sketches else { return };
        for start in self.starts().iter().filter(|start| self.is_alive(*start)) {
            let numbers: Vec<u64> = column.values_for_doc(start).collect();
            if let Ok(numbers) = <[u64; SKETCH_LEN]>::try_from(numbers) {
                visit(start, Sketch::from_numbers(numbers));
            }
        }
    }

    /// How many live exchanges were analysed in each of [`Language::ALL`].
    pub(super) fn languages(&self) -> &[u64] {
        &self.languages.1
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

/// What is left of a field's text without some passages.
fn less(mut statistics: Statistics, lengths: &[u8], gone: &Bits) -> Statistics {
    for passage in gone.iter() {
        let length =
            lengths.get(passage as usize).map_or(0, |class| FieldNormReader::id_to_fieldnorm(*class));
        if length > 0 {
            statistics.passages = statistics.passages.saturating_sub(1);
            statistics.tokens = statistics.tokens.saturating_sub(length.into());
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
