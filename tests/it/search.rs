//! `SearchService` at the wire.

use libtest_mimic::Trial;
use onrecord::grpc::pb;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::query;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        pages_join_to_the_whole_list,
        a_write_is_found_by_the_next_search,
        operators_narrow,
        phrases_match_as_written,
        filters_narrow,
        long_answers_come_as_windows_of_one_exchange,
        unmatched_words_are_told,
        get_exchange_gives_the_whole,
        health_and_reflection_answer,
    ]
}

/// Words in quotation marks match as written, apart from case, accents, dashes and apostrophes;
/// signed words without them match in all forms.
async fn phrases_match_as_written() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    for (id, language, answer) in [
        ("lied", "en", "Everybody knows that He lied; it was a Cease-fire, he didn\u{2019}t stop."),
        ("lies", "en", "Everybody knows that he lies about the harbour, and we lie as well."),
        ("fr-one", "fr", "Le ministre a décidé hier, dit l\u{2019}économie."),
        ("fr-all", "fr", "Les ministres ont décidée hier, dit les économies."),
        ("de-one", "de", "Der Müller spricht über die Häuser."),
        ("de-all", "de", "Die Müllerin sprichst über das Haus."),
        ("ru-one", "ru", "Это была угроза миру, ещё раз."),
        ("ru-all", "ru", "Это были угрозы миру, ещё разы."),
    ] {
        let text = format!("Ann: What was it?\n\nBo: {answer}\n");
        let mut request = put_text(id, &text);
        language.clone_into(&mut request.document.get_or_insert_default().language);
        documents.put_document(request).await.unwrap();
    }
    let mut client = server.searches().await;
    for (text, expect) in [
        ("\"he lied\"", vec!["lied"]),
        ("everybody +\"he lied\"", vec!["lied"]),
        ("everybody -\"he lied\"", vec!["lies"]),
        ("\"HE LIES\"", vec!["lies"]),
        ("everybody +lied", vec!["lied", "lies"]),
        ("everybody -lied", vec![]),
        ("\"lie\"", vec!["lies"]),
        ("\"lied\"", vec!["lied"]),
        ("everybody +\"lying\"", vec![]),
        ("\"cease fire\"", vec!["lied"]),
        ("\"he didn't stop\"", vec!["lied"]),
        ("«LE MINISTRE A DECIDE»", vec!["fr-one"]),
        ("\"les ministres\"", vec!["fr-all"]),
        ("\"dit l'economie\"", vec!["fr-one"]),
        ("„Muller spricht uber die Hauser“", vec!["de-one"]),
        ("+\"das haus\"", vec!["de-all"]),
        ("\"угроза миру\"", vec!["ru-one"]),
        ("\"угрозы миру\"", vec!["ru-all"]),
        ("миру -\"угроза\"", vec!["ru-all"]),
        ("\"еще раз\"", vec!["ru-one"]),
    ] {
        let found = client.search(query(text)).await.unwrap().into_inner();
        let citations =
            found.results.iter().map(|it| it.passage.as_ref().unwrap().citation.as_ref().unwrap());
        let mut ids: Vec<&str> = citations.map(|citation| citation.document_id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, expect, "{text}");
    }
}

async fn pages_join_to_the_whole_list() {
    let server = TestServer::with_samples().await;
    let mut client = server.searches().await;
    let words = "threat water river year people";
    let whole = pb::SearchRequest { page_size: 100, ..query(words) };
    let whole = client.search(whole).await.unwrap().into_inner();
    let total = usize::try_from(whole.total_size).unwrap();
    assert!(total > 20, "{total} match");
    assert_eq!(whole.results.len(), total);
    assert_eq!(whole.next_page_token, "");
    assert!(whole.results.windows(2).all(|pair| pair[0].score >= pair[1].score));
    let mut ids: Vec<_> =
        whole.results.iter().map(|result| result.passage.clone().unwrap().exchange_id).collect();

    let mut paged = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = pb::SearchRequest { page_size: 7, page_token, ..query(words) };
        let page = client.search(request).await.unwrap().into_inner();
        assert_eq!(page.total_size, whole.total_size);
        assert!(page.results.len() <= 7);
        paged.extend(page.results);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(paged, whole.results);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), total, "one result per exchange");

    let default = client.search(query(words)).await.unwrap().into_inner();
    assert_eq!(default.results.len(), 10);
    let capped = pb::SearchRequest { page_size: 100_000, ..query(words) };
    assert!(client.search(capped).await.unwrap().into_inner().results.len() <= 100);
}

