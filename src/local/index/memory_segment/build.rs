//! How a segment in memory is made.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::Field as Handle;

use crate::local::index::AnalyzedExchange;
use crate::local::index::BitSet;
use crate::local::index::analysis::Described;
use crate::local::index::memory_segment::Facts;
use crate::local::index::memory_segment::MemorySegment;
use crate::local::index::memory_segment::number;
use crate::local::index::memory_segment::text::Draft;
use crate::local::index::schema::Fields;
use crate::local::index::segment_data::PADDING;
use crate::local::index::tokens::Tokens;

/// How many segments were made: by all writers, so that no two are called the same, whatever becomes of either.
static MADE: AtomicU64 = AtomicU64::new(0);

/// Makes a segment, passage by passage.
#[derive(Default)]
pub(in crate::local::index) struct Builder {
    /// What is known of the passages so far, but for what follows.
    memory: MemorySegment,
    question: Draft,
    answer: Draft,
    keys: BTreeMap<Handle, Draft>,
    /// The passages of each document, in order of ids.
    documents: BTreeMap<String, Vec<u32>>,
    dead: Vec<u32>,
}

impl Builder {
    /// Adds an exchange of a document.
    pub(in crate::local::index) fn add(
        &mut self,
        document_id: &str,
        exchange: &AnalyzedExchange,
        fields: &Fields,
    ) {
        for (window, passage) in (0..).zip(&exchange.passages) {
            let place = self.memory.len();
            self.number_document(document_id, place);
            self.keys.entry(fields.document_id).or_default().add(document_id, place, 0);
            let mut facts = Facts { exchange: exchange.index, window, ..Facts::default() };
            if let Some(Described { keys, published, minhash }) = &passage.described {
                for (field, key) in keys {
                    self.keys.entry(*field).or_default().add(key, place, 0);
                }
                facts.published = *published;
                self.memory.minhashes.extend(minhash.map(|minhash| (place, minhash)));
            }
            let lengths = [
                add_text(&mut self.question, place, &passage.question),
                add_text(&mut self.answer, place, &passage.answer),
            ];
            let memory = &mut self.memory;
            memory.vectors.extend_from_slice(&passage.vectors);
            memory.vector_ends.push(memory.vectors.len());
            memory.facts.push(facts);
            memory.lengths.iter_mut().zip(lengths).for_each(|(all, length)| all.push(length));
        }
    }

    /// Takes a document out that was added before.
    pub(in crate::local::index) fn delete(&mut self, document_id: &str) {
        self.dead.extend(self.documents.remove(document_id).unwrap_or_default());
    }

    /// Adds all passages of a segment, of which `alive` are not deleted.
    pub(in crate::local::index) fn append(&mut self, other: &MemorySegment, alive: Option<&BitSet>) {
        let base = self.memory.len();
        self.question.append(&other.question, base);
        self.answer.append(&other.answer, base);
        for (field, keys) in &other.keys {
            self.keys.entry(*field).or_default().append(keys, base);
        }
        for (passage, facts) in (base..).zip(&other.facts) {
            if alive.is_none_or(|alive| alive.contains(passage - base)) {
                self.number_document(other.ids.get(facts.document), passage);
            } else {
                self.dead.push(passage);
            }
        }
        let memory = &mut self.memory;
        for (all, lengths) in memory.lengths.iter_mut().zip(&other.lengths) {
            all.extend_from_slice(lengths.get(..other.facts.len()).unwrap_or_default());
        }
        memory.facts.extend_from_slice(&other.facts);
        let before = memory.vectors.len();
        memory.vectors.extend_from_slice(&other.vectors);
        memory.vector_ends.extend(other.vector_ends.iter().map(|end| before + end));
        memory.minhashes.extend(other.minhashes().map(|(passage, minhash)| (base + passage, minhash)));
    }

    fn number_document(&mut self, id: &str, passage: u32) {
        match self.documents.get_mut(id) {
            Some(passages) => passages.push(passage),
            None => drop(self.documents.insert(id.to_owned(), vec![passage])),
        }
    }

    /// How many passages were added, those of deleted documents too.
    pub(in crate::local::index) fn len(&self) -> u32 {
        self.memory.len()
    }

    /// The ids of the documents that were added and not deleted, and the segment, as [`Builder::seal`] makes it.
    pub(in crate::local::index) fn seal_with_ids(self) -> (Vec<String>, MemorySegment, Option<BitSet>) {
        let ids = self.documents.keys().cloned().collect();
        let (memory, alive) = self.seal();
        (ids, memory, alive)
    }

    /// The segment, and which of its passages are not deleted; `None` where all are there.
    pub(in crate::local::index) fn seal(self) -> (MemorySegment, Option<BitSet>) {
        let Self { mut memory, question, answer, keys, documents, dead } = self;
        let len = memory.len();
        memory.made = MADE.fetch_add(1, Ordering::Relaxed);
        memory.starts = BitSet::empty(len);
        for (passage, _) in (0..).zip(&memory.facts).filter(|(_, facts)| facts.window == 0) {
            memory.starts.insert(passage);
        }
        for (rank, (id, passages)) in documents.into_iter().enumerate() {
            memory.ids.push(id.as_bytes());
            for passage in passages {
                if let Some(facts) = memory.facts.get_mut(passage as usize) {
                    facts.document = rank;
                }
            }
        }
        for lengths in &mut memory.lengths {
            lengths.resize(len as usize + PADDING, 0);
        }
        memory.question = question.seal();
        memory.answer = answer.seal();
        memory.keys = keys.into_iter().map(|(field, keys)| (field, keys.seal())).collect();
        let alive = (!dead.is_empty()).then(|| {
            let mut gone = BitSet::empty(len);
            for passage in dead {
                gone.insert(passage);
            }
            let mut alive = BitSet::full(len);
            alive.subtract(&gone);
            alive
        });
        (memory, alive)
    }
}

/// Adds the terms of a passage's text; returns its quantised length.
fn add_text(draft: &mut Draft, passage: u32, tokens: &Tokens) -> u8 {
    for (term, position) in tokens.iter() {
        draft.add(term, passage, position);
    }
    FieldNormReader::fieldnorm_to_id(number(tokens.len()))
}
