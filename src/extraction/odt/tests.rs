//! Documents written here, part by part.

use std::io::Cursor;
use std::io::Write as _;

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn content(body: &str) -> String {
    format!(
        "<?xml version='1.0'?><office:document-content><office:automatic-styles><style:style style:name='P1' \
         style:parent-style-name='Heading_20_2'/><style:style style:name='T1'><style:text-properties fo:font-weight='bold'/></style:style>\
         </office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
}

fn check(body: &str, expect: &[(BlockKind, Option<&str>, &str)]) -> Extraction {
    let meta = "<office:document-meta><office:meta><dc:title>A talk &amp; more</dc:title><meta:creation-date>2020-02-03T10:00:00</meta:creation-date>\
                </office:meta></office:document-meta>";
    let bytes = package(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", &content(body)),
        ("meta.xml", meta),
    ]);
    let extraction = super::extract(&bytes, &Limits::default()).unwrap();
    assert_eq!(extraction.metadata.title, "A talk & more");
    assert_eq!(extraction.metadata.published, "2020-02-03");
    let rendition = extraction.rendition.as_deref().unwrap();
    for block in &extraction.blocks {
        let bytes = extraction.map.to_bytes(block.span);
        assert_eq!(bytes[0].of(rendition.as_bytes()).unwrap(), block.span.of(&extraction.text).as_bytes());
    }
    let blocks: Vec<_> = extraction
        .blocks
        .iter()
        .map(|block| (block.kind, block.speaker.as_deref(), block.span.of(&extraction.text)))
        .collect();
    assert_eq!(blocks, expect, "{body}");
    extraction
}

#[test]
fn paragraphs_lists_and_what_is_not_text() {
    let found = check(
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>\
         <text:h text:outline-level='1'>On mills</text:h><text:p text:style-name='P1'>Part two</text:p>\
         <text:p><text:span text:style-name='T1'>Ann:</text:span> Why\n   so<text:note><text:note-body><text:p>note</text:p></text:note-body></text:note>\
         <text:s text:c='2'/>late?<text:line-break/>Well&#8212;<office:annotation><text:p>hm</text:p></office:annotation></text:p>\
         <text:p/><text:list><text:list-item><text:p>One</text:p></text:list-item></text:list>",
        &[
            (BlockKind::Heading(1), None, "On mills"),
            (BlockKind::Heading(2), None, "Part two"),
            (BlockKind::Paragraph, None, "Ann: Why so  late?\nWell—"),
            (BlockKind::ListItem, None, "One"),
        ],
    );
    assert_eq!(found.blocks[2].emphasis[0].span.of(&found.text), "Ann:");
}

#[test]
fn tables_are_read_as_rows() {
    let row = |one: &str, two: &str| {
        format!(
            "<table:table-row><table:table-cell><text:p>{one}</text:p></table:table-cell><table:table-cell><text:p>{two}</text:p></table:table-cell>\
             </table:table-row>"
        )
    };
    let rows = [row("Speaker", "Text"), row("Ann", "Why?"), row("Bo", "So.")].concat();
    check(
        &format!("<table:table>{rows}</table:table>"),
        &[(BlockKind::Turn, Some("Ann"), "Why?"), (BlockKind::Turn, Some("Bo"), "So.")],
    );
}

#[test]
fn bombs_nesting_and_other_archives() {
    let limits = Limits { text_bytes: 1 << 20, ..Limits::default() };
    let bomb = package(&[("content.xml", &" ".repeat(2 << 20))]);
    assert!(matches!(
        super::extract(&bomb, &limits),
        Err(ExtractError::OverLimit { limit: "text_bytes", .. })
    ));
    let deep = package(&[("content.xml", &content(&"<text:p>".repeat(1000)))]);
    assert!(matches!(super::extract(&deep, &limits), Err(ExtractError::OverLimit { limit: "nesting", .. })));
    let sheet = package(&[("xl/workbook.xml", "<a/>")]);
    let Err(ExtractError::Unreadable(why)) = super::extract(&sheet, &limits) else { panic!() };
    assert!(why.contains("CSV"), "{why}");
}

proptest! {
    /// Damage anywhere gives less text or a refusal, never a panic.
    #[test]
    fn damaged_files(changes in prop::collection::vec((0_usize..1500, any::<u8>()), 1..8), body in "(<text:(p|h|s|span|list-item)/?>|</text:(p|h|span|list-item)>|<table:table(-row|-cell)?>|&amp;|&x;|[a-z<>& ]){0,40}") {
        let mut bytes = package(&[("content.xml", &content(&body))]);
        let _whole = super::extract(&bytes, &Limits::default());
        let len = bytes.len();
        for (at, byte) in changes {
            bytes[at % len] = byte;
        }
        let _read = super::extract(&bytes, &Limits::default());
    }
}
