//! Copies of one exchange in several documents, at the wire.

use std::collections::BTreeMap;

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use tonic::Code;

use crate::support::TestServer;
use crate::support::cut;
use crate::support::put_bytes;
use crate::support::put_text;
use crate::support::query;
use crate::support::refused;
use crate::support::sha256;
use crate::support::source;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        copies_are_one_result_and_each_is_cited,
        pages_of_collapsed_results_join,
        a_page_token_is_bound_to_collapsing,
        more_copies_than_are_listed_are_counted,
    ]
}

/// What is said in the interviews of these tests: six exchanges of words that none shares with
/// another.
fn said() -> Vec<(String, String)> {
    let sentence = |topic: usize, from: usize, words: usize| {
        (from..from + words).map(|word| format!("w{topic}x{word}")).collect::<Vec<_>>().join(" ")
    };
    let exchange = |topic: usize| {
        let question = format!("What is known about {}?", sentence(topic, 0, 6));
        let answer = (0..4)
            .map(|part| format!("The harbour {}.", sentence(topic, 10 + 8 * part, 8)))
            .collect::<Vec<_>>();
        (question, answer.join(" "))
    };
    (0..6).map(exchange).collect()
}

fn interview(said: &[(String, String)]) -> String {
    said.iter()
        .map(|(question, answer)| format!("Ann Lee: {question}\n\nBo Ray: {answer}\n\n"))
        .collect::<Vec<_>>()
        .concat()
}

fn page_of(said: &[(String, String)]) -> String {
    let body: String = said
        .iter()
        .map(|(question, answer)| {
            let answer = answer.replace(". ", ".</p>\n<p>").replace("harbour", "<em>harbour</em>");
            format!("<p><strong>Ann Lee:</strong> {question}</p>\n<p><strong>Bo Ray:</strong> {answer}</p>\n")
        })
        .collect::<Vec<_>>()
        .concat();
    format!("<html><head><title>Another title</title></head><body><article>{body}</article></body></html>")
}

/// A server with an interview, syndicated with other markup and with small edits, and one that only
/// resembles it.
async fn syndicated() -> TestServer {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let said = said();
    let edited: Vec<(String, String)> = said
        .iter()
        .map(|(question, answer)| {
            (question.replace("What is", "What's"), answer.replacen("The harbour", "Our harbour", 1))
        })
        .collect();
    // The same questions, and half of each answer.
    let alike: Vec<(String, String)> = said
        .iter()
        .map(|(question, answer)| {
            let half: Vec<&str> = answer.split(". ").take(2).collect();
            (
                question.clone(),
                format!("{}. So I was told; the harbour is for others to speak of.", half.join(". ")),
            )
        })
        .collect();
    for (id, text) in
        [("alike", interview(&alike)), ("edited", interview(&edited)), ("original", interview(&said))]
    {
        documents.put_document(put_text(id, &text)).await.unwrap();
    }
    documents.put_document(put_bytes("page", page_of(&said).into_bytes())).await.unwrap();
    server
}

fn collapsing(words: &str) -> pb::SearchRequest {
    pb::SearchRequest { collapse_duplicates: true, page_size: 100, ..query(words) }
}

/// The document of a result and those of its copies, in order.
fn documents_of(result: &pb::SearchResult) -> Vec<String> {
    let own = result.passage.as_ref().unwrap().citation.as_ref();
    let copies = result.duplicates.iter().map(|copy| copy.citation.as_ref());
    [own].into_iter().chain(copies).map(|citation| citation.unwrap().document_id.clone()).collect()
}

