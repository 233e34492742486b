//! Comma-separated values: ready pairs, or a column of speakers beside one of what they said.

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::utterances;
use crate::extraction::common::utterances::Piece;
use crate::extraction::json::fields;
use crate::extraction::json::fields::Role;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::DiagnosticKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::TimeSpan;

/// What the columns hold, by index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Columns {
    question: Option<usize>,
    answer: Option<usize>,
    asker: Option<usize>,
    answerer: Option<usize>,
    speaker: Option<usize>,
    text: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
}

impl Columns {
    /// The columns of a header; `None` where it names no pairs and no turns.
    fn of_header<'a>(names: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut columns = Self::default();
        for (index, name) in names.enumerate() {
            let slot = match fields::role(name) {
                Some(Role::Question) => &mut columns.question,
                Some(Role::Answer) => &mut columns.answer,
                Some(Role::Asker) => &mut columns.asker,
                Some(Role::Answerer) => &mut columns.answerer,
                Some(Role::Speaker) => &mut columns.speaker,
                Some(Role::Text) => &mut columns.text,
                Some(Role::Start) => &mut columns.start,
                Some(Role::End) => &mut columns.end,
                None => continue,
            };
            slot.get_or_insert(index);
        }
        let pairs = columns.question.is_some() && columns.answer.is_some();
        (pairs || columns.text.is_some()).then_some(columns)
    }

    /// Without a header: two columns, of which the first asks, or names who speaks.
    fn guess(rows: &[Vec<TextSpan>], text: &str) -> Option<Self> {
        let first: Vec<&str> = rows
            .iter()
            .filter(|row| row.len() >= 2)
            .map(|row| row.first().map_or("", |span| span.of(text)))
            .collect();
        if first.len() < 2 || first.len() != rows.len() {
            return None;
        }
        let asks = first.iter().filter(|cell| cell.trim_end().ends_with(['?', '？'])).count();
        if asks * 3 >= first.len() * 2 {
            return Some(Self { question: Some(0), answer: Some(1), ..Self::default() });
        }
        let names = first.iter().all(|cell| cell.len() <= 60);
        names.then(|| Self { speaker: Some(0), text: Some(1), ..Self::default() })
    }
}

/// Whether a text begins with a header whose columns are known.
pub(crate) fn has_known_header(head: &str) -> bool {
    let Some(line) = head.lines().next() else { return false };
    let delimiter = char::from(delimiter(line));
    let names: Vec<&str> = line.split(delimiter).map(|name| name.trim().trim_matches('"')).collect();
    let columns = Columns::of_header(names.iter().copied());
    // A line of prose has commas too; a header has short names and says more than a text.
    names.len() >= 2
        && names.iter().all(|name| name.len() <= 40)
        && columns.is_some_and(|columns| columns.answer.is_some() || columns.speaker.is_some())
}

/// Reads a table.
pub(crate) fn extract(decoded: &Decoded<'_>) -> Result<Extraction, ExtractError> {
    let text: &str = &decoded.text;
    let mut draft = ExtractionBuilder::new(decoded);
    let rows = rows(text, &mut draft);
    let (head, body) = rows.split_first().ok_or(ExtractError::Empty)?;
    let (columns, body) = match Columns::of_header(head.iter().map(|span| span.of(text).trim())) {
        Some(columns) => (columns, body),
        None => match Columns::guess(&rows, text) {
            Some(columns) => (columns, rows.as_slice()),
            None => {
                return Err(ExtractError::Unreadable(
                    "the table has no columns named question and answer, or speaker and text".into(),
                ));
            }
        },
    };
    let pieces: Vec<Piece> = body.iter().flat_map(|row| read_row(row, &columns, text)).collect();
    if pieces.is_empty() {
        return Err(ExtractError::Unreadable("the table has no row with words in its columns".into()));
    }
    Ok(utterances::write(draft, text, &pieces, Format::Csv, unescape))
}

