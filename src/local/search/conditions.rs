//! What an exchange must fulfil whatever it scores: filters and signs.

use crate::local::index::BitSet;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::search::phrase_postings;
use crate::local::search::plan::Plan;
use crate::query::AnalyzedClause;
use crate::query::Filter;

/// Up to so many required phrases, their words are not required before them: looking the phrases up reads them.
const FEW_PHRASES: usize = 4;

/// The exchanges of a segment that may be hits, as the passages that begin them; without any, all may.
pub(super) struct Conditions {
    allowed: Option<BitSet>,
}

impl Conditions {
    pub(super) fn new(segment: &Segment, plan: &Plan, filter: &Filter) -> Result<Self, IndexError> {
        let mut allowed = segment.filter(filter)?;
        // Words first, the rarest before the others: they are read fast, and where no exchange has all of them nothing
        // else needs to be read.
        let mut words: Vec<&AnalyzedClause> = plan.required_words.iter().collect();
        let of_phrases: Vec<AnalyzedClause> =
            plan.required_phrases.iter().flat_map(AnalyzedClause::words).collect();
        if plan.required_phrases.len() > FEW_PHRASES {
            words.extend(&of_phrases);
        }
        for word in phrase_postings::rarest_first(segment, words)? {
            require(segment, std::slice::from_ref(word), &mut allowed)?;
        }
        require(segment, &plan.required_phrases, &mut allowed)?;
        for excluded in [&plan.excluded_words, &plan.excluded_phrases] {
            if excluded.is_empty() || allowed.as_ref().is_some_and(BitSet::is_empty) {
                continue;
            }
            let bearing = phrase_postings::exchanges_with_any(segment, excluded, allowed.as_ref())?;
            allowed.get_or_insert_with(|| segment.starts().clone()).subtract(&bearing);
        }
        if let Some(alive) = segment.alive() {
            allowed.get_or_insert_with(|| segment.starts().clone()).intersect(alive);
        }
        Ok(Self { allowed })
    }

    /// Whether no exchange may be a hit.
    pub(super) fn allow_none(&self) -> bool {
        self.allowed.as_ref().is_some_and(BitSet::is_empty)
    }

    /// Which of the 64 exchanges that begin at passages from `64 * index` may be hits, as bits.
    pub(super) fn word(&self, index: usize) -> u64 {
        self.allowed.as_ref().map_or(u64::MAX, |allowed| allowed.word(index))
    }

    /// Whether the exchange that begins at this passage may be a hit.
    pub(super) fn allow(&self, start: u32) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(start))
    }
}

/// Keeps of `allowed` the exchanges that bear each of the clauses.
fn require(
    segment: &Segment,
    clauses: &[AnalyzedClause],
    allowed: &mut Option<BitSet>,
) -> Result<(), IndexError> {
    if clauses.is_empty() || allowed.as_ref().is_some_and(BitSet::is_empty) {
        return Ok(());
    }
    for bearing in phrase_postings::exchanges(segment, clauses, allowed.as_ref())? {
        match allowed {
            Some(allowed) => allowed.intersect(&bearing),
            None => *allowed = Some(bearing),
        }
    }
    Ok(())
}
