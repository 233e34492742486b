//! Terms as text: what analysis yields, written so that tantivy's tokenizer need only read it.
//!
//! A passage is analysed once, before tantivy has it, for its postings and its term vectors.

use std::ops::Range;

use tantivy::tokenizer::Token;
use tantivy::tokenizer::TokenStream;
use tantivy::tokenizer::Tokenizer;

use crate::index::Analyzer;
use crate::index::term_vector::Builder;

/// The first of the private-use characters that end a term: no analysis yields them. They tell the term's position,
/// 15 bits by the lower half of them; where the higher bits are others than the last term's, one of the upper half
/// tells these first.
const MARKS: u32 = 0xF_0000;
const HALF: u32 = 1 << 15;

/// The first byte of a mark in UTF-8, which hardly any other character begins with, and how many a mark has.
const MARK: u8 = 0xF3;
const MARK_LEN: usize = 4;

/// A text as the index takes it.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Its terms, each with a mark behind it.
    pub terms: String,
    /// The bytes of its term vector.
    pub vector: Vec<u8>,
}

impl Written {
    pub(super) fn of(analyzer: &mut Analyzer, text: &str) -> Self {
        let mut read = String::with_capacity(text.len());
        let mut tokens: Vec<(u32, Range<usize>)> = Vec::with_capacity(text.len() / 5);
        let mut builder = Builder::new(text);
        analyzer.analyze(text, &mut |token| {
            let start = read.len();
            read.push_str(token.term);
            tokens.push((u32::try_from(token.position).unwrap_or(u32::MAX), start..read.len()));
            builder.push(token.term, token.span.start());
        });
        // A compound comes behind its parts and stands at the first, where a stem may make it the same term. Places
        // are to come in order, and one place of a term once.
        let key = |(position, range): &(u32, Range<usize>)| (*position, read.get(range.clone()));
        if !tokens.is_sorted_by(|one, other| key(one) < key(other)) {
            tokens.sort_by(|one, other| key(one).cmp(&key(other)));
            tokens.dedup_by(|one, other| key(one) == key(other));
        }
        let mut terms = String::with_capacity(read.len() + 4 * tokens.len());
        let mut high = 0;
        for (position, range) in tokens {
            terms.push_str(read.get(range).unwrap_or_default());
            if position / HALF != high {
                high = position / HALF;
                terms.extend(char::from_u32(MARKS + HALF + high));
            }
            terms.extend(char::from_u32(MARKS + position % HALF));
        }
        let mut vector = Vec::new();
        builder.finish(&mut vector);
        Self { terms, vector }
    }
}

/// Gives tantivy the terms of a [`Written`] text.
#[derive(Clone, Debug, Default)]
pub(super) struct WrittenTokenizer;

impl Tokenizer for WrittenTokenizer {
    type TokenStream<'a> = WrittenStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WrittenStream<'a> {
        WrittenStream { terms: WrittenTerms::of(text), token: Token::default() }
    }
}

/// The terms of one text, as they were written.
#[derive(Debug)]
pub(super) struct WrittenTerms<'a> {
    rest: &'a str,
    high: u32,
}

impl<'a> WrittenTerms<'a> {
    pub(super) const fn of(terms: &'a str) -> Self {
        Self { rest: terms, high: 0 }
    }

    /// The next term and its position.
    pub(super) fn next_term(&mut self) -> Option<(&'a str, u32)> {
        // Looked for by its first byte: terms are short, and hardly any has that byte.
        let leads = self.rest.bytes().enumerate().filter(|(_, byte)| *byte == MARK);
        let end = leads.map(|(at, _)| at).find(|at| self.mark_at(*at).is_some())?;
        let (term, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        let mut number = self.take()?;
        if let Some(high) = number.checked_sub(HALF) {
            self.high = high;
            number = self.take()?;
        }
        Some((term, self.high * HALF + number))
    }

    /// The number that the mark at a place stands for, where there is one.
    fn mark_at(&self, place: usize) -> Option<u32> {
        let letter = self.rest.get(place..)?.chars().next()?;
        u32::from(letter).checked_sub(MARKS).filter(|number| *number < 2 * HALF)
    }

    /// Takes the mark that the rest begins with.
    fn take(&mut self) -> Option<u32> {
        let number = self.mark_at(0)?;
        self.rest = self.rest.get(MARK_LEN..)?;
        Some(number)
    }
}

/// The terms of one text, as tantivy reads them.
#[derive(Debug)]
pub(super) struct WrittenStream<'a> {
    terms: WrittenTerms<'a>,
    token: Token,
}

impl TokenStream for WrittenStream<'_> {
    fn advance(&mut self) -> bool {
        let Some((term, position)) = self.terms.next_term() else { return false };
        self.token.text.clear();
        self.token.text.push_str(term);
        self.token.position = position as usize;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::tokenizer::TokenStream as _;
    use tantivy::tokenizer::Tokenizer as _;

    use super::Written;
    use super::WrittenTokenizer;
    use crate::index::Analyzer;
    use crate::index::Language;

    fn check(language: Language, text: &str) {
        let mut expect: Vec<(usize, String)> =
            Analyzer::terms(language, text).into_iter().map(|(term, position, _)| (position, term)).collect();
        expect.sort();
        expect.dedup();
        let written = Written::of(&mut Analyzer::remembering(language), text);
        let (mut tokenizer, mut read) = (WrittenTokenizer, Vec::new());
        tokenizer
            .token_stream(&written.terms)
            .process(&mut |token| read.push((token.position, token.text.clone())));
        assert_eq!(read, expect);
    }

    #[test]
    fn positions_of_long_texts() {
        check(Language::English, &"over and over ".repeat(30_000));
        check(Language::English, &format!("one {}-z two", "a-".repeat(40_000)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "\\PC{0,80}") {
            check(Language::English, &text);
            check(Language::Russian, &text);
        }
    }
}
