//! A query as terms: its words with their alternatives, and its operators.

use std::collections::BTreeMap;

use crate::analysis::Analyzer;
use crate::analysis::Form;
use crate::analysis::Language;
use crate::query::Clause;
use crate::query::Occur;
use crate::query::Query;
use crate::query::Ranking;
use crate::query::derivation;
use crate::query::function_words;
use crate::query::function_words::Role;
use crate::query::synonyms;

/// Beyond this many different words a query is a text, and its words are taken as they are: related
/// terms would cost more than they match.
const MOST_EXPANDED_WORDS: usize = 64;

/// The most phrases without a sign. Each is scored as a word is, in addition to its words; the
/// words of further ones count as plain words. Phrases with a sign have a bound of their own,
/// [`crate::query::MAX_SIGNED_PHRASES`].
const MOST_PHRASES: usize = 16;

/// How a term is related to a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It is what analysis makes of the word.
    Own,
    /// It is of the same derivation.
    Derivation,
    /// It is another name of the nation that the word names, or its people's adjective.
    Nation,
}

impl Relation {
    /// How much an occurrence of such a term counts, where the word's own counts 1.
    #[must_use]
    pub const fn worth(self, ranking: &Ranking) -> f32 {
        match self {
            Self::Own => 1.0,
            Self::Derivation => ranking.derivation_weight,
            Self::Nation => ranking.nation_weight,
        }
    }
}

/// How much of a word is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Its own terms.
    Terms,
    /// Its own terms and, where the word is common, the passages that have it.
    MatchingDocs,
    /// As `MatchingDocs`, with the terms [related](QueryTerm::expanded) to it.
    Related,
}

/// A word of a query.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each says another thing of the word, in any combination")]
pub struct QueryTerm {
    /// As it was typed.
    pub surface: String,
    /// The terms that the query itself has for it; see [`QueryTerm::expanded`].
    pub alternatives: Vec<(String, Relation)>,
    /// How often the query has it.
    pub count: u16,
    /// Whether an exchange matches for this word alone; false for a word that is only part of a
    /// phrase.
    pub matches: bool,
    /// Whether its occurrences are highlighted: not those of a word that is only part of phrases, which
    /// are highlighted themselves.
    pub shown: bool,
    /// Its role in the sentence.
    pub role: Role,
    /// Whether it is about saying and not about what is said ("say", "opinion"): it counts as a
    /// function word where the query names who speaks.
    pub reporting: bool,
    /// Whether the query asks about it ("about Sandoval"), so that it does not name who speaks.
    pub topic_of_preposition: bool,
    /// A factor of its score, from 0 to 1.
    pub weight: f32,
}

/// A phrase, or a word with a sign.
#[derive(Clone, Debug, PartialEq)]
pub struct AnalyzedClause {
    /// Whether it may, must or must not occur.
    pub occur: Occur,
    /// Its words, as they were typed.
    pub typed: String,
    /// Its sequences of terms, one per language that reads it differently; of a quotation,
    /// [written words](crate::analysis::Token::written). Each term has with it its
    /// distance from the first, in positions.
    pub variants: Vec<Vec<(u32, String)>>,
    /// A factor of its score, which is added to that of its words; from 0 up.
    pub weight: f32,
}

impl QueryTerm {
    /// Its terms, its own first, then those that are related in English.
    #[must_use]
    pub fn expanded(&self) -> Vec<(String, Relation)> {
        let mut alternatives = self.alternatives.clone();
        for relative in self.alternatives.iter().flat_map(|(term, _)| derivation::relatives(term)) {
            add_alternative(&mut alternatives, &relative, Relation::Derivation);
        }
        for other in synonyms::nation(&self.surface).iter().filter(|other| !other.contains('_')) {
            add_english(&mut alternatives, other);
        }
        alternatives
    }
}

impl AnalyzedClause {
    /// Whether it is looked for in the same way, however it was typed.
    fn is_same(&self, other: &Self) -> bool {
        self.occur == other.occur && self.variants == other.variants
    }

    /// Whether it is a single word, whatever the language.
    #[must_use]
    pub fn is_word(&self) -> bool {
        self.variants.iter().all(|variant| variant.len() == 1)
    }
}

/// A query as terms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnalyzedQuery {
    /// Its words, each once, in the order in which they first occur.
    pub words: Vec<QueryTerm>,
    /// Its phrases, and its words with a sign.
    pub clauses: Vec<AnalyzedClause>,
    /// Whether there are at most [`MOST_EXPANDED_WORDS`].
    few: bool,
    /// Whether topics are expanded by related English terms.
    expands: bool,
}

