//! Searches.

use crate::engine::Order;
use crate::engine::SearchCall;
use crate::grpc::from_proto::facets::facets;
use crate::grpc::from_proto::fields;
use crate::grpc::from_proto::fields::size;
use crate::grpc::from_proto::filter::filter;
use crate::grpc::from_proto::violations::Violations;
use crate::grpc::invalid_request::InvalidRequest;
use crate::grpc::pb;
use crate::grpc::pb::ErrorReason;
use crate::query::Query;
use crate::query::QueryError;

/// Size of a snippet if the request does not say, in bytes: some three lines of a terminal.
const DEFAULT_SNIPPET: usize = 300;
/// Largest snippet, in bytes.
const MAX_SNIPPET: usize = 4000;
/// Most exchanges on either side of a result.
const MAX_CONTEXT: u32 = 5;

/// A search from a request, and the generation it has to wait for.
pub(in crate::grpc) fn search_call(request: pb::SearchRequest) -> Result<(SearchCall, u64), InvalidRequest> {
    let mut wrong = Violations::default();
    let pb::SearchRequest {
        query,
        page_size,
        page_token,
        filter: wanted,
        context,
        collapse_duplicates,
        min_generation,
        order: wanted_order,
        facets,
        facet_size,
        facets_ignore_own_filter,
        facet_labels,
        snippet_bytes,
        explain,
        min_score,
    } = request;
    let query = self::query(&mut wrong, "query", &query);
    let page_size = fields::page_size(&mut wrong, page_size, 10, 100);
    let filter = wanted.map(|wanted| filter(&mut wrong, "filter", wanted)).unwrap_or_default();
    let context = self::context(&mut wrong, context);
    let generation = fields::generation(&mut wrong, "min_generation", min_generation);
    let order = order(&mut wrong, wanted_order);
    let facets = self::facets(&mut wrong, &facets, facet_labels, facet_size, facets_ignore_own_filter);
    let snippet_bytes = size(&mut wrong, "snippet_bytes", snippet_bytes, DEFAULT_SNIPPET, MAX_SNIPPET);
    let min_score = self::min_score(&mut wrong, min_score);
    let call = query.map(|query| SearchCall {
        query,
        filter,
        page_size,
        page_token,
        collapse_duplicates,
        snippet_bytes,
        order,
        facets,
        min_score,
        explain,
        context,
    });
    wrong.done(call.map(|call| (call, generation)))
}

/// How many exchanges to show on either side of a result.
fn context(wrong: &mut Violations, given: i32) -> u32 {
    u32::try_from(given).ok().filter(|count| *count <= MAX_CONTEXT).unwrap_or_else(|| {
        let message = format!("is {given}; send 0 to {MAX_CONTEXT}");
        wrong.add("context", ErrorReason::OutOfRange, message);
        0
    })
}

/// A query; `None` if it is refused.
pub(super) fn query(wrong: &mut Violations, field: &str, text: &str) -> Option<Query> {
    match Query::parse(text) {
        Ok(query) => Some(query),
        Err(error) => {
            let reason = match error {
                QueryError::Empty => ErrorReason::QueryEmpty,
                QueryError::TooLong { .. } => ErrorReason::QueryTooLong,
                QueryError::TooManyPhrases { .. } => ErrorReason::QueryTooManyPhrases,
            };
            wrong.add(field, reason, error.to_string());
            None
        }
    }
}

/// The lowest score of a result.
fn min_score(wrong: &mut Violations, score: f32) -> f32 {
    if score.is_finite() && score >= 0.0 {
        return score;
    }
    wrong.add("min_score", ErrorReason::OutOfRange, format!("is {score}; send a number from 0 up"));
    0.0
}

fn order(wrong: &mut Violations, wanted: i32) -> Order {
    match pb::Order::try_from(wanted) {
        Ok(pb::Order::Unspecified | pb::Order::Relevance) => Order::Relevance,
        Ok(pb::Order::Newest) => Order::Newest,
        Ok(pb::Order::Oldest) => Order::Oldest,
        Ok(pb::Order::Document) => Order::Document,
        Err(_) => {
            let message = format!("is {wanted}, which is no order; send one of the enum Order");
            wrong.add("order", ErrorReason::EnumInvalid, message);
            Order::Relevance
        }
    }
}
