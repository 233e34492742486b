//! A cache of the words of queries, as they were looked up in one snapshot.

use std::fmt;
use std::hash::RandomState;
use std::sync::Arc;
use std::sync::OnceLock;

use quick_cache::OptionsBuilder;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use quick_cache::sync::DefaultLifecycle;

use crate::local::index::BitSet;
use crate::local::index::ByField;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Searcher;
use crate::local::index::Segment;
use crate::local::index::TermEntry;
use crate::query::Depth;
use crate::query::QueryTerm;
use crate::query::Relation;
use crate::query::synonyms;

/// Bytes that the words of one snapshot can take, in addition to [`PER_PASSAGE`]: some thousands of
/// words in an index of ten segments. Queries are about the same things over and over, and each of
/// their words is looked up in some ten forms, in each field of each segment.
const BYTES: u64 = 16 << 20;

/// Bytes for each passage: room for the sets of passages that have some forty common words, a bit
/// for each passage and field.
const PER_PASSAGE: u64 = 16;

/// Shards of the cache, each with its lock. A common word must fit the share of one.
const SHARDS: usize = 4;

/// The longest key that is cached, in bytes. Words are far shorter, but a query can hold anything.
const LONGEST: usize = 256;

/// A word is common that at least one in so many passages has. The set of these takes at most a few
/// times the memory of their list.
const COMMON: u64 = 16;

/// A word of a query in a snapshot.
#[derive(Debug, Default)]
pub(super) struct CachedTerm(ByField<FieldEntry>);

/// A word in one field.
#[derive(Debug, Default)]
pub(super) struct FieldEntry {
    /// Its terms that a live passage has, the word's own first.
    pub alternatives: Vec<Alternative>,
    /// For each segment the passages that have the word, where it is common, or empty;
    /// see [`FieldEntry::matching_docs`].
    matching_docs: Box<[OnceLock<BitSet>]>,
    /// Bytes that these sets take once all are listed.
    matching_docs_bytes: usize,
}

/// A term of a word.
#[derive(Debug)]
pub(super) struct Alternative {
    pub term: Arc<str>,
    pub relation: Relation,
    /// The term in each segment.
    pub entry: TermEntry,
}

impl FieldEntry {
    /// Whether so many passages have it that reading its postings may be spared.
    pub(super) const fn is_common(&self) -> bool {
        !self.matching_docs.is_empty()
    }

    fn allocate_matching_docs(&mut self, searcher: &Searcher) {
        let live = self.alternatives.iter().map(|alternative| alternative.entry.live).sum::<u64>();
        if live > 0 && live.saturating_mul(COMMON) >= searcher.passages() {
            self.matching_docs = searcher.segments().iter().map(|_| OnceLock::new()).collect();
            let bytes = |segment: &Segment| segment.len() as usize / 8;
            self.matching_docs_bytes = searcher.segments().iter().map(bytes).sum();
        }
    }

    /// The passages of a segment that have any of its terms, deleted ones too, where it is common.
    /// The first call for a segment reads the postings. `ordinal` is the segment's index in the
    /// snapshot.
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
        for Alternative { entry, .. } in &self.alternatives {
            if let Some(Some(term)) = entry.segments.get(ordinal) {
                segment.mark(term, &mut matching_docs)?;
            }
        }
        // Another search can have been first, with the same set.
        Ok(Some(listed.get_or_init(|| matching_docs)))
    }

    /// The same set, where it is listed already.
    pub(super) fn listed_matching_docs(&self, ordinal: usize) -> Option<&BitSet> {
        self.matching_docs.get(ordinal)?.get()
    }
}

impl CachedTerm {
    fn look_up(searcher: &Searcher, word: &QueryTerm, depth: Depth) -> Result<Self, IndexError> {
        let mut found = match depth {
            Depth::Terms | Depth::MatchingDocs => Self::of_terms(searcher, &word.alternatives)?,
            Depth::Related => Self::of_terms(searcher, &word.expanded())?,
        };
        if depth != Depth::Terms {
            for (text, _) in &word.alternatives {
                found.add(searcher, text, Relation::Own, &Field::NAMES)?;
            }
            for field in Field::ALL {
                found.0.of_mut(field).allocate_matching_docs(searcher);
            }
        }
        Ok(found)
    }

    fn of_terms(searcher: &Searcher, alternatives: &[(String, Relation)]) -> Result<Self, IndexError> {
        let mut word = Self::default();
        for (term, relation) in alternatives {
            word.add(searcher, term, *relation, &Field::TEXTS)?;
        }
        Ok(word)
    }

    /// Adds a term in those of `fields` that have it.
    fn add(
        &mut self,
        searcher: &Searcher,
        term: &str,
        relation: Relation,
        fields: &[Field],
    ) -> Result<(), IndexError> {
        let term: Arc<str> = Arc::from(term);
        for field in fields {
            let entry = searcher.term(*field, &term)?;
            if entry.live > 0 {
                let alternative = Alternative { term: Arc::clone(&term), relation, entry };
                self.0.of_mut(*field).alternatives.push(alternative);
            }
        }
        Ok(())
    }

