//! `BatchSearch` and `ExportSearch`: wire ⇄ engine.

use tonic::Status;

use crate::engine::Engine;
use crate::engine::EngineError;
use crate::engine::ExportPart;
use crate::engine::SearchAnswer;
use crate::engine::SearchCall;
use crate::engine::SearchExport;
use crate::grpc::encoded;
use crate::grpc::facet;
use crate::grpc::from_proto;
use crate::grpc::from_proto::Violations;
use crate::grpc::pb;
use crate::grpc::pb::ErrorReason;
use crate::grpc::response_page::ByteBudget;
use crate::grpc::search_response;
use crate::grpc::status;
use crate::grpc::to_proto;

/// Most searches of a batch.
const MAX_SEARCHES: usize = 100;
/// Most results of a batch, by the page sizes of its searches.
const MAX_RESULTS: usize = 1_000;
/// Most values of facets of a batch.
const MAX_VALUES: usize = 10_000;
/// Most results in a message of an export.
const EXPORTED: usize = 100;

/// The searches of a batch: each as the engine takes it, or why it cannot be run.
pub(super) struct Batch {
    /// With the generation that each is to be answered on or after.
    calls: Vec<Result<(SearchCall, u64), Status>>,
    /// The generation that all wait for.
    pub(super) generation: u64,
}

impl Batch {
    /// Decodes a batch. Only what is wrong with the batch as a whole is an error.
    pub(super) fn decode(request: pb::BatchSearchRequest) -> Result<Self, Status> {
        let pb::BatchSearchRequest { requests } = request;
        let mut wrong = Violations::default();
        if requests.is_empty() {
            wrong.add("requests", ErrorReason::FieldRequired, "is empty; send 1 to 100 searches");
        }
        if requests.len() > MAX_SEARCHES {
            let message = format!("has {} searches; send 1 to {MAX_SEARCHES}", requests.len());
            wrong.add("requests", ErrorReason::TooMany, message);
        }
        wrong.none()?;
        let (mut calls, mut generation) = (Vec::with_capacity(requests.len()), 0);
        let (mut results, mut values) = (0_usize, 0_usize);
        for request in requests {
            calls.push(match from_proto::search_call(request) {
                Ok((call, wanted)) => {
                    generation = generation.max(wanted);
                    results += call.page_size;
                    values += call.facets.keys.len() * call.facets.size;
                    Ok((call, wanted))
                }
                Err(invalid) => Err(invalid.into()),
            });
        }
        let mut wrong = Violations::default();
        let sums = [("results", results, MAX_RESULTS), ("values of facets", values, MAX_VALUES)];
        for (what, sum, most) in sums.into_iter().filter(|(_, sum, most)| sum > most) {
            let message = format!("ask for {sum} {what} in all, at most {most} are taken; send fewer");
            wrong.add("requests", ErrorReason::TooMany, message);
        }
        wrong.none()?;
        Ok(Self { calls, generation })
    }

    /// Runs those that can be run, on one generation.
    pub(super) fn run(self, engine: &Engine) -> encoded::BatchSearchResponse {
        let mut room = ByteBudget::new();
        let valid = self.calls.iter().flatten().map(|(call, _)| call.clone()).collect();
        let (generation, answers) =
            engine.search_batch(valid, |found| room.take(search_response::result_bytes(found)));
        let (mut answers, mut values) = (answers.into_iter(), facet::ValueBudget::new());
        let results = self.calls.into_iter().filter_map(|call| {
            Some(match call {
                Ok((_, wanted)) => {
                    let answer = answers.next()?.map_err(|error| status::from_engine_error(error, ""));
                    outcome(on_or_after(wanted, generation).and(answer), &mut values)
                }
                Err(refused) => outcome(Err(refused), &mut values),
            })
        });
        let results = results.collect();
        encoded::BatchSearchResponse { results, generation: to_proto::int64(generation) }
    }
}

/// Refuses an answer on a generation before the one that the search wants: the page tokens of other
/// searches can put a batch on an earlier one.
fn on_or_after(wanted: u64, generation: u64) -> Result<(), Status> {
    let mut wrong = Violations::default();
    if generation < wanted {
        let message = format!(
            "is {wanted}, and the page tokens of this batch are of generation {generation}; send this search in \
             another batch"
        );
        wrong.add("min_generation", ErrorReason::OutOfRange, message);
    }
    Ok(wrong.none()?)
}

fn outcome(
    answer: Result<SearchAnswer, Status>,
    values: &mut facet::ValueBudget,
) -> encoded::BatchSearchResult {
    use encoded::batch_search_result::Outcome;
    let outcome = match answer {
        Ok(answer) => Outcome::Response(search_response::search_response(answer, values)),
        Err(refused) => Outcome::Error(to_proto::rpc_status(&refused)),
    };
    encoded::BatchSearchResult { outcome: Some(outcome) }
}

/// The search of an export, and the generation it has to wait for.
pub(super) fn export_call(request: pb::ExportSearchRequest) -> Result<(SearchCall, u64), Status> {
    let pb::ExportSearchRequest { search } = request;
    let mut wrong = Violations::default();
    let Some(search) = search else {
        wrong.add("search", ErrorReason::FieldRequired, "is missing; send a search");
        wrong.none()?;
        return Err(status::internal("a missing search was not refused"));
    };
    let set = [
        ("search.page_size", search.page_size != 0),
        ("search.page_token", !search.page_token.is_empty()),
        ("search.facets", !search.facets.is_empty()),
        ("search.facet_labels", !search.facet_labels.is_empty()),
        ("search.context", search.context != 0),
    ];
    for (field, _) in set.into_iter().filter(|(_, set)| *set) {
        wrong.add(field, ErrorReason::OutOfRange, "does not apply to an export; leave it out");
    }
    wrong.none()?;
    Ok(from_proto::search_call(search)?)
}

/// The next message of an export.
pub(super) fn next_part(
    engine: &Engine,
    export: &mut SearchExport,
) -> Result<Option<encoded::ExportSearchResponse>, EngineError> {
    let mut room = ByteBudget::new();
    let part =
        engine.next_exported(export, EXPORTED, |found| room.take(search_response::result_bytes(found)))?;
    Ok(part.map(|part| {
        let ExportPart { results, total, provenance, unreachable } = part;
        encoded::ExportSearchResponse {
            results: results.into_iter().map(search_response::search_result).collect(),
            total_size: total.map_or(0, to_proto::int64),
            provenance: provenance.as_ref().map(to_proto::provenance),
            unreachable,
        }
    }))
}
