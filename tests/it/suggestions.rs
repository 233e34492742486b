//! `SearchResponse.suggestion` at the wire.

use libtest_mimic::Trial;
use onrecord::grpc::pb;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::query;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire: typing_errors_get_a_suggestion, suggestions_are_words_of_live_documents]
}

async fn suggestion(server: &TestServer, text: &str) -> String {
    let response = server.searches().await.search(query(text)).await.unwrap().into_inner();
    if !response.suggestion.is_empty() {
        assert!(!response.unmatched_terms.is_empty(), "{text}");
        let again = server.searches().await.search(query(&response.suggestion)).await.unwrap().into_inner();
        assert!(again.total_size > 0, "{text} → {}", response.suggestion);
        assert_eq!(again.suggestion, "", "{text} → {}", response.suggestion);
    }
    response.suggestion
}

async fn typing_errors_get_a_suggestion() {
    let server = TestServer::with_samples().await;
    for (typed, expect) in [
        ("threts", "threats"),
        ("Threts to the wateer", "threats to the water"),
        ("+threts -\"watre\"", "+threats -\"watre\""),
        ("Sandovl", "Sandoval"),
        // Nothing is near, or near enough; words that are known; numbers; a prefix of few letters.
        ("qqzzxxyyww", ""),
        ("threats", ""),
        ("2o17x", ""),
        ("xq", ""),
        ("!?", ""),
    ] {
        assert_eq!(suggestion(&server, typed).await, expect, "{typed}");
    }
    for long in ["thret".repeat(800), "threts ".repeat(500), "зzé漢".repeat(300)] {
        server.searches().await.search(query(&long)).await.unwrap();
    }
}

async fn suggestions_are_words_of_live_documents() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let said = |words: &str| format!("Ann: What is it?\n\nBo: {words}, as it happens.\n");
    for (id, words) in [
        ("one", "A harbour and a Harbour"),
        ("two", "The harbours of Über"),
        ("three", "Harbored grudges"),
        ("four", "A labour of love"),
    ] {
        documents.put_document(put_text(id, &said(words))).await.unwrap();
    }
    assert_eq!(suggestion(&server, "harbuor").await, "harbour");
    assert_eq!(suggestion(&server, "HARBUORS").await, "harbours");
    assert_eq!(suggestion(&server, "luve labuor").await, "love labour");
    for document_id in ["one", "two"] {
        let request = pb::DeleteDocumentRequest { document_id: document_id.into(), ..Default::default() };
        documents.delete_document(request).await.unwrap();
    }
    assert_ne!(suggestion(&server, "harbuor").await, "harbour");
}
