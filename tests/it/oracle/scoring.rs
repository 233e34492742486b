//! BM25 as `docs/ranking.md` has it, written from the formulas: every passage is looked at for
//! every query, phrases are found by comparing terms position by position, filters by reading every
//! document.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use onrecord::analysis::Analyzer;
use onrecord::analysis::Form;
use onrecord::analysis::Language;
use onrecord::analysis::WRITTEN_MARK;
use onrecord::engine::BackendError;
use onrecord::engine::Collapsed;
use onrecord::engine::Facet;
use onrecord::engine::FacetKey;
use onrecord::engine::FacetRequest;
use onrecord::engine::Highlight;
use onrecord::engine::Hit;
use onrecord::engine::Order;
use onrecord::engine::PageRequest;
use onrecord::engine::PassageKey;
use onrecord::engine::ResultPage;
use onrecord::engine::Score;
use onrecord::engine::SearchPlan;
use onrecord::engine::TimelineCounts;
use onrecord::engine::TimelineRequest;
use onrecord::query::AnalyzedClause;
use onrecord::query::AnalyzedQuery;
use onrecord::query::DateRange;
use onrecord::query::Depth;
use onrecord::query::Field;
use onrecord::query::Filter;
use onrecord::query::Occur;
use onrecord::query::QueryTerm;
use onrecord::query::Ranking;
use onrecord::query::Relation;
use onrecord::query::Role;
use onrecord::span::TextSpan;
use onrecord::transcript::Metadata;
use onrecord::transcript::Participant;
use onrecord::transcript::PreparedDocument;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::oracle::facets;
use crate::oracle::facets::Match;
use crate::oracle::timeline;

/// The two fields, in the order in which their scores are added.
const QUESTION: usize = 0;
const ANSWER: usize = 1;

/// The names of an exchange, which score with its question: who answers, who asks, the document's
/// title and its publisher.
const NAMES: usize = 4;
const SPEAKER: usize = 0;
const ASKER: usize = 1;

/// A text as terms: which term is at which position.
#[derive(Clone, Debug, Default)]
struct Text {
    terms: BTreeSet<(usize, String)>,
    /// Terms and written words, as phrases are compared by.
    phrase_terms: BTreeSet<(usize, String)>,
    frequencies: BTreeMap<String, u32>,
}

/// A window of an answer; the first one of an exchange has the question.
#[derive(Clone, Debug)]
struct Passage {
    fields: [Text; 2],
}

#[derive(Clone, Debug)]
struct Exchange {
    document: usize,
    index: u32,
    speaker: String,
    asker: String,
    names: [Text; NAMES],
    asks: bool,
    passages: Vec<Passage>,
}

/// All passages of a generation.
#[derive(Debug)]
pub(super) struct Collection {
    generation: u64,
    documents: Vec<(String, Metadata)>,
    exchanges: Vec<Exchange>,
    languages: Vec<Language>,
    /// For each field: passages that have it, and their quantised lengths' sum.
    statistics: [(u64, u64); 2],
}

impl Text {
    fn new(language: Language, text: &str) -> Self {
        let (mut terms, mut phrase_terms) = (BTreeSet::new(), BTreeSet::new());
        Analyzer::new(language).analyze(text, &mut |token| {
            terms.insert((token.position, token.term.to_owned()));
            phrase_terms.insert((token.position, token.term.to_owned()));
            let written = as_written(token.span.of(text), token.form);
            phrase_terms.extend(written.map(|written| (token.position, written)));
        });
        let mut frequencies = BTreeMap::new();
        for (_, term) in &terms {
            *frequencies.entry(term.clone()).or_default() += 1;
        }
        Self { terms, phrase_terms, frequencies }
    }

    fn frequency(&self, term: &str) -> u32 {
        self.frequencies.get(term).copied().unwrap_or_default()
    }

    fn has(&self, term: &str) -> bool {
        self.frequency(term) > 0
    }

    fn length(&self) -> u64 {
        quantised(self.terms.len() as u64)
    }

    /// How often a sequence of terms occurs, each at its distance from the first.
    fn occurrences(&self, sequence: &[(u32, String)]) -> u32 {
        let Some((_, first)) = sequence.first() else { return 0 };
        let starts = self.phrase_terms.iter().filter(|(_, term)| term == first).map(|(start, _)| *start);
        let whole = starts.filter(|start| {
            let at = |(offset, term): &(u32, String)| (start + *offset as usize, term.clone());
            sequence.iter().all(|part| self.phrase_terms.contains(&at(part)))
        });
        u32::try_from(whole.count()).unwrap()
    }

