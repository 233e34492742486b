//! The content of a page → blocks of text.

use std::ops::Range;

use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::html::entity;
use crate::extraction::html::tag;
use crate::extraction::html::tree::Element;
use crate::extraction::html::tree::Piece;
use crate::extraction::html::tree::Style;
use crate::extraction::html::tree::Tree;
use crate::extraction::html::voices::Voice;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::EmphasisKind;

/// Writes pieces of a page as blocks.
#[derive(Debug)]
pub(crate) struct Writer<'t, 'd, 'a> {
    text: &'t str,
    draft: &'d mut ExtractionBuilder<'a>,
    /// The kind of block that text beginning now opens.
    kinds: Vec<BlockKind>,
    style: Style,
    /// How many elements around are set off by their class.
    set_off: usize,
    /// The voice that speaks, as its place among the page's.
    voice: Option<usize>,
    preformatted: usize,
}

impl<'t, 'd, 'a> Writer<'t, 'd, 'a> {
    pub(crate) fn new(text: &'t str, draft: &'d mut ExtractionBuilder<'a>) -> Self {
        Self {
            text,
            draft,
            kinds: Vec::new(),
            style: Style::default(),
            set_off: 0,
            voice: None,
            preformatted: 0,
        }
    }

    /// Writes the pieces of this range, without the elements dropped, and with those set off in
    /// bold.
    ///
    /// A voice gives its blocks the speaker.
    pub(crate) fn pieces(
        mut self,
        tree: &Tree,
        range: Range<usize>,
        dropped: &[bool],
        set_off: &[bool],
        voices: &[Voice],
    ) {
        let mut at = range.start;
        let mut next = voices.partition_point(|voice| voice.pieces.end <= at);
        while at < range.end {
            let Some(piece) = tree.pieces.get(at) else { break };
            at += 1;
            match piece {
                Piece::Open(index) => {
                    let Some(element) = tree.elements.get(*index) else { continue };
                    if dropped.get(*index) == Some(&true) {
                        at = at.max(element.pieces.1 + 1);
                        self.draft.close();
                        continue;
                    }
                    self.draft.close();
                    match &*element.name {
                        "hr" => self.draft.rule(),
                        "table" => self.draft.tables.begin(),
                        "tr" => self.draft.tables.row(),
                        "td" | "th" => self.draft.tables.cell(),
                        _ => {}
                    }
                    self.kinds.push(self.kind(element));
                    self.set_off += usize::from(set_off.get(*index) == Some(&true));
                    self.preformatted += usize::from(matches!(&*element.name, "pre" | "listing"));
                }
                Piece::Close(index) => {
                    self.draft.close();
                    self.kinds.pop();
                    self.set_off -= usize::from(set_off.get(*index) == Some(&true)).min(self.set_off);
                    let name = tree.elements.get(*index).map(|element| &*element.name);
                    if name == Some("table") {
                        self.draft.tables.end();
                    }
                    self.preformatted -=
                        usize::from(matches!(name, Some("pre" | "listing"))).min(self.preformatted);
                }
                Piece::Text(span, style) => {
                    while voices.get(next).is_some_and(|voice| voice.pieces.end < at) {
                        next += 1;
                    }
                    let voice = voices.get(next).filter(|voice| voice.pieces.contains(&(at - 1)));
                    if self.voice != voice.map(|_| next) {
                        self.draft.close();
                        self.voice = voice.map(|_| next);
                    }
                    if !voice.is_some_and(|voice| voice.label.contains(&(at - 1))) {
                        self.write(*span, *style, voice);
                    }
                }
                Piece::Break => self.line_break(),
            }
        }
        self.restyle(Style::default());
        self.draft.close();
    }

