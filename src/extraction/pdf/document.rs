//! A document: its pages, its properties, and what is refused.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use lopdf::Document;
use lopdf::LoadOptions;
use lopdf::Object;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::Limits;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::pdf::layout::boilerplate;
use crate::extraction::pdf::layout::hyphens;
use crate::extraction::pdf::layout::leading::Layout;
use crate::extraction::pdf::layout::line::Line;
use crate::extraction::pdf::layout::margins;
use crate::extraction::pdf::layout::rows;
use crate::extraction::pdf::stream::budget::Budget;
use crate::extraction::pdf::stream::objects;
use crate::extraction::pdf::stream::page;
use crate::extraction::pdf::stream::resources::Reader;
use crate::transcript::BlockKind;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::EmphasisKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// The most pages that are read, and the most lines on them.
const MOST_PAGES: usize = 10_000;
const MOST_LINES: usize = 500_000;

/// The longest heading in bytes: what is longer is text in large letters.
const LONGEST_HEADING: usize = 200;

const NO_TEXT: &str = "the PDF has no text layer: its pages are pictures, as a scanner makes them; run text \
                       recognition (OCR) over it first and send the result";

const NO_LETTERS: &str = "the PDF's fonts do not say which letters they show; run text recognition (OCR) over \
                          it first and send the result";

/// Reads a document. The PDF crate is not trusted to be free of panics on damaged files.
pub(crate) fn extract(bytes: &[u8], limits: &Limits) -> Result<Extraction, ExtractError> {
    catch_unwind(AssertUnwindSafe(|| read(bytes, limits)))
        .unwrap_or_else(|_| Err(ExtractError::Unreadable("the PDF is damaged beyond reading".into())))
}

/// The lines of all pages, and what could not be read of them.
#[derive(Debug, Default)]
struct Pages {
    lines: Vec<Vec<Line>>,
    /// Pages that are read in part or not at all.
    cut: usize,
    line_numbers: usize,
    /// Codes whose letter is not known, of all.
    unknown: usize,
    codes: usize,
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Extraction, ExtractError> {
    objects::check(bytes)?;
    let options = LoadOptions::with_max_decompressed_size(objects::MOST_STREAM_BYTES.min(limits.text_bytes));
    let document = Document::load_mem_with_options(bytes, options)
        .map_err(|error| ExtractError::Unreadable(format!("the PDF is damaged: {error}")))?;
    if document.is_encrypted() {
        return Err(ExtractError::Unreadable(
            "the PDF is locked with a password; send an unlocked copy".into(),
        ));
    }
    let mut pages = pages(&document, limits)?;
    if pages.unknown * 2 > pages.codes {
        return Err(ExtractError::Unreadable(NO_LETTERS.into()));
    }
    let boilerplate = boilerplate::find(&pages.lines);
    let dropped: usize = boilerplate.iter().map(BTreeSet::len).sum();
    let mut kept: Vec<Vec<&mut Line>> = pages
        .lines
        .iter_mut()
        .zip(&boilerplate)
        .map(|(page, dropped)| {
            let lines = page.iter_mut().enumerate();
            lines.filter(|(index, _)| !dropped.contains(index)).map(|(_, line)| line).collect()
        })
        .collect();
    hyphens::join(&mut kept);
    let kept: Vec<Vec<&Line>> =
        kept.into_iter().map(|page| page.into_iter().map(|line| &*line).collect()).collect();
    let nothing = Decoded::default();
    let mut draft = ExtractionBuilder::new(&nothing);
    draft.metadata.title = title(&document);
    write(&mut draft, &kept);
    let mut extraction = draft.finish_rendition(Format::Pdf);
    if extraction.blocks.is_empty() {
        return Err(ExtractError::Unreadable(NO_TEXT.into()));
    }
    let notes = [
        (dropped, DiagnosticKind::Banner, "page headers, footers and page numbers were left out"),
        (pages.line_numbers, DiagnosticKind::Banner, "numbers of lines were left out"),
        (pages.cut, DiagnosticKind::Undecodable, "pages could not be read whole"),
        (pages.unknown, DiagnosticKind::Undecodable, "letters are not known to the PDF's fonts"),
    ];
    extraction.diagnostics.extend(notes.into_iter().filter(|(count, ..)| *count > 0).map(
        |(count, kind, what)| Diagnostic { kind, message: format!("{count} {what}"), spans: Vec::new() },
    ));
    Ok(extraction)
}

fn pages(document: &Document, limits: &Limits) -> Result<Pages, ExtractError> {
    let mut reader = Reader::new(document, Budget::new(limits.text_bytes));
    let mut pages = Pages::default();
    let mut lines_left = MOST_LINES;
    let mut text_left = limits.text_bytes;
    for (index, id) in document.page_iter().enumerate() {
        if index >= MOST_PAGES {
            return Err(ExtractError::OverLimit { limit: "pages", allowed: MOST_PAGES });
        }
        let page = page::read(&mut reader, id)?;
        pages.cut += usize::from(page.is_cut);
        pages.unknown += page.unknown;
        pages.codes += page.codes;
        let mut rows = rows::rows(page.runs);
        pages.line_numbers += margins::remove_line_numbers(&mut rows);
        let lines: Vec<Line> = rows.iter().filter_map(Line::of).collect();
        lines_left = lines_left
            .checked_sub(lines.len())
            .ok_or(ExtractError::OverLimit { limit: "lines", allowed: MOST_LINES })?;
        let bytes: usize = lines.iter().flat_map(|line| &line.parts).map(|(text, ..)| text.len()).sum();
        text_left = text_left
            .checked_sub(bytes)
            .ok_or(ExtractError::OverLimit { limit: "text_bytes", allowed: limits.text_bytes })?;
        pages.lines.push(lines);
    }
    Ok(pages)
}

/// The title among the document's properties, unless it is what a writer leaves there by itself.
fn title(document: &Document) -> String {
    let info = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict);
    let title = info.and_then(|info| info.get_deref(b"Title", document)).and_then(lopdf::decode_text_string);
    let title = title.unwrap_or_default();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if is_file_name(&title) { String::new() } else { title }
}

