//! The terms of words, and a memory of them.

use hashbrown::HashMap;

use crate::index::Language;
use crate::index::analyzer::fold;
use crate::index::analyzer::stem_of;

/// Words whose terms an `Analyzer::remembering` keeps at most: some 4 MB. Most words of a text are among a
/// language's commonest few thousand; when the memory is full it starts anew.
const REMEMBERED: usize = 1 << 15;

/// A word's terms: its own, and the one it has when typed without accents, where that is another.
#[derive(Clone, Debug, Default)]
pub(super) struct Stem {
    pub folded: String,
    pub unaccented: Option<String>,
}

/// Words' terms; stemming costs ten times as much as looking up.
#[derive(Clone, Debug, Default)]
pub(super) struct Stems {
    known: HashMap<String, Stem>,
    room: usize,
    last: Stem,
}

impl Stems {
    /// One that remembers.
    pub(super) fn remembering() -> Self {
        Self { room: REMEMBERED, ..Self::default() }
    }

    /// The terms of a word in lower case.
    pub(super) fn of(&mut self, language: Language, word: &str) -> &Stem {
        if self.room == 0 {
            self.last = Stem::of(language, word);
            return &self.last;
        }
        if self.known.len() >= self.room && !self.known.contains_key(word) {
            self.known.clear();
        }
        self.known.entry_ref(word).or_insert_with(|| Stem::of(language, word))
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
                unaccented = Some(stem_of(language, &plain).into_owned()).filter(|stem| *stem != folded);
            }
        }
        Self { folded, unaccented }
    }
}
