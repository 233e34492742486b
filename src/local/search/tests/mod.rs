//! Searches over small indexes: their results and the order of these.

mod near_duplicates;
mod properties;
mod skips_non_essential_terms;

use std::collections::BTreeMap;

use tempfile::TempDir;

use crate::engine::Collapsed;
use crate::engine::Cursor;
use crate::engine::PageRequest;
use crate::local::index::DocumentEntry;
use crate::local::index::ExchangeEntry;
use crate::local::index::Index;
use crate::local::index::Searcher;
use crate::local::index::Settings;
use crate::local::search::Highlighter;
use crate::local::search::SearchResults;
use crate::local::search::search;
use crate::query::DateRange;
use crate::query::Filter;
use crate::query::Query;
use crate::query::Ranking;
use crate::span::TextSpan;
use crate::transcript::Metadata;

/// A document of one exchange or several: id, language, and pairs of question and answer.
type Document<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

struct Corpus {
    index: Index,
    _folder: TempDir,
}

impl Corpus {
    fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        Self { index: Index::open(folder.path(), &Settings::default()).unwrap(), _folder: folder }
    }

    fn of(documents: &[Document<'_>]) -> Self {
        let corpus = Self::empty();
        corpus.put(documents, 1);
        corpus
    }

    fn put(&self, documents: &[Document<'_>], generation: u64) {
        let mut writer = self.index.writer().unwrap();
        for (id, language, pairs) in documents {
            let metadata = Metadata { language: (*language).to_owned(), ..Metadata::default() };
            let exchanges = pairs.iter().map(|(question, answer)| exchange(question, answer)).collect();
            DocumentEntry { document_id: id, metadata: &metadata, exchanges }.write(&mut writer);
        }
        writer.commit(generation).unwrap();
    }

    fn found(&self, query: &str, filter: &Filter) -> SearchResults {
        page(&self.index.searcher(), query, filter, 100, None)
    }

    /// What a query finds, best first, as `document/exchange`.
    fn ids(&self, query: &str) -> Vec<String> {
        let found = self.found(query, &Filter::default());
        assert_eq!(found.total, found.results.len() as u64, "{query}");
        found
            .results
            .iter()
            .map(|Collapsed { hit, .. }| format!("{}/{}", hit.document_id, hit.exchange))
            .collect()
    }
}

fn exchange<'a>(question: &'a str, answer: &'a str) -> ExchangeEntry<'a> {
    ExchangeEntry { question, answer, speaker: "", asker: "", windows: Vec::new() }
}

fn page(
    searcher: &Searcher,
    query: &str,
    filter: &Filter,
    limit: usize,
    after: Option<&Cursor>,
) -> SearchResults {
    let query = Query::parse(query).unwrap();
    let request = PageRequest { after, ..PageRequest::new(filter, limit) };
    search(searcher, &query, &request, &Ranking::default()).unwrap()
}

/// What a query finds in documents of one exchange, best first.
fn check(documents: &[Document<'_>], query: &str, expect: &[&str]) {
    let found: Vec<String> =
        Corpus::of(documents).ids(query).iter().map(|id| id.trim_end_matches("/0").to_owned()).collect();
    assert_eq!(found, expect, "{query}");
}

/// Documents in English with an answer and no question.
fn answers<'a>(texts: &'a [(&'a str, [(&'a str, &'a str); 1])]) -> Vec<Document<'a>> {
    texts.iter().map(|(id, pair)| (*id, "en", pair.as_slice())).collect()
}

#[test]
fn frequency_rarity_and_length_rank() {
    let texts = [
        ("long", [("", "the harbour was built with stone and sand and the work of many people for years")]),
        ("short", [("", "the harbour was built")]),
        ("twice", [("", "harbour by harbour it was built")]),
        ("none", [("", "nothing was built")]),
    ];
    check(&answers(&texts), "harbour", &["twice", "short", "long"]);
}

#[test]
fn a_question_counts_more_than_an_answer() {
    let documents: [Document<'_>; 3] = [
        ("answer", "en", &[("What about the rest?", "The bridge is old.")]),
        ("question", "en", &[("What about the bridge?", "The rest is old.")]),
        ("neither", "en", &[("What about the road?", "The road is old.")]),
    ];
    check(&documents, "bridge", &["question", "answer"]);
}

#[test]
fn equal_scores_are_in_order_of_id_and_place() {
    let pairs: &[(&str, &str)] = &[("Why?", "Same words."), ("Why?", "Same words.")];
    let corpus = Corpus::of(&[("b", "en", pairs), ("c", "en", pairs), ("a", "en", pairs)]);
    assert_eq!(corpus.ids("same"), ["a/0", "a/1", "b/0", "b/1", "c/0", "c/1"]);
}

#[test]
fn spellings_derivations_and_nations() {
    let texts = [
        ("economy", [("", "Their privatisation programme came late.")]),
        ("region", [("", "Syrian groups met in the capital.")]),
        ("truce", [("", "A cease-fire held for a week.")]),
        ("blast", [("", "The explosion was heard far away.")]),
        ("drugs", [("", "Drug trafficking goes on.")]),
        ("union", [("", "Farmers in the United States disagreed.")]),
    ];
    let documents = answers(&texts);
    for (query, expect) in [
        ("privatization", "economy"),
        ("Syria", "region"),
        ("ceasefire", "truce"),
        ("explode", "blast"),
        ("drug traffic", "drugs"),
        ("American", "union"),
    ] {
        check(&documents, query, &[expect]);
    }
    check(&answers(&[("a", [("", "American farmers")])]), "United States", &["a"]);
}

#[test]
fn a_word_itself_counts_more_than_its_relatives() {
    let texts = [
        ("relative", [("", "Syrian voices were heard.")]),
        ("itself", [("", "Syria voices were heard.")]),
        ("neither", [("", "Other voices were heard.")]),
    ];
    check(&answers(&texts), "Syria", &["itself", "relative"]);
}

#[test]
fn phrases_and_signs() {
    let texts = [
        ("apart", [("", "Privatization that was not rapid.")]),
        ("exact", [("", "It was a rapid privatization of industry.")]),
        ("other", [("", "A rapid river.")]),
    ];
    let documents = answers(&texts);
    check(&documents, "\"rapid privatization\"", &["exact"]);
    check(&documents, "\"rapid privatization\" river", &["exact", "other"]);
    check(&documents, "+rapid -river", &["apart", "exact"]);
    check(&documents, "+rapid +river", &["other"]);
    check(&documents, "rapid -\"rapid privatization\"", &["other", "apart"]);
    check(&documents, "+\"rapid privatization\" river", &["exact"]);
    check(&documents, "-rapid", &[]);
    check(&documents, "!!!", &[]);
}

#[test]
fn signs_look_at_the_whole_exchange() {
    let documents: [Document<'_>; 2] = [
        ("both", "en", &[("Is the harbour safe?", "The bridge is.")]),
        ("one", "en", &[("Is the road safe?", "The bridge is.")]),
    ];
    check(&documents, "bridge +harbour", &["both"]);
    check(&documents, "bridge -harbour", &["one"]);
}

#[test]
fn words_that_are_nowhere() {
    let corpus = Corpus::of(&[("a", "en", &[("", "The harbour.")])]);
    let found = corpus.found("harbours Zanzibar \"quux zap\" -nowhere", &Filter::default());
    assert_eq!(found.unmatched_terms, ["Zanzibar", "quux", "zap"]);
    assert_eq!(found.total, 1);
    let found = Corpus::empty().found("harbours \"quux zap\"", &Filter::default());
    assert_eq!(
        (found.total, found.unmatched_terms),
        (0, ["harbours", "quux", "zap"].map(str::to_owned).to_vec())
    );
}

#[test]
fn every_language_by_its_own_analysis() {
    let documents: [Document<'_>; 6] = [
        ("de", "de", &[("Was sagen Sie zu den Häfen?", "Die Müllerin verhandelte über Verträge.")]),
        ("en", "en", &[("", "They visited the cafe in Nazarbayev street.")]),
        ("es", "es", &[("", "Las negociaciones sobre la economía fueron difíciles.")]),
        ("ko", "ko", &[("", "대통령은 경제 협력을 강조했다.")]),
        ("ru", "ru", &[("", "Главные угрозы – терроризм и наркотики. Счёт закрыт.")]),
        ("zh", "zh", &[("", "总统谈到经济合作和安全威胁。")]),
    ];
    for (query, expect) in [
        ("угроза", "ru"),
        ("счет", "ru"),
        ("negociación", "es"),
        ("economia", "es"),
        ("Vertrag", "de"),
        ("Muellerin", "de"),
        ("경제", "ko"),
        ("经济合作", "zh"),
        ("café", "en"),
        ("Nazarbaev", "en"),
    ] {
        check(&documents, query, &[expect]);
    }
}

#[test]
fn one_hit_per_exchange_and_its_best_window() {
    let answer = "Nothing here. The harbour is mentioned. The harbour harbour harbour.";
    let cut =
        |from: &str, to: &str| TextSpan::new(answer.find(from).unwrap(), answer.find(to).unwrap() + to.len());
    let corpus = Corpus::empty();
    let mut writer = corpus.index.writer().unwrap();
    let windows =
        vec![cut("Nothing", "here."), cut("The harbour is", "mentioned."), cut("The harbour h", "harbour.")];
    let windows = [windows, vec![TextSpan::new(answer.len() - 25, answer.len())]].concat();
    let long = ExchangeEntry { windows, ..exchange("What about ships?", answer) };
    let metadata = Metadata::default();
    let exchanges = vec![exchange("Why?", "No."), long, exchange("Where?", "At the harbour.")];
    DocumentEntry { document_id: "a", metadata: &metadata, exchanges }.write(&mut writer);
    writer.commit(1).unwrap();
    let found = corpus.found("harbour ships", &Filter::default());
    let hits: Vec<(u32, u32)> =
        found.results.iter().map(|Collapsed { hit, .. }| (hit.exchange, hit.window)).collect();
    assert_eq!((hits, found.total), (vec![(1, 3), (2, 0)], 2));
    // Only the question matches: the hit is the first window.
    let found = corpus.found("ships", &Filter::default());
    assert_eq!((found.results[0].hit.exchange, found.results[0].hit.window, found.total), (1, 0, 1));
}

#[test]
fn filters_narrow() {
    let corpus = Corpus::empty();
    let mut writer = corpus.index.writer().unwrap();
    for (id, speaker, published, language, topic) in [
        ("a", "Anna Íñigo", "2017-04-14", "en-GB", "sea"),
        ("b", "Bo", "2017", "en", "land"),
        ("c", "anna inigo", "", "", "sea"),
    ] {
        let metadata = Metadata {
            published: published.to_owned(),
            language: language.to_owned(),
            labels: BTreeMap::from([("topic".to_owned(), topic.to_owned())]),
            ..Metadata::default()
        };
        let exchanges = vec![ExchangeEntry { speaker, ..exchange("", "The harbour.") }];
        DocumentEntry { document_id: id, metadata: &metadata, exchanges }.write(&mut writer);
    }
    writer.commit(1).unwrap();
    let check = |filter: Filter, expect: &str| {
        let found = corpus.found("harbour", &filter);
        let ids: Vec<&str> =
            found.results.iter().map(|Collapsed { hit, .. }| hit.document_id.as_str()).collect();
        assert_eq!((ids.concat(), found.total), (expect.to_owned(), expect.len() as u64), "{filter:?}");
    };
    let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let date = |text: &str| Some(DateRange::parse(text).unwrap());
    check(Filter::default(), "abc");
    check(Filter { document_ids: strings(&["a", "c", "x"]), ..Filter::default() }, "ac");
    check(Filter { speakers: strings(&["ANNA  INIGO"]), ..Filter::default() }, "ac");
    check(Filter { languages: strings(&["en"]), ..Filter::default() }, "abc");
    check(Filter { languages: strings(&["EN-gb", "ru"]), ..Filter::default() }, "a");
    let labels = [("topic".to_owned(), strings(&["lake", "sea"]))].into();
    check(Filter { labels, ..Filter::default() }, "ac");
    check(Filter { published_from: date("2017-04"), ..Filter::default() }, "ab");
    check(Filter { published_to: date("2017-04-13"), ..Filter::default() }, "b");
    check(Filter { published_from: date("2018"), ..Filter::default() }, "");
    let both = Filter { speakers: strings(&["bo"]), document_ids: strings(&["a"]), ..Filter::default() };
    check(both, "");
}

#[test]
fn pages_follow_each_other() {
    let pairs: Vec<(&str, &str)> =
        ["harbour", "a harbour", "of a harbour"].map(|answer| ("", answer)).to_vec();
    let ids: Vec<String> = (0..12).map(|number| format!("{number:02}")).collect();
    let documents: Vec<Document<'_>> = ids.iter().map(|id| (id.as_str(), "en", pairs.as_slice())).collect();
    let corpus = Corpus::empty();
    for (generation, few) in (1..).zip(documents.chunks(5)) {
        corpus.put(few, generation);
    }
    let searcher = corpus.index.searcher();
    let whole = page(&searcher, "harbour", &Filter::default(), 100, None).results;
    assert_eq!(whole.len(), 36);
    let mut pieces = Vec::new();
    let mut after = None;
    loop {
        let found = page(&searcher, "harbour", &Filter::default(), 5, after.as_ref());
        assert_eq!(found.total, 36);
        let Some(Collapsed { hit: last, .. }) = found.results.last() else { break };
        after = Some(Cursor::at(last));
        pieces.extend(found.results);
    }
    assert_eq!(pieces, whole);
    assert_eq!(page(&searcher, "harbour", &Filter::default(), 0, None).total, 36);
}

#[test]
fn hostile_queries_answer() {
    let text = "one two three four five six seven eight nine ten";
    let corpus = Corpus::of(&[("a", "en", &[("What?", text)]), ("b", "ru", &[("Что?", "раз два три")])]);
    let words = (0..800).map(|number| format!("w{number}")).collect::<Vec<_>>().join(" ");
    let queries = [
        "(\"".repeat(2048),
        "\"".repeat(4096),
        "+a ".repeat(1365),
        "\"a b\" ".repeat(682),
        "-\"one two\" ".repeat(16),
        words.clone(),
        "\u{202E}\u{200F}one".to_owned(),
        "\u{0}one\u{1}\u{7f}".to_owned(),
        "„".repeat(1365),
    ];
    for query in queries {
        let found = corpus.found(&query, &Filter::default());
        assert!(found.total <= 2, "{query}");
    }
    assert_eq!(corpus.found(&format!("{words} one"), &Filter::default()).total, 1);
}

#[test]
fn signed_phrases_are_exact() {
    let texts = [
        ("all", [("", "one two three four five six seven eight nine ten")]),
        ("most", [("", "one two three four five six seven eight ten nine")]),
        ("none", [("", "ten nine eight seven six five four three two one")]),
    ];
    let documents = answers(&texts);
    let words: Vec<&str> = texts[0].1[0].1.split(' ').collect();
    let phrases = |sign: &str| {
        let phrases = words.windows(2).chain(words.windows(4)).take(16);
        phrases.map(|words| format!(" {sign}\"{}\"", words.join(" "))).collect::<Vec<_>>().concat()
    };
    check(&documents, &format!("one {}", phrases("+")), &["all"]);
    check(&documents, &format!("one {}", phrases("-")), &["none"]);
    check(&documents, &format!("+\"one two\"{} -\"nine ten\"", " -\"two one\"".repeat(14)), &["most"]);
    check(&documents, "+\"one two\" +one -\"nine ten\" -\"ten one\"", &["most"]);
}

/// What is highlighted of a text of the corpus, in brackets.
fn highlighted(query: &str, language: &str, text: &str, expect: &str) {
    let documents: [Document<'_>; 4] = [
        ("a", "en", &[]),
        ("b", "ru", &[("", "да")]),
        ("c", "en", &[("", "yes")]),
        ("d", language, &[("", text)]),
    ];
    let corpus = Corpus::of(&documents);
    let query = Query::parse(query).unwrap();
    let spans = Highlighter::new(&corpus.index.searcher(), &query, &Ranking::default())
        .unwrap()
        .spans(language, text);
    let mut shown = String::new();
    let mut last = 0;
    for span in spans {
        shown.extend([text.get(last..span.start()).unwrap(), "[", span.of(text), "]"]);
        last = span.end();
    }
    shown.push_str(text.get(last..).unwrap());
    assert_eq!(shown, expect);
}

#[test]
fn highlights() {
    highlighted("threat", "en", "Threats, threatened; no thread.", "[Threats], [threatened]; no thread.");
    highlighted("Syria talks", "en", "The Syrian side talked.", "The [Syrian] side [talked].");
    highlighted("what is the threat", "en", "What is the threat?", "What is the [threat]?");
    highlighted("what is the", "en", "What is it", "[What] [is] it");
    highlighted("\"rapid growth\"", "en", "Rapid growth, growth.", "[Rapid growth], growth.");
    highlighted("ceasefire", "en", "A cease-fire.", "A [cease-fire].");
    highlighted("+one -two", "en", "one two", "[one] two");
    highlighted("угроза", "ru", "Все угрозы ясны.", "Все [угрозы] ясны.");
    highlighted("!", "en", "What!", "What!");
}