    /// Of a clause's readings, that which occurs most often counts.
    fn frequency_of_clause(&self, clause: &AnalyzedClause) -> u32 {
        clause.variants.iter().map(|variant| self.occurrences(variant)).max().unwrap_or_default()
    }
}

/// A word of the generated texts as quotations are compared with it, by the rules of
/// `docs/ranking.md` and not by the analyzer's own written words; `None` for what has none.
fn as_written(word: &str, form: Form) -> Option<String> {
    let unspaced = word.contains(|c| matches!(c, '\u{3040}'..='\u{9FFF}'));
    if unspaced || !matches!(form, Form::Word | Form::Joined) {
        return None;
    }
    if matches!(word, "US" | "U.S" | "U.S.A") {
        return Some(format!("{WRITTEN_MARK}usa"));
    }
    let lower = word.to_lowercase();
    let letters = lower.nfc().flat_map(|c| {
        let plain: Vec<char> = if c == 'й' { vec![c] } else { c.nfd().collect() };
        plain.into_iter().filter(|c| !is_combining_mark(*c))
    });
    let joined = letters.filter(|c| !matches!(c, '.' | ',' | '-'));
    Some(std::iter::once(WRITTEN_MARK).chain(joined).collect())
}

/// A length as an index keeps it in one byte: Lucene's `SmallFloat.intToByte4` and back, which
/// rounds down to four significant bits above 24.
fn quantised(length: u64) -> u64 {
    const FREE_VALUES: u64 = 24;
    if length < FREE_VALUES {
        return length;
    }
    let rest = length - FREE_VALUES;
    let drop = (64 - rest.leading_zeros()).saturating_sub(4);
    FREE_VALUES + (rest >> drop << drop)
}

impl Collection {
    pub(super) fn new<'a>(generation: u64, prepared: impl Iterator<Item = &'a PreparedDocument>) -> Self {
        let (mut documents, mut exchanges) = (Vec::new(), Vec::new());
        let mut counts: BTreeMap<Language, u64> = BTreeMap::new();
        for (number, new) in prepared.enumerate() {
            let metadata = new.document.metadata.clone();
            let language = language_of(&metadata.language);
            for (index, stored) in (0..).zip(&new.exchanges) {
                *counts.entry(language).or_default() += 1;
                let answer = &stored.exchange.answer;
                let question = stored.exchange.question.as_ref().map_or("", |question| &question.text);
                let asker = stored.exchange.question.as_ref().and_then(|question| question.speaker.clone());
                let window = |(place, (window, _)): (usize, &(onrecord::transcript::Passage, _))| Passage {
                    fields: [
                        Text::new(language, if place == 0 { question } else { "" }),
                        Text::new(language, window.span.of(&answer.text)),
                    ],
                };
                let speaker = answer.speaker.clone().unwrap_or_default();
                let asker = asker.unwrap_or_default();
                let names = [&speaker, &asker, &metadata.title, &metadata.publisher];
                exchanges.push(Exchange {
                    document: number,
                    index,
                    names: names.map(|name| Text::new(language, name)),
                    asks: looks_like_question(language, question),
                    speaker,
                    asker,
                    passages: stored.windows.iter().enumerate().map(window).collect(),
                });
            }
            documents.push((new.document.id.clone(), metadata));
        }
        let mut languages: Vec<Language> =
            Language::ALL.into_iter().filter(|language| counts.contains_key(language)).collect();
        languages.sort_by_key(|language| std::cmp::Reverse(counts[language]));
        if languages.is_empty() {
            languages.push(Language::English);
        }
        let passages = || exchanges.iter().flat_map(|exchange| &exchange.passages);
        let statistics = [QUESTION, ANSWER].map(|field| {
            let lengths = passages().map(|passage| passage.fields[field].length()).filter(|len| *len > 0);
            lengths.fold((0, 0), |(passages, tokens), length| (passages + 1, tokens + length))
        });
        Self { generation, documents, exchanges, languages, statistics }
    }

    pub(super) fn languages(&self) -> &[Language] {
        &self.languages
    }

    fn passages(&self) -> impl Iterator<Item = &Passage> {
        self.exchanges.iter().flat_map(|exchange| &exchange.passages)
    }

    /// In how many passages something holds of a field.
    fn count(&self, field: usize, holds: impl Fn(&Text) -> bool) -> u64 {
        self.passages().filter(|passage| holds(&passage.fields[field])).count() as u64
    }

    /// The inverse document frequency, ln(1 + (N - n + 0.5) / (n + 0.5)).
    fn idf(&self, field: usize, documents: u64) -> f64 {
        let (passages, _) = self.statistics[field];
        let (all, with) = (passages as f64, documents.min(passages) as f64);
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    fn allows(&self, filter: &Filter, exchange: &Exchange) -> bool {
        let (id, metadata) = &self.documents[exchange.document];
        let days = DateRange::parse(&metadata.published).ok();
        let [speaker, asker] =
            [&exchange.speaker, &exchange.asker].map(|name| all_names(name, &metadata.participants));
        let tag = if metadata.language.is_empty() { "en" } else { &metadata.language };
        (filter.document_ids.is_empty() || filter.document_ids.contains(id))
            && !filter.excluded_document_ids.contains(id)
            && any_name(&filter.speakers, &speaker).unwrap_or(true)
            && any_name(&filter.askers, &asker).unwrap_or(true)
            && any_name(&filter.publishers, &metadata.publisher).unwrap_or(true)
            && !any_name(&filter.excluded_speakers, &speaker).unwrap_or(false)
            && (filter.languages.is_empty() || filter.languages.iter().any(|range| covers(range, tag)))
            && filter
                .labels
                .iter()
                .all(|(key, values)| metadata.labels.get(key).is_some_and(|value| values.contains(value)))
            && filter.published_from.is_none_or(|from| days.is_some_and(|days| days.last >= from.first))
            && filter.published_to.is_none_or(|to| days.is_some_and(|days| days.first <= to.last))
    }
}

