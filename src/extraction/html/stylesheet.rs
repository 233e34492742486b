//! Style sheets inside a page, as far as they set classes in bold or italics, or hide them.

use std::collections::BTreeMap;

use crate::extraction::html::classes::Marks;
use crate::extraction::html::classes::read_style;

/// The most classes kept.
const MOST_CLASSES: usize = 10_000;

/// The type styles of classes.
#[derive(Debug, Default)]
pub(crate) struct Stylesheet {
    classes: BTreeMap<String, Marks>,
}

impl Stylesheet {
    /// Reads the rules of a style sheet whose selector is one class, such as `.c1` or `span.c1`.
    ///
    /// Rules inside others, as of `@media`, hold under conditions only and are passed over.
    pub(crate) fn read(&mut self, css: &str) {
        let mut rest = css;
        while let Some((selectors, inside)) = rest.split_once('{') {
            let Some(end) = rule_end(inside) else { return };
            let (declarations, after) = inside.split_at_checked(end).unwrap_or((inside, ""));
            rest = after.strip_prefix('}').unwrap_or(after);
            if !declarations.contains('{') {
                // A comment or a statement may come before the selectors.
                let own = selectors.rsplit(['/', ';']).next().unwrap_or(selectors);
                self.rule(own, declarations);
            }
        }
    }

    fn rule(&mut self, selectors: &str, declarations: &str) {
        let mut marks = Marks::default();
        read_style(&declarations.to_ascii_lowercase(), &mut marks);
        if !(declarations.contains("font-") || marks.hidden) {
            return;
        }
        for selector in selectors.split(',') {
            if let Some(class) = one_class(selector.trim())
                && self.classes.len() < MOST_CLASSES
            {
                let known = self.classes.entry(class.into()).or_default();
                known.hidden |= marks.hidden;
                if declarations.contains("font-") {
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
            marks.hidden |= known.hidden;
        }
    }
}

/// The end of the rule whose first brace comes before the text.
fn rule_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn one_class(selector: &str) -> Option<&str> {
    let (element, class) = selector.split_once('.')?;
    let simple =
        |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (simple(element) && simple(class) && !class.is_empty()).then_some(class)
}
