//! The orders of results.

use std::cmp::Ordering;

use crate::engine::Score;
use crate::query::DateRange;

/// An order of results. Ties are broken by score, then by document id, then by position in the
/// document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By falling score.
    #[default]
    Relevance,
    /// By date of publication, latest first; documents without a date last.
    Newest,
    /// By date of publication, earliest first; documents without a date last.
    Oldest,
    /// By document id, then by position in the document, whatever the score.
    Document,
}

/// What a result is ordered by before its document id and its position there. The least key comes
/// first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// The date, so encoded that less comes first; 0 in orders without dates.
    date: i64,
    /// The score; 0 in an order without scores.
    score: Score,
}

/// After all dates.
const UNDATED: i64 = i64::MAX;

impl Order {
    /// Whether the date of a document matters.
    #[must_use]
    pub const fn is_by_date(self) -> bool {
        matches!(self, Self::Newest | Self::Oldest)
    }

    /// The key of a result with this date and score.
    #[must_use]
    pub fn sort_key(self, published: Option<DateRange>, score: Score) -> SortKey {
        match self {
            Self::Relevance => SortKey { date: 0, score },
            Self::Newest => SortKey { date: published.map_or(UNDATED, |range| -day_key(range)), score },
            Self::Oldest => SortKey { date: published.map_or(UNDATED, day_key), score },
            Self::Document => SortKey { date: 0, score: Score(0.0) },
        }
    }
}

/// Orders dates as their ISO 8601 texts are ordered: `2017`, `2017-01`, `2017-01-01`, `2017-01-02`.
fn day_key(range: DateRange) -> i64 {
    /// More than the days of a year.
    const DAYS: i64 = 512;
    let days = range.last.saturating_sub(range.first).clamp(0, DAYS - 1);
    range.first.saturating_mul(DAYS).saturating_add(DAYS - 1 - days)
}

impl SortKey {
    /// In an order by date: whether the result has one.
    #[must_use]
    pub const fn is_dated(self) -> bool {
        self.date != UNDATED
    }

    /// The numbers that a page token keeps.
    #[must_use]
    pub(super) const fn to_numbers(self) -> (i64, u32) {
        (self.date, self.score.0.to_bits())
    }

    /// The key with these numbers; see [`SortKey::to_numbers`].
    #[must_use]
    pub(super) const fn from_numbers((date, score): (i64, u32)) -> Self {
        Self { date, score: Score(f32::from_bits(score)) }
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.date.cmp(&other.date).then_with(|| other.score.cmp(&self.score))
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_ordered_as_their_texts() {
        let dates = ["1899", "2016-12-31", "2017", "2017-01", "2017-01-01", "2017-01-02", "2017-02"];
        let keys = |order: Order| dates.map(|date| order.sort_key(DateRange::parse(date).ok(), Score(0.0)));
        assert!(keys(Order::Oldest).is_sorted_by(|one, other| one < other));
        assert!(keys(Order::Newest).is_sorted_by(|one, other| one > other));
        for order in [Order::Oldest, Order::Newest] {
            let undated = order.sort_key(None, Score(9.0));
            assert!(keys(order).iter().all(|key| *key < undated), "{order:?}");
            let first = keys(order)[0];
            assert!(order.sort_key(DateRange::parse("1899").ok(), Score(0.1)) < first, "the better first");
        }
    }

    #[test]
    fn keys_come_back_from_numbers() {
        let key = Order::Newest.sort_key(DateRange::parse("2017-04").ok(), Score(1.5));
        assert_eq!(SortKey::from_numbers(key.to_numbers()), key);
    }
}
