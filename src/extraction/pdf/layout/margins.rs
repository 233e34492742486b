//! Line numbers in the margins, which are no words of the text.

use std::collections::BTreeSet;

use crate::extraction::pdf::layout::rows::Row;

/// The fewest numbers that show that lines are counted: each, or some.
const FEWEST_EACH: usize = 6;
const FEWEST_SOME: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    Left,
    Right,
}

/// A number at the end of a row: which row, its value, and how far out it is.
#[derive(Debug)]
struct Mark {
    row: usize,
    value: usize,
    x: f32,
}

/// Takes the numbers of lines from a page's rows, and gives how many there were.
pub(crate) fn remove_line_numbers(rows: &mut Vec<Row>) -> usize {
    let mut removed = 0;
    for side in [Side::Left, Side::Right] {
        let marks = marks(rows, side);
        if !is_count(&marks, rows, side) {
            continue;
        }
        removed += marks.len();
        for mark in marks {
            if let Some(row) = rows.get_mut(mark.row) {
                strip(row, side);
            }
        }
    }
    rows.retain(|row| !row.is_empty());
    removed
}

fn digits(text: &str, side: Side) -> Option<&str> {
    let text = text.trim();
    let word = match side {
        Side::Left => text.split_whitespace().next()?,
        Side::Right => text.split_whitespace().next_back()?,
    };
    (word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit())).then_some(word)
}

/// The numbers at one side, without those out of line with most.
fn marks(rows: &[Row], side: Side) -> Vec<Mark> {
    let mark = |(index, row): (usize, &Row)| {
        let run = match side {
            Side::Left => row.first()?,
            Side::Right => row.last()?,
        };
        let word = digits(&run.text, side)?;
        let is_alone = run.text.trim().len() == word.len();
        // Numbers of one and two digits are in line on one side or the other.
        let x = match side {
            Side::Left => run.x.0,
            Side::Right if is_alone => run.x.0,
            Side::Right => run.x.1,
        };
        (side == Side::Left || is_alone).then_some(Mark { row: index, value: word.parse().ok()?, x })
    };
    let mut marks: Vec<Mark> = rows.iter().enumerate().filter_map(mark).collect();
    let mut places: Vec<f32> = marks.iter().map(|mark| mark.x).collect();
    places.sort_by(f32::total_cmp);
    let Some(middle) = places.get(places.len() / 2).copied() else { return marks };
    marks.retain(|mark| (mark.x - middle).abs() < 10.0);
    marks
}

/// Whether numbers count the lines: by one on most rows, or by fives or tens outside of the text.
fn is_count(marks: &[Mark], rows: &[Row], side: Side) -> bool {
    let steps =
        |by: usize| marks.windows(2).filter(|pair| matches!(pair, [a, b] if b.value == a.value + by)).count();
    let pairs = marks.len().saturating_sub(1);
    if marks.len() >= FEWEST_EACH && steps(1) * 10 >= pairs * 8 && marks.len() * 10 >= rows.len() * 4 {
        return true;
    }
    let counted: BTreeSet<usize> = marks.iter().map(|mark| mark.row).collect();
    let others = rows.iter().enumerate().filter(|(index, _)| !counted.contains(index)).map(|(_, row)| row);
    let edge = match side {
        Side::Left => others.filter_map(|row| row.first()).map(|run| run.x.0).fold(f32::MAX, f32::min),
        Side::Right => others.filter_map(|row| row.last()).map(|run| run.x.1).fold(f32::MIN, f32::max),
    };
    let is_outside = marks.iter().all(|mark| match side {
        Side::Left => mark.x + 4.0 < edge,
        Side::Right => mark.x > edge,
    });
    marks.len() >= FEWEST_SOME && is_outside && [5, 10].iter().any(|by| steps(*by) == pairs)
}

fn strip(row: &mut Row, side: Side) {
    let run = match side {
        Side::Left => row.first_mut(),
        Side::Right => row.last_mut(),
    };
    let Some(run) = run else { return };
    let word = digits(&run.text, side).unwrap_or_default().len();
    let text = run.text.trim();
    let rest = match side {
        Side::Left => text.get(word..).unwrap_or_default().trim_start(),
        Side::Right => text.get(..text.len() - word).unwrap_or_default().trim_end(),
    };
    if rest.is_empty() {
        match side {
            Side::Left => drop(row.remove(0)),
            Side::Right => drop(row.pop()),
        }
        return;
    }
    // The rest begins about where its letters do.
    let share = rest.len() as f32 / run.text.len().max(1) as f32;
    let width = (run.x.1 - run.x.0) * share;
    match side {
        Side::Left => run.x.0 = run.x.1 - width,
        Side::Right => run.x.1 = run.x.0 + width,
    }
    run.text = rest.to_owned();
}
