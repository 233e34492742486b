//! Files around a fuzzer's bytes: mutation alone hardly ever yields a container whose checksums and offsets hold,
//! so the part that is read is wrapped in one that does.

use std::fmt::Write as _;
use std::io::Cursor;
use std::io::Write as _;

use zip::CompressionMethod;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The input itself where it is an archive; otherwise one that holds it as the document, and what follows a
/// zero byte as the styles.
#[must_use]
pub fn docx(input: &[u8]) -> Vec<u8> {
    let mut parts = input.splitn(2, |byte| *byte == 0);
    archive(input, ["word/document.xml", "word/styles.xml"].into_iter().zip(&mut parts))
}

/// The input itself where it is an archive; otherwise one that holds it as the content, and what follows zero bytes as
/// the styles and what the document says about itself.
#[must_use]
pub fn odt(input: &[u8]) -> Vec<u8> {
    let mut parts = input.splitn(3, |byte| *byte == 0);
    archive(input, ["content.xml", "styles.xml", "meta.xml"].into_iter().zip(&mut parts))
}

/// The input itself where it is an archive; otherwise one that holds it as a chapter, and what follows a zero byte as the
/// package document, which without one names the chapter.
#[must_use]
pub fn epub(input: &[u8]) -> Vec<u8> {
    const BOOK: &[u8] =
        b"<package><metadata><dc:title>A book</dc:title></metadata><manifest><item id='a' href='a.xhtml' \
        media-type='application/xhtml+xml'/></manifest><spine><itemref idref='a'/></spine></package>";
    let mut parts = input.splitn(2, |byte| *byte == 0);
    let chapter = parts.next().unwrap_or_default();
    let book = parts.next().unwrap_or(BOOK);
    // Without the media type it would be a ZIP archive of anything.
    let media_type: &[u8] = b"application/epub+zip";
    archive(input, [("mimetype", media_type), ("book.opf", book), ("a.xhtml", chapter)].into_iter())
}

/// The input itself where it is an archive; otherwise one of these parts.
fn archive<'a>(input: &[u8], parts: impl Iterator<Item = (&'static str, &'a [u8])>) -> Vec<u8> {
    if input.starts_with(b"PK") {
        return input.to_vec();
    }
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(name, stored).expect("a new archive takes a part");
        archive.write_all(part).expect("memory can be written to");
    }
    archive.finish().expect("an archive of a few parts can be closed").into_inner()
}

/// The input itself where it is a PDF; otherwise one whose pages' contents it is, a page between zero bytes.
#[must_use]
pub fn pdf(input: &[u8]) -> Vec<u8> {
    if input.starts_with(b"%PDF-") {
        return input.to_vec();
    }
    let pages: Vec<&[u8]> = input.split(|byte| *byte == 0).take(8).collect();
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 3 + page * 2)).collect();
    let fonts = "<< /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> \
                 /B << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >> \
                 /C << /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /UniGB-UCS2-H >> >>";
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()).into_bytes(),
    ];
    for (page, content) in pages.iter().enumerate() {
        let contents = 4 + page * 2;
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font {fonts} >> \
                 /Contents {contents} 0 R >>"
            )
            .into_bytes(),
        );
        let head = format!("<< /Length {} >>\nstream\n", content.len());
        objects.push([head.as_bytes(), content, b"\nendstream"].concat());
    }
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(&objects) {
        writeln!(table, "{:010} 00000 n ", file.len()).expect("a text can be written to");
        file.extend([format!("{number} 0 obj\n").as_bytes(), object, b"\nendobj\n"].concat());
    }
    let trailer =
        format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{}\n%%EOF", objects.len() + 1, file.len());
    [file, table.into_bytes(), trailer.into_bytes()].concat()
}
