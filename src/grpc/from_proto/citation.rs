//! Citations that are sent to be verified.

use crate::engine::Claim;
use crate::grpc::from_proto::fields::digest;
use crate::grpc::from_proto::fields::range;
use crate::grpc::from_proto::fields::required_id;
use crate::grpc::from_proto::violations::Violations;
use crate::grpc::invalid_request::InvalidRequest;
use crate::grpc::pb;
use crate::grpc::pb::ErrorReason;
use crate::span::ByteSpan;

/// What a citation claims.
pub(in crate::grpc) fn claim(citation: Option<pb::Citation>) -> Result<Claim, InvalidRequest> {
    let mut wrong = Violations::default();
    let missing = "is missing; send the citation as it was answered";
    let Some(citation) = citation else {
        wrong.add("citation", ErrorReason::FieldRequired, missing);
        return wrong.done(None);
    };
    let document_id = required_id(&mut wrong, "citation.document_id", citation.document_id);
    let text = digest(&mut wrong, "citation.text_sha256", &citation.text_sha256);
    let mut required = |field: &str, hex: &str| {
        if hex.is_empty() {
            wrong.add(field, ErrorReason::FieldRequired, missing);
        }
        digest(&mut wrong, field, hex)
    };
    let received = required("citation.document_sha256", &citation.document_sha256);
    let quote = required("citation.quote_sha256", &citation.quote_sha256);
    let mut spans: Vec<ByteSpan> = Vec::with_capacity(citation.answer_spans.len());
    for (number, sent) in citation.answer_spans.into_iter().enumerate() {
        let field = format!("citation.answer_spans[{number}]");
        let span = range(&mut wrong, &field, sent);
        if span.end() > 0 && spans.last().is_some_and(|last| span.start() < last.end()) {
            let message = "starts inside the span before it; send the spans in order";
            wrong.add(field, ErrorReason::SpansUnordered, message);
        }
        spans.push(span);
    }
    if spans.is_empty() {
        wrong.add("citation.answer_spans", ErrorReason::FieldRequired, missing);
    }
    let digests = received.zip(quote);
    wrong.done(digests.map(|(received, quote)| Claim { document_id, received, text, spans, quote }))
}
