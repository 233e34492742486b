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
    if input.starts_with(b"PK") {
        return input.to_vec();
    }
    let mut parts = input.splitn(2, |byte| *byte == 0);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["word/document.xml", "word/styles.xml"] {
        let Some(part) = parts.next() else { break };
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(name, stored).expect("a new archive takes a part");
        archive.write_all(part).expect("memory can be written to");
    }
    archive.finish().expect("an archive of two parts can be closed").into_inner()
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
