//! Orders of results, and pages that continue in them.

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use tonic::Code;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::query;
use crate::support::refused;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        results_are_ordered_as_requested,
        pages_continue_in_the_order,
        unknown_orders_are_refused,
    ]
}

/// Documents with their dates. Each has two exchanges, of which the second is the better match.
const DOCUMENTS: [(&str, &str); 6] = [
    ("a", "2018-03"),
    ("b", ""),
    ("c", "2017-04-07"),
    ("d", "2018-03-01"),
    ("e", "2016"),
    ("f", "2017-04-07"),
];

async fn corpus() -> TestServer {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let text = "Ann: What do they keep in the old barn there?\n\nBo: A tractor, a comet in a jar and some hay.\n\n\
        Ann: And a comet?\n\nCy: A comet, yes.\n";
    for (id, published) in DOCUMENTS {
        let mut request = put_text(id, text);
        published.clone_into(&mut request.document.as_mut().unwrap().published);
        documents.put_document(request).await.unwrap();
    }
    server
}

/// The results as document and index, such as `a1`, page by page.
async fn listed(server: &TestServer, request: &pb::SearchRequest) -> String {
    let (mut client, mut request, mut shown) = (server.searches().await, request.clone(), Vec::new());
    loop {
        let page = client.search(request.clone()).await.unwrap().into_inner();
        assert_eq!(page.total_size, 12);
        shown.extend(page.results.iter().map(|result| {
            let id = &result.passage.as_ref().unwrap().exchange_id;
            let (document, rest) = id.split_once(':').unwrap();
            format!("{document}{}", rest.split('.').next().unwrap())
        }));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            return shown.join(" ");
        }
    }
}

fn ordered(order: pb::Order, page_size: i32) -> pb::SearchRequest {
    pb::SearchRequest { order: order.into(), page_size, ..query("comet") }
}

const ORDERS: [(pb::Order, &str); 5] = [
    (pb::Order::Unspecified, "a1 b1 c1 d1 e1 f1 a0 b0 c0 d0 e0 f0"),
    (pb::Order::Relevance, "a1 b1 c1 d1 e1 f1 a0 b0 c0 d0 e0 f0"),
    (pb::Order::Newest, "d1 d0 a1 a0 c1 f1 c0 f0 e1 e0 b1 b0"),
    (pb::Order::Oldest, "e1 e0 c1 f1 c0 f0 a1 a0 d1 d0 b1 b0"),
    (pb::Order::Document, "a0 a1 b0 b1 c0 c1 d0 d1 e0 e1 f0 f1"),
];

async fn results_are_ordered_as_requested() {
    let server = corpus().await;
    for (order, expect) in ORDERS {
        assert_eq!(listed(&server, &ordered(order, 100)).await, expect, "{order:?}");
    }
}

async fn pages_continue_in_the_order() {
    let server = corpus().await;
    for (order, expect) in ORDERS {
        for page_size in [1, 5] {
            assert_eq!(listed(&server, &ordered(order, page_size)).await, expect, "{order:?}, {page_size}");
        }
    }
    let mut client = server.searches().await;
    let first = client.search(ordered(pb::Order::Newest, 2)).await.unwrap().into_inner();
    let other = pb::SearchRequest { page_token: first.next_page_token, ..ordered(pb::Order::Oldest, 2) };
    let status = client.search(other).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "PAGE_TOKEN_INVALID", "page_token");
}

async fn unknown_orders_are_refused() {
    let server = TestServer::start().await;
    let mut client = server.searches().await;
    for order in [5, -1, i32::MAX] {
        let status = client.search(pb::SearchRequest { order, ..query("comet") }).await.unwrap_err();
        refused(&status, Code::InvalidArgument, "ENUM_INVALID", "order");
    }
}
