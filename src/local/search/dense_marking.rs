//! How the passages of a block that have a score are told, and which queries are dense.

use crate::local::index::Field;
use crate::local::search::plan::Plan;
use crate::local::search::score_block;
use crate::local::search::score_block::ScoreBlock;

/// Postings for each passage of the index from which on a query is dense: some hundred common words.
const DENSE: u64 = 32;
/// The least weight in a dense query: scores tell what was found, and no sum may lose one.
const LEAST_WEIGHT: f32 = 1e-6;

/// How the passages of a block that have a score are told.
#[derive(Debug)]
pub(super) enum Marking {
    /// Each is marked as its posting is read.
    AsRead,
    /// A block's sums are looked through once they are made: less work where they are sums of many, as marks of passages
    /// side by side are bits of one word, and each waits for the one before it. For each place and field, what a
    /// frequency is weighed against.
    ByScore([ScoreBlock; 2]),
}

impl Marking {
    /// The one for a plan, in an index of so many passages.
    pub(super) fn of(plan: &Plan, passages: u64) -> Self {
        let of_terms = plan.terms.iter().flat_map(|term| {
            let alternatives = term.alternatives().iter();
            alternatives.map(|alternative| alternative.relation.worth(&plan.ranking) * term.weight)
        });
        let mut weights = of_terms.chain(plan.phrases.iter().map(|phrase| phrase.weight));
        let dense = plan.postings / DENSE > passages && weights.all(|weight| weight >= LEAST_WEIGHT);
        if dense { Self::by_score() } else { Self::AsRead }
    }

    /// By score, whatever the query.
    pub(super) fn by_score() -> Self {
        Self::ByScore([score_block::zeros(), score_block::zeros()])
    }

    /// For each place of a block, what a frequency of a field is weighed against; `None` where places are marked.
    pub(super) const fn weighed(&self, field: Field) -> Option<&ScoreBlock> {
        match (self, field) {
            (Self::AsRead, _) => None,
            (Self::ByScore([question, _]), Field::Question) => Some(question),
            (Self::ByScore([_, answer]), Field::Answer) => Some(answer),
        }
    }
}
