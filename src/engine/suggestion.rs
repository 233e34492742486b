//! A query with its unknown words replaced by words of the corpus.

use crate::analysis::Analyzer;
use crate::analysis::Form;
use crate::analysis::Language;
use crate::engine::CitedPassage;
use crate::engine::EngineError;
use crate::engine::SimilarTerm;
use crate::engine::View;
use crate::engine::passages::PassageCache;
use crate::query::Mistyped;
use crate::query::errors_allowed;

/// The most unknown words of a query that are replaced.
const MOST_WORDS: usize = 4;

/// The query with each unknown word replaced by the nearest word of the corpus, as it is written
/// there; empty if none of them is near to one.
pub(super) fn suggestion(
    view: &dyn View,
    passages: &PassageCache,
    query: &str,
    unmatched: &[String],
) -> Result<String, EngineError> {
    let mut suggested = query.to_owned();
    for typed in unmatched.iter().take(MOST_WORDS) {
        if let Some(word) = nearest(view, passages, typed)? {
            suggested = replaced(&suggested, typed, &word);
        }
    }
    Ok(if suggested == query { String::new() } else { suggested })
}

/// The word of the corpus that is nearest to one that was typed; of equally near ones that whose
/// term most passages have.
fn nearest(view: &dyn View, passages: &PassageCache, typed: &str) -> Result<Option<String>, EngineError> {
    let typed = typed.to_lowercase();
    let errors = errors_allowed(&typed);
    if errors == 0 || !typed.chars().all(char::is_alphabetic) {
        return Ok(None);
    }
    let mut terms: Vec<String> = Vec::new();
    for language in view.languages() {
        for (term, _, form) in Analyzer::terms(*language, &typed) {
            if form == Form::Word && !terms.contains(&term) {
                terms.push(term);
            }
        }
    }
    let mut best: Option<((u8, usize, bool), String)> = None;
    for (rank, SimilarTerm { term, examples }) in view.similar_terms(&terms, errors)?.into_iter().enumerate()
    {
        for hit in &examples {
            // A search does not fail for want of a suggestion.
            let Ok(passage) = passages.of_hit(view, hit) else { continue };
            for (distance, written) in written_forms(&passage, &term, Mistyped::new(&typed, errors), view) {
                // Of one word rather the form without a capital: a sentence can begin with it.
                let key = (distance, rank, written != written.to_lowercase());
                if best.as_ref().is_none_or(|(least, _)| key < *least) {
                    best = Some((key, written));
                }
            }
        }
    }
    Ok(best.map(|(_, word)| word))
}

/// The words of a passage that are near to the typed one and have this term, as they are written,
/// with their distance. A document that does not say its language is read in each of the view's.
fn written_forms(
    passage: &CitedPassage,
    term: &str,
    typed: Mistyped<'_>,
    view: &dyn View,
) -> Vec<(u8, String)> {
    let metadata = &passage.citation.metadata;
    let own = [Language::from_tag(&metadata.language)];
    let languages = if metadata.language.is_empty() { view.languages() } else { &own };
    let mut forms: Vec<(u8, String)> = Vec::new();
    let texts = [
        &passage.question,
        &passage.answer,
        &passage.speaker,
        &passage.asker,
        &metadata.title,
        &metadata.publisher,
    ];
    // What was typed has letters only, so that a word near to it is a run of letters. Few are near,
    // and only these are analysed.
    for word in texts.into_iter().flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric())) {
        let Some(distance) = typed.distance(&word.to_lowercase()) else { continue };
        let has_term = |language: &Language| {
            let terms = Analyzer::terms(*language, word);
            terms.iter().any(|(other, _, form)| *form == Form::Word && other == term)
        };
        if !forms.iter().any(|(_, known)| known == word) && languages.iter().any(has_term) {
            forms.push((distance, word.to_owned()));
        }
    }
    forms
}

/// A query with a word replaced wherever it is a whole word.
fn replaced(query: &str, word: &str, by: &str) -> String {
    let mut result = String::with_capacity(query.len());
    let mut rest = query;
    while let Some((before, after)) = rest.split_once(word) {
        let inside = before.chars().next_back().or_else(|| result.chars().next_back());
        let whole = !inside.is_some_and(char::is_alphanumeric)
            && !after.chars().next().is_some_and(char::is_alphanumeric);
        result.push_str(before);
        result.push_str(if whole { by } else { word });
        rest = after;
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_replaced() {
        for (query, expect) in [
            ("threts", "threats"),
            ("+threts -\"the threts\" xthrets threts*", "+threats -\"the threats\" xthrets threats*"),
            ("thretsthrets", "thretsthrets"),
            ("", ""),
        ] {
            assert_eq!(replaced(query, "threts", "threats"), expect);
        }
    }
}
