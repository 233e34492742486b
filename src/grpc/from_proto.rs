//! Wire → domain. Every message is taken apart whole, and every refusal names its field.

use std::collections::BTreeMap;

use crate::engine::Body;
use crate::engine::Claim;
use crate::engine::Order;
use crate::engine::SearchCall;
use crate::engine::Submission;
use crate::extraction::Line;
use crate::extraction::Pair;
use crate::grpc::facet;
use crate::grpc::pb;
use crate::grpc::status::InvalidRequest;
use crate::query::DateRange;
use crate::query::Filter;
use crate::query::Query;
use crate::query::QueryError;
use crate::span::ByteSpan;
use crate::transcript::Digest;
use crate::transcript::Metadata;

/// Longest title, URI or publisher, in bytes.
const MAX_FIELD: usize = 4096;
/// Most labels of a document.
const MAX_LABELS: usize = 64;
/// Longest key or value of a label, in bytes.
const MAX_LABEL: usize = 256;
/// Longest document id, in characters.
const MAX_ID: usize = 128;
/// Longest id that a request may name, in bytes: a document's, and what an exchange's adds to it.
const MAX_NAMED_ID: usize = 256;
/// Longest media type, in bytes: RFC 6838 allows 127 for either half.
const MAX_MEDIA_TYPE: usize = 256;
/// Longest language tag, in bytes: what RFC 5646, section 4.4.1, asks to be provided for.
const MAX_LANGUAGE: usize = 35;
/// Size of a snippet if the request does not say, in bytes: some three lines of a terminal.
const DEFAULT_SNIPPET: usize = 300;
/// Largest snippet, in bytes.
const MAX_SNIPPET: usize = 4000;
/// Most values of a filter's field.
const MAX_FILTER: usize = 1000;
/// How much of a client's text an error repeats, in bytes: details travel in headers, which are
/// short.
const SHOWN: usize = 64;

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
    date("document.published", &published)?;
    language_tag(&language)?;
    at_most("document.media_type", &media_type, MAX_MEDIA_TYPE)?;
    if matches!(body, Some(pb::document::Body::Exchanges(_))) && !media_type.is_empty() {
        let message = "says how to read bytes; leave it empty with ready pairs";
        return Err(InvalidRequest::new("document.media_type", "MEDIA_TYPE_UNSUPPORTED", message));
    }
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

/// A search from a request, and the generation it has to wait for.
pub(super) fn search_call(request: pb::SearchRequest) -> Result<(SearchCall, u64), InvalidRequest> {
    let pb::SearchRequest {
        query,
        page_size,
        page_token,
        filter: wanted,
        collapse_duplicates,
        min_generation,
        order: wanted_order,
        facets,
        facet_size,
        facets_ignore_own_filter,
        facet_labels,
        snippet_bytes,
        explain,
        min_score,
    } = request;
    let generation = u64::try_from(min_generation).map_err(|_| {
        let message = "is negative; send the generation that a write answered with, or 0";
        InvalidRequest::new("min_generation", "GENERATION_NEGATIVE", message)
    })?;
    let query = Query::parse(&query).map_err(|error| {
        let reason = match error {
            QueryError::Empty => "QUERY_EMPTY",
            QueryError::TooLong { .. } => "QUERY_TOO_LONG",
            QueryError::TooManyPhrases { .. } => "QUERY_TOO_MANY_PHRASES",
        };
        InvalidRequest::new("query", reason, error.to_string())
    })?;
    let call = SearchCall {
        query,
        page_size: self::page_size(page_size, 10, 100)?,
        page_token,
        filter: wanted.map(filter).transpose()?.unwrap_or_default(),
        collapse_duplicates,
        order: order(wanted_order)?,
        facets: facet::request(
            facets,
            facet_labels,
            size("facet_size", facet_size, facet::DEFAULT_VALUES, facet::MAX_VALUES)?,
            facets_ignore_own_filter,
        )?,
        min_score: self::min_score(min_score)?,
        explain,
        snippet_bytes: size("snippet_bytes", snippet_bytes, DEFAULT_SNIPPET, MAX_SNIPPET)?,
    };
    Ok((call, generation))
}

