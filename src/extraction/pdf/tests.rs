//! Files written here, object by object.

use std::fmt::Write as _;

use lopdf::Dictionary;
use lopdf::Stream;
use proptest::prelude::*;

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;

/// Fonts of the pages: a regular `F` and a bold `B`.
const FONTS: &str = "/F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> \
                     /B << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>";

/// A file of these objects, of which the first is the catalogue.
fn assemble(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = String::new();
    for (index, object) in objects.iter().enumerate() {
        writeln!(offsets, "{:010} 00000 n ", file.len()).unwrap();
        file.extend([format!("{} 0 obj\n", index + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let (start, count) = (file.len(), objects.len() + 1);
    file.extend(format!("xref\n0 {count}\n0000000000 65535 f \n{offsets}").bytes());
    file.extend(format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF").bytes());
    file
}

fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("<< /Length {} {entries} >>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream"].concat()
}

fn compressed(content: Vec<u8>) -> Vec<u8> {
    let mut packed = Stream::new(Dictionary::new(), content);
    packed.compress().unwrap();
    stream("/Filter /FlateDecode", &packed.content)
}

/// A file of these pages' contents, with more resources, and objects from number 100 on.
fn with(contents: &[Vec<u8>], resources: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let kids: Vec<String> = (0..contents.len()).map(|page| format!("{} 0 R", 3 + page * 2)).collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), contents.len()).into_bytes(),
    ];
    for (page, content) in contents.iter().enumerate() {
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << {resources} >> /Contents {} 0 R >>",
                4 + page * 2
            )
            .into_bytes(),
        );
        objects.push(content.clone());
    }
    objects.resize(99, b"null".to_vec());
    objects.extend_from_slice(more);
    assemble(&objects)
}

fn file(pages: &[&str]) -> Vec<u8> {
    let contents: Vec<Vec<u8>> = pages.iter().map(|content| stream("", content.as_bytes())).collect();
    with(&contents, &format!("/Font << {FONTS} >>"), &[])
}

fn read(file: &[u8]) -> Extraction {
    super::extract(file, &Limits::default()).unwrap()
}

fn blocks(extraction: &Extraction) -> Vec<(u32, &str)> {
    let block = |block: &'_ crate::transcript::Block| (block.page.unwrap().get(), block.span);
    extraction.blocks.iter().map(block).map(|(page, span)| (page, span.of(&extraction.text))).collect()
}

fn check(pages: &[&str], expect: &[(u32, &str)]) {
    assert_eq!(blocks(&read(&file(pages))), expect);
}

/// The blocks of one page of lines, each with where it begins and how far below the last it is.
fn check_lines(lines: &[(u32, u32, &str)], expect: &[&str]) {
    let mut y = 780;
    let mut content = "BT /F 10 Tf\n".to_owned();
    for (x, step, text) in lines {
        y -= step;
        writeln!(content, "1 0 0 1 {x} {y} Tm ({text}) Tj").unwrap();
    }
    content.push_str("ET");
    let extraction = read(&file(&[&content]));
    let blocks: Vec<&str> = blocks(&extraction).into_iter().map(|(_, text)| text).collect();
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
    let extraction = read(&file(&pages));
    assert_eq!(extraction.blocks[0].emphasis[0].span, extraction.blocks[0].span);
    assert!(extraction.blocks[1].emphasis.is_empty());
}

#[test]
fn headers_whose_text_changes() {
    let page = |number: u32, month: &str| {
        format!(
            "BT /F 9 Tf 50 760 Td (The harbour talks, {number} {month} 1988) Tj 0 -60 Td (Ann: Why in {month}?) Tj 0 -30 Td (Bob: So {month}.) Tj 0 -30 Td (Ann: And then {month}?) Tj 0 -30 Td (Bob: Then {month} came.) Tj ET"
        )
    };
    let months = ["May", "June", "July", "August"];
    let pages: Vec<String> = (1..).zip(months).map(|(number, month)| page(number, month)).collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let extraction = read(&file(&pages));
    assert!(!extraction.text.contains("harbour"), "{}", extraction.text);
    assert!(
        extraction.text.starts_with("Ann: Why in May?")
            && extraction.text.ends_with("Bob: Then August came.")
    );
}

