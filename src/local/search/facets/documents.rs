//! Counts by document.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::local::index::BitSet;
use crate::local::index::Segment;
use crate::local::search::facets::ordinal_counts::ordinal_counts;
use crate::local::search::facets::top_values::TopValues;

/// Counts the matches of each document. There can be as many documents as exchanges, so ids are
/// looked at only where counts are equal: in a segment, documents are in order of their ids. The
/// few documents that are in several segments are brought together by id.
pub(super) fn count<'s>(segments: &'s [Segment], matches: &[BitSet], top: &mut TopValues<'s>) {
    let mut split: BTreeMap<&str, u64> = BTreeMap::new();
    for segment in segments {
        split.extend(segment.split_documents().iter().map(|rank| (segment.document_id(*rank), 0)));
    }
    for (segment, matches) in segments.iter().zip(matches) {
        let ranks = split.keys().map(|id| segment.rank_of(id));
        let here: BTreeSet<usize> = ranks.filter(|(_, known)| *known).map(|(rank, _)| rank).collect();
        // The greatest count that did not make the list in this segment.
        let mut rejected = 0;
        let ordinals = matches.iter().map(|start| segment.document(start));
        for (rank, count) in ordinal_counts(ordinals, segment.documents(), matches.count()) {
            if !here.is_empty() && here.contains(&rank) {
                if let Some(total) = split.get_mut(segment.document_id(rank)) {
                    *total += count;
                }
            } else if count <= rejected {
                top.pass();
            } else if !top.offer(count, segment.document_id(rank)) {
                rejected = count;
            }
        }
    }
    for (id, count) in split.into_iter().filter(|(_, count)| *count > 0) {
        top.offer(count, id);
    }
}
