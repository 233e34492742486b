//! The terms of words, and a bounded cache of them.
//!
//! A plain table, which is emptied when it is full. On a million words by Zipf's law,
//! `quick_cache`'s unsynchronised cache takes 21 % more instructions for each look-up than this,
//! and the standard map's interface 47 % more, as it hashes each word twice.

use std::hash::BuildHasher as _;

use compact_str::CompactString;
use hashbrown::DefaultHashBuilder;
use hashbrown::HashTable;

use crate::analysis::language::Language;
use crate::analysis::stemmer::fold;
use crate::analysis::stemmer::stem_of;

/// The first character of each [written word](crate::analysis::Token::written), which no stem has: the stem `lie` of `lies` is
/// not the word `lie`.
pub const WRITTEN_MARK: char = '\u{1}';

/// The most words that are cached: some 2.8 MB, as a table of 32,768 slots is seven eighths full
/// with these and the one that is looked up. Most words of a text are among the commonest few
/// thousand of its language.
const CAPACITY: usize = (1 << 15) / 8 * 7 - 1;

/// A word's terms: its own, the word as written without accents, and the one that it has when typed without accents, where that is
/// another. Words and their own terms are short, and are kept in the table itself: to fetch a
/// string from elsewhere costs more than the rest of a look-up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stem {
    pub folded: CompactString,
    pub unaccented: Option<Box<str>>,
    /// See [`crate::analysis::Token::written`].
    pub written: CompactString,
}

/// The terms of words of one language. To stem a word costs ten times as much as to look it up.
#[derive(Clone, Debug, Default)]
pub(crate) struct StemCache {
    stems: HashTable<(CompactString, Stem)>,
    hasher: DefaultHashBuilder,
}

impl StemCache {
    /// The terms of a word in lower case.
    pub(crate) fn get(&mut self, language: Language, word: &str) -> &Stem {
        let Self { stems, hasher } = self;
        let hash = hasher.hash_one(word);
        if stems.len() >= CAPACITY && stems.find(hash, |(known, _)| known == word).is_none() {
            stems.clear();
        }
        let entry =
            stems.entry(hash, |(known, _)| known == word, |(known, _)| hasher.hash_one(known.as_str()));
        let (_, stem) = entry.or_insert_with(|| (word.into(), Stem::of(language, word))).into_mut();
        stem
    }
}

impl Stem {
    fn of(language: Language, word: &str) -> Self {
        let mut folded = String::new();
        fold(language, &stem_of(language, word), &mut folded);
        let mut plain = String::new();
        fold(language, word, &mut plain);
        let mut unaccented = None;
        if !word.is_ascii() && language != Language::Other && plain != word {
            unaccented = Some(stem_of(language, &plain)).filter(|stem| *stem != folded).map(Into::into);
        }
        plain.insert(0, WRITTEN_MARK);
        Self { folded: folded.into(), unaccented, written: plain.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_cache_does_not_grow() {
        let mut cache = StemCache::default();
        for number in 0..CAPACITY {
            cache.get(Language::English, &number.to_string());
        }
        let capacity = cache.stems.capacity();
        // A cached word, and then another.
        assert_eq!(cache.get(Language::English, "1").folded, "1");
        assert_eq!(cache.stems.len(), CAPACITY);
        assert_eq!(cache.get(Language::English, "rivers").folded, "river");
        assert_eq!((cache.stems.len(), cache.stems.capacity()), (1, capacity));
    }
}
