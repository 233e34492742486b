//! Lines → paragraphs: by the distance of the lines, by what would have fit on a line, and by how
//! it is set.

use std::collections::BTreeMap;

use crate::extraction::pdf::layout::line::Line;

/// Steps from line to line are counted in tenths of the size of letters, up to this many.
const MOST_STEPS: usize = 50;

/// Columns are distinguished by where their lines begin, in steps of so many sizes of letters.
const COLUMN: f32 = 8.0;

/// The shortest line, in sizes of letters, that can reach the right margin: some 28 letters.
const SHORTEST_FULL_LINE: f32 = 12.0;

/// How far into a line a label's mark is looked for, in letters, and how many words a name alone
/// may have.
const LONGEST_LABEL: usize = 60;
const MOST_NAME_WORDS: usize = 4;

/// A step of so many sizes of letters leaves an empty line between two lines.
const DOUBLE_SPACING: f32 = 1.8;

/// The usual leading and type size of a document's lines.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The common size of letters.
    pub body: f32,
    /// The distance of two lines of a paragraph in sizes: what is more sets paragraphs apart.
    leading: f32,
    /// Larger steps at which full lines go on too, as in a transcript with double spacing.
    wide: [bool; MOST_STEPS],
    /// The right margin of the lines that begin in each column.
    right: BTreeMap<i64, f32>,
}

impl Layout {
    pub(crate) fn of(pages: &[Vec<&Line>]) -> Self {
        let body = body_size(pages);
        let mut layout =
            Self { body, leading: 1.2, wide: [false; MOST_STEPS], right: right_margins(pages, body) };
        let mut counts = [0_u32; MOST_STEPS];
        let mut full = [0_u32; MOST_STEPS];
        for pair in pages.iter().flat_map(|page| page.windows(2)) {
            let [above, below] = pair else { continue };
            let Some(slot) = slot(step(above, below)) else { continue };
            let is_same_size = (above.size - below.size).abs() < 0.1 * below.size;
            if let (Some(count), Some(full)) = (counts.get_mut(slot), full.get_mut(slot))
                && is_same_size
            {
                *count += 1;
                *full += u32::from(layout.is_full(above, below));
            }
        }
        // The steps inside paragraphs are the smaller ones, even if there are fewer of them.
        let most = counts.iter().copied().max().unwrap_or(0);
        let usual = (0_u8..).zip(counts).find(|(_, count)| *count > 0 && *count * 4 >= most);
        layout.leading = usual.map_or(1.2, |(slot, _)| f32::from(slot) * 0.1 + 0.1);
        let total: u32 = counts.iter().sum();
        for (wide, (count, full)) in layout.wide.iter_mut().zip(counts.iter().zip(full)) {
            *wide = count * 10 >= total && full * 4 >= *count && full >= 2;
        }
        layout
    }

    /// Whether the next line's first word had no room at the end of this one. A document of short
    /// lines has no right margin to tell by.
    fn is_full(&self, above: &Line, below: &Line) -> bool {
        if above.x.1 - above.x.0 < self.body * SHORTEST_FULL_LINE {
            return false;
        }
        let text = below.text();
        let letters = text.chars().count().max(1);
        let first = text.split_whitespace().next().unwrap_or_default().chars().count();
        let width = (below.x.1 - below.x.0) / letters as f32;
        let column = column(above, self.body);
        let right = [column, column - 1].map(|column| self.right.get(&column).copied().unwrap_or(f32::MIN));
        let right = right.into_iter().fold(f32::MIN, f32::max);
        above.x.1 + (first as f32 + 1.0) * width > right
    }

    /// Whether `below` begins a paragraph after `above` on the same page.
    pub(crate) fn is_break(&self, above: &Line, below: &Line) -> bool {
        let size = below.size.max(above.size).max(0.1);
        let step = step(above, below);
        if (above.size - below.size).abs() > size * 0.15 {
            return true;
        }
        let is_full = self.is_full(above, below);
        if step < -0.5 {
            // The next column.
            return above.is_finished() || !below.begins_lowercase();
        }
        let is_wide = slot(step).is_some_and(|slot| {
            [slot.saturating_sub(1), slot, slot + 1].iter().any(|slot| self.wide.get(*slot) == Some(&true))
        });
        if step > self.leading * 1.22 {
            return !(is_wide && is_full);
        }
        // With double spacing throughout, nothing but a short line ends a paragraph.
        if is_wide && step > DOUBLE_SPACING && !is_full {
            return true;
        }
        let indent = (below.x.0 - above.x.0) / size;
        // A list's second line is set in as well, but after an unfinished first one.
        let is_indented = (0.8..8.0).contains(&indent) && above.is_finished() && !below.begins_lowercase();
        let is_outdented = indent < -0.8 && step > 0.5 && !is_full;
        let is_restyled = matches!((above.is_bold(), below.is_bold()), (Some(a), Some(b)) if a != b);
        is_indented || is_outdented || is_restyled && step > 0.5 && !is_full
    }

