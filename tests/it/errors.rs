//! A wrong request of each kind gets the contract's code and details.

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use onrecord::grpc::pb::citation_service_client::CitationServiceClient;
use tonic::Code;

use crate::support::TestServer;
use crate::support::put_bytes;
use crate::support::put_text;
use crate::support::query;
use crate::support::refused;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        bad_searches_are_refused,
        one_error_names_every_bad_field,
        a_great_many_bad_fields_fit_into_headers,
        odd_labels_are_refused_or_found,
        bad_page_tokens_are_refused,
        bad_documents_are_refused,
        what_is_missing_is_named,
        bytes_that_are_no_message_are_internal,
        hostile_queries_are_answered,
        messages_over_the_transport_limit_are_refused,
    ]
}

const TEXT: &str = "Ann: Is the bridge safe?\n\nBo: It is safe, we measured it twice this spring.\n";

async fn bad_searches_are_refused() {
    let server = TestServer::start().await;
    let mut client = server.searches().await;
    let dated = |from: &str, to: &str| pb::SearchRequest {
        filter: Some(pb::Filter {
            published_from: from.into(),
            published_to: to.into(),
            ..pb::Filter::default()
        }),
        ..query("bridge")
    };
    for (request, reason, field) in [
        (query(""), "QUERY_EMPTY", "query"),
        (query(" \t\n\u{3000}"), "QUERY_EMPTY", "query"),
        (query(&"a".repeat(4097)), "QUERY_TOO_LONG", "query"),
        (query(&"-\"a b\" ".repeat(17)), "QUERY_TOO_MANY_PHRASES", "query"),
        (pb::SearchRequest { page_size: -1, ..query("bridge") }, "OUT_OF_RANGE", "page_size"),
        (pb::SearchRequest { snippet_bytes: -1, ..query("bridge") }, "OUT_OF_RANGE", "snippet_bytes"),
        (dated("yesterday", ""), "DATE_INVALID", "filter.published_from"),
        (dated("", "2017-13"), "DATE_INVALID", "filter.published_to"),
        (dated("2018", "2017"), "DATES_REVERSED", "filter.published_to"),
    ] {
        let status = client.search(request).await.unwrap_err();
        refused(&status, Code::InvalidArgument, reason, field);
    }
    client.search(query(&"a".repeat(4096))).await.unwrap();
    let filter = pb::Filter { speakers: vec!["x".into(); 1001], ..pb::Filter::default() };
    let request = pb::SearchRequest { filter: Some(filter), ..query("bridge") };
    refused(&client.search(request).await.unwrap_err(), Code::InvalidArgument, "TOO_MANY", "filter.speakers");
    let long = pb::GetExchangeRequest { exchange_id: "x".repeat(99_999) };
    refused(&client.get_exchange(long).await.unwrap_err(), Code::InvalidArgument, "TOO_LONG", "exchange_id");
    let status = client.get_exchange(pb::GetExchangeRequest::default()).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "FIELD_REQUIRED", "exchange_id");
}

/// The bad fields that an error names, each with its reason.
fn violations(status: &tonic::Status) -> Vec<(String, String)> {
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let details = tonic_types::StatusExt::get_error_details(status);
    let listed = details.bad_request().expect("a BadRequest").field_violations.clone();
    assert_eq!(details.error_info().expect("an ErrorInfo").reason, listed[0].reason);
    listed.into_iter().map(|violation| (violation.field, violation.reason)).collect()
}

