//! What holds of every search: the layout of the index, and what of it is in memory, does not show.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::engine::Hit;
use crate::engine::PageRequest;
use crate::local::index::DocumentEntry;
use crate::local::index::ExchangeEntry;
use crate::local::index::Writer;
use crate::local::search::Found;
use crate::local::search::Highlighter;
use crate::local::search::TermCache;
use crate::local::search::block_scorer::BlockScorer;
use crate::local::search::conditions::Conditions;
use crate::local::search::dense_marking::Marking;
use crate::local::search::plan::Plan;
use crate::local::search::score_block::BLOCK_LEN;
use crate::local::search::search;
use crate::local::search::tests::Corpus;
use crate::local::search::tests::Document;
use crate::local::search::tests::exchange;
use crate::local::search::tests::page;
use crate::local::search::top_k::TopK;
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
    plan.add_literals(&searcher, &words, &ranking).unwrap();
    plan
}

/// The score of each exchange that a plan finds, and how many it counts.
type Scores = (BTreeMap<(String, u32), f32>, u64);

fn scores(corpus: &Corpus, plan: &Plan, marking: impl Fn() -> Marking) -> Scores {
    let searcher = corpus.index.searcher();
    let mut union = BlockScorer::with(plan, marking());
    let (mut scores, mut total) = (BTreeMap::new(), 0);
    for (ordinal, segment) in searcher.segments().iter().enumerate() {
        let conditions = Conditions::new(segment, plan, &Filter::default()).unwrap();
        let mut top = TopK::new(segment, usize::MAX, None, f32::NEG_INFINITY);
        total += union.scan(segment, ordinal, &conditions, &mut top).unwrap();
        let hits = top.into_hits();
        scores.extend(hits.map(|hit| ((hit.document_id, hit.exchange), hit.score.0)));
    }
    (scores, total)
}

fn assert_alike((one, of_one): &Scores, (other, of_other): &Scores) {
    assert_eq!(of_one, of_other);
    assert!(one.keys().eq(other.keys()));
    for ((exchange, one), other) in one.iter().zip(other.values()) {
        assert!((one - other).abs() <= one.abs() * 1e-5, "{exchange:?}: {one} {other}");
    }
}

/// The same over several blocks and segments, with lists of more than one of tantivy's blocks.
#[test]
fn large_crowds_do_not_show() {
    let number = |word: usize| format!("w{word}");
    let common: Vec<String> = (0..40).map(number).collect();
    let text = |at: usize| {
        // Some words in all answers, some in every second, every third and so on.
        let words = (1..80).filter(|word| *word < 40 || at.is_multiple_of(*word - 38)).map(number);
        format!("harbour {} harbours", words.collect::<Vec<_>>().join(" "))
    };
    let texts: Vec<String> = (0..BLOCK_LEN + 700).map(text).collect();
    let pairs: Vec<(&str, &str)> = texts.iter().map(|text| ("Which harbour?", text.as_str())).collect();
    let corpus = Corpus::empty();
    let (large, small) = pairs.split_at(BLOCK_LEN + 300);
    corpus.put(&[("a", "en", large)], 1);
    corpus.put(&[("b", "ru", small), ("c", "fr", small)], 2);
    assert!(corpus.index.searcher().segments().len() > 1);
    let query = format!("{} w44 w60 w79 harbours", common.join(" "));
    let plan = plan(&corpus, &Query::parse(&query).unwrap());
    assert!(matches!(Marking::of(&plan, corpus.index.searcher().passages()), Marking::ByScore(_)));
    let marked = scores(&corpus, &plan, || Marking::AsRead);
    assert_eq!(marked.1, (pairs.len() + small.len()) as u64);
    assert_alike(&marked, &scores(&corpus, &plan, Marking::by_score));
    let few = self::plan(&corpus, &Query::parse("w1 w2 w44").unwrap());
    assert!(matches!(Marking::of(&few, corpus.index.searcher().passages()), Marking::AsRead));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However the index came to be, in one commit or many, with deletions or without, it answers alike.
    #[test]
    fn the_layout_of_the_index_does_not_show(
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
        let hits = |found: &Found| -> Vec<_> {
            let hit = |hit: &Hit| (hit.document_id.clone(), hit.exchange, hit.window, hit.score);
            found.results.iter().map(|result| hit(&result.hit)).collect()
        };
        prop_assert_eq!(hits(&one), hits(&other));
        prop_assert_eq!((one.total, one.unmatched_terms), (other.total, other.unmatched_terms));
    }

    /// A dense query, whose sums are looked through, finds what it would by marks, and scores it alike.
    #[test]
    fn crowds_do_not_show(
        texts in prop::collection::vec((prop::collection::vec(0usize..10, 0..4), prop::collection::vec(0usize..10, 1..9)), 1..12),
        query in prop::collection::vec(0usize..10, 1..9),
        phrase in prop::bool::ANY,
    ) {
        let texts = texts_of(&texts);
        let pairs: Vec<(&str, &str)> =
            texts.iter().map(|(question, answer)| (question.as_str(), answer.as_str())).collect();
        let corpus = Corpus::of(&[("a", "en", &pairs), ("b", "ru", &pairs), ("c", "fr", &pairs)]);
        let query = text_of(&query);
        let query = Query::parse(&if phrase { format!("\"{query}\" café") } else { query }).unwrap();
        let plan = plan(&corpus, &query);
        let (marked, looked_through) =
            (scores(&corpus, &plan, || Marking::AsRead), scores(&corpus, &plan, Marking::by_score));
        assert_alike(&marked, &looked_through);
    }

    #[test]
    fn any_query_answers_and_highlights_on_character_boundaries(query in "\\PC{1,60}", text in "\\PC{0,120}") {
        let corpus = Corpus::of(&[("a", "en", &[("What?", text.as_str())])]);
        let searcher = corpus.index.searcher();
        if let Ok(query) = Query::parse(&query) {
            let filter = Filter::default();
            let request = PageRequest { filter: &filter, limit: 10, after: None, collapse: false };
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

    /// What is shown from memory is found as if it were committed: words, phrases, signs, filters, windows, pages;
    /// with documents replaced and deleted between; and when it is joined, and when it is committed after all.
    #[test]
    fn memory_does_not_show(
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
        // What is beyond goes to files at once, behind one of its own for what comes first.
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
            let (group, behind) = rest.split_at((*size).min(rest.len()));
            rest = behind;
            generation += 1;
            for one in group {
                write(&mut writer, one);
            }
            assert!(writer.prepare(generation).unwrap());
            writer.show();
            // Now and again behind the writes, of which some come before it is done.
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
            Filter { labels: BTreeMap::from([("pairs".to_owned(), "2".to_owned())]), ..Filter::default() },
        ];
        let queries =
            [plain.clone(), format!("\"{plain}\""), format!("{plain} +{}", words[0]), format!("{plain} -{}", words[0])];
        for step in ["shown", "committed"] {
            for (query, filter) in queries.iter().flat_map(|query| filters.iter().map(move |filter| (query, filter))) {
                let (one, other) = (committed.found(query, filter), shown.found(query, filter));
                prop_assert_eq!(one.total, other.total, "{} {}", step, query);
                prop_assert_eq!(&one.unmatched_terms, &other.unmatched_terms, "{} {}", step, query);
                let hits = |found: &Found| -> Vec<(String, u32, u32, u32)> {
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
