//! What passages of a segment are known by, beside their words.

use tantivy::DocSet;
use tantivy::TERMINATED;
use tantivy::schema::IndexRecordOption;

use crate::index::Bits;
use crate::index::IndexError;
use crate::index::Segment;
use crate::index::segment::Source;
use crate::index::sketch::SKETCH_LEN;
use crate::index::sketch::Sketch;

impl Segment {
    /// The passages that bear one of the keys.
    pub(in crate::index) fn keyed(
        &self,
        field: tantivy::schema::Field,
        keys: &[String],
    ) -> Result<Bits, IndexError> {
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
    pub(in crate::index) fn published_between(&self, from: i64, to: i64) -> Bits {
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
    pub(in crate::index) fn sketches(&self, visit: &mut dyn FnMut(u32, Sketch)) {
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
    pub(in crate::index) fn languages(&self) -> &[u64] {
        &self.languages.1
    }
}
