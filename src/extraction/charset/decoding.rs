//! Charset → text, with the map back to the bytes.

use encoding_rs::Encoding;
use encoding_rs::UTF_8;
use encoding_rs::UTF_16BE;
use encoding_rs::UTF_16LE;

use crate::extraction::ExtractError;
use crate::extraction::charset::code_pages;
use crate::extraction::charset::decoded::Decoded;
use crate::extraction::charset::decoded::Text;
use crate::span::SourceMap;

/// How much of a document is looked at to tell text from junk and one encoding from another.
const SAMPLE: usize = 64 << 10;

/// Decodes a source. `charset` is the label its sender named, which is followed where it is known.
pub(crate) fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Result<Decoded<'a>, ExtractError> {
    let (encoding, start) = match (Encoding::for_bom(bytes), charset.and_then(named)) {
        (Some((encoding, length)), _) => (encoding, length),
        (None, Some(encoding)) => (encoding, 0),
        (None, None) => (detect(bytes)?, 0),
    };
    let body = bytes.get(start..).unwrap_or_default();
    let mut text = Text::default();
    let decoded = if encoding == UTF_8 {
        if let Ok(text) = std::str::from_utf8(body) {
            Decoded {
                map: SourceMap::verbatim(start, text.len()),
                text: text.into(),
                diagnostics: Vec::new(),
            }
        } else {
            lossy_utf8(body, start, &mut text);
            text.finish("UTF-8")
        }
    } else if encoding == UTF_16LE || encoding == UTF_16BE {
        utf16(body, start, encoding == UTF_16BE, &mut text);
        text.finish(encoding.name())
    } else {
        code_pages::decode(body, encoding, &mut text);
        text.finish(encoding.name())
    };
    if decoded.text.trim_matches(|c: char| c.is_whitespace() || c == '\0').is_empty() {
        return Err(ExtractError::Empty);
    }
    Ok(decoded)
}

/// The encoding of this label. A label of none that is known is passed over, and the bytes decide.
fn named(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.trim_matches(['"', '\'', ' ']).as_bytes())
}

/// Finds the encoding of bytes without a byte order mark.
fn detect(bytes: &[u8]) -> Result<&'static Encoding, ExtractError> {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    if sample.contains(&0)
        && let Some(encoding) = wide(sample)
    {
        return Ok(encoding);
    }
    refuse_junk(sample)?;
    if looks_utf8(bytes) {
        return Ok(UTF_8);
    }
    if let Some(encoding) = declared(sample)
        && encoding != UTF_8
    {
        return Ok(encoding);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    // Bytes before the first one beyond ASCII are no evidence.
    let ascii = bytes.iter().take_while(|byte| byte.is_ascii() && **byte != 0x1B).count();
    let telling = bytes.get(ascii..).unwrap_or_default();
    detector.feed(telling.get(..SAMPLE / 2).unwrap_or(telling), true);
    Ok(detector.guess(None, chardetng::Utf8Detection::Deny))
}

/// Whether the bytes are UTF-8, or were but for a few damaged places.
fn looks_utf8(bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_ok() {
        return true;
    }
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad * 10
}

/// UTF-16 without a byte order mark: its spaces and line ends alternate with zero bytes.
fn wide(sample: &[u8]) -> Option<&'static Encoding> {
    let pairs = sample.as_chunks::<2>().0;
    let blank = |byte: u8| matches!(byte, b' ' | b'\n' | b'\r' | b'.' | b',');
    let little = pairs.iter().filter(|[low, high]| *high == 0 && blank(*low)).count();
    let big = pairs.iter().filter(|[high, low]| *high == 0 && blank(*low)).count();
    let stray = pairs.iter().filter(|pair| **pair == [0, 0]).count();
    let (encoding, marks, other) =
        if little >= big { (UTF_16LE, little, big) } else { (UTF_16BE, big, little) };
    // Words are seldom longer than 25 letters on average, and a zero character is no text.
    (marks * 25 >= pairs.len() && other * 10 <= marks && stray * 100 <= pairs.len()).then_some(encoding)
}

/// Refuses what is no text in any encoding: text holds next to no control characters.
fn refuse_junk(sample: &[u8]) -> Result<(), ExtractError> {
    // Byte 21 (NAK) is left out: CHAT transcripts enclose the times of each line in it.
    let control = |byte: &&u8| matches!(byte, 0..=8 | 14..=20 | 22..=26 | 28..=31 | 127);
    if sample.iter().filter(control).count() * 50 > sample.len() {
        return Err(ExtractError::Unreadable(
            "the document is binary data, not text in any known encoding and no kind of document that is read".into(),
        ));
    }
    Ok(())
}

