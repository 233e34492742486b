//! Properties that hold for every format, whatever the bytes.

use proptest::prelude::*;

use crate::extraction::Limits;
use crate::extraction::extract;
use crate::span::TextSpan;
use crate::transcript::Extraction;
use crate::transcript::Source;

const MEDIA_TYPES: [&str; 24] = [
    "",
    "text/plain",
    "text/markdown",
    "text/html",
    "text/vtt",
    "application/x-subrip",
    "application/json",
    "text/csv",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/html; charset=gb18030",
    "application/ttml+xml",
    "text/x-sbv",
    "text/x-ass",
    "text/x-chat",
    "text/x-eaf+xml",
    "application/tei+xml",
    "text/x-textgrid",
    "application/x-trs+xml",
    "application/rtf",
    "application/rtf; charset=utf-16",
    "application/vnd.oasis.opendocument.text",
    "application/epub+zip",
    "application/xml",
];

/// Reads bytes as every format, and checks what every extraction promises.
fn check(bytes: &[u8]) {
    for media_type in MEDIA_TYPES {
        let source = Source { bytes, media_type, file_name: "" };
        if let Ok(extraction) = extract(&source, &Limits::default()) {
            promises(&extraction, bytes, media_type);
        }
    }
}

fn promises(extraction: &Extraction, bytes: &[u8], media_type: &str) {
    let text = &extraction.text;
    let source = extraction.rendition.as_deref().map_or(bytes, str::as_bytes);
    let mut end = 0;
    assert!(!extraction.blocks.is_empty(), "{media_type}");
    for block in &extraction.blocks {
        assert!(block.span.start() >= end && !block.span.is_empty(), "{media_type}: blocks in order");
        assert_eq!(block.span.of(text).len(), block.span.len(), "{media_type}: on boundaries of characters");
        end = block.span.end();
        for emphasis in &block.emphasis {
            assert!(
                block.span.contains(emphasis.span) && !emphasis.span.of(text).is_empty(),
                "{media_type}: emphasis inside"
            );
        }
        let mut byte = 0;
        for span in extraction.map.to_bytes(block.span) {
            assert!(
                span.start() >= byte && span.end() <= source.len() && !span.is_empty(),
                "{media_type}: bytes in order"
            );
            byte = span.end();
        }
    }
    for span in extraction.diagnostics.iter().flat_map(|diagnostic| &diagnostic.spans) {
        assert!(span.end() <= source.len(), "{media_type}: diagnostics tell of the source");
    }
    for run in extraction.map.runs().iter().filter(|run| run.text_unit == run.byte_unit && run.text_unit == 1)
    {
        let quoted = source.get(run.byte_start..run.byte_start + run.units).unwrap();
        let said = TextSpan::new(run.text_start, run.text_start + run.units).of(text);
        // White space is the one thing that markup changes in place: a line's end in HTML reads as
        // a space.
        let plain = |bytes: &[u8]| -> Vec<u8> {
            bytes.iter().map(|byte| if byte.is_ascii_whitespace() { b' ' } else { *byte }).collect()
        };
        assert_eq!(plain(quoted), plain(said.as_bytes()), "{media_type}");
    }
}

#[test]
fn a_table_inside_a_cell_is_no_part_of_what_is_said_around_it() {
    let inner = "<table><tr><td>A picture</table>";
    let page =
        format!("<table><tr><th>Question<th>Answer<tr><td>Why?<td><p>So.</p>{inner}<p>And so.</p></table>");
    check(page.as_bytes());
}

#[test]
fn what_a_text_that_was_written_anew_leaves_out_has_no_place_in_it() {
    let line = r#"{"answer": "So.", "question": "Why?"}"#;
    check(format!("{line}\n{}\n{line}", "no JSON ".repeat(40)).as_bytes());
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes);
    }

    #[test]
    fn any_words(text in "(\\PC{0,12}[\n\r\t ]{0,2}){0,30}") {
        check(text.as_bytes());
    }

    #[test]
    fn markup(text in r#"(<p>|</p>|<b>|</b>|<br>|<li>|<td>|</div>|<div class="ad">|<!--|-->|<script>|</script>|<title>|&amp;|&#x41|&|\r\n|\n\n|\*\*|_|# |> |- |\[a\]\(b\)|`|---\n|\{|\}|\[|\]|"|:|,|\\u00e9|\\|"text"|"speaker"|null|1|00:01 --> 00:02\n|WEBVTT\n\n|<v Ann>|é|語|words? ){0,60}"#) {
        check(text.as_bytes());
    }

    #[test]
    fn annotations(text in r#"(<tt>|<p begin='1s' end='2s' agent='a'>|</p>|<br/>|<span agent='b'>|</span>|<TIME_SLOT TIME_SLOT_ID='1' TIME_VALUE='2'/>|<TIER PARTICIPANT='A'>|<ALIGNABLE_ANNOTATION TIME_SLOT_REF1='1' TIME_SLOT_REF2='2'>|<ANNOTATION_VALUE>|</ANNOTATION_VALUE>|<u who='#a'>|</u>|<note>|<Turn speaker='a' startTime='1'>|</Turn>|<Who nb='1'/>|<x speaker='a'>|</x>|<!\[CDATA\[|\]\]>|&amp;|&|@Begin\n|\*A:\t|%mor:\t|\[//\]|<|>|&-uh|\(\.\)|\x15|1_2|\[Events\]\n|Dialogue: 0,0:00:01.00,0:00:02.00,,A,,,,,|\{\\p1\}|\\N|0:00:01.0,0:00:02.0\n|"IntervalTier"|"|""|1 |é|words? |\n){0,60}"#) {
        check(text.as_bytes());
    }

    #[test]
    fn damaged_utf16(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        bytes.splice(0..0, [0xFF, 0xFE]);
        check(&bytes);
    }
}
