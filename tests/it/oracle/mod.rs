//! The engine over its backend of one machine, compared with the engine over a reference backend
//! that searches by brute force: the same scores, order, totals, windows and highlights on
//! thousands of generated corpora and queries, with documents replaced and deleted, filters, pages,
//! and segments in memory and on disk.

mod backend;
mod facets;
mod generated;
mod scoring;
mod timeline;

use std::sync::Arc;
use std::sync::mpsc;
use std::time::SystemTime;

use libtest_mimic::Trial;
use onrecord::engine;
use onrecord::engine::Backend;
use onrecord::engine::CitedPassage;
use onrecord::engine::Deletion;
use onrecord::engine::Engine;
use onrecord::engine::Facet;
use onrecord::engine::FoundPassage;
use onrecord::engine::SearchCall;
use onrecord::engine::TimelineCall;
use onrecord::local;
use onrecord::local::LocalBackend;
use onrecord::segmentation::windows::WindowSettings;
use tempfile::TempDir;

use crate::oracle::backend::ReferenceBackend;
use crate::oracle::generated::Change;
use crate::oracle::generated::Generator;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![trial: both_backends_agree]
}

/// Corpora, and searches of each at each of three times: as written, after changes, and after a
/// restart.
const CORPORA: u64 = 50;
const SEARCHES: usize = 20;

fn engine(backend: Arc<dyn Backend>) -> Engine {
    let settings = engine::Settings {
        // Short answers are cut too, so that windows matter.
        windows: WindowSettings { size: 120, overlap: 30 },
        ..engine::Settings::new(SystemTime::now)
    };
    Engine::new(backend, settings)
}

fn open(folder: &TempDir) -> Engine {
    let settings = local::Settings::new(SystemTime::now, [5; 32]);
    engine(Arc::new(LocalBackend::open(folder.path(), settings).unwrap()))
}

/// Writes a group of changes, which a backend may commit together.
fn apply(engine: &Engine, changes: &[Change]) {
    let (done, receipts) = mpsc::channel();
    for change in changes {
        match change {
            Change::Put(submission) => {
                let prepared = engine.prepare(submission.as_ref().clone().identify()).unwrap();
                let done = done.clone();
                engine.submit(prepared, move |receipt| done.send(receipt.map(drop)).unwrap()).unwrap();
            }
            Change::Delete(id) => drop(engine.delete(id, &Deletion::default())),
        }
    }
    drop(done);
    for receipt in receipts {
        receipt.unwrap();
    }
}

fn both_backends_agree() {
    for seed in 0..CORPORA {
        let mut generator = Generator::new(seed);
        let folder = TempDir::new().unwrap();
        let reference = engine(Arc::new(ReferenceBackend::default()));
        let mut local = open(&folder);
        for step in ["written", "changed", "restarted"] {
            if step == "restarted" {
                // What was in memory is in files then.
                drop(local);
                local = open(&folder);
            } else {
                for _ in 0..=generator.below(4) {
                    let changes = generator.changes();
                    apply(&reference, &changes);
                    apply(&local, &changes);
                }
            }
            for _ in 0..SEARCHES {
                let call = generator.search();
                compare(&local, &reference, &call, &format!("corpus {seed}, {step}, {call:?}"));
                if generator.below(4) == 0 {
                    let call = generator.timeline(call);
                    compare_timelines(&local, &reference, &call, &format!("corpus {seed}, {step}, {call:?}"));
                }
            }
        }
    }
}

/// All results of a search, page by page, with the totals (with and without the filter), the
/// unmatched terms and the counts that each page reports.
fn results(engine: &Engine, call: &SearchCall) -> (Vec<FoundPassage>, [u64; 2], Vec<String>, Vec<Facet>) {
    let (mut call, mut all) = (call.clone(), Vec::new());
    loop {
        let answer = engine.search(&call).unwrap();
        all.extend(answer.results);
        let Some(token) = answer.next_page_token else {
            let totals = [answer.total, answer.total_without_filter];
            return (all, totals, answer.unmatched_terms, answer.facets);
        };
        call.page_token = token;
    }
}

fn compare(local: &Engine, reference: &Engine, call: &SearchCall, context: &str) {
    // The reference in one page: that pages join is asked of the other.
    let whole = SearchCall { page_size: 10_000, ..call.clone() };
    let (found, totals, unmatched, facets) = results(local, call);
    let (expected, expected_totals, expected_unmatched, expected_facets) = results(reference, &whole);
    let id = |result: &FoundPassage| result.passage.exchange_id.clone();
    for (name, one, other) in [("reference", &found, &expected), ("local backend", &expected, &found)] {
        let missing = one.iter().find(|result| other.iter().all(|other| id(other) != id(result)));
        let missing = missing.map(|result| (&result.passage.question, &result.passage.answer));
        assert_eq!(missing, None, "the {name} does not find it: {context}");
    }
    assert_eq!(totals, expected_totals, "totals: {context}");
    assert_eq!(found.len() as u64, totals[0], "results on all pages: {context}");
    assert_eq!(unmatched, expected_unmatched, "unmatched terms: {context}");
    assert_eq!(facets, expected_facets, "facets: {context}");
    for (place, (one, other)) in found.iter().zip(&expected).enumerate() {
        assert!(
            alike(one.score.0, other.score.0),
            "score at {place}: {:?}, {:?}: {context}",
            one.score,
            other.score
        );
        // Scores that differ by rounding alone may change places.
        let same = expected.iter().find(|other| id(other) == id(one));
        let same = same.unwrap_or_else(|| panic!("{} is no match: {context}", id(one)));
        assert!(
            alike(one.score.0, same.score.0),
            "{}: {:?}, {:?}: {context}",
            id(one),
            one.score,
            same.score
        );
        if one.passage.id != same.passage.id {
            // Two windows of one exchange may score alike, too.
            continue;
        }
        assert_eq!(one.question_highlights, same.question_highlights, "{}: {context}", one.passage.question);
        assert_eq!(one.name_highlights, same.name_highlights, "{}: {context}", id(one));
        let explanation = one.explanation.as_ref().unwrap();
        let sum: f32 = explanation.terms.iter().map(|term| term.score).sum();
        assert!(alike(sum * explanation.factor, one.score.0), "{explanation:?}: {:?}: {context}", one.score);
        assert_eq!(one.answer_highlights, same.answer_highlights, "{}: {context}", one.passage.answer);
    }
}

fn compare_timelines(local: &Engine, reference: &Engine, call: &TimelineCall, context: &str) {
    let [found, expected] = [local, reference].map(|engine| engine.timeline(call).unwrap());
    assert_eq!(found.buckets, expected.buckets, "{context}");
    assert_eq!(found.undated, expected.undated, "undated: {context}");
    let date =
        |cited: Option<Arc<CitedPassage>>| cited.map(|cited| cited.citation.metadata.published.clone());
    assert_eq!(date(found.first), date(expected.first), "first: {context}");
    assert_eq!(date(found.last), date(expected.last), "last: {context}");
}

/// Whether two scores are equal within the rounding of single precision.
fn alike(one: f32, other: f32) -> bool {
    (one - other).abs() <= 1e-5 * one.abs().max(other.abs()).max(1e-6)
}
