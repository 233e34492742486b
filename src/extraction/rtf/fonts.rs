//! Which code page the bytes of a text are in: that of its font, or the document's.

use std::collections::BTreeMap;

use encoding_rs::Encoding;
use encoding_rs::WINDOWS_1252;

/// The code pages of a document.
#[derive(Debug)]
pub(crate) struct Fonts {
    default: &'static Encoding,
    encodings: BTreeMap<i32, &'static Encoding>,
    /// The font of text that names none.
    usual: Option<i32>,
    /// The font that the font table is describing.
    described: i32,
}

impl Default for Fonts {
    fn default() -> Self {
        Self { default: WINDOWS_1252, encodings: BTreeMap::new(), usual: None, described: 0 }
    }
}

impl Fonts {
    /// Follows a control word of the header or of the font table.
    pub(crate) fn follow(&mut self, name: &str, number: Option<i32>) {
        let number = number.unwrap_or_default();
        match name {
            "mac" => self.default = encoding_rs::MACINTOSH,
            "ansicpg" => self.default = code_page(number).unwrap_or(self.default),
            "deff" => self.usual = Some(number),
            "f" => self.described = number,
            "fcharset" => {
                if let Some(encoding) = charset(number) {
                    self.encodings.insert(self.described, encoding);
                }
            }
            "cpg" => {
                if let Some(encoding) = code_page(number) {
                    self.encodings.insert(self.described, encoding);
                }
            }
            _ => {}
        }
    }

    /// The code page of text in this font.
    pub(crate) fn encoding(&self, font: Option<i32>) -> &'static Encoding {
        font.or(self.usual).and_then(|font| self.encodings.get(&font)).copied().unwrap_or(self.default)
    }
}

/// The code page of Windows with this number.
fn code_page(number: i32) -> Option<&'static Encoding> {
    let label = match number {
        866 => "ibm866",
        874 => "windows-874",
        932 => "shift_jis",
        936 => "gbk",
        949 => "euc-kr",
        950 => "big5",
        1250..=1258 => return Encoding::for_label(format!("windows-{number}").as_bytes()),
        10000 => "macintosh",
        20866 => "koi8-r",
        21866 => "koi8-u",
        28592..=28599 => return Encoding::for_label(format!("iso-8859-{}", number - 28590).as_bytes()),
        54936 => "gb18030",
        65001 => "utf-8",
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

/// The code page of a font's character set. Set 1 is the document's.
fn charset(number: i32) -> Option<&'static Encoding> {
    code_page(match number {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}

/// Decodes bytes of one code page: for each character, how many bytes it took.
pub(crate) fn decode(bytes: &[u8], encoding: &'static Encoding) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        // A character of these code pages takes at most four bytes; the shortest reading is the
        // right one.
        let read = (1..=4.min(bytes.len() - at)).find_map(|length| {
            let part = bytes.get(at..at + length)?;
            let text = encoding.decode_without_bom_handling_and_without_replacement(part)?;
            Some((text.into_owned(), length)).filter(|(text, _)| !text.is_empty())
        });
        let (text, length) = read.unwrap_or_else(|| (char::REPLACEMENT_CHARACTER.to_string(), 1));
        at += length;
        found.push((text, length));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_pages_of_fonts() {
        let mut fonts = Fonts::default();
        for (name, number) in [
            ("ansicpg", 1250),
            ("f", 1),
            ("fcharset", 204),
            ("f", 2),
            ("fcharset", 128),
            ("f", 3),
            ("fcharset", 1),
        ] {
            fonts.follow(name, Some(number));
        }
        let check = |font, bytes: &[u8], expect: &[(&str, usize)]| {
            let found = decode(bytes, fonts.encoding(font));
            let found: Vec<_> = found.iter().map(|(text, length)| (text.as_str(), *length)).collect();
            assert_eq!(found, expect);
        };
        check(None, b"\xE8", &[("č", 1)]);
        check(Some(3), b"\xE8", &[("č", 1)]);
        check(Some(1), b"\xC4\xE0", &[("Д", 1), ("а", 1)]);
        check(Some(2), b"\x82\xA0a\x82", &[("あ", 2), ("a", 1), ("\u{FFFD}", 1)]);
    }
}
