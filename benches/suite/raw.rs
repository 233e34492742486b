//! The ceiling: tantivy's own BM25 on the same index, in process, nothing fetched.

use std::fs;
use std::path::Path;
use std::time::Duration;

use onrecord::analysis::Analyzer;
use onrecord::analysis::Form;
use onrecord::analysis::Language;
use rust_stemmers::Algorithm;
use rust_stemmers::Stemmer;
use tantivy::IndexWriter;
use tantivy::ReloadPolicy;
use tantivy::Searcher;
use tantivy::Term;
use tantivy::collector::Count;
use tantivy::collector::TopDocs;
use tantivy::doc;
use tantivy::query::BooleanQuery;
use tantivy::query::Occur;
use tantivy::query::Query;
use tantivy::query::TermQuery;
use tantivy::schema::Field;
use tantivy::schema::IndexRecordOption;
use tantivy::schema::Schema;
use tantivy::schema::TextFieldIndexing;
use tantivy::schema::TextOptions;
use tantivy::tokenizer::SimpleTokenStream;
use tantivy::tokenizer::SimpleTokenizer;
use tantivy::tokenizer::TextAnalyzer;
use tantivy::tokenizer::Token;
use tantivy::tokenizer::TokenStream;
use tantivy::tokenizer::Tokenizer;

use crate::corpus::Pair;
use crate::process::process_cpu;
use crate::process::thread_cpu;

/// The index of a data folder, read by tantivy alone.
pub(crate) struct Raw {
    searcher: Searcher,
    fields: [Field; 2],
}

impl Raw {
    pub(crate) fn open(folder: &Path) -> Self {
        let plain = folder.with_extension("plain");
        drop(fs::remove_dir_all(&plain));
        fs::create_dir_all(&plain).unwrap();
        for entry in fs::read_dir(folder.join("index")).unwrap() {
            let (from, to) = (entry.as_ref().unwrap().path(), plain.join(entry.unwrap().file_name()));
            if from.extension().is_some_and(|extension| extension == "json") {
                // The service puts a checksum behind these, which tantivy does not know.
                let text = fs::read_to_string(&from).unwrap();
                fs::write(to, text.split("\ncrc32 ").next().unwrap()).unwrap();
            } else {
                fs::hard_link(from, to).unwrap();
            }
        }
        let index = tantivy::Index::open_in_dir(plain).unwrap();
        let fields = ["question", "answer"].map(|name| index.schema().get_field(name).unwrap());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().unwrap();
        Self { searcher: reader.searcher(), fields }
    }

    /// A query's words in both fields, any of which may match.
    pub(crate) fn query(&self, text: &str) -> BooleanQuery {
        let mut terms: Vec<String> = Analyzer::terms(Language::English, text)
            .into_iter()
            .filter(|(_, _, form)| *form == Form::Word)
            .map(|(term, ..)| term)
            .collect();
        terms.sort_unstable();
        terms.dedup();
        let clauses = terms.iter().flat_map(|term| {
            self.fields.map(|field| {
                let term = Term::from_field_text(field, term);
                let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
                (Occur::Should, query)
            })
        });
        BooleanQuery::new(clauses.collect())
    }

    /// The ten best and the exact count.
    pub(crate) fn search(&self, query: &BooleanQuery) -> usize {
        let collectors = (TopDocs::with_limit(10).order_by_score(), Count);
        let (top, count) = self.searcher.search(query, &collectors).unwrap();
        top.len() + count
    }
}

/// What tantivy's own English analysis does, of which the service leaves the stemmer out: words,
/// lower-cased, stemmed.
#[derive(Clone, Default)]
struct English(SimpleTokenizer);

/// The words of a text, stemmed.
struct Stemmed<'a> {
    words: SimpleTokenStream<'a>,
    stemmer: Stemmer,
}

impl Tokenizer for English {
    type TokenStream<'a> = Stemmed<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stemmed<'a> {
        Stemmed { words: self.0.token_stream(text), stemmer: Stemmer::create(Algorithm::English) }
    }
}

impl TokenStream for Stemmed<'_> {
    fn advance(&mut self) -> bool {
        let more = self.words.advance();
        if more {
            let text = &mut self.words.token_mut().text;
            text.make_ascii_lowercase();
            let stem = self.stemmer.stem(text).into_owned();
            *text = stem;
        }
        more
    }

    fn token(&self) -> &Token {
        self.words.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.words.token_mut()
    }
}

/// Processor time of tantivy alone for indexing pairs, with an English analysis and its stored
/// texts, on one thread as the service has it, merges included.
pub(crate) fn index(folder: &Path, pairs: impl Iterator<Item = Pair>) -> Duration {
    let mut schema = Schema::builder();
    let text = || {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("english")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        TextOptions::default().set_indexing_options(indexing).set_stored()
    };
    let question = schema.add_text_field("question", text());
    let answer = schema.add_text_field("answer", text());
    let index = tantivy::Index::create_in_dir(folder, schema.build()).unwrap();
    index.tokenizers().register("english", TextAnalyzer::from(English(SimpleTokenizer::default())));
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 64 << 20).unwrap();
    let before = process_cpu();
    let mut generating = Duration::ZERO;
    let mut pairs = pairs;
    loop {
        let begin = thread_cpu();
        let Some(pair) = pairs.next() else { break };
        generating += thread_cpu().saturating_sub(begin);
        writer.add_document(doc!(question => pair.question, answer => pair.answer)).unwrap();
    }
    writer.commit().unwrap();
    writer.wait_merging_threads().unwrap();
    process_cpu().saturating_sub(before).saturating_sub(generating)
}