/// Whether a question is one by its mark or its first word; the generated ones begin with few
/// interrogatives.
fn looks_like_question(language: Language, question: &str) -> bool {
    let first = question.split(' ').next().unwrap_or_default().to_lowercase();
    let interrogatives: &[&str] = match language {
        Language::English => &["was", "what", "how", "did", "who"],
        Language::French => &["a"],
        _ => &[],
    };
    question.contains('?') || interrogatives.contains(&first.trim_matches('.'))
}

fn language_of(tag: &str) -> Language {
    Language::from_tag(if tag.is_empty() { "en" } else { tag })
}

/// Whether a name has all words of any of the values; `None` without a value.
fn any_name(values: &[String], name: &str) -> Option<bool> {
    let words = folded(name);
    let has_all = |value: &String| folded(value).iter().all(|word| words.contains(word));
    (!values.is_empty()).then(|| values.iter().any(has_all))
}

/// A name with the other names of the participant who has it: all of it, or, of one only, a part.
fn all_names(name: &str, participants: &[Participant]) -> String {
    let words: BTreeSet<String> = folded(name).into_iter().collect();
    if words.is_empty() {
        return name.to_owned();
    }
    let joined: Vec<String> =
        participants.iter().map(|participant| participant.names().collect::<Vec<_>>().join(" ")).collect();
    let exact = participants.iter().position(|participant| {
        participant.names().any(|other| folded(other).into_iter().collect::<BTreeSet<_>>() == words)
    });
    let parts: Vec<usize> = (0..joined.len())
        .filter(|number| words.iter().all(|word| folded(&joined[*number]).contains(word)))
        .collect();
    match exact.or(parts.first().filter(|_| parts.len() == 1).copied()) {
        Some(person) => format!("{name} {}", joined[person]),
        None => name.to_owned(),
    }
}

/// A name's words without case and accents.
fn folded(name: &str) -> Vec<String> {
    let plain: String = name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    plain.split_whitespace().map(str::to_owned).collect()
}

/// Whether a language range covers a tag (RFC 4647, basic filtering).
fn covers(range: &str, tag: &str) -> bool {
    let (range, tag) = (range.to_lowercase(), tag.to_lowercase());
    tag == range || tag.starts_with(&format!("{range}-"))
}

/// A word of the query in a name, with what it scores.
struct Name {
    which: usize,
    weight: f64,
    matches: bool,
    terms: Vec<String>,
}

/// A word of the query in one field, with what it scores.
struct Word {
    field: usize,
    weight: f64,
    matches: bool,
    terms: Vec<(String, f64)>,
}

