//! Highlights: the parts of a text that a query matched.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

use crate::analysis::Analyzer;
use crate::analysis::Form;
use crate::analysis::Language;
use crate::analysis::WRITTEN_MARK;
use crate::engine::PassageKey;
use crate::local::index::ByField;
use crate::local::index::Field;
use crate::local::index::Fingerprints;
#[cfg(test)]
use crate::local::index::IndexError;
use crate::local::index::Searcher;
use crate::local::index::TermVector;
use crate::local::index::chunk_end;
#[cfg(test)]
use crate::local::search::plan::Plan;
use crate::local::search::term_cache::CachedTerm;
#[cfg(test)]
use crate::local::search::term_cache::TermCache;
use crate::query::AnalyzedQuery;
use crate::query::Occur;
#[cfg(test)]
use crate::query::Query;
#[cfg(test)]
use crate::query::Ranking;
use crate::span::TextSpan;

/// Finds what a query matched in a text, by the analysis that the search used. Made once per query.
#[derive(Debug)]
pub(crate) struct Highlighter {
    terms: HashSet<String>,
    /// The fingerprints of `terms`.
    fingerprints: Fingerprints,
    phrases: Vec<Vec<(u32, String)>>,
    /// The terms that names of a field have: most queries match few of these fields.
    names: ByField<HashSet<String>>,
    /// Names analysed so far: speakers and titles come over and over.
    names_seen: BTreeMap<(Field, Language), ChunkCache>,
    default_language: Language,
    /// Chunks analysed so far, by language: the results of one query have many in common.
    chunks: BTreeMap<Language, ChunkCache>,
}

/// Analysed chunks, with the spans that match.
#[derive(Debug)]
struct ChunkCache {
    analyzer: Analyzer,
    chunks: HashMap<String, Vec<TextSpan>>,
}

/// A term of a text: its position, its text and its span.
type PositionedTerm = (usize, String, TextSpan);

impl Highlighter {
    /// A highlighter of a query, which is resolved against this snapshot.
    #[cfg(test)]
    pub(super) fn new(searcher: &Searcher, query: &Query, ranking: &Ranking) -> Result<Self, IndexError> {
        let words = AnalyzedQuery::new(query, searcher.languages(), ranking);
        let plan = Plan::new(searcher, &TermCache::default(), &words, ranking)?;
        Ok(Self::of(&words, plan.words(), searcher))
    }

    /// A highlighter of an analysed query, whose words have these entries.
    pub(super) fn of(query: &AnalyzedQuery, entries: &[Arc<CachedTerm>], searcher: &Searcher) -> Self {
        let AnalyzedQuery { words, clauses, .. } = query;
        // Highlighted articles would only distract, unless the query has nothing else.
        let topical = words.iter().any(|word| word.matches && word.role.is_topical());
        let words = words.iter().zip(entries);
        let shown = words.filter(|(word, _)| word.matches && (word.role.is_topical() || !topical));
        let (mut terms, mut names) = (HashSet::new(), ByField::<HashSet<String>>::default());
        for (word, entry) in shown {
            if word.shown {
                terms.extend(entry.terms_of(&Field::TEXTS).map(str::to_owned));
            }
            for field in Field::NAMES {
                names.of_mut(field).extend(entry.terms_of(&[field]).map(str::to_owned));
            }
        }
        let mut fingerprints = Fingerprints::default();
        #[expect(clippy::iter_over_hash_type, reason = "a set is filled from a set, in any order")]
        for term in &terms {
            fingerprints.insert(term);
        }
        let phrases = clauses
            .iter()
            .filter(|clause| clause.occur != Occur::MustNot)
            .flat_map(|clause| clause.variants.iter().cloned())
            .collect();
        let default_language = searcher.default_language();
        Self {
            terms,
            fingerprints,
            phrases,
            names,
            names_seen: BTreeMap::new(),
            default_language,
            chunks: BTreeMap::new(),
        }
    }

    /// The spans of `text`, in the language of this BCP 47 tag, that the query matched: in order,
    /// disjoint, on character boundaries.
    #[must_use]
    pub(crate) fn spans(&self, language: &str, text: &str) -> Vec<TextSpan> {
        let mut spans = Vec::new();
        self.analyze(&mut Analyzer::new(self.language(language)), text, &mut spans);
        joined(spans)
    }

    /// The spans of a name, of a document in the language of this tag, that the query matched.
    pub(crate) fn in_name(&mut self, field: Field, language: &str, name: &str) -> Vec<TextSpan> {
        let terms = self.names.of(field);
        if terms.is_empty() || name.is_empty() {
            return Vec::new();
        }
        let language = self.language(language);
        let seen = self.names_seen.entry((field, language)).or_insert_with(|| ChunkCache::new(language));
        joined(seen.matches(terms, name).to_vec())
    }

    /// The spans that the query matched in the question and in the best window of a hit in this
    /// snapshot: those of [`Highlighter::spans`], found by term vectors instead of by analysing the
    /// whole text.
    pub(crate) fn of_hit(
        &mut self,
        searcher: &Searcher,
        key: PassageKey,
        language: &str,
        [question, answer]: [&str; 2],
    ) -> [Vec<TextSpan>; 2] {
        let segment = searcher.segments().iter().find(|segment| segment.id().as_u128() == key.part);
        let vectors = segment.and_then(|segment| {
            let [of_question, of_answer] = segment.term_vectors(key.ordinal)?;
            let start = segment.starts().at_or_below(key.ordinal)?;
            let of_question =
                if start == key.ordinal { of_question } else { segment.term_vectors(start)?[0] };
            Some([of_question, of_answer])
        });
        match vectors {
            Some([of_question, of_answer]) => {
                [self.looked_up(language, question, of_question), self.looked_up(language, answer, of_answer)]
            }
            None => [self.spans(language, question), self.spans(language, answer)],
        }
    }

