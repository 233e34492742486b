//! JSON and JSON Lines: turns of speakers as people and speech recognisers write them, or ready pairs.

pub(crate) mod fields;
mod describe;
mod scan;
mod shapes;

#[cfg(test)]
mod tests;

use serde::de::IgnoredAny;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::utterances;
use crate::extraction::json::scan::Node;
use crate::extraction::json::shapes::Harvest;
use crate::span::TextSpan;
use crate::transcript::DiagnosticKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// How deep `serde_json` goes.
const DEEPEST: usize = 127;

/// Whether a text begins with a JSON value.
pub(crate) fn starts_with_value(text: &str) -> bool {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    if values.next().is_some_and(|value| value.is_ok()) {
        let rest = text.get(values.byte_offset()..).unwrap_or_default().trim_start();
        // Prose may begin with a number in brackets.
        return rest.is_empty() || rest.starts_with(['{', '[']);
    }
    // A document that opens as JSON does is broken JSON, not prose, even where no value ends.
    let opening: String = text.chars().filter(|c| !c.is_whitespace()).take(3).collect();
    opening.starts_with("{\"") || opening == "[{\""
}

/// Reads turns or pairs.
pub(crate) fn extract(decoded: &Decoded<'_>, limits: &Limits) -> Result<Extraction, ExtractError> {
    let text: &str = &decoded.text;
    let mut draft = ExtractionBuilder::new(decoded);
    let values = values(text, &mut draft, limits)?;
    let mut harvest = Harvest::new(text);
    harvest.values(&values);
    if harvest.pieces.is_empty() {
        return Err(ExtractError::Unreadable(
            "the JSON holds no list of turns (speaker and text) and no pairs (question and answer)".into(),
        ));
    }
    draft.metadata = harvest.metadata;
    Ok(utterances::write(draft, text, &harvest.pieces, Format::Json, scan::unescape))
}

/// The values in a text: one, or one a line.
fn values(text: &str, draft: &mut ExtractionBuilder<'_>, limits: &Limits) -> Result<Vec<Node>, ExtractError> {
    let mut found = Vec::new();
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    let mut start = 0;
    let error = loop {
        match stream.next() {
            None => return Ok(found),
            Some(Ok(_)) => {
                found.extend(scan::read(text, start));
                start = stream.byte_offset();
            }
            Some(Err(error)) => break error,
        }
    };
    let allowed = limits.nesting.min(DEEPEST);
    if depth(text) > allowed {
        return Err(ExtractError::OverLimit { limit: "nesting", allowed });
    }
    found.clear();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let span = TextSpan::new(offset, offset + line.len()).trimmed(text);
        offset += line.len();
        if serde_json::from_str::<IgnoredAny>(span.of(text)).is_ok() {
            found.extend(
                scan::read(text, span.start()).filter(|node| matches!(node, Node::List(_) | Node::Object(_))),
            );
        } else if !span.is_empty() {
            draft.left_out(DiagnosticKind::Undecodable, "lines that are not valid JSON were left out", span);
        }
    }
    if found.is_empty() {
        return Err(ExtractError::Unreadable(format!("the document is not valid JSON: {error}")));
    }
    Ok(found)
}

/// How deep arrays and objects are nested, at most.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
