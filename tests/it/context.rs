//! The exchanges around a result, at the wire.

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use tonic::Code;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::query;
use crate::support::refused;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire: context_is_what_was_said_before_and_after]
}

async fn context_is_what_was_said_before_and_after() {
    let server = TestServer::start().await;
    let words = ["anchor", "basket", "candle", "dragon", "engine", "feather", "garden"];
    let said = words.map(|word| format!("Ann: What of the {word}?\n\nBo: The {word} is where it was.\n\n"));
    let talk = said.concat();
    let mut documents = server.documents().await;
    documents.put_document(put_text("talk", &talk)).await.unwrap();
    documents.put_document(put_text("other", &talk.replace("candle", "pebble"))).await.unwrap();
    let request = pb::GetDocumentRequest { document_id: "talk".into() };
    let all = documents.get_document(request).await.unwrap().into_inner().exchanges;
    assert_eq!(all.len(), words.len());

    let mut searches = server.searches().await;
    for (context, first, last) in [(0, 2, 2), (1, 1, 3), (2, 0, 4), (3, 0, 5), (5, 0, 6)] {
        let request = pb::SearchRequest { context, ..query("candle") };
        let found = searches.search(request).await.unwrap().into_inner();
        assert_eq!(found.results.len(), 1);
        let result = &found.results[0];
        assert_eq!(result.before, all[first..2], "{context}");
        assert_eq!(result.after, all[3..=last], "{context}");
    }
    for context in [-1, 6, i32::MAX] {
        let request = pb::SearchRequest { context, ..query("candle") };
        let status = searches.search(request).await.unwrap_err();
        refused(&status, Code::InvalidArgument, "OUT_OF_RANGE", "context");
    }
}
