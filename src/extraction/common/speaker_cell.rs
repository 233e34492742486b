//! Speakers as fields write them: a name, maybe with a time, a colon or brackets around it.

use std::collections::BTreeSet;

use crate::extraction::common::clock;
use crate::extraction::common::clock::Time;

/// Longest name of a speaker, in bytes.
const LONGEST: usize = 200;

/// The name in a field, and the time that is written with it, as in `Ann Lee (00:12:03)`.
pub(crate) fn split(said: &str) -> (&str, Option<Time>) {
    let (name, time) = stamp(said.trim());
    let name = name.trim().trim_end_matches([':', '：']).trim_end();
    let inside = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    (inside.unwrap_or(name).trim(), time)
}

fn stamp(said: &str) -> (&str, Option<Time>) {
    if said.len() > LONGEST || !said.contains(':') {
        return (said, None);
    }
    let read = |stamp: &str| match clock::read(stamp) {
        Some((time @ Time::Seconds(_), _)) => Some(time),
        Some((Time::Bare(_), _)) | None => None,
    };
    let joints = [' ', '\t', '\u{a0}'];
    if let Some((name, last)) = said.trim_end_matches(':').rsplit_once(joints)
        && let Some(time) = read(last)
    {
        return (name.trim_end_matches([' ', '-', '–', '—', '|', ',']), Some(time));
    }
    if let Some((first, name)) = said.split_once(joints)
        && let Some(time) = read(first)
    {
        return (name.trim_start_matches([' ', '-', '–', '—', '|', ',']), Some(time));
    }
    (said, None)
}

/// Whether a field holds a name, and not a filler or a stage direction alone.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST && name.contains(char::is_alphanumeric)
}

/// The name to show for a field of a column that has speakers for certain. Recognisers number or
/// letter the voices that they tell apart. An alphabet from A on is such letters, and so is a run
/// of neighbours, where the file is a part of a longer one; `Q` and `A` are none, nor `Q` and `R`
/// in French.
#[derive(Debug, Default)]
pub(crate) struct Naming {
    lettered: bool,
    certain: bool,
}

impl Naming {
    /// How the speakers of a column are shown, of which `values` are all.
    pub(crate) fn of(values: &BTreeSet<String>, certain: bool) -> Self {
        let first = values.first().and_then(|value| value.bytes().next()).unwrap_or_default();
        let run = (first..=b'Z').take_while(|letter| first == b'A' || *letter != b'Q');
        let mut letters = run.filter(u8::is_ascii_uppercase);
        let lettered = values.iter().all(|value| letters.next().is_some_and(|at| value.as_bytes() == [at]));
        Self { lettered: lettered && (values.len() > 1 || first == b'A'), certain }
    }

    /// The name shown for one of the values.
    pub(crate) fn show(&self, value: &str) -> Option<String> {
        if !is_name(value) {
            return None;
        }
        let number = value.bytes().all(|byte| byte.is_ascii_digit());
        Some(if self.certain && (number || self.lettered) {
            format!("Speaker {value}")
        } else {
            value.to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_what_is_around_them() {
        let check = |said: &str, name: &str, seconds: Option<f64>| {
            assert_eq!(split(said), (name, seconds.map(Time::Seconds)), "{said}");
        };
        check("Ann Lee (00:12:03)", "Ann Lee", Some(723.0));
        check("00:12 - Ann Lee", "Ann Lee", Some(12.0));
        check("Ann Lee:", "Ann Lee", None);
        check("[Ann Lee]", "Ann Lee", None);
        check("Speaker 1", "Speaker 1", None);
        check("SPEAKER_01", "SPEAKER_01", None);
    }

    #[test]
    fn bare_numbers_and_letters() {
        let shown = |values: &[&str], value: &str| {
            Naming::of(&values.iter().map(|value| (*value).to_owned()).collect(), true).show(value).unwrap()
        };
        assert_eq!(shown(&["0", "1"], "1"), "Speaker 1");
        assert_eq!(shown(&["A", "B"], "B"), "Speaker B");
        assert_eq!(shown(&["C", "D", "E"], "D"), "Speaker D");
        assert_eq!(shown(&["A", "Q"], "Q"), "Q");
        assert_eq!(shown(&["Q", "R"], "Q"), "Q");
        assert_eq!(shown(&["J", "M"], "M"), "M");
        assert_eq!(shown(&["J"], "J"), "J");
        assert_eq!(shown(&["S1", "S2"], "S1"), "S1");
    }
}
