//! The turns of a talk by its layout: rows that each have a picture, or siblings of two classes.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::extraction::html::page::Page;
use crate::extraction::html::page::Turn;
use crate::extraction::html::tag;
use crate::extraction::html::tree::Element;
use crate::extraction::html::tree::Picture;

/// The turns that pictures mark: each picture that is shown several times marks the text of its
/// row, or, where pictures have no text with them, what follows up to the next.
pub(crate) fn by_picture(page: Page<'_>) -> Vec<Turn> {
    let mut times: BTreeMap<u64, usize> = BTreeMap::new();
    let shown = together(page);
    for picture in &shown {
        *times.entry(picture.key).or_default() += 1;
    }
    let repeated = |picture: &&Picture| times.get(&picture.key).is_some_and(|times| *times > 1);
    let marks: Vec<&Picture> = shown.iter().filter(repeated).collect();
    let rows = rows(page, &marks);
    let pieces_of = |element: usize| page.tree.elements.get(element).map_or((0, 0), |element| element.pieces);
    let turn = |mark: &Picture, pieces: Range<usize>| {
        let label = pieces.start..pieces.start;
        Turn { key: mark.key, pieces, label, name: mark.alt.clone() }
    };
    let spoken: Vec<(&Picture, Range<usize>)> = marks
        .iter()
        .zip(&rows)
        .filter_map(|(mark, row)| {
            let (first, end) = pieces_of((*row)?);
            Some((*mark, first..end)).filter(|(_, pieces)| page.has_words(pieces))
        })
        .collect();
    if spoken.len() * 10 >= marks.len() * 8 {
        return spoken.into_iter().map(|(mark, pieces)| turn(mark, pieces)).collect();
    }
    let Some((last, around)) = marks.last().zip(rows.last()).filter(|_| spoken.is_empty()) else {
        // It is unknown which text is whose.
        return Vec::new();
    };
    // The pictures are between the texts: each comes before its own if the last has one.
    let around = around.map_or(last.owner, |row| page.tree.elements.get(row).map_or(0, |row| row.parent));
    let rest = last.piece..pieces_of(around).1;
    if !page.has_words(&rest) {
        return Vec::new();
    }
    let ends = marks.iter().skip(1).map(|next| next.piece).chain([page.first_block(rest)]);
    marks.iter().zip(ends).map(|(mark, end)| turn(mark, mark.piece..end.max(mark.piece))).collect()
}

/// The pictures of the content, where those next to each other in one element are one: a page has
/// one for wide screens and one for narrow ones, or a frame and a face.
fn together(page: Page<'_>) -> Vec<Picture> {
    let element = |index: usize| page.tree.elements.get(index);
    let mut shown: Vec<Picture> = Vec::new();
    // The element of the last picture by itself.
    let mut last_owner = 0;
    for picture in page.tree.pictures.iter().filter(|picture| page.is_kept(picture.owner)) {
        let owner = std::mem::replace(&mut last_owner, picture.owner);
        if let Some(last) = shown.last_mut()
            && !page.has_words(&(last.piece..picture.piece))
            && let Some((before, now)) = element(owner).zip(element(picture.owner))
        {
            let wordless = |element: &Element| !page.has_words(&(element.pieces.0..element.pieces.1));
            let wrapped = before.parent == now.parent && wordless(before) && wordless(now);
            if owner == picture.owner || wrapped {
                last.key = last.key.rotate_left(1) ^ picture.key;
                if owner != picture.owner {
                    last.owner = now.parent;
                }
                if last.alt.is_empty() {
                    last.alt.clone_from(&picture.alt);
                }
                continue;
            }
        }
        shown.push(picture.clone());
    }
    shown
}

/// Per picture, the outermost element around it that no other mark is in, no farther out than most
/// have theirs.
///
/// `None` where the picture shares even its own element with other marks.
fn rows(page: Page<'_>, marks: &[&Picture]) -> Vec<Option<usize>> {
    let elements = &page.tree.elements;
    let mut counts = vec![0_usize; elements.len()];
    for mark in marks {
        if let Some(count) = counts.get_mut(mark.owner) {
            *count += 1;
        }
    }
    // Parents come before what is in them.
    for index in (1..elements.len()).rev() {
        let inside = counts.get(index).copied().unwrap_or_default();
        let parent = elements.get(index).map_or(0, |element| element.parent);
        if let Some(count) = counts.get_mut(parent) {
            *count += inside;
        }
    }
    let parent = |index: usize| elements.get(index).map_or(0, |element| element.parent);
    let paths: Vec<Vec<usize>> = marks
        .iter()
        .map(|mark| {
            if counts.get(mark.owner) != Some(&1) {
                return Vec::new();
            }
            let mut path = vec![mark.owner];
            let mut at = mark.owner;
            while at != page.content.root && counts.get(parent(at)) == Some(&1) {
                at = parent(at);
                path.push(at);
            }
            path
        })
        .collect();
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    for path in &paths {
        *lengths.entry(path.len()).or_default() += 1;
    }
    let usual = lengths.iter().max_by_key(|(_, times)| **times).map_or(1, |(length, _)| *length);
    paths.iter().map(|path| path.get(usual.saturating_sub(1)).or_else(|| path.last()).copied()).collect()
}

/// The turns that two classes mark, where siblings of these classes mostly alternate.
pub(crate) fn by_class(page: Page<'_>) -> Vec<Turn> {
    let mut pairs: BTreeMap<(u64, u64), usize> = BTreeMap::new();
    // Per element, the likeness of the last of its children that counts.
    let mut last: BTreeMap<usize, u64> = BTreeMap::new();
    let children: Vec<usize> = (1..page.tree.elements.len()).filter(|index| is_turn(page, *index)).collect();
    for index in &children {
        let Some(element) = page.tree.elements.get(*index) else { continue };
        if let Some(before) = last.insert(element.parent, element.likeness)
            && before != element.likeness
        {
            let pair = (before.min(element.likeness), before.max(element.likeness));
            *pairs.entry(pair).or_default() += 1;
        }
    }
    let best = pairs.into_iter().max_by_key(|(pair, times)| (*times, std::cmp::Reverse(*pair)));
    let Some(((a, b), _)) = best else { return Vec::new() };
    let mut turns: Vec<Turn> = Vec::new();
    for element in children.iter().filter_map(|index| page.tree.elements.get(*index)) {
        let (first, end) = element.pieces;
        let inside = turns.last().is_some_and(|last| first < last.pieces.end);
        if !inside && (element.likeness == a || element.likeness == b) {
            turns.push(Turn {
                key: element.likeness,
                pieces: first..end,
                label: first..first,
                name: String::new(),
            });
        }
    }
    turns
}

/// Whether an element may be a turn by its class: it is a part of the content with words, no title,
/// no cell.
fn is_turn(page: Page<'_>, index: usize) -> bool {
    let Some(element) = page.tree.elements.get(index) else { return false };
    element.marks.classed
        && page.is_kept(index)
        && !tag::is_title(&element.name)
        && !matches!(&*element.name, "dd" | "td" | "th" | "figure" | "figcaption" | "caption")
        && page.has_words(&(element.pieces.0..element.pieces.1))
}
