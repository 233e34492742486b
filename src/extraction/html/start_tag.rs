//! A start tag while its attributes are read, and what is kept of them.

use std::hash::DefaultHasher;
use std::hash::Hash as _;
use std::hash::Hasher as _;

use crate::extraction::html::classes;
use crate::extraction::html::classes::Marks;
use crate::extraction::html::head::Head;
use crate::extraction::html::stylesheet::Stylesheet;

/// Longest attribute value that may name a speaker, in bytes.
pub(crate) const LONGEST_NAME: usize = 80;
/// The most data attributes kept of one element.
const MOST_DATA: usize = 8;

/// A start tag.
#[derive(Debug, Default)]
pub(crate) struct StartTag {
    /// In lower case.
    pub name: String,
    /// Its start in the text.
    pub start: usize,
    /// The attribute whose value is still to come.
    pub attribute: String,
    /// The properties that its attributes give.
    pub marks: Marks,
    /// The attributes of elements that describe the page.
    pub attributes: Vec<(String, String)>,
    /// Short `data-` attributes: name and value.
    pub data: Vec<(String, String)>,
    /// The text in place of a picture.
    pub alt: String,
    likeness: DefaultHasher,
    source: DefaultHasher,
}

impl StartTag {
    /// A tag of this name, which starts at this offset.
    pub(crate) fn new(name: String, start: usize) -> Self {
        Self { name, start, ..Self::default() }
    }

    /// Reads one attribute.
    pub(crate) fn attribute(&mut self, name: String, value: &[u8], sheet: &Stylesheet) {
        if name.is_empty() {
            return;
        }
        let value = String::from_utf8_lossy(value);
        if name == "class" {
            value.hash(&mut self.likeness);
            sheet.apply(&value, &mut self.marks);
        }
        classes::read(&name, &value, &mut self.marks);
        if matches!(&*self.name, "img" | "svg") {
            match name.as_str() {
                "src" | "data-src" | "class" => value.hash(&mut self.source),
                "alt" if value.len() <= LONGEST_NAME => value.trim().clone_into(&mut self.alt),
                _ => {}
            }
        } else if name.starts_with("data-")
            && !value.trim().is_empty()
            && value.len() <= LONGEST_NAME
            && self.data.len() < MOST_DATA
        {
            self.data.push((name.clone(), value.trim().to_owned()));
        }
        if Head::wants(&self.name) {
            self.attributes.push((name, value.into_owned()));
        }
    }

    /// Equal for elements of one name and class.
    pub(crate) fn likeness(&self) -> u64 {
        let mut likeness = self.likeness.clone();
        self.name.hash(&mut likeness);
        likeness.finish()
    }

    /// Equal for one picture wherever it is shown.
    pub(crate) fn picture(&self) -> u64 {
        self.source.finish()
    }
}
