//! What may stand before a question inside its own paragraph: a caption, a sentence about the interview.

use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::span::TextSpan;
use crate::transcript::DiagnosticKind;

/// Most captions and sentences taken off one question.
const MOST_LEADS: usize = 8;
/// Fewest words of a credit before a capital can open a new sentence behind it.
const CREDIT_WORDS: usize = 2;

/// The stretches before the question proper, each with what it is, and where the question starts.
pub(crate) fn leads(
    text: &str,
    span: TextSpan,
    first: bool,
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
        } else if first && about_interview(sentence.of(text), language) {
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

/// Whether a sentence tells of the interview instead of asking.
fn about_interview(sentence: &str, language: &Language) -> bool {
    let lower = sentence.to_lowercase();
    lexicon::about_interview(&lower)
        && !sentences::ends_in_question(sentence)
        && !sentences::words(&lower).any(|word| language.second_person(word) || language.first_person(word))
}

/// Where a picture's credit ends inside a sentence: before a capitalised function word that follows a word
/// with no stop between, for such a word has its capital from a new sentence.
fn credit_end(text: &str, sentence: TextSpan, opening: usize, language: &Language) -> Option<usize> {
    let behind = sentence.start() + opening;
    let credit = text.get(behind..sentence.end())?;
    sentences::word_spans(credit, behind).skip(CREDIT_WORDS).find_map(|(word, at)| {
        let opens = word.starts_with(char::is_uppercase)
            && word.chars().skip(1).all(|c| !c.is_uppercase())
            && language.opener(&word.to_lowercase());
        let runs = text.get(..at)?.strip_suffix(' ')?.ends_with(char::is_alphanumeric);
        (opens && runs).then_some(at)
    })
}