/// A phrase in one field.
struct Phrase<'a> {
    field: usize,
    weight: f64,
    clause: &'a AnalyzedClause,
}

/// A query over a collection.
#[derive(Debug)]
pub(super) struct ReferencePlan {
    pub(super) collection: Arc<Collection>,
    pub(super) query: AnalyzedQuery,
    pub(super) ranking: Ranking,
}

impl ReferencePlan {
    /// The terms of a word, each with what one occurrence counts.
    fn alternatives(&self, word: &QueryTerm) -> Vec<(String, Relation)> {
        match self.query.depth(word) {
            Depth::Related => word.expanded(),
            _ => word.alternatives.clone(),
        }
    }

    fn field_weight(&self, field: usize) -> f32 {
        if field == ANSWER {
            return self.ranking.answer_weight;
        }
        // Headings weigh less than questions.
        let (questions, _) = self.collection.statistics[QUESTION];
        let asking = self.collection.exchanges.iter().filter(|exchange| exchange.asks).count() as f32;
        let share = if questions == 0 { 1.0 } else { (asking / questions as f32).min(1.0) };
        let full = self.ranking.question_form_share;
        let counts = if share >= full { 1.0 } else { share / full };
        1.0 + (self.ranking.question_weight - 1.0) * counts
    }

    /// The terms that analysis makes of a word.
    fn own(word: &QueryTerm) -> impl Iterator<Item = &String> {
        word.alternatives.iter().filter(|(_, relation)| *relation == Relation::Own).map(|(term, _)| term)
    }

    /// How many exchanges have the word in a name, each of its terms counted by itself.
    fn named(&self, name: usize, word: &QueryTerm) -> u64 {
        let named = |term: &&String| {
            self.collection.exchanges.iter().filter(|exchange| exchange.names[name].has(term)).count() as u64
        };
        // A text has no names of its own.
        let few = self.query.depth(word) != Depth::Terms;
        if few { Self::own(word).map(|term| named(&term)).sum() } else { 0 }
    }

    /// Whether a word is the name of somebody who answers, and means them.
    fn names_speaker(&self, word: &QueryTerm) -> bool {
        word.role == Role::Topic && !word.topic_of_preposition && self.named(SPEAKER, word) > 0
    }

