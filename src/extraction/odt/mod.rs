//! `OpenDocument` texts (`LibreOffice` and its kin). Their bytes are compressed, so spans refer to
//! the text written here, which is kept as the rendition.

mod styles;

#[cfg(test)]
mod tests;

use std::num::NonZeroU32;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::date;
use crate::extraction::common::package::Package;
use crate::extraction::common::xml::Element;
use crate::extraction::common::xml::Node;
use crate::extraction::common::xml::XmlReader;
use crate::extraction::docx;
use crate::extraction::html;
use crate::extraction::odt::styles::Look;
use crate::extraction::odt::styles::Styles;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// Elements whose text was deleted, is a note, describes a picture or lists what the document has.
const UNREAD: [&str; 15] = [
    "ruby-text",
    "note",
    "annotation",
    "tracked-changes",
    "table-of-content",
    "illustration-index",
    "table-index",
    "object-index",
    "user-index",
    "alphabetical-index",
    "bibliography",
    "title",
    "desc",
    "forms",
    "script",
];
/// The most spaces that one element can be.
const MOST_SPACES: usize = 200;

/// Reads a document.
pub(crate) fn extract(bytes: &[u8], limits: &Limits) -> Result<Extraction, ExtractError> {
    let mut package = Package::open(bytes, limits)?;
    let Some(body) = package.part("content.xml")? else {
        package.format()?;
        return Err(ExtractError::Unreadable("the ODT file has no text that can be expanded".into()));
    };
    let mut styles = Styles::default();
    if let Some(xml) = package.part("styles.xml")? {
        styles.read(&xml, limits)?;
    }
    styles.read(&body, limits)?;
    let nothing = Decoded::default();
    let mut draft = ExtractionBuilder::new(&nothing);
    if let Some(meta) = package.part("meta.xml")? {
        draft.metadata.title = docx::properties::title(&meta);
        draft.metadata.language = docx::properties::element_text(&meta, "language");
        let created = docx::properties::element_text(&meta, "creation-date");
        draft.metadata.published = date::normalise(&created).unwrap_or_default();
    }
    let mut writer = Writer {
        xml: &body,
        draft,
        styles,
        unread: None,
        depth: 0,
        looks: Vec::new(),
        items: 0,
        on: (false, false),
        page: NonZeroU32::MIN,
    };
    let mut xml = XmlReader::new(&body, limits);
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(element) => writer.start(&element),
            Node::End(name) => writer.end(&name),
            Node::Text(span) => writer.text(span),
        }
    }
    let paged = writer.page > NonZeroU32::MIN;
    let mut extraction = writer.draft.finish_rendition(Format::Odt);
    if !paged {
        extraction.blocks.iter_mut().for_each(|block| block.page = None);
    }
    extraction.diagnostics.extend(xml.into_damage());
    Ok(extraction)
}

struct Writer<'a, 'x> {
    xml: &'x str,
    draft: ExtractionBuilder<'a>,
    styles: Styles,
    /// How deep the element is whose text is not read.
    unread: Option<usize>,
    depth: usize,
    /// How the open paragraphs and the spans in them look, the innermost last, each with the depth
    /// of its element.
    looks: Vec<(usize, Look)>,
    /// How many items of lists are open.
    items: usize,
    /// Whether bold and italics are on.
    on: (bool, bool),
    page: NonZeroU32,
}

impl Writer<'_, '_> {
    fn start(&mut self, element: &Element<'_>) {
        self.depth += 1;
        let name = element.name();
        if self.unread.is_none() && UNREAD.contains(&name) {
            self.unread = Some(self.depth);
        }
        if self.unread.is_some() {
            return;
        }
        match name {
            "p" | "h" => {
                self.draft.close();
                let mut look = self.styled(element);
                if name == "h" {
                    let level = element.attribute("outline-level").and_then(|level| level.parse::<u8>().ok());
                    look.kind = Some(BlockKind::Heading(level.unwrap_or(1).clamp(1, 6)));
                }
                let item = (self.items > 0).then_some(BlockKind::ListItem);
                look.kind = look.kind.or(item);
                self.looks.push((self.depth, look));
            }
            "span" => {
                let around = self.looks.last().map(|(_, look)| *look).unwrap_or_default();
                let own = self.styled(element);
                let look = Look {
                    kind: around.kind,
                    bold: own.bold.or(around.bold),
                    italic: own.italic.or(around.italic),
                    is_hidden: own.is_hidden || around.is_hidden,
                };
                self.looks.push((self.depth, look));
            }
            "list-item" => self.items += 1,
            "s" => {
                let count = element.attribute("c").and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                self.write(&" ".repeat(count.min(MOST_SPACES)));
            }
            "tab" if self.draft.is_open() => self.write("\t"),
            "line-break" if self.draft.is_open() => self.write("\n"),
            "soft-page-break" => self.page = self.page.saturating_add(1),
            "table" => self.draft.tables.begin(),
            "table-row" => self.draft.tables.row(),
            "table-cell" => self.draft.tables.cell(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if self.unread.is_none() {
            match name {
                "p" | "h" | "table-cell" => self.draft.close(),
                "list-item" => self.items = self.items.saturating_sub(1),
                "table" => self.draft.tables.end(),
                _ => {}
            }
        } else if self.unread == Some(self.depth) {
            self.unread = None;
        }
        while self.looks.last().is_some_and(|(depth, _)| *depth >= self.depth) {
            self.looks.pop();
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn styled(&self, element: &Element<'_>) -> Look {
        element.attribute("style-name").map(|name| self.styles.look(&name)).unwrap_or_default()
    }

    /// White space in the XML is layout: a run of it is one space.
    fn text(&mut self, span: TextSpan) {
        if self.unread.is_some() || self.looks.is_empty() {
            return;
        }
        let text = html::unescaped(span.of(self.xml));
        let mut words = text.split([' ', '\t', '\r', '\n']).peekable();
        while let Some(word) = words.next() {
            if !word.is_empty() {
                self.write(word);
            }
            let written = self.draft.open_text();
            if words.peek().is_some() && !written.is_empty() && !written.ends_with([' ', '\n', '\t']) {
                self.write(" ");
            }
        }
    }

    fn write(&mut self, text: &str) {
        let Some((_, look)) = self.looks.last().copied().filter(|(_, look)| !look.is_hidden) else { return };
        if !self.draft.is_open() {
            if text.trim().is_empty() {
                return;
            }
            self.draft.open(look.kind.unwrap_or(BlockKind::Paragraph));
            if let Some(block) = self.draft.opened() {
                block.page = Some(self.page);
            }
        }
        let (bold, italic) = (look.bold == Some(true), look.italic == Some(true));
        for (now, then, kind) in
            [(bold, self.on.0, EmphasisKind::Strong), (italic, self.on.1, EmphasisKind::Light)]
        {
            match (then, now) {
                (false, true) => self.draft.emphasise(kind),
                (true, false) => self.draft.end_emphasis(kind),
                _ => {}
            }
        }
        self.on = (bold, italic);
        self.draft.synthetic(text);
    }
}
