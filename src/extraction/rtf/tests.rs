//! Documents of a few words.

use proptest::prelude::*;

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;

fn check(body: &[u8], expect: &[(BlockKind, &str)]) -> Extraction {
    let head = b"{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fcharset0 Times;}{\\f1\\fcharset204 Times;}{\\f2\\fcharset128 Song;}}\
        {\\stylesheet{\\s0 Normal;}{\\s1\\b heading 1;}}{\\info{\\title On \\'e9t\\'e9}{\\author No One}{\\creatim\\yr2019\\mo5\\dy2}}";
    let document = [head.as_slice(), body, b"}"].concat();
    let extraction = super::extract(&document, &Limits::default()).unwrap();
    assert_eq!(extraction.metadata.title, "On été");
    assert_eq!(extraction.metadata.published, "2019-05-02");
    let blocks: Vec<_> =
        extraction.blocks.iter().map(|block| (block.kind, block.span.of(&extraction.text))).collect();
    assert_eq!(blocks, expect, "{}", String::from_utf8_lossy(body));
    extraction
}

#[test]
fn paragraphs_styles_and_what_is_not_text() {
    let found = check(
        b"\\pard\\plain\\s1 A talk\\par\\pard\\plain{\\b Ann:} Why\r\n so\\line now?{\\footnote no}{\\*\\bkmkstart x}{\\deleted gone}{\\v no}\\par\
          {\\header Page 1}{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt So.}}{\\pict\\bin3 {}{ 00ff}\\par{\\listtext 1.\\tab}One\\par",
        &[
            (BlockKind::Heading(1), "A talk"),
            (BlockKind::Paragraph, "Ann: Why so\nnow?"),
            (BlockKind::Paragraph, "So."),
            (BlockKind::ListItem, "One"),
        ],
    );
    assert_eq!(found.blocks[1].emphasis.len(), 1);
    assert_eq!(found.blocks[1].emphasis[0].span.of(&found.text), "Ann:");
}

#[test]
fn letters_in_every_way() {
    check(
        b"\\pard caf\\'e9 \\u8217?s \\uc2\\u1076\\'e4x\\uc1 \\f1\\'c4\\'e0 \\u-10179?\\u-8704?{\\f2\\'82\\'a0} \\{\\emdash\\~\\par",
        &[(BlockKind::Paragraph, "café ’s дДа 😀あ {—\u{a0}")].map(|(kind, text)| (kind, text.trim_end_matches('\u{a0}'))),
    );
    check(b"\\pard caf\xE9, \\f1 \xC4\xE0\\par", &[(BlockKind::Paragraph, "café, Да")]);
    let utf8 = super::extract("{\\rtf1 Да\\par}".as_bytes(), &Limits::default()).unwrap();
    assert_eq!(utf8.text.trim(), "Да");
}

#[test]
fn spans_lead_to_the_bytes() {
    let document = b"{\\rtf1 caf\\'e9 {\\b noir}\\par}";
    let extraction = super::extract(document, &Limits::default()).unwrap();
    let spans = extraction.map.to_bytes(extraction.blocks[0].span);
    let quoted: Vec<&[u8]> = spans.iter().map(|span| span.of(document).unwrap()).collect();
    assert_eq!(quoted, [b"caf\\'e9 ".as_slice(), b"noir"]);
}

#[test]
fn tables_have_rows_and_cells() {
    let row = |one: &str, two: &str| format!("\\trowd\\pard\\intbl {one}\\cell {two}\\cell\\row ");
    let body = [row("Speaker", "Text"), row("Ann", "Why?"), row("Bo", "So.")].concat() + "\\pard After\\par";
    let document = format!("{{\\rtf1 {body}}}");
    let extraction = super::extract(document.as_bytes(), &Limits::default()).unwrap();
    let blocks: Vec<_> = extraction
        .blocks
        .iter()
        .map(|block| (block.speaker.as_deref(), block.span.of(&extraction.text)))
        .collect();
    assert_eq!(blocks, [(Some("Ann"), "Why?"), (Some("Bo"), "So."), (None, "After")]);
}

#[test]
fn nesting_is_capped() {
    let deep = format!("{{\\rtf1 {}", "{".repeat(1000));
    let read = super::extract(deep.as_bytes(), &Limits::default());
    assert!(matches!(read, Err(ExtractError::OverLimit { limit: "nesting", .. })));
}

proptest! {
    /// Any sequence of what RTF is made of is read without a panic, and every span is in the
    /// source.
    #[test]
    fn any_tokens(body in "(\\\\(par|cell|row|intbl|b|i0|u[0-9]{1,5}|uc[0-3]|f[0-2]|'[0-9a-f]{2}|bin2|pard|\\*|~|-) ?|[{}a-z é]){0,60}") {
        let document = format!("{{\\rtf1{{\\fonttbl{{\\f2\\fcharset128;}}}}{body}");
        if let Ok(extraction) = super::extract(document.as_bytes(), &Limits::default()) {
            for block in &extraction.blocks {
                for span in extraction.map.to_bytes(block.span) {
                    prop_assert!(span.of(document.as_bytes()).is_some());
                }
            }
        }
    }
}
