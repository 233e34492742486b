//! Terms of a snapshot, as they were last looked up.

use std::fmt;
use std::sync::Arc;

use compact_str::CompactString;
use quick_cache::sync::Cache;

use crate::index::Field;
use crate::index::IndexError;
use crate::index::Segment;
use crate::index::Term;
use crate::index::TermKey;

/// The longest term that is kept, in bytes: no word of a language is longer, and a query may hold anything.
const LONGEST: usize = 64;

/// How many terms of a field are kept: queries are about the same things over and over, and each of their words is looked for
/// under some ten forms in each segment. Of a snapshot of ten segments these are some five megabytes.
const KEPT: usize = 4096;

/// A term in every segment of a snapshot.
#[derive(Debug, Default)]
pub struct FoundTerm {
    /// How many passages that are not deleted have it.
    pub live: u64,
    /// The term in each segment; none at all where no live passage has it.
    pub segments: Box<[Option<Term>]>,
}

impl FoundTerm {
    fn look_up(segments: &[Segment], field: Field, key: TermKey<'_>) -> Result<Self, IndexError> {
        let mut live = 0;
        let mut found = Vec::with_capacity(segments.len());
        for segment in segments {
            let term = segment.term(field, key)?;
            if let Some(term) = &term {
                live += u64::from(segment.live(term)?);
            }
            found.push(term);
        }
        Ok(if live > 0 { Self { live, segments: found.into() } } else { Self::default() })
    }
}

/// The terms that were asked for, those of questions and those of answers.
pub(super) struct FoundTerms {
    question: Cache<CompactString, Arc<FoundTerm>>,
    answer: Cache<CompactString, Arc<FoundTerm>>,
    /// What is said of all terms that are nowhere.
    nowhere: Arc<FoundTerm>,
}

impl Default for FoundTerms {
    fn default() -> Self {
        Self { question: Cache::new(KEPT), answer: Cache::new(KEPT), nowhere: Arc::default() }
    }
}

impl fmt::Debug for FoundTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoundTerms").finish_non_exhaustive()
    }
}

impl FoundTerms {
    /// A term, in these segments whenever it is asked for.
    pub(super) fn get(
        &self,
        segments: &[Segment],
        field: Field,
        term: &str,
    ) -> Result<Arc<FoundTerm>, IndexError> {
        let kept = match field {
            Field::Question => &self.question,
            Field::Answer => &self.answer,
        };
        if let Some(known) = kept.get(term) {
            return Ok(known);
        }
        let found = FoundTerm::look_up(segments, field, term.into())?;
        let found = if found.live > 0 { Arc::new(found) } else { Arc::clone(&self.nowhere) };
        if term.len() <= LONGEST {
            kept.insert(term.into(), Arc::clone(&found));
        }
        Ok(found)
    }
}
