//! Formats that the first bytes of a file prove, and those that are refused by name.

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::common::package::Package;
use crate::transcript::Format;

/// How much of a file is searched for the name of what is inside an old Office file.
const SEARCHED: usize = 4 << 20;

const SOUND: &str = "a sound recording; send its transcript";
const VIDEO: &str = "a video or a sound recording; send its transcript or its subtitles (WebVTT, SubRip)";
const PICTURE: &str = "a picture; send its text";
const ARCHIVE: &str = "a compressed archive; send what is in it";

/// The bytes that prove a format, and their place.
const REFUSED: [(usize, &[u8], &str); 32] = [
    (0, b"\x1F\x8B", ARCHIVE),
    (0, b"BZh", ARCHIVE),
    (0, b"\xFD7zXZ\0", ARCHIVE),
    (0, b"7z\xBC\xAF\x27\x1C", ARCHIVE),
    (0, b"Rar!\x1A\x07", ARCHIVE),
    (0, b"\x28\xB5\x2F\xFD", ARCHIVE),
    (257, b"ustar", ARCHIVE),
    (0, b"\x89PNG\r\n", PICTURE),
    (0, b"\xFF\xD8\xFF", PICTURE),
    (0, b"GIF87a", PICTURE),
    (0, b"GIF89a", PICTURE),
    (0, b"II*\0", PICTURE),
    (0, b"MM\0*", PICTURE),
    (8, b"WEBP", PICTURE),
    (4, b"ftypheic", PICTURE),
    (4, b"ftypavif", PICTURE),
    (4, b"ftyp", VIDEO),
    (0, b"\x1A\x45\xDF\xA3", VIDEO),
    (0, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", VIDEO),
    (8, b"AVI ", VIDEO),
    (0, b"FLV\x01", VIDEO),
    (0, b"\0\0\x01\xBA", VIDEO),
    (0, b"ID3", SOUND),
    (0, b"\xFF\xFB", SOUND),
    (0, b"\xFF\xF3", SOUND),
    (0, b"\xFF\xF1", SOUND),
    (8, b"WAVE", SOUND),
    (0, b"OggS", SOUND),
    (0, b"fLaC", SOUND),
    (0, b"#!AMR", SOUND),
    (8, b"AIFF", SOUND),
    (3, b"STL", "EBU STL subtitles, which are binary; save them as SubRip, WebVTT or TTML"),
];

/// The format of the bytes; `None` where they may be text, and a refusal where they are of a kind
/// that is not read.
pub(crate) fn container(bytes: &[u8], limits: &Limits) -> Result<Option<Format>, ExtractError> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    let mark = head.windows(5).position(|window| window == b"%PDF-");
    let before = mark.and_then(|mark| head.get(..mark));
    // Junk before the mark is common; a text that speaks of it is none.
    if before.is_some_and(|before| before.iter().filter(|byte| byte.is_ascii_alphabetic()).count() < 8) {
        return Ok(Some(Format::Pdf));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Package::open(bytes, limits)?.format().map(Some);
    }
    if head.trim_ascii_start().starts_with(b"{\\rtf") {
        return Ok(Some(Format::Rtf));
    }
    let what = if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        Some(old_office(bytes))
    } else {
        REFUSED.iter().find(|signature| is_at(head, signature)).map(|(.., what)| *what)
    };
    match what {
        Some(what) => Err(ExtractError::Unreadable(format!("the document is {what}"))),
        None => Ok(None),
    }
}

/// Whether a signature is where it belongs. One of letters, or of two bytes, is no proof alone.
fn is_at(head: &[u8], (at, signature, _): &(usize, &[u8], &str)) -> bool {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'));
    if !head.get(*at..).is_some_and(|rest| rest.starts_with(signature)) {
        return false;
    }
    match *at {
        // RIFF and IFF name the kind of their content after eight bytes; EBU STL its frame rate
        // after three.
        8 => head.starts_with(b"RIFF") || head.starts_with(b"FORM"),
        3 => {
            head.get(6..8).is_some_and(|rate| rate.iter().all(u8::is_ascii_digit))
                && head.get(8..11) == Some(b".01")
        }
        // A text may begin with these letters; a recording has bytes that no text has.
        0 if signature.is_ascii() && signature.iter().all(u8::is_ascii_graphic) => !text(valid_part(head)),
        _ => true,
    }
}

/// The head without a character that its end cuts.
fn valid_part(head: &[u8]) -> &[u8] {
    match std::str::from_utf8(head) {
        Err(error) if error.error_len().is_none() => head.get(..error.valid_up_to()).unwrap_or(head),
        _ => head,
    }
}

/// Which program an old Office file is of: the names of its streams are in UTF-16.
fn old_office(bytes: &[u8]) -> &'static str {
    let searched = bytes.get(..SEARCHED).unwrap_or(bytes);
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        searched.windows(wide.len()).any(|window| window == wide)
    };
    if has("WordDocument") {
        "an old binary Word file (.doc); save it as .docx"
    } else if has("Workbook") {
        "an old binary Excel file (.xls); save the sheet of the transcript as CSV"
    } else if has("PowerPoint Document") {
        "an old binary PowerPoint file (.ppt); save its text as .docx or plain text"
    } else {
        "an old binary Office file (.doc, .xls or .ppt); save it as .docx or CSV"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expect: &str) {
        let found = match container(bytes, &Limits::default()) {
            Ok(format) => format!("{format:?}"),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expect), "{found:?}, not {expect:?}: {bytes:?}");
    }

    #[test]
    fn what_is_refused_is_named_with_what_to_do() {
        check(b"\xFF\xFB\x90\x64\0\0", "sound recording; send its transcript");
        check(b"RIFF\x24\0\0\0WAVEfmt ", "sound recording");
        check(b"\0\0\0\x20ftypisom", "video");
        check(b"OggS\0\x02\0", "sound recording");
        check(b"GIF89a\x01\0\x01\0", "picture");
        check(b"RIFF\x24\0\0\0WEBPVP8 ", "picture");
        check(b"850STL25.01100", "EBU STL");
        let doc: Vec<u8> = "WordDocument".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&[b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &doc].concat(), "save it as .docx");
        check(b"PK\x03\x04 damaged", "ZIP container is damaged");
    }

    #[test]
    fn texts_that_begin_like_signatures_are_texts() {
        check(b"ID3 tags, Ann: what are they?", "None");
        check(b"BZh was his name.", "None");
        check(b"Ann: RIFF is a format", "None");
        check(b"They say that %PDF- is a mark.", "None");
        check(b"{\\rtf1 Ann: Why?}", "Rtf");
        check(b"\0\0 %PDF-1.4", "Pdf");
    }
}