    /// Whether a line break is where the line was full and says nothing else: the next line goes on
    /// with the sentence and does not look as if it opened a turn.
    pub(crate) fn is_wrap(&self, above: &Line, below: &Line) -> bool {
        if above.is_finished() || !self.is_full(above, below) {
            return false;
        }
        let text = below.text();
        let word = text.split_whitespace().next().unwrap_or_default();
        let letters = word.trim_matches(|c: char| matches!(c, '“' | '”' | '"' | '’' | '\'' | '('));
        let letters = letters.trim_end_matches([',', ';']);
        let is_word = letters.chars().skip(1).all(|c| c.is_lowercase() || matches!(c, '’' | '\''));
        // A year may end the sentence; a shorter number with a stop counts turns.
        let digits = letters.trim_end_matches('.');
        let is_number = digits.chars().all(char::is_numeric) && (digits == letters || digits.len() > 2);
        let is_labelled = text.chars().take(LONGEST_LABEL).any(|c| matches!(c, ':' | ';' | '：'))
            || text.split_whitespace().count() <= MOST_NAME_WORDS;
        let is_restyled = matches!((above.is_bold(), below.is_bold()), (Some(a), Some(b)) if a != b);
        below.begins_lowercase()
            || !is_labelled && !is_restyled && !letters.is_empty() && (is_word || is_number)
    }

    /// Whether a page's first line goes on with the paragraph of the last page's last one.
    pub(crate) fn continues(&self, last: &Line, first: &Line) -> bool {
        let is_aligned = (first.x.0 - last.x.0).abs() < self.body * 0.5
            && (first.size - last.size).abs() < self.body * 0.05
            && (last.is_bold().is_none() || last.is_bold() == first.is_bold());
        !last.is_finished() && (first.begins_lowercase() || is_aligned && self.is_full(last, first))
    }

    /// The level of a heading: a line in clearly larger letters than the text.
    pub(crate) fn heading(&self, line: &Line) -> Option<u8> {
        let ratio = line.size / self.body.max(0.1);
        match ratio {
            ratio if ratio >= 1.6 => Some(1),
            ratio if ratio >= 1.35 => Some(2),
            ratio if ratio >= 1.18 => Some(3),
            _ => None,
        }
    }
}

fn step(above: &Line, below: &Line) -> f32 {
    (above.y - below.y) / below.size.max(0.1)
}

/// The slot of a step to the next line; out of range is no such step.
fn slot(step: f32) -> Option<usize> {
    if step < 0.7 {
        return None;
    }
    (0..MOST_STEPS).find(|slot| step < (*slot + 1) as f32 * 0.1)
}

fn column(line: &Line, body: f32) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a place on a page in steps of columns")]
    let column = (line.x.0 / (body.max(0.1) * COLUMN)).floor() as i64;
    column
}

/// The size in which most letters are set.
fn body_size(pages: &[Vec<&Line>]) -> f32 {
    let mut letters: BTreeMap<i64, usize> = BTreeMap::new();
    for line in pages.iter().flatten() {
        #[expect(clippy::cast_possible_truncation, reason = "a size in tenths of points")]
        let size = (line.size * 10.0).round() as i64;
        *letters.entry(size).or_default() += line.parts.iter().map(|(text, ..)| text.len()).sum::<usize>();
    }
    let most = letters.into_iter().max_by_key(|(_, letters)| *letters);
    most.map_or(10.0, |(size, _)| size as f32 / 10.0)
}

/// The end of each column's lines, except for the few that run over.
fn right_margins(pages: &[Vec<&Line>], body: f32) -> BTreeMap<i64, f32> {
    let mut ends: BTreeMap<i64, Vec<f32>> = BTreeMap::new();
    for line in pages.iter().flatten() {
        ends.entry(column(line, body)).or_default().push(line.x.1);
    }
    let margin = |mut ends: Vec<f32>| {
        ends.sort_by(f32::total_cmp);
        ends.get((ends.len() * 98 / 100).min(ends.len().saturating_sub(1))).copied().unwrap_or(0.0)
    };
    ends.into_iter().map(|(column, ends)| (column, margin(ends))).collect()
}