async fn one_error_names_every_bad_field() {
    let server = TestServer::start().await;
    let values = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>();
    let label = |key: &str, list: &[&str]| (key.to_owned(), pb::LabelValues { values: values(list) });
    let filter = pb::Filter {
        document_ids: values(&["fine", "", &"x".repeat(257)]),
        speakers: values(&["Ann", " "]),
        askers: values(&[&"x".repeat(4097)]),
        publishers: values(&[""]),
        published_from: "2017-02-29".into(),
        published_to: "2017-04-31".into(),
        languages: values(&["en", "not a tag"]),
        excluded_document_ids: values(&[""]),
        excluded_speakers: values(&[""]),
        labels: [label("", &["x"]), label("a\0b", &["x"]), label("none", &[]), label("topic", &["", "y"])]
            .into(),
    };
    let request = pb::SearchRequest {
        query: " ".into(),
        page_size: -1,
        filter: Some(filter),
        min_generation: -1,
        order: 99,
        snippet_bytes: -1,
        ..pb::SearchRequest::default()
    };
    let status = server.searches().await.search(request).await.unwrap_err();
    let expected = [
        ("query", "QUERY_EMPTY"),
        ("page_size", "OUT_OF_RANGE"),
        ("filter.document_ids[1]", "FIELD_REQUIRED"),
        ("filter.document_ids[2]", "TOO_LONG"),
        ("filter.speakers[1]", "FIELD_REQUIRED"),
        ("filter.publishers[0]", "FIELD_REQUIRED"),
        ("filter.askers[0]", "TOO_LONG"),
        ("filter.excluded_document_ids[0]", "FIELD_REQUIRED"),
        ("filter.excluded_speakers[0]", "FIELD_REQUIRED"),
        ("filter.languages[1]", "LANGUAGE_INVALID"),
        ("filter.published_from", "DATE_INVALID"),
        ("filter.published_to", "DATE_INVALID"),
        ("filter.labels", "FIELD_REQUIRED"),
        ("filter.labels", "LABEL_KEY_INVALID"),
        ("filter.labels[\"none\"].values", "FIELD_REQUIRED"),
        ("filter.labels[\"topic\"].values[0]", "FIELD_REQUIRED"),
        ("min_generation", "GENERATION_NEGATIVE"),
        ("order", "ENUM_INVALID"),
        ("snippet_bytes", "OUT_OF_RANGE"),
    ];
    let expected = expected.map(|(field, reason)| (field.to_owned(), reason.to_owned()));
    assert_eq!(violations(&status), expected);

    let mut document = put_text("a b", TEXT).document.unwrap();
    document.published = "2017-02-29".into();
    document.language = "a b".into();
    document.labels = [("topic".to_owned(), String::new())].into();
    document.body = None;
    let expected = [
        ("document.id", "DOCUMENT_ID_INVALID"),
        ("document.published", "DATE_INVALID"),
        ("document.language", "LANGUAGE_INVALID"),
        ("document.labels[\"topic\"]", "FIELD_REQUIRED"),
        ("document.body", "FIELD_REQUIRED"),
    ];
    let expected = expected.map(|(field, reason)| (field.to_owned(), reason.to_owned()));
    let mut documents = server.documents().await;
    let document = Some(document);
    let put = pb::PutDocumentRequest { document: document.clone() };
    assert_eq!(violations(&documents.put_document(put).await.unwrap_err()), expected);
    let segment = pb::SegmentDocumentRequest { document, ..pb::SegmentDocumentRequest::default() };
    assert_eq!(violations(&documents.segment_document(segment).await.unwrap_err()), expected);

    let source = pb::GetSourceRequest {
        span: Some(pb::Span { start: 2, end: 1 }),
        document_sha256: "12".into(),
        ..pb::GetSourceRequest::default()
    };
    let expected =
        [("document_id", "FIELD_REQUIRED"), ("span", "SPAN_REVERSED"), ("document_sha256", "DIGEST_INVALID")];
    let expected = expected.map(|(field, reason)| (field.to_owned(), reason.to_owned()));
    assert_eq!(violations(&documents.get_source(source).await.unwrap_err()), expected);

    let citation = pb::Citation {
        document_sha256: "12".into(),
        answer_spans: vec![pb::Span { start: 4, end: 6 }, pb::Span { start: 5, end: 8 }],
        ..pb::Citation::default()
    };
    let request = pb::VerifyCitationRequest { citation: Some(citation) };
    let expected = [
        ("citation.document_id", "FIELD_REQUIRED"),
        ("citation.document_sha256", "DIGEST_INVALID"),
        ("citation.quote_sha256", "FIELD_REQUIRED"),
        ("citation.answer_spans[1]", "SPANS_UNORDERED"),
    ];
    let expected = expected.map(|(field, reason)| (field.to_owned(), reason.to_owned()));
    let mut citations = CitationServiceClient::new(server.channel().await);
    assert_eq!(violations(&citations.verify_citation(request).await.unwrap_err()), expected);
}

