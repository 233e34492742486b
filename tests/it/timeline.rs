//! Counts of matches over time at the wire.

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use onrecord::grpc::pb::get_timeline_request::Unit;
use tonic::Code;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::refused;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        matches_are_counted_by_year_month_and_day,
        the_first_and_the_last_are_cited,
        speakers_are_counted_separately,
        bad_timelines_are_refused,
    ]
}

/// Documents of three exchanges, of which two are about a comet, the second more than the first.
async fn corpus() -> TestServer {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let text = "Ann: What do they keep in the old barn there?\n\nBo: A tractor, a comet in a jar and some hay.\n\n\
        Ann: And a comet?\n\nCy: A comet, yes.\n\nAnn: And who feeds the horses?\n\nBO: The neighbours do, mostly.\n";
    for (id, published) in [
        ("a", "2017-11-30"),
        ("b", "2018-02"),
        ("c", "2018-02-01"),
        ("d", ""),
        ("e", "2020"),
        ("f", "2016-01-01"),
    ] {
        let mut request = put_text(id, text);
        let document = request.document.as_mut().unwrap();
        published.clone_into(&mut document.published);
        if id == "f" {
            document.labels.insert("old".into(), "yes".into());
        }
        documents.put_document(request).await.unwrap();
    }
    server
}

fn comet(unit: Unit) -> pb::GetTimelineRequest {
    pb::GetTimelineRequest { query: "comet".into(), unit: unit.into(), ..pb::GetTimelineRequest::default() }
}

async fn timeline(server: &TestServer, request: pb::GetTimelineRequest) -> pb::GetTimelineResponse {
    server.searches().await.get_timeline(request).await.unwrap().into_inner()
}

/// Buckets as `date matches/exchanges`, and what is in none.
fn shown(response: &pb::GetTimelineResponse) -> String {
    let bucket =
        |bucket: &pb::TimelineBucket| format!("{} {}/{}", bucket.date, bucket.matches, bucket.exchanges);
    let mut shown: Vec<String> = response.buckets.iter().map(bucket).collect();
    shown.push(format!("undated {}", response.undated));
    shown.join(", ")
}

async fn matches_are_counted_by_year_month_and_day() {
    let server = corpus().await;
    let years = "2016 2/3, 2017 2/3, 2018 4/6, 2019 0/0, 2020 2/3, undated 2";
    assert_eq!(shown(&timeline(&server, comet(Unit::Unspecified)).await), years);
    assert_eq!(shown(&timeline(&server, comet(Unit::Year)).await), years);
    let from = pb::Filter { published_from: "2017".into(), ..pb::Filter::default() };
    let filtered = pb::GetTimelineRequest { filter: Some(from.clone()), ..comet(Unit::Month) };
    let months = "2017-11 2/3, 2017-12 0/0, 2018-01 0/0, 2018-02 4/6, undated 2";
    assert_eq!(shown(&timeline(&server, filtered).await), months, "2020 is less precise than a month");
    let within = pb::Filter { published_to: "2017-12-02".into(), ..from };
    let days = pb::GetTimelineRequest { filter: Some(within), ..comet(Unit::Day) };
    assert_eq!(shown(&timeline(&server, days).await), "2017-11-30 2/3, undated 0");
    let days = timeline(&server, comet(Unit::Day)).await;
    assert_eq!((days.buckets.len(), days.undated), (763, 6), "of 2016-01-01 to 2018-02-01");

    let nothing = pb::GetTimelineRequest { query: "zebra".into(), ..comet(Unit::Year) };
    let nothing = timeline(&server, nothing).await;
    assert_eq!((shown(&nothing).as_str(), nothing.first, nothing.last), ("undated 0", None, None));
    let request = pb::DeleteDocumentRequest { document_id: "c".into(), ..Default::default() };
    server.documents().await.delete_document(request).await.unwrap();
    let deleted = "2016 2/3, 2017 2/3, 2018 2/3, 2019 0/0, 2020 2/3, undated 2";
    assert_eq!(shown(&timeline(&server, comet(Unit::Year)).await), deleted);
}

