//! Checks that fields of several messages share.

use crate::engine::ExchangeRange;
use crate::grpc::from_proto::violations::Violations;
use crate::grpc::invalid_request::Violation;
use crate::grpc::pb;
use crate::grpc::pb::ErrorReason;
use crate::query::DateRange;
use crate::span::ByteSpan;
use crate::transcript::Digest;

/// Longest title, URI, publisher or name of a person, in bytes.
pub(super) const MAX_FIELD: usize = 4096;
/// Longest key or value of a label, in bytes.
pub(super) const MAX_LABEL: usize = 256;
/// Longest id that a request may name, in bytes: a document's, and what an exchange's adds to it.
pub(super) const MAX_NAMED_ID: usize = 256;
/// Longest language tag, in bytes: what RFC 5646, section 4.4.1, asks to be provided for.
const MAX_LANGUAGE: usize = 35;
/// How much of a client's text an error repeats, in bytes: details travel in headers, which are
/// short.
const SHOWN: usize = 64;

/// A page size within its bounds: 0 is the default, more than the greatest is taken as the
/// greatest.
pub(in crate::grpc) fn page_size(
    wrong: &mut Violations,
    given: i32,
    default: usize,
    greatest: usize,
) -> usize {
    size(wrong, "page_size", given, default, greatest)
}

/// A number within its bounds: 0 is the default, more than the greatest is taken as the greatest.
pub(super) fn size(
    wrong: &mut Violations,
    field: &str,
    given: i32,
    default: usize,
    greatest: usize,
) -> usize {
    match usize::try_from(given) {
        Ok(0) => default,
        Ok(size) => size.min(greatest),
        Err(_) => {
            let message = format!("is {given}; send 0 for {default}, or up to {greatest}");
            wrong.push(Violation::new(field, ErrorReason::OutOfRange, message).with("value", given));
            default
        }
    }
}

/// A page of exchanges; `default` is how many a page size of 0 means at most.
pub(in crate::grpc) fn exchange_range(
    wrong: &mut Violations,
    given: i32,
    default: usize,
    page_token: String,
) -> ExchangeRange {
    /// The most exchanges of a page.
    const MOST: usize = 500;
    let page_size = if given == 0 { default } else { page_size(wrong, given, default.min(MOST), MOST) };
    ExchangeRange { page_size, page_token }
}

/// A generation; 0 is none.
pub(super) fn generation(wrong: &mut Violations, field: &str, given: i64) -> u64 {
    u64::try_from(given).unwrap_or_else(|_| {
        let message = "is negative; send the generation that a write answered with, or 0";
        wrong.add(field, ErrorReason::GenerationNegative, message);
        0
    })
}

/// A span of a request.
pub(in crate::grpc) fn span(wrong: &mut Violations, span: Option<pb::Span>) -> Option<ByteSpan> {
    span.map(|span| range(wrong, "span", span))
}

/// A span; empty if it is no range.
pub(super) fn range(wrong: &mut Violations, field: &str, span: pb::Span) -> ByteSpan {
    let pb::Span { start, end } = span;
    match (usize::try_from(start), usize::try_from(end)) {
        (Ok(start), Ok(end)) if start <= end => ByteSpan::new(start, end),
        _ => {
            let message = format!("[{start}, {end}) is no range; start is at least 0 and at most end");
            wrong.add(field, ErrorReason::SpanReversed, message);
            ByteSpan::new(0, 0)
        }
    }
}

/// A digest in hexadecimal; `None` for the empty text.
pub(in crate::grpc) fn digest(wrong: &mut Violations, field: &str, hex: &str) -> Option<Digest> {
    let digest = Digest::from_hex(hex);
    if digest.is_none() && !hex.is_empty() {
        let message = format!("{:?} is no SHA-256; write 64 hexadecimal digits", shown(hex));
        wrong.add(field, ErrorReason::DigestInvalid, message);
    }
    digest
}

/// An id that a request must name.
pub(in crate::grpc) fn required_id(wrong: &mut Violations, field: &str, id: String) -> String {
    if id.is_empty() {
        wrong.add(field, ErrorReason::FieldRequired, "is empty; name the one you mean");
    }
    at_most(wrong, field, &id, MAX_NAMED_ID);
    id
}

/// Refuses a text of more than `allowed` bytes.
pub(super) fn at_most(wrong: &mut Violations, field: &str, value: &str, allowed: usize) {
    if value.len() > allowed {
        let message = format!("has {} bytes, at most {allowed} are taken; shorten it", value.len());
        let violation = Violation::new(field, ErrorReason::TooLong, message);
        wrong.push(violation.with("size", value.len()).with("limit", allowed));
    }
}

/// Refuses a list of more than `allowed` values.
pub(super) fn at_most_values(wrong: &mut Violations, field: &str, count: usize, allowed: usize, then: &str) {
    if count > allowed {
        let message = format!("has {count} values, at most {allowed} are taken; {then}");
        let violation = Violation::new(field, ErrorReason::TooMany, message);
        wrong.push(violation.with("count", count).with("limit", allowed));
    }
}

/// Refuses what is no BCP 47 tag. Empty passes.
pub(super) fn language_tag(wrong: &mut Violations, field: &str, tag: &str, otherwise: &str) {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    let short = tag.len() <= MAX_LANGUAGE;
    if tag.is_empty()
        || (short && tag.split('-').all(part) && tag.starts_with(|c: char| c.is_ascii_alphabetic()))
    {
        return;
    }
    let message = format!("{:?} is no BCP 47 tag, such as en or pt-BR; {otherwise}", shown(tag));
    wrong.add(field, ErrorReason::LanguageInvalid, message);
}

/// A date of the precisions that the contract names, and nothing after it; `None` for the empty
/// one.
pub(super) fn date(wrong: &mut Violations, field: &str, text: &str) -> Option<DateRange> {
    let bare = text.chars().all(|c| c.is_ascii_digit() || c == '-');
    let range = DateRange::parse(text).ok().filter(|_| bare);
    if range.is_none() && !text.is_empty() {
        let message = format!("{:?} is no ISO 8601 date; write 2017, 2017-04 or 2017-04-07", shown(text));
        wrong.add(field, ErrorReason::DateInvalid, message);
    }
    range
}

/// Refuses a key of a label that is empty, too long or has a control character: the index joins key
/// and value by one.
pub(super) fn label_key(wrong: &mut Violations, field: &str, key: &str) {
    if key.is_empty() {
        wrong.add(field, ErrorReason::FieldRequired, "has an empty key; name the label");
    }
    if key.contains(char::is_control) {
        let message = format!("has the key {:?}, with a control character; leave it out", shown(key));
        wrong.add(field, ErrorReason::LabelKeyInvalid, message);
    }
    at_most(wrong, field, key, MAX_LABEL);
}

/// As much of a client's text as an error repeats.
pub(super) fn shown(text: &str) -> &str {
    text.get(..text.floor_char_boundary(SHOWN)).unwrap_or(text)
}
