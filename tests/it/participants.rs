//! People who take part, recordings and times: what is kept of a document besides its words.

use std::time::SystemTime;

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use onrecord::grpc::pb::participant::Role;
use tonic::Code;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::query;
use crate::support::refused;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        participants_and_recording_are_kept_and_cited,
        a_filter_finds_people_by_their_aliases,
        participants_out_of_bounds_are_refused,
        times_are_those_of_the_first_and_the_last_write,
    ]
}

const TIMED: &str = "WEBVTT\n\n00:01.500 --> 00:03.000\n<v Ann>What did you see that night?\n\n\
                     00:03.000 --> 00:07.250\n<v Bo>I saw a comet over the northern hill.\n";

fn person(name: &str, aliases: &[&str], role: Role) -> pb::Participant {
    pb::Participant {
        name: name.into(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        role: role.into(),
        person_id: format!("id-{name}"),
    }
}

fn sent(participants: Vec<pb::Participant>) -> pb::PutDocumentRequest {
    let mut request = put_text("a", TIMED);
    let document = request.document.as_mut().unwrap();
    document.media_uri = "https://example.org/night.mp3".into();
    document.participants = participants;
    request
}

async fn got(server: &TestServer) -> pb::GetDocumentResponse {
    let request = pb::GetDocumentRequest { document_id: "a".into() };
    server.documents().await.get_document(request).await.unwrap().into_inner()
}

async fn participants_and_recording_are_kept_and_cited() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    // Without any from the sender, those whom the document names.
    documents.put_document(put_text("a", TIMED)).await.unwrap();
    let names = got(&server).await.document.unwrap().participants.into_iter().map(|person| person.name);
    assert_eq!(names.collect::<Vec<_>>(), ["Ann", "Bo"]);

    let people =
        vec![person("Ann", &[], Role::Interviewer), person("Bo", &["The Keeper"], Role::Interviewee)];
    let answer = documents.put_document(sent(people.clone())).await.unwrap().into_inner();
    assert_eq!(answer.outcome(), pb::Outcome::Replaced);
    let again = documents.put_document(sent(people.clone())).await.unwrap().into_inner();
    assert_eq!(again.outcome(), pb::Outcome::Unchanged);
    assert_eq!(again.document, answer.document);

    let folder = server.stop().await;
    let server = TestServer::start_in(folder).await;
    let response = got(&server).await;
    let document = response.document.unwrap();
    assert_eq!(document.participants, people);
    assert_eq!(document, answer.document.unwrap());
    let link = "https://example.org/night.mp3#t=1.5,7.25";
    assert_eq!(response.exchanges[0].citation.as_ref().unwrap().media_link, link);
    let found = server.searches().await.search(query("comet")).await.unwrap().into_inner();
    assert_eq!(found.results[0].passage.as_ref().unwrap().citation.as_ref().unwrap().media_link, link);
}

async fn a_filter_finds_people_by_their_aliases() {
    let server = TestServer::start().await;
    let people = vec![
        person("Ann", &["Ann Ellis"], Role::Interviewer),
        person("Bo", &["The Keeper"], Role::default()),
    ];
    server.documents().await.put_document(sent(people)).await.unwrap();
    let mut searches = server.searches().await;
    let strings = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let none = pb::Filter::default;
    for (filter, expect) in [
        (pb::Filter { speakers: strings(&["keeper"]), ..none() }, 1),
        (pb::Filter { speakers: strings(&["the keeper"]), ..none() }, 1),
        (pb::Filter { speakers: strings(&["BO"]), ..none() }, 1),
        (pb::Filter { speakers: strings(&["ellis"]), ..none() }, 0),
        (pb::Filter { speakers: strings(&["keeper ellis"]), ..none() }, 0),
        (pb::Filter { askers: strings(&["Éllis"]), ..none() }, 1),
        (pb::Filter { excluded_speakers: strings(&["Keeper"]), ..none() }, 0),
        (pb::Filter { excluded_speakers: strings(&["Ellis"]), ..none() }, 1),
    ] {
        let request = pb::SearchRequest { filter: Some(filter.clone()), ..query("comet") };
        let found = searches.search(request).await.unwrap().into_inner();
        assert_eq!(found.total_size, expect, "{filter:?}");
    }
}

async fn participants_out_of_bounds_are_refused() {
    let server = TestServer::start().await;
    let check = async |people: Vec<pb::Participant>, reason: &str, field: &str| {
        let status = server.documents().await.put_document(sent(people)).await.unwrap_err();
        refused(&status, Code::InvalidArgument, reason, field);
    };
    let named = |name: &str| person(name, &[], Role::default());
    check(vec![named("Ann"), named(" ")], "FIELD_REQUIRED", "document.participants[1].name").await;
    check(vec![named("n"); 257], "TOO_MANY", "document.participants").await;
    check(vec![person("n", &["a"; 33], Role::default())], "TOO_MANY", "document.participants[0].aliases")
        .await;
    let long = "n".repeat(257);
    check(
        vec![person("n", &["a", &long], Role::default())],
        "TOO_LONG",
        "document.participants[0].aliases[1]",
    )
    .await;
    let full = ["a".repeat(256).as_str(); 32].map(str::to_owned);
    let full = pb::Participant { aliases: full.into(), ..named("n") };
    check(vec![full; 33], "TOO_LONG", "document.participants").await;
    let mut unknown = named("n");
    unknown.role = 9;
    check(vec![unknown], "ENUM_INVALID", "document.participants[0].role").await;
    let mut request = sent(Vec::new());
    request.document.as_mut().unwrap().media_uri = "u".repeat(4097);
    let status = server.documents().await.put_document(request).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "TOO_LONG", "document.media_uri");
}

async fn times_are_those_of_the_first_and_the_last_write() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let mut stored = async |text: &str| {
        let answer = documents.put_document(put_text("a", text)).await.unwrap().into_inner();
        let document = answer.document.clone().unwrap();
        assert_eq!(got(&server).await.document.unwrap(), document);
        (document, answer.generation)
    };
    let (first, generation) = stored(TIMED).await;
    assert_eq!(first.create_time, first.update_time);
    assert!(SystemTime::try_from(first.create_time.unwrap()).unwrap() <= SystemTime::now());
    assert_eq!(first.generation, generation);
    let (second, generation) = stored(&TIMED.replace("comet", "balloon")).await;
    assert_eq!(second.create_time, first.create_time);
    assert!(second.generation == generation && generation > first.generation);
    // Nothing was written.
    let (third, _) = stored(&TIMED.replace("comet", "balloon")).await;
    assert_eq!(third, second);
}
