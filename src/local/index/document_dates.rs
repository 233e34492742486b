//! The dates of a segment's documents.

use crate::query::DateRange;

/// The days on which each document can have been published, by the rank of its id: eight bytes a
/// document.
#[derive(Default)]
pub(super) struct DocumentDates {
    /// First and last day; [`UNDATED`] where they are not known.
    days: Vec<[i32; 2]>,
    /// Whether any document has no date.
    any_undated: bool,
    /// The least and the greatest first day of those that have one, and the same of last days.
    first: [i32; 2],
    last: [i32; 2],
}

/// Overlaps with no range.
const UNDATED: [i32; 2] = [i32::MAX, i32::MIN];

/// How many of a segment's documents a range of days overlaps with. `Some` can be none or all of
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coverage {
    None,
    Some,
    All,
}

impl DocumentDates {
    /// The dates of `documents` documents, given with the rank of each that has one.
    pub(super) fn new(documents: usize, published: impl Iterator<Item = (usize, DateRange)>) -> Self {
        let mut days = vec![UNDATED; documents];
        for (rank, range) in published {
            if let Some(days) = days.get_mut(rank) {
                *days = days_of(range);
            }
        }
        let dated = || days.iter().filter(|days| **days != UNDATED);
        let [first, last] = [0, 1].map(|bound| {
            let all = || dated().filter_map(|days| days.get(bound).copied());
            [all().min().unwrap_or(i32::MAX), all().max().unwrap_or(i32::MIN)]
        });
        let any_undated = dated().count() < documents;
        Self { days, any_undated, first, last }
    }

    /// The date of the document of a rank.
    pub(super) fn get(&self, rank: usize) -> Option<DateRange> {
        let days = self.days.get(rank).filter(|days| **days != UNDATED)?;
        let [first, last] = days.map(i64::from);
        Some(DateRange { first, last })
    }

    /// Whether the document of a rank can have been published on a day of `range`.
    pub(super) fn overlaps(&self, rank: usize, range: DateRange) -> bool {
        let [from, to] = days_of(range);
        self.days.get(rank).is_some_and(|[first, last]| *first <= to && from <= *last)
    }

    /// How many of the documents can have been published on a day of `range`, by what is known of
    /// all together.
    pub(super) fn coverage(&self, range: DateRange) -> Coverage {
        let [from, to] = days_of(range);
        let ([first, latest_first], [earliest_last, last]) = (self.first, self.last);
        if to < first || last < from {
            Coverage::None
        } else if !self.any_undated && latest_first <= to && from <= earliest_last {
            Coverage::All
        } else {
            Coverage::Some
        }
    }
}

/// First and last day. No date that can be read is as far from 1970 as the bounds that stand in for
/// a missing one.
fn days_of(range: DateRange) -> [i32; 2] {
    let day = |day: i64| {
        i32::try_from(day.clamp(i64::from(i32::MIN) + 1, i64::from(i32::MAX) - 1)).unwrap_or_default()
    };
    [day(range.first), day(range.last)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_by_rank() {
        let range = |first, last| DateRange { first, last };
        let days = |middle: Option<DateRange>| {
            let known = [(0, range(10, 40)), (2, range(-5, -5))].into_iter();
            DocumentDates::new(3, known.chain(middle.map(|middle| (1, middle))))
        };
        let dates = days(None);
        assert_eq!(
            [0, 1, 2, 3].map(|rank| dates.get(rank)),
            [Some(range(10, 40)), None, Some(range(-5, -5)), None]
        );
        let overlap = |range| [0, 1, 2, 3].map(|rank| dates.overlaps(rank, range));
        assert_eq!(overlap(range(40, i64::MAX)), [true, false, false, false]);
        assert_eq!(overlap(range(i64::MIN, i64::MAX)), [true, false, true, false]);
        assert_eq!(dates.coverage(range(11, 12)), Coverage::Some);
        assert_eq!(dates.coverage(range(41, 50)), Coverage::None);
        assert_eq!(dates.coverage(range(i64::MIN, i64::MAX)), Coverage::Some, "one has no date");
        assert_eq!(days(Some(range(0, 0))).coverage(range(-5, 10)), Coverage::All);
        assert_eq!(DocumentDates::new(2, std::iter::empty()).coverage(range(0, 9)), Coverage::None);
    }
}
