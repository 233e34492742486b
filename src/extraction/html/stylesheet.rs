//! Style sheets inside a page, as far as they set classes in bold or italics.

use std::collections::BTreeMap;

use crate::extraction::html::classes::Marks;
use crate::extraction::html::classes::read_style;

/// The most classes kept.
const MOST_CLASSES: usize = 10_000;

/// What classes look like.
#[derive(Debug, Default)]
pub(crate) struct Stylesheet {
    classes: BTreeMap<String, Marks>,
}

impl Stylesheet {
    /// Reads the rules of a style sheet whose selector is one class, such as `.c1` or `span.c1`.
    pub(crate) fn read(&mut self, css: &str) {
        for rule in css.split('}') {
            let Some((selectors, declarations)) = rule.rsplit_once('{') else { continue };
            if !declarations.contains("font-") {
                continue;
            }
            let mut marks = Marks::default();
            read_style(&declarations.to_ascii_lowercase(), &mut marks);
            for selector in selectors.split(',') {
                if let Some(class) = one_class(selector.trim())
                    && self.classes.len() < MOST_CLASSES
                {
                    let known = self.classes.entry(class.into()).or_default();
                    (known.bold, known.italic) = (marks.bold, marks.italic);
                }
            }
        }
    }

    /// Adds what the classes look like.
    pub(crate) fn apply(&self, classes: &str, marks: &mut Marks) {
        if self.classes.is_empty() {
            return;
        }
        for known in classes.split_ascii_whitespace().filter_map(|class| self.classes.get(class)) {
            marks.bold |= known.bold;
            marks.italic |= known.italic;
        }
    }
}

fn one_class(selector: &str) -> Option<&str> {
    let (element, class) = selector.split_once('.')?;
    let simple =
        |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (simple(element) && simple(class) && !class.is_empty()).then_some(class)
}
