//! Comma-separated values: ready pairs, or a column of speakers next to one of what they said.

mod cells;
mod columns;

use std::collections::BTreeSet;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::clock;
use crate::extraction::common::column_names;
use crate::extraction::common::column_names::Role;
use crate::extraction::common::speaker_cell;
use crate::extraction::common::speaker_cell::Naming;
use crate::extraction::common::utterances;
use crate::extraction::common::utterances::Piece;
use crate::extraction::csv::columns::Columns;
use crate::extraction::csv::columns::Row;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::DiagnosticKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// Whether a text begins with a header whose columns are known.
pub(crate) fn has_known_header(head: &str) -> bool {
    let Some(line) = head.lines().next() else { return false };
    let delimiter = char::from(cells::delimiter(line));
    let names: Vec<&str> = line.split(delimiter).map(|name| name.trim().trim_matches('"')).collect();
    let has = |wanted: &[Role]| {
        names.iter().any(|name| column_names::role(name).is_some_and(|role| wanted.contains(&role)))
    };
    // A line of prose has commas too; a header has short names and says more than a text.
    names.len() >= 2
        && names.iter().all(|name| name.len() <= 40)
        && ((has(&[Role::Question]) && has(&[Role::Answer])) || (has(&[Role::Speaker]) && has(&[Role::Text])))
}

/// Reads a table.
pub(crate) fn extract(decoded: &Decoded<'_>) -> Result<Extraction, ExtractError> {
    let text: &str = &decoded.text;
    let mut draft = ExtractionBuilder::new(decoded);
    let rows = cells::rows(text, &mut draft);
    let Some(first) = rows.first() else { return Err(ExtractError::Empty) };
    let unreadable = |what: &str| Err(ExtractError::Unreadable(what.into()));
    let Some((columns, above)) = Columns::of(text, &rows) else {
        return unreadable(if rows.iter().all(|row| row.len() < 2) {
            "the table has one column; it needs one of speakers next to what they said, or questions next to answers"
        } else {
            "the table has no column of speakers or of times next to one of text, and no questions next to answers"
        });
    };
    if above > 1
        && let (Some(from), Some(to)) = (first.first(), rows.get(above - 1).and_then(|row| row.first()))
    {
        let title = TextSpan::new(from.start(), to.start());
        draft.left_out(DiagnosticKind::Preamble, "rows above the header were left out", title);
    }
    let body = rows.get(above..).unwrap_or_default();
    let reader = Reader::new(text, columns, body);
    let pieces: Vec<Piece> = body.iter().flat_map(|row| reader.row(row)).collect();
    if pieces.is_empty() {
        return unreadable("the table has no row with words in its columns");
    }
    Ok(utterances::write(draft, text, &pieces, Format::Csv, cells::unescape))
}

/// Reads rows.
#[derive(Debug)]
struct Reader<'a> {
    text: &'a str,
    columns: Columns,
    naming: Naming,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, columns: Columns, rows: &[Row]) -> Self {
        let mut reader = Self { text, columns, naming: Naming::default() };
        let mut values = BTreeSet::new();
        for name in rows.iter().filter_map(|row| reader.said(row, reader.columns.speaker)) {
            if values.len() > 1000 {
                break;
            }
            values.insert(speaker_cell::split(&name).0.to_owned());
        }
        reader.naming = Naming::of(&values, reader.columns.speaker_named);
        reader
    }

    fn cell(&self, row: &Row, column: Option<usize>) -> Option<TextSpan> {
        let cell = column.and_then(|column| row.get(column)).copied();
        cell.filter(|span| !span.trimmed(self.text).is_empty())
    }

    fn said(&self, row: &Row, column: Option<usize>) -> Option<String> {
        self.cell(row, column).map(|span| cells::unescaped(span.of(self.text)).trim().to_owned())
    }

    fn row(&self, row: &Row) -> Vec<Piece> {
        let columns = &self.columns;
        let piece = |kind, span: TextSpan, speaker: Option<String>| Piece {
            kind,
            speaker,
            time: None,
            parts: vec![(span, true)],
        };
        if let (Some(_), Some(answer)) = (columns.question, self.cell(row, columns.answer)) {
            let question = self
                .cell(row, columns.question)
                .map(|span| piece(BlockKind::Question, span, self.said(row, columns.asker)));
            let answer = piece(BlockKind::Answer, answer, self.said(row, columns.answerer));
            return question.into_iter().chain([answer]).collect();
        }
        let Some(span) = self.cell(row, columns.text) else { return Vec::new() };
        let speaker = self.said(row, columns.speaker);
        let (name, stamp) = speaker.as_deref().map(speaker_cell::split).unwrap_or_default();
        let speaker = self.naming.show(name);
        let kind = if speaker.is_some() { BlockKind::Turn } else { BlockKind::Paragraph };
        let instant = |column| {
            let (start, end) = clock::read(self.cell(row, column)?.of(self.text))?;
            Some((start.seconds(columns.unit), end.map(|end| end.seconds(columns.unit))))
        };
        let time = instant(columns.start).map(|(start, ranged)| {
            let end = ranged.or_else(|| instant(columns.end).map(|(end, _)| end));
            clock::span(start, end)
        });
        let time = time.or_else(|| Some(clock::span(stamp?.seconds(1.0), None)));
        vec![Piece { time, ..piece(kind, span, speaker) }]
    }
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

    #[test]
    fn columns_by_what_they_hold() {
        let expect = [(T, Some("IR"), "Who paid for it?"), (T, Some("KB"), "My uncle did, in spring.")];
        let twice: Vec<_> = expect.iter().chain(&expect).copied().collect();
        check(
            "nr,was,wer\n1,Who paid for it?,IR\n2,\"My uncle did, in spring.\",KB\n3,Who paid for it?,IR\n4,\"My uncle did, in spring.\",KB\n",
            &twice,
        );
        check(
            "0:01\tIR\tWho paid for it?\n0:04\tKB\tMy uncle did, in spring.\n0:09\tIR\tWho paid for it?\n0:11\tKB\tMy uncle did, in spring.\n",
            &twice,
        );
        check(
            "nom,role,texte\nIR,hôte,Who paid for it?\nKB,témoin,\"My uncle did, in spring.\"\nIR,hôte,Who paid for it?\nKB,témoin,\"My uncle did, in spring.\"\n",
            &twice,
        );
        let timed = check(
            "speaker,words\nIR: (0:01),Who paid for it?\nKB: (0:04),\"My uncle did, in spring.\"\n",
            &expect,
        );
        assert_eq!(timed.blocks[1].time.unwrap().start.as_secs(), 4);
    }

    #[test]
    fn what_is_refused() {
        let refuse =
            |document: &str| extract(&decoding::decode(document.as_bytes(), None).unwrap()).unwrap_err();
        let one = refuse("words\nWho paid?\nMy uncle did.\n");
        assert!(matches!(one, ExtractError::Unreadable(why) if why.contains("one column")));
        let numbers = refuse("a,b\n1,2\n3,4\n");
        assert!(matches!(numbers, ExtractError::Unreadable(why) if why.contains("no column")));
    }
}
