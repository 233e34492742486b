//! Fonts: from codes to text and widths, and whether they are bold or italic.

use std::collections::BTreeMap;

use lopdf::Dictionary;
use lopdf::Document;
use lopdf::Object;

use crate::extraction::ExtractError;
use crate::extraction::pdf::fonts::cmap::CharacterSet;
use crate::extraction::pdf::fonts::cmap::ToUnicode;
use crate::extraction::pdf::fonts::encoding;
use crate::extraction::pdf::fonts::glyph_names::GlyphNames;
use crate::extraction::pdf::fonts::glyph_names::push_readable;
use crate::extraction::pdf::fonts::program::Program;
use crate::extraction::pdf::fonts::standard_widths;
use crate::extraction::pdf::stream::budget::Budget;

/// The most widths that a font lists.
const MOST_WIDTHS: usize = 1 << 16;

/// About what a letter takes in a common typeface.
const USUAL_WIDTH: f32 = 520.0;

/// How the codes of a font are cut and read where it has no map to Unicode.
#[derive(Debug)]
enum Codes {
    /// One byte each, with its text.
    Simple(Vec<String>),
    /// Of this many bytes, with the text of each glyph.
    Glyphs(usize, BTreeMap<u16, String>),
    /// Those of a character set.
    Set(CharacterSet),
}

/// A font, as far as its text goes.
#[derive(Debug)]
pub(crate) struct Font {
    codes: Codes,
    to_unicode: Option<ToUnicode>,
    /// Width of each code in thousandths of the size; a code without one has `default_width`.
    widths: BTreeMap<u32, f32>,
    default_width: Option<f32>,
    /// Widths by its name, where it comes without any.
    standard: Option<Vec<f32>>,
    pub is_bold: bool,
    pub is_italic: bool,
}

/// The text of a string of codes, and its width.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub text: String,
    /// In sizes of the font.
    pub width: f32,
    pub codes: usize,
    /// One-byte codes 32, which word spacing widens.
    pub spaces: usize,
    /// Codes whose letter is not known.
    pub unknown: usize,
}

impl Font {
    pub(crate) fn read(
        document: &Document,
        font: &Dictionary,
        names: &mut GlyphNames,
        budget: &mut Budget,
    ) -> Result<Self, ExtractError> {
        let is_composite = font
            .get_deref(b"Subtype", document)
            .and_then(Object::as_name)
            .is_ok_and(|subtype| subtype == b"Type0");
        let descendant = font
            .get_deref(b"DescendantFonts", document)
            .and_then(Object::as_array)
            .ok()
            .and_then(|fonts| document.dereference(fonts.first()?).ok()?.1.as_dict().ok())
            .filter(|_| is_composite);
        let descriptor =
            descendant.unwrap_or(font).get_deref(b"FontDescriptor", document).and_then(Object::as_dict).ok();
        let to_unicode = match font.get_deref(b"ToUnicode", document).and_then(Object::as_stream) {
            Ok(stream) => budget.expand(stream)?.map(|map| ToUnicode::parse(&map)),
            Err(_) => None,
        }
        .filter(|map| !map.is_empty());
        let codes = match descendant {
            Some(descendant) => {
                composite(document, font, descendant, descriptor, to_unicode.is_some(), names, budget)?
            }
            None => Codes::Simple(encoding::simple(document, font, descriptor, names, budget)?),
        };
        let (widths, default_width) = match descendant {
            Some(descendant) => {
                (composite_widths(document, descendant), number(document, descendant, b"DW").or(Some(1000.0)))
            }
            None => simple_widths(document, font, descriptor),
        };
        let name = font.get_deref(b"BaseFont", document).and_then(Object::as_name).unwrap_or_default();
        let name = String::from_utf8_lossy(name);
        let style = Style::of(document, &name, descriptor);
        let standard = widths
            .is_empty()
            .then(|| (0..256).map(|code| standard_widths::width(&name, style.bold, code)).collect());
        Ok(Self {
            codes,
            to_unicode,
            widths,
            default_width,
            standard,
            is_bold: style.bold,
            is_italic: style.italic,
        })
    }

    /// Whether each byte is a code.
    pub(crate) const fn is_simple(&self) -> bool {
        matches!(self.codes, Codes::Simple(_))
    }

