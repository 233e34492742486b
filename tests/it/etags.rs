//! What a document's metadata answers about it, writes on condition, and the id of the corpus.

use std::sync::Arc;

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use tempfile::TempDir;
use tonic::Code;
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::support::TestServer;
use crate::support::put_bytes;
use crate::support::put_text;
use crate::support::query;
use crate::support::refused;
use crate::support::sha256;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        an_etag_changes_with_bytes_and_metadata_only,
        a_write_of_another_etag_is_aborted,
        an_import_of_another_etag_is_refused_alone,
        a_document_that_is_missing_may_count_as_deleted,
        digests_and_sizes_are_of_the_bytes_as_received,
        a_corpus_keeps_its_id_and_refuses_tokens_of_others,
    ]
}

const TEXT: &str = "Ann: What did you see?\n\nBo: I saw a comet over the northern hill.\n";

async fn stored(server: &TestServer, request: pb::PutDocumentRequest) -> Result<pb::Document, Status> {
    let response = server.documents().await.put_document(request).await?;
    Ok(response.into_inner().document.unwrap())
}

async fn listed(server: &TestServer) -> Vec<pb::Document> {
    let request = pb::ListDocumentsRequest::default();
    server.documents().await.list_documents(request).await.unwrap().into_inner().documents
}

fn changed(change: impl FnOnce(&mut pb::Document)) -> pb::PutDocumentRequest {
    let mut request = put_text("a", TEXT);
    change(request.document.as_mut().unwrap());
    request
}

fn aborted(status: &Status, id: &str) {
    let details = status.get_error_details();
    assert_eq!(status.code(), Code::Aborted, "{status:?}");
    assert_eq!(details.error_info().unwrap().reason, "ETAG_MISMATCH");
    assert_eq!(details.resource_info().unwrap().resource_name, id);
}

async fn an_etag_changes_with_bytes_and_metadata_only() {
    let server = TestServer::start().await;
    let mut etags = Vec::new();
    for request in [
        put_text("a", TEXT),
        put_text("a", &TEXT.replace("comet", "balloon")),
        changed(|document| document.title = "A comet".into()),
        changed(|document| drop(document.labels.insert("beat".into(), "sky".into()))),
        put_text("b", TEXT),
    ] {
        let etag = stored(&server, request.clone()).await.unwrap().etag;
        assert_eq!(etag.len(), 32);
        // Writing the same again changes nothing.
        assert_eq!(stored(&server, request).await.unwrap().etag, etag);
        etags.push(etag);
    }
    let folder = server.stop().await;
    let server = TestServer::start_in(folder).await;
    let listed = listed(&server).await;
    let last: Vec<&String> = listed.iter().map(|document| &document.etag).collect();
    assert_eq!(last, [&etags[3], &etags[4]]);
    etags.sort();
    etags.dedup();
    assert_eq!(etags.len(), 5);
}

async fn a_write_of_another_etag_is_aborted() {
    let server = TestServer::start().await;
    let with = |etag: &str, text: &str| {
        let etag = etag.to_owned();
        let body = pb::document::Body::Text(text.to_owned());
        changed(|document| (document.etag, document.body) = (etag, Some(body)))
    };
    // There is no document that could have the etag.
    aborted(&stored(&server, with("x", TEXT)).await.unwrap_err(), "a");
    let first = stored(&server, put_text("a", TEXT)).await.unwrap().etag;
    let second = stored(&server, with(&first, &TEXT.replace("hill", "bay"))).await.unwrap().etag;
    assert_ne!(first, second);
    // Also where the bytes are those that are stored.
    for text in [TEXT, &TEXT.replace("hill", "bay")] {
        aborted(&stored(&server, with(&first, text)).await.unwrap_err(), "a");
    }
    let mut documents = server.documents().await;
    let delete = |etag: &str, purge| pb::DeleteDocumentRequest {
        document_id: "a".into(),
        purge,
        etag: etag.into(),
        ..Default::default()
    };
    for purge in [false, true] {
        aborted(&documents.delete_document(delete(&first, purge)).await.unwrap_err(), "a");
    }
    let found = server.searches().await.search(query("bay")).await.unwrap().into_inner();
    assert_eq!(found.total_size, 1);
    documents.delete_document(delete(&second, false)).await.unwrap();
    let status = documents.delete_document(delete(&second, false)).await.unwrap_err();
    refused(&status, Code::NotFound, "DOCUMENT_NOT_FOUND", "a");
    let status = stored(&server, with(&"e".repeat(257), TEXT)).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "TOO_LONG", "document.etag");
}