/// Clients refuse headers of more than 8 or 16 KiB, and would show another error instead.
async fn a_great_many_bad_fields_fit_into_headers() {
    let server = TestServer::start().await;
    let filter = pb::Filter { document_ids: vec![String::new(); 1000], ..pb::Filter::default() };
    let request = pb::SearchRequest { filter: Some(filter), ..query("bridge") };
    let status = server.searches().await.search(request).await.unwrap_err();
    assert!(violations(&status).len() > 20, "{status:?}");
    let details = tonic_types::StatusExt::get_error_details(&status);
    assert_eq!(details.error_info().expect("an ErrorInfo").metadata["violations"], "1000");
    assert!(status.details().len() < 5000, "{}", status.details().len());
}

async fn odd_labels_are_refused_or_found() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let put = |id: &str, key: &str, value: &str| {
        let mut request = put_text(id, TEXT);
        request.document.as_mut().unwrap().labels = [(key.to_owned(), value.to_owned())].into();
        request
    };
    for (key, reason, field) in [
        ("", "FIELD_REQUIRED", "document.labels"),
        ("a\0b", "LABEL_KEY_INVALID", "document.labels"),
        ("a\nb", "LABEL_KEY_INVALID", "document.labels"),
    ] {
        let status = documents.put_document(put("x", key, "v")).await.unwrap_err();
        refused(&status, Code::InvalidArgument, reason, field);
    }
    let odd = [("a=b", "c"), ("a", "b=c"), ("\u{202e}ключ \"'[]", "Wert, \0 ü"), (" ", " x "), ("A", "b=c")];
    for (number, (key, value)) in odd.iter().enumerate() {
        documents.put_document(put(&format!("d{number}"), key, value)).await.unwrap();
    }
    let mut searches = server.searches().await;
    for (number, (key, value)) in odd.iter().enumerate() {
        let labels = [((*key).to_owned(), pb::LabelValues { values: vec![(*value).to_owned()] })].into();
        let filter = Some(pb::Filter { labels, ..pb::Filter::default() });
        let request = pb::SearchRequest { filter, ..query("bridge") };
        let results = searches.search(request).await.unwrap().into_inner().results;
        let ids = results.into_iter().map(|result| result.passage.unwrap().citation.unwrap().document_id);
        assert_eq!(ids.collect::<Vec<_>>(), [format!("d{number}")], "{key:?}={value:?}");
    }
}

async fn bad_page_tokens_are_refused() {
    let server = TestServer::with_samples().await;
    let mut client = server.searches().await;
    let first = pb::SearchRequest { page_size: 1, ..query("water") };
    let token = client.search(first).await.unwrap().into_inner().next_page_token;
    assert!(!token.is_empty());
    let mut forged = token.clone().into_bytes();
    forged[3] = if forged[3] == b'A' { b'B' } else { b'A' };
    let filter = Some(pb::Filter { languages: vec!["en".into()], ..pb::Filter::default() });
    let go_on = |token: &str, words: &str| pb::SearchRequest { page_token: token.into(), ..query(words) };
    for request in [
        go_on("AAAA", "water"),
        go_on("not a token", "water"),
        go_on(&String::from_utf8(forged).unwrap(), "water"),
        go_on(&token, "river"),
        pb::SearchRequest { filter, ..go_on(&token, "water") },
    ] {
        let status = client.search(request).await.unwrap_err();
        refused(&status, Code::InvalidArgument, "PAGE_TOKEN_INVALID", "page_token");
    }
    client.search(go_on(&token, "water")).await.unwrap();
    let list = pb::ListDocumentsRequest { page_size: 0, page_token: token };
    let status = server.documents().await.list_documents(list).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "PAGE_TOKEN_INVALID", "page_token");
    let list = pb::ListDocumentsRequest { page_size: -1, page_token: String::new() };
    let status = server.documents().await.list_documents(list).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "OUT_OF_RANGE", "page_size");
}

