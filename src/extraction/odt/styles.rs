//! The styles of an `OpenDocument` text: which are headings, quotations; which are bold or italic.

use std::collections::BTreeMap;

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::common::xml::Node;
use crate::extraction::common::xml::XmlReader;
use crate::extraction::docx::styles;
use crate::transcript::BlockKind;

/// How many styles one may be derived from another; a circle of them would never end.
const LONGEST_CHAIN: usize = 16;

/// Properties of a style; `None` if its parent decides.
#[derive(Clone, Debug, Default)]
struct Style {
    parent: Option<String>,
    bold: Option<bool>,
    italic: Option<bool>,
    is_hidden: Option<bool>,
}

/// Properties of a style with those of all its parents.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Look {
    pub kind: Option<BlockKind>,
    pub bold: Option<bool>,
    pub italic: Option<bool>,
    pub is_hidden: bool,
}

/// The styles by name.
#[derive(Debug, Default)]
pub(crate) struct Styles(BTreeMap<String, Style>);

impl Styles {
    /// Adds the styles of a part, up to where it is damaged.
    pub(crate) fn read(&mut self, xml: &str, limits: &Limits) -> Result<(), ExtractError> {
        let mut reader = XmlReader::new(xml, limits);
        let mut open = None;
        while let Some(node) = reader.next()? {
            let element = match node {
                Node::Start(element) => element,
                Node::End(name) => {
                    if &*name == "style" {
                        open = None;
                    }
                    continue;
                }
                Node::Text(_) => continue,
            };
            match (element.name(), &open) {
                ("style", _) => {
                    open = element.attribute("name");
                    if let Some(name) = &open {
                        let parent = element.attribute("parent-style-name");
                        self.0.insert(name.clone(), Style { parent, ..Style::default() });
                    }
                }
                ("text-properties", Some(name)) => {
                    let Some(style) = self.0.get_mut(name) else { continue };
                    style.bold = element.attribute("font-weight").map(|weight| weight != "normal");
                    style.italic = element.attribute("font-style").map(|style| style != "normal");
                    style.is_hidden = element.attribute("display").map(|display| display == "none");
                }
                ("body", _) => break,
                _ => {}
            }
        }
        Ok(())
    }

    /// The properties of the style of this name and of its parents.
    pub(crate) fn look(&self, name: &str) -> Look {
        let mut look = Look::default();
        let mut hidden = None;
        let mut name = name;
        for _ in 0..LONGEST_CHAIN {
            look.kind = look.kind.or_else(|| kind(name));
            let Some(style) = self.0.get(name) else { break };
            look.bold = look.bold.or(style.bold);
            look.italic = look.italic.or(style.italic);
            hidden = hidden.or(style.is_hidden);
            let Some(parent) = &style.parent else { break };
            name = parent;
        }
        look.is_hidden = hidden == Some(true);
        look
    }
}

/// The kind of block of a built-in style. Names are English in every language; `_20_` is a space.
fn kind(name: &str) -> Option<BlockKind> {
    let name = name.replace("_20_", " ");
    if name == "Quotations" { Some(BlockKind::Quotation) } else { styles::named(&name) }
}
