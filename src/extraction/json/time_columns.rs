//! The columns that say when records were said.

use crate::extraction::common::column_names;
use crate::extraction::json::tables::Tables;

/// Columns of times, and the unit of their bare numbers in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct TimeColumns {
    pub start: Option<usize>,
    pub end: Option<usize>,
    pub length: Option<usize>,
    pub unit: f64,
}

impl Eq for TimeColumns {}

impl TimeColumns {
    /// When a record was said, in seconds.
    pub(crate) fn of(&self, tables: &Tables, text: &str, record: usize) -> Option<(f64, Option<f64>)> {
        let read = |column: usize| {
            let unit = tables.columns.get(column).and_then(|column| column_names::unit(&column.names));
            let unit = unit.unwrap_or(self.unit);
            let (start, end) = tables.get(column, record)?.time(text)?;
            Some((start.seconds(unit), end.map(|end| end.seconds(unit))))
        };
        let (start, ranged) = read(self.start?)?;
        let end = self.end.and_then(read).map(|(end, _)| end);
        let length = || self.length.and_then(read).map(|(length, _)| start + length);
        Some((start, ranged.or(end).or_else(length)))
    }
}
