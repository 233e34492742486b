//! EPUB: the chapters of a book in reading order, each a web page. Their bytes are compressed, so
//! spans refer to the text written here, which is kept as the rendition.

mod contents;

#[cfg(test)]
mod tests;

use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::charset::decoding;
use crate::extraction::common::package::Package;
use crate::extraction::epub::contents::Contents;
use crate::extraction::html;
use crate::span::SourceMap;
use crate::span::TextSpan;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// Reads a book.
pub(crate) fn extract(bytes: &[u8], limits: &Limits) -> Result<Extraction, ExtractError> {
    let mut package = Package::open(bytes, limits)?;
    let Contents { chapters, metadata } = contents::read(&mut package, limits)?;
    let mut book = Extraction {
        format: Format::Epub,
        text: String::new(),
        map: SourceMap::default(),
        blocks: Vec::new(),
        metadata,
        diagnostics: Vec::new(),
        rendition: None,
    };
    let mut unread = Vec::new();
    for name in chapters {
        match package.bytes(&name)? {
            Some(page) => add(&mut book, &page, limits)?,
            None => unread.push(name),
        }
    }
    if !unread.is_empty() {
        unread.truncate(20);
        let message =
            format!("chapters that the book lacks or that are damaged were left out: {}", unread.join(", "));
        book.diagnostics.push(Diagnostic { kind: DiagnosticKind::Undecodable, message, spans: Vec::new() });
    }
    book.map = SourceMap::verbatim(0, book.text.len());
    book.rendition = Some(book.text.clone());
    Ok(book)
}

/// Adds a chapter.
fn add(book: &mut Extraction, page: &[u8], limits: &Limits) -> Result<(), ExtractError> {
    // A page of nothing but a picture has no text.
    let Ok(decoded) = decoding::decode(page, None) else { return Ok(()) };
    let chapter = html::extract(&decoded, limits)?;
    if chapter.blocks.is_empty() {
        return Ok(());
    }
    if !book.text.is_empty() {
        book.text.push_str("\n\n");
    }
    let start = book.text.len();
    book.text.push_str(&chapter.text);
    if book.text.len() > limits.text_bytes {
        return Err(ExtractError::OverLimit { limit: "text_bytes", allowed: limits.text_bytes });
    }
    let moved = |span: TextSpan| TextSpan::new(span.start() + start, span.end() + start);
    for mut block in chapter.blocks {
        block.span = moved(block.span);
        for emphasis in &mut block.emphasis {
            emphasis.span = moved(emphasis.span);
        }
        book.blocks.push(block);
    }
    for mut diagnostic in chapter.diagnostics {
        // Parts left out are not in the written text.
        diagnostic.spans.clear();
        if !book.diagnostics.contains(&diagnostic) {
            book.diagnostics.push(diagnostic);
        }
    }
    Ok(())
}
