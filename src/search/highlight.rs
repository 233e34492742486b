//! What of a text a query matched.

use std::collections::BTreeSet;

use crate::index::Analyzer;
use crate::index::Form;
use crate::index::Language;
use crate::index::Searcher;
use crate::query::Occur;
use crate::query::Query;
use crate::search::Ranking;
use crate::search::words::Words;
use crate::span::TextSpan;

/// Finds what of a text a query matched, by the analysis that the search used. Made once per query.
#[derive(Debug)]
pub struct Highlighter {
    terms: BTreeSet<String>,
    phrases: Vec<Vec<(u32, String)>>,
    default_language: Language,
}

/// What of one text a query matched; see [`Highlighter::spans`].
#[must_use]
pub fn highlight(searcher: &Searcher, query: &Query, language: &str, text: &str) -> Vec<TextSpan> {
    Highlighter::new(searcher, query, &Ranking::default()).spans(language, text)
}

impl Highlighter {
    /// A highlighter of this query, as this snapshot understands it.
    #[must_use]
    pub fn new(searcher: &Searcher, query: &Query, ranking: &Ranking) -> Self {
        let Words { words, literals } = Words::new(query, searcher.languages(), ranking);
        // A text sprinkled with highlighted articles shows nothing; they are shown where they are all there is.
        let topical = words.iter().any(|word| word.finds && word.role.is_topical());
        let shown = words.iter().filter(|word| word.finds && (word.role.is_topical() || !topical));
        let terms = shown.flat_map(|word| &word.alternatives).map(|(term, _)| term.clone()).collect();
        let phrases = literals
            .into_iter()
            .filter(|literal| literal.occur != Occur::MustNot)
            .flat_map(|literal| literal.variants)
            .collect();
        Self { terms, phrases, default_language: searcher.default_language() }
    }

    /// The stretches of `text`, in the language of this BCP 47 tag, that the query matched: in order,
    /// disjoint, on character boundaries.
    #[must_use]
    pub fn spans(&self, language: &str, text: &str) -> Vec<TextSpan> {
        let language = match language {
            "" => self.default_language,
            tag => Language::from_tag(tag),
        };
        let mut spans = Vec::new();
        let mut words: Vec<(usize, String, TextSpan)> = Vec::new();
        Analyzer::new(language).analyze(text, &mut |token| {
            if self.terms.contains(token.term) {
                spans.push(token.span);
            }
            if !self.phrases.is_empty() && token.form != Form::Character {
                words.push((token.position, token.term.to_owned(), token.span));
            }
        });
        words.sort_by_key(|(position, ..)| *position);
        for phrase in &self.phrases {
            phrase_spans(phrase, &words, &mut spans);
        }
        joined(spans)
    }
}

/// Adds the places where a phrase stands among words in order of position.
fn phrase_spans(phrase: &[(u32, String)], words: &[(usize, String, TextSpan)], spans: &mut Vec<TextSpan>) {
    let Some(((_, lead), rest)) = phrase.split_first() else { return };
    for (begin, _, first) in words.iter().filter(|(_, term, _)| term == lead) {
        let mut last = Some(*first);
        for (offset, term) in rest {
            let position = begin + *offset as usize;
            let from = words.partition_point(|(at, ..)| *at < position);
            let here = words.iter().skip(from).take_while(|(at, ..)| *at == position);
            last = last.and(here.clone().find(|(_, other, _)| other == term).map(|(.., span)| *span));
        }
        if let Some(last) = last {
            spans.push(TextSpan::new(first.start(), last.end()));
        }
    }
}

/// Spans in order, those that overlap as one.
fn joined(mut spans: Vec<TextSpan>) -> Vec<TextSpan> {
    spans.sort_unstable();
    let mut joined: Vec<TextSpan> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start() < last.end() => {
                *last = TextSpan::new(last.start(), last.end().max(span.end()));
            }
            _ => joined.push(span),
        }
    }
    joined
}
