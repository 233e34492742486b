//! Tables that are transcripts: a column of speakers, or of times, next to one of speech.

use crate::extraction::common::clock;
use crate::extraction::common::column_names;
use crate::extraction::common::column_names::Role;
use crate::span::TextSpan;
use crate::transcript::Block;
use crate::transcript::BlockKind;

/// Longest name of a speaker in a cell, in bytes.
const LONGEST_NAME: usize = 60;
/// Fewer rows than this without a header are no transcript.
const FEWEST_ROWS: usize = 3;
/// Marks at the end of a question.
const QUESTION_MARKS: [char; 3] = ['?', '？', '؟'];

/// The cell of a table that text is written into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub table: usize,
    pub row: usize,
    pub column: usize,
}

/// The tables around what is being written, the innermost last.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    open: Vec<Place>,
    count: usize,
}

impl Tables {
    /// A table begins.
    pub(crate) fn begin(&mut self) {
        self.count += 1;
        self.open.push(Place { table: self.count, row: 0, column: 0 });
    }

    /// A row begins.
    pub(crate) fn row(&mut self) {
        if let Some(place) = self.open.last_mut() {
            *place = Place { row: place.row + 1, column: 0, ..*place };
        }
    }

    /// A cell begins.
    pub(crate) fn cell(&mut self) {
        if let Some(place) = self.open.last_mut() {
            place.column += 1;
        }
    }

    /// The innermost table ends.
    pub(crate) fn end(&mut self) {
        self.open.pop();
    }

    /// The cell that is open.
    pub(crate) fn place(&self) -> Option<Place> {
        self.open.last().copied().filter(|place| place.column > 0)
    }
}

/// The kinds of the columns.
#[derive(Clone, Copy, Debug, Default)]
struct Columns {
    text: usize,
    speaker: Option<usize>,
    question: Option<usize>,
    start: Option<usize>,
}

/// A cell: its column and its blocks.
#[derive(Debug)]
struct Cell {
    column: usize,
    blocks: Vec<usize>,
}

