//! Counts of matches at the wire.

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
        every_field_is_counted,
        a_facet_can_ignore_its_own_filter,
        counts_are_over_all_matches_whatever_the_page,
        counts_follow_deletions,
        bad_facets_are_refused,
    ]
}

/// Three documents with two exchanges each, of which one is about a comet in the third.
async fn corpus() -> TestServer {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let documents_of = [
        ("one", "Émil Sandoval", "2017-04-07", "Le Monde", "en", "war", "And another comet, after that?"),
        ("two", "EMIL SANDOVAL", "2017", "LE MONDE", "en-GB", "trade", "And another comet, after that?"),
        ("three", "Émil Sandoval", "", "Der Bote", "de", "", "And nothing else, after that?"),
    ];
    for (id, speaker, published, publisher, language, beat, second) in documents_of {
        let text = format!(
            "Ann: What did they see in the sky that night?\n\n{speaker}: They saw a comet in the sky.\n\n\
             Ann: {second}\n\nOskar Brandt: I was not there, and cannot say.\n"
        );
        let mut request = put_text(id, &text);
        let document = request.document.as_mut().unwrap();
        published.clone_into(&mut document.published);
        publisher.clone_into(&mut document.publisher);
        language.clone_into(&mut document.language);
        if !beat.is_empty() {
            document.labels.insert("beat".into(), beat.into());
        }
        documents.put_document(request).await.unwrap();
    }
    server
}

const FIELDS: [pb::FacetField; 6] = [
    pb::FacetField::Speaker,
    pb::FacetField::Asker,
    pb::FacetField::Document,
    pb::FacetField::Publisher,
    pb::FacetField::Year,
    pb::FacetField::Language,
];

fn counted(fields: &[pb::FacetField], labels: &[&str]) -> pb::SearchRequest {
    pb::SearchRequest {
        facets: fields.iter().map(|field| (*field).into()).collect(),
        facet_labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        ..query("comet")
    }
}

/// A facet as `value 3, other 1, +further ?missing`.
fn shown(facet: &pb::Facet) -> String {
    let mut shown: Vec<String> =
        facet.values.iter().map(|value| format!("{} {}", value.value, value.count)).collect();
    shown.extend((facet.more_values > 0).then(|| format!("+{}", facet.more_values)));
    shown.extend((facet.missing > 0).then(|| format!("?{}", facet.missing)));
    shown.join(", ")
}

async fn facets(server: &TestServer, request: pb::SearchRequest) -> Vec<String> {
    let found = server.searches().await.search(request).await.unwrap().into_inner();
    found.facets.iter().map(shown).collect()
}

async fn every_field_is_counted() {
    let server = corpus().await;
    let request = counted(&FIELDS, &["beat", "nothing"]);
    let found = server.searches().await.search(request).await.unwrap().into_inner();
    assert_eq!(found.total_size, 5);
    let fields: Vec<i32> = found.facets.iter().map(|facet| facet.field).collect();
    assert_eq!(fields, [1, 6, 2, 3, 4, 5, 0, 0], "in the order of the request");
    assert_eq!(found.facets[6].label, "beat");
    assert_eq!(
        found.facets.iter().map(shown).collect::<Vec<_>>(),
        [
            "Émil Sandoval 3, Oskar Brandt 2",
            "Ann 5",
            "one 2, two 2, three 1",
            // One document each has "Le Monde" and "LE MONDE".
            "LE MONDE 4, Der Bote 1",
            "2017 4, ?1",
            "en 2, en-GB 2, de 1",
            "trade 2, war 2, ?1",
            "?5",
        ]
    );
    let few = pb::SearchRequest { facet_size: 1, ..counted(&FIELDS[..3], &["beat"]) };
    assert_eq!(facets(&server, few).await, ["Émil Sandoval 3, +1", "Ann 5", "one 2, +2", "trade 2, +1, ?1"]);
    assert!(facets(&server, query("comet")).await.is_empty(), "none unless asked for");
    let none = pb::SearchRequest { query: "zebra".into(), ..counted(&FIELDS, &["beat"]) };
    assert_eq!(facets(&server, none).await, [""; 7]);
}

