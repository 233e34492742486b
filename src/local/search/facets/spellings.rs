//! Names that are written in several ways and are one value.

use crate::local::index::Attribute;
use crate::local::index::BitSet;
use crate::local::index::Segment;

/// A spelling in one segment, and how many exchanges have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelling<'v> {
    /// What spellings of one name have in common.
    pub key: &'v str,
    /// How it is written.
    pub shown: &'v str,
    /// How many exchanges match and have it.
    pub count: u64,
    /// The segment's index in the snapshot.
    pub segment: usize,
    /// The rank of the value there.
    pub ordinal: usize,
}

/// For each segment, how many documents among the matches have the value of each rank.
pub(super) fn documents(segments: &[Segment], matches: &[BitSet], attribute: Attribute) -> Vec<Vec<u32>> {
    let of_segment = |(segment, matches): (&Segment, &BitSet)| {
        let column = segment.column(attribute);
        let len = column.values().len();
        // The exchanges of a document are neighbours.
        let (mut counts, mut last) = (vec![0; len], vec![usize::MAX; len]);
        for start in matches.iter() {
            let (ordinal, document) = (column.ordinal(start), segment.document(start));
            if let (Some(count), Some(last)) = (counts.get_mut(ordinal), last.get_mut(ordinal)) {
                *count += u32::from(*last != document);
                *last = document;
            }
        }
        counts
    };
    segments.iter().zip(matches).map(of_segment).collect()
}

/// Of the spellings of one name, that which most documents have, and of these the least.
pub(super) fn commonest<'v>(spellings: &[Spelling<'v>], documents: &[Vec<u32>]) -> &'v str {
    let mut totals: Vec<(&str, u32)> = Vec::new();
    for spelling in spellings {
        let of_segment = documents.get(spelling.segment);
        let count = of_segment.and_then(|counts| counts.get(spelling.ordinal)).copied().unwrap_or_default();
        match totals.iter_mut().find(|(shown, _)| *shown == spelling.shown) {
            Some((_, total)) => *total += count,
            None => totals.push((spelling.shown, count)),
        }
    }
    totals.sort_unstable_by(|(one, left), (other, right)| right.cmp(left).then_with(|| one.cmp(other)));
    totals.first().map_or("", |(shown, _)| shown)
}
