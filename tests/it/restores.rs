//! Listing a document's versions, making one of them current again, and how long they are kept.

use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use tempfile::TempDir;
use tonic::Code;
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::query;
use crate::support::refused;
use crate::support::sha256;
use crate::support::source;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        versions_are_listed_newest_first,
        an_earlier_version_becomes_current_again,
        a_deleted_document_is_restored,
        a_restore_on_condition_is_aborted,
        pairs_are_not_restored,
        versions_are_kept_within_bounds,
        pages_of_versions_join_while_the_oldest_go,
    ]
}

async fn pages_of_versions_join_while_the_oldest_go() {
    let folder = Arc::new(TempDir::new().unwrap());
    let server = TestServer::start_with(folder, |settings| settings.keep_versions = 4).await;
    for number in 1..=5 {
        put(&server, number).await;
    }
    let titles = |page: &pb::ListDocumentVersionsResponse| {
        let documents = page.versions.iter().filter_map(|version| version.document.as_ref());
        documents.map(|document| document.title.clone()).collect::<Vec<_>>()
    };
    let first = page(&server, 2, "").await.unwrap();
    assert_eq!(titles(&first), ["Title 5", "Title 4"]);
    // The first version goes when the sixth comes.
    put(&server, 6).await;
    let second = page(&server, 2, &first.next_page_token).await.unwrap();
    assert_eq!((titles(&second), &*second.next_page_token), (vec!["Title 3".into(), "Title 2".into()], ""));
    // Where the last one shown is gone too, there is nothing earlier.
    for number in 7..=9 {
        put(&server, number).await;
    }
    let gone = page(&server, 2, &first.next_page_token).await.unwrap();
    assert_eq!((gone.versions.len(), &*gone.next_page_token), (0, ""));
}

fn text(number: usize) -> String {
    format!("Ann: What did you see?\n\nBo: I saw word{number} over the northern hill.\n")
}

async fn put(server: &TestServer, number: usize) -> pb::Document {
    let mut request = put_text("a", &text(number));
    request.document.as_mut().unwrap().title = format!("Title {number}");
    server.documents().await.put_document(request).await.unwrap().into_inner().document.unwrap()
}

async fn page(
    server: &TestServer,
    page_size: i32,
    page_token: &str,
) -> Result<pb::ListDocumentVersionsResponse, Status> {
    let request =
        pb::ListDocumentVersionsRequest { document_id: "a".into(), page_size, page_token: page_token.into() };
    Ok(server.documents().await.list_document_versions(request).await?.into_inner())
}

async fn restore(server: &TestServer, sha256: &str, etag: &str) -> Result<pb::Document, Status> {
    let request = pb::RestoreDocumentRequest {
        document_id: "a".into(),
        document_sha256: sha256.into(),
        etag: etag.into(),
    };
    Ok(server.documents().await.restore_document(request).await?.into_inner().document.unwrap())
}

async fn total(server: &TestServer, words: &str) -> i64 {
    server.searches().await.search(query(words)).await.unwrap().into_inner().total_size
}

async fn versions_are_listed_newest_first() {
    let server = TestServer::start().await;
    let status = page(&server, 0, "").await.unwrap_err();
    refused(&status, Code::NotFound, "DOCUMENT_NOT_FOUND", "a");
    let mut stored = Vec::new();
    for number in 0..5 {
        stored.push(put(&server, number).await);
    }
    stored.reverse();
    let mut listed = Vec::new();
    let mut token = String::new();
    loop {
        let page = page(&server, 2, &token).await.unwrap();
        listed.extend(page.versions);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
        // A version that comes meanwhile moves nothing.
        if listed.len() == 2 {
            put(&server, 5).await;
        }
    }
    let documents: Vec<pb::Document> =
        listed.iter().map(|version| version.document.clone().unwrap()).collect();
    assert_eq!(documents, stored);
    assert_eq!(listed[0].retire_time, None);
    assert!(listed[1..].iter().all(|version| version.retire_time.is_some()));
    let first = page(&server, 1, "").await.unwrap();
    let request = pb::ListDocumentVersionsRequest {
        document_id: "b".into(),
        page_token: first.next_page_token,
        ..Default::default()
    };
    server.documents().await.put_document(put_text("b", &text(9))).await.unwrap();
    let status = server.documents().await.list_document_versions(request).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "PAGE_TOKEN_INVALID", "page_token");
}

