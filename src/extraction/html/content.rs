//! Separates a page's own content from boilerplate, and finds the element that holds it.

use crate::extraction::html::tag;
use crate::extraction::html::tree::Piece;
use crate::extraction::html::tree::Tree;

/// Text of one block that is long enough to be speech and not a menu's entry, in bytes.
const SENTENCE: usize = 40;

/// A button's text shorter than this, in bytes, names what the button does.
const LONGEST_CONTROL: usize = 20;

/// How much of an element is speech, in bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    /// All text.
    text: usize,
    /// Text inside links.
    link: usize,
    /// Text outside links in blocks that look like sentences.
    speech: usize,
}

/// Which parts of a page to read.
#[derive(Debug)]
pub(crate) struct Content {
    /// The element that holds the content.
    pub root: usize,
    /// For each element, whether it and all in it is left out.
    pub dropped: Vec<bool>,
}

/// Finds the content.
pub(crate) fn find(tree: &Tree, text: &str) -> Content {
    let weights = weigh(tree, text, &vec![false; tree.elements.len()]);
    let speech = |weights: &[Weight]| weights.first().map_or(0, |weight| weight.speech);
    let mut dropped = drop_boilerplate(tree, &weights);
    let mut kept = weigh(tree, text, &dropped);
    if speech(&kept) * 10 < speech(&weights) {
        // Names that mislead about all of the page are no guide to it.
        dropped.fill(false);
        kept = weights;
    }
    Content { root: root(tree, &kept, &dropped), dropped }
}

/// Marks what is not content by its name or its attributes.
fn drop_boilerplate(tree: &Tree, weights: &[Weight]) -> Vec<bool> {
    let weight = |index: usize| weights.get(index).copied().unwrap_or_default();
    let whole = weight(0).speech;
    let parent = |index: usize| tree.elements.get(index).map_or(0, |element| element.parent);
    let is_hidden = |index: usize| tree.elements.get(index).is_some_and(|element| element.marks.hidden);
    let hidden = (1..tree.elements.len()).filter(|index| is_hidden(*index) && !is_hidden(parent(*index)));
    // Answers that open at a click are hidden too, but are much of the page.
    let hides_content = hidden.map(|index| weight(index).speech).sum::<usize>() * 10 > whole * 4;
    let mut dropped = vec![false; tree.elements.len()];
    for (index, element) in tree.elements.iter().enumerate().skip(1) {
        let own = weight(index);
        // Names mislead: a page may wrap its whole article in a form, or comments may be the
        // interview.
        let most = |share: usize| own.speech * 100 > whole * share && own.link * 2 < own.text;
        let named = element.boilerplate
            || element.marks.boilerplate
            || (&*element.name == "header" && !is_inside_content(tree, element.parent));
        let enough = match &*element.name {
            "form" => 15,
            _ if element.marks.comments => 85,
            _ => 50,
        };
        let titles = tree.elements.get(element.parent).is_some_and(|around| tag::is_title(&around.name));
        let is_control = &*element.name == "button" && own.text < LONGEST_CONTROL && !titles;
        // Nobody says a list of nothing but links.
        let links = matches!(&*element.name, "ul" | "ol" | "menu" | "dir")
            && own.text > 0
            && own.link * 10 >= own.text * 9
            && own.text * 2 < weight(0).text;
        let out = dropped.get(element.parent) == Some(&true)
            || links
            || is_control
            || (element.marks.hidden && !hides_content)
            || ((named || element.marks.comments) && !most(enough));
        if let Some(slot) = dropped.get_mut(index) {
            *slot = out;
        }
    }
    dropped
}

fn is_inside_content(tree: &Tree, mut index: usize) -> bool {
    while let Some(element) = tree.elements.get(index).filter(|_| index > 0) {
        if matches!(&*element.name, "article" | "main" | "section") || element.marks.main {
            return true;
        }
        index = element.parent;
    }
    false
}

