//! Paragraph styles: which are headings, quotations, captions; which are bold or italic throughout.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;
use quick_xml::events::Event;

use crate::transcript::BlockKind;

/// Properties that a style gives a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    pub kind: Option<BlockKind>,
    pub bold: bool,
    pub italic: bool,
}

/// The styles by id.
pub(crate) type Styles = BTreeMap<String, Style>;

/// The value of an element's `val` attribute.
pub(crate) fn value(element: &BytesStart<'_>) -> Option<String> {
    attribute(element, "w:val").or_else(|| attribute(element, "val"))
}

/// The value of an attribute.
pub(crate) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok().flatten()?;
    attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

/// Whether an on/off element such as `<w:b/>` is on.
pub(crate) fn is_on(element: &BytesStart<'_>) -> bool {
    !matches!(value(element).as_deref(), Some("0" | "false" | "off" | "none"))
}

/// Reads the styles part. One that is damaged gives the styles before the damage.
pub(crate) fn read(xml: &str) -> Styles {
    let mut styles = Styles::new();
    let mut open: Option<(String, Style)> = None;
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) | Event::Empty(element) => match (element.local_name().as_ref(), &mut open)
            {
                ("style", _) => open = attribute(&element, "w:styleId").map(|id| (id, Style::default())),
                ("name", Some((_, style))) => style.kind = value(&element).and_then(|name| named(&name)),
                ("outlineLvl", Some((_, style))) if style.kind.is_none() => {
                    let level =
                        value(&element).and_then(|level| level.parse::<u8>().ok()).filter(|level| *level < 6);
                    style.kind = level.map(|level| BlockKind::Heading(level + 1));
                }
                ("b", Some((_, style))) => style.bold = is_on(&element),
                ("i", Some((_, style))) => style.italic = is_on(&element),
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "style" => styles.extend(open.take()),
            Event::Eof => break,
            Event::End(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
    }
    styles
}

/// The kind of block of a built-in style's name. The names are English in every language of Word.
pub(crate) fn named(name: &str) -> Option<BlockKind> {
    let name: String = name.chars().filter(|c| *c != ' ').flat_map(char::to_lowercase).collect();
    match name.as_str() {
        "title" => Some(BlockKind::Heading(1)),
        "subtitle" => Some(BlockKind::Heading(2)),
        "quote" | "intensequote" => Some(BlockKind::Quotation),
        "caption" => Some(BlockKind::Caption),
        _ => {
            let level = name.strip_prefix("heading")?.parse::<u8>().ok()?;
            (1..=9).contains(&level).then(|| BlockKind::Heading(level.min(6)))
        }
    }
}
