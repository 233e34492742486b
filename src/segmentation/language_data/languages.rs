//! Which language a document is in, and the small words its sentences are read by.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::segmentation::language_data::sentences;
use crate::segmentation::language_data::table::Table;

/// A language's small words.
#[derive(Debug)]
pub(crate) struct Language {
    common: Table,
    asking: Table,
    second: Table,
    second_ending: Table,
    first: Table,
    openers: Table,
}

/// The languages that are recognised; the first is taken where nothing is known.
static LANGUAGES: LazyLock<[Language; 11]> =
    LazyLock::new(|| ["en", "de", "es", "fr", "pt", "it", "nl", "ru", "zh", "ja", "ko"].map(Language::read));

/// The common words of all languages, each with those that have it, as a bit each in the order of
/// `LANGUAGES`.
static COMMON: LazyLock<HashMap<&'static str, u16>> = LazyLock::new(|| {
    let mut common = HashMap::new();
    for (number, language) in LANGUAGES.iter().enumerate() {
        for word in language.common.entries() {
            *common.entry(word).or_default() |= 1 << number;
        }
    }
    common
});

/// How many words at the start tell the language.
const SAMPLE: usize = 500;
/// Longest common word, in bytes.
const LONGEST_COMMON: usize = 18;

/// Words with fewer letters have the ending of a verb by chance.
const SHORTEST_VERB: usize = 4;

impl Language {
    fn read(code: &str) -> Self {
        let table = |name: &str| Table::named(name, Some(code));
        Self {
            common: table("common"),
            asking: table("asking"),
            second: table("second"),
            second_ending: table("second_ending"),
            first: table("first"),
            openers: table("openers"),
        }
    }

    /// The language of a text: the one whose common words it uses most.
    pub(crate) fn of(text: &str) -> &'static Self {
        let mut used = [0_usize; 11];
        let mut lower = String::new();
        for word in sentences::words(text).take(SAMPLE).filter(|word| word.len() <= LONGEST_COMMON) {
            sentences::lower(word, &mut lower);
            let Some(languages) = COMMON.get(lower.as_str()) else { continue };
            for (number, used) in used.iter_mut().enumerate() {
                *used += usize::from(languages >> number & 1 == 1);
            }
        }
        let [first, ..] = &*LANGUAGES;
        let best = LANGUAGES.iter().zip(used).rev().max_by_key(|(_, used)| *used);
        best.map_or(first, |(language, _)| language)
    }

    /// Whether a lower-case word is one of the language's small words.
    pub(crate) fn knows(&self, word: &str) -> bool {
        [&self.common, &self.asking, &self.second, &self.first, &self.openers]
            .iter()
            .any(|table| table.has(word))
    }

    /// Whether a lower-case word opens questions.
    pub(crate) fn asks(&self, word: &str) -> bool {
        self.asking.has(word)
    }

    /// Whether a word speaks to someone. It is in lower case, or of ASCII letters in any case.
    pub(crate) fn second_person(&self, word: &str) -> bool {
        let ends_in = |ending: &str| {
            let start = word.len().checked_sub(ending.len());
            start.and_then(|start| word.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
        };
        self.second.has_in_any_case(word)
            || (self.second_ending.entries().any(ends_in) && word.chars().nth(SHORTEST_VERB).is_some())
    }

    /// Whether a word is of one who tells of himself. It is in lower case, or of ASCII letters in
    /// any case.
    pub(crate) fn first_person(&self, word: &str) -> bool {
        self.first.has_in_any_case(word)
    }

    /// Whether a lower-case word opens sentences.
    pub(crate) fn opener(&self, word: &str) -> bool {
        self.openers.has(word)
    }
}
