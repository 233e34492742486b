//! Several searches in one call, and all matches of one search as a stream.

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use onrecord::grpc::pb::batch_search_result::Outcome;
use prost::Message as _;
use tonic::Code;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::query;
use crate::support::refused;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        each_search_of_a_batch_has_its_response_or_error,
        a_batch_has_one_to_a_hundred_searches,
        a_batch_continues_on_the_generation_of_its_tokens,
        a_batch_fits_what_clients_take,
        an_export_is_every_match_of_one_generation,
        an_export_takes_no_page,
    ]
}

fn text(number: usize) -> String {
    let more = "and then some ".repeat(number % 9);
    format!("Ann: What did you see at place {number}?\n\nBo: I saw a comet over hill {number} {more}.\n")
}

async fn server(count: usize) -> TestServer {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    for number in 0..count {
        documents.put_document(put_text(&format!("d{number:04}"), &text(number))).await.unwrap();
    }
    server
}

fn batch(requests: Vec<pb::SearchRequest>) -> pb::BatchSearchRequest {
    pb::BatchSearchRequest { requests }
}

fn response(result: &pb::BatchSearchResult) -> &pb::SearchResponse {
    match &result.outcome {
        Some(Outcome::Response(response)) => response,
        other => panic!("{other:?}"),
    }
}

fn error(result: &pb::BatchSearchResult) -> &tonic_types::pb::Status {
    match &result.outcome {
        Some(Outcome::Error(error)) => error,
        other => panic!("{other:?}"),
    }
}

