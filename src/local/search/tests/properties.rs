//! Properties of every search: results depend neither on the layout of the index nor on which
//! segments are in memory.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::engine::Hit;
use crate::engine::PageRequest;
use crate::local::index::DocumentEntry;
use crate::local::index::ExchangeEntry;
use crate::local::index::Writer;
use crate::local::search::Highlighter;
use crate::local::search::SearchResults;
use crate::local::search::TermCache;
use crate::local::search::plan::Plan;
use crate::local::search::search;
use crate::local::search::tests::Corpus;
use crate::local::search::tests::Document;
use crate::local::search::tests::exchange;
use crate::local::search::tests::page;
use crate::query::AnalyzedQuery;
use crate::query::DateRange;
use crate::query::Filter;
use crate::query::Query;
use crate::query::Ranking;
use crate::span::TextSpan;
use crate::transcript::Metadata;

/// A word of a small vocabulary by its number.
fn word(number: usize) -> &'static str {
    ["harbour", "harbours", "Syria", "Syrian", "rapid", "growth", "what", "the", "угроза", "café"]
        [number % 10]
}

pub(super) fn text_of(numbers: &[usize]) -> String {
    numbers.iter().map(|number| word(*number)).collect::<Vec<_>>().join(" ")
}

/// Questions and answers of words by their numbers.
pub(super) fn texts_of(pairs: &[(Vec<usize>, Vec<usize>)]) -> Vec<(String, String)> {
    pairs.iter().map(|(question, answer)| (text_of(question), text_of(answer))).collect()
}