    /// The word in a field.
    pub(super) const fn of(&self, field: Field) -> &FieldEntry {
        self.0.of(field)
    }

    /// Its terms in some fields, some of them several times.
    pub(super) fn terms_of(&self, fields: &[Field]) -> impl Iterator<Item = &str> {
        let alternatives = fields.iter().flat_map(|field| &self.of(*field).alternatives);
        alternatives.map(|alternative| &*alternative.term)
    }

    fn alternatives(&self) -> impl Iterator<Item = &Alternative> {
        self.0.iter().flat_map(|entry| &entry.alternatives)
    }
}

/// Weighs a word by the bytes that it takes.
#[derive(Clone, Debug)]
struct TermWeighter;

impl Weighter<String, Arc<CachedTerm>> for TermWeighter {
    fn weight(&self, key: &String, word: &Arc<CachedTerm>) -> u64 {
        /// The word itself and the overhead of its allocations.
        const OVERHEAD: usize = 256;
        let of = |alternative: &Alternative| {
            let segments = size_of_val(&*alternative.entry.segments);
            size_of::<Alternative>() + alternative.term.len() + segments + OVERHEAD / 4
        };
        let matching_docs = word.0.iter().map(|entry| entry.matching_docs_bytes).sum::<usize>();
        (OVERHEAD + key.len() + word.alternatives().map(of).sum::<usize>() + matching_docs) as u64
    }
}

type Words = Cache<String, Arc<CachedTerm>, TermWeighter, RandomState>;

/// The words last asked for in one snapshot.
#[derive(Default)]
pub(crate) struct TermCache {
    /// Allocated at the first use: most snapshots are replaced by the next write before anyone
    /// searches.
    words: OnceLock<Words>,
}

impl fmt::Debug for TermCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TermCache").finish_non_exhaustive()
    }
}

impl TermCache {
    /// A word in this snapshot, which must be the same one in all calls.
    pub(super) fn get(
        &self,
        searcher: &Searcher,
        word: &QueryTerm,
        depth: Depth,
    ) -> Result<Arc<CachedTerm>, IndexError> {
        let words = self.words.get_or_init(|| Self::sized(searcher.passages()));
        let key = key(word, depth);
        if let Some(known) = words.get(&key) {
            return Ok(known);
        }
        let found = Arc::new(CachedTerm::look_up(searcher, word, depth)?);
        if key.len() <= LONGEST {
            words.insert(key, Arc::clone(&found));
        }
        Ok(found)
    }

    /// Drops all words: no new search will use this snapshot.
    pub(crate) fn clear(&self) {
        if let Some(words) = self.words.get() {
            words.clear();
        }
    }

    /// A cache for the words of so many passages.
    fn sized(passages: u64) -> Words {
        /// Bytes of a typical word, from which the cache guesses how many evicted keys to remember.
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
                Cache::with_options(options, TermWeighter, RandomState::new(), DefaultLifecycle::default())
            }
            Err(_) => Cache::with_weighter(words, bytes, TermWeighter),
        }
    }
}

/// All that a look-up depends on. Parts end in control characters, which no word has.
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
        Depth::MatchingDocs => key.push('\u{3}'),
        Depth::Related => {
            // The typed form counts only where it can name a nation.
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
    use super::FieldEntry;
    use super::TermCache;
    use super::key;
    use crate::local::index::ByField;
    use crate::query::Depth;
    use crate::query::QueryTerm;
    use crate::query::Relation;
    use crate::query::Role;

    #[test]
    fn there_is_room_for_common_words_of_any_index() {
        for passages in [1_000, 1_000_000, 1_000_000_000] {
            let field = || FieldEntry { matching_docs_bytes: passages / 8, ..FieldEntry::default() };
            let word = CachedTerm(ByField::from_fn(|_| field()));
            let kept = TermCache::sized(passages as u64);
            kept.insert("word".to_owned(), Arc::new(word));
            assert!(kept.get("word").is_some(), "{passages}");
        }
    }

    fn key_of(surface: &str, term: &str, depth: Depth) -> String {
        let word = QueryTerm {
            surface: surface.to_owned(),
            alternatives: vec![(term.to_owned(), Relation::Own)],
            count: 1,
            matches: true,
            shown: true,
            role: Role::Topic,
            reporting: false,
            topic_of_preposition: false,
            weight: 1.0,
        };
        key(&word, depth)
    }

    #[test]
    fn keys_differ_where_look_ups_do() {
        let related = |surface, term| key_of(surface, term, Depth::Related);
        assert_eq!(related("Harbours", "harbour"), related("harbour", "harbour"));
        assert_ne!(related("Turkey", "turkey"), related("turkey", "turkey"));
        let depths =
            [Depth::Terms, Depth::MatchingDocs, Depth::Related].map(|depth| key_of("it", "it", depth));
        assert!(depths[0] != depths[1] && depths[0] != depths[2] && depths[1] != depths[2]);
    }
}
