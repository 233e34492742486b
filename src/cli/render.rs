//! What a person sees on a terminal.

use std::borrow::Cow;
use std::io::Write;

use anstyle::Style;

use crate::cli::CliError;
use crate::grpc::pb;

pub(super) const NAME: Style = Style::new().bold();
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

/// Prints a document: its metadata and its exchanges.
pub(super) fn document(response: &pb::GetDocumentResponse) -> Result<(), CliError> {
    let document = response.document.clone().unwrap_or_default();
    {
        let mut out = anstream::stdout().lock();
        writeln!(out, "{NAME}{}{NAME:#}", harmless(&document.id))?;
        let participants: Vec<String> = document.participants.iter().map(names).collect();
        let participants = participants.join("; ");
        let facts = [
            ("title", &document.title),
            ("uri", &document.uri),
            ("publisher", &document.publisher),
            ("published", &document.published),
            ("language", &document.language),
            ("media type", &document.media_type),
            ("recording", &document.media_uri),
            ("participants", &participants),
            ("sha256", &document.document_sha256),
            ("etag", &document.etag),
        ];
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            writeln!(out, "{INDENT}{FAINT}{name}{FAINT:#} {}", harmless(value))?;
        }
        writeln!(out)?;
    }
    response.exchanges.iter().try_for_each(exchange)
}

/// A participant's name, with the others in brackets.
fn names(participant: &pb::Participant) -> String {
    let pb::Participant { name, aliases, role: _, person_id: _ } = participant;
    if aliases.is_empty() { name.clone() } else { format!("{name} ({})", aliases.join(", ")) }
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
    if answer.truncated || exchange.question.as_ref().is_some_and(|question| question.truncated) {
        writeln!(out, "{INDENT}{FAINT}cut; get --source prints the whole document{FAINT:#}")?;
    }
    cited(&mut out, exchange.citation.as_ref())?;
    writeln!(out)?;
    Ok(())
}

pub(super) fn someone(speaker: &str) -> &str {
    if speaker.is_empty() { "(speaker unknown)" } else { speaker }
}

/// Prints one side, wrapped to the terminal.
pub(super) fn said(out: &mut impl Write, side: &str, text: &str) -> Result<(), CliError> {
    let first = format!("  {side}  ");
    for (number, paragraph) in text.split('\n').filter(|line| !line.trim().is_empty()).enumerate() {
        let start = if number == 0 { first.as_str() } else { INDENT };
        writeln!(out, "{}", wrapped(paragraph, width(), start, INDENT))?;
    }
    Ok(())
}

/// Columns of the terminal; 80 if it is none.
pub(super) fn width() -> usize {
    textwrap::termwidth().clamp(40, 100)
}

/// `text` in lines of at most `width` columns, broken at spaces; only what has no space for a whole
/// line is broken elsewhere.
pub(super) fn wrapped(text: &str, width: usize, first: &str, others: &str) -> String {
    let options = textwrap::Options::new(width)
        .initial_indent(first)
        .subsequent_indent(others)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

/// Prints where it was said: what the document is, its bytes, and a link.
pub(super) fn cited(out: &mut impl Write, citation: Option<&pb::Citation>) -> Result<(), CliError> {
    let Some(citation) = citation else { return Ok(()) };
    let about = [&citation.title, &citation.publisher, &citation.published];
    located(out, about.map(String::as_str), citation)
}

/// Prints the document's `about`, the bytes of the answer and a link.
pub(super) fn located<const N: usize>(
    out: &mut impl Write,
    about: [&str; N],
    citation: &pb::Citation,
) -> Result<(), CliError> {
    let mut parts: Vec<String> =
        about.into_iter().filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let spans: Vec<String> =
        citation.answer_spans.iter().map(|span| format!("{}–{}", span.start, span.end)).collect();
    parts.push(format!("{} bytes {}", citation.document_id, spans.join(", ")));
    let digest = citation.quote_sha256.get(..12).unwrap_or_default();
    parts.push(format!("sha256 {digest}…"));
    let first = format!("{INDENT}— ");
    let parts = harmless(&parts.join(" · ")).replace('\n', " ");
    let lines = wrapped(&parts, width(), &first, "       ");
    writeln!(out, "{FAINT}{lines}{FAINT:#}")?;
    // A link is never broken: it is there to be followed.
    let link = if citation.link.is_empty() { &citation.uri } else { &citation.link };
    if !link.is_empty() {
        writeln!(out, "{INDENT}{FAINT}  {}{FAINT:#}", harmless(link))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn served_text_gives_the_terminal_no_commands() {
        assert_eq!(harmless("a\u{1b}[31mb\u{9b}2J\u{202e}c\td\ne\r"), "a[31mb2Jc d\ne");
        assert!(matches!(harmless("plain – и так"), Cow::Borrowed(_)));
    }
}
