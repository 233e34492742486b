//! Sets of passages.

use fixedbitset::FixedBitSet;

/// A set of small numbers: passages of a segment. Numbers from its capacity on are never in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BitSet(FixedBitSet);

// Scores are handed on for 64 passages at a time.
const _: () = assert!(usize::BITS == 64, "a word of a set has 64 bits");

impl BitSet {
    /// The empty set, with room for numbers below `capacity`.
    #[must_use]
    pub(crate) fn empty(capacity: u32) -> Self {
        Self(FixedBitSet::with_capacity(capacity as usize))
    }

    /// The set of all numbers below `capacity`.
    #[must_use]
    pub(crate) fn full(capacity: u32) -> Self {
        let mut bits = Self::empty(capacity);
        bits.0.insert_range(..);
        bits
    }

    /// Inserts a number; one that there is no room for is ignored.
    pub(crate) fn insert(&mut self, number: u32) {
        if (number as usize) < self.0.len() {
            self.0.insert(number as usize);
        }
    }

    /// Inserts numbers from `64 * index` on, given as bits.
    pub(crate) fn insert_word(&mut self, index: usize, bits: u64) {
        let capacity = self.0.len();
        if let Some(word) = self.0.as_mut_slice().get_mut(index) {
            let room = capacity.saturating_sub(index * 64);
            let bits = if room < 64 { bits & !(u64::MAX << room) } else { bits };
            // A word has 64 bits; see above.
            *word |= usize::try_from(bits).unwrap_or_default();
        }
    }

    /// Whether the number is in the set.
    #[must_use]
    pub(crate) fn contains(&self, number: u32) -> bool {
        self.0.contains(number as usize)
    }

    /// The highest number in the set that is not above `number`.
    #[must_use]
    pub(crate) fn at_or_below(&self, number: u32) -> Option<u32> {
        let words = self.0.as_slice();
        let mut index = number as usize / 64;
        let mut word = words.get(index)? & (usize::MAX >> (63 - number % 64));
        loop {
            if let Some(highest) = word.checked_ilog2() {
                return u32::try_from(index * 64).ok().map(|base| base + highest);
            }
            index = index.checked_sub(1)?;
            word = *words.get(index)?;
        }
    }

    /// The numbers from `64 * index` on as bits, 64 in each word.
    pub(crate) fn words_from(&self, index: usize) -> impl Iterator<Item = u64> {
        self.0.as_slice().get(index..).unwrap_or_default().iter().map(|word| *word as u64)
    }

    /// The 64 numbers from `64 * index` on, as bits.
    #[must_use]
    pub(crate) fn word(&self, index: usize) -> u64 {
        self.0.as_slice().get(index).map_or(0, |word| *word as u64)
    }

    /// Whether the set is empty.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_clear()
    }

    /// How many numbers are in the set.
    #[must_use]
    pub(crate) fn count(&self) -> u64 {
        self.0.count_ones(..) as u64
    }

    /// Keeps the numbers that are in both sets.
    pub(crate) fn intersect(&mut self, other: &Self) {
        self.0.intersect_with(&other.0);
    }

    /// Adds the numbers of `other`.
    pub(crate) fn unite(&mut self, other: &Self) {
        self.0.union_with(&other.0);
    }

    /// Removes the numbers that are in `other`.
    pub(crate) fn subtract(&mut self, other: &Self) {
        self.0.difference_with(&other.0);
    }

    /// Replaces each number by the highest number of `starts` that is not above it.
    pub(crate) fn lower_to(&mut self, starts: &Self) {
        let others: Vec<u32> = {
            let mut others = self.clone();
            others.subtract(starts);
            others.iter().collect()
        };
        self.intersect(starts);
        others
            .into_iter()
            .filter_map(|number| starts.at_or_below(number))
            .for_each(|start| self.insert(start));
    }

    /// The numbers in the set, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.ones().filter_map(|number| u32::try_from(number).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::BitSet;

    fn set(numbers: &[u32]) -> BitSet {
        let mut bits = BitSet::empty(200);
        for number in numbers {
            bits.insert(*number);
        }
        bits
    }

    #[test]
    fn a_set_of_numbers() {
        let bits = set(&[0, 63, 64, 199, 200, 1000]);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 199]);
        assert!(bits.contains(64) && !bits.contains(65) && !bits.contains(1000));
        let below = [0, 62, 63, 198, 199].map(|number| bits.at_or_below(number));
        assert_eq!(below, [Some(0), Some(0), Some(63), Some(64), Some(199)]);
        assert_eq!(BitSet::empty(10).at_or_below(5), None);
        assert_eq!([0, 1, 3, 9].map(|index| bits.word(index)), [1 | 1 << 63, 1, 1 << 7, 0]);
        assert!(bits.words_from(1).eq([1, 0, 1 << 7]) && bits.words_from(9).next().is_none());
    }

    #[test]
    fn words_are_inserted() {
        let mut bits = set(&[1]);
        bits.insert_word(1, 1 | 1 << 63);
        bits.insert_word(3, u64::MAX);
        bits.insert_word(9, 1);
        assert_eq!(bits.iter().take(3).collect::<Vec<_>>(), [1, 64, 127]);
        assert_eq!(bits.count(), 3 + 8, "up to its capacity of 200");
    }

    #[test]
    fn numbers_lowered_to_the_start_before_them() {
        let mut bits = set(&[1, 3, 5, 64, 130]);
        bits.lower_to(&set(&[2, 3, 4, 63, 128, 129]));
        assert_eq!(bits, set(&[3, 4, 63, 129]));
    }

    #[test]
    fn the_set_of_all() {
        for capacity in [0, 1, 63, 64, 65, 130] {
            assert_eq!(BitSet::full(capacity).count(), u64::from(capacity));
        }
        let (mut some, few) = (BitSet::full(200), set(&[7]));
        some.subtract(&few);
        assert_eq!(some.count(), 199);
        some.intersect(&few);
        assert!(some.is_empty());
    }
}