async fn the_first_and_the_last_are_cited() {
    let server = corpus().await;
    let found = timeline(&server, comet(Unit::Year)).await;
    let (first, last) = (found.first.unwrap(), found.last.unwrap());
    assert_eq!((first.document_id.as_str(), first.speaker.as_str()), ("f", "Cy"), "the best of its date");
    assert_eq!((last.document_id.as_str(), last.published.as_str()), ("e", "2020"));
    assert!(!first.answer_spans.is_empty() && first.quote_sha256.len() == 64);
    let search = pb::SearchRequest { query: "comet".into(), ..pb::SearchRequest::default() };
    let searched = server.searches().await.search(search).await.unwrap().into_inner();
    assert!(found.provenance.is_some() && found.provenance == searched.provenance, "of the same generation");
    let undated = pb::Filter { document_ids: vec!["d".into()], ..pb::Filter::default() };
    let found =
        timeline(&server, pb::GetTimelineRequest { filter: Some(undated), ..comet(Unit::Year) }).await;
    assert_eq!((shown(&found).as_str(), found.first, found.last), ("undated 2", None, None));
}

async fn speakers_are_counted_separately() {
    let server = corpus().await;
    let request = pb::GetTimelineRequest {
        query: "comet horses".into(),
        speakers: 1,
        filter: Some(pb::Filter { document_ids: vec!["a".into(), "c".into()], ..pb::Filter::default() }),
        ..comet(Unit::Year)
    };
    let by_speaker = |found: pb::GetTimelineResponse| -> Vec<Vec<(String, i64)>> {
        let speakers = found.buckets.into_iter().map(|bucket| bucket.speakers);
        speakers
            .map(|speakers| speakers.into_iter().map(|speaker| (speaker.value, speaker.count)).collect())
            .collect()
    };
    let one = by_speaker(timeline(&server, request.clone()).await);
    assert_eq!(one.concat().iter().map(|(_, count)| count).sum::<i64>(), 4, "Bo and BO are one: {one:?}");
    assert_eq!(one.len(), 2);
    let all = by_speaker(timeline(&server, pb::GetTimelineRequest { speakers: 20, ..request }).await);
    assert!(all.iter().all(|speakers| speakers.iter().map(|(_, count)| count).eq(&[2, 1])), "{all:?}");
    assert!(all.iter().all(|speakers| speakers[1].0 == "Cy"), "{all:?}");
}

async fn bad_timelines_are_refused() {
    let server = corpus().await;
    let mut client = server.searches().await;
    let dated = |from: &str| pb::Filter { published_from: from.into(), ..pb::Filter::default() };
    for (request, reason, field) in [
        (pb::GetTimelineRequest { query: " ".into(), ..comet(Unit::Year) }, "QUERY_EMPTY", "query"),
        (pb::GetTimelineRequest { unit: 4, ..comet(Unit::Year) }, "ENUM_INVALID", "unit"),
        (pb::GetTimelineRequest { unit: -1, ..comet(Unit::Year) }, "ENUM_INVALID", "unit"),
        (pb::GetTimelineRequest { speakers: 21, ..comet(Unit::Year) }, "OUT_OF_RANGE", "speakers"),
        (pb::GetTimelineRequest { speakers: -1, ..comet(Unit::Year) }, "OUT_OF_RANGE", "speakers"),
        (
            pb::GetTimelineRequest { filter: Some(dated("soon")), ..comet(Unit::Year) },
            "DATE_INVALID",
            "filter.published_from",
        ),
    ] {
        refused(&client.get_timeline(request).await.unwrap_err(), Code::InvalidArgument, reason, field);
    }
    let mut old = put_text("old", "Ann: What was it?\n\nBo: It was a comet, and a bright one.\n");
    old.document.as_mut().unwrap().published = "1066-04-24".into();
    server.documents().await.put_document(old).await.unwrap();
    let status = client.get_timeline(comet(Unit::Day)).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "TOO_MANY", "unit");
    assert_eq!(timeline(&server, comet(Unit::Year)).await.buckets.len(), 955);
}
