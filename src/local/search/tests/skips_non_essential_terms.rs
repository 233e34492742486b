//! Max-score gives the results of the full scan.

use std::sync::Arc;

use proptest::prelude::*;

use crate::engine::Cursor;
use crate::engine::Hit;
use crate::engine::PageRequest;
use crate::local::index::DocumentEntry;
use crate::local::index::ExchangeEntry;
use crate::local::index::Searcher;
use crate::local::search::Planned;
use crate::local::search::TermCache;
use crate::local::search::max_score::NonEssential;
use crate::local::search::run;
use crate::local::search::score_block::BLOCK_LEN;
use crate::local::search::term_scorer::TermScorer;
use crate::local::search::tests::Corpus;
use crate::local::search::tests::exchange;
use crate::local::search::tests::page;
use crate::local::search::tests::properties::plan;
use crate::local::search::tests::properties::text_of;
use crate::local::search::tests::properties::texts_of;
use crate::query::AnalyzedQuery;
use crate::query::Depth;
use crate::query::Filter;
use crate::query::Query;
use crate::query::Ranking;
use crate::span::TextSpan;
use crate::transcript::Metadata;

/// A snapshot, with its cache of words.
type Known = (Searcher, TermCache);

/// All results of a query, asked for in pages of `limit`; every page must have the same total.
fn in_pages((searcher, known): &Known, query: &str, filter: &Filter, limit: usize) -> (Vec<Hit>, u64) {
    let (parsed, ranking) = (Query::parse(query).unwrap(), Ranking::default());
    let (mut hits, mut total): (Vec<Hit>, _) = (Vec::new(), None);
    loop {
        let after = hits.last().map(Cursor::at);
        let request = PageRequest { after: after.as_ref(), ..PageRequest::new(filter, limit) };
        let planned = Planned::new(
            searcher,
            known,
            AnalyzedQuery::new(&parsed, searcher.languages(), &ranking),
            &ranking,
        )
        .unwrap();
        let found = run(searcher, planned, &request).unwrap();
        assert_eq!(*total.get_or_insert(found.total), found.total, "{query}");
        if found.results.is_empty() {
            return (hits, found.total);
        }
        hits.extend(found.results.into_iter().map(|result| result.hit));
    }
}

/// Asks for small pages with a filled cache; together they must be, bit by bit, the list in one
/// page without a cache.
fn assert_small_pages_are_whole(known: &Known, query: &str, filter: &Filter) {
    let whole = in_pages(&(known.0.clone(), TermCache::default()), query, filter, usize::MAX);
    for limit in [1, 2, 7] {
        assert_eq!(in_pages(known, query, filter, limit), whole, "{query}, {limit} a page");
    }
}

/// Over several blocks and segments, with exchanges of several windows of which some are in two
/// blocks.
#[test]
fn skipped_postings_do_not_change_results() {
    let text = |at: usize| {
        let every = |step: usize, word: &'static str| if at.is_multiple_of(step) { word } else { "other" };
        let rare = ["harbour harbour", "harbour", "", "harbour quay"][at * 7 / 3 % 4];
        let rare = if at % 5 == 3 { rare } else { "" };
        let (half, third, tenth) = (every(2, "even"), every(3, "third"), every(10, "tenth tenth"));
        format!("{rare} it was {half} and {third} then {tenth} {}", "filler ".repeat(at % 13))
    };
    let texts: Vec<String> = (0..BLOCK_LEN + 1500).map(text).collect();
    let (large, small) = texts.split_at(BLOCK_LEN + 900);
    let corpus = Corpus::empty();
    let mut writer = corpus.index.writer().unwrap();
    let metadata = Metadata { language: "en".to_owned(), ..Metadata::default() };
    for (generation, (id, texts)) in (1..).zip([("a", large), ("b", small)]) {
        // Each third exchange has three windows, each of a text.
        let exchanges = texts.chunks(5).flat_map(|texts| {
            let (long, rest) = texts.split_at(texts.len().min(3));
            std::iter::once(long.concat()).chain(rest.iter().cloned()).zip([
                long.to_vec(),
                Vec::new(),
                Vec::new(),
            ])
        });
        let exchanges: Vec<(String, Vec<String>)> = exchanges.collect();
        let exchanges = exchanges.iter().map(|(answer, windows)| {
            let mut end = 0;
            let windows = windows.iter().map(|window| {
                end += window.len();
                TextSpan::new(end - window.len(), end)
            });
            ExchangeEntry { windows: windows.collect(), ..exchange("Was it then?", answer) }
        });
        DocumentEntry { document_id: id, metadata: &metadata, exchanges: exchanges.collect() }
            .write(&mut writer);
        writer.commit(generation).unwrap();
    }
    let searcher = corpus.index.searcher();
    assert!(searcher.segments().len() > 1);
    for query in
        ["was it and then", "harbour and it was then", "what was the quay of the third harbour", "even tenth"]
    {
        let whole = page(&searcher, query, &Filter::default(), usize::MAX, None);
        for limit in [1, 10, 50] {
            let few = page(&searcher, query, &Filter::default(), limit, None);
            assert_eq!(few.total, whole.total, "{query}");
            assert_eq!(
                few.results,
                whole.results[..limit.min(whole.results.len())],
                "{query}, {limit} a page"
            );
        }
    }
}

