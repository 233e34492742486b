//! What becomes of citations when documents are replaced, deleted and purged; and reading one's own
//! writes.

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use onrecord::grpc::pb::citation_service_client::CitationServiceClient;
use onrecord::grpc::pb::document_service_client::DocumentServiceClient;
use onrecord::grpc::pb::verify_citation_response::Verdict;
use tonic::Code;
use tonic::transport::Channel;
use tonic_types::StatusExt as _;

use crate::support::TestServer;
use crate::support::cut;
use crate::support::put_text;
use crate::support::query;
use crate::support::refused;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        a_replaced_citation_is_superseded,
        a_deleted_document_keeps_its_citations_until_it_is_purged,
        a_purge_spares_what_others_have,
        versions_written_together_are_all_kept,
        a_forged_citation_is_broken,
        citations_that_are_none_are_refused,
        a_search_waits_for_the_generation_it_names,
    ]
}

const COMET: &str = "Ann: What did you see?\n\nBo: I saw a comet over the northern hill.\n";

async fn citation(server: &TestServer, words: &str) -> pb::Citation {
    let found = server.searches().await.search(query(words)).await.unwrap().into_inner();
    found.results[0].passage.clone().unwrap().citation.unwrap()
}

async fn verify(server: &TestServer, citation: &pb::Citation) -> pb::VerifyCitationResponse {
    let mut client = CitationServiceClient::new(server.channel().await);
    let request = pb::VerifyCitationRequest { citation: Some(citation.clone()) };
    client.verify_citation(request).await.unwrap().into_inner()
}

async fn version(
    documents: &mut DocumentServiceClient<Channel>,
    id: &str,
    digest: &str,
) -> Result<Vec<u8>, tonic::Status> {
    let request = pb::GetSourceRequest {
        document_id: id.into(),
        document_sha256: digest.into(),
        ..pb::GetSourceRequest::default()
    };
    let mut pieces = documents.get_source(request).await?.into_inner();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.message().await? {
        bytes.extend_from_slice(&piece.content);
    }
    Ok(bytes)
}

async fn delete(
    documents: &mut DocumentServiceClient<Channel>,
    id: &str,
    purge: bool,
) -> pb::DeleteDocumentResponse {
    let request = pb::DeleteDocumentRequest { document_id: id.into(), purge, ..Default::default() };
    documents.delete_document(request).await.unwrap().into_inner()
}

async fn a_replaced_citation_is_superseded() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    documents.put_document(put_text("a", COMET)).await.unwrap();
    let old = citation(&server, "comet").await;
    let now = verify(&server, &old).await;
    assert_eq!(now.verdict(), Verdict::Valid);
    assert_eq!(now.quote, cut(COMET.as_bytes(), &old.answer_spans));
    assert_eq!(now.superseded_by, None);

    // The same words further down: superseded, with the new place.
    let moved = format!("Cy: Who are you?\n\nBo: I am the keeper of the hill.\n\n{COMET}");
    documents.put_document(put_text("a", &moved)).await.unwrap();
    let now = verify(&server, &old).await;
    assert_eq!(now.verdict(), Verdict::Superseded);
    assert_eq!(now.quote, b"I saw a comet over the northern hill.");
    let next = now.superseded_by.unwrap();
    assert_eq!(cut(moved.as_bytes(), &next.answer_spans), now.quote);
    assert_eq!(verify(&server, &next).await.verdict(), Verdict::Valid);
    assert_eq!(version(&mut documents, "a", &old.document_sha256).await.unwrap(), COMET.as_bytes());

    // The words are gone: superseded, by nothing.
    documents.put_document(put_text("a", &COMET.replace("comet", "balloon"))).await.unwrap();
    for past in [&old, &next] {
        let now = verify(&server, past).await;
        assert_eq!((now.verdict(), now.superseded_by), (Verdict::Superseded, None));
    }
    // Back to the first bytes: valid again.
    documents.put_document(put_text("a", COMET)).await.unwrap();
    assert_eq!(verify(&server, &old).await.verdict(), Verdict::Valid);

    let folder = server.stop().await;
    let server = TestServer::start_in(folder).await;
    assert_eq!(verify(&server, &old).await.verdict(), Verdict::Valid);
    assert_eq!(verify(&server, &next).await.verdict(), Verdict::Superseded);
}

