//! Terms near to a mistyped one, with passages that have them.

use crate::engine::Hit;
use crate::engine::Order;
use crate::engine::PassageKey;
use crate::engine::Score;
use crate::engine::SimilarTerm;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Searcher;

/// The most similar terms of each term that are looked at.
const MOST_TERMS: usize = 8;
/// The most passages that show how a term is written.
const MOST_EXAMPLES: usize = 2;

/// The terms of live passages within `errors` of any of `terms`, the nearest and commonest first,
/// each with passages that have it.
pub(crate) fn similar_terms(
    searcher: &Searcher,
    terms: &[String],
    errors: u8,
) -> Result<Vec<SimilarTerm>, IndexError> {
    let mut found: Vec<SimilarTerm> = Vec::new();
    for term in terms {
        for similar in searcher.similar_terms(term, errors, MOST_TERMS)? {
            if found.iter().any(|known| known.term == similar) {
                continue;
            }
            let examples = examples(searcher, &similar)?;
            if !examples.is_empty() {
                found.push(SimilarTerm { term: similar, examples });
            }
        }
    }
    Ok(found)
}

/// Live passages that have a term.
fn examples(searcher: &Searcher, term: &str) -> Result<Vec<Hit>, IndexError> {
    let mut hits: Vec<Hit> = Vec::new();
    for segment in searcher.segments() {
        for field in Field::ALL {
            let Some(found) = segment.term(field, term)? else { continue };
            let mut postings = segment.postings(&found)?;
            while !postings.passages().is_empty() {
                let live = postings.passages().iter().filter(|passage| segment.is_alive(**passage));
                for passage in live.copied().take(MOST_EXAMPLES - hits.len()) {
                    hits.push(Hit {
                        document_id: segment.document_id(segment.document(passage)).to_owned(),
                        exchange: segment.exchange(passage),
                        window: segment.window(passage),
                        score: Score::default(),
                        sort_key: Order::Document.sort_key(None, Score::default()),
                        key: PassageKey { part: segment.id().as_u128(), ordinal: passage },
                    });
                }
                if hits.len() == MOST_EXAMPLES {
                    return Ok(hits);
                }
                postings.advance();
            }
        }
    }
    Ok(hits)
}
