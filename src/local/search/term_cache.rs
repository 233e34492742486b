//! Words of queries as a snapshot has them.

use std::fmt;
use std::hash::RandomState;
use std::sync::Arc;
use std::sync::OnceLock;

use quick_cache::OptionsBuilder;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use quick_cache::sync::DefaultLifecycle;

use crate::local::index::BitSet;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Searcher;
use crate::local::index::Segment;
use crate::local::index::TermEntry;
use crate::query::Depth;
use crate::query::QueryTerm;
use crate::query::Relation;
use crate::query::synonyms;

/// Bytes that words of one snapshot may take, beside [`PER_PASSAGE`] for each passage: of an index of ten segments some
/// thousands of words. Queries are about the same things over and over, and each of their words is looked for under some
/// ten forms, in each field of each segment.
const BYTES: u64 = 16 << 20;

/// Bytes for each passage: who bears sixty-four common words, a bit for each of two fields.
const PER_PASSAGE: u64 = 16;

/// Parts of the table that are locked by themselves. Each takes a share of the bytes, which a common word must fit.
const SHARDS: usize = 4;

/// The longest key that is kept, in bytes: no word of a language comes near, and a query may hold anything.
const LONGEST: usize = 256;

/// In one of how many passages a word stands that is common. A set of those who bear it is then some times as large as
/// their list at most.
const COMMON: u64 = 16;

/// A word of a query, by what of it a snapshot has.
#[derive(Debug, Default)]
pub(super) struct CachedTerm {
    question: InField,
    answer: InField,
}

/// A word in one field.
#[derive(Debug, Default)]
pub(super) struct InField {
    /// The terms that stand for it, the word's own first.
    pub alternatives: Vec<Alternative>,
    /// Where the word is common, for each segment who bears it; see [`InField::matching_docs`].
    matching_docs: Box<[OnceLock<BitSet>]>,
    /// What these take when all are listed, in bytes.
    matching_docs_bytes: usize,
}

/// A term that stands for a word, and that a live passage has.
#[derive(Debug)]
pub(super) struct Alternative {
    pub term: Arc<str>,
    pub relation: Relation,
    /// The term in each segment.
    pub found: TermEntry,
}

impl InField {
    /// Whether so many passages have it that it may not have to be read.
    pub(super) const fn is_common(&self) -> bool {
        !self.matching_docs.is_empty()
    }

    fn make_room(&mut self, searcher: &Searcher) {
        let live = self.alternatives.iter().map(|alternative| alternative.found.live).sum::<u64>();
        if live > 0 && live.saturating_mul(COMMON) >= searcher.passages() {
            self.matching_docs = searcher.segments().iter().map(|_| OnceLock::new()).collect();
            let bytes = |segment: &Segment| segment.len() as usize / 8;
            self.matching_docs_bytes = searcher.segments().iter().map(bytes).sum();
        }
    }

    /// The passages of the snapshot's segment of this number that have any of its terms, deleted ones too, where it is
    /// common. They are listed when first asked for, which takes about as long as reading them.
    pub(super) fn matching_docs(
        &self,
        segment: &Segment,
        ordinal: usize,
    ) -> Result<Option<&BitSet>, IndexError> {
        let Some(listed) = self.matching_docs.get(ordinal) else { return Ok(None) };
        if let Some(matching_docs) = listed.get() {
            return Ok(Some(matching_docs));
        }
        let mut matching_docs = BitSet::empty(segment.len());
        for Alternative { found, .. } in &self.alternatives {
            if let Some(Some(term)) = found.segments.get(ordinal) {
                segment.mark(term, &mut matching_docs)?;
            }
        }
        // Another search may have been first, with the same.
        Ok(Some(listed.get_or_init(|| matching_docs)))
    }

    /// The same, where they are listed already.
    pub(super) fn listed_matching_docs(&self, ordinal: usize) -> Option<&BitSet> {
        self.matching_docs.get(ordinal)?.get()
    }
}

impl CachedTerm {
    fn look_up(searcher: &Searcher, word: &QueryTerm, depth: Depth) -> Result<Self, IndexError> {
        let mut found = match depth {
            Depth::Terms | Depth::Bearers => Self::of_terms(searcher, &word.alternatives)?,
            Depth::Related => Self::of_terms(searcher, &word.expanded())?,
        };
        if depth != Depth::Terms {
            found.question.make_room(searcher);
            found.answer.make_room(searcher);
        }
        Ok(found)
    }

    fn of_terms(searcher: &Searcher, alternatives: &[(String, Relation)]) -> Result<Self, IndexError> {
        let mut word = Self::default();
        for (term, relation) in alternatives {
            let term: Arc<str> = Arc::from(term.as_str());
            for field in Field::ALL {
                let found = searcher.term(field, &term)?;
                if found.live > 0 {
                    let alternative = Alternative { term: Arc::clone(&term), relation: *relation, found };
                    match field {
                        Field::Question => word.question.alternatives.push(alternative),
                        Field::Answer => word.answer.alternatives.push(alternative),
                    }
                }
            }
        }
        Ok(word)
    }

    /// What of it is in a field.
    pub(super) const fn of(&self, field: Field) -> &InField {
        match field {
            Field::Question => &self.question,
            Field::Answer => &self.answer,
        }
    }

    /// The terms that stand for it in any field; some of them twice.
    pub(super) fn terms(&self) -> impl Iterator<Item = &str> {
        self.alternatives().map(|alternative| &*alternative.term)
    }

