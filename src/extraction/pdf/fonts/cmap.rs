//! Maps from codes to text (`ToUnicode`, and the predefined maps of Chinese, Japanese and Korean).

use std::collections::BTreeMap;

use encoding_rs::Encoding;

use crate::extraction::pdf::stream::tokens::Token;
use crate::extraction::pdf::stream::tokens::Tokens;

/// The longest text of one code; a map may name any length for each of its codes.
const MOST_UNITS: usize = 16;

/// The most entries that are kept.
const MOST_ENTRIES: usize = 1 << 17;

/// A map from codes to text, as the `ToUnicode` stream of a font has it (ISO 32000-1, 9.10.3).
#[derive(Debug, Default)]
pub(crate) struct ToUnicode {
    chars: BTreeMap<u32, String>,
    /// Ranges by their first code: the last code, and the text of the first.
    ranges: BTreeMap<u32, (u32, Vec<u16>)>,
    /// How many bytes the codes of its code space have; 0 when it names none.
    pub code_len: usize,
}

impl ToUnicode {
    pub(crate) fn parse(stream: &[u8]) -> Self {
        let mut map = Self::default();
        let mut operands: Vec<Token<'_>> = Vec::new();
        for token in Tokens::new(stream) {
            let Token::Operator(operator) = token else {
                // Lists have 100 entries at most, says the standard; a longer one is cut.
                if operands.len() < MOST_ENTRIES {
                    operands.push(token);
                }
                continue;
            };
            match operator {
                b"endbfchar" => map.add_chars(&operands),
                b"endbfrange" => map.add_ranges(&operands),
                b"endcodespacerange" => {
                    let lens = operands.iter().filter_map(Token::text).map(<[u8]>::len);
                    map.code_len = map.code_len.max(lens.max().unwrap_or(0));
                }
                _ => {}
            }
            operands.clear();
        }
        map
    }

    fn is_full(&self) -> bool {
        self.chars.len() + self.ranges.len() >= MOST_ENTRIES
    }

