//! The values of attributes, as columns hold them.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::local::index::keys::tag_key;
use crate::local::index::sorted_strings::SortedStrings;

/// Parts what a value is compared by from how it is shown; in no key.
const SEPARATOR: char = '\u{0}';

/// The value of an exchange that has none. It is not empty, so that every exchange has one, and
/// none has to be looked for.
pub(super) const NO_VALUE: &str = "\u{0}";

/// A name: names that differ only in case and accents are neighbours in the order of values.
pub(super) fn name(name: &str) -> String {
    let name = name.trim();
    let plain = name.nfkd().filter(|c| !is_combining_mark(*c) && *c != SEPARATOR);
    let mut value: String = plain.flat_map(char::to_lowercase).collect();
    value.push(SEPARATOR);
    value.push_str(name);
    value
}

/// A language tag: tags that differ only in case are neighbours.
pub(super) fn tag(tag: &str) -> String {
    let mut value = tag_key(tag).replace(SEPARATOR, "");
    value.push(SEPARATOR);
    value.push_str(tag.trim());
    value
}

/// What a name or tag is compared by, and how it is shown; `None` for one that is missing.
#[must_use]
pub(crate) fn parts(value: &str) -> Option<(&str, &str)> {
    value.split_once(SEPARATOR).filter(|(_, shown)| !shown.is_empty())
}

/// The ranks of the values that are the same name as this one, in whatever spelling.
pub(crate) fn same_name<'v>(known: &'v SortedStrings, shown: &str) -> impl Iterator<Item = usize> + 'v {
    let value = name(shown);
    let key = value.split_once(SEPARATOR).map_or("", |(key, _)| key).to_owned();
    // No spelling is before the separator alone.
    let (first, _) = known.rank_of(&[key.as_str(), "\u{0}"].concat());
    (first..known.len())
        .take_while(move |rank| parts(known.get(*rank)).is_some_and(|(other, _)| other == key))
}

/// All labels of a document. Each is preceded by the lengths of key and value, as these can hold
/// any character.
pub(super) fn labels(labels: &BTreeMap<String, String>) -> String {
    use std::fmt::Write as _;

    if labels.is_empty() {
        return NO_VALUE.to_owned();
    }
    let mut all = String::new();
    for (key, value) in labels {
        // Writing to a string cannot fail.
        let _infallible = write!(all, "{} {} {key}{value}", key.len(), value.len());
    }
    all
}

/// The value of one label among all of a document; `None` where it has none for this key.
#[must_use]
pub(crate) fn label<'v>(mut labels: &'v str, key: &str) -> Option<&'v str> {
    loop {
        let (key_len, rest) = labels.split_once(' ')?;
        let (value_len, rest) = rest.split_once(' ')?;
        let (this, rest) = rest.split_at_checked(key_len.parse().ok()?)?;
        let (value, rest) = rest.split_at_checked(value_len.parse().ok()?)?;
        if this == key {
            return Some(value);
        }
        labels = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_and_accents_compare_equal() {
        let [plain, accented] = ["emil sandoval", "  Émil SANDOVAL"].map(name);
        assert_eq!(parts(&plain), Some(("emil sandoval", "emil sandoval")));
        assert_eq!(parts(&accented), Some(("emil sandoval", "Émil SANDOVAL")));
        assert_eq!(parts(&tag("EN_gb")), Some(("en-gb", "EN_gb")));
        for missing in [name(" "), tag(""), NO_VALUE.to_owned(), String::new()] {
            assert_eq!(parts(&missing), None, "{missing:?}");
        }
    }

    #[test]
    fn labels_of_any_characters_come_back() {
        let pairs = [("", "é"), ("1 1 ab", "\u{0}"), ("beat", "war 2 3 x"), ("empty", "")];
        let all = labels(&pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
        for (key, value) in pairs {
            assert_eq!(label(&all, key), Some(value), "{key:?}");
        }
        assert_eq!(label(&all, "war"), None);
        assert_eq!(label(NO_VALUE, ""), None);
    }
}
