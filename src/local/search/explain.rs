//! Takes the scores of results apart.

use crate::analysis::WRITTEN_MARK;
use crate::engine::Explanation;
use crate::engine::Hit;
use crate::engine::TermScore;
use crate::local::index::ByField;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Searcher;
use crate::local::index::Segment;
use crate::local::search::group::Match;
use crate::local::search::norms::Norms;
use crate::local::search::plan::Plan;
use crate::local::search::plan::PlannedTerm;
use crate::local::search::term_scorer::TermScorer;
use crate::query::AnalyzedQuery;
use crate::query::Saturation;

/// Explains hits of one search.
pub(super) struct Explainer<'a> {
    searcher: &'a Searcher,
    query: &'a AnalyzedQuery,
    plan: &'a Plan,
    norms: Box<ByField<Norms>>,
}

/// A hit's exchange in its segment.
struct ExplainedHit<'a> {
    segment: &'a Segment,
    ordinal: usize,
    /// The passage that begins the exchange, and its best window.
    start: u32,
    best: u32,
    factor: f32,
}

impl ExplainedHit<'_> {
    /// The passage of a field.
    const fn passage(&self, field: Field) -> u32 {
        match field {
            Field::Answer => self.best,
            Field::Question | Field::Speaker | Field::Asker | Field::Title | Field::Publisher => self.start,
        }
    }
}

impl<'a> Explainer<'a> {
    pub(super) fn new(searcher: &'a Searcher, query: &'a AnalyzedQuery, plan: &'a Plan) -> Self {
        let norms = Box::new(ByField::from_fn(|field| Norms::new(plan, field)));
        Self { searcher, query, plan, norms }
    }

    /// What the score of a hit is made of: by the same formulas, for this exchange alone.
    pub(super) fn explain(&self, hit: &Hit) -> Result<Explanation, IndexError> {
        let mut segments = self.searcher.segments().iter().enumerate();
        let segment = segments.find(|(_, segment)| segment.id().as_u128() == hit.key.part);
        let Some((ordinal, segment)) = segment else {
            return Ok(Explanation { terms: Vec::new(), factor: 1.0 });
        };
        let best = hit.key.ordinal;
        let start = segment.starts().at_or_below(best).unwrap_or(best);
        let factor = Match::factor(segment, start, self.plan.unpaired_factor);
        let place = ExplainedHit { segment, ordinal, start, best, factor };
        let mut terms = Vec::new();
        let mut planned: Vec<&PlannedTerm> = self.plan.terms.iter().collect();
        planned.sort_by_key(|term| (term.index, term.field));
        for term in planned {
            terms.extend(self.of_term(&place, term)?);
        }
        for phrase in &self.plan.phrases {
            let mut scorer = TermScorer::of_phrase(phrase, ordinal);
            let Some(clause) = self.query.clauses.get(phrase.index) else { continue };
            let numbers = (phrase.weight, phrase.idf, phrase.live);
            let found = self.of_scorer(&place, &mut scorer, numbers);
            let forms = clause
                .variants
                .first()
                .into_iter()
                .flatten()
                .map(|(_, term)| term.trim_start_matches(WRITTEN_MARK).to_owned());
            terms.extend(found.map(|score| TermScore {
                typed: clause.typed.clone(),
                forms: forms.collect(),
                ..score
            }));
        }
        Ok(Explanation { terms, factor })
    }

    fn of_term(&self, place: &ExplainedHit<'_>, term: &PlannedTerm) -> Result<Option<TermScore>, IndexError> {
        let ExplainedHit { segment, ordinal, .. } = *place;
        let scorer = TermScorer::of_term(segment, ordinal, term, &self.plan.ranking, &mut Vec::new())?;
        let Some(mut scorer) = scorer else { return Ok(None) };
        let found = self.of_scorer(place, &mut scorer, (term.weight, term.idf, term.live));
        let Some(score) = found else { return Ok(None) };
        let mut forms = Vec::new();
        for alternative in term.alternatives() {
            if let Some(Some(found)) = alternative.entry.segments.get(ordinal)
                && segment.postings(found)?.frequency_at(place.passage(term.field)) > 0
            {
                forms.push(alternative.term.to_string());
            }
        }
        let typed = self.query.words.get(term.index).map(|word| word.surface.clone());
        Ok(Some(TermScore { typed: typed.unwrap_or_default(), forms, ..score }))
    }

    /// What a scorer of this weight, idf and number of passages adds; `None` where it adds nothing.
    fn of_scorer(
        &self,
        place: &ExplainedHit<'_>,
        scorer: &mut TermScorer<'_>,
        (weight, idf, live): (f32, f32, u64),
    ) -> Option<TermScore> {
        let field = scorer.field;
        let passage = place.passage(field);
        let frequency = scorer.frequency_at(passage);
        if frequency <= 0.0 {
            return None;
        }
        let [class] = *place.segment.length_classes(field.scored_with(), passage)?;
        let saturated = self.norms.of(field).saturate(frequency, class);
        let is_text = Field::TEXTS.contains(&field);
        let [in_questions, in_answers] = self.plan.averages;
        let Saturation { k1, b } =
            if is_text { self.plan.saturation } else { Saturation { k1: 0.0, b: 0.0 } };
        // The factor is for the answer alone.
        let weight = if is_text { weight } else { weight / place.factor };
        Some(TermScore {
            typed: String::new(),
            forms: Vec::new(),
            field,
            weight: if idf > 0.0 { weight / idf } else { 0.0 },
            idf,
            passages: self.searcher.statistics(field).passages,
            matching_passages: live,
            frequency: if is_text { frequency } else { 1.0 },
            length: if is_text { Segment::length_of(class) } else { 0 },
            average_length: match field {
                Field::Question => in_questions,
                Field::Answer => in_answers,
                Field::Speaker | Field::Asker | Field::Title | Field::Publisher => 0.0,
            },
            k1,
            b,
            score: weight * saturated,
        })
    }
}