async fn each_search_of_a_batch_has_its_response_or_error() {
    let server = server(12).await;
    let mut searches = server.searches().await;
    let requests = vec![
        query("comet"),
        query(" "),
        pb::SearchRequest { page_size: 3, order: pb::Order::Document.into(), ..query("hill") },
        pb::SearchRequest { page_token: "AAAA".into(), ..query("comet") },
        query("nowhere"),
    ];
    let answer = searches.batch_search(batch(requests.clone())).await.unwrap().into_inner();
    assert_eq!(answer.results.len(), 5);
    for number in [0, 2, 4] {
        let alone = searches.search(requests[number].clone()).await.unwrap().into_inner();
        let found = response(&answer.results[number]);
        assert_eq!(found.results, alone.results, "{number}");
        assert_eq!((found.total_size, found.generation), (alone.total_size, answer.generation));
    }
    for number in [1, 3] {
        let alone = searches.search(requests[number].clone()).await.unwrap_err();
        let error = error(&answer.results[number]);
        assert_eq!((Code::from(error.code), &*error.message), (alone.code(), alone.message()));
        // Compared decoded: the metadata of an ErrorInfo has no order.
        let details = error.encode_to_vec();
        let details = tonic::Status::with_details(alone.code(), alone.message(), details.into());
        let [one, other] = [&details, &alone].map(tonic_types::StatusExt::get_error_details);
        let [one_info, other_info] = [&one, &other].map(|all| all.error_info().unwrap());
        assert_eq!((&one_info.reason, &one_info.metadata), (&other_info.reason, &other_info.metadata));
        let fields = |all: &tonic_types::ErrorDetails| {
            let violations = &all.bad_request().unwrap().field_violations;
            violations
                .iter()
                .map(|wrong| (wrong.field.clone(), wrong.description.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(fields(&one), fields(&other), "the details are those of Search");
    }
}

async fn a_batch_has_one_to_a_hundred_searches() {
    let server = server(2).await;
    let mut searches = server.searches().await;
    let hundred = searches.batch_search(batch(vec![query("comet"); 100])).await.unwrap().into_inner();
    assert!(hundred.results.iter().all(|result| response(result).results.len() == 2));
    assert_eq!(hundred.results.len(), 100);
    let many = searches.batch_search(batch(vec![query("comet"); 101])).await.unwrap_err();
    refused(&many, Code::InvalidArgument, "TOO_MANY", "requests");
    let none = searches.batch_search(batch(Vec::new())).await.unwrap_err();
    refused(&none, Code::InvalidArgument, "FIELD_REQUIRED", "requests");
    let large = pb::SearchRequest { page_size: 100, ..query("comet") };
    let large = searches.batch_search(batch(vec![large; 11])).await.unwrap_err();
    refused(&large, Code::InvalidArgument, "TOO_MANY", "requests");
}

async fn a_batch_continues_on_the_generation_of_its_tokens() {
    let server = server(9).await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    let page = |word: &str, page_token: &str| {
        let page_token = page_token.to_owned();
        pb::SearchRequest { page_size: 4, page_token, ..query(word) }
    };
    let first = batch(vec![page("comet", ""), page("hill", "")]);
    let first = searches.batch_search(first).await.unwrap().into_inner();
    let tokens: Vec<&str> = first.results.iter().map(|result| &*response(result).next_page_token).collect();
    let written = documents.put_document(put_text("new", &text(50))).await.unwrap().into_inner().generation;
    let other = searches.search(page("comet", "")).await.unwrap().into_inner().next_page_token;
    let second = batch(vec![
        page("comet", tokens[0]),
        page("hill", tokens[1]),
        page("comet", ""),
        page("comet", &other),
        pb::SearchRequest { min_generation: written, ..page("comet", "") },
    ]);
    let second = searches.batch_search(second).await.unwrap().into_inner();
    assert_eq!(second.generation, first.generation);
    for result in &second.results[..3] {
        assert_eq!((response(result).total_size, response(result).generation), (9, first.generation));
    }
    assert_eq!(response(&second.results[0]).results.len(), 4);
    assert_eq!(Code::from(error(&second.results[3]).code), Code::InvalidArgument);
    // What was written since cannot be read on the generation of the tokens.
    let refusal = error(&second.results[4]);
    let details = refusal.encode_to_vec();
    let status = tonic::Status::with_details(Code::from(refusal.code), &refusal.message, details.into());
    refused(&status, Code::InvalidArgument, "OUT_OF_RANGE", "min_generation");
}

async fn a_batch_fits_what_clients_take() {
    let server = TestServer::start().await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    for number in 0..10 {
        let question = format!("what do you make of comet {number} ").repeat(1_500);
        let text = format!("Ann: {question}?\n\nBo: I saw nothing at all, number {number}.\n");
        documents.put_document(put_text(&format!("d{number}"), &text)).await.unwrap();
    }
    let answer = searches.batch_search(batch(vec![query("nothing"); 100])).await.unwrap().into_inner();
    assert!(answer.encoded_len() < 4 << 20, "{}", answer.encoded_len());
    let short = answer.results.iter().filter(|result| response(result).results.len() < 10).count();
    assert!(short > 50, "{short}");
    let mut found = response(&answer.results[99]).results.clone();
    let mut page_token = response(&answer.results[99]).next_page_token.clone();
    while !page_token.is_empty() {
        let page = searches.search(pb::SearchRequest { page_token, ..query("nothing") }).await.unwrap();
        let page = page.into_inner();
        found.extend(page.results);
        page_token = page.next_page_token;
    }
    assert_eq!(found.len(), 10, "what had no room follows");
}

async fn an_export_is_every_match_of_one_generation() {
    let server = server(700).await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    for order in [pb::Order::Relevance, pb::Order::Document] {
        let search = pb::SearchRequest { order: order.into(), ..query("comet") };
        let mut paged = Vec::new();
        let mut request = pb::SearchRequest { page_size: 100, ..search.clone() };
        loop {
            let page = searches.search(request.clone()).await.unwrap().into_inner();
            paged.extend(page.results);
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        let export = pb::ExportSearchRequest { search: Some(search) };
        let mut parts = searches.export_search(export).await.unwrap().into_inner();
        let first = parts.message().await.unwrap().unwrap();
        assert_eq!(first.total_size, i64::try_from(paged.len()).unwrap());
        let mut found = first.results;
        documents
            .delete_document(pb::DeleteDocumentRequest {
                document_id: if order == pb::Order::Document { "d0690" } else { "d0004" }.into(),
                ..pb::DeleteDocumentRequest::default()
            })
            .await
            .unwrap();
        while let Some(part) = parts.message().await.unwrap() {
            assert!(part.results.len() <= 100 && part.total_size == 0);
            found.extend(part.results);
        }
        assert!(found == paged, "{order:?}: {} of {}", found.len(), paged.len());
    }
    let export = pb::ExportSearchRequest { search: Some(query("nowhere")) };
    let mut parts = searches.export_search(export).await.unwrap().into_inner();
    let only = parts.message().await.unwrap().unwrap();
    assert_eq!((only.results.len(), only.total_size, only.provenance.is_some()), (0, 0, true));
    assert_eq!(parts.message().await.unwrap(), None);
}

async fn an_export_takes_no_page() {
    let server = server(1).await;
    let mut searches = server.searches().await;
    let page = pb::SearchRequest { page_size: 3, ..query("comet") };
    for (search, reason, field) in [
        (None, "FIELD_REQUIRED", "search"),
        (Some(page), "OUT_OF_RANGE", "search.page_size"),
        (Some(query("")), "QUERY_EMPTY", "query"),
    ] {
        let status = searches.export_search(pb::ExportSearchRequest { search }).await.unwrap_err();
        refused(&status, Code::InvalidArgument, reason, field);
    }
}
