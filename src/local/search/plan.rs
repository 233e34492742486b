//! A query resolved against a snapshot: its terms are looked up and their weights computed.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Searcher;
use crate::local::index::Statistics;
use crate::local::search::phrase_postings::PhrasePosting;
use crate::local::search::phrase_postings::phrase_postings;
use crate::local::search::term_cache::Alternative;
use crate::local::search::term_cache::CachedTerm;
use crate::local::search::term_cache::FieldEntry;
use crate::local::search::term_cache::TermCache;
use crate::query::AnalyzedClause;
use crate::query::AnalyzedQuery;
use crate::query::Occur;
use crate::query::QueryTerm;
use crate::query::Ranking;
use crate::query::Relation;
use crate::query::Role;
use crate::query::Saturation;

/// The postings to read, and their weights.
#[derive(Debug)]
pub(super) struct Plan {
    /// Words to score: first those whose postings are read in any case, then the common ones, which
    /// may be skipped, the lightest last.
    pub terms: Vec<PlannedTerm>,
    /// Phrases to score.
    pub phrases: Vec<PlannedPhrase>,
    /// Clauses that an exchange must have.
    pub required: Vec<AnalyzedClause>,
    /// Clauses that it must not have.
    pub excluded: Vec<AnalyzedClause>,
    /// How many postings the terms of all words have.
    pub postings: u64,
    /// Words that no live passage has, as typed.
    unmatched: Vec<String>,
    /// The entry of each of the query's words.
    words: Vec<Arc<CachedTerm>>,
    /// The parameters that weights are computed by.
    pub ranking: Ranking,
    /// `k1` and `b` for this snapshot.
    pub saturation: Saturation,
    /// A factor of the scores of exchanges without a question; 1 where none or all have one.
    pub unpaired_factor: f32,
    /// Average lengths of [`Field::ALL`].
    pub averages: [f32; 2],
}

/// A word in one field.
#[derive(Debug)]
pub(super) struct PlannedTerm {
    pub field: Field,
    /// The limit of its score as the frequency grows.
    pub weight: f32,
    /// Whether an exchange matches for it alone.
    pub matches: bool,
    word: Arc<CachedTerm>,
}

impl PlannedTerm {
    /// Its terms.
    pub(super) fn alternatives(&self) -> &[Alternative] {
        &self.entry().alternatives
    }

    /// Its word in its field.
    pub(super) fn entry(&self) -> &FieldEntry {
        self.word.of(self.field)
    }
}

/// A phrase in one field.
#[derive(Debug)]
pub(super) struct PlannedPhrase {
    pub field: Field,
    /// The limit of its score as the frequency grows.
    pub weight: f32,
    /// Its postings in each segment.
    segments: Vec<Vec<PhrasePosting>>,
}

impl PlannedPhrase {
    /// Its postings in a segment.
    pub(super) fn postings(&self, segment: usize) -> &[PhrasePosting] {
        self.segments.get(segment).map_or(&[], Vec::as_slice)
    }
}

