//! `DocumentService` at the wire.

use libtest_mimic::Trial;
use onrecord::grpc::pb;

use crate::support::TestServer;
use crate::support::cut;
use crate::support::put_bytes;
use crate::support::put_text;
use crate::support::query;
use crate::support::source;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        outcomes_tell_what_a_write_did,
        imports_are_answered_in_order_and_go_on_after_a_bad_document,
        the_later_of_two_documents_of_one_id_stays,
        ids_are_derived_from_the_bytes,
        ready_pairs_are_cited_in_their_rendering,
        segment_stores_nothing,
        sources_are_served_in_stretches,
        lists_page_in_order,
        metadata_is_kept,
        each_write_is_found_at_once,
        a_document_too_long_to_be_held_analysed_is_found,
    ]
}

const TEXT: &str = "Ann: Is the bridge safe?\n\nBo: It is safe, we measured it twice this spring.\n";

async fn outcomes_tell_what_a_write_did() {
    let server = TestServer::start().await;
    let mut client = server.documents().await;
    let mut generations = Vec::new();
    for (text, title, outcome) in [
        (TEXT, "", pb::Outcome::Created),
        (TEXT, "", pb::Outcome::Unchanged),
        (TEXT, "The bridge", pb::Outcome::Replaced),
        (TEXT, "The bridge", pb::Outcome::Unchanged),
        ("Ann: Why?\n\nBo: Because it stood too long.\n", "The bridge", pb::Outcome::Replaced),
    ] {
        let mut request = put_text("bridge", text);
        title.clone_into(&mut request.document.as_mut().unwrap().title);
        let response = client.put_document(request).await.unwrap().into_inner();
        assert_eq!(response.outcome(), outcome);
        assert_eq!(response.exchange_count, 1);
        let document = response.document.unwrap();
        assert_eq!((document.id.as_str(), document.title.as_str(), document.body), ("bridge", title, None));
        generations.push(response.generation);
    }
    assert!(generations.windows(2).all(|pair| pair[0] <= pair[1]), "{generations:?}");
    assert_eq!(generations[0], generations[1], "an unchanged document makes no generation");
}

fn import_of(id: &str, text: &str) -> pb::ImportDocumentsRequest {
    pb::ImportDocumentsRequest { document: put_text(id, text).document }
}

async fn imported(
    server: &TestServer,
    requests: Vec<pb::ImportDocumentsRequest>,
) -> Vec<pb::ImportDocumentsResponse> {
    let mut client = server.documents().await;
    let mut answers = client.import_documents(tokio_stream::iter(requests)).await.unwrap().into_inner();
    let mut all = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        all.push(answer);
    }
    all
}

async fn imports_are_answered_in_order_and_go_on_after_a_bad_document() {
    let server = TestServer::start().await;
    let mut requests: Vec<_> = (0..300)
        .map(|number| {
            let text =
                format!("Ann: Which number is it?\n\nBo: It is the number wombat{number}, as always.\n");
            import_of(&format!("d{number}"), &text)
        })
        .collect();
    requests[7] = import_of("bad id", TEXT);
    requests[8] = pb::ImportDocumentsRequest { document: None };
    requests[9] = import_of("empty", " ");
    let answers = imported(&server, requests.clone()).await;
    assert_eq!(answers.len(), 300);
    for (number, answer) in answers.iter().enumerate() {
        let code = answer.error.as_ref().map_or(0, |error| error.code);
        match number {
            7 => assert_eq!((answer.document_id.as_str(), code), ("bad id", 3)),
            8 => assert_eq!((answer.document_id.as_str(), code), ("", 3)),
            9 => assert_eq!((answer.document_id.as_str(), code), ("empty", 3)),
            _ => {
                assert_eq!((&answer.document_id, code), (&format!("d{number}"), 0));
                assert_eq!((answer.outcome(), answer.exchange_count), (pb::Outcome::Created, 1));
                assert!(answer.generation > 0);
            }
        }
    }
    let error = answers[7].error.as_ref().unwrap();
    assert!(
        error.details.iter().any(|detail| detail.type_url.ends_with("google.rpc.BadRequest")),
        "{error:?}"
    );
    let mut searches = server.searches().await;
    assert_eq!(searches.search(query("wombat299")).await.unwrap().into_inner().total_size, 1);
    assert_eq!(searches.search(query("which number")).await.unwrap().into_inner().total_size, 297);

    let again = imported(&server, requests).await;
    let unchanged = again.iter().filter(|answer| answer.outcome() == pb::Outcome::Unchanged).count();
    assert_eq!(unchanged, 297);
}

