//! Clusters of near duplicates among the exchanges of a snapshot.
//!
//! Minhashes relate pairs of exchanges; a cluster is what a chain of such pairs joins. So clusters
//! are disjoint, whatever the query and the order in which exchanges are compared.

use std::collections::BTreeMap;

use crate::local::index::minhash::BANDS;
use crate::local::index::minhash::MinHash;
use crate::local::index::segment::Segment;

/// How many neighbours an exchange is compared with in a bucket, which is in order of question,
/// then of answer: so near duplicates are neighbours however many answers begin with the same
/// phrases.
const NEIGHBOURS: usize = 32;

/// The clusters of near duplicates of a snapshot.
#[derive(Debug)]
pub(crate) struct NearDuplicates {
    /// For each segment, the cluster of each passage, from 1; 0 where its exchange has no near
    /// duplicate.
    segments: Vec<Vec<u32>>,
}

impl NearDuplicates {
    /// Finds the clusters among the live exchanges of these segments.
    pub(super) fn find(segments: &[Segment]) -> Self {
        let mut addresses = Vec::new();
        let mut minhashes = Vec::new();
        for (ordinal, segment) in segments.iter().enumerate() {
            segment.minhashes(&mut |start, minhash| {
                addresses.push((ordinal, start));
                minhashes.push(minhash);
            });
        }
        let mut clusters = DisjointSets::new(minhashes.len());
        for band in 0..BANDS {
            join_band(&minhashes, band, &mut clusters);
        }
        Self { segments: numbered(segments, &addresses, &mut clusters) }
    }

    /// The number of the cluster of a passage's exchange; `None` where it has no near duplicate.
    #[must_use]
    pub(crate) fn cluster(&self, segment: usize, passage: u32) -> Option<u32> {
        let cluster = self.segments.get(segment)?.get(passage as usize)?;
        cluster.checked_sub(1)
    }
}

/// Joins near duplicates among the exchanges whose minhashes are equal in a band.
fn join_band(minhashes: &[MinHash], band: usize, clusters: &mut DisjointSets) {
    let keyed = minhashes.iter().zip(0_u32..).map(|(minhash, number)| (minhash.band(band), number));
    let mut keyed: Vec<(u32, u32)> = keyed.collect();
    keyed.sort_unstable();
    let minhash = |number: u32| minhashes.get(number as usize);
    for bucket in keyed.chunk_by_mut(|(one, _), (other, _)| one == other).filter(|bucket| bucket.len() > 1) {
        if bucket.len() > NEIGHBOURS {
            // By content, so that clusters do not depend on the layout of the index.
            bucket.sort_unstable_by_key(|(_, number)| minhash(*number));
        }
        for index in 0..bucket.len() {
            let Some(((_, one), rest)) = bucket.get(index..).and_then(<[_]>::split_first) else { continue };
            for (_, other) in rest.iter().take(NEIGHBOURS) {
                if let (Some(left), Some(right)) = (minhash(*one), minhash(*other))
                    && left.is_near_duplicate_of(right)
                {
                    clusters.join(*one, *other);
                }
            }
        }
    }
}

/// Numbers the clusters of more than one exchange, for each passage of each segment.
fn numbered(segments: &[Segment], addresses: &[(usize, u32)], clusters: &mut DisjointSets) -> Vec<Vec<u32>> {
    let mut sizes: BTreeMap<u32, u32> = BTreeMap::new();
    for number in (0..).take(addresses.len()) {
        *sizes.entry(clusters.root(number)).or_default() += 1;
    }
    let copied = sizes.into_iter().filter(|(_, size)| *size > 1).map(|(root, _)| root);
    let numbers: BTreeMap<u32, u32> = copied.zip(1..).collect();
    let mut all: Vec<Vec<u32>> = segments.iter().map(|segment| vec![0; segment.len() as usize]).collect();
    for (number, (ordinal, start)) in (0..).zip(addresses) {
        let Some(cluster) = numbers.get(&clusters.root(number)) else { continue };
        let (Some(slots), Some(segment)) = (all.get_mut(*ordinal), segments.get(*ordinal)) else { continue };
        let rest = slots.get_mut(*start as usize..).unwrap_or_default();
        for (slot, passage) in rest.iter_mut().zip(*start..) {
            if passage > *start && segment.starts().contains(passage) {
                break;
            }
            *slot = *cluster;
        }
    }
    all
}

/// Disjoint sets (union-find, with path halving).
struct DisjointSets(Vec<u32>);

impl DisjointSets {
    fn new(len: usize) -> Self {
        Self((0..).take(len).collect())
    }

    /// The number that represents a set.
    fn root(&mut self, mut number: u32) -> u32 {
        while let Some(parent) = self.0.get(number as usize).copied()
            && parent != number
        {
            let above = self.0.get(parent as usize).copied().unwrap_or(parent);
            if let Some(slot) = self.0.get_mut(number as usize) {
                *slot = above;
            }
            number = above;
        }
        number
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(slot) = self.0.get_mut(one.max(other) as usize) {
            *slot = one.min(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DisjointSets;

    #[test]
    fn chains_make_one_cluster() {
        let mut clusters = DisjointSets::new(6);
        clusters.join(4, 1);
        clusters.join(5, 4);
        clusters.join(2, 3);
        clusters.join(3, 2);
        assert_eq!([0, 1, 2, 3, 4, 5].map(|number| clusters.root(number)), [0, 1, 2, 2, 1, 1]);
    }
}
