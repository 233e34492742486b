//! Near duplicates of one exchange, shown as one result.

use crate::engine::Collapsed;
use crate::engine::Cursor;
use crate::engine::Order;
use crate::engine::PageRequest;
use crate::local::search::search;
use crate::local::search::tests::Corpus;
use crate::local::search::tests::Document;
use crate::query::Filter;
use crate::query::Query;
use crate::query::Ranking;

/// Results as `document+copies`, each id its first letter, and the total.
fn collapsed(corpus: &Corpus, query: &str, filter: &Filter, limit: usize) -> (Vec<String>, u64) {
    let searcher = corpus.index.searcher();
    let query = Query::parse(query).unwrap();
    let (mut shown, mut after, mut total) = (Vec::new(), None, None);
    loop {
        let request =
            PageRequest { after: after.as_ref(), collapse: true, ..PageRequest::new(filter, limit) };
        let found = search(&searcher, &query, &request, &Ranking::default()).unwrap();
        assert_eq!(*total.get_or_insert(found.total), found.total, "the same on each page");
        let Some(Collapsed { hit, .. }) = found.results.last().cloned() else { break };
        shown.extend(found.results.iter().map(|Collapsed { hit, duplicates: copies, more }| {
            assert_eq!(*more, 0);
            let copies: Vec<&str> = copies.iter().map(|copy| copy.document_id.as_str()).collect();
            [&[hit.document_id.as_str()], copies.as_slice()].concat().join("+")
        }));
        after = Some(Cursor::at(&hit));
    }
    (shown, total.unwrap_or(0))
}

#[test]
fn copies_collapse_into_the_best() {
    let question = "What does the agreement on the northern provinces say?";
    let answer = "It says three things. The ceasefire in the northern provinces is prolonged by six months, with \
        observers from five states. Three hundred detainees come home, beginning with the sick and the oldest.";
    let edited = answer.replace("prolonged", "extended");
    let repeated = format!("{answer} The ceasefire!");
    let like = "It says that a ceasefire may be prolonged, that observers may come, and that detainees may go home \
        once the provinces in the north have settled who is to guard the roads and who is to open them again.";
    let documents: [Document<'_>; 6] = [
        ("a", "en", &[(question, &edited)]),
        ("b", "en", &[(question, answer)]),
        ("c", "en", &[("And what does the agreement on the northern provinces say?", &repeated)]),
        ("d", "en", &[(question, like)]),
        ("e", "en", &[("What did the envoy say of the harbour?", answer)]),
        ("f", "en", &[("Is there a ceasefire?", "There is.")]),
    ];
    let once = Corpus::of(&documents);
    let often = Corpus::empty();
    for (generation, one) in (1..).zip(documents.chunks(1).rev()) {
        often.put(one, generation);
    }
    let all = Filter::default();
    for corpus in [&once, &often] {
        for limit in [1, 2, 10] {
            let (shown, total) = collapsed(corpus, "ceasefire", &all, limit);
            assert_eq!((shown.join(" ").as_str(), total), ("f c+a+b e d", 4), "{limit} a page");
            // A copy counts where it matches itself.
            let (shown, total) = collapsed(corpus, "extended harbour", &all, limit);
            assert_eq!((shown.join(" ").as_str(), total), ("e a", 2));
            let some =
                Filter { document_ids: ["a", "b", "f"].map(str::to_owned).to_vec(), ..Filter::default() };
            let (shown, total) = collapsed(corpus, "ceasefire agreement", &some, limit);
            assert_eq!((shown.join(" ").as_str(), total), ("a+b f", 2));
        }
        assert_eq!(corpus.found("ceasefire", &all).total, 6, "not unless asked to");
    }
    for order in [Order::Newest, Order::Document] {
        let request = PageRequest { collapse: true, order, ..PageRequest::new(&all, 10) };
        let query = Query::parse("ceasefire").unwrap();
        let found = search(&once.index.searcher(), &query, &request, &Ranking::default()).unwrap();
        let best: Vec<&str> = found.results.iter().map(|result| result.hit.document_id.as_str()).collect();
        let expect = if order == Order::Document { ["c", "d", "e", "f"] } else { ["f", "c", "e", "d"] };
        assert_eq!(best, expect, "the best of a cluster, ordered as {order:?}");
    }
    once.put(&[("b", "en", &[("Is it over?", "The ceasefire is.")])], 2);
    let (shown, total) = collapsed(&once, "ceasefire", &all, 10);
    assert_eq!((shown.len(), total), (5, 5), "what was replaced is no copy any more: {shown:?}");
}