/// Weighs every element with all in it that is not dropped.
fn weigh(tree: &Tree, text: &str, dropped: &[bool]) -> Vec<Weight> {
    let mut weights = vec![Weight::default(); tree.elements.len()];
    let mut stack = vec![0];
    let mut run = Weight::default();
    let mut sentence_end = false;
    let mut flush = |owner: usize, run: &mut Weight, sentence_end: &mut bool| {
        let own = run.text - run.link;
        if let Some(weight) = weights.get_mut(owner).filter(|_| dropped.get(owner) != Some(&true)) {
            weight.text += run.text;
            weight.link += run.link;
            weight.speech += if own >= SENTENCE || *sentence_end { own } else { 0 };
        }
        (*run, *sentence_end) = (Weight::default(), false);
    };
    for piece in &tree.pieces {
        let owner = stack.last().copied().unwrap_or(0);
        match piece {
            Piece::Open(index) => {
                flush(owner, &mut run, &mut sentence_end);
                stack.push(*index);
            }
            Piece::Close(_) => {
                flush(owner, &mut run, &mut sentence_end);
                stack.pop();
            }
            Piece::Text(span, style) => {
                let text = span.of(text).trim();
                run.text += text.len();
                run.link += if style.link { text.len() } else { 0 };
                if !text.is_empty() {
                    sentence_end =
                        !style.link && text.ends_with(['.', '?', '!', '…', '。', '？', '！', '"', '”', '»']);
                }
            }
            Piece::Break => {}
        }
    }
    for index in (1..tree.elements.len()).rev() {
        let Some(element) = tree.elements.get(index) else { continue };
        let own = weights.get(index).copied().unwrap_or_default();
        if let Some(parent) = weights.get_mut(element.parent) {
            parent.text += own.text;
            parent.link += own.link;
            parent.speech += own.speech;
        }
    }
    weights
}

/// The element that holds the content: one that says so, else the innermost that holds nearly all
/// speech.
fn root(tree: &Tree, weights: &[Weight], dropped: &[bool]) -> usize {
    let speech = |index: usize| weights.get(index).map_or(0, |weight| weight.speech);
    let whole = speech(0);
    let named = |index: &usize| {
        let says_so = tree
            .elements
            .get(*index)
            .is_some_and(|element| element.marks.main || matches!(&*element.name, "main" | "article"));
        says_so && dropped.get(*index) == Some(&false)
    };
    let best = (1..tree.elements.len())
        .filter(named)
        .max_by_key(|index| (speech(*index), std::cmp::Reverse(*index)));
    let start = best.filter(|best| speech(*best) * 2 >= whole && speech(*best) > 0).unwrap_or(0);
    let mut at = descend(tree, start, &speech, dropped);
    // A table is read by its rows and columns, so it is taken whole.
    while let Some(element) = tree.elements.get(at)
        && at > 0
        && matches!(&*element.name, "table" | "tbody" | "thead" | "tr")
    {
        at = element.parent;
    }
    at
}

/// Goes inwards while one child holds nearly all of the speech and is no peer of its siblings.
fn descend(tree: &Tree, start: usize, speech: &dyn Fn(usize) -> usize, dropped: &[bool]) -> usize {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); tree.elements.len()];
    for (index, element) in tree.elements.iter().enumerate().skip(1) {
        if dropped.get(index) == Some(&false)
            && let Some(list) = children.get_mut(element.parent)
        {
            list.push(index);
        }
    }
    let mut at = start;
    loop {
        let inside = children.get(at).map(Vec::as_slice).unwrap_or_default();
        let Some(best) =
            inside.iter().copied().max_by_key(|index| (speech(*index), std::cmp::Reverse(*index)))
        else {
            return at;
        };
        let Some(element) = tree.elements.get(best) else { return at };
        let is_container = matches!(
            &*element.name,
            "div"
                | "section"
                | "article"
                | "main"
                | "center"
                | "table"
                | "tbody"
                | "tr"
                | "td"
                | "form"
                | "fieldset"
                | "body"
        ) || element.name.contains('-');
        let peers = inside
            .iter()
            .filter(|index| {
                **index != best
                    && speech(**index) > 0
                    && tree.elements.get(**index).is_some_and(|other| other.likeness == element.likeness)
            })
            .count();
        let has_parts = children
            .get(best)
            .is_some_and(|parts| parts.len() > 1 || parts.iter().any(|part| speech(*part) > 0));
        if !is_container || peers > 0 || !has_parts || speech(best) * 100 < speech(at) * 80 {
            return at;
        }
        at = best;
    }
}
