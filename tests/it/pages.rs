//! Pages of results join whatever is written between them.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;
use std::time::SystemTime;

use libtest_mimic::Trial;
use onrecord::disk::Operation;
use onrecord::disk::arm;
use onrecord::disk::disarm;
use onrecord::engine::Body;
use onrecord::engine::Engine;
use onrecord::engine::KeepSettings;
use onrecord::engine::SearchCall;
use onrecord::engine::Submission;
use onrecord::grpc::pb;
use onrecord::grpc::pb::document_service_client::DocumentServiceClient;
use onrecord::grpc::pb::search_service_client::SearchServiceClient;
use onrecord::local;
use onrecord::query::Filter;
use onrecord::query::Query;
use onrecord::transcript::Metadata;
use tempfile::TempDir;
use tonic::Code;
use tonic::transport::Channel;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::query;
use crate::support::refused;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    let wire = trials![wire:
        documents_written_between_pages_change_no_page,
        open_searches_agree_with_their_generation_under_all_kinds_of_writes,
        copies_stay_collapsed_as_they_were,
        a_page_outlives_the_index_that_it_was_found_in,
        purged_words_are_on_no_page,
        past_the_bounds_a_generation_is_gone,
    ];
    wire.into_iter().chain(trials![trial: kept_generations_hold_up_no_write_after_a_failure]).collect()
}

type Searches = SearchServiceClient<Channel>;
type Documents = DocumentServiceClient<Channel>;

/// A text about a comet; the score falls with `words`.
fn text(number: usize, words: usize) -> String {
    let more = "and then some ".repeat(words);
    format!("Ann: What did you see at place {number}?\n\nBo: I saw a comet over hill {number} {more}.\n")
}

async fn put(documents: &mut Documents, number: usize, words: usize) {
    documents.put_document(put_text(&format!("d{number:03}"), &text(number, words))).await.unwrap();
}

async fn delete(documents: &mut Documents, number: usize, purge: bool) {
    let document_id = format!("d{number:03}");
    let request = pb::DeleteDocumentRequest { document_id, purge, ..Default::default() };
    documents.delete_document(request).await.unwrap();
}

/// An exchange of a page: its id, score, words and copies.
type Shown = (String, u32, String, usize);

fn shown(results: Vec<pb::SearchResult>) -> Vec<Shown> {
    let shown = |result: pb::SearchResult| {
        let passage = result.passage.unwrap();
        (passage.exchange_id, result.score.to_bits(), passage.answer, result.duplicates.len())
    };
    results.into_iter().map(shown).collect()
}

/// A search that is open: what it should show in all, and what it has shown so far.
struct OpenSearch {
    request: pb::SearchRequest,
    all: Vec<Shown>,
    found: Vec<Shown>,
    total: i64,
}

impl OpenSearch {
    /// Opens a search of pages of so many results.
    async fn begin(searches: &mut Searches, request: pb::SearchRequest, page_size: i32) -> Self {
        let all = pb::SearchRequest { page_size: 100, ..request.clone() };
        let all = searches.search(all).await.unwrap().into_inner();
        assert_eq!(all.next_page_token, "", "one page has them all");
        let request = pb::SearchRequest { page_size, ..request };
        let total = all.total_size;
        let mut open = Self { request, all: shown(all.results), found: Vec::new(), total };
        assert!(open.next(searches).await, "{:?}", open.all.len());
        open
    }

    /// Reads the next page; false on the last.
    async fn next(&mut self, searches: &mut Searches) -> bool {
        let page = searches.search(self.request.clone()).await.unwrap().into_inner();
        assert_eq!(page.total_size, self.total);
        self.found.extend(shown(page.results));
        self.request.page_token = page.next_page_token;
        let more = !self.request.page_token.is_empty();
        if !more {
            assert_eq!(self.found, self.all);
        }
        more
    }
}

