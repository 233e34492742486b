//! Searches in this process, for a profiler to look at.

use std::path::Path;
use std::time::Instant;
use std::time::SystemTime;

use hdrhistogram::Histogram;
use onrecord::engine::Engine;
use onrecord::engine::SearchCall;
use onrecord::local;
use onrecord::query::Filter;
use onrecord::query::Query;
use tokio::runtime::Runtime;

use crate::corpus::Vocabulary;
use crate::data;
use crate::process::thread_cpu;
use crate::raw::Raw;

fn engine(folder: &Path) -> Engine {
    local::open(folder, local::Settings::new(SystemTime::now, [0; 32])).unwrap()
}

fn calls(vocabulary: &Vocabulary, count: usize) -> Vec<SearchCall> {
    let call = |query: &String| SearchCall::new(Query::parse(query).unwrap(), Filter::default());
    vocabulary.queries(count).iter().map(call).collect()
}

/// Searches in this process beside raw search, for a profiler to look at.
pub(crate) fn run(base: &Path, runtime: &Runtime, pairs: usize, rounds: usize) {
    let vocabulary = Vocabulary::new();
    let (folder, _) = data::folder(base, runtime, &vocabulary, pairs);
    let engine = engine(&folder);
    let calls = calls(&vocabulary, 1000);
    let raw = Raw::open(&folder);
    let raw_queries: Vec<_> = vocabulary.queries(1000).iter().map(|query| raw.query(query)).collect();
    for _ in 0..rounds {
        let mut times = Histogram::<u64>::new(3).unwrap();
        let mut totals = 0;
        let begin = thread_cpu();
        for call in &calls {
            let begin = Instant::now();
            totals += engine.search(call).unwrap().total;
            times.record(u64::try_from(begin.elapsed().as_micros()).unwrap().max(1)).unwrap();
        }
        let ours = thread_cpu().saturating_sub(begin);
        let begin = thread_cpu();
        let counted: usize = raw_queries.iter().map(|query| raw.search(query)).sum();
        let theirs = thread_cpu().saturating_sub(begin);
        let each = calls.len() as u128;
        say!(
            "engine {} us (p50 {}, p99 {}), raw {} us, {totals} and {counted} matches",
            ours.as_micros() / each,
            times.value_at_quantile(0.5),
            times.value_at_quantile(0.99),
            theirs.as_micros() / each
        );
    }
}
