//! How many matches have each ordinal.

/// Counts ordinals below `len`, of which there are `total`. Returns those that occur, ascending,
/// with how often.
pub(in crate::local::search) fn ordinal_counts(
    ordinals: impl Iterator<Item = usize>,
    len: usize,
    total: u64,
) -> Vec<(usize, u64)> {
    /// To clear and read a table of counters costs as much as to sort one in so many ordinals.
    const SPARSE: usize = 16;
    if usize::try_from(total).is_ok_and(|total| total < len / SPARSE) {
        let mut all: Vec<usize> = ordinals.collect();
        all.sort_unstable();
        return all
            .chunk_by(|one, other| one == other)
            .filter_map(|same| Some((*same.first()?, same.len() as u64)))
            .collect();
    }
    let mut counts = vec![0_u32; len];
    for ordinal in ordinals {
        if let Some(count) = counts.get_mut(ordinal) {
            // A segment has fewer passages than this overflows at.
            *count = count.saturating_add(1);
        }
    }
    let counts = counts.into_iter().enumerate();
    counts.filter(|(_, count)| *count > 0).map(|(ordinal, count)| (ordinal, count.into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_counted_alike() {
        let ordinals = [5, 1, 5, 99, 1, 5];
        let expect = vec![(1, 2), (5, 3), (99, 1)];
        for len in [100, 1000] {
            assert_eq!(ordinal_counts(ordinals.into_iter(), len, 6), expect, "{len}");
        }
    }
}
