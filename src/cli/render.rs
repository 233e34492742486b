//! What a person sees on a terminal.

use std::borrow::Cow;
use std::io::Write;

use anstyle::AnsiColor;
use anstyle::Style;

use crate::cli::CliError;
use crate::grpc::pb;

pub(super) const NAME: Style = Style::new().bold();
const MATCH: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const FAINT: Style = Style::new().dimmed();

/// Columns before the text.
pub(super) const INDENT: &str = "     ";

/// Whether a terminal takes a character for a command, or lets it turn the order of what is shown.
fn commands(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What others wrote, without what a terminal would obey: a tab is shown as a space, other signs
/// are left out.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    if text.contains(commands) {
        Cow::Owned(text.replace('\t', " ").replace(commands, ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// Prints the results of a search.
pub(super) fn results(query: &str, response: &pb::SearchResponse) -> Result<(), CliError> {
    let mut out = anstream::stdout().lock();
    if response.results.is_empty() {
        match response.total_size_without_filter {
            0 => writeln!(out, "Nothing on the record about {query:?}.")?,
            all => {
                writeln!(
                    out,
                    "The filter leaves nothing about {query:?}; without it {all} exchanges match."
                )?;
            }
        }
    }
    for (number, result) in (1..).zip(&response.results) {
        let Some(passage) = &result.passage else { continue };
        writeln!(
            out,
            "{number:3}. {NAME}{}{NAME:#} {FAINT}{:.2}{FAINT:#}",
            harmless(someone(&passage.speaker)),
            result.score
        )?;
        let marks = |field: pb::highlight::Field| {
            let of_field = result.highlights.iter().filter(move |mark| mark.field() == field);
            of_field.map(|mark| (index(mark.start), index(mark.end))).collect::<Vec<_>>()
        };
        if !passage.question.is_empty() {
            said(&mut out, "Q", &marked(&passage.question, &marks(pb::highlight::Field::Question)))?;
        }
        said(&mut out, "A", &marked(&passage.answer, &marks(pb::highlight::Field::Answer)))?;
        if passage.answer_truncated {
            writeln!(out, "{INDENT}{FAINT}… the whole: onrecord get {}{FAINT:#}", passage.exchange_id)?;
        }
        cited(&mut out, passage.citation.as_ref())?;
        for duplicate in &result.duplicates {
            writeln!(out, "{INDENT}{FAINT}the same in{FAINT:#}")?;
            cited(&mut out, duplicate.citation.as_ref())?;
        }
        if result.more_duplicates > 0 {
            writeln!(out, "{INDENT}{FAINT}and in {} more places{FAINT:#}", result.more_duplicates)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{} of {} exchanges", response.results.len(), response.total_size)?;
    if !response.unmatched_terms.is_empty() {
        writeln!(out, "nowhere in the corpus: {}", harmless(&response.unmatched_terms.join(", ")))?;
    }
    if !response.next_page_token.is_empty() {
        writeln!(out, "{FAINT}more: --page-token {}{FAINT:#}", response.next_page_token)?;
    }
    Ok(())
}

/// Prints a document: its metadata and its exchanges.
pub(super) fn document(response: &pb::GetDocumentResponse) -> Result<(), CliError> {
    let document = response.document.clone().unwrap_or_default();
    {
        let mut out = anstream::stdout().lock();
        writeln!(out, "{NAME}{}{NAME:#}", harmless(&document.id))?;
        let facts = [
            ("title", &document.title),
            ("uri", &document.uri),
            ("publisher", &document.publisher),
            ("published", &document.published),
            ("language", &document.language),
            ("media type", &document.media_type),
        ];
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            writeln!(out, "{INDENT}{FAINT}{name}{FAINT:#} {}", harmless(value))?;
        }
        writeln!(out)?;
    }
    response.exchanges.iter().try_for_each(exchange)
}

/// Prints a whole exchange.
pub(super) fn exchange(exchange: &pb::Exchange) -> Result<(), CliError> {
    let mut out = anstream::stdout().lock();
    let answer = exchange.answer.clone().unwrap_or_default();
    writeln!(out, "{NAME}{}{NAME:#} {FAINT}{}{FAINT:#}", harmless(someone(&answer.speaker)), exchange.id)?;
    if let Some(question) = &exchange.question {
        said(&mut out, "Q", &harmless(&question.text))?;
    }
    said(&mut out, "A", &harmless(&answer.text))?;
    cited(&mut out, exchange.citation.as_ref())?;
    writeln!(out)?;
    Ok(())
}

pub(super) fn someone(speaker: &str) -> &str {
    if speaker.is_empty() { "(speaker unknown)" } else { speaker }
}

/// Prints one side, wrapped to the terminal.
pub(super) fn said(out: &mut impl Write, side: &str, text: &str) -> Result<(), CliError> {
    let width = textwrap::termwidth().clamp(40, 100);
    let first = format!("  {side}  ");
    for (number, paragraph) in text.split('\n').filter(|line| !line.trim().is_empty()).enumerate() {
        let start = if number == 0 { first.as_str() } else { INDENT };
        let options = textwrap::Options::new(width).initial_indent(start).subsequent_indent(INDENT);
        writeln!(out, "{}", textwrap::fill(paragraph, options))?;
    }
    Ok(())
}

/// Prints the line that says where it was said.
fn cited(out: &mut impl Write, citation: Option<&pb::Citation>) -> Result<(), CliError> {
    let Some(citation) = citation else { return Ok(()) };
    let about = [&citation.title, &citation.publisher, &citation.published];
    let mut parts: Vec<String> = about.into_iter().filter(|part| !part.is_empty()).cloned().collect();
    let spans: Vec<String> =
        citation.answer_spans.iter().map(|span| format!("{}–{}", span.start, span.end)).collect();
    parts.push(format!("{} bytes {}", citation.document_id, spans.join(", ")));
    let digest = citation.quote_sha256.get(..12).unwrap_or_default();
    parts.push(format!("sha256 {digest}…"));
    let link = if citation.link.is_empty() { &citation.uri } else { &citation.link };
    writeln!(out, "{INDENT}{FAINT}— {}{FAINT:#}", harmless(&parts.join(" · ")))?;
    if !link.is_empty() {
        writeln!(out, "{INDENT}{FAINT}  {}{FAINT:#}", harmless(link))?;
    }
    Ok(())
}

/// `text` with its matches set off.
fn marked(text: &str, marks: &[(usize, usize)]) -> String {
    use std::fmt::Write as _;

    let mut shown = String::with_capacity(text.len());
    let mut done = 0;
    for (start, end) in marks {
        let (Some(before), Some(inside)) = (text.get(done..*start), text.get(*start..*end)) else { continue };
        shown.push_str(&harmless(before));
        // Writing to a string cannot fail.
        let _infallible = write!(shown, "{MATCH}{}{MATCH:#}", harmless(inside));
        done = *end;
    }
    shown.push_str(&harmless(text.get(done..).unwrap_or_default()));
    shown
}

fn index(offset: i32) -> usize {
    usize::try_from(offset).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn served_text_gives_the_terminal_no_commands() {
        assert_eq!(harmless("a\u{1b}[31mb\u{9b}2J\u{202e}c\td\ne\r"), "a[31mb2Jc d\ne");
        assert!(matches!(harmless("plain – и так"), Cow::Borrowed(_)));
        let shown = marked("x\u{1b}y z", &[(2, 3)]);
        assert_eq!(shown, format!("x{MATCH}y{MATCH:#} z"));
    }
}