async fn a_facet_can_ignore_its_own_filter() {
    let server = corpus().await;
    let beats = pb::LabelValues { values: vec!["war".into()] };
    let filter = pb::Filter {
        speakers: vec!["brandt".into()],
        labels: [("beat".to_owned(), beats)].into(),
        published_from: "2017".into(),
        ..pb::Filter::default()
    };
    let fields = [pb::FacetField::Speaker, pb::FacetField::Document, pb::FacetField::Year];
    let narrowed = pb::SearchRequest { filter: Some(filter), ..counted(&fields, &["beat"]) };
    assert_eq!(facets(&server, narrowed.clone()).await, ["Oskar Brandt 1", "one 1", "2017 1", "war 1"]);
    let wide = pb::SearchRequest { facets_ignore_own_filter: true, ..narrowed };
    let found = server.searches().await.search(wide).await.unwrap().into_inner();
    assert_eq!((found.total_size, found.results.len()), (1, 1), "results are narrowed as before");
    assert_eq!(
        found.facets.iter().map(shown).collect::<Vec<_>>(),
        ["Oskar Brandt 1, Émil Sandoval 1", "one 1", "2017 1", "trade 1, war 1",]
    );
}

async fn counts_are_over_all_matches_whatever_the_page() {
    let server = corpus().await;
    let whole = facets(&server, counted(&FIELDS, &["beat"])).await;
    let mut client = server.searches().await;
    let mut request = pb::SearchRequest { page_size: 2, ..counted(&FIELDS, &["beat"]) };
    for _ in 0..3 {
        let page = client.search(request.clone()).await.unwrap().into_inner();
        assert_eq!(page.facets.iter().map(shown).collect::<Vec<_>>(), whole);
        request.page_token = page.next_page_token;
    }
    assert_eq!(request.page_token, "");
}

async fn counts_follow_deletions() {
    let server = corpus().await;
    let request = pb::DeleteDocumentRequest { document_id: "one".into(), purge: false, ..Default::default() };
    server.documents().await.delete_document(request).await.unwrap();
    let fields = [pb::FacetField::Speaker, pb::FacetField::Document, pb::FacetField::Publisher];
    assert_eq!(
        facets(&server, counted(&fields, &["beat"])).await,
        ["EMIL SANDOVAL 2, Oskar Brandt 1", "two 2, three 1", "LE MONDE 2, Der Bote 1", "trade 2, ?1",]
    );
}

async fn bad_facets_are_refused() {
    let server = TestServer::start().await;
    let mut client = server.searches().await;
    let speaker = pb::FacetField::Speaker.into();
    let with = |facets: &[i32]| pb::SearchRequest { facets: facets.to_vec(), ..query("comet") };
    let long = "k".repeat(257);
    for (request, reason, field) in [
        (with(&[0]), "ENUM_INVALID", "facets[0]"),
        (with(&[speaker, 99]), "ENUM_INVALID", "facets[1]"),
        (with(&[speaker, -1]), "ENUM_INVALID", "facets[1]"),
        (with(&[speaker, 2, speaker]), "DUPLICATE", "facets[2]"),
        (with(&[speaker; 11]), "TOO_MANY", "facets"),
        (counted(&[], &["a", "a"]), "DUPLICATE", "facet_labels[1]"),
        (counted(&[], &["a"; 11]), "TOO_MANY", "facet_labels"),
        (counted(&[], &[&long]), "TOO_LONG", "facet_labels[0]"),
        (counted(&[], &["beat", ""]), "FIELD_REQUIRED", "facet_labels[1]"),
        (counted(&[], &["\u{0}"]), "LABEL_KEY_INVALID", "facet_labels[0]"),
        (pb::SearchRequest { facet_size: -1, ..query("comet") }, "OUT_OF_RANGE", "facet_size"),
    ] {
        let status = client.search(request).await.unwrap_err();
        refused(&status, Code::InvalidArgument, reason, field);
    }
    let odd = counted(&[], &[" ", " é=\"'", "beat"]);
    assert_eq!(client.search(odd).await.unwrap().into_inner().facets.len(), 3);
}
