//! XML read event by event, with the exact place of every stretch of text.
//!
//! Nothing is expanded: entities that a document declares are text like any other, so a document
//! cannot grow while it is read. References are left in the text;
//! [`speech`](crate::extraction::common::speech) reads the known ones when it writes.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;
use quick_xml::events::Event;

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::span::TextSpan;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;

/// How far into a document the first element is looked for: licences in comments come before it.
const LONGEST_PROLOG: usize = 64 << 10;

/// Something met in a document.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    /// An element's start tag; an empty element has an end too.
    Start(Element<'a>),
    /// The end tag of the element that was opened last.
    End(Box<str>),
    /// Text, or one reference in it.
    Text(TextSpan),
}

/// A start tag.
#[derive(Debug)]
pub(crate) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// The name without its namespace prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The value of the attribute of this name, whatever its prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let mut named = attributes
            .with_checks(false)
            .filter_map(Result::ok)
            .filter(|attribute| attribute.key.local_name().into_inner() == name);
        let value = named.next()?.normalized_value(XmlVersion::Implicit1_0).ok()?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    }
}

/// Reads a document.
#[derive(Debug)]
pub(crate) struct XmlReader<'a> {
    reader: Reader<&'a [u8]>,
    length: usize,
    depth: usize,
    nesting: usize,
    damage: Option<Diagnostic>,
}

impl<'a> XmlReader<'a> {
    /// A reader of `text`.
    pub(crate) fn new(text: &'a str, limits: &Limits) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        config.expand_empty_elements = true;
        Self { reader, length: text.len(), depth: 0, nesting: limits.nesting, damage: None }
    }

    /// The damage that stopped the reader before the document's end.
    pub(crate) fn into_damage(self) -> Option<Diagnostic> {
        self.damage
    }

    /// The next node; `None` at the end, or where the document is no XML any more.
    pub(crate) fn next(&mut self) -> Result<Option<Node<'a>>, ExtractError> {
        loop {
            let start = self.position();
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let message = format!("the XML is damaged, and what follows is not read: {error}");
                    let kind = DiagnosticKind::Undecodable;
                    self.damage = Some(Diagnostic { kind, message, spans: Vec::new() });
                    return Ok(None);
                }
            };
            let span = TextSpan::new(start, self.position());
            return Ok(Some(match event {
                Event::Start(element) | Event::Empty(element) => {
                    self.depth += 1;
                    if self.depth > self.nesting {
                        return Err(ExtractError::OverLimit { limit: "nesting", allowed: self.nesting });
                    }
                    Node::Start(Element(element))
                }
                Event::End(element) => {
                    self.depth = self.depth.saturating_sub(1);
                    Node::End(element.local_name().into_inner().into())
                }
                Event::Text(_) | Event::GeneralRef(_) => Node::Text(span),
                Event::CData(_) => {
                    let inside = TextSpan::new(start + "<![CDATA[".len(), span.end() - "]]>".len());
                    Node::Text(inside)
                }
                Event::Eof => return Ok(None),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            }));
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).map_or(self.length, |at| at.min(self.length))
    }
}

/// The name of a document's first element, without its prefix; `None` where the text is no XML.
pub(crate) fn root(text: &str) -> Option<&str> {
    let mut rest = text.get(..text.floor_char_boundary(LONGEST_PROLOG))?.trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            // The declarations inside a document type are in brackets.
            _ if rest.starts_with("<!") => match rest.find(['[', '>']) {
                Some(at) if rest.get(at..).is_some_and(|from| from.starts_with('[')) => "]>",
                _ => ">",
            },
            _ => break,
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
    let tag = rest.strip_prefix('<')?;
    let name = tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()?;
    let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
    let is_name = local.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
    is_name.then_some(local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_exactly_where_the_reader_says() {
        let text = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"no\">]><a x:id='1 &amp; 2'>é &amp; f &b;<!-- - --><g/><![CDATA[<h>]]>i</a>";
        let mut reader = XmlReader::new(text, &Limits::default());
        let mut seen = Vec::new();
        while let Some(node) = reader.next().unwrap() {
            seen.push(match node {
                Node::Start(element) => {
                    format!("+{} {}", element.name(), element.attribute("id").unwrap_or_default())
                }
                Node::End(name) => format!("-{name}"),
                Node::Text(span) => span.of(text).to_owned(),
            });
        }
        assert_eq!(seen, ["+a 1 & 2", "é ", "&amp;", " f ", "&b;", "+g ", "-g", "<h>", "i", "-a"]);
        assert!(reader.into_damage().is_none());
    }

    #[test]
    fn nesting_is_capped_and_damage_reported() {
        let deep = "<a>".repeat(2000);
        let mut reader = XmlReader::new(&deep, &Limits::default());
        let error = loop {
            match reader.next() {
                Ok(Some(_)) => {}
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        assert!(matches!(error, Some(ExtractError::OverLimit { limit: "nesting", .. })));
        let mut reader = XmlReader::new("<a>b<", &Limits::default());
        while reader.next().unwrap().is_some() {}
        assert!(reader.into_damage().is_some());
    }

    #[test]
    fn roots() {
        assert_eq!(
            root("<?xml version='1.0'?>\n<!-- a > b --><!DOCTYPE Trans SYSTEM \"t.dtd\">\n<Trans x='1'>"),
            Some("Trans")
        );
        assert_eq!(root("<!DOCTYPE t [<!ENTITY a 'b'>]><tei:TEI>"), Some("TEI"));
        assert_eq!(root("<u/>"), Some("u"));
        assert_eq!(root("<laughs> Well"), Some("laughs"));
        assert_eq!(root("< 3"), None);
        assert_eq!(root("Ann: <a>"), None);
    }
}
