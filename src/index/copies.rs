//! Which exchanges of a snapshot are copies of one.
//!
//! Being a copy by their sketches relates pairs; exchanges that a chain of such pairs joins are one family. That
//! makes families disjoint, whatever is searched for and in whatever order it is found.

use std::collections::BTreeMap;

use crate::index::Segment;
use crate::index::sketch::BANDS;
use crate::index::sketch::Sketch;

/// How many of its neighbours an exchange is compared with, among those that share a run of its sketch: in order
/// of question, then of answer, so that copies stand together however many answers begin with the same phrases.
const NEIGHBOURS: usize = 32;

/// The families of copies of a snapshot.
#[derive(Debug)]
pub struct Copies {
    /// For each segment, the family of each passage from 1; 0 where its exchange has no copy.
    segments: Vec<Vec<u32>>,
}

impl Copies {
    /// Finds the families among the live exchanges of these segments.
    pub(super) fn find(segments: &[Segment]) -> Self {
        let mut places = Vec::new();
        let mut sketches = Vec::new();
        for (ordinal, segment) in segments.iter().enumerate() {
            segment.sketches(&mut |start, sketch| {
                places.push((ordinal, start));
                sketches.push(sketch);
            });
        }
        let mut families = Families::new(sketches.len());
        for band in 0..BANDS {
            join_band(&sketches, band, &mut families);
        }
        Self { segments: numbered(segments, &places, &mut families) }
    }

    /// The family of a passage's exchange, a number for each; `None` where it has no copy.
    #[must_use]
    pub fn family(&self, segment: usize, passage: u32) -> Option<u32> {
        let family = self.segments.get(segment)?.get(passage as usize)?;
        family.checked_sub(1)
    }
}

/// Joins copies among the exchanges whose sketches have the same run of bytes.
fn join_band(sketches: &[Sketch], band: usize, families: &mut Families) {
    let keyed = sketches.iter().zip(0_u32..).map(|(sketch, number)| (sketch.band(band), number));
    let mut keyed: Vec<(u32, u32)> = keyed.collect();
    keyed.sort_unstable();
    let sketch = |number: u32| sketches.get(number as usize);
    for bucket in keyed.chunk_by_mut(|(one, _), (other, _)| one == other).filter(|bucket| bucket.len() > 1) {
        if bucket.len() > NEIGHBOURS {
            // By what was said, not by where it stands: so families do not depend on the index's layout.
            bucket.sort_unstable_by_key(|(_, number)| sketch(*number));
        }
        for place in 0..bucket.len() {
            let Some(((_, one), behind)) = bucket.get(place..).and_then(<[_]>::split_first) else { continue };
            for (_, other) in behind.iter().take(NEIGHBOURS) {
                if let (Some(left), Some(right)) = (sketch(*one), sketch(*other))
                    && left.is_copy_of(right)
                {
                    families.join(*one, *other);
                }
            }
        }
    }
}

/// Numbers the families of more than one exchange, for each passage of each segment.
fn numbered(segments: &[Segment], places: &[(usize, u32)], families: &mut Families) -> Vec<Vec<u32>> {
    let mut sizes: BTreeMap<u32, u32> = BTreeMap::new();
    for number in (0..).take(places.len()) {
        *sizes.entry(families.root(number)).or_default() += 1;
    }
    let copied = sizes.into_iter().filter(|(_, size)| *size > 1).map(|(root, _)| root);
    let numbers: BTreeMap<u32, u32> = copied.zip(1..).collect();
    let mut all: Vec<Vec<u32>> = segments.iter().map(|segment| vec![0; segment.len() as usize]).collect();
    for (number, (ordinal, start)) in (0..).zip(places) {
        let Some(family) = numbers.get(&families.root(number)) else { continue };
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
        let mut families = Families::new(6);
        families.join(4, 1);
        families.join(5, 4);
        families.join(2, 3);
        families.join(3, 2);
        assert_eq!([0, 1, 2, 3, 4, 5].map(|number| families.root(number)), [0, 1, 2, 2, 1, 1]);
    }
}
