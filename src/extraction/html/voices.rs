//! Speakers that a page gives by its structure: attributes, the same element before each turn,
//! pictures, or two classes in turn.
//!
//! Only what repeats and alternates counts, whatever it is called: few values, each several times,
//! and a change at most of the turns.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::extraction::html::content::Content;
use crate::extraction::html::page;
use crate::extraction::html::page::Page;
use crate::extraction::html::page::Turn;
use crate::extraction::html::rows;
use crate::extraction::html::start_tag::LONGEST_NAME;
use crate::extraction::html::tree::Tree;

/// Fewest turns that show a pattern.
const FEWEST_TURNS: usize = 4;
/// Fewest titles that show which side begins.
const FEWEST_TITLES: usize = 3;
/// Most words of a speaker's name.
const MOST_WORDS: usize = 6;

/// A stretch of the page that one speaker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Voice {
    /// Its pieces.
    pub pieces: Range<usize>,
    /// Those of them that are the name.
    pub label: Range<usize>,
    /// The speaker's name, or the label of a side, where only pictures or classes tell the speakers
    /// apart.
    pub name: String,
}

/// Finds the voices, in order of the page and disjoint.
pub(crate) fn find(tree: &Tree, text: &str, content: &Content) -> Vec<Voice> {
    let words = page::count_words(tree, text);
    let page = Page { tree, content, text, words: &words };
    if let Some(named) = by_attribute(page).or_else(|| by_passage(page)) {
        return named;
    }
    let pictured = rows::by_picture(page);
    named(page, &pictured)
        .or_else(|| sides(page, &pictured, true))
        .or_else(|| sides(page, &rows::by_class(page), false))
        .unwrap_or_default()
}

/// Elements with the name in a `data-` attribute.
fn by_attribute(page: Page<'_>) -> Option<Vec<Voice>> {
    let mut attributes: BTreeMap<&str, Vec<Turn>> = BTreeMap::new();
    for (index, name, value) in page.tree.data.iter().filter(|(index, ..)| page.is_kept(*index)) {
        let Some(element) = page.tree.elements.get(*index) else { continue };
        let pieces = element.pieces.0..element.pieces.1;
        let turns = attributes.entry(name).or_default();
        // An element inside another with the attribute is of that turn.
        let nested = turns.last().is_some_and(|last| pieces.start < last.pieces.end);
        if !nested && page.has_words(&pieces) {
            let label = pieces.start..pieces.start;
            turns.push(Turn { key: 0, pieces, label, name: value.clone() });
        }
    }
    attributes.values().filter_map(|turns| named(page, turns)).max_by_key(Vec::len)
}

/// Inline elements of one class that open their blocks with a name, with nothing between it and
/// what is said.
fn by_passage(page: Page<'_>) -> Option<Vec<Voice>> {
    let mut classes: BTreeMap<u64, Vec<Turn>> = BTreeMap::new();
    for passage in page.tree.passages.iter().filter(|passage| page.is_kept(passage.owner)) {
        let (first, end) = passage.pieces;
        let Some(owner) = page.tree.elements.get(passage.owner) else { continue };
        let (before, label, rest) = (owner.pieces.0..first, first..end, end..owner.pieces.1);
        if page.has_words(&before) || !page.has_words(&label) || !page.has_words(&rest) {
            continue;
        }
        let name = page.text_of(label.clone());
        let separated = name.ends_with(|c: char| !c.is_alphanumeric())
            || page.first_words(rest).is_some_and(|rest| !rest.starts_with(opens_speech));
        let turn = Turn { key: 0, pieces: owner.pieces.0..owner.pieces.1, label, name };
        // With a colon or a dash, it is a label like any other in running text.
        let turns = classes.entry(passage.key).or_default();
        if !separated && turns.last().is_none_or(|last| last.pieces.end <= turn.pieces.start) {
            turns.push(turn);
        }
    }
    classes.values().filter_map(|turns| named(page, turns)).max_by_key(Vec::len)
}

/// Whether what is said may begin with a character.
fn opens_speech(c: char) -> bool {
    c.is_alphanumeric() || "\"'“”„«»‘’「『（(¿¡…[&".contains(c)
}

