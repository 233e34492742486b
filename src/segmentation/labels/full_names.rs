//! Runs of words that can be a person's name.

use crate::segmentation::labels::label_parse;
use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;

/// Runs of two or three capitalised words that can be a person's name.
pub(crate) fn full_names(text: &str, language: &Language) -> Vec<String> {
    let mut found = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut last_end = 0;
    for (word, at) in sentences::word_spans(text, 0).chain([("", text.len() + 2)]) {
        let adjacent = text.get(last_end..at).is_some_and(|gap| gap == " ");
        let part = name_word(word, language);
        if !(adjacent && part) {
            if (2..=3).contains(&run.len()) {
                found.push(run.join(" "));
            }
            run.clear();
        }
        if part {
            run.push(word);
        }
        last_end = at + word.len();
    }
    found
}

/// Whether a word can be part of a person's name.
pub(crate) fn name_word(word: &str, language: &Language) -> bool {
    let lower = word.to_lowercase();
    word.chars().count() > 1
        && word.starts_with(char::is_uppercase)
        && word.chars().skip(1).any(char::is_lowercase)
        && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'))
        && !label_parse::is_contraction(&lower)
        && !lexicon::title(&lower)
        && !language.opener(&lower)
        && !lexicon::never_in_names(&lower)
        && !language.asks(&lower)
        && !lexicon::particle(&lower)
}