fn read_row(row: &[TextSpan], columns: &Columns, text: &str) -> Vec<Piece> {
    let cell = |column: Option<usize>| {
        column.and_then(|column| row.get(column)).copied().filter(|span| !span.of(text).trim().is_empty())
    };
    let said = |column| cell(column).map(|span| unescaped(span.of(text)).trim().to_owned());
    let piece = |kind, span: TextSpan, speaker: Option<String>| Piece {
        kind,
        speaker,
        time: None,
        parts: vec![(span, true)],
    };
    if let (Some(_), Some(answer)) = (columns.question, cell(columns.answer)) {
        let question =
            cell(columns.question).map(|span| piece(BlockKind::Question, span, said(columns.asker)));
        let answer =
            piece(BlockKind::Answer, answer, said(columns.answerer).or_else(|| said(columns.speaker)));
        return question.into_iter().chain([answer]).collect();
    }
    let Some(span) = cell(columns.text) else { return Vec::new() };
    let speaker = said(columns.speaker);
    let kind = if speaker.is_some() { BlockKind::Turn } else { BlockKind::Paragraph };
    let instant = |column| said(column).and_then(|time| fields::clock(&time));
    let time = instant(columns.start).map(|start| {
        let start = fields::duration(start, false);
        TimeSpan {
            start,
            end: instant(columns.end).map_or(start, |end| fields::duration(end, false)).max(start),
        }
    });
    vec![Piece { time, ..piece(kind, span, speaker) }]
}

/// The commonest separator of the first line.
fn delimiter(line: &str) -> u8 {
    let count = |delimiter: &u8| line.bytes().filter(|byte| byte == delimiter).count();
    [b'|', b';', b'\t', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// The places of the cells, inside their quotation marks. The `csv` crate says where records stand and what
/// is in them; the cells are found again in the record's text, and one found otherwise is left out.
fn rows(text: &str, draft: &mut ExtractionBuilder<'_>) -> Vec<Vec<TextSpan>> {
    let delimiter = delimiter(text.lines().next().unwrap_or_default());
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
fn unescape(rest: &str) -> (usize, Option<char>) {
    match rest.find("\"\"") {
        Some(0) => (2, Some('"')),
        Some(at) => (at, None),
        None => (rest.len(), None),
    }
}

fn unescaped(inside: &str) -> String {
    inside.replace("\"\"", "\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    fn check(document: &str, expect: &[(BlockKind, Option<&str>, &str)]) -> Extraction {
        let extraction = extract(&decoding::decode(document.as_bytes(), None).unwrap()).unwrap();
        let blocks: Vec<_> = extraction
            .blocks
            .iter()
            .map(|block| (block.kind, block.speaker.as_deref(), block.span.of(&extraction.text)))
            .collect();
        assert_eq!(blocks, expect, "{document}");
        extraction
    }

    use BlockKind::Answer as A;
    use BlockKind::Question as Q;
    use BlockKind::Turn as T;

    #[test]
    fn pairs() {
        let document =
            "id,question,answer,speaker\r\n1,\"Why \"\"now\"\", then?\",\"So,\nand so.\",Bob\r\n2,,Yes.,\r\n";
        let extraction = check(
            document,
            &[(Q, None, "Why \"now\", then?"), (A, Some("Bob"), "So,\nand so."), (A, None, "Yes.")],
        );
        let quoted = extraction.map.to_bytes(extraction.blocks[0].span);
        assert_eq!(quoted[0].of(document.as_bytes()).unwrap(), b"Why \"\"now\"\", then?");
        let reversed = check("answer;question\nSo.;Why?\n", &[(Q, None, "Why?"), (A, None, "So.")]);
        assert!(reversed.rendition.is_some());
        check(
            "Why?,So.\nWhen?,Now.\n",
            &[(Q, None, "Why?"), (A, None, "So."), (Q, None, "When?"), (A, None, "Now.")],
        );
    }

    #[test]
    fn turns() {
        let extraction = check(
            "start\tend\tspeaker\ttext\n0.5\t1.5\tAnn\tWhy?\n00:00:02\t00:00:03\tBob\tSo.\n",
            &[(T, Some("Ann"), "Why?"), (T, Some("Bob"), "So.")],
        );
        assert_eq!(extraction.blocks[1].time.unwrap().end.as_secs(), 3);
        check("Ann,Tell me.\nBob,Well.\n", &[(T, Some("Ann"), "Tell me."), (T, Some("Bob"), "Well.")]);
    }
}