    /// Reads a string of codes.
    pub(crate) fn show(&self, mut bytes: &[u8]) -> Shown {
        let mut shown = Shown::default();
        while !bytes.is_empty() {
            let len = match &self.codes {
                Codes::Simple(_) => 1,
                Codes::Glyphs(len, _) => *len,
                Codes::Set(set) => set.code_len(bytes),
            };
            let (code, rest) = bytes.split_at_checked(len).unwrap_or((bytes, &[]));
            bytes = rest;
            let number = code.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
            let width = self.width(number, code.len());
            shown.width += width / 1000.0;
            shown.codes += 1;
            shown.spaces += usize::from(code == [32]);
            let is_known = self.write(code, number, &mut shown.text);
            // Control codes without a width are line ends that a writer left in its strings.
            let is_line_end = code.len() == 1 && number < 32 && width == 0.0;
            if !is_known && !is_line_end {
                shown.unknown += 1;
                shown.text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        shown
    }

    /// The width of a space, in sizes.
    pub(crate) fn space(&self) -> f32 {
        self.width(32, 1) / 1000.0
    }

    fn width(&self, code: u32, len: usize) -> f32 {
        if let Codes::Set(_) = &self.codes {
            // Widths are by number of the glyph, which a character set does not give: half or full.
            return if len == 1 { 500.0 } else { 1000.0 };
        }
        self.widths.get(&code).copied().or(self.default_width).unwrap_or_else(|| self.standard_width(code))
    }

    fn standard_width(&self, code: u32) -> f32 {
        let code = usize::try_from(code).unwrap_or(usize::MAX);
        self.standard.as_ref().and_then(|widths| widths.get(code)).copied().unwrap_or(USUAL_WIDTH)
    }

    /// Writes the text of a code; false when it is not known.
    fn write(&self, code: &[u8], number: u32, out: &mut String) -> bool {
        let before = out.len();
        if let Some(map) = &self.to_unicode {
            let mut text = String::new();
            if map.write(number, &mut text) {
                push_readable(&text, out);
            }
            if out.len() > before {
                return true;
            }
        }
        match &self.codes {
            Codes::Simple(codes) => {
                out.push_str(codes.get(number as usize).map(String::as_str).unwrap_or_default());
            }
            Codes::Glyphs(_, glyphs) => {
                let glyph = u16::try_from(number).ok().and_then(|glyph| glyphs.get(&glyph));
                push_readable(glyph.map(String::as_str).unwrap_or_default(), out);
            }
            Codes::Set(set) => {
                let mut text = String::new();
                set.write(code, &mut text);
                push_readable(&text, out);
            }
        }
        out.len() > before
    }
}

fn composite(
    document: &Document,
    font: &Dictionary,
    descendant: &Dictionary,
    descriptor: Option<&Dictionary>,
    is_mapped: bool,
    names: &mut GlyphNames,
    budget: &mut Budget,
) -> Result<Codes, ExtractError> {
    let encoding = font.get_deref(b"Encoding", document).ok();
    if let Some(name) = encoding.and_then(|encoding| encoding.as_name().ok())
        && let Some(set) = CharacterSet::named(name)
    {
        return Ok(Codes::Set(set));
    }
    // A CMap of the document's own: the lengths of its codes are what is needed.
    let len = match encoding.and_then(|encoding| encoding.as_stream().ok()) {
        Some(stream) => budget.expand(stream)?.map_or(2, |map| ToUnicode::parse(&map).code_len),
        None => 2,
    };
    let len = if (1..=4).contains(&len) { len } else { 2 };
    let program = match descriptor {
        Some(descriptor) if !is_mapped => Program::embedded(document, descriptor, budget)?,
        _ => None,
    };
    let Some(program) = program else { return Ok(Codes::Glyphs(len, BTreeMap::new())) };
    let glyphs = program.glyphs(names, budget)?;
    let Ok(map) = descendant.get_deref(b"CIDToGIDMap", document).and_then(Object::as_stream) else {
        return Ok(Codes::Glyphs(len, glyphs));
    };
    let map = budget.expand(map)?.unwrap_or_default();
    let by_code = (0..=u16::MAX).zip(map.as_chunks::<2>().0);
    let by_code = by_code.filter_map(|(code, glyph)| {
        Some((code, glyphs.get(&u16::from_be_bytes(*glyph)).filter(|text| !text.is_empty())?.clone()))
    });
    Ok(Codes::Glyphs(len, by_code.collect()))
}

/// How a font is set.
struct Style {
    bold: bool,
    italic: bool,
}

impl Style {
    fn of(document: &Document, name: &str, descriptor: Option<&Dictionary>) -> Self {
        let name = name.to_ascii_lowercase();
        // A subset is named with six letters before the name.
        let family = name.split_once('+').map_or(name.as_str(), |(_, name)| name);
        let has = |parts: &[&str]| parts.iter().any(|part| family.contains(part));
        let value = |key| descriptor.and_then(|descriptor| number(document, descriptor, key)).unwrap_or(0.0);
        let flags = descriptor
            .and_then(|descriptor| descriptor.get_deref(b"Flags", document).and_then(Object::as_i64).ok())
            .unwrap_or(0);
        // The fonts of TeX are named by family, series and shape: `cmbx10`, `sfti1000`, `ecbx`.
        let tex =
            ["cm", "sf", "ec"].iter().find_map(|prefix| family.strip_prefix(prefix)).unwrap_or_default();
        let is_tex = |series: &[&str]| {
            series.iter().any(|series| {
                tex.strip_prefix(series)
                    .is_some_and(|size| !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_digit()))
            })
        };
        Self {
            bold: has(&["bold", "black", "heavy", "demi"])
                || family.ends_with("-medi")
                || family.ends_with("-medital")
                || is_tex(&["b", "bx", "ssbx", "bxti", "bxsl", "sx"])
                || value(b"FontWeight") >= 600.0
                || flags & 1 << 18 != 0,
            italic: has(&["italic", "oblique", "slanted"])
                || family.ends_with("-reguital")
                || family.ends_with("-medital")
                || is_tex(&["ti", "sl", "bxti", "bxsl", "ssi", "si"])
                || value(b"ItalicAngle").abs() > 1.0
                || flags & 1 << 6 != 0,
        }
    }
}

fn number(document: &Document, dictionary: &Dictionary, key: &[u8]) -> Option<f32> {
    dictionary.get_deref(key, document).and_then(Object::as_float).ok().filter(|number| number.is_finite())
}

fn as_number(document: &Document, object: &Object) -> Option<f32> {
    document.dereference(object).ok()?.1.as_float().ok().filter(|number| number.is_finite())
}

/// The widths of a simple font, and that of other codes.
fn simple_widths(
    document: &Document,
    font: &Dictionary,
    descriptor: Option<&Dictionary>,
) -> (BTreeMap<u32, f32>, Option<f32>) {
    // The widths of a Type 3 font are in its own units.
    let scale = font
        .get_deref(b"FontMatrix", document)
        .and_then(Object::as_array)
        .ok()
        .and_then(|matrix| as_number(document, matrix.first()?))
        .map_or(1.0, |scale| scale.abs() * 1000.0);
    let list = font.get_deref(b"Widths", document).and_then(Object::as_array);
    let (Some(first), Ok(list)) = (number(document, font, b"FirstChar"), list) else {
        return (BTreeMap::new(), None);
    };
    let codes = (0..256_u16).filter(|code| f32::from(*code) >= first).map(u32::from);
    let widths =
        codes.zip(list.iter().map(|width| as_number(document, width).unwrap_or(0.0) * scale)).collect();
    let missing = descriptor.and_then(|descriptor| number(document, descriptor, b"MissingWidth"));
    (widths, missing)
}

/// The `W` array: `code [w w w]` or `first last w`.
fn composite_widths(document: &Document, font: &Dictionary) -> BTreeMap<u32, f32> {
    let mut widths = BTreeMap::new();
    let Ok(list) = font.get_deref(b"W", document).and_then(Object::as_array) else { return widths };
    let code = |object: &Object| {
        document.dereference(object).ok()?.1.as_i64().ok().and_then(|code| u32::try_from(code).ok())
    };
    let mut left = MOST_WIDTHS;
    let mut items = list.iter();
    while let Some(first) = items.next().and_then(code) {
        let Some(next) = items.next().and_then(|next| document.dereference(next).ok()) else { break };
        // Ranges may overlap, so what is counted is the work and not its result.
        if let Ok(each) = next.1.as_array() {
            let len = each.len();
            let each = each.iter().take(left).filter_map(|width| as_number(document, width));
            widths.extend((first..=u32::MAX).zip(each));
            left -= left.min(len);
        } else if let (Some(last), Some(width)) =
            (code(next.1), items.next().and_then(|width| as_number(document, width)))
        {
            let codes = (first..=last.min(0xFFFF)).take(left);
            left -= left.min(codes.clone().count());
            widths.extend(codes.map(|code| (code, width)));
        }
        left = left.saturating_sub(1);
        if left == 0 {
            break;
        }
    }
    widths
}