async fn copies_are_one_result_and_each_is_cited() {
    let server = syndicated().await;
    let (mut searches, mut documents) = (server.searches().await, server.documents().await);
    let found = searches.search(collapsing("harbour")).await.unwrap().into_inner();
    assert_eq!((found.total_size, found.results.len()), (12, 12));
    let mut sources = BTreeMap::new();
    for id in ["alike", "edited", "original", "page"] {
        sources.insert(id.to_owned(), source(&mut documents, id).await);
    }
    let mut copied = 0;
    for result in &found.results {
        let mut ids = documents_of(result);
        ids.sort();
        assert!(ids == ["edited", "original", "page"] || ids == ["alike"], "{ids:?}");
        copied += result.duplicates.len();
        assert_eq!(result.more_duplicates, 0);
        for copy in &result.duplicates {
            assert!(copy.score <= result.score);
            let citation = copy.citation.as_ref().unwrap();
            let bytes = &sources[&citation.document_id];
            assert_eq!(sha256(bytes), citation.document_sha256);
            assert_eq!(sha256(&cut(bytes, &citation.answer_spans)), citation.quote_sha256);
            let request = pb::GetExchangeRequest { exchange_id: copy.exchange_id.clone() };
            let whole = searches.get_exchange(request).await.unwrap().into_inner().exchange.unwrap();
            assert_eq!(whole.citation.unwrap().quote_sha256, citation.quote_sha256);
            assert!(copy.id.starts_with(&copy.exchange_id));
        }
    }
    assert_eq!(copied, 12);
    let page = found.results.iter().flat_map(|result| &result.duplicates);
    let page = page.filter_map(|copy| copy.citation.as_ref()).find(|citation| citation.document_id == "page");
    let page = page.expect("the page is a copy of some result");
    assert_eq!((page.title.as_str(), page.answer_spans.len() > 1), ("Another title", true));

    let apart =
        searches.search(pb::SearchRequest { page_size: 100, ..query("harbour") }).await.unwrap().into_inner();
    assert_eq!((apart.total_size, apart.results.len()), (24, 24));
    assert!(apart.results.iter().all(|result| result.duplicates.is_empty()));
    assert_eq!(apart.results[0].passage, found.results[0].passage, "the best copy stands for all");

    let filter =
        Some(pb::Filter { document_ids: vec!["edited".into(), "alike".into()], ..pb::Filter::default() });
    let narrowed =
        searches.search(pb::SearchRequest { filter, ..collapsing("harbour") }).await.unwrap().into_inner();
    assert_eq!(narrowed.total_size, 12);
    assert!(
        narrowed.results.iter().all(|result| result.duplicates.is_empty()),
        "copies match the filter too"
    );
}

async fn pages_of_collapsed_results_join() {
    let server = syndicated().await;
    let mut client = server.searches().await;
    let words = "harbour w1x3 w4x12 known";
    let whole = client.search(collapsing(words)).await.unwrap().into_inner();
    let apart =
        client.search(pb::SearchRequest { page_size: 100, ..query(words) }).await.unwrap().into_inner();
    let copies: usize = whole.results.iter().map(|result| 1 + result.duplicates.len()).sum();
    assert_eq!(i64::try_from(copies).unwrap(), apart.total_size, "each match is a result or a copy of one");
    for page_size in [1, 5, 7] {
        let mut paged = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = pb::SearchRequest { page_size, page_token, ..collapsing(words) };
            let page = client.search(request).await.unwrap().into_inner();
            assert_eq!(page.total_size, whole.total_size);
            paged.extend(page.results);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(paged, whole.results);
    }
}

async fn a_page_token_is_bound_to_collapsing() {
    let server = syndicated().await;
    let mut client = server.searches().await;
    let first = pb::SearchRequest { page_size: 1, ..collapsing("harbour") };
    let page_token = client.search(first.clone()).await.unwrap().into_inner().next_page_token;
    let other =
        pb::SearchRequest { collapse_duplicates: false, page_token: page_token.clone(), ..first.clone() };
    let status = client.search(other).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "PAGE_TOKEN_INVALID", "page_token");
    client.search(pb::SearchRequest { page_token, ..first }).await.unwrap();
}

async fn more_copies_than_are_listed_are_counted() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let said = said();
    for number in 0..30 {
        let text = format!("Copy {number}\n\n{}", interview(&said[..1]));
        documents.put_document(put_text(&format!("copy-{number:02}"), &text)).await.unwrap();
    }
    let mut client = server.searches().await;
    let found = client.search(collapsing("harbour")).await.unwrap().into_inner();
    let [result] = found.results.as_slice() else { panic!("{} results", found.results.len()) };
    assert_eq!((found.total_size, result.duplicates.len(), result.more_duplicates), (1, 20, 9));
    let ids: Vec<String> = (0..21).map(|number| format!("copy-{number:02}")).collect();
    assert_eq!(documents_of(result), ids, "equal scores are in order of document id");
}