impl AnalyzedQuery {
    /// Analyses a query in each of `languages`; a word has the terms that any of them makes of it.
    #[must_use]
    pub fn new(query: &Query, languages: &[Language], ranking: &Ranking) -> Self {
        let mut all = Self::default();
        let mut places = BTreeMap::new();
        let spoken = function_words::language_of(query.text(), languages);
        let mut optional = 0;
        for clause in query.clauses() {
            let plain = clause.occur == Occur::Should;
            let few = optional < MOST_PHRASES;
            if !plain || (clause.phrase && few) {
                let wording = if clause.phrase { Wording::AsWritten } else { Wording::Stems };
                let added =
                    all.add_clause(analyzed_clause(clause, languages, ranking.phrase_weight, wording));
                optional += usize::from(plain && added);
            }
            if clause.occur == Occur::MustNot {
                continue;
            }
            let matches = !(plain && clause.phrase && few);
            let shown = !clause.phrase || (plain && !few);
            let mut words = words_of(clause, languages, ranking);
            let surfaces: Vec<String> = words.iter().map(|word| word.surface.to_lowercase()).collect();
            let about = function_words::after_about(&surfaces, spoken);
            for ((word, surface), about) in words.iter_mut().zip(&surfaces).zip(about) {
                word.role = role(&word.surface, &clause.text, spoken);
                word.reporting = function_words::is_reporting(surface, spoken);
                word.topic_of_preposition = about;
            }
            let names = names_of(&words, languages);
            for word in words.into_iter().chain(names) {
                all.add(&mut places, QueryTerm { matches, shown, ..word });
            }
        }
        all.few = all.words.len() <= MOST_EXPANDED_WORDS;
        all.expands = all.few && languages.contains(&Language::English);
        if all.expands {
            all.add_names(ranking);
        }
        all
    }

    /// How much of a word is to be looked up.
    #[must_use]
    pub fn depth(&self, word: &QueryTerm) -> Depth {
        match (self.few, self.expands && word.role == Role::Topic) {
            (_, true) => Depth::Related,
            (true, false) => Depth::MatchingDocs,
            (false, false) => Depth::Terms,
        }
    }

    /// Adds, as phrases, the names of several words of the nations that the query names.
    fn add_names(&mut self, ranking: &Ranking) {
        for word in self.words.iter().filter(|word| word.role == Role::Topic) {
            for other in synonyms::nation(&word.surface).iter().filter(|other| other.contains('_')) {
                let text = other.replace('_', " ");
                let name = Clause { occur: Occur::Should, phrase: true, text };
                self.clauses.extend(analyzed_clause(
                    &name,
                    &[Language::English],
                    ranking.nation_weight,
                    Wording::Stems,
                ));
            }
        }
    }

    /// Adds a clause that is not there yet; returns whether it was added.
    fn add_clause(&mut self, clause: Option<AnalyzedClause>) -> bool {
        let Some(clause) = clause.filter(|clause| !self.clauses.iter().any(|known| known.is_same(clause)))
        else {
            return false;
        };
        self.clauses.push(clause);
        true
    }

    /// Words of the same own terms are one word.
    fn add(&mut self, places: &mut BTreeMap<Vec<String>, usize>, word: QueryTerm) {
        let key: Vec<String> = word.alternatives.iter().map(|(term, _)| term.clone()).collect();
        if let Some(known) = places.get(&key).and_then(|place| self.words.get_mut(*place)) {
            known.count = known.count.saturating_add(1);
            known.matches |= word.matches;
            known.shown |= word.shown;
            known.topic_of_preposition &= word.topic_of_preposition;
            known.weight = known.weight.max(word.weight);
        } else {
            places.insert(key, self.words.len());
            self.words.push(word);
        }
    }
}

/// The words of a clause, in their order.
fn words_of(clause: &Clause, languages: &[Language], ranking: &Ranking) -> Vec<QueryTerm> {
    let mut words: BTreeMap<(usize, usize), QueryTerm> = BTreeMap::new();
    for language in languages {
        Analyzer::new(*language).analyze(&clause.text, &mut |token| {
            let weight = match token.form {
                Form::Word => 1.0,
                Form::Joined => ranking.joined_weight,
                Form::Unaccented | Form::Character => return,
            };
            let place = (token.span.start(), token.span.end());
            let word = words.entry(place).or_insert_with(|| {
                let surface = token.span.of(&clause.text).to_owned();
                QueryTerm {
                    alternatives: Vec::new(),
                    count: 1,
                    matches: true,
                    shown: true,
                    role: Role::Topic,
                    reporting: false,
                    topic_of_preposition: false,
                    weight,
                    surface,
                }
            });
            add_alternative(&mut word.alternatives, token.term, Relation::Own);
        });
    }
    words.into_values().filter(|word| !word.alternatives.is_empty()).collect()
}

