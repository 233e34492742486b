//! Which columns of a table hold times, by their names and values.

use crate::extraction::common::column_names;
use crate::extraction::common::column_names::Role;
use crate::extraction::common::columns::Profile;

/// A column of which is to be known what it holds.
#[derive(Debug)]
pub(crate) struct Described<'a> {
    /// Its own name last, before it the names of what it is nested in.
    pub names: &'a [String],
    pub profile: &'a Profile,
    /// Its first number, which tells a start from an end.
    pub first: f64,
}

/// The columns of times among those of a table, by their places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times {
    pub start: Option<usize>,
    pub end: Option<usize>,
    pub length: Option<usize>,
}

impl Times {
    /// Finds them.
    pub(crate) fn among(columns: &[Described<'_>]) -> Self {
        let find = |role: Role| {
            let named = columns.iter().enumerate().filter(|(_, column)| {
                column_names::is(column.names, role) && (role == Role::Length || column.profile.is_time(true))
            });
            // Clock strings need no guess of a unit, nor do names that tell it.
            named
                .max_by_key(|(at, column)| {
                    let certain = column.profile.numbers == 0 || column_names::unit(column.names).is_some();
                    (certain, std::cmp::Reverse(*at))
                })
                .map(|(at, _)| at)
        };
        let mut times = Self { start: find(Role::Start), end: find(Role::End), length: find(Role::Length) };
        if times.start.is_some() {
            return times;
        }
        let mut rising: Vec<(usize, f64)> = columns
            .iter()
            .enumerate()
            .filter(|(at, column)| times.end != Some(*at) && column.profile.is_time(false))
            .map(|(at, column)| (at, column.first))
            .collect();
        rising.sort_by(|a, b| a.1.total_cmp(&b.1));
        times.start = rising.first().map(|(at, _)| *at);
        times.end = times.end.or_else(|| rising.get(1).map(|(at, _)| *at));
        times
    }
}
