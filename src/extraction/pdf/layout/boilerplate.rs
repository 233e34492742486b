//! Headers and footers of pages, and page numbers.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::extraction::pdf::layout::line::Line;

/// A header is on at least this many pages; one with a number, which a page number is, on two.
const FEWEST_PAGES: usize = 3;
const FEWEST_NUMBERED: usize = 2;

/// How many lines at either end of a page may be its header or footer.
const MOST_EDGE_LINES: usize = 3;

/// Lines on the same height, in points.
const SAME_HEIGHT: f32 = 3.0;

/// A gap of so many usual steps from line to line sets a header apart.
const WIDE_GAP: f32 = 1.4;

/// A line's place among those of its page, from above or from below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    Top(usize),
    Bottom(usize),
}

#[derive(Debug)]
struct Candidate {
    page: usize,
    line: usize,
    edge: Edge,
    height: i64,
    /// Whether it is set apart from the text, by a gap or by the size of its letters.
    is_apart: bool,
    shape: String,
}

/// For each page, which of its lines are no text: by their place and by being alike on several
/// pages.
pub(crate) fn find(pages: &[Vec<Line>]) -> Vec<BTreeSet<usize>> {
    let mut found: Vec<BTreeSet<usize>> = pages
        .iter()
        .map(|page| {
            page.iter().enumerate().filter(|(_, line)| line.is_artifact).map(|(index, _)| index).collect()
        })
        .collect();
    let candidates: Vec<Candidate> =
        pages.iter().enumerate().flat_map(|(page, lines)| candidates(page, lines)).collect();
    let inside = shapes_inside(pages, &candidates);
    let mut by_shape: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
    let mut by_place: BTreeMap<(bool, i64), Vec<&Candidate>> = BTreeMap::new();
    for candidate in &candidates {
        by_shape.entry(&candidate.shape).or_default().push(candidate);
        by_place
            .entry((matches!(candidate.edge, Edge::Top(_)), candidate.height))
            .or_default()
            .push(candidate);
    }
    let mut note = |candidate: &Candidate| {
        if let Some(page) = found.get_mut(candidate.page) {
            page.insert(candidate.line);
        }
    };
    for (shape, alike) in &by_shape {
        // Headers are on one height; a sentence that is said again is on any.
        let mut heights: BTreeMap<i64, usize> = BTreeMap::new();
        for candidate in alike {
            *heights.entry(candidate.height).or_default() += 1;
        }
        let usual = heights.into_iter().max_by_key(|(_, count)| *count).map_or(0, |(height, _)| height);
        let is_there = |candidate: &&&Candidate| (candidate.height - usual).abs() <= 1;
        let on: BTreeSet<usize> = alike.iter().filter(is_there).map(|candidate| candidate.page).collect();
        let numbered = shape.contains('0') && shape.split(' ').count() <= 4;
        let fewest = if numbered { FEWEST_NUMBERED } else { FEWEST_PAGES };
        // A speaker's name in the last line of some pages is in the middle of others too.
        let is_inside = inside.get(*shape).is_some_and(|count| *count * 2 >= on.len());
        if on.len() >= fewest && on.len() * 3 >= pages.len() && !is_inside {
            for candidate in alike.iter().filter(is_there) {
                note(candidate);
            }
        }
    }
    for alike in by_place.values() {
        changing(alike, pages.len(), &inside).into_iter().for_each(&mut note);
    }
    for candidate in &candidates {
        if matches!(candidate.edge, Edge::Top(0) | Edge::Bottom(0)) && is_page_number(&candidate.shape) {
            note(candidate);
        }
    }
    found
}

