//! Strings in order, such as the ids of a segment's documents.

/// Strings in ascending order, end to end. The rank of a string is its number in this order.
#[derive(Default)]
pub(crate) struct SortedStrings {
    text: String,
    ends: Vec<usize>,
}

impl SortedStrings {
    /// Adds a string that is above all others.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.text.push_str(&String::from_utf8_lossy(bytes));
        self.ends.push(self.text.len());
    }

    /// How many strings there are.
    #[must_use]
    pub(crate) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// All strings, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|rank| self.get(rank))
    }

    /// The string of a rank; empty where there is none.
    #[must_use]
    pub(crate) fn get(&self, rank: usize) -> &str {
        let start = rank.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let range = start.zip(self.ends.get(rank).copied());
        range.and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }

    /// How many strings are below `string`, and whether it is among them.
    #[must_use]
    pub(crate) fn rank_of(&self, string: &str) -> (usize, bool) {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle) < string { low = middle + 1 } else { high = middle }
        }
        (low, low < self.ends.len() && self.get(low) == string)
    }
}

#[cfg(test)]
mod tests {
    use super::SortedStrings;

    #[test]
    fn strings_and_their_ranks() {
        let mut ids = SortedStrings::default();
        for id in ["a", "bb", "d"] {
            ids.push(id.as_bytes());
        }
        assert_eq!([0, 1, 2, 3].map(|rank| ids.get(rank)), ["a", "bb", "d", ""]);
        let ranks = ["", "a", "b", "bb", "c", "d", "e"].map(|id| ids.rank_of(id));
        assert_eq!(ranks, [(0, false), (0, true), (1, false), (1, true), (2, false), (2, true), (3, false)]);
    }
}
