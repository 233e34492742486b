//! Work of a fixed size, in this process: for counting instructions and for a profiler to look at.

use std::hint::black_box;
use std::path::Path;
use std::time::SystemTime;

use onrecord::engine::Body;
use onrecord::engine::Engine;
use onrecord::engine::SearchCall;
use onrecord::engine::Settings;
use onrecord::engine::Submission;
use onrecord::extract::Line;
use onrecord::extract::Pair;
use onrecord::query::Filter;
use onrecord::query::Query;
use onrecord::transcript::Metadata;
use tokio::runtime::Runtime;

use crate::corpus::Vocabulary;
use crate::data;
use crate::process::thread_cpu;
use crate::raw::Raw;

/// Pairs that the guard imports, as one document: one commit, whatever the timing.
const PAIRS: usize = 400;

fn engine(folder: &Path) -> Engine {
    Engine::open(folder, Settings::new(SystemTime::now, [0; 32])).unwrap()
}

fn calls(vocabulary: &Vocabulary, count: usize) -> Vec<SearchCall> {
    let call = |query: &String| SearchCall {
        query: Query::parse(query).unwrap(),
        filter: Filter::default(),
        page_size: 10,
        page_token: String::new(),
        collapse_duplicates: false,
    };
    vocabulary.queries(count).iter().map(call).collect()
}

/// Makes a fixed corpus (`corpus`), and imports it (`import`), and searches it (`search`): each part does what those
/// before it do, so that differences tell what each costs.
pub(crate) fn run(part: &str) {
    let folder = tempfile::tempdir().unwrap();
    let vocabulary = Vocabulary::new();
    let submission = black_box(submission(&vocabulary));
    let calls = calls(&vocabulary, 200);
    if part == "corpus" {
        return;
    }
    let engine = engine(folder.path());
    engine.put(submission).unwrap();
    if part == "search" {
        for call in &calls {
            black_box(engine.search(call).unwrap());
        }
    }
}

fn submission(vocabulary: &Vocabulary) -> Submission {
    let line = |text, speaker: &str| Line { speaker: speaker.to_owned(), text };
    let pairs = (0..PAIRS).map(|number| {
        let pair = vocabulary.pair(number);
        Pair { question: Some(line(pair.question, "Interviewer")), answer: line(pair.answer, "Mara Ellison") }
    });
    let metadata = Metadata { language: "en".to_owned(), ..Metadata::default() };
    Submission { id: "d".to_owned(), metadata, media_type: String::new(), body: Body::Pairs(pairs.collect()) }
}

/// Searches in this process beside raw search, for a profiler to look at.
pub(crate) fn profile(base: &Path, runtime: &Runtime, pairs: usize, rounds: usize) {
    let vocabulary = Vocabulary::new();
    let (folder, _) = data::folder(base, runtime, &vocabulary, pairs);
    let engine = engine(&folder);
    let calls = calls(&vocabulary, 1000);
    let raw = Raw::open(&folder);
    let raw_queries: Vec<_> = vocabulary.queries(1000).iter().map(|query| raw.query(query)).collect();
    for _ in 0..rounds {
        let begin = thread_cpu();
        let totals: u64 = calls.iter().map(|call| engine.search(call).unwrap().total).sum();
        let ours = thread_cpu().saturating_sub(begin);
        let begin = thread_cpu();
        let counted: usize = raw_queries.iter().map(|query| raw.search(query)).sum();
        let theirs = thread_cpu().saturating_sub(begin);
        let each = calls.len() as u128;
        say!(
            "engine {} us, raw {} us, {totals} and {counted} matches",
            ours.as_micros() / each,
            theirs.as_micros() / each
        );
    }
}
