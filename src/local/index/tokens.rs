//! The terms of a text with their positions, as postings are made of them: of each word its stem, by
//! which plain words are found, and the word as written, by which phrases are.

use crate::analysis::Analyzer;
use crate::analysis::WRITTEN_MARK;
use crate::local::index::term_vector::Builder;

/// The terms of a text in order of positions; each at most once at a position.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// All terms, end to end.
    terms: String,
    /// The end of each term, and its position.
    positions: Vec<(u32, u32)>,
    /// How many of them are not written words: the length of the text as it is scored.
    length: usize,
}

impl Tokens {
    /// Analyses a text. Its term vector is appended to `vectors`.
    pub(super) fn of(analyzer: &mut Analyzer, text: &str, vectors: &mut Vec<u8>) -> Self {
        let mut tokens = Self {
            terms: String::with_capacity(text.len() * 2),
            positions: Vec::with_capacity(text.len() * 2 / 5),
            length: 0,
        };
        let mut builder = Builder::new(text);
        analyzer.analyze(text, &mut |token| {
            let position = u32::try_from(token.position).unwrap_or(u32::MAX);
            if let Some(written) = token.written {
                tokens.push(written, position);
            }
            tokens.push(token.term, position);
            builder.push(token.term, token.span.start());
        });
        builder.finish(vectors);
        tokens.in_order()
    }

    fn push(&mut self, term: &str, position: u32) {
        self.terms.push_str(term);
        self.length += usize::from(!term.starts_with(WRITTEN_MARK));
        self.positions.push((u32::try_from(self.terms.len()).unwrap_or(u32::MAX), position));
    }

    /// Sorts terms. A compound comes after its parts and has the position of the first of them,
    /// whose term can be the same after stemming.
    fn in_order(self) -> Self {
        let in_order = self.iter().map(|(term, position)| (position, term));
        if in_order.is_sorted_by(|one, other| one < other) {
            return self;
        }
        let mut all: Vec<(u32, &str)> = self.iter().map(|(term, position)| (position, term)).collect();
        all.sort_unstable();
        all.dedup();
        let mut ordered = Self::default();
        for (position, term) in all {
            ordered.push(term, position);
        }
        ordered
    }

    /// Each term and its position.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        let mut start = 0;
        self.positions.iter().map(move |(end, position)| {
            let range = std::mem::replace(&mut start, *end as usize)..*end as usize;
            (self.terms.get(range).unwrap_or_default(), *position)
        })
    }

    /// How many there are without the written words, which do not make a text longer.
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    /// Bytes that it holds.
    pub(super) const fn bytes(&self) -> usize {
        self.terms.capacity() + self.positions.capacity() * size_of::<(u32, u32)>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Tokens;
    use super::WRITTEN_MARK;
    use crate::analysis::Analyzer;
    use crate::analysis::Language;

    fn check(language: Language, text: &str) {
        let mut expect: Vec<(u32, String)> = Vec::new();
        Analyzer::new(language).analyze(text, &mut |token| {
            let terms = [Some(token.term), token.written];
            let position = u32::try_from(token.position).unwrap();
            expect.extend(terms.into_iter().flatten().map(|term| (position, term.to_owned())));
        });
        expect.sort();
        expect.dedup();
        let tokens = Tokens::of(&mut Analyzer::new(language), text, &mut Vec::new());
        let read: Vec<_> = tokens.iter().map(|(term, position)| (position, term.to_owned())).collect();
        assert_eq!(read, expect);
        let stems = expect.iter().filter(|(_, term)| !term.starts_with(WRITTEN_MARK));
        assert_eq!(tokens.len(), stems.count());
    }

    #[test]
    fn positions_of_long_texts() {
        check(Language::English, &"over and over ".repeat(30_000));
        check(Language::English, &format!("one {}-z two", "a-".repeat(40_000)));
    }

    proptest! {
        #[test]
        fn all_terms_are_there_once_and_in_order(text in "\\PC{0,80}") {
            check(Language::English, &text);
            check(Language::Russian, &text);
        }
    }
}
