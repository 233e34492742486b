//! Filters of results.

use std::collections::BTreeMap;

use jiff::civil::Date;
use thiserror::Error;

/// Within a field any value may match; across fields all must. An empty field does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Ids of documents.
    pub document_ids: Vec<String>,
    /// Names of those who answer. A name matches that has all words of a value, case and accents
    /// apart.
    pub speakers: Vec<String>,
    /// Names of those who ask, matched as speakers.
    pub askers: Vec<String>,
    /// Publishers, matched as speakers.
    pub publishers: Vec<String>,
    /// The first day of publication.
    pub published_from: Option<DateBound>,
    /// The last day of publication.
    pub published_to: Option<DateBound>,
    /// BCP 47 tags; `en` also matches `en-GB`.
    pub languages: Vec<String>,
    /// Labels by key: a document must have one of the values of every key.
    pub labels: BTreeMap<String, Vec<String>>,
    /// Ids of documents that do not match.
    pub excluded_document_ids: Vec<String>,
    /// Names of those whose answers do not match, matched as speakers.
    pub excluded_speakers: Vec<String>,
}

impl Filter {
    /// Whether all exchanges pass.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The days that a document has to be published on one of; `None` where any date, or none,
    /// passes.
    #[must_use]
    pub fn published(&self) -> Option<DateRange> {
        let (from, to) = (self.published_from, self.published_to);
        (from.is_some() || to.is_some()).then(|| DateRange {
            first: from.map_or(i64::MIN, |bound| bound.first),
            last: to.map_or(i64::MAX, |bound| bound.last),
        })
    }
}

/// An ISO 8601 date of year, month or day precision, as the days it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateRange {
    /// The first day, counted from 1970-01-01.
    pub first: i64,
    /// The last day, counted from 1970-01-01; not before `first`.
    pub last: i64,
}

/// A bound of publication: the date as it was written, of any precision.
pub type DateBound = DateRange;

/// A text that is no ISO 8601 date of year, month or day precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an ISO 8601 date such as 2017, 2017-04 or 2017-04-14")]
pub struct InvalidDate;

impl DateRange {
    /// Reads `2017`, `2017-04` or `2017-04-14`; a time of day after the date is ignored.
    pub fn parse(text: &str) -> Result<Self, InvalidDate> {
        let date = text.trim().split(['T', ' ']).next().unwrap_or_default();
        let mut parts = date.split('-');
        let year = number(parts.next(), 4)?.ok_or(InvalidDate)?;
        let month = number(parts.next(), 2)?;
        let day = number(parts.next(), 2)?;
        if parts.next().is_some() {
            return Err(InvalidDate);
        }
        let first = date_of(year, month.unwrap_or(1), day.unwrap_or(1))?;
        let last = match (month, day) {
            (None, _) => first.last_of_year(),
            (Some(_), None) => first.last_of_month(),
            (Some(_), Some(_)) => first,
        };
        Ok(Self { first: days(first), last: days(last) })
    }

    /// The calendar day that it begins with.
    #[must_use]
    pub const fn first_day(self) -> CivilDay {
        CivilDay::of(self.first)
    }

    /// Whether the two share a day.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// A day of the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CivilDay {
    /// The year.
    pub year: i64,
    /// The month, from 1.
    pub month: i64,
    /// The day of the month, from 1.
    pub day: i64,
}

impl CivilDay {
    /// The day so many days after 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms", `civil_from_days`). A dozen integer operations, as it is called for each match.
    #[must_use]
    pub const fn of(days: i64) -> Self {
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        // Months from March on.
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        Self { year, month, day }
    }
}

/// A part of a date: absent, or exactly `digits` decimal digits.
fn number(part: Option<&str>, digits: usize) -> Result<Option<i16>, InvalidDate> {
    let Some(part) = part else { return Ok(None) };
    if part.len() != digits || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidDate);
    }
    part.parse().map(Some).map_err(|_| InvalidDate)
}

fn date_of(year: i16, month: i16, day: i16) -> Result<Date, InvalidDate> {
    let month = i8::try_from(month).map_err(|_| InvalidDate)?;
    let day = i8::try_from(day).map_err(|_| InvalidDate)?;
    Date::new(year, month, day).map_err(|_| InvalidDate)
}

fn days(date: Date) -> i64 {
    date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let mut date = Date::constant(0, 1, 1);
        for _ in 0..200_000 {
            let expect =
                CivilDay { year: date.year().into(), month: date.month().into(), day: date.day().into() };
            assert_eq!(CivilDay::of(days(date)), expect);
            date = date.tomorrow().unwrap();
        }
        assert_eq!(CivilDay::of(days(Date::constant(9999, 12, 31))).year, 9999);
    }
}
