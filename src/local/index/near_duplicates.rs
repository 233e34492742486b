//! Which exchanges of a snapshot are copies of one.
//!
//! Being a copy by their minhashes relates pairs; exchanges that a chain of such pairs joins are one family. That
//! makes clusters disjoint, whatever is searched for and in whatever order it is found.

use std::collections::BTreeMap;

use crate::local::index::Segment;
use crate::local::index::minhash::BANDS;
use crate::local::index::minhash::MinHash;

/// How many of its neighbours an exchange is compared with, among those that share a run of its minhash: in order
/// of question, then of answer, so that copies stand together however many answers begin with the same phrases.
const NEIGHBOURS: usize = 32;

/// The clusters of copies of a snapshot.
#[derive(Debug)]
pub struct NearDuplicates {
    /// For each segment, the family of each passage from 1; 0 where its exchange has no copy.
    segments: Vec<Vec<u32>>,
}

impl NearDuplicates {
    /// Finds the clusters among the live exchanges of these segments.
    pub(super) fn find(segments: &[Segment]) -> Self {
        let mut places = Vec::new();
        let mut minhashes = Vec::new();
        for (ordinal, segment) in segments.iter().enumerate() {
            segment.minhashes(&mut |start, minhash| {
                places.push((ordinal, start));
                minhashes.push(minhash);
            });
        }
        let mut clusters = Families::new(minhashes.len());
        for band in 0..BANDS {
            join_band(&minhashes, band, &mut clusters);
        }
        Self { segments: numbered(segments, &places, &mut clusters) }
    }

    /// The family of a passage's exchange, a number for each; `None` where it has no copy.
    #[must_use]
    pub fn family(&self, segment: usize, passage: u32) -> Option<u32> {
        let family = self.segments.get(segment)?.get(passage as usize)?;
        family.checked_sub(1)
    }
}

/// Joins copies among the exchanges whose minhashes have the same run of bytes.
fn join_band(minhashes: &[MinHash], band: usize, clusters: &mut Families) {
    let keyed = minhashes.iter().zip(0_u32..).map(|(minhash, number)| (minhash.band(band), number));
    let mut keyed: Vec<(u32, u32)> = keyed.collect();
    keyed.sort_unstable();
    let minhash = |number: u32| minhashes.get(number as usize);
    for bucket in keyed.chunk_by_mut(|(one, _), (other, _)| one == other).filter(|bucket| bucket.len() > 1) {
        if bucket.len() > NEIGHBOURS {
            // By what was said, not by where it stands: so clusters do not depend on the index's layout.
            bucket.sort_unstable_by_key(|(_, number)| minhash(*number));
        }
        for place in 0..bucket.len() {
            let Some(((_, one), behind)) = bucket.get(place..).and_then(<[_]>::split_first) else { continue };
            for (_, other) in behind.iter().take(NEIGHBOURS) {
                if let (Some(left), Some(right)) = (minhash(*one), minhash(*other))
                    && left.is_copy_of(right)
                {
                    clusters.join(*one, *other);
                }
            }
        }
    }
}

/// Numbers the clusters of more than one exchange, for each passage of each segment.
fn numbered(segments: &[Segment], places: &[(usize, u32)], clusters: &mut Families) -> Vec<Vec<u32>> {
    let mut sizes: BTreeMap<u32, u32> = BTreeMap::new();
    for number in (0..).take(places.len()) {
        *sizes.entry(clusters.root(number)).or_default() += 1;
    }
    let copied = sizes.into_iter().filter(|(_, size)| *size > 1).map(|(root, _)| root);
    let numbers: BTreeMap<u32, u32> = copied.zip(1..).collect();
    let mut all: Vec<Vec<u32>> = segments.iter().map(|segment| vec![0; segment.len() as usize]).collect();
    for (number, (ordinal, start)) in (0..).zip(places) {
        let Some(family) = numbers.get(&clusters.root(number)) else { continue };
        let (Some(slots), Some(segment)) = (all.get_mut(*ordinal), segments.get(*ordinal)) else { continue };
        let rest = slots.get_mut(*start as usize..).unwrap_or_default();
        for (slot, passage) in rest.iter_mut().zip(*start..) {
            if passage > *start && segment.starts().contains(passage) {
                break;
            }
            *slot = *family;
        }
    }
    all
}

/// Sets that only grow together (union-find, with path halving).
struct Families(Vec<u32>);

impl Families {
    fn new(len: usize) -> Self {
        Self((0..).take(len).collect())
    }

    /// The number that stands for a set.
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
    use super::Families;

    #[test]
    fn chains_make_one_family() {
        let mut clusters = Families::new(6);
        clusters.join(4, 1);
        clusters.join(5, 4);
        clusters.join(2, 3);
        clusters.join(3, 2);
        assert_eq!([0, 1, 2, 3, 4, 5].map(|number| clusters.root(number)), [0, 1, 2, 2, 1, 1]);
    }
}
