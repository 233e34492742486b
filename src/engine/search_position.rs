//! Where a page of results begins: what the page token of a search holds.

use crate::engine::Cursor;
use crate::engine::EngineError;
use crate::engine::SearchCall;
use crate::engine::SortKey;
use crate::engine::page_token::PageTokens;
use crate::engine::page_token::Purpose;

/// A place among the results of a search on one generation.
#[derive(Clone, Debug)]
pub(super) struct SearchPosition {
    /// The generation that the first page was found on.
    pub generation: u64,
    /// The last result of the page before; `None` where that had no room for any.
    pub after: Option<Cursor>,
}

/// A position as a token holds it: the generation, and the parts of the cursor.
type Payload = (u64, Option<((i64, u32), String, u32)>);

impl SearchPosition {
    /// The position that a call's page token holds; `None` for the first page.
    pub(super) fn open(call: &SearchCall, tokens: &PageTokens) -> Result<Option<Self>, EngineError> {
        let opened: Option<Payload> = tokens.open(&call.page_token, &purpose(call))?;
        Ok(opened.map(|(generation, after)| {
            let after = after.map(|(numbers, document_id, exchange)| Cursor {
                sort_key: SortKey::from_numbers(numbers),
                document_id,
                exchange,
            });
            Self { generation, after }
        }))
    }

    /// The page token of this position.
    pub(super) fn seal(self, call: &SearchCall, tokens: &PageTokens) -> Result<String, EngineError> {
        let Self { generation, after } = self;
        let after = after
            .map(|Cursor { sort_key, document_id, exchange }| (sort_key.to_numbers(), document_id, exchange));
        let payload: Payload = (generation, after);
        tokens.seal(&payload, &purpose(call))
    }
}

/// A token is good for whatever chooses and orders the same results.
fn purpose(call: &SearchCall) -> Purpose<'_> {
    let SearchCall { query, filter, collapse_duplicates, order, min_score, .. } = call;
    let options = format!("{filter:?} {collapse_duplicates} {order:?} {}", min_score.to_bits());
    Purpose::Search { query: query.text(), options }
}
