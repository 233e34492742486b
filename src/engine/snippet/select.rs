//! Choosing the sentences of a snippet.

use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::analysis::Analyzer;
use crate::analysis::Language;
use crate::engine::snippet::cut_sentence::cut_sentence;
use crate::engine::snippet::densest_run::Item;
use crate::engine::snippet::densest_run::Run;
use crate::engine::snippet::densest_run::densest;
use crate::span::TextSpan;

/// The part of an answer that shows best why it matched, at most `max_bytes` long: the shortest run
/// of whole sentences with the most distinct words among `matches`, and as many sentences after it,
/// then before it, as there is room for. Without any match, the first sentences.
///
/// A sentence that is longer than `max_bytes` is cut at word borders around its best matches; it is
/// taken only if no run of whole sentences has as many distinct words. Only a word that is longer
/// than `max_bytes` is itself cut, between two characters.
///
/// `sentences` cover the answer, in order; `matches` are in order and disjoint. Forms of one word
/// count as one, by the analysis of `language`. Linear in the length of the answer.
pub(crate) fn snippet(
    answer: &str,
    sentences: &[TextSpan],
    matches: &[TextSpan],
    language: Language,
    forms: &mut WordForms,
    max_bytes: usize,
) -> TextSpan {
    let whole = TextSpan::new(0, answer.len()).trimmed(answer);
    if whole.len() <= max_bytes {
        return whole;
    }
    let matches: Vec<TextSpan> =
        matches.iter().copied().filter(|found| !found.of(answer).is_empty()).collect();
    let words = forms.of(answer, &matches, language);
    let sentences = with_matches(answer, sentences, &matches);

    let shortest = densest(&sentences, &words, max_bytes);
    let mut cut_around: Option<(TextSpan, Run)> = None;
    for sentence in sentences.iter().filter(|sentence| sentence.span.len() > max_bytes) {
        let inside = matches.get(sentence.matches.clone()).unwrap_or_default().iter();
        let single: Vec<Item> = (sentence.matches.start..)
            .zip(inside)
            .map(|(index, span)| Item { span: *span, matches: index..index + 1 })
            .collect();
        // A match that is longer than the snippet is cut itself.
        let found = densest(&single, &words, max_bytes)
            .or_else(|| single.first().map(|item| Run { first: 0, last: 0, distinct: 1, span: item.span }));
        let best = cut_around.as_ref().map_or(0, |(_, best)| best.distinct);
        if let Some(found) = found.filter(|found| found.distinct > best) {
            cut_around = Some((sentence.span, found));
        }
    }
    match (shortest, cut_around) {
        (Some(run), None) => extended(&sentences, &run, max_bytes),
        (Some(run), Some((_, cut))) if run.distinct >= cut.distinct => extended(&sentences, &run, max_bytes),
        (_, Some((sentence, cut))) => cut_sentence(answer, sentence, cut.span, &matches, max_bytes),
        (None, None) => {
            let Some(Item { span, .. }) = sentences.first() else { return TextSpan::new(0, 0) };
            if span.len() > max_bytes {
                let start = TextSpan::new(span.start(), span.start());
                return cut_sentence(answer, *span, start, &[], max_bytes);
            }
            extended(&sentences, &Run { first: 0, last: 0, distinct: 0, span: *span }, max_bytes)
        }
    }
}

/// Numbers of words, which their forms share. Kept for the results of a search, which match the same
/// few words over and over.
#[derive(Debug, Default)]
pub(crate) struct WordForms {
    analyzers: BTreeMap<Language, Analyzer>,
    /// The number of each text that matched.
    numbers: HashMap<(Language, String), usize>,
    /// The number of each sequence of terms.
    words: HashMap<String, usize>,
}

impl WordForms {
    /// The most texts that are remembered: far more than a page of results has.
    const MOST: usize = 1 << 14;

    /// For each match, the number of its words.
    fn of(&mut self, answer: &str, matches: &[TextSpan], language: Language) -> Vec<usize> {
        if self.numbers.len() > Self::MOST {
            *self = Self::default();
        }
        matches.iter().map(|found| self.number(found.of(answer), language)).collect()
    }

    fn number(&mut self, text: &str, language: Language) -> usize {
        let text = (language, text.to_owned());
        if let Some(number) = self.numbers.get(&text) {
            return *number;
        }
        let analyzer = self.analyzers.entry(language).or_insert_with(|| Analyzer::new(language));
        let mut key = String::new();
        let mut last = None;
        // The first term of each word.
        analyzer.analyze(&text.1, &mut |token| {
            if last != Some(token.position) {
                key.push_str(token.term);
                key.push(' ');
                last = Some(token.position);
            }
        });
        let next = self.words.len();
        let number = *self.words.entry(key).or_insert(next);
        self.numbers.insert(text, number);
        number
    }
}

/// The sentences without the white space around them, each with its matches. Sentences are joined
/// where a match goes across the border between them; empty ones are left out.
fn with_matches(answer: &str, sentences: &[TextSpan], matches: &[TextSpan]) -> Vec<Item> {
    let mut items = Vec::with_capacity(sentences.len());
    let mut start = None;
    let mut first = 0;
    for sentence in sentences {
        let from = start.unwrap_or_else(|| sentence.start());
        let rest = matches.get(first..).unwrap_or_default();
        let last = first + rest.partition_point(|found| found.start() < sentence.end());
        let across = last > first && matches.get(last - 1).is_some_and(|found| found.end() > sentence.end());
        if across {
            start = Some(from);
            continue;
        }
        start = None;
        let span = TextSpan::new(from, sentence.end()).trimmed(answer);
        if !span.is_empty() {
            items.push(Item { span, matches: first..last });
        }
        first = last;
    }
    items
}

/// A run with the sentences after it, then those before it, that there is room for.
fn extended(sentences: &[Item], run: &Run, max_bytes: usize) -> TextSpan {
    let (before, after) = (sentences.get(..run.first), sentences.get(run.last + 1..));
    let mut span = run.span;
    for sentence in after.unwrap_or_default() {
        let longer = TextSpan::new(span.start(), sentence.span.end());
        if longer.len() > max_bytes {
            break;
        }
        span = longer;
    }
    for sentence in before.unwrap_or_default().iter().rev() {
        let longer = TextSpan::new(sentence.span.start(), span.end());
        if longer.len() > max_bytes {
            break;
        }
        span = longer;
    }
    span
}