const FULL: &str = "Ann: So this is a line that goes on until the right margin of the page is near";

#[test]
fn full_lines_go_on_with_double_spacing() {
    let lines = [
        (50, 0, "A talk about lines, made on the first day of May in a room near the river."),
        (50, 12, "It was held by Ann and Bob, and it is printed here in the very words in which"),
        (50, 12, "it was held."),
        (50, 48, FULL),
        (50, 24, "and here it ends."),
        (50, 24, "Bob: Yes, and this is another line that goes on until the right margin is there"),
        (50, 24, "which ends here."),
        (50, 24, "Ann: Why?"),
        (50, 24, "Bob: So that once more there is a line that goes on to the right margin and on"),
        (50, 24, "before it ends."),
    ];
    let expect = [
        "A talk about lines, made on the first day of May in a room near the river.\n\
         It was held by Ann and Bob, and it is printed here in the very words in which it was held.",
        &format!("{FULL} and here it ends."),
        "Bob: Yes, and this is another line that goes on until the right margin is there which ends here.",
        "Ann: Why?",
        "Bob: So that once more there is a line that goes on to the right margin and on before it ends.",
    ];
    check_lines(&lines, &expect);
}

#[test]
fn numbers_of_lines_are_left_out() {
    let texts = [
        "Q. Where were you?",
        "A. At home.",
        "Q. Alone?",
        "A. With my",
        "brother.",
        "Q. Thank you.",
        "A. Yes.",
    ];
    for x in [20, 560] {
        let mut content = "BT /F 10 Tf\n".to_owned();
        for (index, text) in texts.iter().enumerate() {
            let (y, number) = (700 - 20 * index, index + 1);
            writeln!(content, "1 0 0 1 {x} {y} Tm ({number}) Tj 1 0 0 1 60 {y} Tm ({text}) Tj").unwrap();
        }
        content.push_str("ET");
        assert_eq!(read(&file(&[&content])).text, texts.join("\n"), "{x}");
    }
}

#[test]
fn columns_drawn_row_by_row() {
    let left = [
        "Ann: Where does the river go when",
        "it leaves the town and its mills?",
        "Bob: To the sea, by the way of the",
        "old canal and the two new locks.",
        "Ann: And the boats that are on it?",
    ];
    let right = [
        "Bob: They go where the river goes,",
        "if there is enough water for them.",
        "Ann: Is there enough of it today?",
        "Bob: There is, but in a dry summer",
        "they lie on the mud for some weeks.",
    ];
    let mut content = "BT /F 10 Tf\n".to_owned();
    for (index, (left, right)) in left.iter().zip(right).enumerate() {
        let y = 700 - 12 * index;
        writeln!(content, "1 0 0 1 50 {y} Tm ({left}) Tj 1 0 0 1 320 {y} Tm ({right}) Tj").unwrap();
    }
    content.push_str("ET");
    let text = read(&file(&[&content])).text.replace('\n', " ").replace("  ", " ");
    assert_eq!(text, [left, right].concat().join(" "));
}

#[test]
fn words_cut_at_the_end_of_a_line() {
    let lines = [
        (50, 0, "Ann: The har-"),
        (50, 12, "bour was closed by self-"),
        (50, 12, "taught men. They were self-taught, all of"),
        (50, 12, "them, and well-"),
        (50, 12, "known. It went well, and is known."),
    ];
    let text = "Ann: The harbour was closed by self-taught men. They were self-taught, all of them, and well-known. It went well, and is known.";
    check_lines(&lines, &[text]);
}

