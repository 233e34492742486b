//! How a segment in memory is made.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::Field as Handle;

use crate::index::AnalyzedExchange;
use crate::index::Bits;
use crate::index::analysis::Described;
use crate::index::contents::PADDING;
use crate::index::fresh::Facts;
use crate::index::fresh::Fresh;
use crate::index::fresh::number;
use crate::index::fresh::text::Draft;
use crate::index::schema::Fields;
use crate::index::tokens::Tokens;

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
    /// Adds an exchange of a document.
    pub(in crate::index) fn add(&mut self, document_id: &str, exchange: &AnalyzedExchange, fields: &Fields) {
        for (window, passage) in (0..).zip(&exchange.passages) {
            let place = self.fresh.len();
            self.number_document(document_id, place);
            self.keys.entry(fields.document_id).or_default().add(document_id, place, 0);
            let mut facts = Facts { exchange: exchange.index, window, ..Facts::default() };
            if let Some(Described { keys, published, sketch }) = &passage.described {
                for (field, key) in keys {
                    self.keys.entry(*field).or_default().add(key, place, 0);
                }
                facts.published = *published;
                self.fresh.sketches.extend(sketch.map(|sketch| (place, sketch)));
            }
            let lengths = [
                add_text(&mut self.question, place, &passage.question),
                add_text(&mut self.answer, place, &passage.answer),
            ];
            let fresh = &mut self.fresh;
            fresh.vectors.extend_from_slice(&passage.vectors);
            fresh.vector_ends.push(fresh.vectors.len());
            fresh.facts.push(facts);
            fresh.lengths.iter_mut().zip(lengths).for_each(|(all, length)| all.push(length));
        }
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

    /// How many passages were added, those of deleted documents too.
    pub(in crate::index) fn len(&self) -> u32 {
        self.fresh.len()
    }

    /// The ids of the documents that were added and not deleted, and the segment, as [`Builder::seal`] makes it.
    pub(in crate::index) fn seal_with_ids(self) -> (Vec<String>, Fresh, Option<Bits>) {
        let ids = self.documents.keys().cloned().collect();
        let (fresh, alive) = self.seal();
        (ids, fresh, alive)
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
fn add_text(draft: &mut Draft, passage: u32, tokens: &Tokens) -> u8 {
    for (term, position) in tokens.iter() {
        draft.add(term, passage, position);
    }
    FieldNormReader::fieldnorm_to_id(number(tokens.len()))
}
