//! Documents with more exchanges, or longer ones, than a response may hold.

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use onrecord::grpc::pb::document_service_client::DocumentServiceClient;
use prost::Message as _;
use tonic::Code;
use tonic::transport::Channel;

use crate::admin::ok;
use crate::support::TestServer;
use crate::support::put_text;
use crate::support::refused;
use crate::support::trials;

/// The default limit of gRPC clients.
const LIMIT: usize = 4 << 20;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        a_long_document_is_read_in_pages,
        a_submission_is_segmented_in_pages,
        a_page_of_exchanges_belongs_to_its_document_and_version,
        an_utterance_too_long_for_a_response_is_cut,
        a_list_of_documents_ends_early,
        diagnostics_stop_at_a_thousand,
    ]
}

/// A document of so many exchanges of about a kilobyte.
fn long(exchanges: usize) -> String {
    let exchange = |number| {
        format!("Ann: What is number {number}?\n\nBo: It is {number}. {}\n\n", "And so it goes. ".repeat(50))
    };
    (0..exchanges).map(exchange).collect()
}

async fn get(client: &mut DocumentServiceClient<Channel>, id: &str) -> pb::GetDocumentResponse {
    client.get_document(pb::GetDocumentRequest { document_id: id.into() }).await.unwrap().into_inner()
}

fn list(id: &str, page_size: i32, page_token: &str) -> pb::ListExchangesRequest {
    pb::ListExchangesRequest { document_id: id.into(), page_size, page_token: page_token.into() }
}

/// The exchanges of all pages from this token on.
async fn rest(
    client: &mut DocumentServiceClient<Channel>,
    id: &str,
    page_size: i32,
    mut token: String,
) -> Vec<pb::Exchange> {
    let mut all = Vec::new();
    loop {
        let page = client.list_exchanges(list(id, page_size, &token)).await.unwrap().into_inner();
        assert!(page.encoded_len() < LIMIT && !page.exchanges.is_empty());
        all.extend(page.exchanges);
        token = page.next_page_token;
        if token.is_empty() {
            return all;
        }
    }
}

fn indexes(exchanges: &[pb::Exchange]) -> Vec<usize> {
    exchanges.iter().map(|exchange| exchange.index.try_into().unwrap()).collect()
}

async fn a_long_document_is_read_in_pages() {
    let server = TestServer::start_with_room_for(8 << 20).await;
    let mut client = server.documents().await;
    client.put_document(put_text("long", &long(5_000))).await.unwrap();
    let first = get(&mut client, "long").await;
    assert!(first.encoded_len() > LIMIT / 3 && first.encoded_len() < LIMIT, "{}", first.encoded_len());
    assert_eq!(first.document.unwrap().exchange_count, 5_000);
    let mut all = first.exchanges;
    all.extend(rest(&mut client, "long", 0, first.next_page_token).await);
    assert_eq!(indexes(&all), (0..5_000).collect::<Vec<_>>(), "each exchange once, in order");

    let from_the_start = rest(&mut client, "long", 500, String::new()).await;
    assert!(from_the_start == all, "the same exchanges, whatever the size of a page");
    let page = client.list_exchanges(list("long", 0, "")).await.unwrap().into_inner();
    assert_eq!((page.exchanges.len(), page.total_size), (50, 5_000));
    let page = client.list_exchanges(list("long", 501, "")).await.unwrap().into_inner();
    assert_eq!(page.exchanges.len(), 500);

    let printed = ok(&[&"get", &"long", &"--json", &"--server", &server.address]);
    let pages = printed.lines().map(|page| serde_json::from_str::<serde_json::Value>(page).unwrap());
    let shown: usize = pages.map(|page| page["exchanges"].as_array().unwrap().len()).sum();
    assert_eq!(shown, 5_000, "the client follows the pages");
}