    fn alternatives(&self) -> impl Iterator<Item = &Alternative> {
        self.question.alternatives.iter().chain(&self.answer.alternatives)
    }
}

/// What a word takes of the memory it may be kept in.
#[derive(Clone, Debug)]
struct Weight;

impl Weighter<String, Arc<CachedTerm>> for Weight {
    fn weight(&self, key: &String, word: &Arc<CachedTerm>) -> u64 {
        /// The word itself and what allocations cost.
        const REST: usize = 256;
        let of = |alternative: &Alternative| {
            let segments = size_of_val(&*alternative.found.segments);
            size_of::<Alternative>() + alternative.term.len() + segments + REST / 4
        };
        let matching_docs = word.question.matching_docs_bytes + word.answer.matching_docs_bytes;
        (REST + key.len() + word.alternatives().map(of).sum::<usize>() + matching_docs) as u64
    }
}

type Kept = Cache<String, Arc<CachedTerm>, Weight, RandomState>;

/// Words of one snapshot, those last asked for in memory.
#[derive(Default)]
pub struct TermCache {
    /// Made when first asked for: most snapshots are of writes that nobody searches between.
    kept: OnceLock<Kept>,
}

impl fmt::Debug for TermCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TermCache").finish_non_exhaustive()
    }
}

impl TermCache {
    /// A word in this snapshot, which must be the same whenever it is asked for.
    pub(super) fn get(
        &self,
        searcher: &Searcher,
        word: &QueryTerm,
        depth: Depth,
    ) -> Result<Arc<CachedTerm>, IndexError> {
        let kept = self.kept.get_or_init(|| Self::room(searcher.passages()));
        let key = key(word, depth);
        if let Some(known) = kept.get(&key) {
            return Ok(known);
        }
        let found = Arc::new(CachedTerm::look_up(searcher, word, depth)?);
        if key.len() <= LONGEST {
            kept.insert(key, Arc::clone(&found));
        }
        Ok(found)
    }

    /// Lets go of all words: nobody new will ask in this snapshot.
    pub fn clear(&self) {
        if let Some(kept) = self.kept.get() {
            kept.clear();
        }
    }

    /// Room for words of so many passages.
    fn room(passages: u64) -> Kept {
        /// What most words take, to tell how many of those put out are remembered.
        const TYPICAL: u64 = 4 << 10;
        let bytes = BYTES + PER_PASSAGE.saturating_mul(passages);
        let words = usize::try_from(bytes / TYPICAL).unwrap_or(usize::MAX);
        let options = OptionsBuilder::new()
            .estimated_items_capacity(words)
            .weight_capacity(bytes)
            .shards(SHARDS)
            .build();
        match options {
            Ok(options) => {
                Cache::with_options(options, Weight, RandomState::new(), DefaultLifecycle::default())
            }
            Err(_) => Cache::with_weighter(words, bytes, Weight),
        }
    }
}

/// All that says what stands for a word. Its parts end in control characters, which no word has.
fn key(word: &QueryTerm, depth: Depth) -> String {
    let QueryTerm { surface, alternatives, .. } = word;
    let terms: usize = alternatives.iter().map(|(term, _)| term.len() + 1).sum();
    let mut key = String::with_capacity(terms + surface.len() + 1);
    for (term, relation) in alternatives {
        key.push_str(term);
        key.push(match relation {
            Relation::Own => '\u{0}',
            Relation::Derivation => '\u{1}',
            Relation::Nation => '\u{2}',
        });
    }
    match depth {
        Depth::Terms => {}
        Depth::Bearers => key.push('\u{3}'),
        Depth::Related => {
            // As it was typed only where that may name a nation: otherwise nothing but its terms counts.
            if !synonyms::nation(surface).is_empty() {
                key.push_str(surface);
            }
            key.push('\u{4}');
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::CachedTerm;
    use super::InField;
    use super::TermCache;
    use super::key;
    use crate::query::Depth;
    use crate::query::QueryTerm;
    use crate::query::Relation;
    use crate::query::Role;

    #[test]
    fn there_is_room_for_common_words_of_any_index() {
        for passages in [1_000, 1_000_000, 1_000_000_000] {
            let field = || InField { matching_docs_bytes: passages / 8, ..InField::default() };
            let word = CachedTerm { question: field(), answer: field() };
            let kept = TermCache::room(passages as u64);
            kept.insert("word".to_owned(), Arc::new(word));
            assert!(kept.get("word").is_some(), "{passages}");
        }
    }

    fn key_of(surface: &str, term: &str, depth: Depth) -> String {
        let word = QueryTerm {
            surface: surface.to_owned(),
            alternatives: vec![(term.to_owned(), Relation::Own)],
            count: 1,
            finds: true,
            role: Role::Topic,
            weight: 1.0,
        };
        key(&word, depth)
    }

    #[test]
    fn keys_tell_what_stands_for_a_word() {
        let related = |surface, term| key_of(surface, term, Depth::Related);
        assert_eq!(related("Harbours", "harbour"), related("harbour", "harbour"));
        assert_ne!(related("Turkey", "turkey"), related("turkey", "turkey"));
        let depths = [Depth::Terms, Depth::Bearers, Depth::Related].map(|depth| key_of("it", "it", depth));
        assert!(depths[0] != depths[1] && depths[0] != depths[2] && depths[1] != depths[2]);
    }
}