async fn bad_documents_are_refused() {
    let server = TestServer::start().await;
    let mut client = server.documents().await;
    let with = |change: fn(&mut pb::Document)| {
        let mut request = put_text("x", TEXT);
        change(request.document.as_mut().unwrap());
        request
    };
    let pair = |answer: &str| pb::Exchange {
        answer: Some(pb::Utterance { text: answer.into(), ..Default::default() }),
        ..pb::Exchange::default()
    };
    let pairs = |exchanges: Vec<pb::Exchange>| {
        let body = pb::document::Body::Exchanges(pb::ExchangeList { exchanges });
        pb::PutDocumentRequest {
            document: Some(pb::Document { body: Some(body), ..pb::Document::default() }),
        }
    };
    let cases = [
        (pb::PutDocumentRequest { document: None }, "FIELD_REQUIRED", "document"),
        (with(|it| it.body = None), "FIELD_REQUIRED", "document.body"),
        (with(|it| it.id = "a b".into()), "DOCUMENT_ID_INVALID", "document.id"),
        (with(|it| it.id = "a/b".into()), "DOCUMENT_ID_INVALID", "document.id"),
        (with(|it| it.id = "x".repeat(129)), "DOCUMENT_ID_INVALID", "document.id"),
        (with(|it| it.published = "April".into()), "DATE_INVALID", "document.published"),
        (with(|it| it.published = "2017 and more".into()), "DATE_INVALID", "document.published"),
        (
            with(|it| it.published = format!("2017T{}", "0".repeat(99_999))),
            "DATE_INVALID",
            "document.published",
        ),
        (with(|it| it.id = "/".repeat(99_999)), "DOCUMENT_ID_INVALID", "document.id"),
        (with(|it| it.language = "a-".repeat(99_999)), "LANGUAGE_INVALID", "document.language"),
        (with(|it| it.media_type = "x/".repeat(99_999)), "TOO_LONG", "document.media_type"),
        (with(|it| it.language = "a b".into()), "LANGUAGE_INVALID", "document.language"),
        (with(|it| it.title = "x".repeat(4097)), "TOO_LONG", "document.title"),
        (with(|it| it.media_type = "image/png".into()), "MEDIA_TYPE_UNSUPPORTED", "document.media_type"),
        (put_text("x", ""), "DOCUMENT_EMPTY", "document.text"),
        (put_text("x", " \n\t\n"), "DOCUMENT_EMPTY", "document.text"),
        (put_bytes("x", Vec::new()), "DOCUMENT_EMPTY", "document.content"),
        (
            put_bytes("x", [0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0].repeat(99)),
            "DOCUMENT_UNREADABLE",
            "document.content",
        ),
        (put_text("x", &TEXT.repeat(20_000)), "DOCUMENT_OVER_LIMIT", "document.text"),
        (pairs(Vec::new()), "FIELD_REQUIRED", "document.exchanges.exchanges"),
        (
            pairs(vec![pair("Yes."), pair(" ")]),
            "FIELD_REQUIRED",
            "document.exchanges.exchanges[1].answer.text",
        ),
    ];
    for (request, reason, field) in cases {
        let document = request.document.clone();
        let status = client.put_document(request).await.unwrap_err();
        refused(&status, Code::InvalidArgument, reason, field);
        let status = client
            .segment_document(pb::SegmentDocumentRequest { document, ..Default::default() })
            .await
            .unwrap_err();
        refused(&status, Code::InvalidArgument, reason, field);
    }
    let list = client.list_documents(pb::ListDocumentsRequest::default()).await.unwrap().into_inner();
    assert_eq!(list.total_size, 0, "nothing of a refused document stays");

    client.put_document(put_text("x", TEXT)).await.unwrap();
    for (start, end) in [(-1, 2), (3, 2), (0, 1_000_000)] {
        let span = Some(pb::Span { start, end });
        let status = client
            .get_source(pb::GetSourceRequest {
                document_id: "x".into(),
                span,
                extracted_text: false,
                ..Default::default()
            })
            .await
            .unwrap_err();
        let reason = if end > 2 { "SPAN_OUTSIDE_SOURCE" } else { "SPAN_REVERSED" };
        refused(&status, Code::InvalidArgument, reason, "span");
    }
}

