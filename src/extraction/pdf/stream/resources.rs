//! Resources that a content stream names: fonts, forms and properties.

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::Dictionary;
use lopdf::Document;
use lopdf::Object;
use lopdf::ObjectId;
use lopdf::Stream;

use crate::extraction::ExtractError;
use crate::extraction::pdf::fonts::GlyphNames;
use crate::extraction::pdf::fonts::font::Font;
use crate::extraction::pdf::stream::budget::Budget;

/// The deepest page tree.
const MOST_ANCESTORS: usize = 64;

/// A document's fonts, each read once, and what may still be expanded.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub document: &'a Document,
    pub budget: Budget,
    names: GlyphNames,
    /// Fonts by the address of their dictionary, which does not move while the document is
    /// borrowed.
    fonts: HashMap<usize, Rc<Font>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(document: &'a Document, budget: Budget) -> Self {
        Self { document, budget, names: GlyphNames::default(), fonts: HashMap::new() }
    }

    /// The font of this name.
    pub(crate) fn font(
        &mut self,
        resources: Option<&'a Dictionary>,
        name: &[u8],
    ) -> Result<Option<Rc<Font>>, ExtractError> {
        let Some(font) = self.named(resources, b"Font", name).and_then(|font| font.as_dict().ok()) else {
            return Ok(None);
        };
        let address = std::ptr::from_ref(font).addr();
        if let Some(font) = self.fonts.get(&address) {
            return Ok(Some(Rc::clone(font)));
        }
        let font = Rc::new(Font::read(self.document, font, &mut self.names, &mut self.budget)?);
        self.fonts.insert(address, Rc::clone(&font));
        Ok(Some(font))
    }

    /// The form of this name; an image is none.
    pub(crate) fn form(&self, resources: Option<&'a Dictionary>, name: &[u8]) -> Option<&'a Stream> {
        let stream = self.named(resources, b"XObject", name)?.as_stream().ok()?;
        let subtype = stream.dict.get_deref(b"Subtype", self.document).and_then(Object::as_name);
        (subtype.ok()? == b"Form").then_some(stream)
    }

    /// The property list of this name.
    pub(crate) fn properties(
        &self,
        resources: Option<&'a Dictionary>,
        name: &[u8],
    ) -> Option<&'a Dictionary> {
        self.named(resources, b"Properties", name)?.as_dict().ok()
    }

    fn named(&self, resources: Option<&'a Dictionary>, kind: &[u8], name: &[u8]) -> Option<&'a Object> {
        let all = resources?.get_deref(kind, self.document).and_then(Object::as_dict).ok()?;
        all.get_deref(name, self.document).ok()
    }

    /// The resources of a page or a form.
    pub(crate) fn resources_of(&self, dictionary: &'a Dictionary) -> Option<&'a Dictionary> {
        dictionary.get_deref(b"Resources", self.document).and_then(Object::as_dict).ok()
    }

    /// The resources of a page: its own, or those of the nearest node above it in the page tree.
    pub(crate) fn page_resources(&self, page: ObjectId) -> Option<&'a Dictionary> {
        let document = self.document;
        let mut node = document.get_dictionary(page).ok()?;
        for _ in 0..MOST_ANCESTORS {
            if let Some(resources) = self.resources_of(node) {
                return Some(resources);
            }
            node = node.get_deref(b"Parent", document).and_then(Object::as_dict).ok()?;
        }
        None
    }

    /// A page's content streams, one after the other; `None` when one cannot be read.
    pub(crate) fn page_content(&mut self, page: ObjectId) -> Result<(Vec<u8>, bool), ExtractError> {
        let mut content = Vec::new();
        let mut is_whole = true;
        let document = self.document;
        for id in document.get_page_contents(page) {
            let Ok(stream) = document.get_object(id).and_then(Object::as_stream) else { continue };
            match self.budget.expand(stream)? {
                Some(part) => content.extend(part),
                None => is_whole = false,
            }
            content.push(b'\n');
        }
        Ok((content, is_whole))
    }
}
