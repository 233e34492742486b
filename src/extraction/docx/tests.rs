//! Documents written here, part by part.

use std::io::Cursor;
use std::io::Write as _;

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::transcript::BlockKind;

/// A container with these parts.
fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn document(body: &str) -> String {
    format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>")
}

fn check(body: &str, expect: &[(BlockKind, &str)]) {
    let styles = "<w:styles xmlns:w=\"w\"><w:style w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/></w:style>\
                  <w:style w:styleId=\"Frage\"><w:name w:val=\"Frage\"/><w:rPr><w:b/></w:rPr></w:style></w:styles>";
    let bytes = package(&[("word/document.xml", &document(body)), ("word/styles.xml", styles)]);
    let extraction = super::extract(&bytes, &Limits::default()).unwrap();
    let rendition = extraction.rendition.as_deref().unwrap();
    for block in &extraction.blocks {
        let bytes = extraction.map.to_bytes(block.span);
        assert_eq!(bytes[0].of(rendition.as_bytes()).unwrap(), block.span.of(&extraction.text).as_bytes());
    }
    let blocks: Vec<_> =
        extraction.blocks.iter().map(|block| (block.kind, block.span.of(&extraction.text))).collect();
    assert_eq!(blocks, expect, "{body}");
}

#[test]
fn paragraphs_runs_and_styles() {
    check(
        "<w:p><w:pPr><w:pStyle w:val=\"berschrift1\"/></w:pPr><w:r><w:t>A talk</w:t></w:r></w:p>\
         <w:p><w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">Ann: </w:t></w:r><w:r><w:t>Why &amp; how?</w:t><w:br/><w:t>Now&#8212;</w:t></w:r>\
         <w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>\
         <w:p/><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Bob</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>So.</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
        &[
            (BlockKind::Heading(1), "A talk"),
            (BlockKind::Paragraph, "Ann: Why & how?\nNow—"),
            (BlockKind::Paragraph, "Bob"),
            (BlockKind::Paragraph, "So."),
        ],
    );
}

#[test]
fn emphasis_of_runs_and_styles_and_pages() {
    let body = "<w:p><w:pPr><w:pStyle w:val=\"Frage\"/></w:pPr><w:r><w:t>Why?</w:t></w:r></w:p>\
                <w:p><w:r><w:lastRenderedPageBreak/><w:t>So.</w:t></w:r></w:p>";
    let styles =
        "<w:styles xmlns:w=\"w\"><w:style w:styleId=\"Frage\"><w:rPr><w:b/></w:rPr></w:style></w:styles>";
    let bytes = package(&[("word/document.xml", &document(body)), ("word/styles.xml", styles)]);
    let extraction = super::extract(&bytes, &Limits::default()).unwrap();
    assert_eq!(extraction.blocks[0].emphasis[0].span, extraction.blocks[0].span);
    assert!(extraction.blocks[1].emphasis.is_empty());
    assert_eq!(extraction.blocks[1].page.unwrap().get(), 2);
}

#[test]
fn bombs_and_other_archives_are_refused() {
    let limits = Limits { text_bytes: 1 << 20, ..Limits::default() };
    let bomb = package(&[("word/document.xml", &" ".repeat(2 << 20))]);
    assert!(bomb.len() < 1 << 16);
    assert!(matches!(
        super::extract(&bomb, &limits),
        Err(ExtractError::OverLimit { limit: "text_bytes", .. })
    ));
    let deep = package(&[("word/document.xml", &"<a>".repeat(1000))]);
    assert!(matches!(super::extract(&deep, &limits), Err(ExtractError::OverLimit { limit: "nesting", .. })));
    let other = package(&[("a.txt", "Q: Why?")]);
    assert!(matches!(super::extract(&other, &limits), Err(ExtractError::Unreadable(_))));
    assert!(matches!(super::extract(b"PK\x03\x04", &limits), Err(ExtractError::Unreadable(_))));
}

proptest! {
    /// Damage anywhere gives less text or a refusal, never a panic.
    #[test]
    fn damaged_files(changes in prop::collection::vec((0_usize..1500, any::<u8>()), 1..8), xml in "(<w:(p|r|t|b|tbl|tr|tc|br)/?>|</w:(p|r|t|tbl|tr|tc)>|&amp;|&#x41;|&x;|[a-z<>&]){0,40}") {
        let mut bytes = package(&[("word/document.xml", &document(&xml))]);
        let whole = super::extract(&bytes, &Limits::default());
        let over = matches!(whole, Err(ExtractError::OverLimit { .. }));
        prop_assert!(!over);
        let len = bytes.len();
        for (at, byte) in changes {
            bytes[at % len] = byte;
        }
        let _read = super::extract(&bytes, &Limits::default());
    }
}
