//! A query resolved against a snapshot: terms found, weights computed.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Searcher;
use crate::local::index::Statistics;
use crate::local::search::TermCache;
use crate::local::search::phrase_postings::PhrasePosting;
use crate::local::search::phrase_postings::phrase_postings;
use crate::local::search::term_cache::Alternative;
use crate::local::search::term_cache::CachedTerm;
use crate::local::search::term_cache::InField;
use crate::query::AnalyzedClause;
use crate::query::AnalyzedQuery;
use crate::query::Occur;
use crate::query::QueryTerm;
use crate::query::Ranking;
use crate::query::Relation;
use crate::query::Role;
use crate::query::Saturation;

/// What to read and what it weighs.
#[derive(Debug)]
pub(super) struct Plan {
    /// Scored words.
    pub terms: Vec<PlannedTerm>,
    /// Phrases that may occur, each in each of [`Field::ALL`].
    pub phrases: Vec<PlannedPhrase>,
    /// Clauses that must occur.
    pub required: Vec<AnalyzedClause>,
    /// Clauses that must not.
    pub excluded: Vec<AnalyzedClause>,
    /// Postings of the terms of all words.
    pub postings: u64,
    /// Words that no live passage has, as typed.
    missing: Vec<String>,
    /// For each of the query's words, what of it there is.
    words: Vec<Arc<CachedTerm>>,
    /// The parameters it was made by.
    pub ranking: Ranking,
    /// How frequencies saturate.
    pub saturation: Saturation,
    /// Average lengths of [`Field::ALL`].
    pub averages: [f32; 2],
}

/// A word in one field.
#[derive(Debug)]
pub(super) struct PlannedTerm {
    pub field: Field,
    /// What a frequency without bound is worth.
    pub weight: f32,
    /// Whether an exchange is found for it alone.
    pub finds: bool,
    word: Arc<CachedTerm>,
}

impl PlannedTerm {
    /// The terms that stand for it.
    pub(super) fn alternatives(&self) -> &[Alternative] {
        &self.found().alternatives
    }

    /// What there is of its word in its field.
    pub(super) fn found(&self) -> &InField {
        self.word.of(self.field)
    }
}

/// A phrase in one field.
#[derive(Debug)]
pub(super) struct PlannedPhrase {
    pub field: Field,
    /// What a frequency without bound is worth.
    pub weight: f32,
    /// Where it stands, in each segment.
    segments: Vec<Vec<PhrasePosting>>,
}

impl PlannedPhrase {
    /// Where it stands in a segment.
    pub(super) fn of(&self, segment: usize) -> &[PhrasePosting] {
        self.segments.get(segment).map_or(&[], Vec::as_slice)
    }
}

impl Plan {
    /// The plan of the words; [`Plan::add_literals`] completes it.
    pub(super) fn new(
        searcher: &Searcher,
        known: &TermCache,
        words: &AnalyzedQuery,
        ranking: &Ranking,
    ) -> Result<Self, IndexError> {
        let exchanges = searcher.exchanges().max(1) as f32;
        let share = searcher.statistics(Field::Question).passages as f32 / exchanges;
        let mut plan = Self {
            terms: Vec::new(),
            phrases: Vec::new(),
            required: Vec::new(),
            excluded: Vec::new(),
            postings: 0,
            missing: Vec::new(),
            words: Vec::with_capacity(words.words.len()),
            ranking: *ranking,
            saturation: ranking.saturation(share.min(1.0)),
            averages: Field::ALL.map(|field| searcher.statistics(field).average()),
        };
        let ranking = &for_topics(ranking, &words.words);
        for word in &words.words {
            let found = known.get(searcher, word, words.depth(word))?;
            plan.add_word(searcher, word, &found, ranking);
            plan.words.push(found);
        }
        // After the others those that may not have to be read, of them the lightest last.
        plan.terms.sort_by(|one, other| {
            let by_weight = || other.weight.total_cmp(&one.weight);
            let (left, right) = (one.found().is_common(), other.found().is_common());
            left.cmp(&right).then_with(|| if left { by_weight() } else { Ordering::Equal })
        });
        Ok(plan)
    }

