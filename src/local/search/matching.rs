//! Which exchanges match a plan, without ranking them.

use crate::engine::PageRequest;
use crate::local::index::BitSet;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::search::block_scorer::BlockScorer;
use crate::local::search::block_scorer::Scope;
use crate::local::search::conditions::Conditions;
use crate::local::search::max_score;
use crate::local::search::top_k::Collect;
use crate::local::search::top_k::TopK;
use crate::query::Filter;

/// The matches of each segment, as the passages that begin them.
pub(super) fn matching(
    blocks: &mut BlockScorer<'_>,
    segments: &[Segment],
    filter: &Filter,
    min_score: f32,
) -> Result<Vec<BitSet>, IndexError> {
    let mut matches = Vec::with_capacity(segments.len());
    for (ordinal, segment) in segments.iter().enumerate() {
        let conditions = Conditions::new(segment, blocks.plan, filter)?;
        let scope = Scope { segment, ordinal, conditions: &conditions };
        // A page without results lets common words be skipped from the first match on.
        let page = PageRequest::new(filter, 0);
        let mut top = TopK::new(segment, &page, f32::NEG_INFINITY);
        blocks.note_matches(segment);
        if min_score > 0.0 {
            scan_at_least(blocks, scope, min_score, &mut top)?;
        } else if blocks.plan.has_common_term() {
            max_score::scan(blocks, scope, &mut top)?;
        } else {
            blocks.scan(scope, &mut top)?;
        }
        matches.push(blocks.take_matches());
    }
    Ok(matches)
}

/// Offers the matches of a segment that score at least `least`, and notes them where matches are
/// noted; returns how many these are. Whether a passage scores enough shows only when all of it is
/// scored, so nothing can be skipped.
pub(super) fn scan_at_least(
    blocks: &mut BlockScorer<'_>,
    scope: Scope<'_>,
    least: f32,
    collector: &mut impl Collect,
) -> Result<u64, IndexError> {
    let mut enough =
        AtLeast { segment: scope.segment, collector, least, found: BitSet::empty(scope.segment.len()) };
    blocks.scan(scope, &mut enough)?;
    blocks.keep_noted(&enough.found);
    Ok(enough.found.count())
}

/// Passes on the matches that score enough.
struct AtLeast<'a, C> {
    segment: &'a Segment,
    collector: &'a mut C,
    least: f32,
    /// These matches, as the passages that begin them.
    found: BitSet,
}

impl<C: Collect> Collect for AtLeast<'_, C> {
    fn offer(&mut self, passage: u32, score: f32) {
        if score >= self.least {
            self.found.insert(self.segment.starts().at_or_below(passage).unwrap_or(passage));
            self.collector.offer(passage, score);
        }
    }
}
