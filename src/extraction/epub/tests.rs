//! Books written here, part by part.

use std::io::Cursor;
use std::io::Write as _;

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::extraction::ExtractError;
use crate::extraction::Limits;

const CONTAINER: &str =
    "<container><rootfiles><rootfile full-path='OEBPS/book.opf'/></rootfiles></container>";
const BOOK: &str = "<package><metadata><dc:title>Talks &amp; walks</dc:title><dc:language>en</dc:language><dc:date>2016-05-01</dc:date></metadata>\
    <manifest><item id='n' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/><item id='b' href='two.xhtml' \
    media-type='application/xhtml+xml'/><item id='a' href='text/one%20.xhtml' media-type='application/xhtml+xml'/><item id='p' href='p.png' \
    media-type='image/png'/><item id='c' href='gone.xhtml' media-type='application/xhtml+xml'/></manifest>\
    <spine><itemref idref='n'/><itemref idref='a'/><itemref idref='b'/><itemref idref='a'/><itemref idref='c'/><itemref idref='p'/></spine></package>";

fn book(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let fixed = [
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", CONTAINER),
        ("OEBPS/book.opf", BOOK),
    ];
    for (name, text) in fixed.iter().chain(parts) {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn page(body: &str) -> String {
    format!(
        "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head><body>{body}</body></html>"
    )
}

#[test]
fn chapters_in_reading_order() {
    let bytes = book(&[
        ("OEBPS/two.xhtml", &page("<p><b>Why?</b></p><p>So &amp; so.</p>")),
        ("OEBPS/text/one .xhtml", &page("<h1>First talk</h1><p><b>Who was it?</b></p><p>My aunt.</p>")),
        ("OEBPS/nav.xhtml", &page("<p>Contents</p>")),
    ]);
    let extraction = super::extract(&bytes, &Limits::default()).unwrap();
    let blocks: Vec<_> = extraction.blocks.iter().map(|block| block.span.of(&extraction.text)).collect();
    assert_eq!(blocks, ["First talk", "Who was it?", "My aunt.", "Why?", "So & so."]);
    assert_eq!(extraction.blocks[3].emphasis[0].span, extraction.blocks[3].span);
    let rendition = extraction.rendition.as_deref().unwrap();
    for block in &extraction.blocks {
        let bytes = extraction.map.to_bytes(block.span);
        assert_eq!(bytes[0].of(rendition.as_bytes()).unwrap(), block.span.of(&extraction.text).as_bytes());
    }
    let about = &extraction.metadata;
    assert_eq!(
        (about.title.as_str(), about.language.as_str(), about.published.as_str()),
        ("Talks & walks", "en", "2016-05-01")
    );
    assert!(extraction.diagnostics.iter().any(|diagnostic| diagnostic.message.contains("gone.xhtml")));
}

#[test]
fn bombs_are_refused() {
    let limits = Limits { text_bytes: 1 << 20, ..Limits::default() };
    let bomb = book(&[("OEBPS/two.xhtml", &" ".repeat(2 << 20))]);
    assert!(matches!(
        super::extract(&bomb, &limits),
        Err(ExtractError::OverLimit { limit: "text_bytes", .. })
    ));
    let deep = book(&[("OEBPS/two.xhtml", &page(&"<div>".repeat(1000)))]);
    assert!(matches!(super::extract(&deep, &limits), Err(ExtractError::OverLimit { limit: "nesting", .. })));
}

proptest! {
    /// Damage anywhere gives less text or a refusal, never a panic.
    #[test]
    fn damaged_files(changes in prop::collection::vec((0_usize..3000, any::<u8>()), 1..8)) {
        let mut bytes = book(&[("OEBPS/two.xhtml", &page("<p>Why?</p><p>So.</p>"))]);
        let len = bytes.len();
        for (at, byte) in changes {
            bytes[at % len] = byte;
        }
        let _read = super::extract(&bytes, &Limits::default());
    }
}