    /// Adds phrases and signed words; this reads where the words of phrases stand.
    pub(super) fn add_literals(
        &mut self,
        searcher: &Searcher,
        words: &AnalyzedQuery,
        ranking: &Ranking,
    ) -> Result<(), IndexError> {
        let AnalyzedQuery { words, clauses, .. } = words;
        let ranking = &for_topics(ranking, words);
        let mut optional = Vec::new();
        for literal in clauses.iter().cloned() {
            match literal.occur {
                Occur::Must => self.required.push(literal),
                Occur::MustNot => self.excluded.push(literal),
                Occur::Should => optional.push(literal),
            }
        }
        self.add_phrases(searcher, &optional, ranking)
    }

    /// The words that no exchange has, as they were typed.
    pub(super) fn unmatched(self) -> Vec<String> {
        self.missing
    }

    /// What there is of each of the words that the plan was made of, in their order.
    pub(super) fn words(&self) -> &[Arc<CachedTerm>] {
        &self.words
    }

    fn add_word(
        &mut self,
        searcher: &Searcher,
        word: &QueryTerm,
        found: &Arc<CachedTerm>,
        ranking: &Ranking,
    ) {
        let mut nowhere = true;
        for field in Field::ALL {
            // As in Lucene's synonym query, a word is as common as its commonest term; terms that different
            // languages make of it are in different passages and add up.
            let (mut own, mut related) = (0, 0);
            let alternatives = &found.of(field).alternatives;
            for Alternative { relation, found, .. } in alternatives {
                self.postings += found.live;
                own += if *relation == Relation::Own { found.live } else { 0 };
                related = related.max(found.live);
            }
            let frequency = own.max(related) as f32;
            if alternatives.is_empty() {
                continue;
            }
            nowhere = false;
            let weight = word.weight
                * field_weight(field, ranking)
                * damping(field, word, ranking)
                * f32::from(word.count).powf(ranking.query_frequency_exponent)
                * idf(searcher.statistics(field), frequency);
            self.terms.push(PlannedTerm { field, weight, finds: word.finds, word: Arc::clone(found) });
        }
        if nowhere && word.role != Role::Name && !self.missing.contains(&word.surface) {
            self.missing.push(word.surface.clone());
        }
    }

    fn add_phrases(
        &mut self,
        searcher: &Searcher,
        clauses: &[AnalyzedClause],
        ranking: &Ranking,
    ) -> Result<(), IndexError> {
        for clause in clauses {
            for field in Field::ALL {
                let (mut segments, mut live) = (Vec::with_capacity(searcher.segments().len()), 0);
                for segment in searcher.segments() {
                    let postings = phrase_postings(segment, field, clause)?;
                    live += postings.iter().filter(|found| segment.is_alive(found.passage)).count();
                    segments.push(postings);
                }
                let idf = idf(searcher.statistics(field), live as f32);
                let weight = clause.weight * (idf * field_weight(field, ranking));
                self.phrases.push(PlannedPhrase { field, weight, segments });
            }
        }
        Ok(())
    }
}

/// The parameters for a query of these words: of how many topical ones.
fn for_topics(ranking: &Ranking, words: &[QueryTerm]) -> Ranking {
    let topics = words.iter().filter(|word| word.role == Role::Topic).count();
    if topics <= ranking.short_query_topics {
        Ranking { interrogative_in_question: 1.0, ..*ranking }
    } else {
        *ranking
    }
}

/// The inverse document frequency, in the form that never falls below zero (Lucene's).
fn idf(statistics: Statistics, frequency: f32) -> f32 {
    let passages = statistics.passages as f32;
    let frequency = frequency.min(passages);
    ((passages - frequency + 0.5) / (frequency + 0.5)).ln_1p()
}

const fn field_weight(field: Field, ranking: &Ranking) -> f32 {
    match field {
        Field::Question => ranking.question_weight,
        Field::Answer => ranking.answer_weight,
    }
}

const fn damping(field: Field, word: &QueryTerm, ranking: &Ranking) -> f32 {
    match (word.role, field) {
        (Role::Topic | Role::Name, _) => 1.0,
        (Role::Interrogative, Field::Question) => ranking.interrogative_in_question,
        (Role::Interrogative, Field::Answer) => ranking.interrogative_in_answer,
        (Role::Function, Field::Question) => ranking.function_word_in_question,
        (Role::Function, Field::Answer) => ranking.function_word_in_answer,
    }
}
