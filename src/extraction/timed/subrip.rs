//! SubRip subtitles: numbered cues with times.

use crate::extraction::Decoded;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::timed::cues;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// Whether a line is a cue's timing.
pub(crate) fn is_timing(line: &str) -> bool {
    cues::timing(line).is_some()
}

/// Reads subtitles.
pub(crate) fn extract(decoded: &Decoded<'_>) -> Extraction {
    let text: &str = &decoded.text;
    let mut draft = ExtractionBuilder::new(decoded);
    let cues = cues::split(text, 0, |_| true);
    cues::write(&mut draft, text, cues);
    draft.finish(Format::SubRip)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    fn check(document: &str, expect: &[&str]) {
        let extraction = extract(&decoding::decode(document.as_bytes(), None).unwrap());
        let blocks: Vec<_> = extraction.blocks.iter().map(|block| block.span.of(&extraction.text)).collect();
        assert_eq!(blocks, expect, "{document}");
    }

    #[test]
    fn cues() {
        check(
            "1\r\n00:00:01,000 --> 00:00:02,500\r\n{\\an8}<i>What</i> is it\r\nabout?\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nThis.\r\n",
            &["What is it\nabout?", "This."],
        );
        // No blank lines between the cues, one inside a cue, and a year that is no number of a cue.
        check(
            "1\n00:00:01,000 --> 00:00:02,500\nWhen?\n2\n00:00:03,000 --> 00:00:04,000\nIn\n\n1984\n\n3\n00:00:05,000 --> 00:00:06,000\nI see.",
            &["When?", "In\n1984", "I see."],
        );
        // A name in angle brackets is no tag.
        check(
            "1\n00:00:01,000 --> 00:00:02,500\n<Speaker 1> <font color=\"#fff\">When</font>, <I>then</I>?\n\n2\n00:00:03,000 --> 00:00:04,000\n<laughs> 1 < 2 > 0",
            &["<Speaker 1> When, then?", "<laughs> 1 < 2 > 0"],
        );
    }
}
