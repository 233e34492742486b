//! The fields of the index.

use tantivy::schema::FAST;
use tantivy::schema::Field;
use tantivy::schema::IndexRecordOption;
use tantivy::schema::STRING;
use tantivy::schema::Schema;
use tantivy::schema::TextFieldIndexing;
use tantivy::schema::TextOptions;

use crate::local::index::field::Field as Searched;
use crate::local::index::value_column::Attribute;

/// The name of our analysis. tantivy has no tokenizer of this name, as it is never given text.
const TOKENIZER: &str = "onrecord";

/// Columns, by name, as tantivy opens them.
pub(super) const DOCUMENT_ID: &str = "document_id";
/// The exchange's index in its document.
pub(super) const EXCHANGE: &str = "exchange";
/// The window's index in its exchange; 0 marks where an exchange begins.
pub(super) const WINDOW: &str = "window";
/// First and last day of publication.
pub(super) const PUBLISHED_FIRST: &str = "published_first";
pub(super) const PUBLISHED_LAST: &str = "published_last";
/// The numbers of the exchange's minhash, in order, where it has one.
pub(super) const MINHASH: &str = "minhash";

/// Handles of the fields that are looked up by term.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    /// On every passage, so that a document can be deleted by its id.
    pub document_id: Field,
    /// On the first window.
    pub question: Field,
    /// On every window.
    pub answer: Field,
    /// The terms of the name of who answers; on the first window, like all below.
    pub speaker_terms: Field,
    /// Those of the name of who asks.
    pub asker_terms: Field,
    /// Those of the document's title.
    pub title_terms: Field,
    /// Those of the document's publisher.
    pub publisher_terms: Field,
    /// Folded words of the name of who answers, for filters.
    pub speaker: Field,
    /// Those of who asks.
    pub asker: Field,
    /// Those of the publisher.
    pub publisher: Field,
    /// The document's language tag and each shorter prefix of it.
    pub language: Field,
    /// The tag of the language that the analysis used.
    pub analysis: Field,
    /// `question` where the exchange's question looks like one.
    pub form: Field,
    /// Key and value as one; see `label_key`.
    pub label: Field,
}

/// The schema and its handles; the same in every process of this version.
pub(super) fn build() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let text = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let keyword = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic),
    );
    // An index's fields are in this order.
    let document_id = schema.add_text_field(DOCUMENT_ID, STRING | FAST);
    schema.add_u64_field(EXCHANGE, FAST);
    schema.add_u64_field(WINDOW, FAST);
    let question = schema.add_text_field("question", text.clone());
    let answer = schema.add_text_field("answer", text);
    // On every window: the term vectors of question and answer.
    schema.add_custom_field("vectors", "onrecord.term_vectors", serde_json::Value::Null);
    // With positions, as cursors are used for one field after the other and must read them alike.
    let name = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let speaker_terms = schema.add_text_field("speaker_terms", name.clone());
    let asker_terms = schema.add_text_field("asker_terms", name.clone());
    let title_terms = schema.add_text_field("title_terms", name.clone());
    let publisher_terms = schema.add_text_field("publisher_terms", name);
    let speaker = schema.add_text_field("speaker", keyword.clone());
    let asker = schema.add_text_field("asker", keyword.clone());
    let publisher = schema.add_text_field("publisher", keyword.clone());
    let language = schema.add_text_field("language", keyword.clone());
    let analysis = schema.add_text_field("analysis", keyword.clone());
    let form = schema.add_text_field("form", keyword.clone());
    let label = schema.add_text_field("label", keyword);
    // On the first window, where it is known.
    schema.add_i64_field(PUBLISHED_FIRST, FAST);
    schema.add_i64_field(PUBLISHED_LAST, FAST);
    schema.add_u64_field(MINHASH, FAST);
    // On every window, of which the first has the value.
    for attribute in Attribute::ALL {
        schema.add_text_field(attribute.column_name(), FAST);
    }
    let fields = Fields {
        document_id,
        question,
        answer,
        speaker_terms,
        asker_terms,
        title_terms,
        publisher_terms,
        speaker,
        asker,
        publisher,
        language,
        analysis,
        form,
        label,
    };
    (schema.build(), fields)
}

impl Fields {
    /// The handle of a field that is searched.
    pub(super) const fn handle(&self, field: Searched) -> Field {
        match field {
            Searched::Question => self.question,
            Searched::Answer => self.answer,
            Searched::Speaker => self.speaker_terms,
            Searched::Asker => self.asker_terms,
            Searched::Title => self.title_terms,
            Searched::Publisher => self.publisher_terms,
        }
    }
}