    /// The spans of a text with this term vector.
    fn looked_up(&mut self, language: &str, text: &str, vector: TermVector<'_>) -> Vec<TextSpan> {
        // Index and store are of one generation, so lengths differ only where one of them is
        // damaged.
        if vector.text_len() != text.len() {
            return self.spans(language, text);
        }
        let language = self.language(language);
        let mut spans = Vec::new();
        for start in vector.chunks(&self.fingerprints) {
            let end = chunk_end(text, start);
            let chunks = self.chunks.entry(language).or_insert_with(|| ChunkCache::new(language));
            let found = chunks.matches(&self.terms, text.get(start..end).unwrap_or_default());
            spans.extend(found.iter().map(|span| shifted(*span, start)));
        }
        let mut analyzer = Analyzer::new(language);
        // Term vectors have no written words, so their phrases are sought in the whole text.
        let (written, stems): (Vec<_>, Vec<_>) = self.phrases.iter().partition(|phrase| is_written(phrase));
        if !written.is_empty() {
            let words = positioned_terms(&mut analyzer, text);
            for phrase in written {
                phrase_spans(phrase, &words, &mut spans);
            }
        }
        for phrase in stems {
            for (start, last) in vector.windows(phrase) {
                let window = text.get(start..chunk_end(text, last)).unwrap_or_default();
                let mut found = Vec::new();
                phrase_spans(phrase, &positioned_terms(&mut analyzer, window), &mut found);
                spans.extend(found.into_iter().map(|span| shifted(span, start)));
            }
        }
        joined(spans)
    }

    fn language(&self, tag: &str) -> Language {
        match tag {
            "" => self.default_language,
            tag => Language::from_tag(tag),
        }
    }

    /// Adds the spans of a text that match, by analysing all of it.
    fn analyze(&self, analyzer: &mut Analyzer, text: &str, spans: &mut Vec<TextSpan>) {
        analyzer.analyze(text, &mut |token| {
            if self.terms.contains(token.term) {
                spans.push(token.span);
            }
        });
        if self.phrases.is_empty() {
            return;
        }
        let words = positioned_terms(analyzer, text);
        for phrase in &self.phrases {
            phrase_spans(phrase, &words, spans);
        }
    }
}

impl ChunkCache {
    fn new(language: Language) -> Self {
        Self { analyzer: Analyzer::new(language), chunks: HashMap::new() }
    }

    /// The spans of a chunk that have one of `terms`.
    fn matches(&mut self, terms: &HashSet<String>, chunk: &str) -> &[TextSpan] {
        if !self.chunks.contains_key(chunk) {
            let mut spans = Vec::new();
            self.analyzer.analyze(chunk, &mut |token| {
                if terms.contains(token.term) {
                    spans.push(token.span);
                }
            });
            self.chunks.insert(chunk.to_owned(), spans);
        }
        self.chunks.get(chunk).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Whether a phrase has a [written word](crate::analysis::Token::written).
fn is_written(phrase: &[(u32, String)]) -> bool {
    phrase.iter().any(|(_, term)| term.starts_with(WRITTEN_MARK))
}

fn shifted(span: TextSpan, by: usize) -> TextSpan {
    TextSpan::new(span.start() + by, span.end() + by)
}

/// The terms of a text in order of position.
fn positioned_terms(analyzer: &mut Analyzer, text: &str) -> Vec<PositionedTerm> {
    let mut words: Vec<PositionedTerm> = Vec::new();
    analyzer.analyze(text, &mut |token| {
        if token.form != Form::Character {
            words.push((token.position, token.term.to_owned(), token.span));
            if let Some(written) = token.written {
                words.push((token.position, written.to_owned(), token.span));
            }
        }
    });
    words.sort_by_key(|(position, ..)| *position);
    words
}

/// Adds the spans of a phrase among words in order of position.
fn phrase_spans(phrase: &[(u32, String)], words: &[PositionedTerm], spans: &mut Vec<TextSpan>) {
    let Some(((_, lead), rest)) = phrase.split_first() else { return };
    for (begin, _, first) in words.iter().filter(|(_, term, _)| term == lead) {
        let mut last = Some(*first);
        for (offset, term) in rest {
            let position = begin + *offset as usize;
            let from = words.partition_point(|(at, ..)| *at < position);
            let here = words.iter().skip(from).take_while(|(at, ..)| *at == position);
            last = last.and(here.clone().find(|(_, other, _)| other == term).map(|(.., span)| *span));
        }
        if let Some(last) = last {
            spans.push(TextSpan::new(first.start(), last.end()));
        }
    }
}

/// Spans in order, with overlapping ones joined.
fn joined(mut spans: Vec<TextSpan>) -> Vec<TextSpan> {
    spans.sort_unstable();
    let mut joined: Vec<TextSpan> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start() < last.end() => {
                *last = TextSpan::new(last.start(), last.end().max(span.end()));
            }
            _ => joined.push(span),
        }
    }
    joined
}