/// The lines at a page's ends, by their height: none where it has but a few.
fn candidates(page: usize, lines: &[Line]) -> Vec<Candidate> {
    let edges = (lines.len() / 4).clamp(usize::from(lines.len() > 1), MOST_EDGE_LINES);
    let mut order: Vec<usize> = (0..lines.len()).collect();
    let height = |index: &usize| lines.get(*index).map_or(0.0, |line| line.y);
    order.sort_by(|a, b| height(b).total_cmp(&height(a)).then(a.cmp(b)));
    let mut steps: Vec<f32> = order
        .windows(2)
        .filter_map(|pair| if let [a, b] = pair { Some(height(a) - height(b)) } else { None })
        .filter(|step| *step > 1.0)
        .collect();
    let gap_below =
        |rank: usize| order.get(rank).zip(order.get(rank + 1)).map_or(0.0, |(a, b)| height(a) - height(b));
    let mut sizes: Vec<f32> = lines.iter().map(|line| line.size).collect();
    let (step, size) = (median(&mut steps), median(&mut sizes));
    let is_wide = |gap: f32| gap > step * WIDE_GAP;
    // A header of two lines is set apart after the second one.
    let is_apart_top = |rank: usize| (rank..edges).any(|rank| is_wide(gap_below(rank)));
    let is_apart_bottom = |rank: usize| {
        (rank..edges)
            .any(|rank| lines.len().checked_sub(rank + 2).is_some_and(|rank| is_wide(gap_below(rank))))
    };
    let top = order.iter().enumerate().take(edges).map(|(rank, index)| (*index, Edge::Top(rank)));
    let bottom = order.iter().rev().enumerate().take(edges).map(|(rank, index)| (*index, Edge::Bottom(rank)));
    top.chain(bottom)
        .filter_map(|(index, edge)| {
            let line = lines.get(index)?;
            let shape = shape(&line.text());
            #[expect(clippy::cast_possible_truncation, reason = "a height in steps of points")]
            let height = (line.y / SAME_HEIGHT).round() as i64;
            let is_apart = (line.size - size).abs() > size * 0.05
                || match edge {
                    Edge::Top(rank) => is_apart_top(rank),
                    Edge::Bottom(rank) => is_apart_bottom(rank),
                };
            Some(Candidate { page, line: index, edge, height, is_apart, shape })
        })
        // Pages of a line or two have no header, but can have a number.
        .filter(|candidate| lines.len() >= 4 || is_page_number(&candidate.shape))
        .collect()
}

fn median(values: &mut [f32]) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// How often the shapes of the candidates are elsewhere on the pages.
fn shapes_inside(pages: &[Vec<Line>], candidates: &[Candidate]) -> BTreeMap<String, usize> {
    let at_edge: BTreeSet<(usize, usize)> =
        candidates.iter().map(|candidate| (candidate.page, candidate.line)).collect();
    let mut counts: BTreeMap<String, usize> =
        candidates.iter().map(|candidate| (candidate.shape.clone(), 0)).collect();
    for (page, lines) in pages.iter().enumerate() {
        for (index, line) in lines.iter().enumerate() {
            if !at_edge.contains(&(page, index))
                && let Some(count) = counts.get_mut(&shape(&line.text()))
            {
                *count += 1;
            }
        }
    }
    counts
}

/// Lines on the same height of most pages that share most of their words: a header with a date or
/// the name of a chapter in it.
fn changing<'a>(
    alike: &[&'a Candidate],
    pages: usize,
    inside: &BTreeMap<String, usize>,
) -> Vec<&'a Candidate> {
    let on: BTreeSet<usize> = alike.iter().map(|candidate| candidate.page).collect();
    let apart = alike.iter().filter(|candidate| candidate.is_apart).count();
    if on.len() < FEWEST_PAGES || on.len() * 2 < pages || apart * 5 < alike.len() * 4 {
        return Vec::new();
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for candidate in alike {
        let words: BTreeSet<&str> = candidate.shape.split(' ').collect();
        for word in words {
            *counts.entry(word).or_default() += 1;
        }
    }
    let is_shared = |word: &&str| counts.get(*word).is_some_and(|count| *count * 2 >= on.len());
    let is_header = |candidate: &&&Candidate| {
        let words = candidate.shape.split(' ').count();
        let shared = candidate.shape.split(' ').filter(is_shared).count();
        // One shared word may be a name that opens a turn.
        shared >= 2
            && shared * 10 >= words * 6
            && inside.get(&candidate.shape).is_none_or(|count| *count == 0)
    };
    alike.iter().filter(is_header).copied().collect()
}

/// A line with each number written as 0.
fn shape(text: &str) -> String {
    let mut shape = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !shape.is_empty() {
            shape.push(' ');
        }
        let mut in_number = false;
        for c in word.chars() {
            if !c.is_numeric() {
                shape.push(c);
            } else if !in_number {
                shape.push('0');
            }
            in_number = c.is_numeric();
        }
    }
    shape
}

/// Whether a line is a page's number and nothing else.
fn is_page_number(shape: &str) -> bool {
    let bare = shape.trim_matches(['-', '–', '—', '|', '[', ']', '(', ')', '.', ' ']).to_lowercase();
    let words: Vec<&str> = bare.split([' ', '/']).filter(|word| !word.is_empty()).collect();
    let is_roman = |word: &str| word.len() <= 6 && word.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
    match words.as_slice() {
        ["0" | "page", "0"] | ["page", "0", _, "0"] | ["0", "of", "0"] | ["0"] => true,
        [word] => is_roman(word),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers() {
        for text in ["12", "- 3 -", "Page 4", "Page 4 of 12", "4/12", "4 of 12", "xiv", "[7]"] {
            assert!(is_page_number(&shape(text)), "{text}");
        }
        for text in ["", "In 1984", "Mix", "Q 3", "Page", "Yes."] {
            assert!(!is_page_number(&shape(text)), "{text}");
        }
    }
}
