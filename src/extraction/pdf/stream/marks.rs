//! Marked content: text that replaces what is shown, and what is no content (ISO 32000-1, 14.6 to
//! 14.9).

use lopdf::Dictionary;
use lopdf::Object;

use crate::extraction::pdf::fonts::push_readable;
use crate::extraction::pdf::stream::tokens::Token;

/// Deepest marks that are distinguished.
const MOST_MARKS: usize = 64;

#[derive(Debug)]
struct Mark {
    /// The text that the mark's strings are read as, until it is given out.
    text: Option<String>,
    replaces: bool,
    is_artifact: bool,
}

/// The marks that are open.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    open: Vec<Mark>,
    /// How many were opened beyond the deepest.
    beyond: usize,
}

impl Marks {
    /// Opens a mark: its tag, and its properties as tokens or as a list of the resources.
    pub(crate) fn begin(&mut self, operands: &[Token<'_>], list: Option<&Dictionary>) {
        if self.open.len() >= MOST_MARKS {
            self.beyond += 1;
            return;
        }
        let is_tagged = |tag: &[u8]| operands.first().and_then(Token::name) == Some(tag);
        let text = list
            .and_then(|list| list.get(b"ActualText").and_then(lopdf::decode_text_string).ok())
            .or_else(|| inline_text(operands));
        // A watermark or a rule is an artifact too; only what is set again on each page is no text
        // to read.
        let is_pagination = operands.windows(2).any(|pair| {
            let [key, value] = pair else { return false };
            key.name() == Some(b"Type") && value.name() == Some(b"Pagination")
        });
        let listed = list.and_then(|list| list.get(b"Type").and_then(Object::as_name).ok());
        let is_artifact = is_tagged(b"Artifact") && (is_pagination || listed == Some(b"Pagination"));
        self.open.push(Mark { replaces: text.is_some(), text, is_artifact });
    }

    /// Closes the mark opened last.
    pub(crate) fn end(&mut self) {
        match self.beyond.checked_sub(1) {
            Some(beyond) => self.beyond = beyond,
            None => drop(self.open.pop()),
        }
    }

    /// The text of a string; nothing if an earlier string of the mark has the text already.
    pub(crate) fn text(&mut self, shown: String) -> Option<String> {
        match self.open.iter_mut().find(|mark| mark.replaces) {
            None => Some(shown),
            Some(mark) => mark.text.take(),
        }
    }

    /// Whether what is shown is a header or footer of the page.
    pub(crate) fn is_artifact(&self) -> bool {
        self.open.iter().any(|mark| mark.is_artifact)
    }
}

fn inline_text(operands: &[Token<'_>]) -> Option<String> {
    let at = operands.iter().position(|token| token.name() == Some(b"ActualText"))?;
    let text = operands.get(at + 1)?.text()?;
    let object = Object::String(text.to_vec(), lopdf::StringFormat::Literal);
    let mut out = String::new();
    push_readable(&lopdf::decode_text_string(&object).ok()?, &mut out);
    Some(out)
}
