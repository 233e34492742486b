//! Documents → what the index takes of them. Most of what indexing costs, and none of it needs the index: so it is done
//! by many threads, and the one that writes only hands over.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::PoisonError;

use tantivy::TantivyDocument;

use crate::index::Analyzer;
use crate::index::DocumentEntry;
use crate::index::ExchangeEntry;
use crate::index::Language;
use crate::index::Settings;
use crate::index::narrow;
use crate::index::schema;
use crate::index::schema::Fields;
use crate::index::sketch::Sketch;
use crate::index::written::Written;
use crate::query::DateRange;
use crate::span::TextSpan;

/// How many threads' analyzers are kept for the next document, and of how many languages each: with the words they
/// remember some 4 MB each.
const IDLE: usize = 4;
const LANGUAGES: usize = 4;

/// The analyzers of one thread.
type Analyzers = BTreeMap<Language, Analyzer>;

/// Analyses documents, any number at a time.
pub struct DocumentAnalyzer {
    fields: Fields,
    default_language: String,
    idle: Mutex<Vec<Analyzers>>,
}

/// A document as [`crate::index::Writer`] takes it.
#[derive(Default)]
pub struct AnalyzedDocument {
    pub(super) id: String,
    /// The passages of each exchange.
    pub(super) exchanges: Vec<Vec<TantivyDocument>>,
    bytes: usize,
}

impl fmt::Debug for DocumentAnalyzer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentAnalyzer").finish_non_exhaustive()
    }
}

impl fmt::Debug for AnalyzedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnalyzedDocument").field("id", &self.id).finish_non_exhaustive()
    }
}

impl AnalyzedDocument {
    /// Bytes of its terms and vectors, which is nearly all that it holds.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }
}

impl DocumentAnalyzer {
    /// One for indexes of these settings.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let (_, fields) = schema::build();
        Self { fields, default_language: settings.default_language.clone(), idle: Mutex::default() }
    }

    /// Analyses a document in its language.
    #[must_use]
    pub fn analyze(&self, entry: &DocumentEntry<'_>) -> AnalyzedDocument {
        let tag = match entry.metadata.language.as_str() {
            "" => self.default_language.as_str(),
            tag => tag,
        };
        let language = Language::from_tag(tag);
        let mut analyzers = self.take();
        if analyzers.len() >= LANGUAGES && !analyzers.contains_key(&language) {
            analyzers.clear();
        }
        let analyzer = analyzers.entry(language).or_insert_with(|| Analyzer::remembering(language));
        let mut document =
            AnalyzedDocument { id: entry.document_id.to_owned(), ..AnalyzedDocument::default() };
        for (index, exchange) in (0..).zip(&entry.exchanges) {
            let passages = self.passages(analyzer, entry, tag, (index, exchange), &mut document.bytes);
            document.exchanges.push(passages);
        }
        self.put_back(analyzers);
        document
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

    fn passages(
        &self,
        analyzer: &mut Analyzer,
        entry: &DocumentEntry<'_>,
        tag: &str,
        (index, exchange): (u64, &ExchangeEntry<'_>),
        bytes: &mut usize,
    ) -> Vec<TantivyDocument> {
        let fields = &self.fields;
        let whole = [TextSpan::new(0, exchange.answer.len())];
        let windows = if exchange.windows.is_empty() { &whole } else { exchange.windows.as_slice() };
        let mut question = Written::of(analyzer, exchange.question);
        let mut passages = Vec::with_capacity(windows.len());
        for (number, window) in (0u64..).zip(windows) {
            let answer = Written::of(analyzer, window.of(exchange.answer));
            let mut passage = TantivyDocument::default();
            passage.add_text(fields.document_id, entry.document_id);
            passage.add_u64(fields.exchange, index);
            passage.add_u64(fields.window, number);
            passage.add_text(fields.answer, &answer.terms);
            let mut vectors = question.vector;
            vectors.extend(answer.vector);
            passage.add_custom(fields.vectors, &vectors);
            *bytes += question.terms.len() + answer.terms.len() + vectors.len();
            if number == 0 {
                fields.describe(&mut passage, entry, tag, exchange);
                if !exchange.question.is_empty() {
                    passage.add_text(fields.question, &question.terms);
                }
            }
            question = Written::of(analyzer, "");
            passages.push(passage);
        }
        passages
    }
}

impl Fields {
    /// What the first window bears for the whole exchange.
    fn describe(
        &self,
        first: &mut TantivyDocument,
        entry: &DocumentEntry<'_>,
        tag: &str,
        exchange: &ExchangeEntry<'_>,
    ) {
        if !exchange.speaker.is_empty() {
            first.add_text(self.speaker, narrow::name_key(exchange.speaker));
        }
        for prefix in narrow::tag_prefixes(tag) {
            first.add_text(self.language, prefix);
        }
        first.add_text(self.analysis, Language::from_tag(tag).tag());
        for (key, value) in &entry.metadata.labels {
            first.add_text(self.label, narrow::label_key(key, value));
        }
        for number in Sketch::of(exchange.question, exchange.answer).into_iter().flat_map(Sketch::to_numbers)
        {
            first.add_u64(self.sketch, number);
        }
        if let Ok(published) = DateRange::parse(&entry.metadata.published) {
            first.add_i64(self.published_first, published.first);
            first.add_i64(self.published_last, published.last);
        }
    }
}

#[cfg(test)]
impl DocumentEntry<'_> {
    /// As an index of default settings takes it.
    pub(crate) fn analyzed(&self) -> AnalyzedDocument {
        DocumentAnalyzer::new(&Settings::default()).analyze(self)
    }
}
