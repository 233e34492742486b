//! Fonts: which letters the codes of a string are. In the order in which they are believed: a map
//! to Unicode, the encoding that the document gives, and that of the embedded font program.

mod cmap;
mod glyph_names;
mod program;
mod encoding;
mod standard_widths;
pub(crate) mod font;

pub(crate) use glyph_names::GlyphNames;
pub(crate) use glyph_names::push_readable;