#[test]
fn headings_are_larger() {
    let page = "BT /B 20 Tf 50 700 Td (The harbour) Tj /F 10 Tf 0 -30 Td (Ann: Why is it so, and how did it come to be?) Tj ET";
    let kinds: Vec<BlockKind> = read(&file(&[page])).blocks.iter().map(|block| block.kind).collect();
    assert_eq!(kinds, [BlockKind::Heading(1), BlockKind::Paragraph]);
}

#[test]
fn fonts_with_an_encoding_in_their_program() {
    let program = b"%!PS-AdobeFont-1.0: X\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\n\
                    dup 12 /fi put\ndup 13 /fl put\ndup 34 /quotedblright put\ndup 92 /quotedblleft put\n\
                    dup 123 /endash put\nreadonly def\ncurrentfile eexec";
    let font = "/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+X /FontDescriptor 100 0 R >> >>";
    let descriptor = b"<< /Type /FontDescriptor /FontName /ABCDEF+X /Flags 4 /FontFile 101 0 R >>".to_vec();
    let content = stream("", b"BT /F 10 Tf 50 700 Td (Ann: A \\\\\x0Crst\" {\x0Door?) Tj ET");
    let extraction = read(&with(&[content], font, &[descriptor, stream("", program)]));
    assert_eq!(extraction.text, "Ann: A “first” –floor?");
}

#[test]
fn differences_and_maps_to_unicode() {
    let font = "/Font << /F << /Type /Font /Subtype /TrueType /BaseFont /X /Encoding << /BaseEncoding /WinAnsiEncoding \
                /Differences [1 /f_f_i /g17 /Euro] >> /ToUnicode 100 0 R >> >>";
    let map = stream("", b"1 beginbfchar <03> <0061> endbfchar");
    let content = stream("", b"BT /F 10 Tf 50 700 Td (O\x01ce \x03 \x02nd) Tj ET");
    let extraction = read(&with(&[content], font, &[map]));
    assert_eq!(extraction.text, "Office a \u{FFFD}nd");
    assert!(extraction.diagnostics.iter().any(|diagnostic| diagnostic.message.starts_with("1 letters")));
}

#[test]
fn forms_and_replaced_text() {
    let resources = format!("/Font << {FONTS} >> /XObject << /X 100 0 R >>");
    let form = stream(
        "/Type /XObject /Subtype /Form /Matrix [1 0 0 1 0 -30]",
        b"BT /F 10 Tf 50 700 Td (Bob: So.) Tj ET",
    );
    let content = stream(
        "",
        b"BT /F 10 Tf 50 700 Td (Ann: Wh) Tj /Span << /ActualText (y?) >> BDC (x) Tj (x) Tj EMC ET /X Do \
          /Artifact << /Type /Pagination >> BDC BT /F 10 Tf 50 30 Td (Printed) Tj ET EMC",
    );
    assert_eq!(read(&with(&[content], &resources, &[form])).text, "Ann: Why?\nBob: So.");
}

#[test]
fn what_is_refused() {
    let refuse = |bytes: &[u8]| super::extract(bytes, &Limits::default()).unwrap_err();
    assert!(matches!(refuse(b"%PDF-1.4 nothing"), ExtractError::Unreadable(_)));
    let scanned = refuse(&file(&["0 0 m"])).to_string();
    assert!(scanned.contains("no text layer") && scanned.contains("OCR"), "{scanned}");
    let font = "/Font << /F << /Type /Font /Subtype /Type3 /Encoding << /Differences [65 /g1 /g2] >> >> >>";
    let unknown = refuse(&with(&[stream("", b"BT /F 10 Tf (ABAB) Tj ET")], font, &[])).to_string();
    assert!(unknown.contains("which letters"), "{unknown}");
    let limits = Limits { text_bytes: 8, ..Limits::default() };
    let long = super::extract(&file(&["BT /F 12 Tf (Why is it so?) Tj ET"]), &limits);
    assert!(matches!(long, Err(ExtractError::OverLimit { limit: "text_bytes", .. })));
}

