//! The ids of a segment's documents.

/// Document ids in ascending order, end to end.
#[derive(Default)]
pub(super) struct DocumentIds {
    text: String,
    ends: Vec<usize>,
}

impl DocumentIds {
    /// Adds an id that is above all others.
    pub(super) fn push(&mut self, id: &[u8]) {
        self.text.push_str(&String::from_utf8_lossy(id));
        self.ends.push(self.text.len());
    }

    /// How many ids there are.
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    /// All ids, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|rank| self.get(rank))
    }

    /// The id of a rank; empty where there is none.
    pub(super) fn get(&self, rank: usize) -> &str {
        let start = rank.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let range = start.zip(self.ends.get(rank).copied());
        range.and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }

    /// How many ids are below `id`, and whether `id` is among them.
    pub(super) fn rank_of(&self, id: &str) -> (usize, bool) {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle) < id { low = middle + 1 } else { high = middle }
        }
        (low, low < self.ends.len() && self.get(low) == id)
    }
}

#[cfg(test)]
mod tests {
    use super::DocumentIds;

    #[test]
    fn ids_and_their_ranks() {
        let mut ids = DocumentIds::default();
        for id in ["a", "bb", "d"] {
            ids.push(id.as_bytes());
        }
        assert_eq!([0, 1, 2, 3].map(|rank| ids.get(rank)), ["a", "bb", "d", ""]);
        let ranks = ["", "a", "b", "bb", "c", "d", "e"].map(|id| ids.rank_of(id));
        assert_eq!(ranks, [(0, false), (0, true), (1, false), (1, true), (2, false), (2, true), (3, false)]);
    }
}
