//! Queries made to break or stall the service, at the wire. How long they take is
//! `benches/hostile.rs`' to say.

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use tonic::Code;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::query;
use crate::support::refused;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire: every_text_is_a_query, phrases_are_taken_exactly, phrases_with_a_sign_have_a_bound, a_query_has_a_length]
}

const MOST: usize = 4096;

/// As much of a text repeated as a query holds.
fn repeated(part: &str) -> String {
    part.repeat(MOST / part.len())
}

/// Different words or phrases, numbered, each made by `part`, as many as a query holds.
fn numbered(part: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for number in 0.. {
        let part = part(number);
        if text.len() + part.len() > MOST {
            break;
        }
        text.push_str(&part);
    }
    text
}

/// The first of these.
fn first(most: usize, part: impl Fn(usize) -> String) -> String {
    (0..most).map(part).collect::<Vec<_>>().concat()
}

async fn every_text_is_a_query() {
    let server = TestServer::with_samples().await;
    let mut client = server.searches().await;
    let queries = [
        repeated("("),
        repeated("[{("),
        repeated("\""),
        repeated("\"\" "),
        repeated("-"),
        repeated("+ - "),
        repeated("-\"("),
        repeated("a"),
        repeated("a "),
        format!("\"{}\"", "a ".repeat(2000)),
        repeated("\u{1}the\u{0}of\u{7f}"),
        repeated("\u{202e}\u{200f}"),
        repeated("\u{202e}water\u{200f} "),
        repeated("e\u{301}\u{302}\u{303}"),
        repeated("\u{FDFA}"),
        repeated("水"),
        repeated("👩\u{200d}👩\u{200d}👧"),
        repeated("x-"),
        numbered(|number| format!("{number:x} ")),
        numbered(|number| format!("+w{number} ")),
        numbered(|number| format!("-w{number} ")),
        numbered(|number| format!("\"w{number} the\" ")),
        first(16, |number| format!("+\"w{number} the\" ")),
        first(16, |number| format!("-\"w{number} the\" ")),
    ];
    for text in queries {
        let shown: String = text.chars().take(20).collect();
        for collapse_duplicates in [false, true] {
            let request = pb::SearchRequest { collapse_duplicates, ..query(&text) };
            let found = client.search(request).await.unwrap_or_else(|status| panic!("{shown}: {status}"));
            let found = found.into_inner();
            let shown_size = i64::try_from(found.results.len()).unwrap();
            assert_eq!(shown_size, found.total_size.min(10), "{shown}");
        }
    }
}

/// Phrases of words that are everywhere: those with a sign narrow, those without find.
async fn phrases_are_taken_exactly() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let words: Vec<&str> = "the of and to in it is was he as at by on be or an".split(' ').collect();
    let joined = words.join(" ");
    let turned: String = words.iter().rev().copied().collect::<Vec<_>>().join(" ");
    for (id, answer) in [("order", &joined), ("turned", &turned)] {
        let text = format!("Ann: What was it?\n\nBo: {answer} harbour.\n");
        documents.put_document(put_text(id, &text)).await.unwrap();
    }
    let mut client = server.searches().await;
    // In neither document: pairs of words that are not neighbours in the list.
    let strangers = |sign: &str, most: usize| {
        let pairs = (2..words.len()).flat_map(|apart| words.iter().zip(words.iter().skip(apart)));
        let phrases = pairs.take(most).map(|(one, other)| format!(" {sign}\"{one} {other}\""));
        phrases.collect::<Vec<_>>().concat()
    };
    let neighbours = |sign: &str| {
        words.windows(2).map(|pair| format!(" {sign}\"{}\"", pair.join(" "))).collect::<Vec<_>>().concat()
    };
    for (text, expect) in [
        (format!("harbour{}", strangers("-", 16)), vec!["order", "turned"]),
        (format!("harbour{} -\"of and\"", strangers("-", 15)), vec!["turned"]),
        (format!("harbour{}", neighbours("+")), vec!["order"]),
        (format!("harbour{}", neighbours("-")), vec!["turned"]),
        (format!("harbour{} +\"the in\"", neighbours("+")), vec![]),
        // The words of further phrases count as plain words.
        (strangers("", 16), vec![]),
        (strangers("", 17), vec!["order", "turned"]),
        (neighbours(""), vec!["order"]),
        (format!("{}{}", neighbours(""), strangers("", 80)), vec!["order", "turned"]),
    ] {
        assert!(text.len() <= MOST, "{}", text.len());
        let found = client.search(query(&text)).await.unwrap().into_inner();
        let citations =
            found.results.iter().map(|it| it.passage.as_ref().unwrap().citation.as_ref().unwrap());
        let mut ids: Vec<&str> = citations.map(|citation| citation.document_id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, expect, "{}", text.get(..60).unwrap_or(&text));
    }
}

async fn phrases_with_a_sign_have_a_bound() {
    let server = TestServer::start().await;
    let mut client = server.searches().await;
    for sign in ["+", "-"] {
        let phrases = |most: usize| first(most, |number| format!("{sign}\"w{number} the\" "));
        assert_eq!(client.search(query(&phrases(16))).await.unwrap().into_inner().total_size, 0);
        let status = client.search(query(&phrases(17))).await.unwrap_err();
        refused(&status, Code::InvalidArgument, "QUERY_TOO_MANY_PHRASES", "query");
    }
}

async fn a_query_has_a_length() {
    let server = TestServer::start().await;
    let mut client = server.searches().await;
    assert_eq!(client.search(query(&repeated("a"))).await.unwrap().into_inner().total_size, 0);
    let status = client.search(query(&"a".repeat(MOST + 1))).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "QUERY_TOO_LONG", "query");
}
