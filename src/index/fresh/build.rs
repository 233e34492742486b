//! How a segment in memory is made.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use tantivy::TantivyDocument;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::Field as Handle;
use tantivy::schema::Value as _;

use crate::index::Bits;
use crate::index::contents::PADDING;
use crate::index::fresh::Facts;
use crate::index::fresh::Fresh;
use crate::index::fresh::text::Draft;
use crate::index::schema::Fields;
use crate::index::sketch::SKETCH_LEN;
use crate::index::sketch::Sketch;
use crate::index::written::WrittenTerms;

/// How many segments were made: by all writers, so that no two are called the same, whatever becomes of either.
static MADE: AtomicU64 = AtomicU64::new(0);

/// Makes a segment, passage by passage.
#[derive(Default)]
pub(in crate::index) struct Builder {
    /// What is known of the passages so far, but for what follows.
    fresh: Fresh,
    question: Draft,
    answer: Draft,
    keys: BTreeMap<Handle, Draft>,
    /// The passages of each document, in order of ids.
    documents: BTreeMap<String, Vec<u32>>,
    dead: Vec<u32>,
}

impl Builder {
    /// Adds a passage as tantivy is given it.
    pub(in crate::index) fn add(&mut self, passage: &TantivyDocument, fields: &Fields) {
        let place = self.fresh.len();
        let mut facts = Facts::default();
        let (mut first, mut last) = (None, None);
        let mut sketch = Vec::new();
        let mut lengths = [0; 2];
        for (field, value) in passage.field_values() {
            if field == fields.exchange {
                facts.exchange =
                    value.as_u64().and_then(|value| u32::try_from(value).ok()).unwrap_or(u32::MAX);
            } else if field == fields.window {
                facts.window = value.as_u64().and_then(|value| u32::try_from(value).ok()).unwrap_or(u32::MAX);
            } else if field == fields.published_first {
                first = value.as_i64();
            } else if field == fields.published_last {
                last = value.as_i64();
            } else if field == fields.sketch {
                sketch.extend(value.as_u64());
            } else if field == fields.vectors {
                self.fresh.vectors.extend_from_slice(value.as_custom().unwrap_or_default());
            } else if let Some(text) = value.as_str() {
                if field == fields.question {
                    lengths[0] = add_text(&mut self.question, place, text);
                } else if field == fields.answer {
                    lengths[1] = add_text(&mut self.answer, place, text);
                } else {
                    if field == fields.document_id {
                        self.number_document(text, place);
                    }
                    self.keys.entry(field).or_default().add(text, place, 0);
                }
            }
        }
        let fresh = &mut self.fresh;
        fresh.vector_ends.push(fresh.vectors.len());
        facts.published = first.zip(last);
        if let Ok(numbers) = <[u64; SKETCH_LEN]>::try_from(sketch) {
            fresh.sketches.push((place, Sketch::from_numbers(numbers)));
        }
        fresh.facts.push(facts);
        fresh.lengths.iter_mut().zip(lengths).for_each(|(all, length)| all.push(length));
    }

    /// Takes a document out that was added before.
    pub(in crate::index) fn delete(&mut self, document_id: &str) {
        self.dead.extend(self.documents.remove(document_id).unwrap_or_default());
    }

    /// Adds all passages of a segment, of which `alive` are not deleted.
    pub(in crate::index) fn append(&mut self, other: &Fresh, alive: Option<&Bits>) {
        let base = self.fresh.len();
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
        let fresh = &mut self.fresh;
        for (all, lengths) in fresh.lengths.iter_mut().zip(&other.lengths) {
            all.extend_from_slice(lengths.get(..other.facts.len()).unwrap_or_default());
        }
        fresh.facts.extend_from_slice(&other.facts);
        let before = fresh.vectors.len();
        fresh.vectors.extend_from_slice(&other.vectors);
        fresh.vector_ends.extend(other.vector_ends.iter().map(|end| before + end));
        fresh.sketches.extend(other.sketches().map(|(passage, sketch)| (base + passage, sketch)));
    }

    fn number_document(&mut self, id: &str, passage: u32) {
        match self.documents.get_mut(id) {
            Some(passages) => passages.push(passage),
            None => drop(self.documents.insert(id.to_owned(), vec![passage])),
        }
    }

    pub(in crate::index) const fn is_empty(&self) -> bool {
        self.fresh.facts.is_empty()
    }

    /// The segment, and which of its passages are not deleted; `None` where all are there.
    pub(in crate::index) fn seal(self) -> (Fresh, Option<Bits>) {
        let Self { mut fresh, question, answer, keys, documents, dead } = self;
        let len = fresh.len();
        fresh.made = MADE.fetch_add(1, Ordering::Relaxed);
        fresh.starts = Bits::empty(len);
        for (passage, _) in (0..).zip(&fresh.facts).filter(|(_, facts)| facts.window == 0) {
            fresh.starts.insert(passage);
        }
        for (rank, (id, passages)) in documents.into_iter().enumerate() {
            fresh.ids.push(id.as_bytes());
            for passage in passages {
                if let Some(facts) = fresh.facts.get_mut(passage as usize) {
                    facts.document = rank;
                }
            }
        }
        for lengths in &mut fresh.lengths {
            lengths.resize(len as usize + PADDING, 0);
        }
        fresh.question = question.seal();
        fresh.answer = answer.seal();
        fresh.keys = keys.into_iter().map(|(field, keys)| (field, keys.seal())).collect();
        let alive = (!dead.is_empty()).then(|| {
            let mut gone = Bits::empty(len);
            for passage in dead {
                gone.insert(passage);
            }
            let mut alive = Bits::full(len);
            alive.subtract(&gone);
            alive
        });
        (fresh, alive)
    }
}

/// Adds the terms of a passage's text; returns its quantised length.
fn add_text(draft: &mut Draft, passage: u32, text: &str) -> u8 {
    let mut terms = WrittenTerms::of(text);
    let mut length = 0;
    while let Some((term, position)) = terms.next_term() {
        draft.add(term, passage, position);
        length += 1;
    }
    FieldNormReader::fieldnorm_to_id(length)
}