async fn the_later_of_two_documents_of_one_id_stays() {
    let server = TestServer::start().await;
    let long =
        format!("Ann: Is it long?\n\nBo: It is a long alpaca. {}\n", "So it goes on and on. ".repeat(5000));
    let short = "Ann: Is it short?\n\nBo: It is a short beaver.\n";
    for _ in 0..3 {
        let requests =
            vec![import_of("x", &long), import_of("x", short), import_of("x", &long), import_of("x", short)];
        let answers = imported(&server, requests).await;
        assert!(answers.iter().all(|answer| answer.error.is_none()), "{answers:?}");
        let mut searches = server.searches().await;
        assert_eq!(searches.search(query("beaver")).await.unwrap().into_inner().total_size, 1);
        assert_eq!(searches.search(query("alpaca")).await.unwrap().into_inner().total_size, 0);
    }
}

async fn ids_are_derived_from_the_bytes() {
    let server = TestServer::start().await;
    let mut client = server.documents().await;
    let mut ids = Vec::new();
    for text in [TEXT, TEXT, "Ann: Why?\n\nBo: Because it stood too long.\n"] {
        let response = client.put_document(put_text("", text)).await.unwrap().into_inner();
        ids.push(response.document.unwrap().id);
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
    assert!(crate::support::sha256(TEXT.as_bytes()).starts_with(&ids[0]), "{ids:?}");
}

async fn ready_pairs_are_cited_in_their_rendering() {
    let said = |speaker: &str, text: &str| {
        Some(pb::Utterance { text: text.into(), speaker: speaker.into(), ..Default::default() })
    };
    let exchanges = vec![
        pb::Exchange {
            question: said("Ann", "Is it?"),
            answer: said("Bo", "It is, and:\n\nit was."),
            ..pb::Exchange::default()
        },
        pb::Exchange {
            question: None,
            answer: said("", "Nobody asked for this."),
            ..pb::Exchange::default()
        },
    ];
    let body = pb::document::Body::Exchanges(pb::ExchangeList { exchanges: exchanges.clone() });
    let document = pb::Document { id: "pairs".into(), body: Some(body), ..pb::Document::default() };
    let server = TestServer::start().await;
    let mut client = server.documents().await;
    let put = pb::PutDocumentRequest { document: Some(document) };
    assert_eq!(client.put_document(put).await.unwrap().into_inner().exchange_count, 2);

    let bytes = source(&mut client, "pairs").await;
    let got = client
        .get_document(pb::GetDocumentRequest { document_id: "pairs".into() })
        .await
        .unwrap()
        .into_inner();
    for (sent, got) in exchanges.iter().zip(&got.exchanges) {
        assert_eq!((&sent.question, &sent.answer), (&got.question, &got.answer));
        let citation = got.citation.as_ref().unwrap();
        let quote = cut(&bytes, &citation.answer_spans);
        assert_eq!(String::from_utf8(quote).unwrap(), sent.answer.as_ref().unwrap().text);
        assert_eq!(citation.document_sha256, crate::support::sha256(&bytes));
    }
    let found = server.searches().await.search(query("nobody asked")).await.unwrap().into_inner();
    assert_eq!(found.total_size, 1);
}

async fn segment_stores_nothing() {
    let server = TestServer::start().await;
    let mut client = server.documents().await;
    let document = put_text("", TEXT).document;
    let segmented = client
        .segment_document(pb::SegmentDocumentRequest { document, ..Default::default() })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(segmented.exchanges.len(), 1);
    let exchange = &segmented.exchanges[0];
    let spans = &exchange.citation.as_ref().unwrap().answer_spans;
    assert_eq!(cut(TEXT.as_bytes(), spans), b"It is safe, we measured it twice this spring.");
    assert!(!exchange.reasons.is_empty());
    let list = client.list_documents(pb::ListDocumentsRequest::default()).await.unwrap().into_inner();
    assert_eq!((list.total_size, list.documents.len()), (0, 0));

    let stored = client.put_document(put_text("", TEXT)).await.unwrap().into_inner().document.unwrap();
    let got =
        client.get_document(pb::GetDocumentRequest { document_id: stored.id }).await.unwrap().into_inner();
    assert_eq!(got.exchanges, segmented.exchanges, "what is segmented is what is stored");
}

async fn sources_are_served_in_stretches() {
    let server = TestServer::start().await;
    let mut client = server.documents().await;
    let text = format!(
        "{TEXT}\n{}",
        "Ann: And then?\n\nBo: Then it rained for a whole week, I think.\n\n".repeat(5000)
    );
    client.put_document(put_bytes("long", text.clone().into_bytes())).await.unwrap();
    assert_eq!(source(&mut client, "long").await, text.as_bytes());
    let end = i64::try_from(text.len()).unwrap();
    for (start, stop) in [(0, 1), (65_535, 65_537), (end - 10, end), (5, 5), (end, end), (100, 200_000)] {
        let span = Some(pb::Span { start, end: stop });
        let request = pb::GetSourceRequest {
            document_id: "long".into(),
            span,
            extracted_text: false,
            ..Default::default()
        };
        let mut pieces = client.get_source(request).await.unwrap().into_inner();
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.message().await.unwrap() {
            assert!(piece.content.len() <= 64 << 10);
            bytes.extend_from_slice(&piece.content);
        }
        assert_eq!(bytes, cut(text.as_bytes(), &[pb::Span { start, end: stop }]), "{start}..{stop}");
    }
}

async fn lists_page_in_order() {
    let server = TestServer::start().await;
    let mut client = server.documents().await;
    for number in (0..25).rev() {
        client.put_document(put_text(&format!("d{number:02}"), TEXT)).await.unwrap();
    }
    let mut ids = Vec::new();
    let mut page_token = String::new();
    loop {
        let page =
            client.list_documents(pb::ListDocumentsRequest { page_size: 10, page_token }).await.unwrap();
        let page = page.into_inner();
        assert_eq!(page.total_size, 25);
        ids.extend(page.documents.into_iter().map(|document| document.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(ids, (0..25).map(|number| format!("d{number:02}")).collect::<Vec<_>>());
}

async fn metadata_is_kept() {
    let server = TestServer::start().await;
    let mut client = server.documents().await;
    let document = pb::Document {
        id: "A-z_0.9~".into(),
        title: "The bridge".into(),
        uri: "https://example.org/bridge".into(),
        publisher: "The Ferry".into(),
        published: "2017-04".into(),
        language: "en".into(),
        labels: [("k".to_owned(), "v".to_owned())].into(),
        media_type: "text/plain".into(),
        ..pb::Document::default()
    };
    let sent = pb::Document { body: Some(pb::document::Body::Text(TEXT.into())), ..document.clone() };
    client.put_document(pb::PutDocumentRequest { document: Some(sent) }).await.unwrap();
    let request = pb::GetDocumentRequest { document_id: document.id.clone() };
    let got = client.get_document(request).await.unwrap().into_inner();
    let citation = got.exchanges[0].citation.clone().unwrap();
    let got = pb::Document {
        etag: String::new(),
        document_sha256: String::new(),
        size_bytes: 0,
        exchange_count: 0,
        create_time: None,
        update_time: None,
        generation: 0,
        ..got.document.unwrap()
    };
    assert_eq!(got, document);
    assert_eq!(
        (citation.title, citation.publisher, citation.published, citation.language),
        (document.title, document.publisher, document.published, document.language)
    );
    let link =
        "https://example.org/bridge#:~:text=It%20is%20safe%2C%20we%20measured%20it%20twice%20this%20spring.";
    assert_eq!(citation.link, link);
}

/// Each write is a segment of its own in memory, and each of their first passages is served once.
async fn each_write_is_found_at_once() {
    let server = TestServer::start().await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    let said = ["The harbour opens.", "The mill burns.", "The bridge holds."];
    for (id, answer) in ["a", "b", "c"].into_iter().zip(said) {
        documents.put_document(put_text(id, &format!("Q: What of it?\n\nA: {answer}"))).await.unwrap();
        let found = searches.search(query(answer)).await.unwrap().into_inner();
        let best = found.results.first().unwrap().passage.as_ref().unwrap();
        assert_eq!(best.answer, answer);
    }
}

async fn a_document_too_long_to_be_held_analysed_is_found() {
    let server = TestServer::start().await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    let exchange =
        |number: usize| format!("Q: Why is number {number} so?\n\nA: Because word{number} says so.\n\n");
    let text: String = (0..2100).map(exchange).collect();
    let stored = documents.put_document(put_text("long", &text)).await.unwrap().into_inner();
    let again = documents.put_document(put_text("long", &text.replace("Because", "As"))).await.unwrap();
    assert_eq!(again.into_inner().exchange_count, 2100);
    assert_eq!(stored.exchange_count, 2100);
    for (asked, total) in [("word2099", 1), ("number", 2100), ("because", 0)] {
        let found = searches.search(query(asked)).await.unwrap().into_inner();
        assert_eq!(found.total_size, total, "{asked}");
    }
}