fn min_score(score: f32) -> Result<f32, InvalidRequest> {
    let valid = Some(score).filter(|score| score.is_finite() && *score >= 0.0);
    valid.ok_or_else(|| {
        let message = format!("is {score}; send a number from 0 up");
        InvalidRequest::new("min_score", "MIN_SCORE_INVALID", message)
    })
}

fn order(wanted: i32) -> Result<Order, InvalidRequest> {
    match pb::Order::try_from(wanted) {
        Ok(pb::Order::Unspecified | pb::Order::Relevance) => Ok(Order::Relevance),
        Ok(pb::Order::Newest) => Ok(Order::Newest),
        Ok(pb::Order::Oldest) => Ok(Order::Oldest),
        Ok(pb::Order::Document) => Ok(Order::Document),
        Err(_) => {
            let message = format!("is {wanted}, which is no order; send one of the enum Order");
            Err(InvalidRequest::new("order", "ENUM_INVALID", message))
        }
    }
}

fn filter(filter: pb::Filter) -> Result<Filter, InvalidRequest> {
    let pb::Filter {
        document_ids,
        speakers,
        published_from,
        published_to,
        languages,
        publishers,
        askers,
        excluded_document_ids,
        excluded_speakers,
        labels,
    } = filter;
    let counts = [
        ("filter.document_ids", document_ids.len()),
        ("filter.speakers", speakers.len()),
        ("filter.languages", languages.len()),
        ("filter.publishers", publishers.len()),
        ("filter.askers", askers.len()),
        ("filter.excluded_document_ids", excluded_document_ids.len()),
        ("filter.excluded_speakers", excluded_speakers.len()),
        ("filter.labels", labels.values().map(|values| values.values.len().max(1)).sum()),
    ];
    for (field, count) in counts {
        if count > MAX_FILTER {
            let message =
                format!("has {count} values, at most {MAX_FILTER} are taken; send several searches");
            return Err(InvalidRequest::new(field, "TOO_MANY", message));
        }
    }
    if let Some((key, _)) = labels.iter().find(|(_, values)| values.values.is_empty()) {
        let message = format!("has no value for the key {key:?}; send at least one");
        return Err(InvalidRequest::new("filter.labels", "FIELD_REQUIRED", message));
    }
    let published_from = date("filter.published_from", &published_from)?;
    let published_to = date("filter.published_to", &published_to)?;
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
        publishers,
        askers,
        excluded_document_ids,
        excluded_speakers,
        labels: labels.into_iter().map(|(key, pb::LabelValues { values })| (key, values)).collect(),
    })
}

/// A page size within its bounds: 0 is the default, more than the greatest is taken as the
/// greatest.
pub(super) fn page_size(given: i32, default: usize, greatest: usize) -> Result<usize, InvalidRequest> {
    size("page_size", given, default, greatest)
}

fn size(field: &str, given: i32, default: usize, greatest: usize) -> Result<usize, InvalidRequest> {
    match usize::try_from(given) {
        Ok(0) => Ok(default),
        Ok(size) => Ok(size.min(greatest)),
        Err(_) => {
            let message = format!("is {given}; send 0 for {default}, or up to {greatest}");
            Err(InvalidRequest::new(field, "NEGATIVE", message))
        }
    }
}

/// A span of a request.
pub(super) fn span(span: Option<pb::Span>) -> Result<Option<ByteSpan>, InvalidRequest> {
    span.map(|span| range("span", span)).transpose()
}

fn range(field: &str, span: pb::Span) -> Result<ByteSpan, InvalidRequest> {
    let pb::Span { start, end } = span;
    match (usize::try_from(start), usize::try_from(end)) {
        (Ok(start), Ok(end)) if start <= end => Ok(ByteSpan::new(start, end)),
        _ => {
            let message = format!("[{start}, {end}) is no range; start is at least 0 and at most end");
            Err(InvalidRequest::new(field, "SPAN_REVERSED", message))
        }
    }
}

/// A digest in hexadecimal; `None` for the empty text.
pub(super) fn digest(field: &str, hex: &str) -> Result<Option<Digest>, InvalidRequest> {
    if hex.is_empty() {
        return Ok(None);
    }
    let refused = || {
        let message = format!("{:?} is no SHA-256; write 64 hexadecimal digits", shown(hex));
        InvalidRequest::new(field, "DIGEST_INVALID", message)
    };
    Digest::from_hex(hex).ok_or_else(refused).map(Some)
}