async fn a_deleted_document_keeps_its_citations_until_it_is_purged() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    documents.put_document(put_text("a", COMET)).await.unwrap();
    let old = citation(&server, "comet").await;
    documents.put_document(put_text("a", &COMET.replace("comet", "meteor"))).await.unwrap();
    let answer = delete(&mut documents, "a", false).await;
    assert_eq!((answer.purged_versions, answer.purged_bytes), (0, 0));
    assert_eq!(verify(&server, &old).await.verdict(), Verdict::Superseded);
    let request = pb::DeleteDocumentRequest { document_id: "a".into(), purge: false, ..Default::default() };
    let status = documents.delete_document(request).await.unwrap_err();
    refused(&status, Code::NotFound, "DOCUMENT_NOT_FOUND", "a");

    let answer = delete(&mut documents, "a", true).await;
    assert_eq!(answer.purged_versions, 2);
    assert_eq!(answer.purged_bytes, 2 * i64::try_from(COMET.len()).unwrap() + 1);
    assert_eq!(verify(&server, &old).await.verdict(), Verdict::Broken);
    let status = version(&mut documents, "a", &old.document_sha256).await.unwrap_err();
    refused(&status, Code::NotFound, "DOCUMENT_NOT_FOUND", "a");
    let request = pb::DeleteDocumentRequest { document_id: "a".into(), purge: true, ..Default::default() };
    let status = documents.delete_document(request).await.unwrap_err();
    refused(&status, Code::NotFound, "DOCUMENT_NOT_FOUND", "a");
}

async fn versions_written_together_are_all_kept() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    documents.put_document(put_text("a", COMET)).await.unwrap();
    let old = citation(&server, "comet").await;
    // One stream, so that they are written as fast as can be.
    let texts: Vec<String> = ["meteor", "balloon", "kite"].map(|seen| COMET.replace("comet", seen)).to_vec();
    let stream = texts.iter().map(|text| {
        let document = put_text("a", text).document;
        pb::ImportDocumentsRequest { document }
    });
    let stream = tokio_stream::iter(stream.collect::<Vec<_>>());
    let mut answers = documents.import_documents(stream).await.unwrap().into_inner();
    let mut generations = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        assert_eq!(answer.error, None);
        generations.push(answer.generation);
    }
    assert_eq!(generations.len(), 3);
    assert!(generations.is_sorted(), "{generations:?}");
    assert_eq!(verify(&server, &old).await.verdict(), Verdict::Superseded);
    for text in &texts {
        let digest = crate::support::sha256(text.as_bytes());
        assert_eq!(version(&mut documents, "a", &digest).await.unwrap(), text.as_bytes());
    }
    assert_eq!(delete(&mut documents, "a", true).await.purged_versions, 4);
    assert_eq!(verify(&server, &old).await.verdict(), Verdict::Broken);
}

async fn a_purge_spares_what_others_have() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    for id in ["a", "b"] {
        documents.put_document(put_text(id, COMET)).await.unwrap();
    }
    let answer = delete(&mut documents, "a", true).await;
    assert_eq!((answer.purged_versions, answer.purged_bytes), (1, 0));
    let left = citation(&server, "comet").await;
    assert_eq!(left.document_id, "b");
    assert_eq!(verify(&server, &left).await.verdict(), Verdict::Valid);
    let answer = delete(&mut documents, "b", true).await;
    assert_eq!(answer.purged_bytes, i64::try_from(COMET.len()).unwrap());
}

