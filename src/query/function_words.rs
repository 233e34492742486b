//! Words that make a sentence and not its topic: interrogatives and function words. They say little
//! about what is wanted, and count less.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use unicode_segmentation::UnicodeSegmentation;

use crate::analysis::Language;
use crate::query::language_words::Lists;
use crate::query::language_words::lists;

/// The role of a word in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It makes a question: an interrogative or an auxiliary verb.
    Interrogative,
    /// It holds the sentence together: an article, preposition, conjunction or pronoun.
    Function,
    /// It names something: any word that is on no list.
    Topic,
    /// It is the name of a nation in several words, which count one by one, too.
    Name,
}

impl Role {
    /// Whether it is about the topic of the query.
    pub(crate) const fn is_topical(self) -> bool {
        matches!(self, Self::Topic | Self::Name)
    }
}

/// The role of a lower-cased word in a language; a topic where the language is unknown.
pub(crate) fn role(word: &str, language: Option<Language>) -> Role {
    let role = language.and_then(|language| ROLES.get(&(language, word)));
    role.copied().unwrap_or(Role::Topic)
}

/// Whether a lower-cased word of a language is about saying and not about what is said: a verb of
/// saying or thinking, or a noun for what people say.
pub(crate) fn is_reporting(word: &str, language: Option<Language>) -> bool {
    language.and_then(lists).is_some_and(|lists| has(lists.reporting, word))
}

/// Whether a text looks like a question: it has a question mark, or begins with an interrogative.
pub(crate) fn looks_like_question(text: &str, language: Language) -> bool {
    /// Of Latin, Cyrillic and Greek scripts, of Chinese and Japanese, and of Arabic.
    const MARKS: [char; 4] = ['?', '\u{37E}', '\u{FF1F}', '\u{61F}'];
    let begins = || {
        let first = text.unicode_words().next().map(str::to_lowercase);
        first.is_some_and(|first| role(&first, Some(language)) == Role::Interrogative)
    };
    text.contains(MARKS) || begins()
}

/// Marks, in the words of a query in their order, those that a preposition such as "about" makes the
/// topic: the words after it, up to a function word that is no article.
pub(crate) fn after_about(words: &[String], language: Option<Language>) -> Vec<bool> {
    let Some(lists) = language.and_then(lists) else { return vec![false; words.len()] };
    let mut about = false;
    let mark = |word: &String| {
        let before = about;
        if has(lists.about, word) {
            about = true;
        } else if role(word, language) != Role::Topic || has(lists.reporting, word) {
            about &= has(lists.articles, word);
        }
        before && about
    };
    words.iter().map(mark).collect()
}

fn has(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// The language of a query among those of the index, which are given the commonest first: the one
/// that has most of the query's words on its list of function words. A single word is evidence for
/// the commonest language only: `die` and `war` are in English queries, too.
pub(crate) fn language_of(text: &str, languages: &[Language]) -> Option<Language> {
    let words: Vec<String> = text.unicode_words().map(str::to_lowercase).collect();
    let count = |language: Language| {
        words.iter().filter(|word| ROLES.contains_key(&(language, word.as_str()))).count()
    };
    let counted = languages.iter().enumerate().map(|(rank, language)| (count(*language), rank, *language));
    let best = counted.max_by_key(|(count, rank, _)| (*count, std::cmp::Reverse(*rank)));
    best.filter(|(count, rank, _)| *count > 1 || (*count == 1 && *rank == 0)).map(|(.., language)| language)
}

static ROLES: LazyLock<BTreeMap<(Language, &'static str), Role>> = LazyLock::new(|| {
    let mut roles = BTreeMap::new();
    for language in Language::ALL {
        let Some(Lists { interrogatives, functions, .. }) = lists(language) else { continue };
        roles.extend(functions.split_ascii_whitespace().map(|word| ((language, word), Role::Function)));
        roles.extend(
            interrogatives.split_ascii_whitespace().map(|word| ((language, word), Role::Interrogative)),
        );
    }
    roles
});

#[cfg(test)]
mod tests {
    use super::Role;
    use super::language_of;
    use super::role;
    use crate::analysis::Language;

    fn check(word: &str, language: Option<Language>, expect: Role) {
        assert_eq!(role(word, language), expect, "{word} {language:?}");
    }

    #[test]
    fn roles() {
        check("what", Some(Language::English), Role::Interrogative);
        check("of", Some(Language::English), Role::Function);
        check("threats", Some(Language::English), Role::Topic);
        check("what", Some(Language::Russian), Role::Topic);
        check("что", Some(Language::Russian), Role::Interrogative);
        check("what", None, Role::Topic);
    }

    #[test]
    fn languages_of_queries() {
        let both = [Language::English, Language::German];
        assert_eq!(language_of("what is the cause of war", &both), Some(Language::English));
        assert_eq!(language_of("was sagt die Regierung zu den Preisen", &both), Some(Language::German));
        assert_eq!(language_of("war crimes", &both), None);
        assert_eq!(language_of("the war", &both), Some(Language::English));
        assert_eq!(language_of("what", &[]), None);
    }
}
