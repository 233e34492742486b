//! Tests of snippets, by example and by property.

use crate::analysis::Language;
use crate::engine::snippet::WordForms;
use crate::engine::snippet::snippet;
use crate::segmentation::sentence_bounds::sentences;
use crate::span::TextSpan;

/// The spans of these words in a text.
fn places(text: &str, words: &[&str]) -> Vec<TextSpan> {
    let mut spans = Vec::new();
    for word in words {
        spans.extend(text.match_indices(word).map(|(at, word)| TextSpan::new(at, at + word.len())));
    }
    spans.sort_unstable();
    spans
}

fn check(language: Language, answer: &str, words: &[&str], max_bytes: usize, expect: &str) {
    let sentences: Vec<TextSpan> = sentences(answer).collect();
    let found =
        snippet(answer, &sentences, &places(answer, words), language, &mut WordForms::default(), max_bytes);
    assert_eq!(found.of(answer), expect);
}

#[test]
fn a_short_answer_is_its_own_snippet() {
    check(Language::English, " One. Two. ", &["Two"], 9, "One. Two.");
    check(Language::English, "", &[], 0, "");
}

#[test]
fn the_most_distinct_words_win() {
    let answer = "The harbour was shut. Harbour, harbour, harbour. The pilots left the harbour. We waited.";
    check(Language::English, answer, &["harbour", "Harbour", "pilots"], 30, "The pilots left the harbour.");
    // Sentences after it, then sentences before it.
    check(
        Language::English,
        answer,
        &["harbour", "Harbour", "pilots"],
        70,
        "Harbour, harbour, harbour. The pilots left the harbour. We waited.",
    );
}

#[test]
fn the_shortest_of_equal_runs_wins() {
    let answer = "The harbour was shut at noon. The pilots left. To the harbour the pilots went. We waited.";
    check(
        Language::English,
        answer,
        &["harbour", "pilots"],
        50,
        "To the harbour the pilots went. We waited.",
    );
}

#[test]
fn a_phrase_is_not_cut() {
    let answer = "then the pilots, as it was getting late, the harbour mouth and we slept a while";
    let phrase = "harbour mouth and we slept";
    check(Language::English, answer, &["late", phrase], 34, "it was getting late, the");
}

#[test]
fn forms_of_one_word_count_once() {
    let answer = "A threat or threats were made. He made one threat to the embassy there.";
    check(
        Language::English,
        answer,
        &["threats", "threat ", "embassy"],
        45,
        "He made one threat to the embassy there.",
    );
}

#[test]
fn without_a_match_the_first_sentences_are_shown() {
    check(Language::English, "One is. Two is. Three is.", &[], 16, "One is. Two is.");
    check(Language::English, "one two three four", &[], 9, "one two");
}

#[test]
fn a_long_sentence_is_cut_at_words_around_the_best_match() {
    let answer = "we went on and on until the pilots reached the harbour and then we slept and slept again";
    check(
        Language::English,
        answer,
        &["pilots", "harbour"],
        50,
        "until the pilots reached the harbour and then we",
    );
    check(Language::English, answer, &["again"], 21, "slept and slept again");
}

#[test]
fn whole_sentences_win_over_a_cut_with_as_many_words() {
    let answer = "The harbour is a long way off and nobody ever goes there any more. To the harbour.";
    check(Language::English, answer, &["harbour"], 20, "To the harbour.");
}

#[test]
fn languages_without_spaces_have_sentences_too() {
    check(Language::Other, "船が来た。港は閉じた。水先人は待っていた。", &["港"], 20, "港は閉じた。");
    check(Language::Other, "他们说港口已经关闭而引航员仍在等待", &["引航"], 18, "闭而引航员仍");
    check(Language::Russian, "Мы ждали. Порт закрыт! Все ушли.", &["Порт"], 24, "Порт закрыт!");
    check(Language::German, "Er kam am 3. Mai. Die Häfen waren zu.", &["Häfen"], 20, "Die Häfen waren zu.");
}

