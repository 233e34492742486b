//! `SearchResult.snippet` at the wire, in the languages of the samples.

use libtest_mimic::Trial;
use onrecord::grpc::pb;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::query;
use crate::support::root;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        snippets_show_a_match_within_their_size,
        a_snippet_has_300_bytes_unless_asked_otherwise,
    ]
}

fn range(start: i32, end: i32) -> std::ops::Range<usize> {
    usize::try_from(start).unwrap()..usize::try_from(end).unwrap()
}

async fn snippets_show_a_match_within_their_size() {
    let server = TestServer::with_samples().await;
    let mut client = server.searches().await;
    let queries = std::fs::read_to_string(root().join("tests/ranking/queries.tsv")).unwrap();
    let (mut cut, mut with_match) = (0, 0);
    for line in queries.lines().filter(|line| !line.starts_with('#')) {
        let words = line.split('\t').next().unwrap();
        for snippet_bytes in [60, 300] {
            let request = pb::SearchRequest { snippet_bytes, page_size: 50, ..query(words) };
            for result in client.search(request).await.unwrap().into_inner().results {
                let answer = result.passage.unwrap().answer;
                let snippet = result.snippet.unwrap();
                let shown = range(snippet.start, snippet.end);
                let text = &answer[shown.clone()];
                assert!(text.len() <= usize::try_from(snippet_bytes).unwrap(), "{words}: {text}");
                assert_eq!(text, text.trim());
                assert!(!text.is_empty(), "{words}: {answer}");
                cut += usize::from(text.len() < answer.len());
                let matches: Vec<_> = result
                    .highlights
                    .iter()
                    .filter(|found| found.field() == pb::highlight::Field::Answer)
                    .map(|found| range(found.start, found.end))
                    .collect();
                let inside = matches.iter().any(|found| shown.start <= found.start && found.end <= shown.end);
                assert_eq!(inside, !matches.is_empty(), "{words}: {text:?} of {answer}");
                if matches.is_empty() {
                    assert_eq!(shown.start, 0, "{words}: the first sentences of {answer}");
                }
                with_match += usize::from(inside);
            }
        }
    }
    assert!(cut > 200 && with_match > 50, "{cut} are shorter than the answer, {with_match} have a match");
}

async fn a_snippet_has_300_bytes_unless_asked_otherwise() {
    let server = TestServer::start().await;
    let dull = "The committee met and went home again. ".repeat(200);
    let text = format!("Ann: What happened?\n\nBo: {dull}The harbour was closed for the night. {dull}\n");
    server.documents().await.put_document(put_text("talk", &text)).await.unwrap();
    let mut client = server.searches().await;
    for (snippet_bytes, most) in [(0, 300), (40, 40), (4000, 4000), (i32::MAX, 4000)] {
        let request = pb::SearchRequest { snippet_bytes, ..query("harbour closed") };
        let found = client.search(request).await.unwrap().into_inner();
        let answer = &found.results[0].passage.as_ref().unwrap().answer;
        let snippet = found.results[0].snippet.unwrap();
        let shown = &answer[range(snippet.start, snippet.end)];
        assert!(shown.contains("The harbour was closed for the night."), "{shown}");
        // Sentences that still fit are shown too.
        assert!(shown.len() <= most && shown.len() + 40 > most.min(answer.len()), "{}: {shown}", shown.len());
        assert!(shown.starts_with("The ") && shown.ends_with('.'), "{shown}");
    }
}