async fn a_write_is_found_by_the_next_search() {
    let server = TestServer::start().await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    let text = |word: &str| {
        format!("Ann: What is it that you keep here?\n\nBo: It is a {word}, and I am fond of it.\n")
    };
    for (word, gone) in [("zebra", "quagga"), ("quagga", "zebra"), ("zebra", "quagga")] {
        let written = documents.put_document(put_text("zoo", &text(word))).await.unwrap().into_inner();
        let found = searches.search(query(word)).await.unwrap().into_inner();
        assert_eq!(found.total_size, 1, "{word}");
        assert!(found.generation >= written.generation);
        assert_eq!(searches.search(query(gone)).await.unwrap().into_inner().total_size, 0, "{gone}");
    }
    let deleted = documents
        .delete_document(pb::DeleteDocumentRequest {
            document_id: "zoo".into(),
            purge: false,
            ..Default::default()
        })
        .await
        .unwrap();
    let found = searches.search(query("zebra")).await.unwrap().into_inner();
    assert_eq!(found.total_size, 0);
    assert!(found.generation >= deleted.into_inner().generation);
}

async fn totals(server: &TestServer, requests: &[(pb::SearchRequest, i64)]) {
    let mut client = server.searches().await;
    for (request, expect) in requests {
        let found = client.search(request.clone()).await.unwrap().into_inner();
        assert_eq!(found.total_size, *expect, "{request:?}");
        assert_eq!(i64::try_from(found.results.len()).unwrap(), *expect);
    }
}

async fn zoo() -> TestServer {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let text = "Ann: What do the red foxes eat here?\n\nBo: Red foxes eat mice, and mice are many.\n\n\
        Ann: And the grey foxes?\n\nCy: The grey ones eat beetles, never red mice, so they say.\n";
    for (id, published, language, label) in
        [("one", "2017-04-07", "en", "a"), ("two", "2018", "en-GB", "b"), ("three", "", "de", "b")]
    {
        let mut request = put_text(id, text);
        let document = request.document.as_mut().unwrap();
        published.clone_into(&mut document.published);
        language.clone_into(&mut document.language);
        document.labels.insert("series".into(), label.into());
        documents.put_document(request).await.unwrap();
    }
    server
}

async fn operators_narrow() {
    let server = zoo().await;
    let en = |text: &str| {
        let filter = pb::Filter { document_ids: vec!["one".into()], ..pb::Filter::default() };
        pb::SearchRequest { filter: Some(filter), ..query(text) }
    };
    totals(
        &server,
        &[
            (en("foxes beetles"), 2),
            (en("foxes +beetles"), 1),
            (en("foxes -beetles"), 1),
            (en("\"red foxes\""), 1),
            (en("\"foxes red\""), 0),
            (en("+\"grey foxes\" mice"), 1),
            (en("mouse"), 0),
            (en("\"never closed"), 1),
            (en("(((("), 0),
            (en("+ - \""), 0),
            (en("-mice"), 0),
        ],
    )
    .await;
}

async fn filters_narrow() {
    let server = zoo().await;
    let with = |filter: pb::Filter| pb::SearchRequest { filter: Some(filter), ..query("foxes mice") };
    let none = pb::Filter::default;
    let strings = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let dated =
        |from: &str, to: &str| pb::Filter { published_from: from.into(), published_to: to.into(), ..none() };
    let one_of = |values: &[&str]| pb::LabelValues { values: strings(values) };
    let labelled =
        |value: &str| pb::Filter { labels: [("series".to_owned(), one_of(&[value]))].into(), ..none() };
    totals(
        &server,
        &[
            (with(none()), 6),
            (with(pb::Filter { document_ids: strings(&["one", "three", "nowhere"]), ..none() }), 4),
            (with(pb::Filter { speakers: strings(&["bo"]), ..none() }), 3),
            (with(pb::Filter { speakers: strings(&["Bo", "CY"]), ..none() }), 6),
            (with(pb::Filter { excluded_speakers: strings(&["BO"]), ..none() }), 3),
            (with(pb::Filter { excluded_document_ids: strings(&["two"]), ..none() }), 4),
            (with(pb::Filter { askers: strings(&["nobody", "ANN"]), ..none() }), 6),
            (with(pb::Filter { publishers: strings(&["nobody"]), ..none() }), 0),
            (with(pb::Filter { languages: strings(&["en"]), ..none() }), 4),
            (with(pb::Filter { languages: strings(&["en-GB"]), ..none() }), 2),
            (with(dated("2017", "2017")), 2),
            (with(dated("2017-04-07", "")), 4),
            (with(dated("2017-04-08", "2017-12")), 0),
            (with(dated("", "2018-06")), 4),
            (with(labelled("b")), 4),
            (with(pb::Filter { document_ids: strings(&["two"]), ..labelled("a") }), 0),
        ],
    )
    .await;
}