pub(super) fn plan(corpus: &Corpus, query: &Query) -> Plan {
    let (searcher, ranking) = (corpus.index.searcher(), Ranking::default());
    let words = AnalyzedQuery::new(query, searcher.languages(), &ranking);
    let mut plan = Plan::new(&searcher, &TermCache::default(), &words, &ranking).unwrap();
    plan.add_clauses(&searcher, &words).unwrap();
    plan
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// One commit or many, with deletions or without, give the same results.
    #[test]
    fn the_layout_of_the_index_does_not_matter(
        texts in prop::collection::vec((prop::collection::vec(0usize..10, 0..4), prop::collection::vec(0usize..10, 1..9)), 1..12),
        query in prop::collection::vec(0usize..10, 1..5),
        split in 1usize..6,
    ) {
        let texts = texts_of(&texts);
        let pairs: Vec<[(&str, &str); 1]> =
            texts.iter().map(|(question, answer)| [(question.as_str(), answer.as_str())]).collect();
        let ids: Vec<String> = (0..pairs.len()).map(|number| format!("{number:02}")).collect();
        let documents: Vec<Document<'_>> =
            ids.iter().zip(&pairs).map(|(id, pair)| (id.as_str(), "en", pair.as_slice())).collect();
        let once = Corpus::of(&documents);
        let often = Corpus::empty();
        let others: Vec<Document<'_>> = documents.iter().map(|(id, _, _)| (*id, "ru", [("growth", "rapid")].as_slice())).collect();
        often.put(&others, 1);
        for (generation, few) in (2..).zip(documents.chunks(split)) {
            often.put(few, generation);
        }
        let query = text_of(&query);
        let (one, other) = (once.found(&query, &Filter::default()), often.found(&query, &Filter::default()));
        let hits = |found: &SearchResults| -> Vec<_> {
            let hit = |hit: &Hit| (hit.document_id.clone(), hit.exchange, hit.window, hit.score);
            found.results.iter().map(|result| hit(&result.hit)).collect()
        };
        prop_assert_eq!(hits(&one), hits(&other));
        prop_assert_eq!((one.total, one.unmatched_terms), (other.total, other.unmatched_terms));
    }

    #[test]
    fn any_query_answers_and_highlights_on_character_boundaries(query in "\\PC{1,60}", text in "\\PC{0,120}") {
        let corpus = Corpus::of(&[("a", "en", &[("What?", text.as_str())])]);
        let searcher = corpus.index.searcher();
        if let Ok(query) = Query::parse(&query) {
            let filter = Filter::default();
            let request = PageRequest::new(&filter, 10);
            let found = search(&searcher, &query, &request, &Ranking::default()).unwrap();
            prop_assert_eq!(found.total, found.results.len() as u64);
            let highlighter = Highlighter::new(&searcher, &query, &Ranking::default()).unwrap();
            for language in ["en", "fr", "de", "ru", "zh", ""] {
                let mut last = 0;
                for span in highlighter.spans(language, &text) {
                    prop_assert!(last <= span.start() && span.start() < span.end());
                    prop_assert!(text.get(span.range()).is_some());
                    last = span.end();
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Words, phrases, signs, filters, windows and pages, with documents replaced and deleted in
    /// between; when memory segments are joined, and when they are committed.
    #[test]
    fn memory_and_disk_segments_agree(
        writes in prop::collection::vec(
            (0usize..6, prop::collection::vec((prop::collection::vec(0usize..8, 0..4), prop::collection::vec(0usize..8, 1..12)), 0..3)),
            1..30,
        ),
        groups in prop::collection::vec((1usize..5, prop::bool::weighted(0.2)), 1..30),
        held in 1u32..40,
        query in prop::collection::vec(0usize..8, 1..5),
    ) {
        let writes: Vec<(String, Vec<(String, String)>)> =
            writes.iter().map(|(id, pairs)| (format!("{id:02}"), texts_of(pairs))).collect();
        let write = |writer: &mut Writer, (id, pairs): &(String, Vec<(String, String)>)| {
            if pairs.is_empty() {
                return writer.delete(id);
            }
            let metadata = Metadata {
                language: "en".to_owned(),
                published: format!("20{id}"),
                labels: BTreeMap::from([("pairs".to_owned(), pairs.len().to_string())]),
                ..Metadata::default()
            };
            let exchanges = pairs.iter().map(|(question, answer)| {
                let middle = answer.len() / 2;
                let windows = vec![TextSpan::new(0, answer.len()), TextSpan::new(middle, answer.len())];
                ExchangeEntry { windows, speaker: "Bo", ..exchange(question, answer) }
            });
            let entry = DocumentEntry { document_id: id, metadata: &metadata, exchanges: exchanges.collect() };
            entry.write(writer);
        };
        let (committed, shown) = (Corpus::empty(), Corpus::empty());
        let mut writer = committed.index.writer().unwrap();
        // What is beyond goes to files at once, after a segment of what came first.
        writer.hold_at_most(held);
        for (place, one) in writes.iter().enumerate() {
            write(&mut writer, one);
            if place == writes.len() / 3 {
                writer.commit(1).unwrap();
            }
        }
        writer.commit(1).unwrap();

        let mut writer = shown.index.writer().unwrap();
        let mut rest = writes.as_slice();
        let mut generation = 1;
        for (size, commits) in groups.iter().cycle() {
            let (group, others) = rest.split_at((*size).min(rest.len()));
            rest = others;
            generation += 1;
            for one in group {
                write(&mut writer, one);
            }
            assert!(writer.prepare(generation).unwrap());
            writer.show();
            // Now and again in the background, while further writes come.
            if *commits {
                writer.begin_commit();
            } else if size % 2 == 0 {
                writer.finish_commit().unwrap();
            }
            if rest.is_empty() {
                break;
            }
        }
        let words: Vec<String> = query.iter().map(|word| text_of(&[*word])).collect();
        let plain = words.join(" ");
        let day = |date: &str| Some(DateRange::parse(date).unwrap());
        let filters = [
            Filter::default(),
            Filter { document_ids: vec!["01".into(), "04".into()], ..Filter::default() },
            Filter { speakers: vec!["bo".into()], published_from: day("2002"), ..Filter::default() },
            Filter { labels: BTreeMap::from([("pairs".to_owned(), vec!["2".to_owned()])]), ..Filter::default() },
        ];
        let queries =
            [plain.clone(), format!("\"{plain}\""), format!("{plain} +{}", words[0]), format!("{plain} -{}", words[0])];
        for step in ["shown", "committed"] {
            for (query, filter) in queries.iter().flat_map(|query| filters.iter().map(move |filter| (query, filter))) {
                let (one, other) = (committed.found(query, filter), shown.found(query, filter));
                prop_assert_eq!(one.total, other.total, "{} {}", step, query);
                prop_assert_eq!(&one.unmatched_terms, &other.unmatched_terms, "{} {}", step, query);
                let hits = |found: &SearchResults| -> Vec<(String, u32, u32, u32)> {
                    let hits = found.results.iter().map(|result| &result.hit);
                    hits.map(|hit| (hit.document_id.clone(), hit.exchange, hit.window, hit.score.0.to_bits())).collect()
                };
                prop_assert_eq!(hits(&one), hits(&other), "{} {}", step, query);
                let first = page(&shown.index.searcher(), query, filter, 2, None);
                prop_assert_eq!(hits(&first), &hits(&one)[..one.results.len().min(2)], "{} {}", step, query);
            }
            let (one, other) = (committed.index.searcher(), shown.index.searcher());
            prop_assert_eq!((one.exchanges(), one.passages()), (other.exchanges(), other.passages()));
            writer.commit(generation).unwrap();
        }
    }
}