async fn documents_written_between_pages_change_no_page() {
    let server = TestServer::start().await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    for number in 0..60 {
        put(&mut documents, number, number % 7).await;
    }
    let mut open = OpenSearch::begin(&mut searches, query("comet"), 5).await;
    assert_eq!(open.all.len(), 60);
    let mut next = 100;
    loop {
        for number in next..next + 8 {
            put(&mut documents, number, number % 5).await;
        }
        next += 8;
        if !open.next(&mut searches).await {
            break;
        }
    }
    let now = searches.search(query("comet")).await.unwrap().into_inner();
    assert_eq!(now.total_size, 60 + 8 * 11, "a new search sees what was written");
}

async fn open_searches_agree_with_their_generation_under_all_kinds_of_writes() {
    let server = TestServer::start().await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    let mut live: BTreeMap<usize, usize> = BTreeMap::new();
    // A linear congruential generator (Knuth's MMIX): the same run every time.
    let mut state = 7_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for number in 0..30 {
        put(&mut documents, number, number % 6).await;
        live.insert(number, number % 6);
    }
    let requests = [
        query("comet"),
        query("comet -12"),
        pb::SearchRequest { order: pb::Order::Document.into(), ..query("hill") },
        pb::SearchRequest {
            filter: Some(pb::Filter { speakers: vec!["Bo".into()], ..pb::Filter::default() }),
            ..query("\"a comet\" place")
        },
    ];
    let mut open: Vec<OpenSearch> = Vec::new();
    for round in 0..40 {
        if round < 24 {
            let request = requests[round % requests.len()].clone();
            open.push(OpenSearch::begin(&mut searches, request, 2 + i32::try_from(round % 5).unwrap()).await);
        }
        for _ in 0..3 {
            let number = random(60);
            let words = random(9);
            if live.len() > 20 && random(2) == 0 {
                let victim = *live.keys().nth(random(live.len())).unwrap();
                live.remove(&victim);
                delete(&mut documents, victim, false).await;
            } else {
                live.insert(number, words);
                put(&mut documents, number, words).await;
            }
        }
        let mut still = Vec::new();
        for mut search in open {
            if random(2) == 0 || search.next(&mut searches).await {
                still.push(search);
            }
        }
        open = still;
    }
    for mut search in open {
        while search.next(&mut searches).await {}
    }
}

async fn copies_stay_collapsed_as_they_were() {
    let server = TestServer::start().await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    let words = |number: usize| {
        let topic = ["green", "blue", "red", "white", "black"][number % 5];
        format!(
            "Ann: What did you see?\n\nBo: I saw a {topic} comet over the {topic} hill, and it was {topic} and \
             it fell by the {topic} mill at the river, where nobody has lived since the {topic} flood.\n"
        )
    };
    for number in 0..15 {
        documents.put_document(put_text(&format!("d{number:03}"), &words(number))).await.unwrap();
    }
    let request = pb::SearchRequest { collapse_duplicates: true, ..query("comet") };
    let mut open = OpenSearch::begin(&mut searches, request, 1).await;
    assert_eq!(open.all.iter().map(|shown| shown.3).collect::<Vec<_>>(), [2; 5]);
    for number in 0.. {
        delete(&mut documents, number, false).await;
        documents.put_document(put_text(&format!("e{number:03}"), &words(number + 1))).await.unwrap();
        if !open.next(&mut searches).await {
            break;
        }
    }
}

async fn a_page_outlives_the_index_that_it_was_found_in() {
    let server = TestServer::start().await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    for number in 0..12 {
        put(&mut documents, number, number).await;
    }
    let mut open = OpenSearch::begin(&mut searches, query("comet"), 3).await;
    for number in 0..6 {
        delete(&mut documents, number, false).await;
    }
    let mut rebuilt =
        server.admin().await.rebuild_index(pb::RebuildIndexRequest {}).await.unwrap().into_inner();
    while rebuilt.message().await.unwrap().is_some() {}
    put(&mut documents, 50, 0).await;
    while open.next(&mut searches).await {}
}