    /// The idf of a name.
    fn name_idf(&self, exchanges: u64) -> f64 {
        let all = self.collection.exchanges.len() as f64;
        let with = (exchanges as f64).min(all);
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    /// The words of names as they score.
    fn names(&self) -> Vec<Name> {
        let ranking = &self.ranking;
        let weights =
            [ranking.speaker_weight, ranking.asker_weight, ranking.title_weight, ranking.publisher_weight];
        let mut names = Vec::new();
        for word in self.query.words.iter().filter(|word| word.role == Role::Topic) {
            for (name, weight) in weights.iter().enumerate() {
                let exchanges = self.named(name, word);
                let about = name == SPEAKER && word.topic_of_preposition;
                let repeated = f64::from(word.count).powf(f64::from(ranking.query_frequency_exponent));
                let weight = f64::from(word.weight)
                    * f64::from(*weight)
                    * if about { f64::from(ranking.name_mention_weight) } else { 1.0 }
                    * repeated
                    * self.name_idf(exchanges);
                if exchanges > 0 {
                    let terms = Self::own(word).cloned().collect();
                    names.push(Name { which: name, weight, matches: word.matches, terms });
                }
            }
        }
        names
    }

    /// What a word's role leaves of its weight.
    fn damping(&self, word: &QueryTerm, field: usize) -> f32 {
        let topics: Vec<&QueryTerm> =
            self.query.words.iter().filter(|word| word.role == Role::Topic).collect();
        let topic_in = |field| {
            let has = |term: &str| self.collection.count(field, |text| text.has(term)) > 0;
            topics.iter().any(|word| self.alternatives(word).iter().any(|(term, _)| has(term)))
        };
        let reports = word.reporting && self.query.words.iter().any(|word| self.names_speaker(word));
        let role = if reports { Role::Function } else { word.role };
        match (role, field) {
            (Role::Topic | Role::Name, _) => 1.0,
            (Role::Interrogative, QUESTION) if topic_in(ANSWER) && !topic_in(QUESTION) => {
                self.ranking.interrogative_in_answer
            }
            (Role::Interrogative, QUESTION) if topics.len() <= self.ranking.short_query_topics => 1.0,
            (Role::Interrogative, QUESTION) => self.ranking.interrogative_in_question,
            (Role::Interrogative, _) => self.ranking.interrogative_in_answer,
            (Role::Function, QUESTION) => self.ranking.function_word_in_question,
            (Role::Function, _) => self.ranking.function_word_in_answer,
        }
    }

    /// The words as they score, and those that are nowhere.
    fn words(&self) -> (Vec<Word>, Vec<String>) {
        let (mut words, mut unmatched) = (Vec::new(), Vec::new());
        for word in &self.query.words {
            let mut found = Vec::new();
            for field in [QUESTION, ANSWER] {
                let (mut own, mut related) = (0, 0);
                let mut terms = Vec::new();
                for (term, relation) in self.alternatives(word) {
                    let frequency = self.collection.count(field, |text| text.has(&term));
                    if frequency > 0 {
                        own += if relation == Relation::Own { frequency } else { 0 };
                        related = related.max(frequency);
                        terms.push((term, f64::from(relation.worth(&self.ranking))));
                    }
                }
                if !terms.is_empty() {
                    found.push((field, self.collection.idf(field, own.max(related)), terms));
                }
            }
            let reports = word.reporting && self.query.words.iter().any(|word| self.names_speaker(word));
            let topic = word.role == Role::Topic && !reports;
            let named = word.role == Role::Topic && (0..NAMES).any(|name| self.named(name, word) > 0);
            if found.is_empty() && !named && word.role != Role::Name && !unmatched.contains(&word.surface) {
                unmatched.push(word.surface.clone());
            }
            // A word is not rarer in questions than in answers, where both have it.
            let least = found.iter().map(|(_, idf, _)| *idf).fold(f64::INFINITY, f64::min);
            // Where it rather names a speaker, its mentions count less, and their idf is at most that.
            let own = |field: usize| {
                let has = |term| self.collection.count(field, |text| text.has(term));
                Self::own(word).map(|term| has(term)).sum::<u64>() as f64
            };
            let speaks = self.named(SPEAKER, word);
            let (mut mention, mut cap) = (1.0, f64::INFINITY);
            if topic && speaks > 0 && !word.topic_of_preposition {
                let share = (speaks as f64 / own(QUESTION).max(own(ANSWER))).min(1.0);
                mention = 1.0 - (1.0 - f64::from(self.ranking.name_mention_weight)) * share;
                cap = self.name_idf(speaks);
            }
            for (field, idf, terms) in found {
                let idf = if field == QUESTION { least } else { idf };
                let idf = idf.min(cap) * mention;
                let repeated = f64::from(word.count).powf(f64::from(self.ranking.query_frequency_exponent));
                let weight = f64::from(word.weight)
                    * f64::from(self.field_weight(field))
                    * f64::from(self.damping(word, field))
                    * repeated
                    * idf;
                words.push(Word { field, weight, matches: word.matches, terms });
            }
        }
        (words, unmatched)
    }

    fn phrases(&self) -> Vec<Phrase<'_>> {
        let optional = self.query.clauses.iter().filter(|clause| clause.occur == Occur::Should);
        let of_field = |clause, field| {
            let frequency = self.collection.count(field, |text| text.frequency_of_clause(clause) > 0);
            let weight = f64::from(clause.weight)
                * f64::from(self.field_weight(field))
                * self.collection.idf(field, frequency);
            Phrase { field, weight, clause }
        };
        optional.flat_map(|clause| [QUESTION, ANSWER].map(|field| of_field(clause, field))).collect()
    }

    /// Whether an exchange has all that is required and nothing that is excluded.
    fn fulfils_signs(&self, exchange: &Exchange) -> bool {
        let has = |clause: &AnalyzedClause| {
            let texts = exchange.passages.iter().flat_map(|passage| &passage.fields);
            let said = texts.into_iter().any(|text| text.frequency_of_clause(clause) > 0);
            // A single word also counts in the names of who speaks.
            let word = clause.variants.iter().all(|variant| variant.len() == 1);
            let speaks = |name: usize| exchange.names[name].frequency_of_clause(clause) > 0;
            said || (word && (speaks(SPEAKER) || speaks(ASKER)))
        };
        self.query.clauses.iter().all(|clause| match clause.occur {
            Occur::Should => true,
            Occur::Must => has(clause),
            Occur::MustNot => !has(clause),
        })
    }

