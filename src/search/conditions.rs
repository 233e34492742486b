//! What an exchange must fulfil whatever it scores: filters and signs.

use crate::index::Bits;
use crate::index::IndexError;
use crate::index::Segment;
use crate::query::Filter;
use crate::search::plan;
use crate::search::plan::FIELDS;
use crate::search::plan::Plan;
use crate::search::words::Literal;

/// The exchanges of a segment that may be hits, as the passages that begin them; without any, all may.
pub(super) struct Conditions {
    allowed: Option<Bits>,
}

impl Conditions {
    pub(super) fn new(segment: &Segment, plan: &Plan, filter: &Filter) -> Result<Self, IndexError> {
        let mut allowed = segment.narrow(filter)?;
        for literal in &plan.required {
            if allowed.as_ref().is_some_and(Bits::is_empty) {
                break;
            }
            let bearing = exchanges(segment, literal)?;
            match &mut allowed {
                Some(allowed) => allowed.intersect(&bearing),
                None => allowed = Some(bearing),
            }
        }
        for literal in &plan.excluded {
            let bearing = exchanges(segment, literal)?;
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

/// The exchanges that bear a literal in their question or in any window.
fn exchanges(segment: &Segment, literal: &Literal) -> Result<Bits, IndexError> {
    let mut bits = Bits::empty(segment.len());
    for field in FIELDS {
        for found in plan::matches(segment, field, literal)? {
            if let Some(start) = segment.starts().at_or_below(found.passage) {
                bits.insert(start);
            }
        }
    }
    Ok(bits)
}