async fn purged_words_are_on_no_page() {
    let server = TestServer::start().await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    for number in 0..6 {
        put(&mut documents, number, number).await;
    }
    let request = pb::SearchRequest { page_size: 2, order: pb::Order::Document.into(), ..query("comet") };
    let first = searches.search(request.clone()).await.unwrap().into_inner();
    delete(&mut documents, 3, true).await;
    put(&mut documents, 3, 0).await;
    let second = pb::SearchRequest { page_token: first.next_page_token, ..request.clone() };
    let second = searches.search(second).await.unwrap().into_inner();
    let ids = |page: &pb::SearchResponse| -> Vec<String> {
        let ids = page.results.iter().map(|result| result.passage.as_ref().unwrap().citation.as_ref());
        ids.map(|citation| citation.unwrap().document_id.clone()).collect()
    };
    assert_eq!(ids(&second), ["d002"]);
    let third = pb::SearchRequest { page_token: second.next_page_token, ..request.clone() };
    assert_eq!(ids(&searches.search(third).await.unwrap().into_inner()), ["d004", "d005"]);
    let again = pb::SearchRequest { page_size: 100, ..request };
    assert_eq!(searches.search(again).await.unwrap().into_inner().results.len(), 6, "it was put again");
}

async fn past_the_bounds_a_generation_is_gone() {
    let none = KeepSettings { generations: 2, ..KeepSettings::default() };
    let little = KeepSettings { memory_bytes: 1, ..KeepSettings::default() };
    let short = KeepSettings { time: Duration::ZERO, ..KeepSettings::default() };
    for (keep, kept) in [(none, 2), (little, 0), (short, 3), (KeepSettings::default(), 3)] {
        let server = TestServer::start_keeping(keep).await;
        let (mut documents, mut searches) = (server.documents().await, server.searches().await);
        put(&mut documents, 0, 0).await;
        let mut pages = Vec::new();
        for number in 1..4 {
            put(&mut documents, number, 0).await;
            let request = pb::SearchRequest { page_size: 1, ..query("comet") };
            let page_token = searches.search(request.clone()).await.unwrap().into_inner().next_page_token;
            pages.push(pb::SearchRequest { page_token, ..request });
        }
        put(&mut documents, 9, 0).await;
        let gone = pages.len() - kept;
        for (number, page) in pages.into_iter().enumerate() {
            match searches.search(page).await {
                Ok(page) => {
                    assert!(number >= gone || keep.time.is_zero(), "{keep:?}");
                    assert_eq!(page.into_inner().total_size, i64::try_from(number).unwrap() + 2);
                }
                Err(status) => {
                    assert!(number < gone || keep.time.is_zero(), "{keep:?} {status:?}");
                    let reason = "PAGE_TOKEN_GENERATION_GONE";
                    refused(&status, Code::FailedPrecondition, reason, "page_token");
                }
            }
        }
    }
}

fn kept_generations_hold_up_no_write_after_a_failure() {
    let folder = TempDir::new().unwrap();
    let engine = local::open(folder.path(), local::Settings::new(SystemTime::now, [3; 32])).unwrap();
    let put = |engine: &Engine, number: usize| {
        let body = Body::Bytes(text(number, 0).into_bytes());
        let id = format!("d{number}");
        engine.put(Submission {
            id,
            metadata: Metadata::default(),
            media_type: String::new(),
            body,
            if_etag: None,
        })
    };
    for number in 0..4 {
        put(&engine, number).unwrap();
    }
    let call =
        SearchCall { page_size: 1, ..SearchCall::new(Query::parse("comet").unwrap(), Filter::default()) };
    let page_token = engine.search(&call).unwrap().next_page_token.unwrap();
    put(&engine, 4).unwrap();
    assert_eq!(
        engine.search(&SearchCall { page_token: page_token.clone(), ..call.clone() }).unwrap().total,
        4
    );
    arm(Operation::Sync, &folder.path().join("store.redb"), 0, 1, ErrorKind::Other);
    assert!(put(&engine, 5).is_err());
    assert_eq!(disarm(folder.path()), 0);
    put(&engine, 6).unwrap();
    let engine = Arc::new(engine);
    assert!(engine.search(&SearchCall { page_token, ..call }).is_err(), "read through the old handle");
}