    /// What a frequency scores in a field of a passage, at most 1.
    fn saturated(&self, frequency: f64, field: usize, text: &Text) -> f64 {
        let (passages, tokens) = self.collection.statistics[field];
        let exchanges = self.collection.exchanges.len().max(1) as f64;
        let share = (self.collection.statistics[QUESTION].0 as f64 / exchanges).min(1.0);
        let mix = |unpaired: f32, paired: f32| {
            f64::from(unpaired) + (f64::from(paired) - f64::from(unpaired)) * share
        };
        let k1 = mix(self.ranking.unpaired.k1, self.ranking.paired.k1);
        let b = mix(self.ranking.unpaired.b, self.ranking.paired.b);
        let average = if passages == 0 { 0.0 } else { tokens as f64 / passages as f64 };
        let length = if average > 0.0 { text.length() as f64 / average } else { 1.0 };
        frequency / (frequency + k1 * (1.0 - b + b * length))
    }

    /// The best window of an exchange and its score; `None` where nothing of it is found.
    fn score(
        &self,
        exchange: &Exchange,
        (words, names): (&[Word], &[Name]),
        phrases: &[Phrase<'_>],
    ) -> Option<(usize, f64)> {
        let (mut found, mut question, mut best) = (false, 0.0, (0, 0.0));
        for name in names {
            if name.terms.iter().any(|term| exchange.names[name.which].has(term)) {
                found |= name.matches;
                question += name.weight;
            }
        }
        for (window, passage) in exchange.passages.iter().enumerate() {
            let mut scores = [0.0; 2];
            for word in words {
                let text = &passage.fields[word.field];
                let frequency: f64 =
                    word.terms.iter().map(|(term, worth)| worth * f64::from(text.frequency(term))).sum();
                let present = word.terms.iter().any(|(term, _)| text.has(term));
                found |= present && word.matches;
                if present {
                    scores[word.field] += word.weight * self.saturated(frequency, word.field, text);
                }
            }
            for phrase in phrases {
                let text = &passage.fields[phrase.field];
                let frequency = text.frequency_of_clause(phrase.clause);
                found |= frequency > 0;
                if frequency > 0 {
                    scores[phrase.field] +=
                        phrase.weight * self.saturated(f64::from(frequency), phrase.field, text);
                }
            }
            question += scores[QUESTION];
            if scores[ANSWER] > best.1 {
                best = (window, scores[ANSWER]);
            }
        }
        let has_question = |passage: &Passage| passage.fields[QUESTION].length() > 0;
        let paired = |exchange: &Exchange| exchange.passages.iter().any(has_question);
        let lost_its_question = !paired(exchange) && self.collection.statistics[QUESTION].0 > 0;
        let factor = if lost_its_question { f64::from(self.ranking.unpaired_factor) } else { 1.0 };
        found.then_some((best.0, question + best.1 * factor))
    }
}

impl SearchPlan for ReferencePlan {
    fn postings(&self) -> Option<u64> {
        None
    }

    fn run(self: Box<Self>, page: &PageRequest<'_>) -> Result<ResultPage, BackendError> {
        assert!(!page.collapse, "near duplicates are not part of the reference");
        let (words, unmatched_terms) = self.words();
        let (phrases, names) = (self.phrases(), self.names());
        let scores = self.scores(page.min_score, (&words, &names), &phrases);
        let facets = page.facets.map(|wanted| self.facets(page.filter, wanted, &scores)).unwrap_or_default();
        let mut hits = Vec::new();
        let mut ordinal = 0;
        for (exchange, found) in self.collection.exchanges.iter().zip(&scores) {
            let first = ordinal;
            ordinal += u32::try_from(exchange.passages.len()).unwrap();
            let Some((window, score)) = *found else { continue };
            if !self.collection.allows(page.filter, exchange) {
                continue;
            }
            let window = u32::try_from(window).unwrap();
            let (id, metadata) = &self.collection.documents[exchange.document];
            #[expect(clippy::cast_possible_truncation, reason = "scores are single precision")]
            let score = Score(score as f32);
            hits.push(Hit {
                document_id: id.clone(),
                exchange: exchange.index,
                window,
                score,
                sort_key: page.order.sort_key(DateRange::parse(&metadata.published).ok(), score),
                key: PassageKey { part: self.collection.generation.into(), ordinal: first + window },
            });
        }
        let total = hits.len() as u64;
        hits.sort_by(Hit::order);
        let alone = |hit| Collapsed { hit, duplicates: Vec::new(), more: 0 };
        let results = hits
            .into_iter()
            .filter(|hit| page.after.is_none_or(|cursor| cursor.precedes(hit)))
            .take(page.limit)
            .map(alone)
            .collect();
        let highlighter = Box::new(ReferenceHighlight {
            terms: self.shown(),
            names: self.shown_names(),
            clauses: self.shown_phrases(),
        });
        Ok(ResultPage { results, total, unmatched_terms, facets, explanations: Vec::new(), highlighter })
    }

