//! Text before a question inside its own paragraph: a caption, a sentence about the interview.

use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::span::TextSpan;
use crate::transcript::DiagnosticKind;

/// Most captions and sentences taken off one question.
const MOST_LEADS: usize = 8;
/// Fewest words of a credit before a capital can open a new sentence after it.
const CREDIT_WORDS: usize = 2;

/// The stretches before the question proper, each with what it is, and where the question starts.
/// `named` holds the names of the speakers where the question is the document's first, which an
/// introduction may precede.
pub(crate) fn leads(
    text: &str,
    span: TextSpan,
    named: Option<&[&str]>,
    language: &Language,
) -> (Vec<(DiagnosticKind, TextSpan)>, usize) {
    let mut found = Vec::new();
    let mut start = span.start();
    for _ in 0..MOST_LEADS {
        let rest = TextSpan::new(start, span.end());
        let sentences = sentences::sentences(rest.of(text), start);
        let [sentence, _, ..] = sentences.as_slice() else { break };
        let lower = sentences::opening(sentence.of(text));
        let (kind, end) = if let Some(opening) = lexicon::caption(&lower) {
            (
                DiagnosticKind::Caption,
                credit_end(text, *sentence, opening, language).unwrap_or(sentence.end()),
            )
        } else if named.is_some_and(|named| about_interview(sentence.of(text), named, language)) {
            (DiagnosticKind::Preamble, sentence.end())
        } else {
            break;
        };
        let lead = TextSpan::new(start, end).trimmed(text);
        let next = TextSpan::new(end, span.end()).trimmed(text);
        if lead.is_empty() || next.is_empty() {
            break;
        }
        found.push((kind, lead));
        start = next.start();
    }
    (found, start)
}

/// Whether a sentence is about the interview and no part of it: it says so or names a speaker in
/// full, in the third person.
fn about_interview(sentence: &str, named: &[&str], language: &Language) -> bool {
    let lower = sentence.to_lowercase();
    (lexicon::about_interview(&lower) || named.iter().any(|name| sentence.contains(name)))
        && !sentences::ends_in_question(sentence)
        && !sentences::words(&lower).any(|word| language.second_person(word) || language.first_person(word))
}

/// The end of a picture's credit inside a sentence: before a capitalised function word, or a form
/// of address, that follows a word with no stop between, for such a word has its capital from a new
/// sentence.
fn credit_end(text: &str, sentence: TextSpan, opening: usize, language: &Language) -> Option<usize> {
    let after = sentence.start() + opening;
    let credit = text.get(after..sentence.end())?;
    sentences::word_spans(credit, after).skip(CREDIT_WORDS).find_map(|(word, at)| {
        let capital = word.starts_with(char::is_uppercase) && word.chars().skip(1).all(|c| !c.is_uppercase());
        let lower = word.to_lowercase();
        let opens =
            capital && (language.opener(&lower) || (lexicon::title(&lower) && is_address(text.get(at..)?)));
        let runs = text.get(..at)?.strip_suffix(' ')?.ends_with(char::is_alphanumeric);
        (opens && runs).then_some(at)
    })
}

/// Most words of a title by which someone is addressed.
const ADDRESS_WORDS: usize = 5;

/// Whether a text begins by addressing someone: capitalised words up to a comma.
fn is_address(text: &str) -> bool {
    text.split_once([',', '，']).is_some_and(|(address, _)| {
        address.split_whitespace().count() <= ADDRESS_WORDS
            && address.split_whitespace().all(|word| word.starts_with(char::is_uppercase))
    })
}
