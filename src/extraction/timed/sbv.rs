//! SBV, the subtitles that `YouTube` exports: a line of two times, lines of text, a blank line.

use crate::extraction::Decoded;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::clock;
use crate::extraction::timed::cues;
use crate::extraction::timed::cues::Cue;
use crate::span::TextSpan;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::TimeSpan;

/// Reads `0:00:01.000,0:00:02.500`; nothing else may be on the line.
pub(crate) fn timing(line: &str) -> Option<TimeSpan> {
    let (start, end) = line.split_once(',')?;
    let is_clock = |time: &str| time.contains('.') && time.matches(':').count() == 2;
    if !is_clock(start) || !is_clock(end) {
        return None;
    }
    let (start, end) = (clock::clock_time(start.trim())?, clock::clock_time(end.trim())?);
    Some(TimeSpan { start, end: end.max(start) })
}

/// Reads subtitles.
pub(crate) fn extract(decoded: &Decoded<'_>) -> Extraction {
    let text: &str = &decoded.text;
    let mut draft = ExtractionBuilder::new(decoded);
    let mut found: Vec<Cue> = Vec::new();
    for span in lines(text) {
        let line = span.of(text);
        if let Some(time) = timing(line) {
            found.push(Cue { time, lines: Vec::new() });
        } else if !line.is_empty()
            && let Some(cue) = found.last_mut()
        {
            cue.lines.push(span);
        }
    }
    cues::write(&mut draft, text, found);
    draft.finish(Format::Sbv)
}

/// The lines of a text without white space at their ends.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = TextSpan> {
    let mut offset = 0;
    text.split_inclusive(['\n', '\r']).map(move |line| {
        let span = TextSpan::new(offset, offset + line.len());
        offset = span.end();
        span.trimmed(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    #[test]
    fn cues_with_times() {
        let document = "0:00:00.500,0:00:04.800\r\nWhy is\r\nit?\r\n\r\n0:00:05.000,0:00:06.000\r\nIt is 1,5 or 2:30.\r\n";
        let extraction = extract(&decoding::decode(document.as_bytes(), None).unwrap());
        let blocks: Vec<_> = extraction
            .blocks
            .iter()
            .map(|block| (block.time.unwrap().end.as_millis(), block.span.of(&extraction.text)))
            .collect();
        assert_eq!(blocks, [(4_800, "Why is\nit?"), (6_000, "It is 1,5 or 2:30.")]);
        assert_eq!(timing("1:30,2:30"), None);
    }
}
