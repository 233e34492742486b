//! Fonts of a page: from codes to text and widths, and whether they are bold or italic.

use std::collections::BTreeMap;

use lopdf::Dictionary;
use lopdf::Document;
use lopdf::Encoding;
use lopdf::Object;

use crate::extraction::ExtractError;
use crate::extraction::pdf::over_limit;

/// A font, as far as its text goes.
pub(crate) struct Font<'a> {
    encoding: Option<Encoding<'a>>,
    /// Width of each code in thousandths of the size; a code without one has `default_width`.
    widths: BTreeMap<u32, f32>,
    default_width: Option<f32>,
    /// How many bytes a code has.
    code_len: usize,
    pub bold: bool,
    pub italic: bool,
}

/// A page's font dictionaries by resource name, those with a map to Unicode stripped of their encoding: the
/// map knows better than the names of a subset's glyphs.
pub(crate) fn dictionaries(document: &Document, page: lopdf::ObjectId) -> BTreeMap<Vec<u8>, Dictionary> {
    let fonts = document.get_page_fonts(page).unwrap_or_default();
    let own = |font: &Dictionary| {
        let mut font = font.clone();
        if font.get_deref(b"ToUnicode", document).and_then(Object::as_stream).is_ok() {
            font.remove(b"Encoding");
        }
        font
    };
    fonts.into_iter().map(|(name, font)| (name, own(font))).collect()
}

impl<'a> Font<'a> {
    pub(crate) fn read(
        document: &'a Document,
        font: &'a Dictionary,
        cap: usize,
    ) -> Result<Self, ExtractError> {
        let encoding = match font.get_font_encoding_with_limit(document, cap) {
            Ok(encoding) => Some(encoding),
            Err(lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. })) => {
                return Err(over_limit(cap));
            }
            Err(_) => None,
        };
        let is_composite =
            font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|subtype| subtype == b"Type0");
        let descendant = font
            .get_deref(b"DescendantFonts", document)
            .and_then(Object::as_array)
            .ok()
            .and_then(|fonts| document.dereference(fonts.first()?).ok()?.1.as_dict().ok());
        let name = font.get(b"BaseFont").and_then(Object::as_name).unwrap_or_default();
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let (widths, default_width) = match descendant {
            Some(descendant) => {
                (composite_widths(document, descendant), number(document, descendant, b"DW").or(Some(1000.0)))
            }
            None => (simple_widths(document, font), None),
        };
        Ok(Self {
            encoding,
            widths,
            default_width,
            code_len: if is_composite { 2 } else { 1 },
            bold: ["bold", "black", "heavy", "semibold", "demi"].iter().any(|weight| name.contains(weight)),
            italic: name.contains("italic") || name.contains("oblique"),
        })
    }

    /// What a string of codes says.
    pub(crate) fn text(&self, codes: &[u8]) -> String {
        let decoded = self.encoding.as_ref().and_then(|encoding| encoding.bytes_to_string(codes).ok());
        decoded.unwrap_or_default().chars().filter(|c| !c.is_control() || *c == '\t').collect()
    }

    /// How far a string of codes reaches, in sizes, and how many codes and spaces it has.
    pub(crate) fn advance(&self, codes: &[u8]) -> (f32, usize, usize) {
        let (mut width, mut count, mut spaces) = (0.0, 0, 0);
        for code in codes.chunks(self.code_len) {
            let code = code.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
            width +=
                self.widths.get(&code).copied().or(self.default_width).unwrap_or_else(|| usual_width(code));
            count += 1;
            spaces += usize::from(code == 32 && self.code_len == 1);
        }
        (width / 1000.0, count, spaces)
    }
}

/// About what a letter takes in a common typeface: the standard fonts come without widths.
fn usual_width(code: u32) -> f32 {
    match u8::try_from(code).map(char::from) {
        Ok('i' | 'j' | 'l' | 't' | 'f' | 'I' | '.' | ',' | ':' | ';' | '\'' | ' ' | '!' | '|') => 270.0,
        Ok('m' | 'w' | 'M' | 'W') => 800.0,
        Ok('A'..='Z') => 680.0,
        _ => 520.0,
    }
}

fn number(document: &Document, dictionary: &Dictionary, key: &[u8]) -> Option<f32> {
    dictionary.get_deref(key, document).and_then(Object::as_float).ok()
}

fn simple_widths(document: &Document, font: &Dictionary) -> BTreeMap<u32, f32> {
    let Some(first) = number(document, font, b"FirstChar") else { return BTreeMap::new() };
    let Ok(list) = font.get_deref(b"Widths", document).and_then(Object::as_array) else {
        return BTreeMap::new();
    };
    let codes = (0..256_u16).filter(|code| f32::from(*code) >= first).map(u32::from);
    codes.zip(list.iter().map(|width| as_number(document, width).unwrap_or(0.0))).collect()
}

/// The `W` array: `code [w w w]` or `first last w`.
fn composite_widths(document: &Document, font: &Dictionary) -> BTreeMap<u32, f32> {
    let mut widths = BTreeMap::new();
    let Ok(list) = font.get_deref(b"W", document).and_then(Object::as_array) else { return widths };
    let code = |object: &Object| {
        document.dereference(object).ok()?.1.as_i64().ok().and_then(|code| u32::try_from(code).ok())
    };
    let mut items = list.iter();
    while let Some(first) = items.next().and_then(code) {
        let Some(next) = items.next().and_then(|next| document.dereference(next).ok()) else { break };
        if let Ok(each) = next.1.as_array() {
            widths.extend((first..).zip(each.iter().filter_map(|width| as_number(document, width))));
        } else if let (Some(last), Some(width)) =
            (code(next.1), items.next().and_then(|width| as_number(document, width)))
        {
            widths.extend((first..=last.min(0xFFFF)).map(|code| (code, width)));
        }
    }
    widths
}

fn as_number(document: &Document, object: &Object) -> Option<f32> {
    document.dereference(object).ok()?.1.as_float().ok()
}