/// The role of a word. One in capitals (`WHO`, `US`) is an abbreviation, unless the whole text is
/// in capitals.
fn role(surface: &str, text: &str, language: Option<Language>) -> Role {
    let capitals = |text: &str| !text.chars().any(char::is_lowercase);
    if surface.chars().filter(|letter| letter.is_uppercase()).count() > 1
        && capitals(surface)
        && !capitals(text)
    {
        return Role::Topic;
    }
    function_words::role(&surface.to_lowercase(), language)
}

fn add_alternative(alternatives: &mut Vec<(String, Relation)>, term: &str, relation: Relation) {
    if !term.is_empty() && !alternatives.iter().any(|(known, _)| known == term) {
        alternatives.push((term.to_owned(), relation));
    }
}

/// Adds the terms of an English word for a nation.
fn add_english(alternatives: &mut Vec<(String, Relation)>, other: &str) {
    for (term, _, form) in Analyzer::terms(Language::English, other) {
        if form == Form::Word {
            add_alternative(alternatives, &term, Relation::Nation);
        }
    }
}

/// Names of nations in two or three words (`United States`), each as one more word, whose terms are
/// the nation's other names and its people's adjective.
fn names_of(words: &[QueryTerm], languages: &[Language]) -> Vec<QueryTerm> {
    if !languages.contains(&Language::English) || words.len() > MOST_EXPANDED_WORDS {
        return Vec::new();
    }
    let mut names = Vec::new();
    for run in words.windows(2).chain(words.windows(3)) {
        let parts: Vec<&str> = run.iter().map(|word| word.surface.as_str()).collect();
        let mut name = QueryTerm {
            surface: parts.join(" "),
            alternatives: Vec::new(),
            count: 1,
            matches: true,
            shown: true,
            role: Role::Name,
            reporting: false,
            topic_of_preposition: false,
            weight: 1.0,
        };
        for other in synonyms::nation(&parts.join("_")) {
            if !other.contains('_') {
                add_english(&mut name.alternatives, other);
            }
        }
        if !name.alternatives.is_empty() {
            names.push(name);
        }
    }
    names
}

/// By which terms a clause is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wording {
    /// Words as written: what is in quotation marks.
    AsWritten,
    /// All forms of the words: signed words without quotation marks, names of nations.
    Stems,
}

/// A phrase or a signed word; `None` where analysis leaves nothing of it.
fn analyzed_clause(
    clause: &Clause,
    languages: &[Language],
    weight: f32,
    wording: Wording,
) -> Option<AnalyzedClause> {
    let mut variants: Vec<Vec<(u32, String)>> = Vec::new();
    for language in languages {
        let mut sequence = Vec::new();
        let mut joined = Vec::new();
        Analyzer::new(*language).analyze(&clause.text, &mut |token| {
            let offset = u32::try_from(token.position).unwrap_or(u32::MAX);
            let written = token.written.filter(|_| wording == Wording::AsWritten);
            let term = written.unwrap_or(token.term).to_owned();
            match token.form {
                Form::Word => sequence.push((offset, term)),
                Form::Joined => joined.push((offset, term)),
                Form::Unaccented | Form::Character => {}
            }
        });
        // A compound that is the whole clause also matches where it is written as one word.
        if let ([whole], false) = (joined.as_slice(), clause.text.contains(char::is_whitespace)) {
            add_variant(&mut variants, vec![whole.clone()]);
        }
        add_variant(&mut variants, sequence);
    }
    (!variants.is_empty()).then_some(AnalyzedClause {
        occur: clause.occur,
        typed: clause.text.clone(),
        variants,
        weight,
    })
}

fn add_variant(variants: &mut Vec<Vec<(u32, String)>>, mut sequence: Vec<(u32, String)>) {
    let Some(first) = sequence.first().map(|(offset, _)| *offset) else { return };
    for (offset, _) in &mut sequence {
        *offset -= first;
    }
    if !variants.contains(&sequence) {
        variants.push(sequence);
    }
}