async fn an_earlier_version_becomes_current_again() {
    let server = TestServer::start().await;
    let first = put(&server, 1).await;
    put(&server, 2).await;
    let third = put(&server, 3).await;
    let restored = restore(&server, &first.document_sha256, &third.etag).await.unwrap();
    assert_eq!((&restored.title, &restored.etag), (&first.title, &first.etag));
    assert_eq!(restored.create_time, first.create_time);
    assert!(restored.generation > third.generation);
    assert_eq!(source(&mut server.documents().await, "a").await, text(1).as_bytes());
    assert_eq!((total(&server, "word1").await, total(&server, "word3").await), (1, 0));
    // Sending what it was made of changes nothing.
    assert_eq!(put(&server, 1).await, restored);
    // What is current already stays.
    assert_eq!(restore(&server, &first.document_sha256, "").await.unwrap(), restored);
    // Without a digest, the one before.
    assert_eq!(restore(&server, "", "").await.unwrap().title, "Title 3");
    let folder = server.stop().await;
    let server = TestServer::start_in(folder).await;
    assert_eq!(total(&server, "word3").await, 1);
    let digests = page(&server, 0, "").await.unwrap().versions;
    let digests: Vec<String> =
        digests.into_iter().map(|version| version.document.unwrap().document_sha256).collect();
    let expect: Vec<String> = [3, 1, 3, 2, 1].map(|number| sha256(text(number).as_bytes())).into();
    assert_eq!(digests, expect);
}

async fn a_deleted_document_is_restored() {
    let server = TestServer::start().await;
    let stored = put(&server, 1).await;
    let delete = |purge| pb::DeleteDocumentRequest { document_id: "a".into(), purge, ..Default::default() };
    server.documents().await.delete_document(delete(false)).await.unwrap();
    assert_eq!(total(&server, "word1").await, 0);
    let restored = restore(&server, "", "").await.unwrap();
    assert_eq!((restored.etag, restored.create_time), (stored.etag, stored.create_time));
    assert_eq!(total(&server, "word1").await, 1);
    server.documents().await.delete_document(delete(true)).await.unwrap();
    let status = restore(&server, "", "").await.unwrap_err();
    refused(&status, Code::NotFound, "DOCUMENT_NOT_FOUND", "a");
}

async fn a_restore_on_condition_is_aborted() {
    let server = TestServer::start().await;
    let first = put(&server, 1).await;
    let second = put(&server, 2).await;
    for digest in ["", &first.document_sha256, &second.document_sha256] {
        let status = restore(&server, digest, &first.etag).await.unwrap_err();
        assert_eq!(status.code(), Code::Aborted, "{status:?}");
        assert_eq!(status.get_error_details().error_info().unwrap().reason, "ETAG_MISMATCH");
    }
    let status = restore(&server, &"0".repeat(64), "").await.unwrap_err();
    refused(&status, Code::NotFound, "DOCUMENT_NOT_FOUND", "a");
    let status = restore(&server, "0", "").await.unwrap_err();
    refused(&status, Code::InvalidArgument, "DIGEST_INVALID", "document_sha256");
}

async fn pairs_are_not_restored() {
    let server = TestServer::start().await;
    let answer = pb::Utterance { text: "I saw a comet.".into(), ..Default::default() };
    let exchange = pb::Exchange { answer: Some(answer), ..Default::default() };
    let mut request = put_text("a", "");
    let list = pb::ExchangeList { exchanges: vec![exchange] };
    request.document.as_mut().unwrap().body = Some(pb::document::Body::Exchanges(list));
    server.documents().await.put_document(request).await.unwrap();
    put(&server, 1).await;
    let status = restore(&server, "", "").await.unwrap_err();
    refused(&status, Code::FailedPrecondition, "VERSION_NOT_RESTORABLE", "a");
}

async fn versions_are_kept_within_bounds() {
    let length = u64::try_from(text(0).len()).unwrap();
    let check = async |set: &dyn Fn(&mut onrecord::local::Settings), expect: &[usize]| {
        let folder = Arc::new(TempDir::new().unwrap());
        let server = TestServer::start_with(folder, |settings| set(settings)).await;
        for number in 0..5 {
            put(&server, number).await;
        }
        let listed = page(&server, 0, "").await.unwrap().versions;
        let digests: Vec<String> =
            listed.into_iter().map(|version| version.document.unwrap().document_sha256).collect();
        let expect: Vec<String> = expect.iter().map(|number| sha256(text(*number).as_bytes())).collect();
        assert_eq!(digests, expect);
    };
    check(&|_| {}, &[4, 3, 2, 1, 0]).await;
    check(&|settings| settings.keep_versions = 2, &[4, 3, 2]).await;
    check(&|settings| settings.keep_versions = 0, &[4]).await;
    check(&|settings| settings.keep_versions_bytes = 2 * length + 1, &[4, 3, 2]).await;
    // A clock that goes on by an hour each time that it is read.
    let hourly = |settings: &mut onrecord::local::Settings| {
        settings.clock = || {
            static HOURS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
            let hours = HOURS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            std::time::UNIX_EPOCH + Duration::from_secs(3_600 * hours)
        };
        settings.keep_versions_for = Some(Duration::from_mins(90));
    };
    check(&hourly, &[4, 3, 2]).await;
}
