//! PDF files with a text layer. Their bytes are compressed, so spans refer to the text written here, which is
//! kept as the rendition; blocks carry their page.

mod font;
mod layout;
mod page;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use lopdf::Document;
use lopdf::LoadOptions;
use lopdf::Object;
use lopdf::content::Content;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::pdf::font::Font;
use crate::extraction::pdf::layout::Line;
use crate::transcript::BlockKind;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// The most pages that are read.
const MOST_PAGES: usize = 10_000;

/// A page header stands on at least this many pages.
const FEWEST_REPEATS: usize = 3;

fn over_limit(allowed: usize) -> ExtractError {
    ExtractError::OverLimit { limit: "text_bytes", allowed }
}

/// Reads a document. The reader of PDF objects is held to its own word not to panic on damaged files.
pub(crate) fn extract(bytes: &[u8], limits: &Limits) -> Result<Extraction, ExtractError> {
    catch_unwind(AssertUnwindSafe(|| read(bytes, limits)))
        .unwrap_or_else(|_| Err(ExtractError::Unreadable("the PDF is damaged beyond reading".into())))
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Extraction, ExtractError> {
    let options = LoadOptions::with_max_decompressed_size(limits.text_bytes);
    let document = Document::load_mem_with_options(bytes, options)
        .map_err(|error| ExtractError::Unreadable(format!("the PDF is damaged: {error}")))?;
    if document.is_encrypted() {
        return Err(ExtractError::Unreadable(
            "the PDF is locked with a password; send an unlocked copy".into(),
        ));
    }
    let (pages, unread) = pages(&document, limits)?;
    let nothing = Decoded::default();
    let mut draft = ExtractionBuilder::new(&nothing);
    draft.metadata.title = title(&document);
    let leading = layout::usual_leading(&pages);
    let boilerplate = repeated(&pages);
    let mut dropped = 0;
    let mut number = NonZeroU32::MIN;
    for page in &pages {
        let edges = edges(page);
        let is_edge = |index: usize| index < edges || index + edges >= page.len();
        let kept: Vec<&Line> = page
            .iter()
            .enumerate()
            .filter(|(index, line)| {
                let shape = shape(&line.text());
                let is_outermost = *index == 0 || index + 1 == page.len();
                !(is_outermost && is_page_number(&shape) || is_edge(*index) && boilerplate.contains(&shape))
            })
            .map(|(_, line)| line)
            .collect();
        dropped += page.len() - kept.len();
        write_page(&mut draft, &kept, leading, layout::left_margin(page), number);
        number = number.saturating_add(1);
    }
    let mut extraction = draft.finish_rendition(Format::Pdf);
    if extraction.blocks.is_empty() {
        return Err(ExtractError::Unreadable(
            "the PDF has no text layer; run text recognition over it first".into(),
        ));
    }
    let told = [
        (dropped, DiagnosticKind::Banner, "page headers, footers and page numbers were left out"),
        (unread, DiagnosticKind::Undecodable, "pages could not be read and were left out"),
    ];
    extraction.diagnostics.extend(told.into_iter().filter(|(count, ..)| *count > 0).map(
        |(count, kind, what)| Diagnostic { kind, message: format!("{count} {what}"), spans: Vec::new() },
    ));
    Ok(extraction)
}

/// The lines of every page, and how many pages could not be read.
fn pages(document: &Document, limits: &Limits) -> Result<(Vec<Vec<Line>>, usize), ExtractError> {
    let mut left = limits.text_bytes;
    let mut unread = 0;
    let mut pages = Vec::new();
    for (index, id) in document.page_iter().enumerate() {
        if index >= MOST_PAGES {
            return Err(ExtractError::OverLimit { limit: "pages", allowed: MOST_PAGES });
        }
        let dictionaries = font::dictionaries(document, id);
        let mut fonts: BTreeMap<Vec<u8>, Font<'_>> = BTreeMap::new();
        for (name, dictionary) in &dictionaries {
            fonts.insert(name.clone(), Font::read(document, dictionary, left)?);
        }
        let content = match document.get_page_content_with_limit(id, left) {
            Ok(content) => content,
            Err(lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. })) => {
                return Err(over_limit(limits.text_bytes));
            }
            Err(_) => Vec::new(),
        };
        left -= content.len().min(left);
        let operations = Content::decode(&content).map(|content| content.operations);
        unread += usize::from(operations.is_err());
        pages.push(layout::lines(&page::runs(&operations.unwrap_or_default(), &fonts)));
    }
    Ok((pages, unread))
}