impl Plan {
    /// The plan of the words; [`Plan::add_clauses`] completes it.
    pub(super) fn new(
        searcher: &Searcher,
        cache: &TermCache,
        query: &AnalyzedQuery,
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
            unmatched: Vec::new(),
            words: Vec::with_capacity(query.words.len()),
            ranking: *ranking,
            saturation: ranking.saturation(share.min(1.0)),
            unpaired_factor: if share > 0.0 && share < 1.0 { ranking.unpaired_factor } else { 1.0 },
            averages: Field::ALL.map(|field| searcher.statistics(field).average()),
        };
        let ranking = &adjust_for_query_length(ranking, &query.words);
        for word in &query.words {
            let entry = cache.get(searcher, word, query.depth(word))?;
            plan.add_word(searcher, word, &entry, ranking);
            plan.words.push(entry);
        }
        plan.terms.sort_by(|one, other| {
            let by_weight = || other.weight.total_cmp(&one.weight);
            let (left, right) = (one.entry().is_common(), other.entry().is_common());
            left.cmp(&right).then_with(|| if left { by_weight() } else { Ordering::Equal })
        });
        Ok(plan)
    }

    /// Adds the clauses; this reads the positions of the words of optional phrases.
    pub(super) fn add_clauses(
        &mut self,
        searcher: &Searcher,
        query: &AnalyzedQuery,
        ranking: &Ranking,
    ) -> Result<(), IndexError> {
        let AnalyzedQuery { words, clauses, .. } = query;
        let ranking = &adjust_for_query_length(ranking, words);
        let mut optional = Vec::new();
        for clause in clauses {
            match clause.occur {
                Occur::Must => self.required.push(clause.clone()),
                Occur::MustNot => self.excluded.push(clause.clone()),
                Occur::Should => optional.push(clause),
            }
        }
        self.add_phrases(searcher, &optional, ranking)
    }

    /// Whether it has a term that may be skipped.
    pub(super) fn has_common_term(&self) -> bool {
        self.terms.last().is_some_and(|term| term.entry().is_common())
    }

    /// The words that no exchange has, as they were typed.
    pub(super) fn into_unmatched(self) -> Vec<String> {
        self.unmatched
    }

    /// The entries of the query's words, in their order.
    pub(super) fn words(&self) -> &[Arc<CachedTerm>] {
        &self.words
    }

    fn add_word(
        &mut self,
        searcher: &Searcher,
        word: &QueryTerm,
        entry: &Arc<CachedTerm>,
        ranking: &Ranking,
    ) {
        let mut found = Vec::with_capacity(Field::ALL.len());
        for field in Field::ALL {
            // As in Lucene's synonym query, a word is as common as its commonest term; the terms
            // that different languages make of it are in different passages and add up.
            let (mut own, mut related) = (0, 0);
            let alternatives = &entry.of(field).alternatives;
            for Alternative { relation, entry, .. } in alternatives {
                self.postings += entry.live;
                own += if *relation == Relation::Own { entry.live } else { 0 };
                related = related.max(entry.live);
            }
            if !alternatives.is_empty() {
                found.push((field, idf(searcher.statistics(field), own.max(related) as f32)));
            }
        }
        let in_answers = found.iter().find(|(field, _)| *field == Field::Answer).map(|(_, idf)| *idf);
        for (field, idf) in &found {
            // Questions are short, so that everyday words are rare in them: no word is rarer in
            // questions than in answers.
            let idf = in_answers.map_or(*idf, |cap| idf.min(cap));
            let weight = word.weight
                * field_weight(*field, ranking)
                * role_weight(*field, word, ranking)
                * f32::from(word.count).powf(ranking.query_frequency_exponent)
                * idf;
            let word_entry = Arc::clone(entry);
            self.terms.push(PlannedTerm { field: *field, weight, matches: word.matches, word: word_entry });
        }
        if found.is_empty() && word.role != Role::Name && !self.unmatched.contains(&word.surface) {
            self.unmatched.push(word.surface.clone());
        }
    }

    fn add_phrases(
        &mut self,
        searcher: &Searcher,
        clauses: &[&AnalyzedClause],
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

/// The parameters for a query of these words: interrogatives count in full where topics are few.
fn adjust_for_query_length(ranking: &Ranking, words: &[QueryTerm]) -> Ranking {
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

const fn role_weight(field: Field, word: &QueryTerm, ranking: &Ranking) -> f32 {
    match (word.role, field) {
        (Role::Topic | Role::Name, _) => 1.0,
        (Role::Interrogative, Field::Question) => ranking.interrogative_in_question,
        (Role::Interrogative, Field::Answer) => ranking.interrogative_in_answer,
        (Role::Function, Field::Question) => ranking.function_word_in_question,
        (Role::Function, Field::Answer) => ranking.function_word_in_answer,
    }
}
