//! Encodings of simple fonts: which letter each of the 256 codes is (ISO 32000-1, 9.6.6).

use std::collections::BTreeMap;

use lopdf::Dictionary;
use lopdf::Document;
use lopdf::Encoding;
use lopdf::Object;

use crate::extraction::ExtractError;
use crate::extraction::pdf::fonts::glyph_names::GlyphNames;
use crate::extraction::pdf::fonts::glyph_names::push_readable;
use crate::extraction::pdf::fonts::program::Program;
use crate::extraction::pdf::stream::budget::Budget;

/// The text of each code; empty where the font does not say.
pub(crate) fn simple(
    document: &Document,
    font: &Dictionary,
    descriptor: Option<&Dictionary>,
    glyph_names: &mut GlyphNames,
    budget: &mut Budget,
) -> Result<Vec<String>, ExtractError> {
    let encoding = font.get_deref(b"Encoding", document).ok();
    let dictionary = encoding.and_then(|encoding| encoding.as_dict().ok());
    let base = match dictionary {
        Some(dictionary) => dictionary.get_deref(b"BaseEncoding", document).and_then(Object::as_name),
        None => encoding.map_or(Ok(b"".as_slice()), Object::as_name),
    };
    let mut codes = match base.ok().and_then(predefined) {
        Some(codes) => codes,
        None => built_in(document, descriptor, glyph_names, budget)?,
    };
    let differences = dictionary
        .and_then(|dictionary| dictionary.get_deref(b"Differences", document).ok())
        .and_then(|differences| differences.as_array().ok());
    let mut code = 0_usize;
    // A list has at most a number and a name for each code; a longer one repeats itself.
    for item in differences.into_iter().flatten().take(1024) {
        if let Ok(number) = item.as_i64() {
            code = usize::try_from(number).unwrap_or(usize::MAX);
        }
        let Ok(name) = item.as_name() else { continue };
        if let Some(slot) = codes.get_mut(code) {
            // A name that says nothing hides the letter of the base.
            *slot = glyph_names.text(name).unwrap_or_default();
        }
        code = code.saturating_add(1);
    }
    Ok(codes)
}

/// The encoding of the embedded program, over the standard one.
fn built_in(
    document: &Document,
    descriptor: Option<&Dictionary>,
    glyph_names: &mut GlyphNames,
    budget: &mut Budget,
) -> Result<Vec<String>, ExtractError> {
    let mut codes = predefined(b"StandardEncoding").unwrap_or_else(|| vec![String::new(); 256]);
    let Some(descriptor) = descriptor else { return Ok(codes) };
    let program = Program::embedded(document, descriptor, budget)?;
    let own: BTreeMap<u8, String> = match &program {
        Some(program) => program.codes(glyph_names, budget)?,
        None => BTreeMap::new(),
    };
    for (code, slot) in (0..=u8::MAX).zip(&mut codes) {
        if let Some(text) = own.get(&code) {
            slot.clone_from(text);
        }
    }
    Ok(codes)
}

fn predefined(name: &[u8]) -> Option<Vec<String>> {
    if !matches!(name, b"StandardEncoding" | b"WinAnsiEncoding" | b"MacRomanEncoding" | b"MacExpertEncoding")
    {
        return None;
    }
    // The tables are inside the PDF crate, which gives them with a font.
    let mut font = Dictionary::new();
    font.set("Type", Object::Name(b"Font".to_vec()));
    font.set("Encoding", Object::Name(name.to_vec()));
    let document = Document::new();
    let Ok(Encoding::OneByteEncoding(table)) = font.get_font_encoding(&document) else { return None };
    let units = table.iter().map(|glyph| glyph.map(|glyph| u32::from(glyph.utf16_code_unit())));
    let text = |unit: Option<u32>| {
        let mut text = String::new();
        push_readable(&unit.and_then(char::from_u32).map(String::from).unwrap_or_default(), &mut text);
        text
    };
    Some(units.map(text).collect())
}
