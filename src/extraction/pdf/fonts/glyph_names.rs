//! Names of glyphs → text, by the Adobe Glyph List (AGL Specification, section 2).

use std::collections::HashMap;

use lopdf::Dictionary;
use lopdf::Document;
use lopdf::Encoding;
use lopdf::Object;

/// The longest name that is looked up, and the most names that are remembered.
const LONGEST_NAME: usize = 64;
const MOST_NAMES: usize = 1 << 16;

/// Glyph names that were looked up. The list is inside the PDF crate, which only uses it to read
/// the differences of an encoding, so each name is read as one.
#[derive(Debug, Default)]
pub(crate) struct GlyphNames {
    known: HashMap<Vec<u8>, Option<char>>,
}

impl GlyphNames {
    /// The text of a glyph; `None` for a name that says nothing, such as `g27`.
    pub(crate) fn text(&mut self, name: &[u8]) -> Option<String> {
        // `a.sc` is a variant of `a`; `f_i` a ligature of `f` and `i`.
        if name.len() > LONGEST_NAME {
            return None;
        }
        let end = name.iter().position(|byte| *byte == b'.').unwrap_or(name.len());
        let base = name.get(..end).filter(|base| !base.is_empty())?;
        let mut text = String::new();
        for part in base.split(|byte| *byte == b'_') {
            match self.listed(part) {
                Some(c) => push_readable(&c.to_string(), &mut text),
                None => by_number(part, &mut text)?,
            }
        }
        Some(text)
    }

    fn listed(&mut self, name: &[u8]) -> Option<char> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let mut encoding = Dictionary::new();
        encoding.set("Differences", vec![Object::Integer(0), Object::Name(name.to_vec())]);
        let mut font = Dictionary::new();
        font.set("Type", Object::Name(b"Font".to_vec()));
        font.set("Encoding", encoding);
        let document = Document::new();
        let found = match font.get_font_encoding(&document) {
            Ok(Encoding::Differences(differences)) => {
                differences.map.get(&0).and_then(|glyph| char::from_u32(u32::from(glyph.utf16_code_unit())))
            }
            _ => None,
        };
        if self.known.len() < MOST_NAMES {
            self.known.insert(name.to_vec(), found);
        }
        found
    }
}

/// Reads `uni` with groups of four digits, and `u` with four to six.
fn by_number(name: &[u8], text: &mut String) -> Option<()> {
    let name = std::str::from_utf8(name).ok()?;
    let is_hex = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(digits) = name.strip_prefix("uni").filter(|digits| digits.len() % 4 == 0 && is_hex(digits)) {
        let mut rest = digits;
        while let Some((digits, more)) = rest.split_at_checked(4) {
            text.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
            rest = more;
        }
        return Some(());
    }
    let digits = name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len()) && is_hex(digits))?;
    text.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
    Some(())
}

/// Writes text as a reader types it: ligatures in letters, without control characters and those of
/// private use, which fonts of symbols have for their bullets.
pub(crate) fn push_readable(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            'ﬀ' => out.push_str("ff"),
            'ﬁ' => out.push_str("fi"),
            'ﬂ' => out.push_str("fl"),
            'ﬃ' => out.push_str("ffi"),
            'ﬄ' => out.push_str("ffl"),
            'ﬅ' | 'ﬆ' => out.push_str("st"),
            '\u{F0B7}' => out.push('•'),
            '\u{E000}'..='\u{F8FF}' | char::REPLACEMENT_CHARACTER | '\u{FEFF}' => {}
            '\u{A0}' | '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_say_something() {
        let mut names = GlyphNames::default();
        let mut text = |name: &str| names.text(name.as_bytes());
        assert_eq!(text("ffi").as_deref(), Some("ffi"));
        assert_eq!(text("f_f_l").as_deref(), Some("ffl"));
        assert_eq!(text("quotedblleft").as_deref(), Some("“"));
        assert_eq!(text("A.sc").as_deref(), Some("A"));
        assert_eq!(text("uni00E4").as_deref(), Some("ä"));
        assert_eq!(text("u1F600").as_deref(), Some("😀"));
        assert_eq!((text("g27"), text(".notdef"), text("")), (None, None, None));
    }
}
