//! The terms of words, and a memory of them.

use std::hash::BuildHasher as _;

use compact_str::CompactString;
use hashbrown::DefaultHashBuilder;
use hashbrown::HashTable;

use crate::analysis::language::Language;
use crate::analysis::stemmer::fold;
use crate::analysis::stemmer::stem_of;

/// Words whose terms an `Analyzer::remembering` keeps at most: some 2.1 MB, as a table of 32,768 places has room for these
/// and the one that is looked up. Most words of a text are among a language's commonest few thousand; when the memory is
/// full it starts anew.
const REMEMBERED: usize = (1 << 15) / 8 * 7 - 1;

/// A word's terms: its own, and the one it has when typed without accents, where that is another. Words and their own terms
/// are short, and stand in the table itself: a string elsewhere costs more to fetch than all the rest of looking up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stem {
    pub folded: CompactString,
    pub unaccented: Option<Box<str>>,
}

/// Words' terms; stemming costs ten times as much as looking up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stems {
    known: HashTable<(CompactString, Stem)>,
    hasher: DefaultHashBuilder,
    room: usize,
    last: Stem,
}

impl Stems {
    /// One that remembers.
    pub(crate) fn remembering() -> Self {
        Self { room: REMEMBERED, ..Self::default() }
    }

    /// The terms of a word in lower case.
    pub(crate) fn of(&mut self, language: Language, word: &str) -> &Stem {
        if self.room == 0 {
            self.last = Stem::of(language, word);
            return &self.last;
        }
        let Self { known, hasher, .. } = self;
        let hash = hasher.hash_one(word);
        if known.len() >= self.room && known.find(hash, |(known, _)| known == word).is_none() {
            known.clear();
        }
        let place =
            known.entry(hash, |(known, _)| known == word, |(known, _)| hasher.hash_one(known.as_str()));
        let (_, stem) = place.or_insert_with(|| (word.into(), Stem::of(language, word))).into_mut();
        stem
    }
}

impl Stem {
    fn of(language: Language, word: &str) -> Self {
        let mut folded = String::new();
        fold(language, &stem_of(language, word), &mut folded);
        let mut unaccented = None;
        if !word.is_ascii() && language != Language::Other {
            let mut plain = String::new();
            fold(language, word, &mut plain);
            if plain != word {
                unaccented = Some(stem_of(language, &plain)).filter(|stem| *stem != folded).map(Into::into);
            }
        }
        Self { folded: folded.into(), unaccented }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_memory_stays_of_its_size() {
        let mut stems = Stems::remembering();
        for number in 0..REMEMBERED {
            stems.of(Language::English, &number.to_string());
        }
        let capacity = stems.known.capacity();
        // Known, and then not.
        assert_eq!(stems.of(Language::English, "1").folded, "1");
        assert_eq!(stems.known.len(), REMEMBERED);
        assert_eq!(stems.of(Language::English, "rivers").folded, "river");
        assert_eq!((stems.known.len(), stems.known.capacity()), (1, capacity));
    }
}
