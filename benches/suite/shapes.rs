//! What searches of other shapes cost in this process: filtered, ordered, counted.

use std::path::Path;
use std::time::SystemTime;

use onrecord::engine::Engine;
use onrecord::engine::FacetKey;
use onrecord::engine::FacetRequest;
use onrecord::engine::Order;
use onrecord::engine::SearchCall;
use onrecord::engine::TimelineCall;
use onrecord::engine::TimelineUnit;
use onrecord::local;
use onrecord::query::DateRange;
use onrecord::query::Filter;
use onrecord::query::Query;

use crate::corpus::Vocabulary;
use crate::load::median;
use crate::process::thread_cpu;

/// Microseconds of processor time per call; medians over the rounds.
#[derive(Debug)]
pub(crate) struct Shapes {
    /// The queries of the corpus, as the other rows have them.
    pub(crate) plain: f64,
    /// The same, of documents of half of the years.
    pub(crate) dated: f64,
    /// The same, the newest first.
    pub(crate) newest: f64,
    /// A word that nearly all exchanges have.
    pub(crate) broad: f64,
    /// The same with the counts of every field.
    pub(crate) faceted: f64,
    /// Its timeline by month with ten speakers.
    pub(crate) timeline: f64,
}

/// The average processor time of some calls, in microseconds.
fn cost(calls: &[SearchCall], search: impl Fn(&SearchCall)) -> f64 {
    let begin = thread_cpu();
    calls.iter().for_each(search);
    thread_cpu().saturating_sub(begin).as_secs_f64() * 1e6 / calls.len() as f64
}

pub(crate) fn measure(folder: &Path, vocabulary: &Vocabulary, rounds: usize) -> Shapes {
    let engine: Engine = local::open(folder, local::Settings::new(SystemTime::now, [0; 32])).unwrap();
    let call = |text: &str| SearchCall::new(Query::parse(text).unwrap(), Filter::default());
    let plain: Vec<SearchCall> = vocabulary.queries(200).iter().map(|text| call(text)).collect();
    let with = |change: &dyn Fn(&mut SearchCall)| {
        let mut calls = plain.clone();
        calls.iter_mut().for_each(change);
        calls
    };
    let dated = with(&|call| {
        call.filter.published_from = DateRange::parse("2006").ok();
        call.filter.published_to = DateRange::parse("2017-12").ok();
    });
    let newest = with(&|call| call.order = Order::Newest);
    let broad = vec![call("the"); 20];
    let keys = [
        FacetKey::Speaker,
        FacetKey::Asker,
        FacetKey::Document,
        FacetKey::Publisher,
        FacetKey::Year,
        FacetKey::Language,
    ];
    let facets = FacetRequest { keys: keys.to_vec(), size: 20, ignore_own_filter: false };
    let faceted: Vec<SearchCall> =
        broad.iter().map(|call| SearchCall { facets: facets.clone(), ..call.clone() }).collect();
    let run = |call: &SearchCall| assert!(engine.search(call).unwrap().total < u64::MAX);
    let timeline = |call: &SearchCall| {
        let call = TimelineCall {
            query: call.query.clone(),
            filter: call.filter.clone(),
            unit: TimelineUnit::Month,
            speakers: 10,
        };
        assert!(!engine.timeline(&call).unwrap().buckets.is_empty());
    };
    let of = |calls: &[SearchCall], search: &dyn Fn(&SearchCall)| {
        median((0..=rounds).map(|_| cost(calls, search)).skip(1).collect())
    };
    Shapes {
        plain: of(&plain, &run),
        dated: of(&dated, &run),
        newest: of(&newest, &run),
        broad: of(&broad, &run),
        faceted: of(&faceted, &run),
        timeline: of(&broad, &timeline),
    }
}
