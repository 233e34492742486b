//! Words that are one topic to a reader, but different stems: a country and its people.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One nation a line: its names and adjectives. `_` joins a name of several words; `~` marks a word
/// that is also a common one, and names the nation only where it is written with a capital.
const NATIONS: &str = include_str!("nations.txt");

/// A word that names a nation.
#[derive(Clone, Copy, Debug)]
struct Name {
    line: &'static str,
    common: bool,
}

static NAMES: LazyLock<BTreeMap<String, Name>> = LazyLock::new(|| {
    let mut names = BTreeMap::new();
    for line in NATIONS.lines() {
        for entry in line.split_whitespace() {
            let word = entry.trim_start_matches('~');
            names.insert(word.to_lowercase(), Name { line, common: entry != word });
        }
    }
    names
});

/// The other names and adjectives of the nation that `word` names (words of one name joined by
/// `_`).
pub(crate) fn nation(word: &str) -> Vec<&'static str> {
    let key = word.to_lowercase();
    let capital = word.chars().next().is_some_and(char::is_uppercase);
    let Some(name) = NAMES.get(&key).filter(|name| capital || !name.common) else { return Vec::new() };
    let others = name.line.split_whitespace().map(|entry| entry.trim_start_matches('~'));
    others.filter(|other| !other.eq_ignore_ascii_case(&key)).collect()
}

#[cfg(test)]
mod tests {
    use super::NATIONS;
    use super::nation;

    fn check(word: &str, expect: &[&str]) {
        assert_eq!(nation(word), expect, "{word}");
    }

    #[test]
    fn nations() {
        check("Syria", &["Syrian"]);
        check("syrian", &["Syria"]);
        check("New_Zealand", &["New_Zealander"]);
        check("Turkey", &["Turkish", "Turk"]);
        check("turkey", &[]);
        check("threats", &[]);
    }

    #[test]
    fn no_word_stands_for_two_nations() {
        let lines: Vec<String> =
            NATIONS.lines().map(|line| line.trim_start_matches('~').to_lowercase()).collect();
        assert!(lines.len() > 150);
        let mut words: Vec<&str> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
        let entries = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), entries);
    }
}
