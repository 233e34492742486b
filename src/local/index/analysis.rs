//! The analysis of documents before they are written. It is most of the cost of indexing and does
//! not need the index, so many threads do it, and the one that writes only takes over the result.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use tantivy::schema::Field as Handle;

use crate::analysis::Analyzer;
use crate::analysis::Language;
use crate::local::index::document_entry::DocumentEntry;
use crate::local::index::document_entry::ExchangeEntry;
use crate::local::index::field::Field;
use crate::local::index::keys;
use crate::local::index::minhash::MinHash;
use crate::local::index::person::People;
use crate::local::index::schema;
use crate::local::index::schema::Fields;
use crate::local::index::settings::Settings;
use crate::local::index::tokens::Tokens;
use crate::local::index::value_column::Attribute;
use crate::local::index::value_column::OfEach;
use crate::local::index::values;
use crate::query::DateRange;
use crate::query::looks_like_question;
use crate::span::TextSpan;
use crate::transcript::Metadata;

/// How many threads' analyzers are kept for the next document, and for how many languages each:
/// some 40 MB at most with their caches. Further threads begin with empty caches.
const IDLE: usize = 4;
const LANGUAGES: usize = 4;

/// The most passages of a document that are analysed before any is written; an interview has some
/// hundred.
const MOST_HELD: usize = 2048;

/// Bytes of a passage in addition to its terms: itself, and the keys of its exchange.
const PASSAGE: usize = 512;

/// The terms of the names of an exchange.
pub(super) type NameTerms = BTreeSet<(Field, String)>;

/// The analyzers of one thread.
type Analyzers = BTreeMap<Language, Analyzer>;

/// Analyses documents, any number at a time.
pub(crate) struct DocumentAnalyzer {
    fields: Fields,
    default_language: String,
    idle: Mutex<Vec<Analyzers>>,
}

/// All exchanges of a document.
#[derive(Debug)]
pub(crate) struct AnalyzedDocument(Vec<AnalyzedExchange>);

/// An exchange, as [`crate::local::index::Writer`] takes it.
pub(crate) struct AnalyzedExchange {
    pub(super) index: u32,
    pub(super) passages: Vec<AnalyzedPassage>,
    bytes: usize,
}

/// A window of an answer.
pub(super) struct AnalyzedPassage {
    /// Empty except on the first window.
    pub question: Tokens,
    pub answer: Tokens,
    /// The term vectors of both.
    pub vectors: Vec<u8>,
    /// On the first window, the keys of its exchange.
    pub exchange: Option<ExchangeKeys>,
}

/// What an exchange is filtered and deduplicated by.
#[derive(Default)]
pub(super) struct ExchangeKeys {
    /// Fields and keys.
    pub keys: Vec<(Handle, String)>,
    /// The terms of its names.
    pub names: Arc<NameTerms>,
    pub published: Option<DateRange>,
    /// What matches are counted by.
    pub values: OfEach<String>,
    pub minhash: Option<MinHash>,
}

impl fmt::Debug for DocumentAnalyzer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentAnalyzer").finish_non_exhaustive()
    }
}

impl fmt::Debug for AnalyzedExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnalyzedExchange").field("passages", &self.passages.len()).finish_non_exhaustive()
    }
}

impl AnalyzedDocument {
    /// How many passages it has.
    #[must_use]
    pub(crate) fn passages(&self) -> usize {
        self.0.iter().map(|exchange| exchange.passages.len()).sum()
    }

    /// Bytes that it holds.
    #[must_use]
    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().map(|exchange| exchange.bytes).sum()
    }
}

impl IntoIterator for AnalyzedDocument {
    type Item = AnalyzedExchange;
    type IntoIter = std::vec::IntoIter<AnalyzedExchange>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl DocumentAnalyzer {
    /// An analyzer for indexes with these settings.
    #[must_use]
    pub(crate) fn new(settings: &Settings) -> Self {
        let (_, fields) = schema::build();
        Self { fields, default_language: settings.default_language.clone(), idle: Mutex::default() }
    }

    /// Analyses a document in its language; `None` for one that has too many passages to be held at
    /// a time, for which there is [`DocumentAnalyzer::each`].
    #[must_use]
    pub(crate) fn analyze(&self, entry: &DocumentEntry<'_>) -> Option<AnalyzedDocument> {
        (entry.passages() <= MOST_HELD).then(|| AnalyzedDocument(self.each(entry).collect()))
    }

    /// Analyses a document exchange by exchange.
    pub(crate) fn each<'a>(
        &'a self,
        entry: &'a DocumentEntry<'_>,
    ) -> impl Iterator<Item = AnalyzedExchange> + 'a {
        let tag = match entry.metadata.language.as_str() {
            "" => self.default_language.as_str(),
            tag => tag,
        };
        let mut analyzers = Borrowed { from: self, analyzers: self.take() };
        // Neighbouring exchanges mostly have the same speakers.
        let people = People::new(&entry.metadata.participants);
        let mut last = ([""; 2], Speakers::default());
        (0..).zip(&entry.exchanges).map(move |(index, exchange)| {
            let analyzer = analyzers.of(Language::from_tag(tag));
            let speakers = [exchange.speaker, exchange.asker];
            if last.0 != speakers || index == 0 {
                let terms = Arc::new(name_terms(analyzer, entry.metadata, speakers));
                let words = Arc::new(speakers.map(|name| people.words_of(name)));
                last = (speakers, Speakers { terms, words });
            }
            self.exchange(analyzer, entry, tag, (index, exchange), last.1.clone())
        })
    }

    fn take(&self) -> Analyzers {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn put_back(&self, analyzers: Analyzers) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(analyzers);
        }
    }

    fn exchange(
        &self,
        analyzer: &mut Analyzer,
        entry: &DocumentEntry<'_>,
        tag: &str,
        (index, exchange): (u32, &ExchangeEntry<'_>),
        names: Speakers,
    ) -> AnalyzedExchange {
        let whole = [TextSpan::new(0, exchange.answer.len())];
        let windows = if exchange.windows.is_empty() { &whole } else { exchange.windows.as_slice() };
        let words = names.words.iter().flatten().map(String::len).sum::<usize>();
        let mut keys = Some(self.fields.keys_of(entry, tag, exchange, names));
        let mut passages = Vec::with_capacity(windows.len());
        let labels = entry.metadata.labels.iter().map(|(key, value)| key.len() + value.len());
        // As keys, and as a value.
        let mut bytes = 2 * labels.sum::<usize>() + words;
        for window in windows {
            let keys = keys.take();
            let asked = if keys.is_some() { exchange.question } else { "" };
            let mut vectors = Vec::new();
            let question = Tokens::of(analyzer, asked, &mut vectors);
            let answer = Tokens::of(analyzer, window.of(exchange.answer), &mut vectors);
            bytes += PASSAGE + question.bytes() + answer.bytes() + vectors.capacity();
            passages.push(AnalyzedPassage { question, answer, vectors, exchange: keys });
        }
        AnalyzedExchange { index, passages, bytes }
    }
}

