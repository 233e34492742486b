//! What of a segment never changes, read once and shared by all snapshots that hold it.

use std::sync::Arc;

use tantivy::InvertedIndexReader;
use tantivy::SegmentReader;
use tantivy::columnar::Column;
use tantivy::columnar::ColumnValues;
use tantivy::postings::TermInfo;

use crate::local::index::BitSet;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::TermKey;
use crate::local::index::schema;
use crate::local::index::schema::Fields;
use crate::local::index::term_bloom::TermBloom;
use crate::local::index::vector_file::VectorFile;

/// The parts of a segment that a search reads at random, in memory: per passage some ten bytes beside the
/// document ids, per term one.
pub(super) struct SegmentData {
    pub fields: Fields,
    pub question: Text,
    pub answer: Text,
    pub exchange: Arc<dyn ColumnValues<u64>>,
    pub window: Arc<dyn ColumnValues<u64>>,
    /// The rank of each passage's document id in `ids`.
    pub document: Option<Column<u64>>,
    pub ids: Ids,
    pub published: Option<(Column<i64>, Column<i64>)>,
    /// The numbers of each exchange's minhash.
    pub minhashes: Option<Column<u64>>,
    /// Passages that begin an exchange.
    pub starts: BitSet,
    /// Mapped, not held in memory.
    pub vectors: VectorFile,
}

/// The longest block of lengths that is read at once.
pub(super) const PADDING: usize = 4096;

/// A field of text.
pub(super) struct Text {
    pub inverted: Arc<InvertedIndexReader>,
    /// The quantised length of each passage, and [`PADDING`] zeros, so that a block can be taken anywhere.
    pub lengths: Vec<u8>,
    lexicon: TermBloom,
}

impl SegmentData {
    pub(super) fn read(reader: &SegmentReader, fields: Fields) -> Result<Self, IndexError> {
        let columns = reader.fast_fields();
        let window = columns.column_first_or_default(schema::WINDOW)?;
        let mut starts = BitSet::empty(reader.max_doc());
        for passage in (0..reader.max_doc()).filter(|passage| window.get_val(*passage) == 0) {
            starts.insert(passage);
        }
        let document = columns.str(schema::DOCUMENT_ID)?;
        let mut ids = Ids::default();
        if let Some(document) = &document {
            let ranks: Vec<u64> = (0..document.num_terms() as u64).collect();
            document.dictionary().sorted_ords_to_term_cb(&ranks, |id| ids.push(id))?;
        }
        let first = columns.column_opt::<i64>(schema::PUBLISHED_FIRST)?;
        let last = columns.column_opt::<i64>(schema::PUBLISHED_LAST)?;
        Ok(Self {
            fields,
            question: Text::read(reader, fields.question)?,
            answer: Text::read(reader, fields.answer)?,
            exchange: columns.column_first_or_default(schema::EXCHANGE)?,
            window,
            document: document.map(|document| document.ords().clone()),
            ids,
            published: first.zip(last),
            minhashes: columns.column_opt(schema::MINHASH)?,
            starts,
            vectors: VectorFile::open(reader)?,
        })
    }

    pub(super) const fn text(&self, field: Field) -> &Text {
        match field {
            Field::Question => &self.question,
            Field::Answer => &self.answer,
        }
    }

    pub(super) const fn handle(&self, field: Field) -> tantivy::schema::Field {
        match field {
            Field::Question => self.fields.question,
            Field::Answer => self.fields.answer,
        }
    }
}

impl Text {
    /// What the dictionary tells of a term; `None` where it has none.
    pub(super) fn info(
        &self,
        key: TermKey<'_>,
        handle: tantivy::schema::Field,
    ) -> Result<Option<TermInfo>, IndexError> {
        if !self.lexicon.may_have(key) {
            return Ok(None);
        }
        Ok(self.inverted.get_term_info(&tantivy::Term::from_field_text(handle, key.text))?)
    }

    fn read(reader: &SegmentReader, field: tantivy::schema::Field) -> Result<Self, IndexError> {
        let norms = reader.get_fieldnorms_reader(field)?;
        let inverted = reader.inverted_index(field)?;
        let mut lexicon = TermBloom::with_capacity(inverted.terms().num_terms());
        let mut terms = inverted.terms().stream()?;
        while terms.advance() {
            lexicon.insert(terms.key());
        }
        let mut lengths: Vec<u8> = (0..reader.max_doc()).map(|passage| norms.fieldnorm_id(passage)).collect();
        lengths.resize(lengths.len() + PADDING, 0);
        Ok(Self { inverted, lengths, lexicon })
    }
}

/// Document ids in ascending order, end to end.
#[derive(Default)]
pub(super) struct Ids {
    text: String,
    ends: Vec<usize>,
}

impl Ids {
    pub(super) fn push(&mut self, id: &[u8]) {
        self.text.push_str(&String::from_utf8_lossy(id));
        self.ends.push(self.text.len());
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// The id of a rank; empty where there is none.
    pub(super) fn get(&self, rank: usize) -> &str {
        let start = rank.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let range = start.zip(self.ends.get(rank).copied());
        range.and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }

    /// How many ids are below `id`, and whether `id` is among them.
    pub(super) fn rank_of(&self, id: &str) -> (usize, bool) {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle) < id { low = middle + 1 } else { high = middle }
        }
        (low, low < self.ends.len() && self.get(low) == id)
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn ids_and_their_ranks() {
        let mut ids = Ids::default();
        for id in ["a", "bb", "d"] {
            ids.push(id.as_bytes());
        }
        assert_eq!([0, 1, 2, 3].map(|rank| ids.get(rank)), ["a", "bb", "d", ""]);
        let ranks = ["", "a", "b", "bb", "c", "d", "e"].map(|id| ids.rank_of(id));
        assert_eq!(ranks, [(0, false), (0, true), (1, false), (1, true), (2, false), (2, true), (3, false)]);
    }
}
