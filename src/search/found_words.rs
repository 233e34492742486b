//! Words of queries as a snapshot has them.

use std::fmt;
use std::sync::Arc;
use std::sync::OnceLock;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::index::Bits;
use crate::index::Field;
use crate::index::FoundTerm;
use crate::index::IndexError;
use crate::index::Searcher;
use crate::search::plan::FIELDS;
use crate::search::words::Relation;
use crate::search::words::Word;

/// Bytes that words of one snapshot may take. Queries are about the same things over and over, and each of their words is
/// looked for under some ten forms, in each field of each segment. In an index of ten segments some kilobytes a word; a
/// common one takes two bits a passage more.
const MOST_BYTES: usize = 32 << 20;

/// The longest key that is kept, in bytes: no word of a language comes near, and a query may hold anything.
const LONGEST: usize = 256;

/// In one of how many passages a word stands that is common: so many that a set of them all takes no more room than their
/// list does.
const COMMON: u64 = 16;

/// A word of a query, by what of it a snapshot has.
#[derive(Debug, Default)]
pub(super) struct FoundWord {
    question: InField,
    answer: InField,
}

/// A word in one field.
#[derive(Debug, Default)]
pub(super) struct InField {
    /// The terms that stand for it, the word's own first.
    pub alternatives: Vec<Alternative>,
    /// Where the word is common, for each segment the passages that have any of them, deleted ones too.
    pub bearers: Box<[Bits]>,
}

/// A term that stands for a word, and that a live passage has.
#[derive(Debug)]
pub(super) struct Alternative {
    pub term: Arc<str>,
    pub relation: Relation,
    /// The term in each segment.
    pub found: FoundTerm,
}

/// What of a word is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// Its own terms.
    Terms,
    /// Also who bears them.
    Bearers,
    /// Both, of its own terms and of those [related](Word::expanded) to it.
    Related,
}

impl InField {
    /// Lists who bears it where it is common.
    fn mark(&mut self, searcher: &Searcher) -> Result<(), IndexError> {
        let live = self.alternatives.iter().map(|alternative| alternative.found.live).sum::<u64>();
        if live == 0 || live.saturating_mul(COMMON) < searcher.passages() {
            return Ok(());
        }
        let mut all = Vec::with_capacity(searcher.segments().len());
        for (ordinal, segment) in searcher.segments().iter().enumerate() {
            let mut bearers = Bits::empty(segment.len());
            for Alternative { found, .. } in &self.alternatives {
                if let Some(Some(term)) = found.segments.get(ordinal) {
                    segment.mark(term, &mut bearers)?;
                }
            }
            all.push(bearers);
        }
        self.bearers = all.into();
        Ok(())
    }
}

impl FoundWord {
    fn look_up(searcher: &Searcher, word: &Word, depth: Depth) -> Result<Self, IndexError> {
        let found = match depth {
            Depth::Terms | Depth::Bearers => Self::of_terms(searcher, &word.alternatives)?,
            Depth::Related => Self::of_terms(searcher, &word.expanded())?,
        };
        if depth == Depth::Terms {
            return Ok(found);
        }
        let Self { mut question, mut answer } = found;
        question.mark(searcher)?;
        answer.mark(searcher)?;
        Ok(Self { question, answer })
    }

    fn of_terms(searcher: &Searcher, alternatives: &[(String, Relation)]) -> Result<Self, IndexError> {
        let mut word = Self::default();
        for (term, relation) in alternatives {
            let term: Arc<str> = Arc::from(term.as_str());
            for field in FIELDS {
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

impl Weighter<String, Arc<FoundWord>> for Weight {
    fn weight(&self, key: &String, word: &Arc<FoundWord>) -> u64 {
        /// The word itself and what allocations cost.
        const REST: usize = 256;
        let of = |alternative: &Alternative| {
            let segments = size_of_val(&*alternative.found.segments);
            size_of::<Alternative>() + alternative.term.len() + segments + REST / 4
        };
        let bearers = word.question.bearers.iter().chain(&word.answer.bearers).map(Bits::bytes);
        (REST + key.len() + word.alternatives().map(of).sum::<usize>() + bearers.sum::<usize>()) as u64
    }
}

/// Words of one snapshot, those last asked for in memory.
#[derive(Default)]
pub struct FoundWords {
    /// Made when first asked for: most snapshots are of writes that nobody searches between.
    kept: OnceLock<Cache<String, Arc<FoundWord>, Weight>>,
}

impl fmt::Debug for FoundWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoundWords").finish_non_exhaustive()
    }
}

impl FoundWords {
    /// A word in this snapshot, which must be the same whenever it is asked for.
    pub(super) fn get(
        &self,
        searcher: &Searcher,
        word: &Word,
        depth: Depth,
    ) -> Result<Arc<FoundWord>, IndexError> {
        /// What a word takes, which sizes the table.
        const TYPICAL: usize = 4 << 10;
        let cache = || Cache::with_weighter(MOST_BYTES / TYPICAL, MOST_BYTES as u64, Weight);
        let kept = self.kept.get_or_init(cache);
        let key = key(word, depth);
        if let Some(known) = kept.get(&key) {
            return Ok(known);
        }
        let found = Arc::new(FoundWord::look_up(searcher, word, depth)?);
        if key.len() <= LONGEST {
            kept.insert(key, Arc::clone(&found));
        }
        Ok(found)
    }
}

/// All that says what stands for a word. No part of it holds a control character unless another part would differ too: terms
/// are made of letters and digits.
fn key(word: &Word, depth: Depth) -> String {
    let Word { surface, alternatives, .. } = word;
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
            key.push_str(surface);
            key.push('\u{4}');
        }
    }
    key
}
