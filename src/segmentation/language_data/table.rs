//! Tables of words and phrases, read from `lexicon.tsv`.

use std::sync::LazyLock;

use crate::segmentation::language_data::sentences;

/// The rows of the data file: a table's name, a language or script, entries.
static ROWS: LazyLock<Vec<(&'static str, &'static str, &'static str)>> = LazyLock::new(|| rows().collect());

fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    include_str!("lexicon.tsv").lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (table, rest) = line.split_once('\t')?;
        let (language, entries) = rest.split_once('\t')?;
        Some((table, language, entries))
    })
}

/// Words or phrases in lower case, sorted.
#[derive(Debug, Default)]
pub(crate) struct Table {
    entries: Vec<&'static str>,
    /// Where the entries with each first byte start.
    starts: Vec<usize>,
}

impl Table {
    /// The table of a name, all languages together or one.
    pub(crate) fn named(name: &str, language: Option<&str>) -> Self {
        let rows = ROWS
            .iter()
            .filter(|(table, of, _)| *table == name && language.is_none_or(|language| language == *of));
        Self::of(rows.flat_map(|(_, _, entries)| entries.split('|')).collect())
    }

    /// A table of entries.
    pub(crate) fn of(mut entries: Vec<&'static str>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        let starts =
            (0..=u8::MAX).map(|byte| entries.partition_point(|entry| entry.as_bytes().first() < Some(&byte)));
        let starts = starts.chain([entries.len()]).collect();
        Self { entries, starts }
    }

    /// The entries that start with the first byte of a text.
    pub(crate) fn bucket(&self, text: &str) -> &[&'static str] {
        text.as_bytes().first().map_or(&[], |byte| self.bucket_of(*byte))
    }

    /// The entries that start with a byte.
    fn bucket_of(&self, byte: u8) -> &[&'static str] {
        let at = |byte: usize| self.starts.get(byte).copied().unwrap_or_default();
        self.entries.get(at(usize::from(byte))..at(usize::from(byte) + 1)).unwrap_or_default()
    }

    /// Its entries, in order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().copied()
    }

    /// Whether it has a word.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.bucket(word).iter().any(|entry| entry.len() == word.len() && *entry == word)
    }

    /// Whether it has a word of ASCII letters in any case, or another in lower case.
    pub(crate) fn has_in_any_case(&self, word: &str) -> bool {
        let Some(first) = word.as_bytes().first() else { return false };
        let same = |entry: &&str| entry.eq_ignore_ascii_case(word);
        self.bucket_of(first.to_ascii_lowercase()).iter().any(same)
    }

    /// Whether a line begins with one of the entries, as whole words.
    pub(crate) fn opens(&self, line: &str) -> bool {
        self.bucket(line).iter().any(|opening| {
            line.strip_prefix(opening).is_some_and(|rest| {
                let joins = |c: char| c.is_alphanumeric() && !sentences::is_cjk(c);
                !rest.starts_with(joins) || !opening.ends_with(joins)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_well_formed() {
        for line in include_str!("lexicon.tsv").lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(line.matches('\t').count(), 2, "{line}");
        }
        for (table, language, entries) in rows() {
            for entry in entries.split('|') {
                assert!(!entry.is_empty() && entry == entry.to_lowercase(), "{table} {language} {entry:?}");
            }
        }
    }
}
