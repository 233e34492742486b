//! How segments come to be: from files, from memory, and from others by deletions.

use std::sync::Arc;

use tantivy::SegmentReader;
use tantivy::fieldnorm::FieldNormReader;

use crate::analysis::Language;
use crate::local::index::BitSet;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::index::Statistics;
use crate::local::index::memory_segment::MemorySegment;
use crate::local::index::schema::Fields;
use crate::local::index::segment::SegmentId;
use crate::local::index::segment::Source;
use crate::local::index::segment_data::SegmentData;

impl Segment {
    /// Opens a segment, with what `known` has of it already.
    pub(in crate::local::index) fn open(
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
            None => Arc::new(SegmentData::read(reader, fields)?),
        };
        let alive = reader.alive_bitset().map(|alive| {
            let mut bits = BitSet::empty(reader.max_doc());
            alive.iter_alive().for_each(|passage| bits.insert(passage));
            bits
        });
        Self::new(Source::Stored { reader: Box::new(reader.clone()), contents }, fields, alive).counted()
    }

    /// A segment in memory.
    pub(in crate::local::index) fn memory(
        memory: MemorySegment,
        alive: Option<BitSet>,
        fields: Fields,
    ) -> Result<Self, IndexError> {
        Self::new(Source::Memory(Arc::new(memory)), fields, alive).counted()
    }

    fn new(source: Source, fields: Fields, alive: Option<BitSet>) -> Self {
        let id = SegmentId(match &source {
            // Tantivy gives its UUID as hexadecimal digits only.
            Source::Stored { reader, .. } => {
                u128::from_str_radix(&reader.segment_id().uuid_string(), 16).unwrap_or(u128::MAX)
            }
            Source::Memory(memory) => u128::from(memory.made),
        });
        let mut segment = Self {
            id,
            source,
            fields,
            alive: None,
            live: 0,
            exchanges: 0,
            question: Statistics::default(),
            answer: Statistics::default(),
            languages: (0, Arc::default()),
        };
        segment.question = volume(segment.lengths(Field::Question), alive.as_ref());
        segment.answer = volume(segment.lengths(Field::Answer), alive.as_ref());
        segment.keep(alive);
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

    /// The segment without the documents of these ids; `None` where it has none of them.
    pub(in crate::local::index) fn without(&self, ids: &[String]) -> Result<Option<Self>, IndexError> {
        let ids: Vec<String> = ids.iter().filter(|id| self.rank_of(id).1).cloned().collect();
        if ids.is_empty() {
            return Ok(None);
        }
        let mut gone = self.keyed(self.fields.document_id, &ids)?;
        let mut alive = self.alive.as_deref().cloned().unwrap_or_else(|| BitSet::full(self.len()));
        gone.intersect(&alive);
        if gone.is_empty() {
            return Ok(None);
        }
        alive.subtract(&gone);
        let mut next = self.clone();
        next.question = less(self.question, self.lengths(Field::Question), &gone);
        next.answer = less(self.answer, self.lengths(Field::Answer), &gone);
        let died = gone.count();
        gone.intersect(self.starts());
        next.exchanges = self.exchanges.saturating_sub(gone.count());
        let mut languages = self.languages.1.to_vec();
        for (language, count) in Language::ALL.iter().zip(&mut languages).filter(|(_, count)| **count > 0) {
            *count = count.saturating_sub(self.count_keyed(self.fields.analysis, language.tag(), &gone)?);
        }
        next.live = self.live.saturating_sub(u32::try_from(died).unwrap_or(u32::MAX));
        next.languages = (next.live, Arc::new(languages));
        next.alive = Some(Arc::new(alive));
        Ok(Some(next))
    }

    /// Sets which passages are alive, and counts them.
    fn keep(&mut self, alive: Option<BitSet>) {
        let mut starts = self.starts().clone();
        if let Some(alive) = &alive {
            starts.intersect(alive);
        }
        self.exchanges = starts.count();
        self.live =
            alive.as_ref().map_or(self.len(), |alive| u32::try_from(alive.count()).unwrap_or(u32::MAX));
        self.alive = alive.map(Arc::new);
    }
}

/// Lengths are summed as they are scored, quantised, and over live passages only: so the statistics do not
/// depend on how the index came to be.
fn volume(lengths: &[u8], alive: Option<&BitSet>) -> Statistics {
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
fn less(mut statistics: Statistics, lengths: &[u8], gone: &BitSet) -> Statistics {
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