    fn timeline(self: Box<Self>, request: &TimelineRequest<'_>) -> Result<TimelineCounts, BackendError> {
        let (words, _) = self.words();
        let scores = self.scores(0.0, (&words, &self.names()), &self.phrases());
        let matches = self.matches(request.filter, &scores);
        let exchanges = self.collection.exchanges.iter();
        let allowed = exchanges.filter(|exchange| self.collection.allows(request.filter, exchange));
        let allowed: Vec<Match<'_>> = allowed.map(|exchange| self.described(exchange)).collect();
        let counts = timeline::count(request.unit, request.speakers, &matches, &allowed);
        let end = |order| -> Result<Option<Hit>, BackendError> {
            let page = PageRequest { order, ..PageRequest::new(request.filter, 1) };
            let plan = Self {
                collection: Arc::clone(&self.collection),
                query: self.query.clone(),
                ranking: self.ranking,
            };
            let mut found = Box::new(plan).run(&page)?.results.into_iter().map(|result| result.hit);
            Ok(found.find(|hit| hit.sort_key.is_dated()))
        };
        Ok(TimelineCounts { first: end(Order::Oldest)?, last: end(Order::Newest)?, ..counts })
    }
}

impl ReferencePlan {
    /// The best window and the score of each exchange that matches and scores enough, whatever the
    /// filter.
    fn scores(
        &self,
        min_score: f32,
        scored: (&[Word], &[Name]),
        phrases: &[Phrase<'_>],
    ) -> Vec<Option<(usize, f64)>> {
        let score = |exchange: &Exchange| {
            let found = self.score(exchange, scored, phrases);
            found.filter(|(_, score)| *score >= f64::from(min_score) && self.fulfils_signs(exchange))
        };
        self.collection.exchanges.iter().map(score).collect()
    }

    fn described(&self, exchange: &Exchange) -> Match<'_> {
        let (document_id, metadata) = &self.collection.documents[exchange.document];
        let (speaker, asker) = (exchange.speaker.clone(), exchange.asker.clone());
        Match { document_id, metadata, speaker, asker }
    }

    fn matches(&self, filter: &Filter, scores: &[Option<(usize, f64)>]) -> Vec<Match<'_>> {
        let exchanges = self.collection.exchanges.iter().zip(scores);
        exchanges
            .filter(|(exchange, score)| score.is_some() && self.collection.allows(filter, exchange))
            .map(|(exchange, _)| self.described(exchange))
            .collect()
    }

    fn facets(&self, filter: &Filter, wanted: &FacetRequest, scores: &[Option<(usize, f64)>]) -> Vec<Facet> {
        let count = |key: &FacetKey| {
            let wider = wanted.ignore_own_filter.then(|| without_own_filter(key, filter));
            let matches = self.matches(wider.as_ref().unwrap_or(filter), scores);
            facets::count(key, wanted.size, &matches)
        };
        wanted.keys.iter().map(count).collect()
    }
}

/// A filter without what narrows the field that is counted.
fn without_own_filter(key: &FacetKey, filter: &Filter) -> Filter {
    let filter = filter.clone();
    match key {
        FacetKey::Speaker => Filter { speakers: Vec::new(), ..filter },
        FacetKey::Asker => Filter { askers: Vec::new(), ..filter },
        FacetKey::Document => Filter { document_ids: Vec::new(), ..filter },
        FacetKey::Publisher => Filter { publishers: Vec::new(), ..filter },
        FacetKey::Year => Filter { published_from: None, published_to: None, ..filter },
        FacetKey::Language => Filter { languages: Vec::new(), ..filter },
        FacetKey::Label(key) => {
            let labels = filter.labels.into_iter().filter(|(other, _)| other != key).collect();
            Filter { labels, ..filter }
        }
    }
}

