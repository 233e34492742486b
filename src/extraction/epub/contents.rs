//! The package document of a book: its metadata, and its chapters in reading order (EPUB 3.3,
//! section 5).

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::common::date;
use crate::extraction::common::package::Package;
use crate::extraction::common::xml::Element;
use crate::extraction::common::xml::Node;
use crate::extraction::common::xml::XmlReader;
use crate::extraction::html;
use crate::transcript::Metadata;

/// The most chapters of a book.
const MOST_CHAPTERS: usize = 10_000;
/// Longest value of the metadata, in bytes.
const LONGEST_VALUE: usize = 400;

/// The contents of a book.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// The names of the parts that are its chapters.
    pub chapters: Vec<String>,
    pub metadata: Metadata,
}

/// Reads the package document.
pub(crate) fn read(package: &mut Package<'_>, limits: &Limits) -> Result<Contents, ExtractError> {
    let container = package.part("META-INF/container.xml")?.unwrap_or_default();
    let mut xml = XmlReader::new(&container, limits);
    let mut root = None;
    while let Some(node) = xml.next()? {
        if let Node::Start(element) = node
            && element.name() == "rootfile"
            && root.is_none()
        {
            root = element.attribute("full-path");
        }
    }
    let root = root.or_else(|| package.find(|name| matches!(name.rsplit_once('.'), Some((_, "opf")))));
    let Some((root, document)) = root.and_then(|root| Some((root.clone(), package.part(&root).transpose()?)))
    else {
        package.format()?;
        return Err(ExtractError::Unreadable("the EPUB file has no package document; save it again".into()));
    };
    let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut reader = Reader::default();
    let document = document?;
    let mut xml = XmlReader::new(&document, limits);
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(element) => reader.start(&element),
            Node::End(name) => reader.end(&name),
            Node::Text(span) => reader.text(span.of(&document)),
        }
    }
    let Reader { manifest, spine, metadata, .. } = reader;
    if spine.len() > MOST_CHAPTERS {
        return Err(ExtractError::OverLimit { limit: "chapters", allowed: MOST_CHAPTERS });
    }
    let names = spine.iter().filter_map(|id| manifest.get(id)).map(|href| resolve(folder, href));
    // A page that the reading order names twice is still read once.
    let mut seen = BTreeSet::new();
    let chapters = names.filter(|name| seen.insert(name.clone())).collect();
    Ok(Contents { chapters, metadata })
}

/// The name of the part that `href` points to from a folder.
fn resolve(folder: &str, href: &str) -> String {
    let path = href.split(['#', '?']).next().unwrap_or_default();
    let path = percent_decode_str(path).decode_utf8_lossy();
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

#[derive(Debug, Default)]
struct Reader {
    /// The pages by their ids.
    manifest: BTreeMap<String, String>,
    spine: Vec<String>,
    /// The element of the metadata that is being read, and its text.
    reading: Option<(Box<str>, String)>,
    metadata: Metadata,
}

impl Reader {
    fn start(&mut self, element: &Element<'_>) {
        match element.name() {
            name @ ("title" | "language" | "date" | "publisher") => {
                self.reading = Some((name.into(), String::new()));
            }
            "item" => {
                let media_type = element.attribute("media-type").unwrap_or_default();
                let is_navigation = element.attribute("properties").is_some_and(|properties| {
                    properties.split_whitespace().any(|property| property == "nav")
                });
                if media_type.contains("html")
                    && !is_navigation
                    && let (Some(id), Some(href)) = (element.attribute("id"), element.attribute("href"))
                {
                    self.manifest.insert(id, href);
                }
            }
            "itemref" if element.attribute("linear").as_deref() != Some("no") => {
                self.spine.extend(element.attribute("idref"));
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if self.reading.as_ref().is_none_or(|(reading, _)| **reading != *name) {
            return;
        }
        let Some((_, text)) = self.reading.take() else { return };
        let text = html::unescaped(&text).split_whitespace().collect::<Vec<_>>().join(" ");
        let (field, text) = match name {
            "title" => (&mut self.metadata.title, text),
            "language" => (&mut self.metadata.language, text),
            "publisher" => (&mut self.metadata.publisher, text),
            _ => (&mut self.metadata.published, date::normalise(&text).unwrap_or_default()),
        };
        if field.is_empty() && text.len() < LONGEST_VALUE {
            *field = text;
        }
    }

    fn text(&mut self, part: &str) {
        if let Some((_, text)) = &mut self.reading
            && text.len() < LONGEST_VALUE
        {
            text.push_str(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parts() {
        assert_eq!(resolve("OEBPS", "text/a%20b.xhtml#p1"), "OEBPS/text/a b.xhtml");
        assert_eq!(resolve("OEBPS/x", "../a.html"), "OEBPS/a.html");
        assert_eq!(resolve("", "a.html"), "a.html");
        assert_eq!(resolve("OEBPS", "/a.html"), "a.html");
        assert_eq!(resolve("", "../../a.html"), "a.html");
    }
}
