//! The people of a TEI document: `listPerson`, and what the header says about the document.

use std::collections::BTreeMap;

use crate::extraction::common::date;
use crate::extraction::common::xml::Element;
use crate::extraction::html;
use crate::span::TextSpan;
use crate::transcript::Metadata;

/// Longest name or title that is kept, in bytes.
const LONGEST: usize = 400;

/// Reads a header.
#[derive(Debug, Default)]
pub(crate) struct Header {
    /// Names of people by their ids.
    names: BTreeMap<String, String>,
    person: Option<String>,
    /// The element whose text is being read, and the text.
    reading: Option<(Box<str>, String)>,
    /// The part of a name that is being read, and the parts read: given names, and family names.
    part: Option<bool>,
    parts: [String; 2],
    /// Whether the reader is where a document tells about the recording, not about the file.
    in_source: bool,
    pub metadata: Metadata,
}

impl Header {
    pub(crate) fn start(&mut self, element: &Element<'_>) {
        match element.name() {
            "person" | "personGrp" | "participant" | "speaker" => self.person = element.attribute("id"),
            "recordingStmt" | "setting" | "settingDesc" | "recording" => self.in_source = true,
            "date" if self.in_source && self.metadata.published.is_empty() => {
                let when = element.attribute("when").or_else(|| element.attribute("when-iso"));
                self.metadata.published = when.and_then(|when| date::normalise(&when)).unwrap_or_default();
            }
            "language" if self.metadata.language.is_empty() => {
                self.metadata.language = element.attribute("ident").unwrap_or_default();
            }
            name @ ("persName" | "name") if self.person.is_some() && self.reading.is_none() => {
                self.reading = Some((name.into(), String::new()));
                self.parts = [String::new(), String::new()];
            }
            name @ ("forename" | "surname" | "nameLink") => {
                self.part = Some(name != "forename");
                self.push(" ");
            }
            "title" if self.metadata.title.is_empty() && self.reading.is_none() => {
                self.reading = Some(("title".into(), String::new()));
            }
            // The parts of a name are apart whether or not white space says so.
            _ => self.push(" "),
        }
    }

    pub(crate) fn end(&mut self, name: &str) {
        match name {
            "person" | "personGrp" | "participant" | "speaker" => self.person = None,
            "recordingStmt" | "setting" | "settingDesc" => self.in_source = false,
            "forename" | "surname" | "nameLink" => self.part = None,
            _ => {}
        }
        if self.reading.as_ref().is_none_or(|(reading, _)| **reading != *name) {
            return;
        }
        let Some((_, mut text)) = self.reading.take() else { return };
        // Given names come first, whatever the order in a catalogue.
        let [given, family] = &self.parts;
        if self.person.is_some() && !given.trim().is_empty() && !family.trim().is_empty() {
            text = format!("{given} {family}");
        }
        let text = html::unescaped(&text).split_whitespace().collect::<Vec<_>>().join(" ");
        match &self.person {
            _ if text.is_empty() || text.len() >= LONGEST => {}
            Some(id) => drop(self.names.entry(id.clone()).or_insert(text)),
            None => self.metadata.title = text,
        }
    }

    pub(crate) fn text(&mut self, text: &str, span: TextSpan) {
        self.push(span.of(text));
    }

    fn push(&mut self, part: &str) {
        if let Some((_, text)) = &mut self.reading
            && text.len() < LONGEST
        {
            text.push_str(part);
            if let Some(is_family) = self.part
                && let Some(kept) = self.parts.get_mut(usize::from(is_family))
            {
                kept.push_str(part);
            }
        }
    }

    /// The people that `who` points to, `#AL` or `people.xml#AL #BD`: their names, or the ids where
    /// they have none.
    pub(crate) fn speakers(&self, who: &str) -> Option<String> {
        let each: Vec<&str> = who
            .split_whitespace()
            .map(|pointer| pointer.rsplit_once('#').map_or(pointer, |(_, id)| id))
            .map(|id| self.names.get(id).map_or(id, String::as_str))
            .collect();
        Some(each.join(", ")).filter(|name| !name.is_empty() && name.len() <= 200)
    }
}
