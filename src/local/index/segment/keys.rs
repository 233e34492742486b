//! What passages of a segment are known by, beside their words.

use tantivy::DocSet;
use tantivy::TERMINATED;
use tantivy::schema::IndexRecordOption;

use crate::local::index::BitSet;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::index::minhash::MINHASH_LEN;
use crate::local::index::minhash::MinHash;
use crate::local::index::segment::Source;

impl Segment {
    /// The passages that bear one of the keys.
    pub(in crate::local::index) fn keyed(
        &self,
        field: tantivy::schema::Field,
        keys: &[String],
    ) -> Result<BitSet, IndexError> {
        let mut bits = BitSet::empty(self.len());
        let reader = match &self.source {
            Source::Stored { reader, .. } => reader,
            Source::Memory(memory) => {
                let passages = keys.iter().flat_map(|key| memory.keyed(field, key));
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

    /// How many of these passages have the key.
    pub(in crate::local::index) fn count_keyed(
        &self,
        field: tantivy::schema::Field,
        key: &str,
        among: &BitSet,
    ) -> Result<u64, IndexError> {
        let reader = match &self.source {
            Source::Stored { reader, .. } => reader,
            Source::Memory(memory) => {
                let passages = memory.keyed(field, key).iter();
                return Ok(passages.filter(|passage| among.contains(**passage)).count() as u64);
            }
        };
        let term = tantivy::Term::from_field_text(field, key);
        let postings = reader.inverted_index(field)?.read_postings(&term, IndexRecordOption::Basic)?;
        let Some(mut postings) = postings else { return Ok(0) };
        let mut count = 0;
        for passage in among.iter() {
            if postings.doc() < passage {
                postings.seek(passage);
            }
            count += u64::from(postings.doc() == passage);
        }
        Ok(count)
    }

    /// The exchanges published on a day of `[from, to]`.
    pub(in crate::local::index) fn published_between(&self, from: i64, to: i64) -> BitSet {
        let mut bits = BitSet::empty(self.len());
        for start in self.starts().iter() {
            let days = match &self.source {
                Source::Stored { contents, .. } => {
                    let columns = contents.published.as_ref();
                    columns.and_then(|(first, last)| first.first(start).zip(last.first(start)))
                }
                Source::Memory(memory) => memory.published(start),
            };
            if days.is_some_and(|(first, last)| first <= to && from <= last) {
                bits.insert(start);
            }
        }
        bits
    }

    /// Calls `visit` with each live exchange that has a minhash, as the passage that begins it.
    pub(in crate::local::index) fn minhashes(&self, visit: &mut dyn FnMut(u32, MinHash)) {
        let contents = match &self.source {
            Source::Stored { contents, .. } => contents,
            Source::Memory(memory) => {
                let alive = memory.minhashes().filter(|(start, _)| self.is_alive(*start));
                alive.for_each(|(start, minhash)| visit(start, minhash));
                return;
            }
        };
        let Some(column) = &contents.minhashes else { return };
        for start in self.starts().iter().filter(|start| self.is_alive(*start)) {
            let numbers: Vec<u64> = column.values_for_doc(start).collect();
            if let Ok(numbers) = <[u64; MINHASH_LEN]>::try_from(numbers) {
                visit(start, MinHash::from_numbers(numbers));
            }
        }
    }

    /// How many live exchanges were analysed in each of [`crate::analysis::Language::ALL`].
    pub(in crate::local::index) fn languages(&self) -> &[u64] {
        &self.languages.1
    }
}