/// What a citation claims.
pub(super) fn claim(citation: Option<pb::Citation>) -> Result<Claim, InvalidRequest> {
    let required = |field: &str| {
        InvalidRequest::new(field, "FIELD_REQUIRED", "is missing; send the citation as it was answered")
    };
    let citation = citation.ok_or_else(|| required("citation"))?;
    let document_id = required_id("citation.document_id", citation.document_id)?;
    let received = digest("citation.document_sha256", &citation.document_sha256)?;
    let text = digest("citation.text_sha256", &citation.text_sha256)?;
    let quote = digest("citation.quote_sha256", &citation.quote_sha256)?;
    let mut spans: Vec<ByteSpan> = Vec::with_capacity(citation.answer_spans.len());
    for (number, sent) in citation.answer_spans.into_iter().enumerate() {
        let field = format!("citation.answer_spans[{number}]");
        let span = range(&field, sent)?;
        if spans.last().is_some_and(|last| span.start() < last.end()) {
            let message = "starts inside the span before it; send the spans in order";
            return Err(InvalidRequest::new(field, "SPANS_UNORDERED", message));
        }
        spans.push(span);
    }
    if spans.is_empty() {
        return Err(required("citation.answer_spans"));
    }
    Ok(Claim {
        document_id,
        received: received.ok_or_else(|| required("citation.document_sha256"))?,
        text,
        spans,
        quote: quote.ok_or_else(|| required("citation.quote_sha256"))?,
    })
}

/// An id that a request must name.
pub(super) fn required_id(field: &'static str, id: String) -> Result<String, InvalidRequest> {
    if id.is_empty() {
        return Err(InvalidRequest::new(field, "FIELD_REQUIRED", "is empty; name the one you mean"));
    }
    at_most(field, &id, MAX_NAMED_ID)?;
    Ok(id)
}

fn document_id(field: &str, id: &str) -> Result<(), InvalidRequest> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
    if id.len() <= MAX_ID && id.chars().all(allowed) {
        return Ok(());
    }
    let message = format!(
        "{:?} is no document id; use 1 to {MAX_ID} of A-Z a-z 0-9 . _ ~ -, or leave it empty",
        shown(id)
    );
    Err(InvalidRequest::new(field, "DOCUMENT_ID_INVALID", message))
}

fn language_tag(tag: &str) -> Result<(), InvalidRequest> {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    let short = tag.len() <= MAX_LANGUAGE;
    if tag.is_empty()
        || (short && tag.split('-').all(part) && tag.starts_with(|c: char| c.is_ascii_alphabetic()))
    {
        return Ok(());
    }
    let message =
        format!("{:?} is no BCP 47 tag, such as en or pt-BR; leave it empty to have it detected", shown(tag));
    Err(InvalidRequest::new("document.language", "LANGUAGE_INVALID", message))
}

fn at_most(field: &str, value: &str, allowed: usize) -> Result<(), InvalidRequest> {
    if value.len() <= allowed {
        return Ok(());
    }
    let message = format!("has {} bytes, at most {allowed} are kept; shorten it", value.len());
    Err(InvalidRequest::new(field, "TOO_LONG", message))
}

/// A date of the precisions that the contract names, and nothing after it; `None` for the empty
/// one.
fn date(field: &str, text: &str) -> Result<Option<DateRange>, InvalidRequest> {
    if text.is_empty() {
        return Ok(None);
    }
    let bare = text.chars().all(|c| c.is_ascii_digit() || c == '-');
    let range = DateRange::parse(text).ok().filter(|_| bare);
    range.map(Some).ok_or_else(|| {
        let message = format!("{:?} is no ISO 8601 date; write 2017, 2017-04 or 2017-04-07", shown(text));
        InvalidRequest::new(field, "DATE_INVALID", message)
    })
}

/// As much of a client's text as an error repeats.
fn shown(text: &str) -> &str {
    text.get(..text.floor_char_boundary(SHOWN)).unwrap_or(text)
}
