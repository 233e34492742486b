//! Segments in memory: the passages of the latest writes, until tantivy has committed them.
//!
//! A commit of tantivy takes some milliseconds, however few passages it is for: it makes its tables and dictionaries
//! anew. So a small group of writes is shown to searches by a segment of its own in memory, which the same passages
//! make that tantivy is given, and tantivy commits once for many groups.

use std::collections::BTreeMap;
use std::collections::HashMap;

use tantivy::TantivyDocument;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::Field as Handle;
use tantivy::schema::Value as _;
use tantivy::tokenizer::TextAnalyzer;

use crate::index::Bits;
use crate::index::Field;
use crate::index::contents::Ids;
use crate::index::contents::PADDING;
use crate::index::schema::Fields;
use crate::index::sketch::SKETCH_LEN;
use crate::index::sketch::Sketch;

/// A segment in memory.
#[derive(Default)]
pub(super) struct Fresh {
    pub starts: Bits,
    pub ids: Ids,
    question: Text,
    answer: Text,
    /// Passages by field and key.
    keys: HashMap<(Handle, String), Vec<u32>>,
    facts: Vec<Facts>,
    sketches: Vec<(u32, Sketch)>,
    /// The term vectors of each passage.
    vectors: Vec<Box<[u8]>>,
}

/// What is known of one passage.
#[derive(Clone, Copy, Debug, Default)]
struct Facts {
    document: usize,
    exchange: u32,
    window: u32,
    published: Option<(i64, i64)>,
}

/// A field of text.
#[derive(Default)]
struct Text {
    terms: HashMap<String, usize>,
    lists: Vec<List>,
    lengths: Vec<u8>,
}

/// Where a term stands: passages ascending, how often in each, and all places one behind the other.
#[derive(Clone, Debug, Default)]
pub(super) struct List {
    pub passages: Vec<u32>,
    pub frequencies: Vec<u32>,
    /// Where the places of each passage start.
    starts: Vec<u32>,
    places: Vec<u32>,
}

impl Fresh {
    pub(super) fn len(&self) -> u32 {
        number(self.facts.len())
    }

    pub(super) fn exchange(&self, passage: u32) -> u32 {
        self.facts.get(passage as usize).map_or(u32::MAX, |facts| facts.exchange)
    }

    pub(super) fn window(&self, passage: u32) -> u32 {
        self.facts.get(passage as usize).map_or(u32::MAX, |facts| facts.window)
    }

    pub(super) fn document(&self, passage: u32) -> usize {
        self.facts.get(passage as usize).map_or(usize::MAX, |facts| facts.document)
    }

    pub(super) fn published(&self, passage: u32) -> Option<(i64, i64)> {
        self.facts.get(passage as usize)?.published
    }

    pub(super) fn lengths(&self, field: Field) -> &[u8] {
        &self.text(field).lengths
    }

    /// The bytes of a passage's term vectors.
    pub(super) fn vectors(&self, passage: u32) -> &[u8] {
        self.vectors.get(passage as usize).map(AsRef::as_ref).unwrap_or_default()
    }

    /// The number of a term's list.
    pub(super) fn term(&self, field: Field, term: &str) -> Option<usize> {
        self.text(field).terms.get(term).copied()
    }

    pub(super) fn list(&self, field: Field, number: usize) -> Option<&List> {
        self.text(field).lists.get(number)
    }

