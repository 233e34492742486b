//! Wire → domain. Every message is taken apart whole, and every refusal names its field.

use std::collections::BTreeMap;

use crate::engine::Body;
use crate::engine::SearchCall;
use crate::engine::Submission;
use crate::extract::Line;
use crate::extract::Pair;
use crate::grpc::pb;
use crate::grpc::status::InvalidRequest;
use crate::query::DateRange;
use crate::query::Filter;
use crate::query::Query;
use crate::query::QueryError;
use crate::span::ByteSpan;
use crate::transcript::Metadata;

/// Longest title, URI or publisher, in bytes.
const MAX_FIELD: usize = 4096;
/// Most labels of a document.
const MAX_LABELS: usize = 64;
/// Longest key or value of a label, in bytes.
const MAX_LABEL: usize = 256;
/// Longest document id, in characters.
const MAX_ID: usize = 128;

/// A document from a request, and the field that holds its body.
pub(super) fn submission(
    document: Option<pb::Document>,
) -> Result<(Submission, &'static str), InvalidRequest> {
    let required = |field, what| InvalidRequest::new(field, "FIELD_REQUIRED", what);
    let document = document.ok_or_else(|| required("document", "is missing; send a document"))?;
    let pb::Document { id, title, uri, publisher, published, language, labels, media_type, body } = document;
    if !id.is_empty() {
        document_id("document.id", &id)?;
    }
    for (field, value) in
        [("document.title", &title), ("document.uri", &uri), ("document.publisher", &publisher)]
    {
        at_most(field, value, MAX_FIELD)?;
    }
    if !published.is_empty() {
        DateRange::parse(&published).map_err(|_| not_a_date("document.published", &published))?;
    }
    language_tag(&language)?;
    if labels.len() > MAX_LABELS {
        let message = format!("has {} entries, at most {MAX_LABELS} are kept", labels.len());
        return Err(InvalidRequest::new("document.labels", "TOO_MANY", message));
    }
    let labels: BTreeMap<String, String> = labels.into_iter().collect();
    for (key, value) in &labels {
        at_most("document.labels", key, MAX_LABEL)?;
        at_most(&format!("document.labels[{key:?}]"), value, MAX_LABEL)?;
    }
    let (body, field) = match body {
        Some(pb::document::Body::Text(text)) => (Body::Bytes(text.into_bytes()), "document.text"),
        Some(pb::document::Body::Content(bytes)) => (Body::Bytes(bytes), "document.content"),
        Some(pb::document::Body::Exchanges(list)) => (Body::Pairs(pairs(list)?), "document.exchanges"),
        None => return Err(required("document.body", "is missing; set text, content or exchanges")),
    };
    let metadata = Metadata { title, uri, publisher, published, language, people: Vec::new(), labels };
    Ok((Submission { id, metadata, media_type, body }, field))
}

fn pairs(list: pb::ExchangeList) -> Result<Vec<Pair>, InvalidRequest> {
    let pb::ExchangeList { exchanges } = list;
    if exchanges.is_empty() {
        let message = "is empty; send at least one exchange";
        return Err(InvalidRequest::new("document.exchanges.exchanges", "FIELD_REQUIRED", message));
    }
    let pair = |(number, exchange): (usize, pb::Exchange)| {
        // Of an exchange only what was said is read; the rest is what the service itself fills in.
        let pb::Exchange { question, answer, id: _, document_id: _, index: _, citation: _, reasons: _ } =
            exchange;
        let answer = answer.map(line).filter(|answer| !answer.text.trim().is_empty());
        let field = format!("document.exchanges.exchanges[{number}].answer.text");
        Ok(Pair {
            question: question.map(line).filter(|question| !question.text.trim().is_empty()),
            answer: answer.ok_or_else(|| {
                InvalidRequest::new(field, "FIELD_REQUIRED", "is empty; an exchange needs an answer")
            })?,
        })
    };
    exchanges.into_iter().enumerate().map(pair).collect()
}

fn line(utterance: pb::Utterance) -> Line {
    let pb::Utterance { text, speaker } = utterance;
    Line { speaker, text }
}