/// The last scorers are skipped whose words are common: as many as weigh less than the page's last
/// result.
#[test]
fn common_words_below_the_last_result_are_skipped() {
    let texts: Vec<String> =
        (0..64).map(|at| format!("it was {}", if at == 7 { "harbour" } else { "there" })).collect();
    let pairs: Vec<(&str, &str)> = texts.iter().map(|text| ("", text.as_str())).collect();
    let corpus = Corpus::of(&[("a", "en", &pairs)]);
    let plan = plan(&corpus, &Query::parse("it was the harbour there").unwrap());
    let searcher = corpus.index.searcher();
    let mut scorers = Vec::new();
    for term in &plan.terms {
        scorers.extend(
            TermScorer::of_term(&searcher.segments()[0], 0, term, &plan.ranking, &mut Vec::new()).unwrap(),
        );
    }
    let common: Vec<f32> =
        scorers.iter().filter(|scorer| scorer.common.is_some()).map(|scorer| scorer.weight).collect();
    assert_eq!((scorers.len(), common.len()), (4, 3));
    let skipped = |least| NonEssential::of(&scorers, least).scorers;
    assert_eq!([f32::NEG_INFINITY, 0.0, common[2]].map(skipped), [0, 0, 0]);
    assert_eq!(skipped(common[2] * 1.01), 1);
    assert_eq!(skipped(common.iter().sum::<f32>() * 1.01), 3);
    assert_eq!(skipped(f32::INFINITY), 3);
}

/// Words are cached until the cache is cleared.
#[test]
fn words_are_cached() {
    let texts: Vec<String> = (0..640).map(|at| format!("it was common{}", at % 8)).collect();
    let pairs: Vec<(&str, &str)> = texts.iter().map(|text| ("Was it?", text.as_str())).collect();
    let corpus = Corpus::of(&[("a", "en", &pairs)]);
    let (searcher, known) = (corpus.index.searcher(), TermCache::default());
    let query = Query::parse("it was common1 COMMON1 Common2").unwrap();
    let words = AnalyzedQuery::new(&query, searcher.languages(), &Ranking::default());
    let get = || -> Vec<_> {
        words.words.iter().map(|word| known.get(&searcher, word, Depth::MatchingDocs).unwrap()).collect()
    };
    let (once, again) = (get(), get());
    assert!(once.iter().zip(&again).all(|(one, other)| Arc::ptr_eq(one, other)));
    known.clear();
    assert!(once.iter().zip(get()).all(|(one, other)| !Arc::ptr_eq(one, &other)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// In small indexes of many segments, with deletions, filters, phrases and signs.
    #[test]
    fn small_pages_are_parts_of_the_whole_list(
        texts in prop::collection::vec((prop::collection::vec(0usize..10, 0..4), prop::collection::vec(0usize..10, 1..9)), 4..24),
        query in prop::collection::vec(0usize..10, 1..6),
        split in 1usize..6,
        deleted in 0usize..30,
    ) {
        let corpus = Corpus::empty();
        let texts = texts_of(&texts);
        let ids: Vec<String> = (0..texts.len()).map(|number| format!("{number:02}")).collect();
        let mut writer = corpus.index.writer().unwrap();
        for (number, (id, (question, answer))) in ids.iter().zip(&texts).enumerate() {
            let language = if number % 3 == 0 { "ru" } else { "en" };
            let metadata = Metadata { language: language.to_owned(), ..Metadata::default() };
            let middle = answer.find(' ').unwrap_or(answer.len());
            let windows = vec![TextSpan::new(0, middle), TextSpan::new(middle, answer.len())];
            let windows = if number % 2 == 0 { windows } else { Vec::new() };
            let exchanges = vec![ExchangeEntry { windows, ..exchange(question, answer) }];
            DocumentEntry { document_id: id, metadata: &metadata, exchanges }.write(&mut writer);
            if number % split == 0 {
                writer.commit(number as u64 + 1).unwrap();
            }
        }
        if let Some(id) = ids.get(deleted) {
            writer.delete(id);
        }
        writer.commit(100).unwrap();
        let known = (corpus.index.searcher(), TermCache::default());
        let words: Vec<String> = query.iter().map(|word| text_of(&[*word])).collect();
        let plain = words.join(" ");
        let few = Filter { document_ids: ids.iter().step_by(2).cloned().collect(), ..Filter::default() };
        for query in [plain.clone(), format!("\"{plain}\" growth"), format!("{plain} -{}", words[0]), format!("the {plain}")] {
            assert_small_pages_are_whole(&known, &query, &Filter::default());
            assert_small_pages_are_whole(&known, &query, &few);
        }
    }
}