    /// The passages that bear a key.
    pub(super) fn keyed(&self, field: Handle, key: &str) -> &[u32] {
        self.keys.get(&(field, key.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn sketches(&self) -> impl Iterator<Item = (u32, Sketch)> {
        self.sketches.iter().copied()
    }

    /// Calls `visit` with each passage where the terms of a sequence stand side by side, each at its distance from the
    /// first, and how often.
    pub(super) fn phrase(&self, field: Field, sequence: &[(u32, usize)], mut visit: impl FnMut(u32, u32)) {
        let lists: Vec<(u32, &List)> = sequence
            .iter()
            .filter_map(|(offset, number)| Some((*offset, self.list(field, *number)?)))
            .collect();
        let Some((_, rarest)) = lists.iter().min_by_key(|(_, list)| list.passages.len()) else { return };
        for passage in &rarest.passages {
            let mut begins: Option<Vec<u32>> = None;
            for (offset, list) in &lists {
                let places = list.places_in(*passage);
                match &mut begins {
                    Some(begins) => begins.retain(|begin| places.binary_search(&(begin + offset)).is_ok()),
                    None => {
                        begins = Some(places.iter().filter_map(|place| place.checked_sub(*offset)).collect());
                    }
                }
            }
            let frequency = begins.map_or(0, |begins| begins.len());
            if frequency > 0 {
                visit(*passage, number(frequency));
            }
        }
    }

    const fn text(&self, field: Field) -> &Text {
        match field {
            Field::Question => &self.question,
            Field::Answer => &self.answer,
        }
    }
}

impl List {
    /// Where the term stands in a passage, ascending.
    fn places_in(&self, passage: u32) -> &[u32] {
        let Ok(at) = self.passages.binary_search(&passage) else { return &[] };
        let start = self.starts.get(at).map_or(usize::MAX, |start| *start as usize);
        let end = self.starts.get(at + 1).map_or(self.places.len(), |start| *start as usize);
        self.places.get(start..end).unwrap_or_default()
    }
}

/// Makes a segment, passage by passage.
#[derive(Default)]
pub(super) struct Builder {
    fresh: Fresh,
    starts: Vec<u32>,
    /// The passages of each document, in order of ids.
    documents: BTreeMap<String, Vec<u32>>,
    dead: Vec<u32>,
}

impl Builder {
    /// Adds a passage as tantivy is given it.
    pub(super) fn add(&mut self, passage: &TantivyDocument, fields: &Fields, tokenizer: &mut TextAnalyzer) {
        let place = self.fresh.len();
        let mut facts = Facts::default();
        let (mut first, mut last) = (None, None);
        let mut sketch = Vec::new();
        let Fresh { question, answer, keys, vectors, .. } = &mut self.fresh;
        let mut of_terms: &[u8] = &[];
        question.lengths.push(0);
        answer.lengths.push(0);
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
                of_terms = value.as_custom().unwrap_or_default();
            } else if let Some(text) = value.as_str() {
                if field == fields.question {
                    question.add(place, text, tokenizer);
                } else if field == fields.answer {
                    answer.add(place, text, tokenizer);
                } else {
                    if field == fields.document_id {
                        self.documents.entry(text.to_owned()).or_default().push(place);
                    }
                    keys.entry((field, text.to_owned())).or_default().push(place);
                }
            }
        }
        vectors.push(of_terms.into());
        facts.published = first.zip(last);
        if facts.window == 0 {
            self.starts.push(place);
        }
        if let Ok(numbers) = <[u64; SKETCH_LEN]>::try_from(sketch) {
            self.fresh.sketches.push((place, Sketch::from_numbers(numbers)));
        }
        self.fresh.facts.push(facts);
    }

    /// Takes a document out that was added before.
    pub(super) fn delete(&mut self, document_id: &str) {
        self.dead.extend(self.documents.remove(document_id).unwrap_or_default());
    }

    /// Adds all passages of a segment, of which `alive` are not deleted.
    pub(super) fn append(&mut self, other: &Fresh, alive: Option<&Bits>) {
        let base = self.fresh.len();
        let moved = |passages: &[u32]| passages.iter().map(|passage| base + passage).collect::<Vec<_>>();
        let live = |passage: u32| alive.is_none_or(|alive| alive.contains(passage));
        self.fresh.question.append(&other.question, base);
        self.fresh.answer.append(&other.answer, base);
        // Each key has a list of its own, so their order leaves no trace.
        #[expect(clippy::iter_over_hash_type, reason = "a map is filled from a map")]
        for (key, passages) in &other.keys {
            self.fresh.keys.entry(key.clone()).or_default().extend(moved(passages));
        }
        for (passage, facts) in (0..).zip(&other.facts) {
            if live(passage) {
                let id = other.ids.get(facts.document).to_owned();
                self.documents.entry(id).or_default().push(base + passage);
            } else {
                self.dead.push(base + passage);
            }
            self.fresh.facts.push(*facts);
        }
        self.starts.extend(other.starts.iter().map(|start| base + start));
        self.fresh.vectors.extend(other.vectors.iter().cloned());
        self.fresh.sketches.extend(other.sketches().map(|(passage, sketch)| (base + passage, sketch)));
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.fresh.facts.is_empty()
    }

    /// The segment, and which of its passages are not deleted; `None` where none is.
    pub(super) fn seal(self) -> (Fresh, Option<Bits>) {
        let Self { mut fresh, starts, documents, dead } = self;
        let len = fresh.len();
        fresh.starts = Bits::empty(len);
        for start in starts {
            fresh.starts.insert(start);
        }
        for (rank, (id, passages)) in documents.into_iter().enumerate() {
            fresh.ids.push(id.as_bytes());
            for passage in passages {
                if let Some(facts) = fresh.facts.get_mut(passage as usize) {
                    facts.document = rank;
                }
            }
        }
        for text in [&mut fresh.question, &mut fresh.answer] {
            text.lengths.resize(len as usize + PADDING, 0);
        }
        let alive = (!dead.is_empty()).then(|| {
            let mut alive = Bits::full(len);
            let mut gone = Bits::empty(len);
            for passage in dead {
                gone.insert(passage);
            }
            alive.subtract(&gone);
            alive
        });
        (fresh, alive)
    }
}

impl Text {
    fn add(&mut self, passage: u32, text: &str, tokenizer: &mut TextAnalyzer) {
        let mut length = 0;
        let mut tokens = tokenizer.token_stream(text);
        while tokens.advance() {
            let token = tokens.token();
            length += 1;
            let Some(list) = self.list_of(&token.text) else { continue };
            if let Some(frequency) =
                list.frequencies.last_mut().filter(|_| list.passages.last() == Some(&passage))
            {
                *frequency += 1;
            } else {
                list.passages.push(passage);
                list.frequencies.push(1);
                list.starts.push(number(list.places.len()));
            }
            list.places.push(number(token.position));
        }
        if let Some(class) = self.lengths.get_mut(passage as usize) {
            *class = FieldNormReader::fieldnorm_to_id(length);
        }
    }

    /// The list of a term, which is made where there is none.
    fn list_of(&mut self, term: &str) -> Option<&mut List> {
        let known = self.terms.get(term).copied();
        let list = known.unwrap_or_else(|| {
            self.lists.push(List::default());
            self.terms.insert(term.to_owned(), self.lists.len() - 1);
            self.lists.len() - 1
        });
        self.lists.get_mut(list)
    }

    fn append(&mut self, other: &Self, base: u32) {
        // Each term has a list of its own, so their order leaves no trace.
        #[expect(clippy::iter_over_hash_type, reason = "a map is filled from a map")]
        for (term, list) in &other.terms {
            let Some(more) = other.lists.get(*list) else { continue };
            let Some(list) = self.list_of(term) else { continue };
            let before = number(list.places.len());
            list.starts.extend(more.starts.iter().map(|start| before + start));
            list.passages.extend(more.passages.iter().map(|passage| base + passage));
            list.frequencies.extend_from_slice(&more.frequencies);
            list.places.extend_from_slice(&more.places);
        }
        let padding = other.lengths.len().saturating_sub(PADDING);
        self.lengths.extend_from_slice(other.lengths.get(..padding).unwrap_or_default());
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
