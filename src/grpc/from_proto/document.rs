//! Documents that are sent.

use std::collections::BTreeMap;

use crate::engine::Body;
use crate::engine::Deletion;
use crate::engine::Submission;
use crate::extraction::Line;
use crate::extraction::Pair;
use crate::grpc::from_proto::fields::MAX_FIELD;
use crate::grpc::from_proto::fields::MAX_LABEL;
use crate::grpc::from_proto::fields::MAX_NAMED_ID;
use crate::grpc::from_proto::fields::at_most;
use crate::grpc::from_proto::fields::at_most_values;
use crate::grpc::from_proto::fields::date;
use crate::grpc::from_proto::fields::label_key;
use crate::grpc::from_proto::fields::language_tag;
use crate::grpc::from_proto::fields::required_id;
use crate::grpc::from_proto::fields::shown;
use crate::grpc::from_proto::participants::participants;
use crate::grpc::from_proto::violations::Violations;
use crate::grpc::invalid_request::InvalidRequest;
use crate::grpc::pb;
use crate::grpc::pb::ErrorReason;
use crate::transcript::Metadata;

/// Most labels of a document.
const MAX_LABELS: usize = 64;
/// Longest document id, in characters.
const MAX_ID: usize = 128;
/// Longest media type, in bytes: RFC 6838 allows 127 for either half.
const MAX_MEDIA_TYPE: usize = 256;

/// A document from a request, and the field that holds its body.
pub(in crate::grpc) fn submission(
    document: Option<pb::Document>,
) -> Result<(Submission, &'static str), InvalidRequest> {
    let mut wrong = Violations::default();
    let Some(document) = document else {
        wrong.add("document", ErrorReason::FieldRequired, "is missing; send a document");
        return wrong.done(None);
    };
    let pb::Document {
        id,
        title,
        uri,
        publisher,
        published,
        language,
        labels,
        media_type,
        body,
        etag,
        // The service's own, which a client may send back as it got them.
        document_sha256: _,
        size_bytes: _,
        exchange_count: _,
        create_time: _,
        update_time: _,
        generation: _,
        media_uri,
        participants,
    } = document;
    document_id(&mut wrong, "document.id", &id);
    for (field, value) in [
        ("document.title", &title),
        ("document.uri", &uri),
        ("document.publisher", &publisher),
        ("document.media_uri", &media_uri),
    ] {
        at_most(&mut wrong, field, value, MAX_FIELD);
    }
    date(&mut wrong, "document.published", &published);
    language_tag(&mut wrong, "document.language", &language, "leave it empty to have it detected");
    at_most(&mut wrong, "document.media_type", &media_type, MAX_MEDIA_TYPE);
    if matches!(body, Some(pb::document::Body::Exchanges(_))) && !media_type.is_empty() {
        let message = "says how to read bytes; leave it empty with ready pairs";
        wrong.add("document.media_type", ErrorReason::MediaTypeUnsupported, message);
    }
    at_most_values(&mut wrong, "document.labels", labels.len(), MAX_LABELS, "leave the others out");
    let labels: BTreeMap<String, String> = labels.into_iter().collect();
    for (key, value) in labels.iter().take(MAX_LABELS) {
        label_key(&mut wrong, "document.labels", key);
        let field = format!("document.labels[{:?}]", shown(key));
        if value.is_empty() {
            wrong.add(&field, ErrorReason::FieldRequired, "is empty; leave the label out");
        }
        at_most(&mut wrong, &field, value, MAX_LABEL);
    }
    let read = match body {
        Some(pb::document::Body::Text(text)) => Some((Body::Bytes(text.into_bytes()), "document.text")),
        Some(pb::document::Body::Content(bytes)) => Some((Body::Bytes(bytes), "document.content")),
        Some(pb::document::Body::Exchanges(list)) => {
            Some((Body::Pairs(pairs(&mut wrong, list)), "document.exchanges"))
        }
        None => {
            let message = "is missing; set text, content or exchanges";
            wrong.add("document.body", ErrorReason::FieldRequired, message);
            None
        }
    };
    let participants = self::participants(&mut wrong, participants);
    let metadata = Metadata {
        title,
        uri,
        publisher,
        published,
        language,
        people: Vec::new(),
        labels,
        media_uri,
        participants,
    };
    let if_etag = self::if_etag(&mut wrong, "document.etag", etag);
    wrong.done(read.map(|(body, field)| (Submission { id, metadata, media_type, body, if_etag }, field)))
}

/// Which document is deleted, and how.
pub(in crate::grpc) fn deletion(
    request: pb::DeleteDocumentRequest,
) -> Result<(String, Deletion), InvalidRequest> {
    let pb::DeleteDocumentRequest { document_id, purge, allow_missing, etag } = request;
    let mut wrong = Violations::default();
    let id = required_id(&mut wrong, "document_id", document_id);
    let if_etag = if_etag(&mut wrong, "etag", etag);
    wrong.none()?;
    Ok((id, Deletion { purge, allow_missing, if_etag }))
}

/// An etag that the stored document must have; `None` for the empty one. One that no document can
/// have is compared like any other, and does not match.
pub(in crate::grpc) fn if_etag(wrong: &mut Violations, field: &str, etag: String) -> Option<String> {
    at_most(wrong, field, &etag, MAX_NAMED_ID);
    Some(etag).filter(|etag| !etag.is_empty())
}

fn pairs(wrong: &mut Violations, list: pb::ExchangeList) -> Vec<Pair> {
    let pb::ExchangeList { exchanges } = list;
    let list = "document.exchanges.exchanges";
    if exchanges.is_empty() {
        wrong.add(list, ErrorReason::FieldRequired, "is empty; send at least one exchange");
    }
    let mut pairs = Vec::with_capacity(exchanges.len());
    for (number, exchange) in exchanges.into_iter().enumerate() {
        // Of an exchange only what was said is read; the rest is what the service itself fills in.
        let pb::Exchange { question, answer, id: _, document_id: _, index: _, citation: _, reasons: _ } =
            exchange;
        let mut line = |utterance: pb::Utterance, side: &str| {
            let pb::Utterance { text, speaker, truncated: _ } = utterance;
            if speaker.len() > MAX_FIELD {
                at_most(wrong, &format!("{list}[{number}].{side}.speaker"), &speaker, MAX_FIELD);
            }
            Line { speaker, text }
        };
        let question = question.map(|question| line(question, "question"));
        let answer = answer.map(|answer| line(answer, "answer")).filter(|line| !line.text.trim().is_empty());
        if let Some(answer) = answer {
            pairs.push(Pair { question: question.filter(|line| !line.text.trim().is_empty()), answer });
        } else {
            let message = "is empty; an exchange needs an answer";
            wrong.add(format!("{list}[{number}].answer.text"), ErrorReason::FieldRequired, message);
        }
    }
    pairs
}

/// Refuses what is no document id. Empty passes.
fn document_id(wrong: &mut Violations, field: &str, id: &str) {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
    if id.len() > MAX_ID || !id.chars().all(allowed) {
        let message = format!(
            "{:?} is no document id; use 1 to {MAX_ID} of A-Z a-z 0-9 . _ ~ -, or leave it empty",
            shown(id)
        );
        wrong.add(field, ErrorReason::DocumentIdInvalid, message);
    }
}