/// A stream of objects of some kilobytes does not become millions of them.
#[test]
fn objects_are_counted_before_they_are_read() {
    let packed = |name: &str, content: Vec<u8>| {
        let mut stream = Stream::new(Dictionary::new(), content);
        stream.compress().unwrap();
        self::stream(&format!("/Type /{name} /N 1 /First 4 /Filter /FlateDecode"), &stream.content)
    };
    let font = format!("/Font << {FONTS} >>");
    let page = stream("", b"BT /F 10 Tf 50 700 Td (Ann: Why?) Tj ET");
    let read = |more: Vec<u8>| {
        super::extract(&with(std::slice::from_ref(&page), &font, &[more]), &Limits::default())
    };
    let many = [b"200 0 ".as_slice(), &b"[0] ".repeat(3 << 20)].concat();
    let over = |result| matches!(result, Err(ExtractError::OverLimit { limit: "pdf_objects", .. }));
    assert!(over(read(packed("ObjStm", many.clone()))));
    assert!(over(read(packed("Obj#53tm", many.clone()))));
    assert!(read(packed("ObjStm", b"200 0 [0]".to_vec())).is_ok());
    // Other streams than those of objects are not read until they are needed.
    assert!(read(packed("Metadata", many)).is_ok());
}

/// A stream is charged each time that it is read.
#[test]
fn expansion_is_limited() {
    let limits = Limits { text_bytes: 1 << 20, ..Limits::default() };
    let read = |file: &[u8]| super::extract(file, &limits);
    let over = |result| matches!(result, Err(ExtractError::OverLimit { limit: "text_bytes", .. }));
    let font = format!("/Font << {FONTS} >>");
    let operators = |count: usize| compressed(b"0 0 m ".repeat(count));
    assert!(over(read(&with(&[operators(200_000)], &font, &[]))));
    assert!(over(read(&with(&vec![operators(30_000); 8], &font, &[]))));
    // A form that draws another one many times over.
    let forms = format!("{font} /XObject << /X 100 0 R /Y 101 0 R >>");
    let outer = stream("/Subtype /Form", &b"/Y Do ".repeat(100));
    let inner = stream("/Subtype /Form", b"BT /F 10 Tf (x) Tj ET");
    let content = stream("", &b"/X Do ".repeat(100));
    assert!(over(read(&with(&[content], &forms, &[outer, inner]))));
    // A form that draws itself.
    let itself = stream("/Subtype /Form", b"BT /F 10 Tf (Why?) Tj ET /X Do");
    let content = stream("", b"/X Do");
    assert!(read(&with(&[content], &forms, &[itself])).is_ok());
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

    /// Any content stream is read without a panic.
    #[test]
    fn any_content(content in prop::collection::vec(any::<u8>(), 0..300)) {
        let _read = super::extract(&with(&[stream("", &content)], &format!("/Font << {FONTS} >>"), &[]), &Limits::default());
    }

    /// So is any font program.
    #[test]
    fn any_font_program(program in prop::collection::vec(any::<u8>(), 0..300), kind in 1_u8..4) {
        let font = "/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /X /FontDescriptor 100 0 R >> >>";
        let descriptor = format!("<< /FontName /X /FontFile{kind} 101 0 R >>").into_bytes();
        let content = stream("", b"BT /F 10 Tf 50 700 Td (Ann: Why?) Tj ET");
        let program = [[0, 1, 0, 0].as_slice(), [1, 0, 4, 1].as_slice(), b"/Encoding "]
            .get(usize::from(kind) - 1)
            .map_or(program.clone(), |head| [head, program.as_slice()].concat());
        let _read = super::extract(&with(&[content], font, &[descriptor, stream("", &program)]), &Limits::default());
    }
}
