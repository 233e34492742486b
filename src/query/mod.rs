//! Text → [`Query`] → [`AnalyzedQuery`], with filters and the parameters of ranking. No text that a
//! person can type is a syntax error.

mod parse;
mod field;
mod filter;
mod ranking;
mod parameters;
mod language_words;
pub(crate) mod function_words;
pub(crate) mod synonyms;
mod derivation;
mod analyzed_query;
mod edit_distance;
#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::analysis::Analyzer;
use crate::analysis::Form;
use crate::analysis::Language;

pub use analyzed_query::AnalyzedClause;
pub use analyzed_query::AnalyzedQuery;
pub use analyzed_query::Depth;
pub use analyzed_query::QueryTerm;
pub use analyzed_query::Relation;
pub use edit_distance::Mistyped;
pub use edit_distance::edit_distance;
pub use edit_distance::errors_allowed;
pub use field::Field;
pub use filter::CivilDay;
pub use filter::DateBound;
pub use filter::DateRange;
pub use filter::Filter;
pub use filter::InvalidDate;
pub use function_words::Role;
pub(crate) use function_words::looks_like_question;
pub use parameters::ParameterError;
pub use ranking::Ranking;
pub use ranking::Saturation;

/// The longest query, in bytes.
pub const MAX_QUERY_BYTES: usize = 4096;

/// The most phrases with a sign, `+"..."` and `-"..."` together: each costs as much as reading the
/// positions of its words in every passage that has them all. A signed word with hyphen or
/// apostrophe counts, as it is looked for as a phrase; other signed words need no bound, as reading
/// one costs no more than reading a plain word.
pub const MAX_SIGNED_PHRASES: usize = 16;

/// What a client asks for: words, exact phrases, and clauses that must or must not occur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    text: String,
    clauses: Vec<Clause>,
}

/// One part of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Whether it may, must or must not occur.
    pub occur: Occur,
    /// Whether its words must be neighbours, in this order.
    pub phrase: bool,
    /// Its text, without sign and quotation marks; at least one letter or digit.
    pub text: String,
}

impl Clause {
    /// Whether any language reads several words in it. French elides as much as any, so it reads
    /// the most.
    fn has_several_words(&self) -> bool {
        let terms = Analyzer::terms(Language::French, &self.text).into_iter();
        terms.filter(|(_, _, form)| *form == Form::Word).nth(1).is_some()
    }
}

/// Whether a clause may, must or must not occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Occur {
    /// At least one of these must, unless something is required; each counts for the rank.
    Should,
    /// Written `+`: no exchange without it.
    Must,
    /// Written `-`: no exchange with it.
    MustNot,
}

/// Why a text is no query.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QueryError {
    /// It has no characters, or only white space.
    #[error("the query is empty")]
    Empty,
    /// It is too long.
    #[error("the query is {bytes} bytes long; at most {allowed} are allowed")]
    TooLong {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        allowed: usize,
    },
    /// It has too many phrases with a sign.
    #[error("the query has {phrases} phrases that are required or excluded; at most {allowed} are allowed")]
    TooManyPhrases {
        /// How many it has.
        phrases: usize,
        /// How many it may have.
        allowed: usize,
    },
}

impl Query {
    /// Reads `"exact phrase"`, `+required`, `-excluded` and plain words. Punctuation alone is a
    /// query that matches nothing.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        if text.len() > MAX_QUERY_BYTES {
            return Err(QueryError::TooLong { bytes: text.len(), allowed: MAX_QUERY_BYTES });
        }
        if text.chars().all(char::is_whitespace) {
            return Err(QueryError::Empty);
        }
        let clauses = parse::clauses(text);
        let signed = |clause: &&Clause| clause.occur != Occur::Should && clause.has_several_words();
        let phrases = clauses.iter().filter(signed).count();
        if phrases > MAX_SIGNED_PHRASES {
            return Err(QueryError::TooManyPhrases { phrases, allowed: MAX_SIGNED_PHRASES });
        }
        Ok(Self { text: text.to_owned(), clauses })
    }

    /// The text it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its parts, in the order they were written.
    #[must_use]
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }
}
