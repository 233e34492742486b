//! What an exchange must fulfil whatever it scores: filters and signs.

use crate::index::Bits;
use crate::index::IndexError;
use crate::index::Segment;
use crate::query::Filter;
use crate::search::literals;
use crate::search::plan::Plan;
use crate::search::words::Literal;

/// Up to so many required phrases, their words are not required before them: looking the phrases up reads them.
const FEW_PHRASES: usize = 4;

/// The exchanges of a segment that may be hits, as the passages that begin them; without any, all may.
pub(super) struct Conditions {
    allowed: Option<Bits>,
}

impl Conditions {
    pub(super) fn new(segment: &Segment, plan: &Plan, filter: &Filter) -> Result<Self, IndexError> {
        let mut allowed = segment.narrow(filter)?;
        // Words first, the rarest before the others: they are read fast, and where no exchange has all of them nothing
        // else needs to be read.
        let mut words: Vec<&Literal> = plan.required_words.iter().collect();
        let of_phrases: Vec<Literal> = plan.required_phrases.iter().flat_map(Literal::words).collect();
        if plan.required_phrases.len() > FEW_PHRASES {
            words.extend(&of_phrases);
        }
        for word in literals::rarest_first(segment, words)? {
            require(segment, std::slice::from_ref(word), &mut allowed)?;
        }
        require(segment, &plan.required_phrases, &mut allowed)?;
        for excluded in [&plan.excluded_words, &plan.excluded_phrases] {
            if excluded.is_empty() || allowed.as_ref().is_some_and(Bits::is_empty) {
                continue;
            }
            let bearing = literals::exchanges_with_any(segment, excluded, allowed.as_ref())?;
            allowed.get_or_insert_with(|| segment.starts().clone()).subtract(&bearing);
        }
        if let Some(alive) = segment.alive() {
            allowed.get_or_insert_with(|| segment.starts().clone()).intersect(alive);
        }
        Ok(Self { allowed })
    }

    /// Whether no exchange may be a hit.
    pub(super) fn allow_none(&self) -> bool {
        self.allowed.as_ref().is_some_and(Bits::is_empty)
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

/// Keeps of `allowed` the exchanges that bear each of the literals.
fn require(segment: &Segment, literals: &[Literal], allowed: &mut Option<Bits>) -> Result<(), IndexError> {
    if literals.is_empty() || allowed.as_ref().is_some_and(Bits::is_empty) {
        return Ok(());
    }
    for bearing in literals::exchanges(segment, literals, allowed.as_ref())? {
        match allowed {
            Some(allowed) => allowed.intersect(&bearing),
            None => *allowed = Some(bearing),
        }
    }
    Ok(())
}
