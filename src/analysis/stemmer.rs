//! Words → stems without accents.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::analysis::language::Language;
use crate::analysis::orthography;

/// The Snowball stem of a lower-case word, of one spelling; the word as it is in languages that
/// have no stemmer.
pub(crate) fn stem_of(language: Language, word: &str) -> Cow<'_, str> {
    let Some(stemmer) = language.stemmer() else { return Cow::Borrowed(word) };
    let unified = orthography::unify(language, word);
    let stem = stemmer.stem(&unified);
    Cow::Owned(orthography::without_final_k(language, &stem).to_owned())
}

/// Strips what is left of accents: Latin and Greek letters lose their marks, `ß`, `ø`, `ł` and the
/// like their shape; Arabic and Hebrew lose vowel points. Marks that make another letter (Cyrillic
/// `й`) stay.
pub(crate) fn fold(language: Language, word: &str, out: &mut String) {
    out.clear();
    if word.is_ascii() {
        out.push_str(word);
    } else {
        let mut base = '\0';
        for letter in word.nfd() {
            if is_combining_mark(letter) {
                let cyrillic = matches!(base, '\u{400}'..='\u{52F}');
                let indic = u32::from(base) >= 0x0900;
                if (cyrillic && !(base == 'е' && letter == '\u{308}')) || indic {
                    out.push(letter);
                }
                continue;
            }
            base = letter;
            match letter {
                'ß' => out.push_str("ss"),
                'æ' => out.push_str("ae"),
                'œ' => out.push_str("oe"),
                'þ' => out.push_str("th"),
                'ø' => out.push('o'),
                'ł' => out.push('l'),
                'đ' | 'ð' => out.push('d'),
                'ħ' => out.push('h'),
                'ı' => out.push('i'),
                'ς' => out.push('σ'),
                'ـ' => {}
                _ => out.push(letter),
            }
        }
        if out.chars().any(is_combining_mark) {
            *out = out.nfc().collect();
        }
    }
    if language == Language::German {
        german_umlauts(out);
    }
    transliteration(out);
}

/// `Mueller` is `Müller`: written-out umlauts lose their second letter, as in Snowball's German2.
fn german_umlauts(word: &mut String) {
    for (pair, letter) in [("ae", "a"), ("oe", "o")] {
        if word.contains(pair) {
            *word = word.replace(pair, letter);
        }
    }
    if word.contains("ue") && !word.contains("que") && !["aue", "eue"].iter().any(|v| word.contains(v)) {
        *word = word.replace("ue", "u");
    }
}

/// `Nazarbaev` is `Nazarbayev`: the `y` that transliteration may put between a vowel and `-ev`
/// goes.
fn transliteration(word: &mut String) {
    let Some(at) = word.find("yev") else { return };
    if word.get(..at).is_some_and(|before| before.ends_with(['a', 'e', 'i', 'o', 'u'])) {
        word.remove(at);
    }
}
