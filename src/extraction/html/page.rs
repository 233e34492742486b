//! A page as the finders of turns see it: its pieces, and their words.

use std::ops::Range;

use crate::extraction::html::content::Content;
use crate::extraction::html::tag;
use crate::extraction::html::tree::Piece;
use crate::extraction::html::tree::Tree;
use crate::extraction::html::unescaped;

/// A stretch that may be a turn, with what marks its speaker.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    /// Equal for the same mark.
    pub key: u64,
    /// The pieces.
    pub pieces: Range<usize>,
    /// Those of the mark.
    pub label: Range<usize>,
    /// The name that the mark gives, if any.
    pub name: String,
}

/// The page, for those who look for turns in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page<'a> {
    pub tree: &'a Tree,
    pub content: &'a Content,
    pub text: &'a str,
    /// Per piece, how many pieces before it have words.
    pub words: &'a [usize],
}

impl Page<'_> {
    /// The pieces of the content.
    pub(crate) fn inside(&self) -> Range<usize> {
        self.tree.elements.get(self.content.root).map_or(0..0, |root| root.pieces.0..root.pieces.1)
    }

    /// Whether an element is read, and within the content.
    pub(crate) fn is_kept(&self, element: usize) -> bool {
        let inside = self.inside();
        self.content.dropped.get(element) != Some(&true)
            && self.tree.elements.get(element).is_some_and(|element| inside.contains(&element.pieces.0))
    }

    /// Whether any text among pieces has words.
    pub(crate) fn has_words(&self, pieces: &Range<usize>) -> bool {
        let before = |piece: usize| self.words.get(piece).or(self.words.last()).copied().unwrap_or_default();
        before(pieces.end) > before(pieces.start)
    }

    /// The text of some pieces, references read, white space collapsed.
    pub(crate) fn text_of(&self, pieces: Range<usize>) -> String {
        let mut words = String::new();
        for piece in self.tree.pieces.get(pieces).unwrap_or_default() {
            match piece {
                Piece::Text(span, _) => words.push_str(&unescaped(span.of(self.text))),
                Piece::Open(_) | Piece::Close(_) | Piece::Break => words.push(' '),
            }
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The first text among pieces that is more than white space.
    pub(crate) fn first_words(&self, pieces: Range<usize>) -> Option<&str> {
        self.tree.pieces.get(pieces).unwrap_or_default().iter().find_map(|piece| self.words_of(piece))
    }

    /// The last text among pieces that is more than white space.
    pub(crate) fn last_words(&self, pieces: Range<usize>) -> Option<&str> {
        self.tree.pieces.get(pieces).unwrap_or_default().iter().rev().find_map(|piece| self.words_of(piece))
    }

    /// The end of the first element with words among pieces.
    pub(crate) fn first_block(&self, pieces: Range<usize>) -> usize {
        let end = pieces.end;
        let mut at = pieces.start;
        let mut spoken = false;
        while let Some(piece) = self.tree.pieces.get(at).filter(|_| at < end) {
            match piece {
                Piece::Text(..) => spoken |= self.words_of(piece).is_some(),
                Piece::Close(_) if spoken => return at,
                Piece::Open(_) | Piece::Close(_) | Piece::Break => {}
            }
            at += 1;
        }
        end
    }

    /// Whether what is said in some pieces ends with a question mark.
    pub(crate) fn asks(&self, pieces: Range<usize>) -> bool {
        self.last_words(pieces).is_some_and(|text| text.ends_with(['?', '？', '؟']))
    }

    /// How much is said in some pieces, in bytes.
    pub(crate) fn said(&self, pieces: Range<usize>) -> usize {
        let texts = self.tree.pieces.get(pieces).unwrap_or_default().iter();
        texts.filter_map(|piece| self.words_of(piece)).map(str::len).sum()
    }

    /// The places of the titles, in order.
    pub(crate) fn titles(&self) -> impl Iterator<Item = usize> {
        let elements = self.tree.elements.iter().filter(|element| tag::is_title(&element.name));
        elements.map(|element| element.pieces.0)
    }

    pub(crate) fn words_of(&self, piece: &Piece) -> Option<&str> {
        match piece {
            Piece::Text(span, _) => Some(span.of(self.text).trim()).filter(|text| !text.is_empty()),
            Piece::Open(_) | Piece::Close(_) | Piece::Break => None,
        }
    }
}

/// For each piece, how many pieces before it have words; one more for the end.
pub(crate) fn count_words(tree: &Tree, text: &str) -> Vec<usize> {
    let mut words = vec![0];
    for piece in &tree.pieces {
        let said = matches!(piece, Piece::Text(span, _) if span.of(text).contains(char::is_alphanumeric));
        words.push(words.last().copied().unwrap_or_default() + usize::from(said));
    }
    words
}
