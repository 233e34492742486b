//! The cells of a table in text, by their places.

use std::borrow::Cow;

use crate::extraction::builder::ExtractionBuilder;
use crate::span::TextSpan;
use crate::transcript::DiagnosticKind;

/// How many lines are looked at for what separates cells.
const LINES: usize = 20;

/// The separator of cells: the sign that as many lines as possible have equally often, and the
/// commonest of the first line among such.
pub(crate) fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).take(LINES).collect();
    let count = |line: &str, delimiter: u8| {
        let mut quoted = false;
        line.bytes()
            .filter(|byte| {
                quoted ^= *byte == b'"';
                *byte == delimiter && !quoted
            })
            .count()
    };
    let evenness = |delimiter: &u8| {
        let counts: Vec<usize> = lines.iter().map(|line| count(line, *delimiter)).collect();
        let first = counts.first().copied().unwrap_or(0);
        let even = counts.iter().filter(|count| **count == first && first > 0).count();
        (even, first)
    };
    [b'|', b';', b'\t', b','].into_iter().max_by_key(evenness).unwrap_or(b',')
}

/// The places of the cells, inside their quotation marks. The `csv` crate says where records are
/// and what is in them; the cells are found again in the record's text, and one found otherwise is
/// left out.
pub(crate) fn rows(text: &str, draft: &mut ExtractionBuilder<'_>) -> Vec<Vec<TextSpan>> {
    let delimiter = delimiter(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut from = 0;
    while let Ok(true) = reader.read_record(&mut record) {
        let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).min(text.len());
        let mut at = from
            + TextSpan::new(from, end)
                .of(text)
                .bytes()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .count();
        let mut row = Vec::with_capacity(record.len());
        for field in &record {
            let (inside, next) = cell(text, at, delimiter);
            if field != inside.of(text) && field != unescaped(inside.of(text)) {
                row.clear();
                break;
            }
            row.push(inside);
            at = next;
        }
        if row.is_empty() {
            draft.left_out(
                DiagnosticKind::Undecodable,
                "rows with stray quotation marks were left out",
                TextSpan::new(from, end),
            );
        } else {
            rows.push(row);
        }
        from = end;
    }
    rows
}

/// The cell at `at`: its inside, and where the next one begins.
fn cell(text: &str, at: usize, delimiter: u8) -> (TextSpan, usize) {
    let bytes = text.as_bytes();
    let is_end =
        |at: usize| bytes.get(at).is_none_or(|byte| *byte == delimiter || matches!(byte, b'\r' | b'\n'));
    let mut end = at;
    let quoted = bytes.get(at) == Some(&b'"');
    if quoted {
        end += 1;
        while let Some(byte) = bytes.get(end) {
            match (byte, bytes.get(end + 1)) {
                (b'"', Some(b'"')) => end += 2,
                (b'"', _) => break,
                _ => end += 1,
            }
        }
        let inside = TextSpan::new(at + 1, end.min(bytes.len()));
        end = (end + 1).min(bytes.len());
        while !is_end(end) {
            end += 1;
        }
        return (inside, end + 1);
    }
    while !is_end(end) {
        end += 1;
    }
    (TextSpan::new(at, end), end + 1)
}

/// A doubled quotation mark is one.
pub(crate) fn unescape(rest: &str) -> (usize, Option<char>) {
    match rest.find("\"\"") {
        Some(0) => (2, Some('"')),
        Some(at) => (at, None),
        None => (rest.len(), None),
    }
}

/// The text of a cell.
pub(crate) fn unescaped(inside: &str) -> Cow<'_, str> {
    if inside.contains("\"\"") { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) }
}
