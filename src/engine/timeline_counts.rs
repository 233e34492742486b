//! Counts of matches over time, as a backend returns them.

use crate::engine::Hit;
use crate::query::CivilDay;
use crate::query::DateRange;
use crate::query::Filter;

/// The most buckets of a timeline.
pub const MOST_BUCKETS: usize = 4096;

/// The size of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimelineUnit {
    /// A calendar year.
    #[default]
    Year,
    /// A calendar month.
    Month,
    /// A day.
    Day,
}

impl TimelineUnit {
    /// The number of the bucket that a date is in: buckets that follow each other have numbers that
    /// do. `None` for a date that is less precise than a bucket.
    #[must_use]
    pub const fn bucket(self, date: DateRange) -> Option<i64> {
        /// The days after the first of the longest month.
        const MONTH: i64 = 30;
        let CivilDay { year, month, .. } = date.first_day();
        let days = date.last - date.first;
        match self {
            Self::Year => Some(year),
            Self::Month if days <= MONTH => Some(year * 12 + month - 1),
            Self::Day if days == 0 => Some(date.first),
            Self::Month | Self::Day => None,
        }
    }

    /// The date of a bucket, in ISO 8601 of its precision.
    #[must_use]
    pub fn date(self, bucket: i64) -> String {
        match self {
            Self::Year => format!("{bucket:04}"),
            Self::Month => format!("{:04}-{:02}", bucket.div_euclid(12), bucket.rem_euclid(12) + 1),
            Self::Day => {
                let CivilDay { year, month, day } = CivilDay::of(bucket);
                format!("{year:04}-{month:02}-{day:02}")
            }
        }
    }
}

/// Which counts over time are wanted.
#[derive(Clone, Copy, Debug)]
pub struct TimelineRequest<'a> {
    /// What matches are narrowed to.
    pub filter: &'a Filter,
    /// The size of a bucket.
    pub unit: TimelineUnit,
    /// How many speakers are counted separately: those of most matches.
    pub speakers: usize,
}

/// Counts over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelineCounts {
    /// Buckets in which something matches or could, by number.
    pub buckets: Vec<BucketCounts>,
    /// The speakers that are counted separately, that of most matches first.
    pub speakers: Vec<String>,
    /// How many matches have no date, or one that is less precise than a bucket.
    pub undated: u64,
    /// The earliest match; of one date the best. `None` where no match has a date.
    pub first: Option<Hit>,
    /// The latest match; of one date the best.
    pub last: Option<Hit>,
}

/// Counts of one bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketCounts {
    /// Its number; see [`TimelineUnit::bucket`].
    pub bucket: i64,
    /// How many exchanges match.
    pub matches: u64,
    /// How many exchanges the filter allows, whether they match or not.
    pub exchanges: u64,
    /// How many matches each of [`TimelineCounts::speakers`] has.
    pub speakers: Vec<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_buckets_of_their_precision() {
        let check = |unit: TimelineUnit, dates: [&str; 4]| {
            let range = |date: &str| DateRange::parse(date).unwrap();
            dates.map(|date| unit.bucket(range(date)).map(|bucket| unit.date(bucket)))
        };
        let dates = ["2016", "2016-02", "2016-02-29", "0001-12-31"];
        let some = |date: &str| Some(date.to_owned());
        let years = [some("2016"), some("2016"), some("2016"), some("0001")];
        assert_eq!(check(TimelineUnit::Year, dates), years);
        let months = [None, some("2016-02"), some("2016-02"), some("0001-12")];
        assert_eq!(check(TimelineUnit::Month, dates), months);
        assert_eq!(check(TimelineUnit::Day, dates), [None, None, some("2016-02-29"), some("0001-12-31")]);
    }
}
