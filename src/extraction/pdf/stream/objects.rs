//! How many objects a file has, before it is loaded: each takes some hundred bytes of memory, and a
//! stream of objects of some kilobytes can hold millions of them.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::extraction::ExtractError;

/// The most words and brackets of all objects together; a book of a thousand tagged pages has a
/// tenth.
const MOST_WORDS: usize = 4 << 20;

/// The most that one stream of objects, or of references to them, may expand to.
pub(crate) const MOST_STREAM_BYTES: usize = 16 << 20;

/// Counts the words of objects, and refuses a file that has too many of them.
pub(crate) fn check(bytes: &[u8]) -> Result<(), ExtractError> {
    let mut counter = Counter::default();
    let mut rest = bytes;
    while let Some(at) = find(rest, b"stream") {
        let (head, data) = rest.split_at_checked(at).unwrap_or_default();
        counter.add(head)?;
        let data = data.get(6..).unwrap_or_default();
        let data = data.strip_prefix(b"\r").unwrap_or(data);
        let data = data.strip_prefix(b"\n").unwrap_or(data);
        let head = unescaped(head);
        if find(&head, b"ObjStm").is_some() {
            let filters = count(&head, b"Decode");
            if filters > 1 || filters == 1 && find(&head, b"FlateDecode").is_none() {
                return Err(ExtractError::Unreadable(
                    "the PDF packs its objects in a way that is not read; print it to a new PDF".into(),
                ));
            }
            if filters == 1 {
                counter.expand(data)?;
            }
        }
        let end = find(data, b"endstream").unwrap_or(data.len());
        // Streams without compression are counted at their place.
        if find(&head, b"ObjStm").is_some() {
            counter.add(data.get(..end).unwrap_or_default())?;
        }
        rest = data.get(end + 9..).unwrap_or_default();
    }
    counter.add(rest)
}

#[derive(Debug, Default)]
struct Counter {
    words: usize,
    in_word: bool,
}

impl Counter {
    fn add(&mut self, bytes: &[u8]) -> Result<(), ExtractError> {
        for byte in bytes {
            let is_letter = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
            let is_bracket = matches!(byte, b'[' | b'<' | b'(' | b'/');
            self.words += usize::from(is_bracket || is_letter && !self.in_word);
            self.in_word = is_letter;
        }
        if self.words > MOST_WORDS {
            return Err(ExtractError::OverLimit { limit: "pdf_objects", allowed: MOST_WORDS });
        }
        Ok(())
    }

    /// Counts what compressed data holds. It ends by itself, whatever length its dictionary gives.
    fn expand(&mut self, data: &[u8]) -> Result<(), ExtractError> {
        let mut decoder = ZlibDecoder::new(data).take(MOST_STREAM_BYTES as u64);
        let mut part = [0; 1 << 13];
        while let Ok(len @ 1..) = decoder.read(&mut part) {
            self.add(part.get(..len).unwrap_or_default())?;
        }
        Ok(())
    }
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    let first = *word.first()?;
    let mut from = 0;
    while let Some(rest) = bytes.get(from..).filter(|rest| !rest.is_empty()) {
        let at = from + rest.iter().position(|byte| *byte == first)?;
        if bytes.get(at..)?.starts_with(word) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

fn count(bytes: &[u8], word: &[u8]) -> usize {
    let (mut count, mut rest) = (0, bytes);
    while let Some(at) = find(rest, word) {
        count += 1;
        rest = rest.get(at + word.len()..).unwrap_or_default();
    }
    count
}

/// Names with their escapes resolved: `/Obj#53tm`.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        match (first, more) {
            (b'#', [high, low, after @ ..]) if digit(high).is_some() && digit(low).is_some() => {
                out.extend(digit(high).zip(digit(low)).map(|(high, low)| high << 4 | low));
                rest = after;
            }
            _ => out.push(*first),
        }
    }
    out
}