async fn long_answers_come_as_windows_of_one_exchange() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let filler = "The weather that day was mild and nobody thought of the sea at all. ";
    let answer =
        format!("{}At last a walrus came ashore and slept. {}", filler.repeat(60), filler.repeat(60));
    documents.put_document(put_text("sea", &format!("Ann: What happened?\n\nBo: {answer}\n"))).await.unwrap();
    let mut searches = server.searches().await;
    let found = searches.search(query("walrus ashore")).await.unwrap().into_inner();
    assert_eq!(found.total_size, 1);
    let passage = found.results[0].passage.clone().unwrap();
    assert!(passage.answer.contains("walrus"));
    assert!(passage.answer_truncated);
    assert!(passage.answer.len() < answer.len() / 2, "the window is {} bytes", passage.answer.len());

    let everywhere = searches.search(query("weather mild")).await.unwrap().into_inner();
    assert_eq!((everywhere.total_size, everywhere.results.len()), (1, 1), "all windows are one exchange");

    let request = pb::GetExchangeRequest { exchange_id: passage.exchange_id };
    let whole = searches.get_exchange(request).await.unwrap().into_inner().exchange.unwrap();
    assert_eq!(whole.answer.unwrap().text, answer.trim());
}

async fn unmatched_words_are_told() {
    let server = zoo().await;
    let mut client = server.searches().await;
    let found = client.search(query("foxes Xylophon zzz")).await.unwrap().into_inner();
    assert_eq!(found.unmatched_terms, ["Xylophon", "zzz"]);
    assert_eq!(found.total_size, 6);
}

async fn get_exchange_gives_the_whole() {
    let server = zoo().await;
    let mut client = server.searches().await;
    let found = client.search(query("beetles")).await.unwrap().into_inner();
    let passage = found.results[0].passage.clone().unwrap();
    let request = pb::GetExchangeRequest { exchange_id: passage.exchange_id.clone() };
    let exchange = client.get_exchange(request).await.unwrap().into_inner().exchange.unwrap();
    assert_eq!((exchange.id, exchange.index), (passage.exchange_id, 1));
    let (question, answer) = (exchange.question.unwrap(), exchange.answer.unwrap());
    assert_eq!((question.speaker.as_str(), question.text.as_str()), ("Ann", "And the grey foxes?"));
    assert_eq!((answer.speaker.as_str(), answer.text), ("Cy", passage.answer));
    assert_eq!(exchange.citation.unwrap().quote_sha256, passage.citation.unwrap().quote_sha256);
    assert!(!exchange.reasons.is_empty());
}

async fn health_and_reflection_answer() {
    use tonic_health::pb::HealthCheckRequest;
    use tonic_health::pb::health_client::HealthClient;
    use tonic_reflection::pb::v1::ServerReflectionRequest;
    use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;

    let server = TestServer::start().await;
    let mut health = HealthClient::new(server.channel().await);
    for service in ["", "onrecord.v1.SearchService", "onrecord.v1.DocumentService"] {
        let request = HealthCheckRequest { service: service.into() };
        assert_eq!(health.check(request).await.unwrap().into_inner().status, 1, "{service:?} is SERVING");
    }
    let unknown = health.check(HealthCheckRequest { service: "nobody".into() }).await.unwrap_err();
    assert_eq!(unknown.code(), tonic::Code::NotFound);

    let mut reflection = ServerReflectionClient::new(server.channel().await);
    let symbols = ["onrecord.v1.SearchService", "google.rpc.BadRequest", "google.rpc.ErrorInfo"];
    let requests = symbols.map(|symbol| ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::FileContainingSymbol(symbol.into())),
    });
    let stream = reflection.server_reflection_info(tokio_stream::iter(requests)).await.unwrap();
    let mut stream = stream.into_inner();
    for symbol in symbols {
        let answer = format!("{:?}", stream.message().await.unwrap().unwrap().message_response.unwrap());
        assert!(answer.starts_with("FileDescriptorResponse"), "{symbol}: {answer}");
    }
}