#[test]
fn a_word_that_is_too_long_is_cut_between_characters() {
    check(Language::Other, "ééééé", &["ééééé"], 5, "éé");
    check(Language::Other, "ééééé", &[], 1, "");
}

mod properties {
    use crate::engine::snippet::WordForms;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation as _;

    use crate::analysis::Language;
    use crate::engine::snippet::snippet;
    use crate::segmentation::sentence_bounds::sentences;
    use crate::span::TextSpan;

    /// Text in sentences of several scripts, and a share of its words as matches.
    fn answers() -> impl Strategy<Value = (String, Vec<TextSpan>)> {
        let text = "([a-e]{1,6}[ .!]|[а-д]{1,5}[ .]|[港水閉来]{1,4}。?|\\PC{0,6}|\n|Dr\\. ){0,60}";
        (text, proptest::collection::vec(0u8..6, 200)).prop_map(|(text, chosen)| {
            let words = text.unicode_word_indices().zip(chosen);
            let chosen = words.filter(|(_, chance)| *chance == 0);
            let span = |at, word: &str| TextSpan::new(at, at + word.len());
            // UAX 29 has words that begin with a space, before a combining mark.
            let spans = chosen.map(|((at, word), _)| span(at, word).trimmed(&text)).collect();
            (text, spans)
        })
    }

    proptest! {
        #[test]
        fn any_snippet_is_sound((answer, matches) in answers(), max_bytes in 0usize..150) {
            let all: Vec<TextSpan> = sentences(&answer).collect();
            let found = snippet(&answer, &all, &matches, Language::English, &mut WordForms::default(), max_bytes);
            let text = answer.get(found.range());
            prop_assert!(text.is_some(), "{found:?} splits a character");
            prop_assert!(found.len() <= max_bytes);
            let text = text.unwrap_or_default();
            prop_assert_eq!(text, text.trim());

            let longest_match = matches.iter().map(|span| span.len()).max().unwrap_or_default();
            if longest_match <= max_bytes {
                for span in &matches {
                    let apart = span.end() <= found.start() || found.end() <= span.start();
                    prop_assert!(apart || found.contains(*span), "{span:?} is cut by {found:?}");
                }
                let shown = matches.iter().any(|span| found.contains(*span));
                prop_assert!(shown || matches.is_empty(), "no match in {found:?}");
            }

            // A match across a border joins two sentences: UAX 29 ends one inside the word
                // `a.b` if `b` is a letter without case.
                let mut joined: Vec<TextSpan> = Vec::new();
                for sentence in &all {
                    let border = sentence.start();
                    let across = matches.iter().any(|span| span.start() < border && border < span.end());
                    match joined.last_mut().filter(|_| across) {
                        Some(last) => *last = TextSpan::new(last.start(), sentence.end()),
                        None => joined.push(*sentence),
                    }
                }
                let bodies: Vec<TextSpan> =
                    joined.iter().map(|sentence| sentence.trimmed(&answer)).collect();
            let starts_one = bodies.iter().any(|body| body.start() == found.start());
            let ends_one = bodies.iter().any(|body| body.end() == found.end());
            let whole = starts_one && ends_one;
                if !whole && !found.is_empty() {
                // Cut: inside one sentence that is too long, and at words unless one is.
                let cut = bodies.iter().find(|body| body.contains(found)).copied();
                prop_assert!(cut.is_some_and(|body| body.len() > max_bytes), "{found:?} in {bodies:?}");
                let longest = answer.split_word_bounds().map(str::len).max().unwrap_or_default();
                let mut borders = answer.split_word_bound_indices().map(|(at, _)| at).collect::<Vec<_>>();
                borders.push(answer.len());
                    borders.extend(bodies.iter().chain(&matches).flat_map(|body| [body.start(), body.end()]));
                if longest <= max_bytes {
                    prop_assert!(borders.contains(&found.start()) && borders.contains(&found.end()));
                }
            }
        }
    }
}
