//! The fields of the index.

use tantivy::schema::FAST;
use tantivy::schema::Field;
use tantivy::schema::IndexRecordOption;
use tantivy::schema::STRING;
use tantivy::schema::Schema;
use tantivy::schema::TextFieldIndexing;
use tantivy::schema::TextOptions;

/// The name under which the tokenizer is registered.
pub(super) const TOKENIZER: &str = "onrecord";

/// Columns, by name, as tantivy opens them.
pub(super) const DOCUMENT_ID: &str = "document_id";
pub(super) const EXCHANGE: &str = "exchange";
pub(super) const WINDOW: &str = "window";
pub(super) const PUBLISHED_FIRST: &str = "published_first";
pub(super) const PUBLISHED_LAST: &str = "published_last";
pub(super) const SKETCH: &str = "sketch";

/// Handles of the fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    /// On every passage, so that a document can be deleted by its id.
    pub document_id: Field,
    /// The exchange's index in its document.
    pub exchange: Field,
    /// The window's index in its exchange; 0 marks where an exchange begins.
    pub window: Field,
    /// On the first window.
    pub question: Field,
    /// On every window.
    pub answer: Field,
    /// On every window: where the terms of question and answer stand.
    pub vectors: Field,
    /// Folded name of who answers; on the first window, like all below.
    pub speaker: Field,
    /// The document's language tag and each shorter prefix of it.
    pub language: Field,
    /// The tag of the language that the analysis used.
    pub analysis: Field,
    /// `key`, an equals sign, `value`.
    pub label: Field,
    /// First and last day of publication.
    pub published_first: Field,
    pub published_last: Field,
    /// The numbers of the exchange's sketch, in order, where it has one.
    pub sketch: Field,
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
    let fields = Fields {
        document_id: schema.add_text_field(DOCUMENT_ID, STRING | FAST),
        exchange: schema.add_u64_field(EXCHANGE, FAST),
        window: schema.add_u64_field(WINDOW, FAST),
        question: schema.add_text_field("question", text.clone()),
        answer: schema.add_text_field("answer", text),
        vectors: schema.add_custom_field("vectors", "onrecord.term_vectors", serde_json::Value::Null),
        speaker: schema.add_text_field("speaker", keyword.clone()),
        language: schema.add_text_field("language", keyword.clone()),
        analysis: schema.add_text_field("analysis", keyword.clone()),
        label: schema.add_text_field("label", keyword),
        published_first: schema.add_i64_field(PUBLISHED_FIRST, FAST),
        published_last: schema.add_i64_field(PUBLISHED_LAST, FAST),
        sketch: schema.add_u64_field(SKETCH, FAST),
    };
    (schema.build(), fields)
}