fn title(document: &Document) -> String {
    let info = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict);
    let title = info.and_then(|info| info.get_deref(b"Title", document)).and_then(lopdf::decode_text_string);
    let title = title.unwrap_or_default().trim().to_owned();
    // Word processors leave the name of their file.
    let is_file = title.starts_with("Microsoft Word")
        || title.rsplit_once('.').is_some_and(|(_, end)| {
            end.len() <= 4 && !end.is_empty() && end.chars().all(char::is_alphanumeric)
        });
    if is_file || title == "untitled" { String::new() } else { title }
}

/// How many lines at either end of a page may be its header or footer: none where it has but a few.
fn edges(page: &[Line]) -> usize {
    (page.len() / 4).min(2)
}

/// Lines at the edges of several pages that differ in nothing but numbers.
fn repeated(pages: &[Vec<Line>]) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for page in pages {
        let edges = edges(page);
        let mut shapes: Vec<String> = page
            .iter()
            .take(edges)
            .chain(page.iter().rev().take(edges))
            .map(|line| shape(&line.text()))
            .collect();
        shapes.sort();
        shapes.dedup();
        for shape in shapes {
            *counts.entry(shape).or_default() += 1;
        }
    }
    counts
        .into_iter()
        .filter(|(_, count)| *count >= FEWEST_REPEATS && count * 3 >= pages.len())
        .map(|(shape, _)| shape)
        .collect()
}

/// A line with its numbers blurred.
fn shape(text: &str) -> String {
    let words = text
        .split_whitespace()
        .map(|word| word.chars().map(|c| if c.is_numeric() { '0' } else { c }).collect());
    let words: Vec<String> = words.collect();
    words.join(" ").replace("00", "0").replace("00", "0")
}

fn is_page_number(shape: &str) -> bool {
    let bare = shape.trim_matches(['-', '–', '—', '|', ' ']).to_lowercase();
    matches!(bare.as_str(), "0" | "page 0" | "page 0 of 0" | "0 of 0" | "0/0" | "0 / 0")
}

/// Writes a page's lines. A sentence that runs over the page's end goes on in its paragraph.
fn write_page(
    draft: &mut ExtractionBuilder<'_>,
    lines: &[&Line],
    leading: f32,
    left: f32,
    number: NonZeroU32,
) {
    let mut above: Option<&Line> = None;
    for line in lines {
        let text = line.text();
        let begins = match above {
            Some(above) => layout::is_break(above, line, leading, left),
            None => !(is_unfinished(draft.open_text()) && text.trim_start().starts_with(char::is_lowercase)),
        };
        if begins || !draft.is_open() {
            draft.open(BlockKind::Paragraph);
            if let Some(block) = draft.opened() {
                block.page = Some(number);
            }
        } else {
            draft.synthetic("\n");
        }
        for (part, bold, italic) in &line.parts {
            set(draft, *bold, EmphasisKind::Strong);
            set(draft, *italic, EmphasisKind::Light);
            draft.synthetic(part);
        }
        above = Some(line);
    }
}

fn set(draft: &mut ExtractionBuilder<'_>, on: bool, kind: EmphasisKind) {
    match (draft.is_on(kind), on) {
        (false, true) => draft.emphasise(kind),
        (true, false) => draft.end_emphasis(kind),
        _ => {}
    }
}

fn is_unfinished(text: &str) -> bool {
    !text.is_empty() && !text.trim_end().ends_with(['.', '?', '!', ':', '…', '”', '"', '。', '？'])
}
