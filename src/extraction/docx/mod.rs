//! Documents of Word and its kin. Their bytes are compressed, so spans refer to the text written
//! here, which is kept as the rendition.

pub(crate) mod properties;
pub(crate) mod styles;

#[cfg(test)]
mod tests;

use std::num::NonZeroU32;

use quick_xml::Reader;
use quick_xml::events::BytesStart;
use quick_xml::events::Event;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::package::Package;
use crate::extraction::docx::styles::Style;
use crate::extraction::docx::styles::Styles;
use crate::transcript::BlockKind;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// Reads a document.
pub(crate) fn extract(bytes: &[u8], limits: &Limits) -> Result<Extraction, ExtractError> {
    let mut package = Package::open(bytes, limits)?;
    let main = main_part(&mut package)?;
    let styles = package.part("word/styles.xml")?.map(|xml| styles::read(&xml)).unwrap_or_default();
    let body = package.part(&main)?;
    let body =
        body.ok_or_else(|| ExtractError::Unreadable("the DOCX file's text cannot be expanded".into()))?;
    let nothing = Decoded::default();
    let mut draft = ExtractionBuilder::new(&nothing);
    if let Some(core) = package.part("docProps/core.xml")? {
        draft.metadata.title = properties::title(&core);
        draft.metadata.language = properties::element_text(&core, "language");
        draft.metadata.published = properties::created(&core);
    }
    let mut writer = Writer {
        draft,
        styles,
        paragraph: Style::default(),
        run: Run::default(),
        on: (false, false),
        page: NonZeroU32::MIN,
    };
    let damage = writer.read(&body, limits)?;
    let paged = writer.page > NonZeroU32::MIN;
    let mut extraction = writer.draft.finish_rendition(Format::Docx);
    if !paged {
        extraction.blocks.iter_mut().for_each(|block| block.page = None);
    }
    extraction.diagnostics.extend(damage.map(|message| Diagnostic {
        kind: DiagnosticKind::Undecodable,
        message,
        spans: Vec::new(),
    }));
    Ok(extraction)
}

/// The name of the main part.
fn main_part(package: &mut Package<'_>) -> Result<String, ExtractError> {
    let is_main = |name: &str| {
        name.strip_prefix("word/document").is_some_and(|rest| rest.strip_suffix(".xml").is_some())
    };
    if let Some(name) = package.find(|name| name == "word/document.xml").or_else(|| package.find(is_main)) {
        return Ok(name);
    }
    // Otherwise the message names the kind of document, if it is known.
    package.format()?;
    Err(ExtractError::Unreadable("the document is a ZIP archive but no DOCX file; send what is in it".into()))
}

/// How the run being read is set, where it says so itself.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    bold: Option<bool>,
    italic: Option<bool>,
    is_hidden: bool,
}

struct Writer<'a> {
    draft: ExtractionBuilder<'a>,
    styles: Styles,
    paragraph: Style,
    run: Run,
    /// Whether bold and italics are on.
    on: (bool, bool),
    page: NonZeroU32,
}

/// Elements whose text was deleted, is a field's code, a reading over characters, or is on the page
/// elsewhere once more.
const UNREAD: [&str; 11] = [
    "del",
    "moveFrom",
    "instrText",
    "delText",
    "delInstrText",
    "Fallback",
    "txbxContent",
    "sectPr",
    "pPrChange",
    "rPrChange",
    "rt",
];

impl Writer<'_> {
    /// Reads the main part; what was wrong with its XML, if anything.
    fn read(&mut self, xml: &str, limits: &Limits) -> Result<Option<String>, ExtractError> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = false;
        let (mut depth, mut unread, mut in_text) = (0_usize, None, false);
        loop {
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let at = reader.error_position();
                    return Ok(Some(format!(
                        "the text after byte {at} of the main part is damaged: {error}"
                    )));
                }
            };
            match event {
                Event::Start(element) => {
                    depth += 1;
                    if depth > limits.nesting {
                        return Err(ExtractError::OverLimit { limit: "nesting", allowed: limits.nesting });
                    }
                    let name = element.local_name();
                    if unread.is_none() && UNREAD.contains(&name.as_ref()) {
                        unread = Some(depth);
                    }
                    if unread.is_none() {
                        in_text = name.as_ref() == "t";
                        self.start(&element);
                    }
                }
                Event::Empty(element) if unread.is_none() => {
                    self.start(&element);
                    self.end(element.local_name().as_ref());
                }
                Event::End(element) => {
                    if unread.is_none() {
                        in_text = false;
                        self.end(element.local_name().as_ref());
                    }
                    if unread == Some(depth) {
                        unread = None;
                    }
                    depth = depth.saturating_sub(1);
                }
                Event::Text(text) if in_text && unread.is_none() => self.write(&text),
                Event::CData(text) if in_text && unread.is_none() => self.write(&text),
                Event::GeneralRef(reference) if in_text && unread.is_none() => {
                    if let Some(c) = properties::referenced(&reference) {
                        self.write(c.encode_utf8(&mut [0; 4]));
                    }
                }
                Event::Eof => return Ok(None),
                Event::Empty(_)
                | Event::Text(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_)
                | Event::GeneralRef(_) => {}
            }
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) {
        match element.local_name().as_ref() {
            "p" => {
                self.draft.close();
                self.paragraph = Style::default();
            }
            "tbl" => self.draft.tables.begin(),
            "tr" => self.draft.tables.row(),
            "tc" => self.draft.tables.cell(),
            "pStyle" => {
                let id = styles::value(element).unwrap_or_default();
                self.paragraph = self.styles.get(&id).copied().unwrap_or_default();
                self.paragraph.kind = self.paragraph.kind.or_else(|| styles::named(&id));
            }
            "numPr" if self.paragraph.kind.is_none() => self.paragraph.kind = Some(BlockKind::ListItem),
            "r" => self.run = Run::default(),
            "b" => self.run.bold = Some(styles::is_on(element)),
            "i" => self.run.italic = Some(styles::is_on(element)),
            "vanish" => self.run.is_hidden = styles::is_on(element),
            "tab" if self.draft.is_open() => self.write("\t"),
            "noBreakHyphen" => self.write("-"),
            "br" if styles::attribute(element, "w:type").as_deref() == Some("page") => self.turn_page(),
            "br" | "cr" if self.draft.is_open() => self.write("\n"),
            "lastRenderedPageBreak" => self.turn_page(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" | "tc" | "body" => self.draft.close(),
            "tbl" => self.draft.tables.end(),
            _ => {}
        }
    }

    fn turn_page(&mut self) {
        self.page = self.page.saturating_add(1);
    }

    fn write(&mut self, text: &str) {
        if self.run.is_hidden {
            return;
        }
        if !self.draft.is_open() {
            if text.trim().is_empty() {
                return;
            }
            self.draft.open(self.paragraph.kind.unwrap_or(BlockKind::Paragraph));
            if let Some(block) = self.draft.opened() {
                block.page = Some(self.page);
            }
        }
        let bold = self.run.bold.unwrap_or(self.paragraph.bold);
        let italic = self.run.italic.unwrap_or(self.paragraph.italic);
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