async fn a_submission_is_segmented_in_pages() {
    let server = TestServer::start_with_room_for(8 << 20).await;
    let mut client = server.documents().await;
    let text = long(5_000);
    let request = |page_size, page_token: &str, text: &str| pb::SegmentDocumentRequest {
        document: put_text("long", text).document,
        page_size,
        page_token: page_token.into(),
    };
    let mut all = Vec::new();
    let mut token = String::new();
    loop {
        let page = client.segment_document(request(0, &token, &text)).await.unwrap().into_inner();
        assert!(page.encoded_len() < LIMIT);
        assert_eq!(page.document.unwrap().exchange_count, 5_000);
        all.extend(page.exchanges);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    client.put_document(put_text("long", &text)).await.unwrap();
    let stored = rest(&mut client, "long", 0, String::new()).await;
    assert!(stored == all, "what is segmented is what is stored");

    let page = client.segment_document(request(2, "", &text)).await.unwrap().into_inner();
    assert_eq!(indexes(&page.exchanges), [0, 1]);
    let other = client.segment_document(request(2, &page.next_page_token, &long(9))).await.unwrap_err();
    refused(&other, Code::InvalidArgument, "PAGE_TOKEN_INVALID", "page_token");
    let negative = client.segment_document(request(-1, "", &text)).await.unwrap_err();
    refused(&negative, Code::InvalidArgument, "OUT_OF_RANGE", "page_size");
}

async fn a_page_of_exchanges_belongs_to_its_document_and_version() {
    let server = TestServer::start().await;
    let mut client = server.documents().await;
    for id in ["a", "b"] {
        client.put_document(put_text(id, &long(9))).await.unwrap();
    }
    let token = client.list_exchanges(list("a", 3, "")).await.unwrap().into_inner().next_page_token;
    for (id, token) in [("b", &*token), ("a", "AAAA"), ("a", "!")] {
        let status = client.list_exchanges(list(id, 3, token)).await.unwrap_err();
        refused(&status, Code::InvalidArgument, "PAGE_TOKEN_INVALID", "page_token");
    }
    let status = client.list_exchanges(list("a", -1, "")).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "OUT_OF_RANGE", "page_size");
    let status = client.list_exchanges(list("", 0, "")).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "FIELD_REQUIRED", "document_id");
    let status = client.list_exchanges(list("nowhere", 0, "")).await.unwrap_err();
    refused(&status, Code::NotFound, "DOCUMENT_NOT_FOUND", "nowhere");

    client.put_document(put_text("b", "Ann: Why?\n\nBo: Because it rains.\n")).await.unwrap();
    let page = client.list_exchanges(list("a", 3, &token)).await.unwrap().into_inner();
    assert_eq!(indexes(&page.exchanges), [3, 4, 5], "a write of another document changes nothing");
    client.put_document(put_text("a", &long(8))).await.unwrap();
    let status = client.list_exchanges(list("a", 3, &token)).await.unwrap_err();
    refused(&status, Code::FailedPrecondition, "PAGE_TOKEN_GENERATION_GONE", "page_token");
}

async fn an_utterance_too_long_for_a_response_is_cut() {
    let server = TestServer::start_with_room_for(16 << 20).await;
    let mut client = server.documents().await;
    let paragraph = format!("{}\n\n", "we waited for the ferry ".repeat(20).trim_end());
    let said = |text: String| Some(pb::Utterance { text, speaker: "Bo".into(), ..Default::default() });
    let exchange = pb::Exchange {
        question: said(paragraph.repeat(4_000)),
        answer: said(paragraph.repeat(12_000)),
        ..Default::default()
    };
    let list = pb::ExchangeList { exchanges: vec![exchange] };
    let mut request = put_text("endless", "");
    request.document.as_mut().unwrap().body = Some(pb::document::Body::Exchanges(list));
    client.put_document(request).await.unwrap();
    let got = get(&mut client, "endless").await;
    assert!(got.encoded_len() < LIMIT, "{}", got.encoded_len());
    let exchange = &got.exchanges[0];
    for utterance in [exchange.question.as_ref().unwrap(), exchange.answer.as_ref().unwrap()] {
        assert!(utterance.truncated && utterance.text.len() <= 1 << 20);
        assert!(utterance.text.len() > (1 << 20) - 100);
        let word = utterance.text.rsplit(char::is_whitespace).next().unwrap();
        assert!(["we", "waited", "for", "the", "ferry"].contains(&word), "{word:?}");
    }
    let spans = &exchange.citation.as_ref().unwrap().answer_spans;
    assert!(spans.last().unwrap().end - spans[0].start > 5 << 20, "all of it is cited");
    let request = pb::GetExchangeRequest { exchange_id: exchange.id.clone() };
    let whole = server.searches().await.get_exchange(request).await.unwrap().into_inner();
    assert_eq!(whole.exchange.as_ref(), Some(exchange));
}

async fn a_list_of_documents_ends_early() {
    let server = TestServer::start().await;
    let mut client = server.documents().await;
    let labels = |number: usize| (format!("{number:02}{}", "k".repeat(254)), "v".repeat(256));
    for number in 0..100 {
        let mut request = put_text(&format!("d{number:02}"), "Ann: Why?\n\nBo: Because it rains.\n");
        request.document.as_mut().unwrap().labels = (0..64).map(labels).collect();
        client.put_document(request).await.unwrap();
    }
    let (mut ids, mut sizes, mut page_token) = (Vec::new(), Vec::new(), String::new());
    loop {
        let request = pb::ListDocumentsRequest { page_size: 1_000, page_token };
        let page = client.list_documents(request).await.unwrap().into_inner();
        assert_eq!(page.total_size, 100);
        sizes.push(page.encoded_len());
        ids.extend(page.documents.into_iter().map(|document| document.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(ids, (0..100).map(|number| format!("d{number:02}")).collect::<Vec<_>>());
    assert!(sizes.len() == 2 && sizes[0] < LIMIT, "{sizes:?}");
}

async fn diagnostics_stop_at_a_thousand() {
    let server = TestServer::start().await;
    let mut client = server.documents().await;
    let with_banner = |number| {
        format!("[Advertisement {number}]\n\nAnn: What is {number}?\n\nBo: It is {number}, they said.\n\n")
    };
    let text: String = (0..1_200).map(with_banner).collect();
    let request = put_text("banners", &text);
    let segment = pb::SegmentDocumentRequest { document: request.document.clone(), ..Default::default() };
    let segmented = client.segment_document(segment).await.unwrap().into_inner();
    let put = client.put_document(request).await.unwrap().into_inner();
    assert_eq!((segmented.diagnostics.len(), put.diagnostics.len()), (1_000, 1_000));
}
