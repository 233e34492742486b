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
    /// The parameters that it was made with.
    pub ranking: Ranking,
    /// The parameters that weights are computed by: adjusted to the query and the collection.
    adjusted: Ranking,
    /// `k1` and `b` for this snapshot.
    pub saturation: Saturation,
    /// A factor of the scores of exchanges without a question; 1 where none or all have one.
    pub unpaired_factor: f32,
    /// Average lengths of [`Field::TEXTS`].
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
    /// The index of its word in the query.
    pub index: usize,
    /// The inverse document frequency that is part of its weight.
    pub idf: f32,
    /// How many passages have it.
    pub live: u64,
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
    /// The index of its clause in the query.
    pub index: usize,
    /// The inverse document frequency that is part of its weight.
    pub idf: f32,
    /// How many passages have it.
    pub live: u64,
    /// Its postings in each segment.
    segments: Vec<Vec<PhrasePosting>>,
}

impl PlannedPhrase {
    /// Its postings in a segment.
    pub(super) fn postings(&self, segment: usize) -> &[PhrasePosting] {
        self.segments.get(segment).map_or(&[], Vec::as_slice)
    }
}

/// A word of the query, looked up.
#[derive(Clone, Copy)]
struct Resolved<'a> {
    /// Its index in the query.
    index: usize,
    word: &'a QueryTerm,
    /// Its role in this collection.
    role: Role,
    entry: &'a Arc<CachedTerm>,
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
            adjusted: *ranking,
            saturation: ranking.saturation(share.min(1.0)),
            unpaired_factor: if share > 0.0 && share < 1.0 { ranking.unpaired_factor } else { 1.0 },
            averages: Field::TEXTS.map(|field| searcher.statistics(field).average()),
        };
        for word in &query.words {
            plan.words.push(cache.get(searcher, word, query.depth(word))?);
        }
        plan.adjusted = plan.adjusted_to(searcher, query);
        plan.add_words(searcher, &query.words);
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
    ) -> Result<(), IndexError> {
        let mut optional = Vec::new();
        for (index, clause) in query.clauses.iter().enumerate() {
            match clause.occur {
                Occur::Must => self.required.push(clause.clone()),
                Occur::MustNot => self.excluded.push(clause.clone()),
                Occur::Should => optional.push((index, clause)),
            }
        }
        self.add_phrases(searcher, &optional)
    }

    /// Whether it has a term that may be skipped.
    pub(super) fn has_common_term(&self) -> bool {
        self.terms.last().is_some_and(|term| term.entry().is_common())
    }

    /// Whether all words were found: others are looked for by similar terms.
    pub(super) fn is_matched(&self) -> bool {
        self.unmatched.is_empty()
    }

    /// The words that no exchange has, as they were typed.
    pub(super) fn into_unmatched(self) -> Vec<String> {
        self.unmatched
    }

    /// The entries of the query's words, in their order.
    pub(super) fn words(&self) -> &[Arc<CachedTerm>] {
        &self.words
    }

    /// The parameters for this query and collection.
    fn adjusted_to(&self, searcher: &Searcher, query: &AnalyzedQuery) -> Ranking {
        let mut ranking = self.ranking;
        ranking.question_weight = ranking.question_weight_at(searcher.question_form_share());
        // Interrogatives tell questions of one topic apart. Where topics are few, they count in full;
        // where no question has any of the topics, only answers can tell what is meant.
        let words = query.words.iter().zip(&self.words);
        let topics: Vec<_> = words.filter(|(word, _)| word.role == Role::Topic).collect();
        let in_any = |field: Field| topics.iter().any(|(_, entry)| !entry.of(field).alternatives.is_empty());
        if in_any(Field::Answer) && !in_any(Field::Question) {
            ranking.interrogative_in_question = ranking.interrogative_in_answer;
        } else if topics.len() <= ranking.short_query_topics {
            ranking.interrogative_in_question = 1.0;
        }
        ranking
    }

    fn add_words(&mut self, searcher: &Searcher, words: &[QueryTerm]) {
        let entries = self.words.clone();
        let names = |(word, entry): (&QueryTerm, &Arc<CachedTerm>)| {
            word.role == Role::Topic
                && !word.topic_of_preposition
                && !entry.of(Field::Speaker).alternatives.is_empty()
        };
        let names_speaker = words.iter().zip(&entries).any(names);
        for (index, (word, entry)) in words.iter().zip(&entries).enumerate() {
            // Verbs of saying hold a sentence together that names who speaks.
            let role = if names_speaker && word.reporting { Role::Function } else { word.role };
            let resolved = Resolved { index, word, role, entry };
            let mut found = self.add_texts(searcher, resolved);
            if word.role == Role::Topic {
                found |= self.add_names(searcher, resolved);
            }
            if !found && role != Role::Name && !self.unmatched.contains(&word.surface) {
                self.unmatched.push(word.surface.clone());
            }
        }
    }

    /// Adds a word in question and answer; returns whether any has it.
    fn add_texts(&mut self, searcher: &Searcher, resolved: Resolved<'_>) -> bool {
        let Resolved { word, role, entry, .. } = resolved;
        let mut found = Vec::with_capacity(Field::TEXTS.len());
        for field in Field::TEXTS {
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
                let live = own.max(related);
                found.push((field, idf(searcher.statistics(field), live as f32), live));
            }
        }
        let in_answers = found.iter().find(|(field, ..)| *field == Field::Answer).map(|(_, idf, _)| *idf);
        let mention = if role == Role::Topic { self.mention(searcher, word, entry) } else { None };
        for (field, idf, live) in &found {
            // Questions are short, so that everyday words are rare in them: no word is rarer in
            // questions than in answers.
            let idf = in_answers.map_or(*idf, |cap| idf.min(cap));
            let (mentioned, idf) = mention.map_or((1.0, idf), |(weight, cap)| (weight, idf.min(cap)));
            let weight = role_weight(*field, role, &self.adjusted) * mentioned;
            self.add_term(resolved, *field, weight, (idf, *live));
        }
        !found.is_empty()
    }

    /// Adds a word in the names of who speaks where; returns whether any has it.
    fn add_names(&mut self, searcher: &Searcher, resolved: Resolved<'_>) -> bool {
        let Resolved { word, entry, .. } = resolved;
        let mut found = false;
        for field in Field::NAMES {
            let live: u64 =
                entry.of(field).alternatives.iter().map(|alternative| alternative.entry.live).sum();
            if live > 0 {
                found = true;
                self.postings += live;
                let about = field == Field::Speaker && word.topic_of_preposition;
                let weight = if about { self.adjusted.name_mention_weight } else { 1.0 };
                let idf = idf(searcher.statistics(field), live as f32);
                self.add_term(resolved, field, weight, (idf, live));
            }
        }
        found
    }

    /// Adds a word in a field: its weight there, its idf and how many passages have it.
    fn add_term(&mut self, resolved: Resolved<'_>, field: Field, weight: f32, (idf, live): (f32, u64)) {
        let Resolved { index, word, entry, .. } = resolved;
        let ranking = &self.adjusted;
        let weight = word.weight
            * field_weight(field, ranking)
            * weight
            * f32::from(word.count).powf(ranking.query_frequency_exponent)
            * idf;
        let (matches, word) = (word.matches, Arc::clone(entry));
        self.terms.push(PlannedTerm { field, weight, matches, index, idf, live, word });
    }

    /// Where a word names somebody who answers, what its occurrences in question and answer count,
    /// and the most of their idf: they say no more of whom the query means than who answers does.
    /// The weight is 1 for a word that hardly ever is such a name, and falls to
    /// `name_mention_weight` for one that is at least as often as it occurs in texts.
    fn mention(&self, searcher: &Searcher, word: &QueryTerm, entry: &CachedTerm) -> Option<(f32, f32)> {
        let own = |field: Field| {
            let alternatives = entry.of(field).alternatives.iter();
            let own = alternatives.filter(|alternative| alternative.relation == Relation::Own);
            own.map(|alternative| alternative.entry.live).sum::<u64>() as f32
        };
        let speaks = own(Field::Speaker);
        if speaks <= 0.0 || word.topic_of_preposition {
            return None;
        }
        let mentioned = own(Field::Question).max(own(Field::Answer));
        let share = (speaks / mentioned).min(1.0);
        let weight = 1.0 - (1.0 - self.adjusted.name_mention_weight) * share;
        Some((weight, idf(searcher.statistics(Field::Speaker), speaks)))
    }

    fn add_phrases(
        &mut self,
        searcher: &Searcher,
        clauses: &[(usize, &AnalyzedClause)],
    ) -> Result<(), IndexError> {
        for (index, clause) in clauses {
            for field in Field::TEXTS {
                let (mut segments, mut live) = (Vec::with_capacity(searcher.segments().len()), 0_u64);
                for segment in searcher.segments() {
                    let postings = phrase_postings(segment, field, clause)?;
                    live += postings.iter().filter(|found| segment.is_alive(found.passage)).count() as u64;
                    segments.push(postings);
                }
                let idf = idf(searcher.statistics(field), live as f32);
                let weight = clause.weight * (idf * field_weight(field, &self.adjusted));
                self.phrases.push(PlannedPhrase { field, weight, index: *index, idf, live, segments });
            }
        }
        Ok(())
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
        Field::Speaker => ranking.speaker_weight,
        Field::Asker => ranking.asker_weight,
        Field::Title => ranking.title_weight,
        Field::Publisher => ranking.publisher_weight,
    }
}

/// What a word's role leaves of its weight in question or answer.
const fn role_weight(field: Field, role: Role, ranking: &Ranking) -> f32 {
    let [in_question, in_answer] = match role {
        Role::Topic | Role::Name => [1.0, 1.0],
        Role::Interrogative => [ranking.interrogative_in_question, ranking.interrogative_in_answer],
        Role::Function => [ranking.function_word_in_question, ranking.function_word_in_answer],
    };
    if matches!(field, Field::Answer) { in_answer } else { in_question }
}