/// Reads the tables among blocks: `places` says for some blocks, in order, in which cell they are.
/// The blocks of names and times go; the blocks next to them get a speaker and a time.
pub(crate) fn read(blocks: &mut Vec<Block>, text: &str, places: &[(usize, Place)]) {
    let mut gone = vec![false; blocks.len()];
    let mut sorted = places.to_vec();
    // A table inside a table interrupts it.
    sorted.sort_by_key(|(block, place)| (place.table, *block));
    for table in sorted.chunk_by(|a, b| a.1.table == b.1.table) {
        let rows: Vec<Vec<Cell>> = table.chunk_by(|a, b| a.1.row == b.1.row).map(cells).collect();
        let said = |cell: &Cell| {
            cell.blocks
                .iter()
                .filter_map(|block| blocks.get(*block))
                .map(|block| block.span.of(text))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let grid: Vec<Vec<(usize, String)>> =
            rows.iter().map(|row| row.iter().map(|cell| (cell.column, said(cell))).collect()).collect();
        let (columns, head) = match by_header(&grid) {
            Some(columns) => (columns, 1),
            None => match by_shape(&grid) {
                Some(columns) => (columns, 0),
                None => continue,
            },
        };
        for cell in rows.iter().take(head).flatten() {
            mark(&mut gone, &cell.blocks);
        }
        let mut speaker = None;
        for (row, grid) in rows.iter().zip(&grid).skip(head) {
            let word = |column: Option<usize>| {
                column
                    .and_then(|column| grid.iter().find(|(at, _)| *at == column))
                    .map(|(_, word)| word.as_str())
            };
            if let Some(name) = word(columns.speaker) {
                speaker = Some(name.trim().trim_end_matches(':').trim_end().to_owned());
            }
            let time = word(columns.start).and_then(clock::read);
            for cell in row {
                let kind = match (columns.question, &speaker) {
                    (Some(question), _) if cell.column == question => BlockKind::Question,
                    (Some(_), _) if cell.column == columns.text => BlockKind::Answer,
                    (None, Some(_)) if cell.column == columns.text => BlockKind::Turn,
                    (None, None) if cell.column == columns.text => BlockKind::Paragraph,
                    _ => {
                        mark(&mut gone, &cell.blocks);
                        continue;
                    }
                };
                if columns.question.is_some() {
                    // A table inside the cell is no part of the utterance around it.
                    for run in cell.blocks.chunk_by(|a, b| a + 1 == *b) {
                        join(blocks, &mut gone, run);
                    }
                }
                for index in &cell.blocks {
                    let Some(block) = blocks.get_mut(*index) else { continue };
                    block.kind = kind;
                    block.speaker.clone_from(if kind == BlockKind::Question { &None } else { &speaker });
                    block.time = time
                        .map(|(start, end)| clock::span(start.seconds(1.0), end.map(|end| end.seconds(1.0))));
                }
            }
        }
    }
    let mut index = 0;
    blocks.retain(|_| {
        index += 1;
        gone.get(index - 1) != Some(&true)
    });
}

/// Makes blocks of one cell that follow each other a single one: a side of a pair is one utterance,
/// whatever its paragraphs.
fn join(blocks: &mut [Block], gone: &mut [bool], run: &[usize]) {
    let [first, rest @ ..] = run else { return };
    for index in rest {
        let Some((span, emphasis)) =
            blocks.get_mut(*index).map(|block| (block.span, std::mem::take(&mut block.emphasis)))
        else {
            continue;
        };
        if let Some(block) = blocks.get_mut(*first) {
            block.span = TextSpan::new(block.span.start(), span.end());
            block.emphasis.extend(emphasis);
        }
    }
    mark(gone, rest);
}

fn mark(gone: &mut [bool], blocks: &[usize]) {
    for block in blocks {
        if let Some(slot) = gone.get_mut(*block) {
            *slot = true;
        }
    }
}

fn cells(row: &[(usize, Place)]) -> Vec<Cell> {
    row.chunk_by(|a, b| a.1.column == b.1.column)
        .filter_map(|cell| {
            let column = cell.first()?.1.column;
            Some(Cell { column, blocks: cell.iter().map(|(block, _)| *block).collect() })
        })
        .collect()
}

/// The columns, where the first row names them.
fn by_header(grid: &[Vec<(usize, String)>]) -> Option<Columns> {
    let head = grid.first().filter(|_| grid.len() > 1)?;
    let column = |wanted: &[Role]| {
        head.iter()
            .find(|(_, name)| column_names::role(name).is_some_and(|role| wanted.contains(&role)))
            .map(|(column, _)| *column)
    };
    if let (Some(question), Some(text)) = (column(&[Role::Question]), column(&[Role::Answer])) {
        return Some(Columns { text, question: Some(question), ..Columns::default() });
    }
    let speaker = column(&[Role::Speaker, Role::Answerer, Role::Asker])?;
    Some(Columns {
        text: column(&[Role::Text])?,
        speaker: Some(speaker),
        start: column(&[Role::Start]),
        question: None,
    })
}

/// The columns, where their cells look like names and like what was said.
fn by_shape(grid: &[Vec<(usize, String)>]) -> Option<Columns> {
    if grid.len() < FEWEST_ROWS {
        return None;
    }
    let width = grid.iter().map(Vec::len).max().filter(|width| (2..=4).contains(width))?;
    let full: Vec<&Vec<(usize, String)>> = grid.iter().filter(|row| row.len() == width).collect();
    if full.len() * 10 < grid.len() * 8 {
        return None;
    }
    let cells = |column: usize| {
        full.iter()
            .filter_map(move |row| row.iter().find(|(at, _)| *at == column))
            .map(|(_, word)| word.trim())
    };
    let asking = |column: usize| cells(column).filter(|cell| cell.ends_with(QUESTION_MARKS)).count();
    if width == 2 && asking(1) * 2 >= full.len() && asking(2) * 5 <= full.len() {
        return Some(Columns { text: 2, question: Some(1), ..Columns::default() });
    }
    let length = |column: &usize| cells(*column).map(str::len).sum::<usize>();
    let text = (1..=width).max_by_key(|column| (length(column), std::cmp::Reverse(*column)))?;
    let is_time = |word: &str| word.contains(':') && clock::is_clock(word);
    let start = (1..=width).find(|column| *column != text && cells(*column).all(is_time));
    let is_name = |word: &str| {
        word.len() <= LONGEST_NAME && word.contains(char::is_alphabetic) && !word.ends_with(['.', '?', '!'])
    };
    let speaker = (1..text).rev().find(|column| {
        let mut names: Vec<&str> = cells(*column).collect();
        let rows = names.len();
        let fit = names.iter().all(|name| is_name(name));
        names.sort_unstable();
        names.dedup();
        // Two people or more, who speak more than once; a list of terms has no repeats.
        Some(*column) != start && fit && names.len() >= 2 && names.len() * 10 <= rows * 7
    })?;
    (length(&text) > length(&speaker) * 2).then_some(Columns {
        text,
        speaker: Some(speaker),
        start,
        question: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[&[&str]], expect: &[(BlockKind, Option<&str>, &str)]) {
        let mut text = String::new();
        let (mut blocks, mut places) = (Vec::new(), Vec::new());
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let start = text.len();
                text.push_str(cell);
                places.push((blocks.len(), Place { table: 1, row, column: column + 1 }));
                blocks.push(Block::new(BlockKind::Paragraph, TextSpan::new(start, text.len())));
            }
        }
        read(&mut blocks, &text, &places);
        let found: Vec<_> =
            blocks.iter().map(|block| (block.kind, block.speaker.as_deref(), block.span.of(&text))).collect();
        assert_eq!(found, expect);
    }

    use BlockKind::Paragraph as P;
    use BlockKind::Turn as T;

    #[test]
    fn headers() {
        check(&[&["Speaker", "Text"], &["Ann", "Why?"]], &[(T, Some("Ann"), "Why?")]);
        check(
            &[&["Question", "Answer"], &["Why?", "So."]],
            &[(BlockKind::Question, None, "Why?"), (BlockKind::Answer, None, "So.")],
        );
    }

    #[test]
    fn shapes() {
        check(
            &[
                &["0:01", "Ann:", "Why is it so?"],
                &["0:04", "Bob:", "It is as it is."],
                &["0:09", "Ann:", "Is that all there is?"],
            ],
            &[
                (T, Some("Ann"), "Why is it so?"),
                (T, Some("Bob"), "It is as it is."),
                (T, Some("Ann"), "Is that all there is?"),
            ],
        );
        check(
            &[&["Why?", "So."], &["And then?", "Nothing."], &["Your last word.", "None."]],
            &[
                (BlockKind::Question, None, "Why?"),
                (BlockKind::Answer, None, "So."),
                (BlockKind::Question, None, "And then?"),
                (BlockKind::Answer, None, "Nothing."),
                (BlockKind::Question, None, "Your last word."),
                (BlockKind::Answer, None, "None."),
            ],
        );
        // A glossary.
        let rows: [&[&str]; 3] =
            [&["Weir", "A low dam."], &["Lock", "A gate for boats."], &["Pier", "A landing."]];
        let whole: Vec<_> = rows.iter().flat_map(|row| row.iter().map(|cell| (P, None, *cell))).collect();
        check(&rows, &whole);
    }
}