/// Whether a title is the name of a file or of nothing: `Microsoft Word - talk 3.doc`, `untitled`,
/// `scan_0412`.
fn is_file_name(title: &str) -> bool {
    let lower = title.to_lowercase();
    // Writers name themselves, then the file.
    let is_writer = lower.starts_with("microsoft ") && lower.contains(" - ");
    let has_ending = lower.rsplit_once('.').is_some_and(|(stem, end)| {
        !stem.ends_with(' ') && (2..=5).contains(&end.len()) && end.chars().all(char::is_alphanumeric)
    });
    let is_one_word = !title.contains(' ');
    let is_joined = is_one_word && (title.contains('_') || title.contains(|c: char| c.is_ascii_digit()));
    let is_path = title.contains('\\') || is_one_word && title.contains('/') || lower.starts_with("file:");
    let is_placeholder = ["untitled", "document", "title", "print", "pdf", "none"]
        .iter()
        .any(|word| lower.strip_prefix(word).is_some_and(|rest| rest.chars().all(|c| !c.is_alphabetic())));
    // `(anonymous)`, `(unspecified)`.
    let is_bracketed = lower.starts_with('(') && lower.ends_with(')');
    is_bracketed || is_writer || has_ending || is_joined || is_path || is_placeholder
}

/// Writes the pages' lines. A paragraph that runs over the end of a page goes on.
fn write(draft: &mut ExtractionBuilder<'_>, pages: &[Vec<&Line>]) {
    let layout = Layout::of(pages);
    let mut above: Option<&Line> = None;
    let mut number = NonZeroU32::MIN;
    for page in pages {
        for (index, line) in page.iter().enumerate() {
            let begins = match above {
                None => true,
                Some(above) if above.is_cut => false,
                Some(above) if index == 0 => !layout.continues(above, line),
                Some(above) => layout.is_break(above, line),
            };
            if begins {
                let heading = layout.heading(line).filter(|_| line.text().len() <= LONGEST_HEADING);
                draft.open(heading.map_or(BlockKind::Paragraph, BlockKind::Heading));
                if let Some(block) = draft.opened() {
                    block.page = Some(number);
                }
            } else if let Some(above) = above.filter(|above| !above.is_cut) {
                draft.synthetic(if layout.is_wrap(above, line) { " " } else { "\n" });
            }
            for (part, bold, italic) in &line.parts {
                set(draft, *bold, EmphasisKind::Strong);
                set(draft, *italic, EmphasisKind::Light);
                draft.synthetic(part);
            }
            above = Some(line);
        }
        number = number.saturating_add(1);
    }
}

fn set(draft: &mut ExtractionBuilder<'_>, on: bool, kind: EmphasisKind) {
    match (draft.is_on(kind), on) {
        (false, true) => draft.emphasise(kind),
        (true, false) => draft.end_emphasis(kind),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_are_names_of_files() {
        for title in [
            "(anonymous)",
            "Microsoft Word - talk 3.doc",
            "untitled",
            "Untitled-1",
            "scan_0412",
            "talk.docx",
            "C:\\a b",
        ] {
            assert!(is_file_name(title), "{title}");
        }
        for title in ["The keeper of the lane", "Interview with A. Vos", "Talk no. 3", "Documents of a life"]
        {
            assert!(!is_file_name(title), "{title}");
        }
    }
}
