//! Questions that a page sets apart from answers by a class alone, whose look is in a style sheet
//! elsewhere.

use std::collections::BTreeMap;

use crate::extraction::html::content::Content;
use crate::extraction::html::tag;
use crate::extraction::html::tree::Element;
use crate::extraction::html::tree::Piece;
use crate::extraction::html::tree::Tree;

/// Blocks, and how many of them ask.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    blocks: usize,
    asking: usize,
}

/// For each element, whether its class is named as a question's; `None` where the page names no
/// answers too, or has one inside the other.
fn named(tree: &Tree, content: &Content) -> Option<Vec<bool>> {
    let kept = |index: usize| content.dropped.get(index) != Some(&true);
    let (mut asking, mut answering) = (0, 0);
    // Which of both an element is inside of; parents come before what is in them.
    let mut inside: Vec<(bool, bool)> = Vec::with_capacity(tree.elements.len());
    for (index, element) in tree.elements.iter().enumerate() {
        let around = inside.get(element.parent).copied().unwrap_or_default();
        let (asks, answers) = (element.marks.asks && kept(index), element.marks.answers && kept(index));
        if (asks && around.1) || (answers && around.0) {
            return None;
        }
        asking += usize::from(asks && !around.0);
        answering += usize::from(answers && !around.1);
        inside.push((asks || around.0, answers || around.1));
    }
    let pairs = asking >= 2 && answering >= 2 && asking <= answering * 2;
    pairs.then(|| tree.elements.iter().map(|element| element.marks.asks).collect())
}

/// For each element, whether its class is that of the page's questions: most blocks of the class
/// end with a question mark, and few others do. Such blocks are set off, as surely as those in
/// bold.
pub(crate) fn find(tree: &Tree, text: &str, content: &Content) -> Vec<bool> {
    if let Some(named) = named(tree, content) {
        return named;
    }
    let mut groups: BTreeMap<u64, Count> = BTreeMap::new();
    let mut whole = Count::default();
    let (first, end) = tree.elements.get(content.root).map_or((0, 0), |root| root.pieces);
    let mut owner = content.root;
    let mut asks = None;
    for piece in tree.pieces.get(first..end).unwrap_or_default() {
        match piece {
            Piece::Text(span, _) => {
                let words = span.of(text).trim();
                if !words.is_empty() {
                    asks = Some(words.ends_with(['?', '？', '؟']));
                }
            }
            Piece::Break => {}
            Piece::Open(index) | Piece::Close(index) => {
                if let (Some(asks), Some(element)) = (asks.take(), tree.elements.get(owner))
                    && content.dropped.get(owner) != Some(&true)
                {
                    let group = groups.entry(element.likeness).or_default();
                    for count in [group, &mut whole] {
                        count.blocks += 1;
                        count.asking += usize::from(asks);
                    }
                }
                let is_open = matches!(piece, Piece::Open(_));
                owner = if is_open {
                    *index
                } else {
                    tree.elements.get(*index).map_or(0, |element| element.parent)
                };
            }
        }
    }
    let is_asking = |element: &Element| {
        let own = groups.get(&element.likeness).copied().unwrap_or_default();
        let (others, asking) = (whole.blocks - own.blocks, whole.asking - own.asking);
        element.marks.classed
            && tag::heading_level(&element.name).is_none()
            && own.blocks >= 2
            && own.asking * 10 >= own.blocks * 7
            && others * 2 >= own.blocks
            && asking * 10 <= others * 3
    };
    tree.elements.iter().map(is_asking).collect()
}
