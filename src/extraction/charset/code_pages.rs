//! Legacy code pages, character by character, so that each one's bytes are known.

use encoding_rs::DecoderResult;
use encoding_rs::Encoding;
use encoding_rs::ISO_2022_JP;

use crate::extraction::charset::decoded::Text;

/// Decodes `body`, which starts at byte 0 of the source: a legacy page has no byte order mark.
pub(crate) fn decode(body: &[u8], encoding: &'static Encoding, out: &mut Text) {
    if encoding.is_single_byte() {
        single_byte(body, encoding, out);
    } else {
        multi_byte(body, encoding, out);
    }
}

fn single_byte(body: &[u8], encoding: &'static Encoding, out: &mut Text) {
    let table: Vec<Option<char>> = (0..=u8::MAX)
        .map(|byte| encoding.decode_without_bom_handling_and_without_replacement(&[byte])?.chars().next())
        .collect();
    for (at, byte) in body.iter().enumerate() {
        match table.get(usize::from(*byte)).copied().flatten() {
            Some(c) => out.char(c, at, 1),
            None => out.undecodable(at, 1),
        }
    }
}

/// Feeds the decoder a byte at a time: the output decodes the bytes since the last output.
fn multi_byte(body: &[u8], encoding: &'static Encoding, out: &mut Text) {
    let mut feeder = encoding.new_decoder_without_bom_handling();
    let mut buffer = [0; 16];
    let mut pending = 0;
    let mut at = 0;
    // In ISO-2022-JP an ASCII byte may be half a character.
    let plain_ascii = encoding != ISO_2022_JP;
    loop {
        if plain_ascii && pending == at {
            let rest = body.get(at..).unwrap_or_default();
            let run = rest.iter().take_while(|byte| byte.is_ascii()).count();
            if let Some(ascii) = rest.get(..run).and_then(|run| std::str::from_utf8(run).ok()) {
                out.units(ascii, at, 1, 1);
            }
            at += run;
            pending = at;
        }
        let input = body.get(at..at + 1).unwrap_or_default();
        let last = input.is_empty();
        let (result, read, written) = feeder.decode_to_utf8_without_replacement(input, &mut buffer, last);
        at += read;
        let decoded =
            buffer.get(..written).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        if let DecoderResult::Malformed(bad, good) = result {
            let end = at.saturating_sub(usize::from(good));
            let start = end.saturating_sub(usize::from(bad)).max(pending);
            if !decoded.is_empty() {
                out.units(decoded, pending, decoded.len(), start - pending);
            }
            out.undecodable(start, end.max(start) - start);
            pending = end.max(start);
        } else if !decoded.is_empty() {
            out.units(decoded, pending, decoded.len(), at - pending);
            pending = at;
        }
        if last && matches!(result, DecoderResult::InputEmpty) {
            break;
        }
    }
}