/// The encoding that an HTML or XML document names near its start.
fn declared(sample: &[u8]) -> Option<&'static Encoding> {
    let head = sample.get(..4096).unwrap_or(sample).to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let label = |mark: &str| {
        let (_, rest) = head.split_once(mark)?;
        let rest = rest.trim_start().strip_prefix('=')?.trim_start_matches([' ', '"', '\'']);
        rest.split(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).next()
    };
    let meta = head.contains("<meta").then(|| label("charset")).flatten();
    let xml = head.trim_start().starts_with("<?xml").then(|| label("encoding")).flatten();
    meta.or(xml).and_then(named)
}

/// UTF-8 with damaged places.
fn lossy_utf8(body: &[u8], start: usize, out: &mut Text) {
    let mut at = start;
    for chunk in body.utf8_chunks() {
        out.units(chunk.valid(), at, 1, 1);
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            out.undecodable(at, chunk.invalid().len());
            at += chunk.invalid().len();
        }
    }
}

fn utf16(body: &[u8], start: usize, big: bool, out: &mut Text) {
    let (pairs, rest) = body.as_chunks::<2>();
    let units =
        pairs.iter().map(|pair| if big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) });
    let mut at = start;
    for unit in char::decode_utf16(units) {
        let len = unit.as_ref().map_or(2, |c| c.len_utf16() * 2);
        match unit {
            Ok(c) => out.char(c, at, len),
            Err(_) => out.undecodable(at, len),
        }
        at += len;
    }
    if !rest.is_empty() {
        out.undecodable(at, rest.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::ByteSpan;
    use crate::span::TextSpan;
    use crate::transcript::Diagnostic;

    /// Decodes, and checks that each character's bytes decode to it on their own.
    fn check(bytes: &[u8], charset: Option<&str>, expect: &str) -> Vec<Diagnostic> {
        let decoded = decode(bytes, charset).unwrap();
        assert_eq!(decoded.text, expect);
        let mut end = 0;
        for (at, c) in decoded.text.char_indices() {
            let spans = decoded.map.to_bytes(TextSpan::new(at, at + c.len_utf8()));
            assert_eq!(spans.len(), 1, "{c:?}");
            assert!(spans[0].start() >= end, "in order");
            end = spans[0].end();
        }
        assert_eq!(end, bytes.len(), "to the end");
        decoded.diagnostics
    }

    fn utf16_bytes(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    #[test]
    fn unicode() {
        let text = "Q: Что вы думаете?\nA: Да — 好的. 🎙";
        check(text.as_bytes(), None, text);
        check(&[b"\xEF\xBB\xBF", text.as_bytes()].concat(), None, text);
        check(&[b"\xFF\xFE".as_slice(), &utf16_bytes(text, true)].concat(), None, text);
        check(&[b"\xFE\xFF".as_slice(), &utf16_bytes(text, false)].concat(), None, text);
        check(&utf16_bytes(text, true), None, text);
        check(&utf16_bytes(text, false), None, text);
    }

    #[test]
    fn legacy_pages() {
        let russian = "Корреспондент: Скажите, пожалуйста, как прошла встреча министров? Ответ: Хорошо.";
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(russian);
        check(&bytes, None, russian);
        let (bytes, ..) = encoding_rs::KOI8_R.encode(russian);
        check(&bytes, Some("koi8-r"), russian);
        let chinese = "记者：请您谈谈这次会议的情况。\n部长：会议非常成功, thank you。";
        let (bytes, ..) = encoding_rs::GBK.encode(chinese);
        check(&bytes, None, chinese);
        let japanese = "記者:今日の会議はいかがでしたか。大臣:とても良かったです。";
        let (bytes, ..) = encoding_rs::SHIFT_JIS.encode(japanese);
        check(&bytes, None, japanese);
        let (bytes, ..) = encoding_rs::ISO_2022_JP.encode("会議です");
        assert_eq!(decode(&bytes, Some("iso-2022-jp")).unwrap().text, "会議です");
        let page = "<meta charset=\"iso-8859-2\"><p>Proč jste přišel? Žádný důvod.</p>";
        let (bytes, ..) = encoding_rs::ISO_8859_2.encode(page);
        check(&bytes, None, page);
    }

    #[test]
    fn damage_is_reported_and_junk_refused() {
        let mut bytes = "Ответ: да, конечно, мы встретимся".as_bytes().to_vec();
        bytes.insert("Ответ: ".len(), 0xFF);
        let damage = check(&bytes, None, "Ответ: \u{FFFD}да, конечно, мы встретимся");
        assert_eq!(damage[0].spans, [ByteSpan::new(12, 13)]);
        let junk: Vec<u8> = (0..=255).cycle().take(2048).collect();
        assert!(matches!(decode(&junk, None), Err(ExtractError::Unreadable(_))));
        assert!(matches!(decode(b" \n", None), Err(ExtractError::Empty)));
    }
}
