//! Embedded font programs, as far as they say which letter a code or a glyph is.

use std::collections::BTreeMap;

use lopdf::Dictionary;
use lopdf::Document;
use lopdf::Object;
use ttf_parser::GlyphId;
use ttf_parser::RawFace;
use ttf_parser::Tag;
use ttf_parser::cff;
use ttf_parser::cmap;
use ttf_parser::post;

use crate::extraction::ExtractError;
use crate::extraction::pdf::fonts::glyph_names::GlyphNames;
use crate::extraction::pdf::stream::budget::Budget;
use crate::extraction::pdf::stream::tokens::Token;
use crate::extraction::pdf::stream::tokens::Tokens;

/// The encoding of a Type 1 program is in its first kilobytes, before the encrypted part.
const TYPE1_CLEAR_PART: usize = 1 << 16;

/// The cost of a TrueType program's letters, in bytes of the budget.
const CMAP_CHARGE: usize = 1 << 18;

/// The most glyphs whose names are looked up; the search for a name is linear in their count.
const MOST_NAMED_GLYPHS: u16 = 4096;

/// The most tables of letters that are asked; a program has one for each platform.
const MOST_SUBTABLES: usize = 8;

/// A font program.
#[derive(Debug)]
pub(crate) enum Program {
    Type1(Vec<u8>),
    /// CFF, bare.
    Cff(Vec<u8>),
    /// TrueType or OpenType.
    Sfnt(Vec<u8>),
}

impl Program {
    /// The program that a font descriptor embeds.
    pub(crate) fn embedded(
        document: &Document,
        descriptor: &Dictionary,
        budget: &mut Budget,
    ) -> Result<Option<Self>, ExtractError> {
        for key in [b"FontFile".as_slice(), b"FontFile2", b"FontFile3"] {
            let Ok(stream) = descriptor.get_deref(key, document).and_then(Object::as_stream) else {
                continue;
            };
            let Some(bytes) = budget.expand(stream)? else { return Ok(None) };
            return Ok(Some(match bytes.as_slice() {
                [0, 1, 0, 0, ..] | [b't', b'r', b'u', b'e', ..] | [b'O', b'T', b'T', b'O', ..] => {
                    Self::Sfnt(bytes)
                }
                [1, 0, ..] => Self::Cff(bytes),
                _ => Self::Type1(bytes),
            }));
        }
        Ok(None)
    }

    /// The text of each code of a simple font, by the program's own encoding.
    pub(crate) fn codes(
        &self,
        names: &mut GlyphNames,
        budget: &mut Budget,
    ) -> Result<BTreeMap<u8, String>, ExtractError> {
        Ok(match self {
            Self::Type1(bytes) => type1_encoding(bytes)
                .into_iter()
                .filter_map(|(code, name)| Some((code, names.text(&name)?)))
                .collect(),
            Self::Cff(bytes) => {
                cff::Table::parse(bytes).map(|font| cff_codes(&font, names)).unwrap_or_default()
            }
            Self::Sfnt(bytes) => {
                let Ok(face) = RawFace::parse(bytes, 0) else { return Ok(BTreeMap::new()) };
                if let Some(font) = face.table(Tag::from_bytes(b"CFF ")).and_then(cff::Table::parse) {
                    return Ok(cff_codes(&font, names));
                }
                budget.charge(CMAP_CHARGE)?;
                sfnt_codes(&face, names)
            }
        })
    }

    /// The text of each glyph of a composite font.
    pub(crate) fn glyphs(
        &self,
        names: &mut GlyphNames,
        budget: &mut Budget,
    ) -> Result<BTreeMap<u16, String>, ExtractError> {
        budget.charge(CMAP_CHARGE)?;
        Ok(match self {
            Self::Type1(_) => BTreeMap::new(),
            Self::Cff(bytes) => {
                cff::Table::parse(bytes).map(|font| cff_glyphs(&font, names)).unwrap_or_default()
            }
            Self::Sfnt(bytes) => {
                RawFace::parse(bytes, 0).map(|face| sfnt_glyphs(&face, names)).unwrap_or_default()
            }
        })
    }
}