async fn a_forged_citation_is_broken() {
    let server = TestServer::start().await;
    server.documents().await.put_document(put_text("a", COMET)).await.unwrap();
    let good = citation(&server, "comet").await;
    let forge = |change: fn(&mut pb::Citation)| {
        let mut forged = good.clone();
        change(&mut forged);
        forged
    };
    for forged in [
        forge(|citation| citation.answer_spans[0].start += 1),
        forge(|citation| citation.answer_spans[0].end += 1_000_000),
        forge(|citation| citation.quote_sha256 = "0".repeat(64)),
        forge(|citation| citation.document_sha256 = "0".repeat(64)),
        forge(|citation| {
            citation.text_sha256 = citation.document_sha256.clone();
            citation.document_sha256 = "0".repeat(64);
        }),
        forge(|citation| citation.document_id = "b".into()),
    ] {
        let now = verify(&server, &forged).await;
        assert_eq!((now.verdict(), now.quote), (Verdict::Broken, Vec::new()), "{forged:?}");
    }
}

async fn citations_that_are_none_are_refused() {
    let server = TestServer::start().await;
    let whole = pb::Citation {
        document_id: "a".into(),
        answer_spans: vec![pb::Span { start: 0, end: 4 }],
        document_sha256: "a".repeat(64),
        quote_sha256: "b".repeat(64),
        ..pb::Citation::default()
    };
    let check = async |citation: Option<pb::Citation>, reason: &str, field: &str| {
        let mut client = CitationServiceClient::new(server.channel().await);
        let status = client.verify_citation(pb::VerifyCitationRequest { citation }).await.unwrap_err();
        refused(&status, Code::InvalidArgument, reason, field);
    };
    let with = |change: fn(&mut pb::Citation)| {
        let mut citation = whole.clone();
        change(&mut citation);
        Some(citation)
    };
    check(None, "FIELD_REQUIRED", "citation").await;
    check(with(|c| c.document_id.clear()), "FIELD_REQUIRED", "citation.document_id").await;
    check(with(|c| c.answer_spans.clear()), "FIELD_REQUIRED", "citation.answer_spans").await;
    check(with(|c| c.quote_sha256.clear()), "FIELD_REQUIRED", "citation.quote_sha256").await;
    check(with(|c| c.document_sha256.clear()), "FIELD_REQUIRED", "citation.document_sha256").await;
    check(with(|c| c.quote_sha256 = "xyz".into()), "DIGEST_INVALID", "citation.quote_sha256").await;
    check(with(|c| c.text_sha256 = "é".repeat(32)), "DIGEST_INVALID", "citation.text_sha256").await;
    check(with(|c| c.answer_spans[0].start = 9), "SPAN_REVERSED", "citation.answer_spans[0]").await;
    let overlap = with(|c| c.answer_spans.push(pb::Span { start: 3, end: 9 }));
    check(overlap, "SPANS_UNORDERED", "citation.answer_spans[1]").await;
}

async fn a_search_waits_for_the_generation_it_names() {
    let server = TestServer::start().await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    let put = documents.put_document(put_text("a", COMET)).await.unwrap().into_inner();
    let at = |min_generation| pb::SearchRequest { min_generation, ..query("comet") };
    let found = searches.search(at(put.generation)).await.unwrap().into_inner();
    assert_eq!((found.total_size, found.generation), (1, put.generation));

    // One that is not there yet: the search waits, and answers with what the write brings.
    let waiting = {
        let mut searches = server.searches().await;
        let request = at(put.generation + 1);
        tokio::spawn(async move { searches.search(request).await })
    };
    let text = COMET.replace("northern", "southern");
    let next = documents.put_document(put_text("b", &text)).await.unwrap().into_inner();
    let found = waiting.await.unwrap().unwrap().into_inner();
    assert!(found.generation >= next.generation && found.total_size == 2, "{found:?}");

    let mut request = tonic::Request::new(at(next.generation + 1000));
    request.set_timeout(std::time::Duration::from_millis(300));
    let status = searches.search(request).await.unwrap_err();
    assert!(matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled), "{status:?}");
    let status = searches.search(at(next.generation + 1000)).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    assert!(status.get_details_retry_info().is_some(), "{status:?}");
    let status = searches.search(at(-1)).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "GENERATION_NEGATIVE", "min_generation");
}
