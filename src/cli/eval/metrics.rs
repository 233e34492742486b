//! nDCG@10, MRR@10 and Recall@100 as `trec_eval` computes them, to the last bit.
//!
//! What `trec_eval` does, and this does alike: a run is ordered by score, rounded to single
//! precision, and ties by document id, the greater first, whatever the order it was written in;
//! gains are the judgements themselves and discounted by `log2(rank + 1)`; a judgement of 1 or more
//! is relevant; documents without a judgement are not. A judged query without relevant documents
//! scores 0 and counts in the mean.

use std::collections::BTreeMap;

/// How many ranks nDCG looks at.
pub(super) const NDCG_DEPTH: usize = 10;
/// How many ranks the reciprocal rank looks at.
pub(super) const MRR_DEPTH: usize = 10;
/// How many ranks recall looks at.
pub(super) const RECALL_DEPTH: usize = 100;

/// Judgements of one query: document id → gain; 0 and below are judged not relevant.
pub(super) type Judgements = BTreeMap<String, i64>;

/// A document that a run has for a query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Retrieved {
    /// The document.
    pub document_id: String,
    /// Its score; the greater, the better.
    pub score: f32,
}

/// The measures of one query, or their means over queries, each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Measures {
    /// `trec_eval`'s `ndcg_cut_10`.
    pub ndcg: f64,
    /// `trec_eval`'s `recip_rank` of the first ten.
    pub mrr: f64,
    /// `trec_eval`'s `recall_100`.
    pub recall: f64,
}

/// Measures what a run has for one query.
#[must_use]
pub(super) fn measure(judgements: &Judgements, run: &[Retrieved]) -> Measures {
    let mut ranked: Vec<&Retrieved> = run.iter().collect();
    ranked.sort_by(|one, other| {
        let by_score = other.score.total_cmp(&one.score);
        by_score.then_with(|| other.document_id.cmp(&one.document_id))
    });
    let gains: Vec<i64> =
        ranked.iter().map(|document| judgements.get(&document.document_id).copied().unwrap_or(0)).collect();
    let mut ideal: Vec<i64> = judgements.values().copied().filter(|gain| *gain > 0).collect();
    ideal.sort_unstable_by(|one, other| other.cmp(one));
    let relevant = gains.iter().take(RECALL_DEPTH).filter(|gain| **gain > 0).count();
    let first = gains.iter().take(MRR_DEPTH).position(|gain| *gain > 0);
    Measures {
        ndcg: ratio(discounted(&gains), discounted(&ideal)),
        mrr: first.map_or(0.0, |place| 1.0 / exact(place + 1)),
        recall: ratio(exact(relevant), exact(ideal.len())),
    }
}

/// The means over queries; 0 without any.
#[must_use]
pub(super) fn mean(queries: &[Measures]) -> Measures {
    let count = exact(queries.len());
    let mean_of = |measure: fn(&Measures) -> f64| ratio(queries.iter().map(measure).sum(), count);
    Measures { ndcg: mean_of(|q| q.ndcg), mrr: mean_of(|q| q.mrr), recall: mean_of(|q| q.recall) }
}

fn discounted(gains: &[i64]) -> f64 {
    let ranked = gains.iter().take(NDCG_DEPTH).enumerate().filter(|(_, gain)| **gain > 0);
    ranked.map(|(place, gain)| *gain as f64 / exact(place + 2).log2()).sum()
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// A count as a double: exact, since counts here stay far below 2^53.
fn exact(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::Judgements;
    use super::Measures;
    use super::Retrieved;
    use super::mean;
    use super::measure;

    fn judgements(gains: &[(&str, i64)]) -> Judgements {
        gains.iter().map(|(id, gain)| ((*id).to_owned(), *gain)).collect()
    }

    fn run(documents: &[(&str, f32)]) -> Vec<Retrieved> {
        documents
            .iter()
            .map(|(id, score)| Retrieved { document_id: (*id).to_owned(), score: *score })
            .collect()
    }

    fn check(gains: &[(&str, i64)], documents: &[(&str, f32)], expect: (f64, f64, f64)) {
        let measures = measure(&judgements(gains), &run(documents));
        let (ndcg, mrr, recall) = expect;
        assert_eq!(measures, Measures { ndcg, mrr, recall });
    }

    // The expected figures are what `pytrec_eval` gives for the same judgements and runs.
    #[test]
    fn as_trec_eval_has_it() {
        check(&[("a", 1)], &[("a", 1.0)], (1.0, 1.0, 1.0));
        check(&[("a", 1)], &[("b", 2.0), ("a", 1.0)], (0.630_929_753_571_457_5, 0.5, 1.0));
        check(
            &[("a", 3), ("b", 1), ("c", 0), ("d", 2)],
            &[("c", 4.0), ("b", 3.0), ("a", 2.0), ("x", 1.0)],
            (0.447_499_501_061_509, 0.5, 2.0 / 3.0),
        );
    }

    #[test]
    fn ties_are_broken_by_the_greater_id() {
        check(&[("a", 1)], &[("a", 1.0), ("b", 1.0)], (0.630_929_753_571_457_5, 0.5, 1.0));
        check(&[("b", 1)], &[("a", 1.0), ("b", 1.0)], (1.0, 1.0, 1.0));
    }

    #[test]
    fn depths() {
        let ids: Vec<String> = (0..200).map(|number| format!("{number:03}")).collect();
        let scored: Vec<(&str, f32)> =
            ids.iter().zip(0u16..).map(|(id, rank)| (id.as_str(), 1000.0 - f32::from(rank))).collect();
        check(&[("010", 1)], &scored, (0.0, 0.0, 1.0));
        check(&[("100", 1), ("099", 1)], &scored, (0.0, 0.0, 0.5));
    }

    #[test]
    fn nothing_relevant_or_nothing_found() {
        check(&[("a", 0)], &[("a", 1.0)], (0.0, 0.0, 0.0));
        check(&[("a", 1)], &[], (0.0, 0.0, 0.0));
        assert_eq!(mean(&[]), Measures::default());
    }
}
