//! Which exchanges match a plan, without ranking them.

use crate::engine::PageRequest;
use crate::local::index::BitSet;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::search::block_scorer::BlockScorer;
use crate::local::search::block_scorer::Scope;
use crate::local::search::conditions::Conditions;
use crate::local::search::max_score;
use crate::local::search::top_k::TopK;
use crate::query::Filter;

/// The matches of each segment, as the passages that begin them.
pub(super) fn matching(
    blocks: &mut BlockScorer<'_>,
    segments: &[Segment],
    filter: &Filter,
) -> Result<Vec<BitSet>, IndexError> {
    let mut matches = Vec::with_capacity(segments.len());
    for (ordinal, segment) in segments.iter().enumerate() {
        let conditions = Conditions::new(segment, blocks.plan, filter)?;
        let scope = Scope { segment, ordinal, conditions: &conditions };
        // A page without results lets common words be skipped from the first match on.
        let page = PageRequest::new(filter, 0);
        let mut top = TopK::new(segment, &page, f32::NEG_INFINITY);
        blocks.note_matches(segment);
        if blocks.plan.has_common_term() {
            max_score::scan(blocks, scope, &mut top)?;
        } else {
            blocks.scan(scope, &mut top)?;
        }
        matches.push(blocks.take_matches());
    }
    Ok(matches)
}
