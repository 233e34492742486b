//! Tables of contents: lines that lead to a page number.

use crate::segmentation::boilerplate::candidate_lines::Boilerplate;
use crate::segmentation::boilerplate::candidate_lines::Lines;

/// Fewest such lines in a row that make a table.
const FEWEST: usize = 3;
/// Fewest points between the title and the number.
const FEWEST_POINTS: usize = 3;

/// Marks runs of lines that lead to a number with points.
pub(crate) fn mark(lines: Lines<'_>, found: &mut [Option<Boilerplate>]) {
    let mut at = 0;
    while at < lines.len() {
        let start = at;
        while lines.text(at).is_some_and(leads_to_page) {
            at += 1;
        }
        if at - start >= FEWEST {
            for slot in found.iter_mut().take(at).skip(start).filter(|slot| slot.is_none()) {
                *slot = Some(Boilerplate::Contents);
            }
        }
        at = at.max(start + 1);
    }
}

/// Whether a line ends in points and a number.
fn leads_to_page(text: &str) -> bool {
    let title = text.trim_end_matches(|c: char| c.is_ascii_digit());
    if title.len() == text.len() {
        return false;
    }
    let mut points = 0;
    for c in title.chars().rev() {
        match c {
            '.' | '·' | '_' => points += 1,
            '…' => points += FEWEST_POINTS,
            c if c.is_whitespace() => {}
            _ => break,
        }
    }
    points >= FEWEST_POINTS
}
