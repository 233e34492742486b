//! What is asked of a search.

use crate::engine::FacetRequest;
use crate::engine::Order;
use crate::query::Filter;
use crate::query::Query;

/// A search and the page wanted of it.
#[derive(Clone, Debug)]
pub struct SearchCall {
    /// The query.
    pub query: Query,
    /// Which exchanges may match.
    pub filter: Filter,
    /// How many results to return at most.
    pub page_size: usize,
    /// Where to go on; empty: from the start.
    pub page_token: String,
    /// Whether copies of one exchange in several documents are one result.
    pub collapse_duplicates: bool,
    /// The most bytes of a result's snippet.
    pub snippet_bytes: usize,
    /// The order of the results.
    pub order: Order,
    /// Which counts of all matches are wanted.
    pub facets: FacetRequest,
    /// Results that score less are neither returned nor counted.
    pub min_score: f32,
    /// Whether scores are explained.
    pub explain: bool,
    /// How many exchanges before and after each result to return.
    pub context: u32,
}

impl SearchCall {
    /// The first ten results of a query, by relevance.
    #[must_use]
    pub const fn new(query: Query, filter: Filter) -> Self {
        Self {
            query,
            filter,
            page_size: 10,
            page_token: String::new(),
            collapse_duplicates: false,
            snippet_bytes: 300,
            order: Order::Relevance,
            facets: FacetRequest { keys: Vec::new(), size: 0, ignore_own_filter: false },
            min_score: 0.0,
            explain: false,
            context: 0,
        }
    }
}