impl ReferencePlan {
    /// The terms whose occurrences are shown: of topical words, or of all where the query has no
    /// topic.
    fn shown(&self) -> BTreeSet<String> {
        let topical = |word: &QueryTerm| matches!(word.role, Role::Topic | Role::Name);
        let any = self.query.words.iter().any(|word| word.matches && topical(word));
        let shown = self.query.words.iter().filter(|word| word.matches && (topical(word) || !any));
        let outside_phrases = shown.filter(|word| word.shown);
        let terms = outside_phrases.flat_map(|word| self.alternatives(word)).map(|(term, _)| term);
        terms
            .filter(|term| {
                [QUESTION, ANSWER]
                    .iter()
                    .any(|field| self.collection.count(*field, |text| text.has(term)) > 0)
            })
            .collect()
    }

    /// The terms that are shown in names.
    fn shown_names(&self) -> BTreeSet<String> {
        let topical = |word: &QueryTerm| matches!(word.role, Role::Topic | Role::Name);
        let any = self.query.words.iter().any(|word| word.matches && topical(word));
        let shown = self.query.words.iter().filter(|word| word.matches && (topical(word) || !any));
        let few = shown.filter(|word| self.query.depth(word) != Depth::Terms);
        few.flat_map(Self::own).cloned().collect()
    }

    fn shown_phrases(&self) -> Vec<Vec<(u32, String)>> {
        let shown = self.query.clauses.iter().filter(|clause| clause.occur != Occur::MustNot);
        shown.flat_map(|clause| clause.variants.clone()).collect()
    }
}

/// Marks the words and phrases of a query in a text that is analysed again.
#[derive(Debug)]
struct ReferenceHighlight {
    terms: BTreeSet<String>,
    names: BTreeSet<String>,
    clauses: Vec<Vec<(u32, String)>>,
}

impl ReferenceHighlight {
    fn spans(&self, language: Language, text: &str) -> Vec<TextSpan> {
        let mut words = Vec::new();
        Analyzer::new(language).analyze(text, &mut |token| {
            words.push((token.position, token.term.to_owned(), token.span, token.form));
            if let Some(written) = as_written(token.span.of(text), token.form) {
                words.push((token.position, written, token.span, token.form));
            }
        });
        let mut found: Vec<TextSpan> = Vec::new();
        let matched = words.iter().filter(|(_, term, ..)| self.terms.contains(term));
        found.extend(matched.map(|(_, _, span, _)| *span));
        words.retain(|(.., form)| *form != Form::Character);
        for clause in &self.clauses {
            let at = |position: usize, term: &str| {
                words
                    .iter()
                    .find(|(at, other, ..)| *at == position && other == term)
                    .map(|(_, _, span, _)| *span)
            };
            for (begin, first, span, _) in &words {
                if clause.first().is_none_or(|(_, term)| term != first) {
                    continue;
                }
                let parts: Option<Vec<TextSpan>> =
                    clause.iter().skip(1).map(|(offset, term)| at(begin + *offset as usize, term)).collect();
                if let Some(parts) = parts {
                    let end = parts.last().map_or(span.end(), |last| last.end());
                    found.push(TextSpan::new(span.start(), end));
                }
            }
        }
        // Spans that overlap are one; those that only touch stay two.
        found.sort();
        let mut spans: Vec<TextSpan> = Vec::new();
        for span in found {
            match spans.last_mut() {
                Some(last) if span.start() < last.end() => {
                    *last = TextSpan::new(last.start(), last.end().max(span.end()));
                }
                _ => spans.push(span),
            }
        }
        spans
    }
}

impl Highlight for ReferenceHighlight {
    fn highlight(&mut self, _hit: &Hit, language: &str, texts: [&str; 2]) -> [Vec<TextSpan>; 2] {
        texts.map(|text| self.spans(language_of(language), text))
    }

    fn highlight_name(&mut self, _field: Field, language: &str, name: &str) -> Vec<TextSpan> {
        let terms = std::mem::replace(&mut self.terms, self.names.clone());
        let clauses = std::mem::take(&mut self.clauses);
        let spans = self.spans(language_of(language), name);
        (self.terms, self.clauses) = (terms, clauses);
        spans
    }
}