async fn what_is_missing_is_named() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let document_id = "nowhere".to_owned();
    let get = pb::GetDocumentRequest { document_id: document_id.clone() };
    refused(&documents.get_document(get).await.unwrap_err(), Code::NotFound, "DOCUMENT_NOT_FOUND", "nowhere");
    let source = pb::GetSourceRequest { document_id: document_id.clone(), ..pb::GetSourceRequest::default() };
    refused(
        &documents.get_source(source).await.unwrap_err(),
        Code::NotFound,
        "DOCUMENT_NOT_FOUND",
        "nowhere",
    );
    let delete = pb::DeleteDocumentRequest { document_id, purge: false, ..Default::default() };
    refused(
        &documents.delete_document(delete).await.unwrap_err(),
        Code::NotFound,
        "DOCUMENT_NOT_FOUND",
        "nowhere",
    );
    let delete = pb::DeleteDocumentRequest::default();
    let status = documents.delete_document(delete).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "FIELD_REQUIRED", "document_id");

    let stored = documents.put_document(put_text("x", TEXT)).await.unwrap().into_inner().document.unwrap();
    let got =
        documents.get_document(pb::GetDocumentRequest { document_id: stored.id }).await.unwrap().into_inner();
    let right = got.exchanges[0].id.clone();
    let mut searches = server.searches().await;
    for id in [
        "nonsense",
        "x:0",
        "x:9.0000000000000000",
        "x:0.0000000000000000",
        "nowhere:0.00",
        &format!("{right}0"),
    ] {
        let status =
            searches.get_exchange(pb::GetExchangeRequest { exchange_id: id.into() }).await.unwrap_err();
        refused(&status, Code::NotFound, "EXCHANGE_NOT_FOUND", id);
    }
    searches.get_exchange(pb::GetExchangeRequest { exchange_id: right }).await.unwrap();
}

async fn bytes_that_are_no_message_are_internal() {
    use tonic::client::Grpc;
    use tonic::codegen::http::uri::PathAndQuery;
    use tonic_prost::ProstCodec;

    // A SearchRequest whose query is a number: the bytes are a message, but not of this type.
    #[derive(Clone, PartialEq, prost::Message)]
    struct NoSearch {
        #[prost(fixed64, tag = "1")]
        query: u64,
    }
    let server = TestServer::start().await;
    let mut raw = Grpc::new(server.channel().await);
    raw.ready().await.unwrap();
    let path = PathAndQuery::from_static("/onrecord.v1.SearchService/Search");
    let codec: ProstCodec<NoSearch, pb::SearchResponse> = ProstCodec::default();
    let status = raw.unary(tonic::Request::new(NoSearch { query: 7 }), path, codec).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal, "{status:?}");
    let details = tonic_types::StatusExt::get_error_details(&status);
    assert_eq!(details.error_info().expect("an ErrorInfo").reason, "MALFORMED_MESSAGE");
}

async fn hostile_queries_are_answered() {
    let server = TestServer::with_samples().await;
    let mut client = server.searches().await;
    let words: Vec<String> = (0..2000).map(|number| format!("{:x}", number + 0x1000)).collect();
    for text in [
        "(".repeat(4096),
        "\"".repeat(4095),
        "-".repeat(4096),
        "+-\"".repeat(1365),
        "a".repeat(4096),
        "a ".repeat(2048),
        "\u{202e}water\u{200f}\u{0}\u{7}".to_owned(),
        words.join(" ").chars().take(4096).collect(),
        "AND OR NOT field:value ^2 ~ * ? [a TO b] {x} \\".to_owned(),
    ] {
        let shown: String = text.chars().take(20).collect();
        client.search(query(&text)).await.unwrap_or_else(|status| panic!("{shown}: {status:?}"));
    }
    assert!(client.search(query("water")).await.unwrap().into_inner().total_size > 0);
}

async fn messages_over_the_transport_limit_are_refused() {
    let server = TestServer::start().await;
    let large = "x".repeat(66 << 20);
    let mut documents = server.documents().await;
    let status = documents.put_document(put_text("x", &large)).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "MESSAGE_TOO_LARGE", "document");
    let requests =
        [TEXT, &large].map(|text| pb::ImportDocumentsRequest { document: put_text("x", text).document });
    let mut answers = documents.import_documents(tokio_stream::iter(requests)).await.unwrap().into_inner();
    let first = answers.message().await.unwrap().expect("an answer to what came before");
    assert_eq!(first.error, None);
    let status = answers.message().await.unwrap_err();
    refused(&status, Code::InvalidArgument, "MESSAGE_TOO_LARGE", "document");
}
