//! Bytes → text, blocks and a source map.
//!
//! Malformed content is never an error here: it gives coarser blocks and a diagnostic. Only a
//! source that cannot be read at all, or one over a limit, is refused.

mod sniff;
mod signatures;
mod charset;
mod builder;
mod common;
mod text;
mod html;
mod markup;
mod timed;
mod annotation;
mod json;
mod csv;
mod docx;
mod odt;
mod rtf;
mod epub;
mod pdf;
mod given_pairs;
mod metadata;

#[cfg(test)]
mod tests;

pub use given_pairs::Line;
pub use given_pairs::Pair;
pub use given_pairs::render;

use crate::extraction::charset::decoded::Decoded;
use crate::extraction::charset::decoding;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::Source;

/// Caps on what one source may cost; each is named in the error when it is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest source, in bytes.
    pub source_bytes: usize,
    /// Longest extracted text, in bytes; guards against containers that expand (zip bombs).
    pub text_bytes: usize,
    /// Deepest nesting of elements, arrays or objects.
    pub nesting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { source_bytes: 64 << 20, text_bytes: 128 << 20, nesting: 512 }
    }
}

/// Why a source cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// There are no bytes, or nothing but white space.
    #[error("the document is empty; send the transcript's text or bytes")]
    Empty,
    /// The named media type is none that is read.
    #[error(
        "media type {0:?} is not supported{advice}; use one of {supported}",
        advice = sniff::advice(.0),
        supported = sniff::SUPPORTED
    )]
    UnsupportedMediaType(String),
    /// The bytes are of no format that is read.
    #[error("{0}")]
    Unreadable(String),
    /// The source meets a cap.
    #[error("the document is over the limit {limit} of {allowed}: {remedy}", remedy = remedy(limit))]
    OverLimit {
        /// The cap's name; that of a setting where there is one.
        limit: &'static str,
        /// Its value.
        allowed: usize,
    },
}

/// Advice about a limit that a document exceeds.
fn remedy(limit: &str) -> &'static str {
    match limit {
        "max_document_bytes" => "split it, or start the server with a larger --max-document-bytes",
        "text_bytes" => "its text grows too large when it is unpacked; send it in parts",
        "nesting" => "its elements are nested too deep; save it in a simpler form",
        "pages" | "lines" => "split it by its pages",
        "values" => "send its transcript without the rest, or in parts",
        _ => "save it without what is attached to it",
    }
}

/// Reads a source.
pub fn extract(source: &Source<'_>, limits: &Limits) -> Result<Extraction, ExtractError> {
    if source.bytes.len() > limits.source_bytes {
        return Err(ExtractError::OverLimit { limit: "max_document_bytes", allowed: limits.source_bytes });
    }
    let named = sniff::named(source.media_type)?;
    // Proof in the bytes goes before the sender's word: programs call RTF files .doc, and ZIP
    // archives anything.
    let container = signatures::container(source.bytes, limits)?.or(named.format);
    let mut extraction = match container {
        Some(Format::Docx) => docx::extract(source.bytes, limits)?,
        Some(Format::Pdf) => pdf::extract(source.bytes, limits)?,
        Some(Format::Odt) => odt::extract(source.bytes, limits)?,
        Some(Format::Epub) => epub::extract(source.bytes, limits)?,
        Some(Format::Rtf) => rtf::extract(source.bytes, limits)?,
        _ => {
            let decoded = decoding::decode(source.bytes, named.charset)?;
            let format = container.unwrap_or_else(|| sniff::text(&decoded.text, source.file_name));
            text(decoded, format, limits)?
        }
    };
    if extraction.text.len() > limits.text_bytes {
        return Err(ExtractError::OverLimit { limit: "text_bytes", allowed: limits.text_bytes });
    }
    if extraction.blocks.is_empty() {
        let what = format!("the document was read as {} and has no text", extraction.format.name());
        return Err(ExtractError::Unreadable(what));
    }
    metadata::header_lines::complete(&mut extraction);
    Ok(extraction)
}

/// Reads a text of this format.
fn text(decoded: Decoded<'_>, format: Format, limits: &Limits) -> Result<Extraction, ExtractError> {
    match format {
        Format::Markdown => text::markdown::extract(&decoded, limits),
        Format::Html => html::extract(&decoded, limits),
        Format::WebVtt => Ok(timed::webvtt::extract(&decoded)),
        Format::SubRip => Ok(timed::subrip::extract(&decoded)),
        Format::Json => json::extract(&decoded, limits),
        Format::Csv => csv::extract(&decoded),
        Format::Ttml => timed::ttml::extract(&decoded, limits),
        Format::Sbv => Ok(timed::sbv::extract(&decoded)),
        Format::Ass => Ok(timed::ass::extract(&decoded)),
        Format::Chat => Ok(annotation::chat::extract(&decoded)),
        Format::Elan => annotation::elan::extract(&decoded, limits),
        Format::Tei => annotation::tei::extract(&decoded, limits),
        Format::TextGrid => annotation::textgrid::extract(&decoded),
        Format::Transcriber => annotation::transcriber::extract(&decoded, limits),
        Format::Xml => markup::extract(&decoded, limits),
        Format::Plain
        | Format::Docx
        | Format::Odt
        | Format::Epub
        | Format::Rtf
        | Format::Pdf
        | Format::Pairs => Ok(text::plain::extract(decoded)),
    }
}
