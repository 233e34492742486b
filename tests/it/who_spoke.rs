//! Searching by who spoke, and what scores are made of, at the wire.

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use onrecord::grpc::pb::highlight::Field;
use tonic::Code;

use crate::support::TestServer;
use crate::support::query;
use crate::support::refused;
use crate::support::root;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        a_name_finds_what_somebody_said,
        names_are_highlighted_where_they_match,
        signed_words_hold_for_who_speaks,
        explanations_add_up,
        results_below_the_least_score_do_not_count,
    ]
}

fn names<'a>(result: &'a pb::SearchResult, field: Field, text: &'a str) -> impl Iterator<Item = &'a str> {
    let marks = result.highlights.iter().filter(move |mark| mark.field() == field);
    marks.map(|mark| &text[usize::try_from(mark.start).unwrap()..usize::try_from(mark.end).unwrap()])
}

async fn a_name_finds_what_somebody_said() {
    let server = TestServer::with_samples().await;
    let mut client = server.searches().await;
    let found = client.search(query("Sandoval")).await.unwrap().into_inner();
    assert_eq!((found.total_size, found.unmatched_terms), (6, Vec::new()));
    let speaker = |result: &pb::SearchResult| result.passage.clone().unwrap().speaker;
    assert!(found.results.iter().all(|result| speaker(result) == "Emil Sandoval"));
    // A title finds its document's exchanges, and a name its asker's.
    for words in ["lists", "Calloway"] {
        let found = client.search(query(words)).await.unwrap().into_inner();
        assert!(found.total_size >= 5 && found.unmatched_terms.is_empty(), "{words}: {}", found.total_size);
    }
}

async fn names_are_highlighted_where_they_match() {
    let server = TestServer::with_samples().await;
    let mut client = server.searches().await;
    let found = client.search(query("sandoval minister hotel")).await.unwrap().into_inner();
    let first = &found.results[0];
    let passage = first.passage.as_ref().unwrap();
    let title = &passage.citation.as_ref().unwrap().title;
    assert_eq!(names(first, Field::Speaker, &passage.speaker).collect::<Vec<_>>(), ["Sandoval"]);
    assert_eq!(names(first, Field::Title, title).collect::<Vec<_>>(), ["minister", "Sandoval", "hotel"]);
}

async fn signed_words_hold_for_who_speaks() {
    let server = TestServer::with_samples().await;
    let mut client = server.searches().await;
    let with = client.search(query("threats +Vellin")).await.unwrap().into_inner();
    let without = client.search(query("threats -Vellin")).await.unwrap().into_inner();
    let speakers = |found: &pb::SearchResponse| {
        let of = |result: &pb::SearchResult| result.passage.clone().unwrap().speaker;
        found.results.iter().map(of).collect::<Vec<_>>()
    };
    assert!(speakers(&with).iter().all(|speaker| speaker == "Tamara Vellin") && with.total_size > 1);
    assert!(!speakers(&without).contains(&"Tamara Vellin".to_owned()) && without.total_size > 0);
}

async fn explanations_add_up() {
    let server = TestServer::with_samples().await;
    let mut client = server.searches().await;
    let queries = std::fs::read_to_string(root().join("tests/ranking/queries.tsv")).unwrap();
    let (mut results, mut unpaired) = (0, 0);
    for line in queries.lines().filter(|line| !line.starts_with('#')) {
        let words = line.split('\t').next().unwrap();
        let request = pb::SearchRequest { explain: true, page_size: 100, ..query(words) };
        for result in client.search(request).await.unwrap().into_inner().results {
            let explanation = result.explanation.unwrap();
            let sum: f32 = explanation.terms.iter().map(|term| term.score).sum();
            let difference = (sum * explanation.factor - result.score).abs();
            assert!(difference <= 1e-5 * result.score, "{words}: {sum} {}", result.score);
            for term in explanation.terms {
                let length = if term.average_length > 0.0 { term.length / term.average_length } else { 0.0 };
                let half = term.k1 * (1.0 - term.b + term.b * length);
                let again = term.weight * term.idf * term.frequency / (term.frequency + half);
                assert!((again - term.score).abs() <= 1e-4 * term.score, "{words}: {term:?}");
                assert!(!term.typed.is_empty() && !term.forms.is_empty(), "{words}: {term:?}");
                assert!(0 < term.matching_passage_count && term.matching_passage_count <= term.passage_count);
            }
            results += 1;
            unpaired += usize::from(explanation.factor > 1.0);
        }
    }
    assert!(results > 1000 && unpaired > 5, "{results} results, {unpaired} without a question");
    let plain = client.search(query("threats")).await.unwrap().into_inner();
    assert!(plain.results.iter().all(|result| result.explanation.is_none()));
}

async fn results_below_the_least_score_do_not_count() {
    let server = TestServer::with_samples().await;
    let mut client = server.searches().await;
    let words = "what did Vellin say about the water";
    let all = pb::SearchRequest { page_size: 100, ..query(words) };
    let all = client.search(all).await.unwrap().into_inner();
    let min_score = all.results[4].score;
    let expected: Vec<_> = all.results.into_iter().filter(|result| result.score >= min_score).collect();
    let request = pb::SearchRequest { page_size: 3, min_score, ..query(words) };
    let first = client.search(request.clone()).await.unwrap().into_inner();
    assert_eq!(usize::try_from(first.total_size).unwrap(), expected.len());
    let second = pb::SearchRequest { page_token: first.next_page_token, ..request };
    let second = client.search(second).await.unwrap().into_inner();
    assert_eq!([first.results, second.results].concat(), expected);
    for min_score in [-1.0, f32::NAN, f32::INFINITY] {
        let request = pb::SearchRequest { min_score, ..query(words) };
        let status = client.search(request).await.unwrap_err();
        refused(&status, Code::InvalidArgument, "OUT_OF_RANGE", "min_score");
    }
}
