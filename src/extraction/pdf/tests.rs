//! Files written here, object by object.

use proptest::prelude::*;

use crate::extraction::ExtractError;
use crate::extraction::Limits;

/// A file of these pages' content streams, each with a regular font `F` and a bold font `B`.
fn file(pages: &[&str]) -> Vec<u8> {
    let fonts = "<< /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> \
                 /B << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >> >>";
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 3 + page * 2)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
    ];
    for (page, content) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font {fonts} >> /Contents {} 0 R >>",
            4 + page * 2
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(format!("{:010} 00000 n \n", file.len()));
        file.extend([(index + 1).to_string().as_str(), " 0 obj\n", object, "\nendobj\n"]);
    }
    let start = file.len();
    let end = format!(
        "xref\n0 {}\n0000000000 65535 f \n{}trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF",
        objects.len() + 1,
        offsets.concat(),
        objects.len() + 1
    );
    [file, end].concat().into_bytes()
}

fn check(pages: &[&str], expect: &[(u32, &str)]) {
    let extraction = super::extract(&file(pages), &Limits::default()).unwrap();
    let blocks: Vec<_> = extraction
        .blocks
        .iter()
        .map(|block| (block.page.unwrap().get(), block.span.of(&extraction.text)))
        .collect();
    assert_eq!(blocks, expect);
}

#[test]
fn lines_paragraphs_and_pages() {
    check(
        &[
            "BT /B 12 Tf 50 700 Td (Ann:) Tj /F 12 Tf 40 0 Td (Why is it so) Tj -40 -14 Td (and how?) Tj 0 -30 Td (Bob: So, it is) Tj ET",
            "BT /F 12 Tf 50 700 Td [(what) -300 (it) -300 (is.)] TJ 0 -30 Td (Ann: I ) Tj (see.) Tj ET",
        ],
        &[(1, "Ann: Why is it so\nand how?"), (1, "Bob: So, it is\nwhat it is."), (2, "Ann: I see.")],
    );
}

#[test]
fn bold_labels_and_page_headers() {
    let page = |number: u32| {
        format!(
            "BT /F 9 Tf 50 760 Td (The Radio, page {number}) Tj /B 12 Tf 0 -60 Td (Why {number}?) Tj /F 12 Tf 0 -30 Td (So.) Tj 0 -14 Td (Yes.) Tj 0 -30 Td ({number}) Tj ET"
        )
    };
    let pages: Vec<String> = (1..=3).map(page).collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let expect =
        [(1, "Why 1?"), (1, "So.\nYes."), (2, "Why 2?"), (2, "So.\nYes."), (3, "Why 3?"), (3, "So.\nYes.")];
    check(&pages, &expect);
    let extraction = super::extract(&file(&pages), &Limits::default()).unwrap();
    assert_eq!(extraction.blocks[0].emphasis[0].span, extraction.blocks[0].span);
    assert!(extraction.blocks[1].emphasis.is_empty());
}

#[test]
fn what_is_refused() {
    let refuse = |bytes: &[u8]| super::extract(bytes, &Limits::default()).unwrap_err();
    assert!(matches!(refuse(b"%PDF-1.4 nothing"), ExtractError::Unreadable(_)));
    assert!(matches!(refuse(&file(&["0 0 m"])), ExtractError::Unreadable(_)));
    let limits = Limits { text_bytes: 8, ..Limits::default() };
    let long = super::extract(&file(&["BT /F 12 Tf (Why is it so?) Tj ET"]), &limits);
    assert!(matches!(long, Err(ExtractError::OverLimit { limit: "text_bytes", .. })));
}

proptest! {
    /// Damage anywhere gives less text or a refusal, never a panic.
    #[test]
    fn damaged_files(changes in prop::collection::vec((0_usize..1500, any::<u8>()), 1..8), cut in 0_usize..2000) {
        let mut bytes = file(&["BT /F 12 Tf 50 700 Td [(Why) -300 (is it) ] TJ 0 -30 Td (So.) Tj ET"; 2]);
        let len = bytes.len();
        for (at, byte) in changes {
            bytes[at % len] = byte;
        }
        bytes.truncate(cut.max(len / 2));
        let _read = super::extract(&bytes, &Limits::default());
    }
}
