//! What an exchange must fulfil whatever it scores: filters and signs.

use crate::index::Bits;
use crate::index::IndexError;
use crate::index::Segment;
use crate::query::Filter;
use crate::search::literals;
use crate::search::plan::Plan;

/// The exchanges of a segment that may be hits, as the passages that begin them; without any, all may.
pub(super) struct Conditions {
    allowed: Option<Bits>,
}

impl Conditions {
    pub(super) fn new(segment: &Segment, plan: &Plan, filter: &Filter) -> Result<Self, IndexError> {
        let mut allowed = segment.narrow(filter)?;
        // Words first: they are read fast, and phrases are then looked for only where they may matter.
        for required in [&plan.required_words, &plan.required_phrases] {
            if required.is_empty() || allowed.as_ref().is_some_and(Bits::is_empty) {
                continue;
            }
            for bearing in literals::exchanges(segment, required, allowed.as_ref())? {
                match &mut allowed {
                    Some(allowed) => allowed.intersect(&bearing),
                    None => allowed = Some(bearing),
                }
            }
        }
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

    /// Which of the 64 exchanges that begin at passages from `64 * index` may be hits, as bits.
    pub(super) fn word(&self, index: usize) -> u64 {
        self.allowed.as_ref().map_or(u64::MAX, |allowed| allowed.word(index))
    }

    /// Whether the exchange that begins at this passage may be a hit.
    pub(super) fn allow(&self, start: u32) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(start))
    }
}
