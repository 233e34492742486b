//! JSON and JSON Lines: turns of speakers as people and speech recognisers write them, or ready
//! pairs.

mod describe;
mod markup;
mod pairs;
mod reading;
mod scan;
mod speaker_names;
mod tables;
mod time_columns;
mod turns;

#[cfg(test)]
mod tests;

use serde::de::IgnoredAny;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::utterances;
use crate::extraction::common::utterances::Piece;
use crate::extraction::json::pairs::Pairs;
use crate::extraction::json::reading::Chooser;
use crate::extraction::json::reading::SpokenBy;
use crate::extraction::json::scan::Node;
use crate::extraction::json::scan::Scanner;
use crate::extraction::json::tables::Tables;
use crate::span::TextSpan;
use crate::transcript::DiagnosticKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// Most levels of a document. Values are read by recursion, and `serde_json` skips them without
/// any.
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
    draft.metadata = describe::metadata(text, &values);
    let tables = Tables::of(&values);
    // The tables have all that is left to read.
    drop(values);
    let chooser = Chooser::new(text, &tables);
    let readings = chooser.choose();
    let best = readings.first();
    let pairs = Pairs::find(&chooser).filter(|pairs| {
        // A transcript may have fields of these names as well.
        best.is_none_or(|best| {
            pairs.bytes * 2 >= best.profile.bytes && (pairs.by_key || best.spoken_by == SpokenBy::Nobody)
        })
    });
    let mut pieces = match pairs {
        Some(pairs) => pairs.read(text, &tables),
        None => readings.iter().flat_map(|reading| turns::read(text, &tables, reading)).collect(),
    };
    if readings.len() > 1 {
        pieces.sort_by_key(|piece| piece.parts.first().map_or(0, |(span, _)| span.start()));
    }
    if pieces.is_empty() {
        return Err(ExtractError::Unreadable(
            "the JSON holds no list of turns (speaker and text) and no pairs (question and answer)".into(),
        ));
    }
    let tagged = best.is_some_and(|best| best.profile.tagged * 2 > best.profile.seen);
    if tagged {
        let pieces: Vec<Piece> = pieces.iter().flat_map(|piece| markup::paragraphs(text, piece)).collect();
        return Ok(utterances::write(draft, text, &pieces, Format::Json, markup::unescape));
    }
    Ok(utterances::write(draft, text, &pieces, Format::Json, scan::unescape))
}

/// The values in a text: one, or one a line.
fn values(text: &str, draft: &mut ExtractionBuilder<'_>, limits: &Limits) -> Result<Vec<Node>, ExtractError> {
    let mut found = Vec::new();
    let mut scanner = Scanner::new(text);
    let full = || ExtractError::OverLimit { limit: "values", allowed: scan::MOST_VALUES };
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    let mut start = 0;
    let allowed = limits.nesting.min(DEEPEST);
    let check_depth = |text: &str| {
        let over = ExtractError::OverLimit { limit: "nesting", allowed };
        if depth(text) > allowed { Err(over) } else { Ok(()) }
    };
    let error = loop {
        match stream.next() {
            None => return Ok(found),
            Some(Ok(_)) => {
                let end = stream.byte_offset();
                check_depth(text.get(start..end).unwrap_or_default())?;
                found.extend(scanner.read(start));
                if scanner.is_full() {
                    return Err(full());
                }
                start = end;
            }
            Some(Err(error)) => break error,
        }
    };
    check_depth(text)?;
    found.clear();
    scanner = Scanner::new(text);
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let span = TextSpan::new(offset, offset + line.len()).trimmed(text);
        offset += line.len();
        if serde_json::from_str::<IgnoredAny>(span.of(text)).is_ok() {
            // A line before it that is not valid can hide its brackets from a count over all lines.
            check_depth(span.of(text))?;
            let node = scanner.read(span.start());
            if scanner.is_full() {
                return Err(full());
            }
            found.extend(node.filter(|node| matches!(node, Node::List(_) | Node::Object(_))));
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