/// Who answers and who asks.
#[derive(Clone, Debug, Default)]
struct Speakers {
    /// The terms that their names are searched by.
    terms: Arc<NameTerms>,
    /// The words that their names and aliases are filtered by.
    words: Arc<[BTreeSet<String>; 2]>,
}

/// The terms of who speaks, in which document.
fn name_terms(analyzer: &mut Analyzer, metadata: &Metadata, [speaker, asker]: [&str; 2]) -> NameTerms {
    let mut terms = NameTerms::new();
    let names = [
        (Field::Speaker, speaker),
        (Field::Asker, asker),
        (Field::Title, &metadata.title),
        (Field::Publisher, &metadata.publisher),
    ];
    for (field, name) in names {
        analyzer.analyze(name, &mut |token| {
            terms.insert((field, token.term.to_owned()));
            terms.extend(token.written.map(|written| (field, written.to_owned())));
        });
    }
    terms
}

/// The analyzers of a thread, which are put back when it is done.
struct Borrowed<'a> {
    from: &'a DocumentAnalyzer,
    analyzers: Analyzers,
}

impl Borrowed<'_> {
    fn of(&mut self, language: Language) -> &mut Analyzer {
        if self.analyzers.len() >= LANGUAGES && !self.analyzers.contains_key(&language) {
            self.analyzers.clear();
        }
        self.analyzers.entry(language).or_insert_with(|| Analyzer::new(language))
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        self.from.put_back(std::mem::take(&mut self.analyzers));
    }
}

impl DocumentEntry<'_> {
    fn passages(&self) -> usize {
        self.exchanges.iter().map(|exchange| exchange.windows.len().max(1)).sum()
    }
}

impl Fields {
    /// The keys of an exchange.
    fn keys_of(
        &self,
        entry: &DocumentEntry<'_>,
        tag: &str,
        exchange: &ExchangeEntry<'_>,
        names: Speakers,
    ) -> ExchangeKeys {
        let mut keys = Vec::new();
        for (field, words) in [self.speaker, self.asker].into_iter().zip(names.words.as_ref()) {
            keys.extend(words.iter().map(|word| (field, word.clone())));
        }
        let publisher = entry.metadata.publisher.as_str();
        if !publisher.is_empty() {
            keys.extend(keys::name_words(publisher).into_iter().map(|word| (self.publisher, word)));
        }
        keys.extend(keys::tag_prefixes(tag).into_iter().map(|prefix| (self.language, prefix)));
        keys.push((self.analysis, Language::from_tag(tag).tag().to_owned()));
        if looks_like_question(exchange.question, Language::from_tag(tag)) {
            keys.push((self.form, keys::QUESTION_FORM.to_owned()));
        }
        let labels = entry.metadata.labels.iter();
        keys.extend(labels.map(|(key, value)| (self.label, keys::label_key(key, value))));
        ExchangeKeys {
            keys,
            names: names.terms,
            values: OfEach::new(|attribute| match attribute {
                Attribute::Speaker => values::name(exchange.speaker),
                Attribute::Asker => values::name(exchange.asker),
                Attribute::Publisher => values::name(&entry.metadata.publisher),
                Attribute::Language => values::tag(&entry.metadata.language),
                Attribute::Labels => values::labels(&entry.metadata.labels),
            }),
            published: DateRange::parse(&entry.metadata.published).ok(),
            minhash: MinHash::of(exchange.question, exchange.answer),
        }
    }
}

#[cfg(test)]
impl DocumentEntry<'_> {
    /// Analyses it with default settings and writes it.
    pub(crate) fn write(&self, writer: &mut crate::local::index::Writer) {
        let analyzer = DocumentAnalyzer::new(&Settings::default());
        writer.replace(self.document_id, analyzer.each(self)).unwrap();
    }
}