async fn an_import_of_another_etag_is_refused_alone() {
    let server = TestServer::start().await;
    stored(&server, put_text("a", TEXT)).await.unwrap();
    let stale = changed(|document| document.etag = "stale".into());
    let requests =
        [stale, put_text("b", TEXT)].map(|request| pb::ImportDocumentsRequest { document: request.document });
    let mut documents = server.documents().await;
    let mut answers = documents.import_documents(tokio_stream::iter(requests)).await.unwrap().into_inner();
    let answer = answers.message().await.unwrap().unwrap();
    assert_eq!((answer.document_id.as_str(), answer.error.unwrap().code), ("a", Code::Aborted as i32));
    let answer = answers.message().await.unwrap().unwrap();
    assert_eq!((answer.document_id.as_str(), answer.outcome()), ("b", pb::Outcome::Created));
}

async fn a_document_that_is_missing_may_count_as_deleted() {
    let server = TestServer::start().await;
    let generation = server.documents().await.put_document(put_text("b", TEXT)).await.unwrap();
    let generation = generation.into_inner().generation;
    for purge in [false, true] {
        let request = pb::DeleteDocumentRequest {
            document_id: "a".into(),
            purge,
            allow_missing: true,
            etag: "any".into(),
        };
        let answer = server.documents().await.delete_document(request).await.unwrap().into_inner();
        assert_eq!((answer.generation, answer.purged_bytes), (generation, 0));
    }
}

async fn digests_and_sizes_are_of_the_bytes_as_received() {
    let server = TestServer::start().await;
    // Windows-1251, so that the bytes are not those of the text.
    let bytes: Vec<u8> = "Анна: Что вы видели? Расскажите нам.\n\nБорис: Я видел комету над холмом.\n"
        .chars()
        .map(|c| match c {
            'А'..='я' => u8::try_from(u32::from(c) - 0x410 + 0xC0).unwrap(),
            _ => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    let put = stored(&server, put_bytes("a", bytes.clone())).await.unwrap();
    let request = pb::GetDocumentRequest { document_id: "a".into() };
    let got = server.documents().await.get_document(request).await.unwrap().into_inner();
    let listed = listed(&server).await;
    for document in [&put, got.document.as_ref().unwrap(), &listed[0]] {
        assert_eq!(document.document_sha256, sha256(&bytes));
        assert_eq!(usize::try_from(document.size_bytes).unwrap(), bytes.len());
        assert_eq!(usize::try_from(document.exchange_count).unwrap(), got.exchanges.len());
        assert_eq!(document.etag, put.etag);
    }
    // What a service answered can be sent back.
    let again = pb::Document { body: Some(pb::document::Body::Content(bytes)), ..put };
    stored(&server, pb::PutDocumentRequest { document: Some(again) }).await.unwrap();
}

async fn a_corpus_keeps_its_id_and_refuses_tokens_of_others() {
    let server = TestServer::start().await;
    for id in ["a", "b"] {
        stored(&server, put_text(id, TEXT)).await.unwrap();
    }
    let first_page = pb::SearchRequest { page_size: 1, ..query("comet") };
    let found = server.searches().await.search(first_page.clone()).await.unwrap().into_inner();
    let provenance = found.provenance.unwrap();
    assert_eq!((provenance.corpus_id.len(), provenance.generation), (32, found.generation));
    let counted = server.admin().await.get_stats(pb::GetStatsRequest {}).await.unwrap().into_inner();
    assert_eq!((counted.corpus_id, counted.versions), (provenance.corpus_id.clone(), provenance.versions));
    let next = pb::SearchRequest { page_token: found.next_page_token, ..first_page };

    // The same folder, started again with other random bytes.
    let folder = server.stop().await;
    let server = TestServer::start_with(Arc::clone(&folder), |settings| settings.entropy = [4; 32]).await;
    let found = server.searches().await.search(next.clone()).await.unwrap().into_inner();
    assert_eq!(found.provenance.unwrap().corpus_id, provenance.corpus_id);
    server.stop().await;

    // A copy of the store, as a restore makes, is another corpus.
    let copy = TempDir::new().unwrap();
    std::fs::copy(folder.path().join("store.redb"), copy.path().join("store.redb")).unwrap();
    let server = TestServer::start_with(Arc::new(copy), |settings| settings.entropy = [5; 32]).await;
    let found = server.searches().await.search(query("comet")).await.unwrap().into_inner();
    assert_ne!(found.provenance.unwrap().corpus_id, provenance.corpus_id);
    let status = server.searches().await.search(next).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "PAGE_TOKEN_INVALID", "page_token");
}
