//! Sets of passages.

/// A set of small numbers: passages of a segment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    /// The empty set, with room at least for numbers below `len`.
    #[must_use]
    pub fn empty(len: u32) -> Self {
        Self { words: vec![0; (len as usize).div_ceil(64)] }
    }

    /// The set of all numbers below `len`.
    #[must_use]
    pub fn full(len: u32) -> Self {
        let mut bits = Self { words: vec![u64::MAX; (len as usize).div_ceil(64)] };
        let spare = bits.words.len() * 64 - len as usize;
        if let Some(last) = bits.words.last_mut() {
            *last >>= spare;
        }
        bits
    }

    /// Puts a number in; one without room is passed over.
    pub fn insert(&mut self, number: u32) {
        if let Some(word) = self.words.get_mut(number as usize / 64) {
            *word |= 1 << (number % 64);
        }
    }

    /// Whether the number is in.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        self.words.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// The highest number in the set that is not above `number`.
    #[must_use]
    pub fn at_or_below(&self, number: u32) -> Option<u32> {
        let mut place = number as usize / 64;
        let mut word = self.words.get(place)? & (u64::MAX >> (63 - number % 64));
        loop {
            if let Some(highest) = word.checked_ilog2() {
                return u32::try_from(place * 64).ok().map(|base| base + highest);
            }
            place = place.checked_sub(1)?;
            word = *self.words.get(place)?;
        }
    }

    /// All numbers from `64 * index`, 64 of them in each word, as bits.
    #[must_use]
    pub fn words_from(&self, index: usize) -> &[u64] {
        self.words.get(index..).unwrap_or_default()
    }

    /// The numbers from `64 * index`, as bits.
    #[must_use]
    pub fn word(&self, index: usize) -> u64 {
        self.words.get(index).copied().unwrap_or(0)
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many numbers it holds.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Keeps what is in both.
    pub fn intersect(&mut self, other: &Self) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine &= theirs;
        }
    }

    /// Takes out what is in `other`.
    pub fn subtract(&mut self, other: &Self) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine &= !theirs;
        }
    }

    /// Puts in the place of each number the highest number of `starts` that is not above it.
    pub fn lower_to(&mut self, starts: &Self) {
        let stray: Vec<u32> = {
            let mut stray = self.clone();
            stray.subtract(starts);
            stray.iter().collect()
        };
        self.intersect(starts);
        stray
            .into_iter()
            .filter_map(|number| starts.at_or_below(number))
            .for_each(|start| self.insert(start));
    }

    /// Its numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0u32..).step_by(64).zip(&self.words).flat_map(|(base, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let lowest = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(base + lowest)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::BitSet;

    #[test]
    fn a_set_of_numbers() {
        let mut bits = BitSet::empty(200);
        for number in [0, 63, 64, 199, 1000] {
            bits.insert(number);
        }
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 199]);
        assert!(bits.contains(64) && !bits.contains(65) && !bits.contains(1000));
        let below = [0, 62, 63, 198, 199].map(|number| bits.at_or_below(number));
        assert_eq!(below, [Some(0), Some(0), Some(63), Some(64), Some(199)]);
        assert_eq!(BitSet::empty(10).at_or_below(5), None);
    }

    #[test]
    fn numbers_lowered_to_where_they_begin() {
        let set = |numbers: &[u32]| {
            let mut bits = BitSet::empty(200);
            for number in numbers {
                bits.insert(*number);
            }
            bits
        };
        let mut bits = set(&[1, 3, 5, 64, 130]);
        bits.lower_to(&set(&[2, 3, 4, 63, 128, 129]));
        assert_eq!(bits, set(&[3, 4, 63, 129]));
    }

    #[test]
    fn the_set_of_all() {
        for len in [0, 1, 63, 64, 65, 130] {
            assert_eq!(BitSet::full(len).count(), u64::from(len));
        }
        let mut some = BitSet::full(100);
        let mut few = BitSet::empty(100);
        few.insert(7);
        some.subtract(&few);
        assert_eq!(some.count(), 99);
        some.intersect(&few);
        assert_eq!(some.count(), 0);
    }
}