/// The voices, where the turns have names that repeat and alternate, and someone asks.
fn named(page: Page<'_>, turns: &[Turn]) -> Option<Vec<Voice>> {
    let asks = |turn: &Turn| page.asks(turn.pieces.clone());
    let names: Vec<&str> = turns.iter().map(|turn| turn.name.as_str()).collect();
    (turns.iter().any(asks) && name_turns(&names))
        .then(|| turns.iter().map(|turn| voice(turn, &turn.name)).collect())
}

/// Whether texts at the turns of a talk are the speakers' names: names in form, few, repeated, and
/// alternating.
pub(crate) fn name_turns(names: &[&str]) -> bool {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        if !is_name(name) {
            return false;
        }
        *counts.entry(name).or_default() += 1;
    }
    let repeated: usize = counts.values().filter(|count| **count > 1).sum();
    counts.len() > 1
        && counts.len() * 2 <= names.len()
        && repeated * 10 >= names.len() * 8
        && alternates(names)
}

/// The voices, where two marks alternate and the turns of one of them mostly ask.
///
/// Where pictures show that this is a talk, the side that asks may also comment: then it asks more,
/// says less and begins after the titles.
fn sides(page: Page<'_>, turns: &[Turn], pictured: bool) -> Option<Vec<Voice>> {
    let mut counts: BTreeMap<u64, Side> = BTreeMap::new();
    let mut titles = page.titles().peekable();
    for turn in turns {
        let side = counts.entry(turn.key).or_default();
        side.turns += 1;
        side.asking += usize::from(page.asks(turn.pieces.clone()));
        side.said += page.said(turn.pieces.clone());
        side.after_title += usize::from(titles.next_if(|title| *title < turn.pieces.start).is_some());
        while titles.next_if(|title| *title < turn.pieces.end).is_some() {}
    }
    counts.retain(|_, side| side.turns > 1);
    let kept: Vec<&Turn> = turns.iter().filter(|turn| counts.contains_key(&turn.key)).collect();
    let keys: Vec<u64> = kept.iter().map(|turn| turn.key).collect();
    let mut sides: Vec<(u64, Side)> = counts.into_iter().collect();
    sides.sort_by_key(|(key, side)| (std::cmp::Reverse(side.asking), *key));
    let [(asker, asks), (_, answers)] = sides.as_slice() else { return None };
    let mostly = asks.asking * 2 >= asks.turns && answers.asking * 4 <= answers.turns;
    let begins = asks.after_title >= FEWEST_TITLES && answers.after_title * 4 <= asks.after_title;
    let comments = pictured && begins && answers.asking * 4 <= asks.asking && asks.said < answers.said;
    (asks.asking >= 2 && (mostly || comments) && alternates(&keys))
        .then(|| kept.iter().map(|turn| voice(turn, if turn.key == *asker { "Q" } else { "A" })).collect())
}

/// Counts over the turns of one mark.
#[derive(Clone, Copy, Debug, Default)]
struct Side {
    turns: usize,
    /// How many of them end with a question mark.
    asking: usize,
    /// How many of them are the first after a title.
    after_title: usize,
    /// How much they say, in bytes.
    said: usize,
}

fn voice(turn: &Turn, name: &str) -> Voice {
    Voice { pieces: turn.pieces.clone(), label: turn.label.clone(), name: name.to_owned() }
}

/// Whether the marks of neighbouring turns mostly differ.
fn alternates<T: PartialEq>(marks: &[T]) -> bool {
    let changes = marks.windows(2).filter(|pair| matches!(pair, [a, b] if a != b)).count();
    marks.len() >= FEWEST_TURNS && changes * 10 >= (marks.len() - 1) * 6
}

/// Whether a text may be a speaker's name: a few words of letters, the first with a capital where
/// there are any.
fn is_name(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    text.len() <= LONGEST_NAME
        && letters >= 2
        && text.split_whitespace().count() <= MOST_WORDS
        && !text.starts_with(char::is_lowercase)
        && !text.contains(['?', '!', '/', '_', '=', '。', '？'])
        && letters * 2 > text.chars().count()
}