/// A search from a request.
pub(super) fn search_call(request: pb::SearchRequest) -> Result<SearchCall, InvalidRequest> {
    let pb::SearchRequest { query, page_size, page_token, filter: wanted } = request;
    let query = Query::parse(&query).map_err(|error| {
        let reason = match error {
            QueryError::Empty => "QUERY_EMPTY",
            QueryError::TooLong { .. } => "QUERY_TOO_LONG",
        };
        InvalidRequest::new("query", reason, error.to_string())
    })?;
    Ok(SearchCall {
        query,
        page_size: self::page_size(page_size, 10, 100)?,
        page_token,
        filter: wanted.map(filter).transpose()?.unwrap_or_default(),
    })
}

fn filter(filter: pb::Filter) -> Result<Filter, InvalidRequest> {
    let pb::Filter { document_ids, speakers, published_from, published_to, languages, labels } = filter;
    let bound = |field: &str, date: &str| match date {
        "" => Ok(None),
        date => DateRange::parse(date).map(Some).map_err(|_| not_a_date(field, date)),
    };
    let published_from = bound("filter.published_from", &published_from)?;
    let published_to = bound("filter.published_to", &published_to)?;
    if let (Some(from), Some(to)) = (&published_from, &published_to)
        && to.last < from.first
    {
        let message = "lies before published_from; swap the two";
        return Err(InvalidRequest::new("filter.published_to", "DATES_REVERSED", message));
    }
    Ok(Filter {
        document_ids,
        speakers,
        published_from,
        published_to,
        languages,
        labels: labels.into_iter().collect(),
    })
}

/// A page size within its bounds: 0 is the default, more than the greatest is taken as the greatest.
pub(super) fn page_size(given: i32, default: usize, greatest: usize) -> Result<usize, InvalidRequest> {
    match usize::try_from(given) {
        Ok(0) => Ok(default),
        Ok(size) => Ok(size.min(greatest)),
        Err(_) => {
            let message = format!("is {given}; send 0 for {default}, or up to {greatest}");
            Err(InvalidRequest::new("page_size", "NEGATIVE", message))
        }
    }
}

/// A span of a request.
pub(super) fn span(span: Option<pb::Span>) -> Result<Option<ByteSpan>, InvalidRequest> {
    let Some(pb::Span { start, end }) = span else { return Ok(None) };
    match (usize::try_from(start), usize::try_from(end)) {
        (Ok(start), Ok(end)) if start <= end => Ok(Some(ByteSpan::new(start, end))),
        _ => {
            let message = format!("[{start}, {end}) is no range; start is at least 0 and at most end");
            Err(InvalidRequest::new("span", "SPAN_REVERSED", message))
        }
    }
}

/// An id that a request must name.
pub(super) fn required_id(field: &'static str, id: String) -> Result<String, InvalidRequest> {
    if id.is_empty() {
        return Err(InvalidRequest::new(field, "FIELD_REQUIRED", "is empty; name the one you mean"));
    }
    Ok(id)
}

fn document_id(field: &str, id: &str) -> Result<(), InvalidRequest> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
    if id.len() <= MAX_ID && id.chars().all(allowed) {
        return Ok(());
    }
    let message =
        format!("{id:?} is no document id; use 1 to {MAX_ID} of A-Z a-z 0-9 . _ ~ -, or leave it empty");
    Err(InvalidRequest::new(field, "DOCUMENT_ID_INVALID", message))
}

fn language_tag(tag: &str) -> Result<(), InvalidRequest> {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    if tag.is_empty() || (tag.split('-').all(part) && tag.starts_with(|c: char| c.is_ascii_alphabetic())) {
        return Ok(());
    }
    let message =
        format!("{tag:?} is no BCP 47 tag, such as en or pt-BR; leave it empty to have it detected");
    Err(InvalidRequest::new("document.language", "LANGUAGE_INVALID", message))
}

fn at_most(field: &str, value: &str, allowed: usize) -> Result<(), InvalidRequest> {
    if value.len() <= allowed {
        return Ok(());
    }
    let message = format!("has {} bytes, at most {allowed} are kept; shorten it", value.len());
    Err(InvalidRequest::new(field, "TOO_LONG", message))
}

fn not_a_date(field: &str, date: &str) -> InvalidRequest {
    let message = format!("{date:?} is no ISO 8601 date; write 2017, 2017-04 or 2017-04-07");
    InvalidRequest::new(field, "DATE_INVALID", message)
}
