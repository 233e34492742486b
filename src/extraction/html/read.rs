//! Tags → a [`Tree`].
//!
//! The tokenizer says where tags and comments are; the text is what lies between them. Elements
//! within a line are no part of the tree: what they say about text (bold, italics, link) goes with
//! the text.

use std::collections::BTreeMap;
use std::convert::Infallible;

use html5gum::Span;
use html5gum::Tokenizer;
use html5gum::emitters::callback::CallbackEmitter;
use html5gum::emitters::callback::CallbackEvent;

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::html::classes::Marks;
use crate::extraction::html::head::Head;
use crate::extraction::html::start_tag::StartTag;
use crate::extraction::html::tag;
use crate::extraction::html::tag::Layout;
use crate::extraction::html::tree::Element;
use crate::extraction::html::tree::Passage;
use crate::extraction::html::tree::Picture;
use crate::extraction::html::tree::Piece;
use crate::extraction::html::tree::Style;
use crate::extraction::html::tree::Tree;
use crate::span::TextSpan;

/// The most inline elements that are followed at once; pages that open more have forgotten to close
/// them.
const MOST_INLINE: usize = 64;

/// Reads `span` of `text` as HTML.
pub(crate) fn read(text: &str, span: TextSpan, limits: &Limits) -> Result<Tree, ExtractError> {
    let mut reader = Reader {
        text,
        base: span.start(),
        at: span.start(),
        tree: Tree::default(),
        stack: Vec::new(),
        names: BTreeMap::new(),
        inline: Vec::new(),
        styled: [0; 4],
        unseen: None,
        tag: StartTag::default(),
        nesting: limits.nesting,
        too_deep: false,
    };
    reader.push("html".into(), Marks::default(), 0, TextSpan::new(span.start(), span.start()), false);
    let mut emitter =
        CallbackEmitter::new(|event: CallbackEvent<'_>, span: Span<usize>| -> Option<Infallible> {
            reader.event(&event, span);
            None
        });
    emitter.naively_switch_states(true);
    // The tokens are handled in the callback; driving the iterator to its end is all that is left.
    let tokens = Tokenizer::new_with_emitter(span.of(text), emitter).count();
    debug_assert_eq!(tokens, 0, "the callback yields no tokens");
    reader.finish(span.end())?;
    Ok(reader.tree)
}

/// An inline element that is open.
struct Inline {
    name: Box<str>,
    style: Style,
    hidden: bool,
    /// Its name and class, where it has a class, and where its text begins among the pieces.
    classed: Option<(u64, usize)>,
}

struct Reader<'a> {
    text: &'a str,
    /// The place in the text of the tokenizer's offset 0.
    base: usize,
    /// The end of the last tag or comment.
    at: usize,
    tree: Tree,
    /// Open elements, with how many inline elements were open around each.
    stack: Vec<(usize, usize)>,
    /// How many of the open elements have each name: most that are looked for are not open.
    names: BTreeMap<Box<str>, usize>,
    inline: Vec<Inline>,
    /// How many of the open inline elements set text in bold, in italics, as a link, or hide it.
    styled: [usize; 4],
    /// The unseen element that is open, and how many open elements inside it have the same name.
    unseen: Option<(Box<str>, usize)>,
    tag: StartTag,
    nesting: usize,
    too_deep: bool,
}

