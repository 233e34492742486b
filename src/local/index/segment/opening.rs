//! Segments opened from files, made from memory, and made from others by deletions.

use std::sync::Arc;

use tantivy::SegmentReader;
use tantivy::fieldnorm::FieldNormReader;

use crate::analysis::Language;
use crate::local::index::bit_set::BitSet;
use crate::local::index::disk_segment::DiskSegment;
use crate::local::index::error::IndexError;
use crate::local::index::field::Field;
use crate::local::index::keys;
use crate::local::index::memory_segment::MemorySegment;
use crate::local::index::schema::Fields;
use crate::local::index::segment::live::Segment;
use crate::local::index::segment_data::SegmentData;
use crate::local::index::statistics::Statistics;

impl Segment {
    /// Opens a segment in files, with the data of `known`, which is the same segment before.
    pub(in crate::local::index) fn open(
        reader: &SegmentReader,
        fields: Fields,
        known: Option<&Self>,
    ) -> Result<Self, IndexError> {
        if let Some(known) = known
            && known.live == reader.num_docs()
        {
            // Passages are only ever deleted, so these are the same.
            return known.clone().counted();
        }
        let data: Arc<dyn SegmentData> = match known {
            Some(known) => Arc::clone(&known.data),
            None => Arc::new(DiskSegment::open(reader, fields)?),
        };
        let alive = reader.alive_bitset().map(|alive| {
            let mut bits = BitSet::empty(reader.max_doc());
            alive.iter_alive().for_each(|passage| bits.insert(passage));
            bits
        });
        Self::new(data, None, fields, alive).counted()
    }

    /// A segment in memory.
    pub(in crate::local::index) fn memory(
        memory: MemorySegment,
        alive: Option<BitSet>,
        fields: Fields,
    ) -> Result<Self, IndexError> {
        let memory = Arc::new(memory);
        let data: Arc<dyn SegmentData> = Arc::clone(&memory) as Arc<dyn SegmentData>;
        Self::new(data, Some(memory), fields, alive).counted()
    }

    fn new(
        data: Arc<dyn SegmentData>,
        memory: Option<Arc<MemorySegment>>,
        fields: Fields,
        alive: Option<BitSet>,
    ) -> Self {
        let mut starts = data.starts().clone();
        if let Some(alive) = &alive {
            starts.intersect(alive);
        }
        let live =
            alive.as_ref().map_or(data.len(), |alive| u32::try_from(alive.count()).unwrap_or(u32::MAX));
        Self {
            question: volume(data.lengths(Field::Question), alive.as_ref()),
            answer: volume(data.lengths(Field::Answer), alive.as_ref()),
            exchanges: starts.count(),
            live,
            alive: alive.map(Arc::new),
            languages: (0, Arc::default()),
            in_question_form: 0,
            data,
            memory,
            fields,
        }
    }

    /// With its languages and the forms of its questions counted, where they were not for as many
    /// live passages.
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
        let mut exchanges = self.keyed(self.fields.form, &[keys::QUESTION_FORM.to_owned()])?;
        if let Some(alive) = &self.alive {
            exchanges.intersect(alive);
        }
        self.in_question_form = exchanges.count();
        Ok(self)
    }

    /// The segment without the documents of these ids; `None` where it has none of them.
    pub(in crate::local::index) fn without(&self, ids: &[String]) -> Result<Option<Self>, IndexError> {
        let ids: Vec<String> = ids.iter().filter(|id| self.rank_of(id).1).cloned().collect();
        if ids.is_empty() {
            return Ok(None);
        }
        let mut deleted = self.keyed(self.fields.document_id, &ids)?;
        let mut alive = self.alive.as_deref().cloned().unwrap_or_else(|| BitSet::full(self.len()));
        deleted.intersect(&alive);
        if deleted.is_empty() {
            return Ok(None);
        }
        alive.subtract(&deleted);
        let mut next = self.clone();
        next.question = less(self.question, self.data.lengths(Field::Question), &deleted);
        next.answer = less(self.answer, self.data.lengths(Field::Answer), &deleted);
        let passages = u32::try_from(deleted.count()).unwrap_or(u32::MAX);
        next.live = self.live.saturating_sub(passages);
        deleted.intersect(self.starts());
        next.exchanges = self.exchanges.saturating_sub(deleted.count());
        let mut languages = self.languages.1.to_vec();
        for (language, count) in Language::ALL.iter().zip(&mut languages).filter(|(_, count)| **count > 0) {
            let lost = self.data.count_keyed(self.fields.analysis, language.tag(), &deleted)?;
            *count = count.saturating_sub(lost);
        }
        let lost = self.data.count_keyed(self.fields.form, keys::QUESTION_FORM, &deleted)?;
        next.in_question_form = self.in_question_form.saturating_sub(lost);
        next.languages = (next.live, Arc::new(languages));
        next.alive = Some(Arc::new(alive));
        Ok(Some(next))
    }
}

/// The volume of a field in live passages. Lengths are summed as they are scored, quantised, so
/// that statistics do not depend on the history of the index.
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

/// The volume of a field without the deleted passages.
fn less(mut statistics: Statistics, lengths: &[u8], deleted: &BitSet) -> Statistics {
    for passage in deleted.iter() {
        let length =
            lengths.get(passage as usize).map_or(0, |class| FieldNormReader::id_to_fieldnorm(*class));
        if length > 0 {
            statistics.passages = statistics.passages.saturating_sub(1);
            statistics.tokens = statistics.tokens.saturating_sub(length.into());
        }
    }
    statistics
}