/// `/Encoding`: pairs of `dup code /name put` up to `def`. The standard encoding gives none.
fn type1_encoding(program: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let clear = program.get(..TYPE1_CLEAR_PART).unwrap_or(program);
    let Some(start) = clear.windows(9).position(|window| window == b"/Encoding") else { return Vec::new() };
    let mut encoding = Vec::new();
    let mut code: Option<f32> = None;
    let mut name: Option<Vec<u8>> = None;
    for token in Tokens::new(clear.get(start + 9..).unwrap_or_default()) {
        code = token.number().or(code);
        name = token.name().map(<[u8]>::to_vec).or(name);
        let Token::Operator(operator) = token else { continue };
        if matches!(operator, b"def" | b"readonly" | b"eexec") {
            break;
        }
        if let (b"put", Some(code), Some(name)) = (operator, code.and_then(as_byte), name.take()) {
            encoding.push((code, name));
        }
        (code, name) = (None, None);
    }
    encoding
}

fn as_byte(number: f32) -> Option<u8> {
    (0..=u8::MAX).find(|byte| (f32::from(*byte) - number).abs() < 0.1)
}

fn cff_codes(font: &cff::Table<'_>, names: &mut GlyphNames) -> BTreeMap<u8, String> {
    let mut text = |code: u8| names.text(font.glyph_name(font.glyph_index(code)?)?.as_bytes());
    (0..=u8::MAX).filter_map(|code| Some((code, text(code)?))).collect()
}

fn cff_glyphs(font: &cff::Table<'_>, names: &mut GlyphNames) -> BTreeMap<u16, String> {
    (0..font.number_of_glyphs().min(MOST_NAMED_GLYPHS))
        .filter_map(|glyph| Some((glyph, names.text(font.glyph_name(GlyphId(glyph))?.as_bytes())?)))
        .collect()
}

/// A symbolic TrueType font maps codes to glyphs by its own tables (ISO 32000-1, 9.6.6.4).
fn sfnt_codes(face: &RawFace<'_>, names: &mut GlyphNames) -> BTreeMap<u8, String> {
    let glyphs = sfnt_glyphs(face, names);
    let Some(table) = face.table(Tag::from_bytes(b"cmap")).and_then(cmap::Table::parse) else {
        return BTreeMap::new();
    };
    let glyph = |code: u8| {
        let code = u32::from(code);
        table
            .subtables
            .into_iter()
            .take(MOST_SUBTABLES)
            .filter(|subtable| !subtable.is_unicode())
            .find_map(|subtable| subtable.glyph_index(code).or_else(|| subtable.glyph_index(0xF000 + code)))
    };
    (0..=u8::MAX).filter_map(|code| Some((code, glyphs.get(&glyph(code)?.0)?.clone()))).collect()
}

/// The letters of the program's Unicode table by glyph, and those that its glyphs' names say.
fn sfnt_glyphs(face: &RawFace<'_>, names: &mut GlyphNames) -> BTreeMap<u16, String> {
    let mut glyphs = BTreeMap::new();
    if let Some(table) = face.table(Tag::from_bytes(b"cmap")).and_then(cmap::Table::parse) {
        for subtable in table.subtables.into_iter().take(MOST_SUBTABLES).filter(cmap::Subtable::is_unicode) {
            // The table is asked for each letter: it may claim billions of them.
            for c in ' '..='\u{FFFD}' {
                if let Some(glyph) = subtable.glyph_index(u32::from(c)).filter(|glyph| glyph.0 != 0) {
                    glyphs.entry(glyph.0).or_insert_with(|| c.to_string());
                }
            }
        }
    }
    if let Some(font) = face.table(Tag::from_bytes(b"CFF ")).and_then(cff::Table::parse) {
        for (glyph, text) in cff_glyphs(&font, names) {
            glyphs.entry(glyph).or_insert(text);
        }
    }
    let Some(table) = face.table(Tag::from_bytes(b"post")).and_then(post::Table::parse) else {
        return glyphs;
    };
    for glyph in 0..MOST_NAMED_GLYPHS {
        let Some(name) = table.glyph_name(GlyphId(glyph)) else { break };
        if let Some(text) = names.text(name.as_bytes()) {
            glyphs.entry(glyph).or_insert(text);
        }
    }
    glyphs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_of_a_type_1_program() {
        let program =
            b"%!PS-AdobeFont-1.0: X\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\n\
                        dup 11 /ff put\ndup 92 /quotedblleft put\nreadonly def\n/Private dup 7 /x put";
        let encoding = type1_encoding(program);
        assert_eq!(encoding, [(11, b"ff".to_vec()), (92, b"quotedblleft".to_vec())]);
        assert_eq!(type1_encoding(b"/Encoding StandardEncoding def dup 3 /x put"), []);
    }
}