    fn kind(&self, element: &Element) -> BlockKind {
        let around = self.kinds.last().copied().unwrap_or(BlockKind::Paragraph);
        if let Some(level) = tag::heading_level(&element.name) {
            return BlockKind::Heading(level);
        }
        match &*element.name {
            "li" => BlockKind::ListItem,
            "dt" | "summary" => BlockKind::Term,
            "dd" => BlockKind::Description,
            "blockquote" => BlockKind::Quotation,
            "figcaption" | "caption" | "figure" => BlockKind::Caption,
            "pre" | "listing" => BlockKind::Preformatted,
            _ if element.marks.caption => BlockKind::Caption,
            _ => around,
        }
    }

    fn write(&mut self, span: TextSpan, style: Style, voice: Option<&Voice>) {
        let text = span.of(self.text);
        if text.trim_ascii().is_empty() && !self.draft.is_open() {
            return;
        }
        if !self.draft.is_open() {
            let kind = self.kinds.last().copied().unwrap_or(BlockKind::Paragraph);
            self.draft.open(kind);
            if let Some(voice) = voice
                && !matches!(kind, BlockKind::Heading(_) | BlockKind::Caption)
                && let Some(block) = self.draft.opened()
            {
                block.speaker = Some(voice.name.clone());
            }
        }
        self.restyle(Style { strong: style.strong || self.set_off > 0, ..style });
        let mut writer = Run { draft: self.draft, text, start: span.start(), from: 0 };
        writer.write(self.preformatted > 0);
    }

    fn restyle(&mut self, style: Style) {
        for (now, then, kind) in [
            (style.strong, self.style.strong, EmphasisKind::Strong),
            (style.light, self.style.light, EmphasisKind::Light),
        ] {
            match (then, now) {
                (false, true) => self.draft.emphasise(kind),
                (true, false) => self.draft.end_emphasis(kind),
                _ => {}
            }
        }
        self.style = style;
    }

    /// Two line breaks in a row set a paragraph apart, as old pages do.
    fn line_break(&mut self) {
        if !self.draft.is_open() {
            return;
        }
        if self.draft.open_text().ends_with('\n') && self.preformatted == 0 {
            self.draft.close();
        } else {
            self.draft.synthetic("\n");
        }
    }
}

/// One piece of text being written.
struct Run<'t, 'd, 'a> {
    draft: &'d mut ExtractionBuilder<'a>,
    text: &'t str,
    /// The start of the piece in the decoded source.
    start: usize,
    /// Up to here it is written.
    from: usize,
}

impl Run<'_, '_, '_> {
    /// Writes the piece: white space collapsed unless preformatted, references read.
    fn write(&mut self, preformatted: bool) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'&' => {
                    if let Some((meaning, len)) = self.text.get(at..).and_then(entity::read) {
                        self.flush(at);
                        self.draft.replaced(self.span(at, at + len), &meaning);
                        at += len;
                        self.from = at;
                        continue;
                    }
                }
                b' ' | b'\n' | b'\t' | b'\r' | 0x0C if !preformatted => {
                    let end =
                        at + bytes.iter().skip(at).take_while(|byte| byte.is_ascii_whitespace()).count();
                    let inner = end == at + 1 && *byte == b' ' && at > self.from;
                    if !inner {
                        self.flush(at);
                        self.space(at, end);
                        self.from = end;
                    }
                    at = end;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        self.flush(at);
    }

    fn span(&self, from: usize, to: usize) -> TextSpan {
        TextSpan::new(self.start + from, self.start + to)
    }

    fn flush(&mut self, at: usize) {
        if at > self.from {
            self.draft.verbatim(self.span(self.from, at));
        }
    }

    /// A run of white space is one space, and none at a line's start.
    fn space(&mut self, from: usize, to: usize) {
        let before = self.draft.open_text();
        if before.is_empty() || before.ends_with([' ', '\n']) {
            return;
        }
        let span = self.span(from, to);
        if self.text.get(from..to) == Some(" ") {
            self.draft.verbatim(span);
        } else {
            self.draft.replaced(span, " ");
        }
    }
}
