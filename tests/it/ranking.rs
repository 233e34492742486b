//! Ranking is behaviour: which passages come first, pinned.

use std::fmt::Write as _;
use std::path::PathBuf;

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use serde_json::Value;

use crate::support::TestServer;
use crate::support::corpus;
use crate::support::query;
use crate::support::root;
use crate::support::trials;
use crate::support::wire;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = trials![wire: samples_rank_as_pinned];
    let real = wire("ranking::the_real_interview_ranks_as_asked", the_real_interview_ranks_as_asked);
    trials.push(real.with_ignored_flag(corpus().is_none()));
    trials
}

/// `queries.tsv` holds a query, a tab and the start of the answer that must be first. The whole
/// list is pinned in `expected.txt`, which `UPDATE_EXPECT=1` writes, with the mean reciprocal rank
/// of the wanted answers.
async fn samples_rank_as_pinned() {
    let folder = root().join("tests/ranking");
    let queries = std::fs::read_to_string(folder.join("queries.tsv")).unwrap();
    let server = TestServer::with_samples().await;
    let mut client = server.searches().await;
    let mut shown = String::new();
    let (mut sum, mut count) = (0.0, 0.0);
    for line in queries.lines().filter(|line| !line.starts_with('#')) {
        let (words, wanted) = line.split_once('\t').unwrap();
        let results = client.search(query(words)).await.unwrap().into_inner().results;
        let passages: Vec<pb::Passage> = results.into_iter().map(|result| result.passage.unwrap()).collect();
        let place = passages.iter().position(|passage| passage.answer.starts_with(wanted));
        assert!(place.is_some(), "{words}: {wanted:?} is not on the first page");
        sum += place.map_or(0.0, |place| 1.0 / f64::from(u32::try_from(place + 1).unwrap()));
        count += 1.0;
        writeln!(shown, "{words}").unwrap();
        for passage in passages.iter().take(3) {
            let start: String = passage.answer.chars().take(50).collect();
            let id = passage.exchange_id.split('.').next_back().unwrap();
            let document = &passage.citation.as_ref().unwrap().document_id;
            writeln!(shown, "    {document} {id} {}", start.replace('\n', " ")).unwrap();
        }
    }
    writeln!(shown, "mean reciprocal rank {:.3}", sum / count).unwrap();
    let expected = folder.join("expected.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(expected, shown).unwrap();
        return;
    }
    assert_eq!(shown, std::fs::read_to_string(expected).unwrap());
}

async fn the_real_interview_ranks_as_asked() {
    let folder = corpus().unwrap();
    let file: PathBuf = folder.join("csto-mir-nazarbayev-2017.txt");
    let gold = std::fs::read_to_string(folder.join("csto-mir-nazarbayev-2017.gold.json")).unwrap();
    let gold: Value = serde_json::from_str(&gold).unwrap();
    let server = TestServer::with_files(&[file]).await;
    let mut client = server.searches().await;
    let queries = std::fs::read_to_string(folder.join("queries.tsv")).unwrap();
    let mut asked = 0;
    for line in queries.lines() {
        let (words, number) = line.split_once('\t').unwrap();
        let number: usize = number.trim().parse().unwrap();
        let answer = client.search(query(words)).await.unwrap().into_inner();
        let first = answer.results.first().unwrap_or_else(|| panic!("{words} finds something"));
        let spans = &first.passage.as_ref().unwrap().citation.as_ref().unwrap().answer_spans;
        let wanted = gold["exchanges"][number - 1]["locations"][0]["a"].as_array().unwrap();
        let inside = spans.iter().all(|span| {
            wanted.iter().any(|place| {
                place[0].as_i64().unwrap() <= span.start && span.end <= place[1].as_i64().unwrap()
            })
        });
        assert!(inside && !spans.is_empty(), "{words}: {spans:?} is not in exchange {number}");
        asked += 1;
    }
    assert_eq!(asked, 12);
}
