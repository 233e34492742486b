//! A page as a tree of the elements that set text apart, and the text between the tags, by
//! position.

use crate::extraction::html::classes::Marks;
use crate::extraction::html::head::Head;
use crate::extraction::html::stylesheet::Stylesheet;
use crate::span::TextSpan;

/// How a piece of text is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    pub strong: bool,
    pub light: bool,
    pub link: bool,
}

/// The page in order.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece {
    /// An element begins.
    Open(usize),
    /// An element ends.
    Close(usize),
    /// Text as the page has it, with its references and white space.
    Text(TextSpan, Style),
    /// A line break.
    Break,
}

/// An element that sets its text apart.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    /// In lower case.
    pub name: Box<str>,
    /// The element around it; the first element is its own parent.
    pub parent: usize,
    /// The properties that its attributes give.
    pub marks: Marks,
    /// Equal for elements of one name and class.
    pub likeness: u64,
    /// From its start tag to the end of its end tag.
    pub span: TextSpan,
    /// Whether its name is one of navigation, notes or forms.
    pub boilerplate: bool,
    /// The indices of its `Open` and `Close` among the pieces.
    pub pieces: (usize, usize),
    /// How its text is set, whatever the elements inside say.
    pub style: Style,
}

/// A picture or an icon, which may mark who speaks.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    /// Equal for the same picture, or for icons of one class.
    pub key: u64,
    /// The element it is in.
    pub owner: usize,
    /// How many pieces come before it.
    pub piece: usize,
    /// The text in its place.
    pub alt: String,
}

/// The text of an inline element with a class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passage {
    /// Equal for elements of one name and class.
    pub key: u64,
    /// The element it is in.
    pub owner: usize,
    /// From its first piece to after its last.
    pub pieces: (usize, usize),
}

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub elements: Vec<Element>,
    pub pieces: Vec<Piece>,
    /// In order of the page.
    pub pictures: Vec<Picture>,
    /// In order of their ends.
    pub passages: Vec<Passage>,
    /// Short `data-` attributes: the element, the attribute's name and value.
    pub data: Vec<(usize, String, String)>,
    pub head: Head,
    pub sheet: Stylesheet,
}
