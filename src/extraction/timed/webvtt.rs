//! WebVTT: cues with times and voices; notes, styles and regions are left out.

use crate::extraction::Decoded;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::timed::cues;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// Reads subtitles.
pub(crate) fn extract(decoded: &Decoded<'_>) -> Extraction {
    let text: &str = &decoded.text;
    let mut draft = ExtractionBuilder::new(decoded);
    let header = text.find("\n\n").or_else(|| text.find("\r\n\r\n")).or_else(|| text.find("\r\r"));
    if let Some(header) = text.get(..header.unwrap_or_default()) {
        for line in header.lines() {
            if let Some(title) = line.strip_prefix("WEBVTT") {
                draft.metadata.title = title.trim_start_matches([' ', '\t', '-', '–']).trim().into();
            } else if let Some(language) = line.strip_prefix("Language:") {
                draft.metadata.language = language.trim().into();
            }
        }
    }
    let cues = cues::split(text, 0, |line| !is_comment(line));
    cues::write(&mut draft, text, cues);
    draft.finish(Format::WebVtt)
}

/// The openings of blocks that are no cues. Other text after a blank line inside a cue is the
/// cue's, because files are sloppy.
fn is_comment(line: &str) -> bool {
    ["NOTE", "STYLE", "REGION"].iter().any(|word| {
        line.strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || (*word == "NOTE" && rest.starts_with([' ', '\t'])))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    fn check(document: &str, expect: &[(u64, Option<&str>, &str)]) {
        let extraction = extract(&decoding::decode(document.as_bytes(), None).unwrap());
        let blocks: Vec<_> = extraction
            .blocks
            .iter()
            .map(|block| {
                (
                    block.time.unwrap().start.as_secs(),
                    block.speaker.as_deref(),
                    block.span.of(&extraction.text),
                )
            })
            .collect();
        assert_eq!(blocks, expect, "{document}");
    }

    #[test]
    fn voices_notes_and_tags() {
        check(
            "WEBVTT - Talk\nLanguage: en\n\nNOTE by hand\nof Ann\n\nSTYLE\n::cue { color: red }\n\nintro\n00:01.000 --> 00:02.000 \
             align:start\n<v.loud Ann B&amp;C>What <i>is</i> it\nabout?</v>\n\n2\n01:00:03.000 --> 01:00:04.000\n<v Bob>This &lt;one&gt;, \
             <00:03.500><c>and</c> 1 < 2.\n\n",
            &[(1, Some("Ann B&C"), "What is it\nabout?"), (3603, Some("Bob"), "This <one>, and 1 < 2.")],
        );
    }

    #[test]
    fn two_speakers_in_a_cue() {
        check(
            "WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\n<v A>Why?</v><v B>So.</v>\r\n\r\n00:02.000 --> 00:03.000\r\n- Really?\r\n- Yes.\r\n",
            &[(1, Some("A"), "Why?"), (1, Some("B"), "So."), (2, None, "- Really?"), (2, None, "- Yes.")],
        );
    }

    #[test]
    fn rolling_captions_are_said_once() {
        check(
            "WEBVTT\n\n00:00.000 --> 00:01.000\nwe are\n\n00:01.000 --> 00:02.000\nwe are\nlive<00:01.500><c> now</c>\n\n00:02.000 --> \
             00:02.010\nlive now\n \n\n00:02.010 --> 00:03.000\nlive now\nfrom here\n",
            &[(0, None, "we are"), (1, None, "live now"), (2, None, "from here")],
        );
    }
}