impl Reader<'_> {
    fn event(&mut self, event: &CallbackEvent<'_>, span: Span<usize>) {
        if self.too_deep {
            return;
        }
        let span = TextSpan::new(span.start + self.base, span.end + self.base);
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = StartTag::new(lossy(name), span.start());
            }
            CallbackEvent::AttributeName { name } => self.tag.attribute = lossy(name),
            CallbackEvent::AttributeValue { value } => {
                let name = std::mem::take(&mut self.tag.attribute);
                self.tag.attribute(name, value, &self.tree.sheet);
            }
            CallbackEvent::CloseStartTag { .. } => {
                let name = std::mem::take(&mut self.tag.attribute);
                self.tag.attribute(name, b"", &self.tree.sheet);
                self.text_until(self.tag.start);
                self.at = span.end();
                self.start_tag();
            }
            CallbackEvent::EndTag { name } => {
                self.text_until(span.start());
                self.end_tag(&String::from_utf8_lossy(name), span);
                self.at = span.end();
            }
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } => {
                self.text_until(span.start());
                self.at = self.at.max(span.end());
            }
            CallbackEvent::String { .. } | CallbackEvent::Error(_) => {}
        }
    }

    fn text_until(&mut self, end: usize) {
        if end <= self.at {
            return;
        }
        let span = TextSpan::new(self.at, end);
        if self.unseen.is_some() {
            self.tree.head.text(span.of(self.text));
        } else {
            let style = self.style();
            // A raised link is the number of a note, and nobody said it.
            let inside = |wanted: &str| self.inline.iter().any(|inline| *inline.name == *wanted);
            let is_note = inside("sup") && inside("a");
            let [.., hidden] = self.styled;
            if !is_note && hidden == 0 {
                self.tree.pieces.push(Piece::Text(span, style));
            }
        }
    }

    fn style(&self) -> Style {
        let block = self.stack.last().and_then(|(element, _)| self.tree.elements.get(*element));
        let around = block.map(|element| element.style).unwrap_or_default();
        let [strong, light, link, _] = self.styled.map(|count| count > 0);
        Style { strong: around.strong || strong, light: around.light || light, link: around.link || link }
    }

    /// An inline element begins or ends.
    fn restyle(&mut self, inline: &Inline, begins: bool) {
        let Style { strong, light, link } = inline.style;
        for (count, on) in self.styled.iter_mut().zip([strong, light, link, inline.hidden]) {
            *count = if begins { *count + usize::from(on) } else { count.saturating_sub(usize::from(on)) };
        }
    }

    /// An inline element ends: what it is kept for, where it has a class.
    fn close_inline(&mut self, inline: &Inline) {
        self.restyle(inline, false);
        let Some((key, first)) = inline.classed else { return };
        let owner = self.stack.last().map_or(0, |(element, _)| *element);
        let end = self.tree.pieces.len();
        if end > first {
            self.tree.passages.push(Passage { key, owner, pieces: (first, end) });
        } else {
            // Without text, it is an icon.
            self.tree.pictures.push(Picture { key, owner, piece: first, alt: String::new() });
        }
    }

    fn start_tag(&mut self) {
        let tag = std::mem::take(&mut self.tag);
        let (likeness, picture) = (tag.likeness(), tag.picture());
        let StartTag { name, start, marks, attributes, data, alt, .. } = tag;
        let span = TextSpan::new(start, self.at);
        if let Some((unseen, depth)) = &mut self.unseen {
            *depth += usize::from(**unseen == *name);
            if Head::wants(&name) {
                self.tree.head.tag(&name, &attributes);
            }
            // A page without `</head>` has its body all the same.
            if **unseen != *"head" || !tag::ends("head", &name) {
                if tag::layout(&name) == Layout::Unseen && **unseen == *"head" {
                    self.tree.head.enter(&name);
                }
                return;
            }
            self.unseen = None;
        }
        if Head::wants(&name) {
            self.tree.head.tag(&name, &attributes);
        }
        let layout = tag::layout(&name);
        if matches!(name.as_str(), "img" | "svg") && self.styled.last() == Some(&0) {
            let owner = self.stack.last().map_or(0, |(element, _)| *element);
            let piece = self.tree.pieces.len();
            self.tree.pictures.push(Picture { key: picture, owner, piece, alt });
        }
        match layout {
            Layout::Void if name == "br" => self.tree.pieces.push(Piece::Break),
            Layout::Void => {}
            Layout::Unseen => {
                self.tree.head.enter(&name);
                self.unseen = Some((name.into(), 0));
            }
            Layout::Inline => {
                if self.inline.len() < MOST_INLINE {
                    let style = inline_style(&name, marks);
                    let classed = marks.classed.then_some((likeness, self.tree.pieces.len()));
                    let inline = Inline { name: name.into(), style, hidden: marks.hidden, classed };
                    self.restyle(&inline, true);
                    self.inline.push(inline);
                }
            }
            Layout::Block | Layout::Boilerplate => {
                if matches!(&*name, "html" | "body") {
                    return;
                }
                self.imply_ends(&name, start);
                let is_rule = name == "hr";
                self.push(name.into(), marks, likeness, span, layout == Layout::Boilerplate);
                let element = self.tree.elements.len().saturating_sub(1);
                self.tree.data.extend(data.into_iter().map(|(name, value)| (element, name, value)));
                if is_rule {
                    self.pop(self.at);
                }
            }
        }
    }

    /// Ends the elements whose end tags may be left out before `name`.
    fn imply_ends(&mut self, name: &str, at: usize) {
        for ended in ["p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot"] {
            if tag::ends(ended, name)
                && let Some(depth) = self.find_open(ended)
            {
                self.pop_to(depth, at);
            }
        }
        let top = self.stack.last().and_then(|(element, _)| self.tree.elements.get(*element));
        if top.is_some_and(|top| tag::heading_level(&top.name).is_some() && tag::ends(&top.name, name)) {
            self.pop(at);
        }
    }

    /// How deep the innermost open `name` is, where nothing fences it off.
    fn find_open(&self, name: &str) -> Option<usize> {
        if self.names.get(name).is_none_or(|count| *count == 0) {
            return None;
        }
        for (depth, (element, _)) in self.stack.iter().enumerate().skip(1).rev() {
            let open = &*self.tree.elements.get(*element)?.name;
            if open == name {
                return Some(depth);
            }
            if tag::is_fence(open, name) {
                return None;
            }
        }
        None
    }

    fn end_tag(&mut self, name: &str, span: TextSpan) {
        if let Some((unseen, depth)) = &mut self.unseen {
            if **unseen == *name {
                match depth.checked_sub(1) {
                    Some(less) => *depth = less,
                    None => self.unseen = None,
                }
            }
            if let Some(css) = self.tree.head.leave(name) {
                self.tree.sheet.read(&css);
            }
            return;
        }
        match tag::layout(name) {
            Layout::Void if name == "br" => self.tree.pieces.push(Piece::Break),
            Layout::Void | Layout::Unseen => {}
            Layout::Inline => {
                if let Some(at) = self.inline.iter().rposition(|open| *open.name == *name) {
                    let inline = self.inline.remove(at);
                    self.close_inline(&inline);
                }
            }
            Layout::Block | Layout::Boilerplate => {
                if let Some(depth) = self.find_open(name) {
                    self.pop_to(depth, span.end());
                }
            }
        }
    }

    fn push(&mut self, name: Box<str>, marks: Marks, likeness: u64, span: TextSpan, boilerplate: bool) {
        self.too_deep |= self.stack.len() >= self.nesting;
        let index = self.tree.elements.len();
        let parent = self.stack.last().map_or(0, |(element, _)| *element);
        let around = self.tree.elements.get(parent).map(|element| element.style).unwrap_or_default();
        let style = Style {
            strong: around.strong || marks.bold,
            light: around.light || marks.italic,
            link: around.link,
        };
        let pieces = (self.tree.pieces.len(), self.tree.pieces.len());
        self.tree.elements.push(Element {
            name: name.clone(),
            parent,
            marks,
            likeness,
            span,
            boilerplate,
            pieces,
            style,
        });
        self.tree.pieces.push(Piece::Open(index));
        if !self.too_deep {
            *self.names.entry(name).or_default() += 1;
            self.stack.push((index, self.inline.len()));
        }
    }

    fn pop(&mut self, end: usize) {
        let Some((index, inline)) = self.stack.pop() else { return };
        while self.inline.len() > inline
            && let Some(inline) = self.inline.pop()
        {
            self.restyle(&inline, false);
        }
        let close = self.tree.pieces.len();
        if let Some(element) = self.tree.elements.get_mut(index) {
            element.span = TextSpan::new(element.span.start(), end);
            element.pieces.1 = close;
            if let Some(count) = self.names.get_mut(&element.name) {
                *count = count.saturating_sub(1);
            }
        }
        self.tree.pieces.push(Piece::Close(index));
    }

    fn pop_to(&mut self, depth: usize, end: usize) {
        while self.stack.len() > depth {
            self.pop(end);
        }
    }

    fn finish(&mut self, end: usize) -> Result<(), ExtractError> {
        if self.too_deep {
            return Err(ExtractError::OverLimit { limit: "nesting", allowed: self.nesting });
        }
        // A tag cut off by the end of the page is no text.
        let tail = TextSpan::new(self.at, end).of(self.text);
        let cut = tail.rmatch_indices('<').map(|(at, _)| at).find(|at| {
            tail.as_bytes()
                .get(at + 1)
                .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!'))
        });
        self.text_until(cut.map_or(end, |cut| self.at + cut));
        self.pop_to(0, end);
        Ok(())
    }
}

fn inline_style(name: &str, marks: Marks) -> Style {
    Style {
        strong: marks.bold || matches!(name, "b" | "strong"),
        light: marks.italic || matches!(name, "i" | "em" | "cite" | "dfn"),
        link: name == "a" && marks.href,
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