    fn add_chars(&mut self, operands: &[Token<'_>]) {
        for pair in operands.chunks_exact(2) {
            if let [Token::Text(from), Token::Text(to)] = pair
                && !self.is_full()
            {
                self.chars.insert(code(from), decode(&units(to)));
            }
        }
    }

    fn add_ranges(&mut self, operands: &[Token<'_>]) {
        let mut operands = operands.iter();
        while let (Some(Token::Text(first)), Some(Token::Text(last))) = (operands.next(), operands.next()) {
            let (first, last) = (code(first), code(last));
            match operands.next() {
                Some(Token::Text(to)) if last >= first && !self.is_full() => {
                    self.ranges.insert(first, (last, units(to)));
                }
                Some(Token::OpenArray) => {
                    let each =
                        operands.by_ref().take_while(|token| **token != Token::CloseArray).zip(first..=last);
                    for (token, code) in each {
                        if let Token::Text(to) = token
                            && self.chars.len() < MOST_ENTRIES
                        {
                            self.chars.insert(code, decode(&units(to)));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether it maps nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.chars.is_empty() && self.ranges.is_empty()
    }

    /// Writes the text of a code; false when the map does not have it.
    pub(crate) fn write(&self, code: u32, out: &mut String) -> bool {
        if let Some(text) = self.chars.get(&code) {
            out.push_str(text);
            return true;
        }
        let Some((first, (last, units))) = self.ranges.range(..=code).next_back() else { return false };
        if code > *last {
            return false;
        }
        let mut units = units.clone();
        if let Some(unit) = units.last_mut() {
            let distance = u16::try_from(code - first).unwrap_or(u16::MAX);
            *unit = unit.wrapping_add(distance);
        }
        out.push_str(&decode(&units));
        true
    }
}

fn code(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

fn units(bytes: &[u8]) -> Vec<u16> {
    // Some writers give a single byte.
    if let [byte] = bytes {
        return vec![u16::from(*byte)];
    }
    let (pairs, _) = bytes.as_chunks::<2>();
    // Ghostscript writes the letters of some ligatures with their bytes exchanged.
    if pairs.len() > 1 && pairs.iter().all(|[high, low]| *low == 0 && high.is_ascii_alphabetic()) {
        return pairs.iter().take(MOST_UNITS).map(|[letter, _]| u16::from(*letter)).collect();
    }
    pairs.iter().take(MOST_UNITS).map(|pair| u16::from_be_bytes(*pair)).collect()
}

fn decode(units: &[u16]) -> String {
    char::decode_utf16(units.iter().copied()).filter_map(Result::ok).collect()
}

/// A predefined map whose codes are those of a character set (ISO 32000-1, table 118).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum CharacterSet {
    /// Codes of UCS-2 or UTF-16.
    Utf16,
    /// Codes of one or two bytes of a legacy set.
    Legacy(&'static Encoding),
}

impl CharacterSet {
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        let has = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
        Some(if has(b"UCS2") || has(b"UTF16") {
            Self::Utf16
        } else if has(b"RKSJ") {
            Self::Legacy(encoding_rs::SHIFT_JIS)
        } else if has(b"KSC") {
            Self::Legacy(encoding_rs::EUC_KR)
        } else if has(b"GB") {
            Self::Legacy(encoding_rs::GBK)
        } else if has(b"B5") || has(b"ETen") || has(b"HKscs") {
            Self::Legacy(encoding_rs::BIG5)
        } else if matches!(name, b"EUC-H" | b"EUC-V") {
            Self::Legacy(encoding_rs::EUC_JP)
        } else {
            return None;
        })
    }

    /// How many bytes the code at the start of `codes` has.
    pub(crate) fn code_len(self, codes: &[u8]) -> usize {
        match (self, codes.first()) {
            (Self::Utf16, Some(0xD8..=0xDB)) => 4,
            (Self::Legacy(set), Some(0xA1..=0xDF)) if set == encoding_rs::SHIFT_JIS => 1,
            (Self::Utf16, _) | (Self::Legacy(_), Some(0x81..)) => 2,
            (Self::Legacy(_), _) => 1,
        }
    }

    /// Writes the text of one code.
    pub(crate) fn write(self, code: &[u8], out: &mut String) {
        let set = match self {
            Self::Utf16 => encoding_rs::UTF_16BE,
            Self::Legacy(set) => set,
        };
        let (text, _) = set.decode_without_bom_handling(code);
        out.extend(text.chars().filter(|c| *c != char::REPLACEMENT_CHARACTER));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(map: &ToUnicode, code: u32) -> Option<String> {
        let mut out = String::new();
        map.write(code, &mut out).then_some(out)
    }

    #[test]
    fn characters_and_ranges() {
        let map = ToUnicode::parse(
            b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
              2 beginbfchar <0001> <00660066> <0002> <D83DDE00> endbfchar\n\
              2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<0058> <0059005A>] endbfrange",
        );
        assert_eq!(map.code_len, 2);
        assert_eq!(text(&map, 1).as_deref(), Some("ff"));
        assert_eq!(text(&map, 2).as_deref(), Some("😀"));
        assert_eq!(text(&map, 0x12).as_deref(), Some("C"));
        assert_eq!(text(&map, 0x21).as_deref(), Some("YZ"));
        assert_eq!((text(&map, 0x13), text(&map, 0)), (None, None));
    }

    #[test]
    fn a_range_of_all_codes_costs_one_entry() {
        let map = ToUnicode::parse(b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange");
        assert_eq!(text(&map, 2).as_deref(), Some("C"));
        assert_eq!(map.ranges.len(), 1);
    }

    #[test]
    fn predefined_maps() {
        let read = |name: &[u8], mut codes: &[u8]| {
            let set = CharacterSet::named(name).unwrap();
            let mut out = String::new();
            while !codes.is_empty() {
                let (code, rest) = codes.split_at(set.code_len(codes).min(codes.len()));
                set.write(code, &mut out);
                codes = rest;
            }
            out
        };
        assert_eq!(read(b"90ms-RKSJ-H", b"\x82\xA0a\xB1"), "あaｱ");
        assert_eq!(read(b"GBK-EUC-H", b"\xC4\xE3x"), "你x");
        assert_eq!(read(b"UniKS-UTF16-H", b"\xAC\x00\xD8\x3D\xDE\x00"), "가😀");
        assert_eq!(CharacterSet::named(b"Identity-H"), None);
    }
}
