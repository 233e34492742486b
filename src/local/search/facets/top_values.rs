//! The commonest values.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::engine::FacetValue;

/// Keeps the values with the greatest counts; of equal counts the least values.
#[derive(Debug)]
pub(super) struct TopValues<'v> {
    size: usize,
    heap: BinaryHeap<Counted<'v>>,
    offered: u64,
}

/// A value and its count. The greatest is the last on the list.
#[derive(Debug, PartialEq, Eq)]
struct Counted<'v> {
    count: u64,
    value: &'v str,
}

impl Ord for Counted<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.count.cmp(&self.count).then_with(|| self.value.cmp(other.value))
    }
}

impl PartialOrd for Counted<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<'v> TopValues<'v> {
    pub(super) fn new(size: usize) -> Self {
        Self { size, heap: BinaryHeap::new(), offered: 0 }
    }

    /// Counts a value that is not offered again. Returns false where it does not make the list; so
    /// no greater value with the same count or less will.
    pub(super) fn offer(&mut self, count: u64, value: &'v str) -> bool {
        self.offered += 1;
        let counted = Counted { count, value };
        if self.heap.len() < self.size {
            self.heap.push(counted);
            return true;
        }
        match self.heap.peek_mut() {
            Some(mut last) if counted < *last => {
                *last = counted;
                true
            }
            _ => false,
        }
    }

    /// Counts a value that is known not to make the list.
    pub(super) const fn pass(&mut self) {
        self.offered += 1;
    }

    /// The list, the commonest first, and how many more values there are.
    pub(super) fn finish(self) -> (Vec<FacetValue>, u64) {
        let more = self.offered - self.heap.len() as u64;
        let values = self.heap.into_sorted_vec().into_iter();
        let values = values.map(|Counted { count, value }| FacetValue { value: value.to_owned(), count });
        (values.collect(), more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_then_the_least() {
        let offers = [("d", 1), ("b", 2), ("c", 2), ("a", 2), ("e", 9), ("f", 1)];
        for (size, expect) in [(0, ""), (1, "e"), (3, "eab"), (9, "eabcdf")] {
            let mut top = TopValues::new(size);
            for (value, count) in offers {
                top.offer(count, value);
            }
            let (values, more) = top.finish();
            assert_eq!(values.iter().map(|value| value.value.as_str()).collect::<String>(), expect);
            assert_eq!(more, (offers.len() - values.len()) as u64);
        }
    }
}
