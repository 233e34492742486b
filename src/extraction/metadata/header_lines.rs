//! What the first lines of a document say about it, where its format has no place for that.

use crate::extraction::common::date;
use crate::extraction::metadata::language;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Format;

/// How many blocks at the start are looked at: behind them, a date belongs to the talk.
const HEAD: usize = 8;
/// Longest title, in bytes.
const LONGEST_TITLE: usize = 160;
/// The most people named.
const MOST_PEOPLE: usize = 50;

/// Fills in what the metadata lacks.
pub(crate) fn complete(extraction: &mut Extraction) {
    language::settle(extraction);
    people(extraction);
    let office = matches!(extraction.format, Format::Docx | Format::Odt | Format::Rtf);
    if office || matches!(extraction.format, Format::Plain | Format::Markdown | Format::Pdf) {
        // A file's own date says when it was made; a date in its text says more.
        let made = if office { std::mem::take(&mut extraction.metadata.published) } else { String::new() };
        head_lines(extraction);
        if extraction.metadata.published.is_empty() {
            extraction.metadata.published = made;
        }
        title(extraction);
    }
}

/// Those whom the format itself names as speakers.
fn people(extraction: &mut Extraction) {
    if !extraction.metadata.people.is_empty() {
        return;
    }
    for name in extraction.blocks.iter().filter_map(|block| block.speaker.as_deref()) {
        let people = &mut extraction.metadata.people;
        if people.len() < MOST_PEOPLE && is_name(name) && !people.iter().any(|known| known == name) {
            people.push(name.into());
        }
    }
}

/// Whether a speaker is named, not numbered.
fn is_name(speaker: &str) -> bool {
    let letters = speaker.chars().filter(|c| c.is_alphabetic()).count();
    (2..=80).contains(&letters) && !speaker.contains(|c: char| c.is_ascii_digit())
}

/// Reads `Title: …`, `Date: …`, `Source: …`, and a date alone on a line.
fn head_lines(extraction: &mut Extraction) {
    let mut found = crate::transcript::Metadata::default();
    for block in extraction.blocks.iter().take(HEAD) {
        for line in block.span.of(&extraction.text).lines().take(HEAD) {
            let line = line.trim();
            let (key, value) = line.split_once(':').unwrap_or(("", ""));
            let value = value.trim();
            match key.trim().to_lowercase().as_str() {
                "title" | "headline" if found.title.is_empty() && value.len() <= LONGEST_TITLE => {
                    found.title = value.into();
                }
                "publisher" | "source"
                    if found.publisher.is_empty() && value.len() <= 80 && !value.starts_with("http") =>
                {
                    found.publisher = value.into();
                }
                "url" | "link" | "source" if found.uri.is_empty() && value.starts_with("http") => {
                    found.uri = value.split_whitespace().next().unwrap_or_default().into();
                }
                key => {
                    let dated = matches!(
                        key,
                        "date" | "published" | "posted" | "recorded" | "aired" | "interview date"
                    );
                    let date = date::normalise(if dated { value } else { line });
                    // A year or a number alone on a line may be anything.
                    if let Some(date) = date.filter(|date| {
                        found.published.is_empty() && (dated || date.len() == 10 && line.len() > 8)
                    }) {
                        found.published = date;
                    }
                }
            }
        }
    }
    extraction.metadata.fill_from(&found);
}

/// The first heading, or a first line that stands alone and is no sentence and no turn.
fn title(extraction: &mut Extraction) {
    if !extraction.metadata.title.is_empty() {
        return;
    }
    let Some(block) = extraction
        .blocks
        .iter()
        .take(HEAD)
        .find(|block| matches!(block.kind, BlockKind::Heading(1)))
        .or(extraction.blocks.first())
    else {
        return;
    };
    let text = block.span.of(&extraction.text).trim();
    let is_heading = matches!(block.kind, BlockKind::Heading(1 | 2));
    let is_line = matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading(_))
        && extraction.blocks.len() > 1
        && !text.contains('\n')
        && !text.contains("://")
        && !text.ends_with(['.', '?', '!', ':', ',', ';', '…', '。', '？'])
        && text.split_once(':').is_none_or(|(label, _)| label.split_whitespace().count() > 2)
        && text.chars().filter(|c| c.is_alphabetic()).count() * 2 > text.chars().count()
        && date::normalise(text).is_none();
    if text.len() <= LONGEST_TITLE && (is_heading || is_line) {
        extraction.metadata.title = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;
    use crate::extraction::text::plain;

    fn check(text: &str, title: &str, published: &str, uri: &str) {
        let mut extraction = plain::extract(decoding::decode(text.as_bytes(), None).unwrap());
        complete(&mut extraction);
        let found = &extraction.metadata;
        assert_eq!(
            (found.title.as_str(), found.published.as_str(), found.uri.as_str()),
            (title, published, uri),
            "{text}"
        );
    }

    #[test]
    fn head_of_a_text() {
        check("A talk with Ann Bell\n\nApril 3, 2017\n\nQ: Why?", "A talk with Ann Bell", "2017-04-03", "");
        check(
            "Title: On rivers\nDate: 2017-04\nSource: https://example.org/a\n\nQ: Why?",
            "On rivers",
            "2017-04",
            "https://example.org/a",
        );
        check("The rivers are high this year.\n\nQ: Why?", "", "", "");
        check("Ann: Hello\n\nBob: Hi", "", "", "");
        check("1984\n\nQ: Why?", "", "", "");
    }
}
