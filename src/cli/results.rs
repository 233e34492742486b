//! The results of a search on a terminal.

use std::io::Write;

use anstyle::AnsiColor;
use anstyle::Style;

use crate::cli::CliError;
use crate::cli::facets;
use crate::cli::render::FAINT;
use crate::cli::render::INDENT;
use crate::cli::render::NAME;
use crate::cli::render::cited;
use crate::cli::render::harmless;
use crate::cli::render::located;
use crate::cli::render::said;
use crate::cli::render::someone;
use crate::cli::render::width;
use crate::cli::render::wrapped;
use crate::grpc::pb;

const MATCH: Style = AnsiColor::Yellow.on_default().bold();

/// How much of each side of an exchange around a result is shown, in bytes: two lines.
const NEIGHBOUR: usize = 150;

/// Prints the results of a search.
pub(super) fn print(query: &str, full: bool, response: &pb::SearchResponse) -> Result<(), CliError> {
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
        let citation = passage.citation.clone().unwrap_or_default();
        heading(&mut out, number, &passage.speaker, &citation)?;
        let marks = |field: pb::highlight::Field| {
            let of_field = result.highlights.iter().filter(move |mark| mark.field() == field);
            of_field.map(|mark| (index(mark.start), index(mark.end))).collect::<Vec<_>>()
        };
        let in_question = marks(pb::highlight::Field::Question);
        let in_answer = marks(pb::highlight::Field::Answer);
        for exchange in &result.before {
            neighbour(&mut out, exchange, full)?;
        }
        // A question that did not match does not help to choose among results.
        if !passage.question.is_empty() && (full || !in_question.is_empty()) {
            said(&mut out, "Q", &marked(&passage.question, 0, passage.question.len(), &in_question))?;
        }
        // A server of an earlier version has no snippet.
        let snippet = result.snippet.filter(|_| !full);
        let all = (0, passage.answer.len());
        let (start, end) = snippet.map_or(all, |snippet| (index(snippet.start), index(snippet.end)));
        let shown = marked(&passage.answer, start, end, &in_answer);
        let before = if start > 0 { "… " } else { "" };
        let after = if end < passage.answer.len() { " …" } else { "" };
        said(&mut out, "A", &format!("{before}{shown}{after}"))?;
        if passage.answer_truncated && full {
            writeln!(out, "{INDENT}{FAINT}… the whole: onrecord get {}{FAINT:#}", passage.exchange_id)?;
        }
        for exchange in &result.after {
            neighbour(&mut out, exchange, full)?;
        }
        located(&mut out, [citation.publisher.as_str()], &citation)?;
        if let Some(explanation) = &result.explanation {
            explained(&mut out, result.score, explanation)?;
        }
        for duplicate in &result.duplicates {
            writeln!(out, "{INDENT}{FAINT}the same in{FAINT:#}")?;
            cited(&mut out, duplicate.citation.as_ref())?;
        }
        if result.more_duplicates > 0 {
            writeln!(out, "{INDENT}{FAINT}and in {} more places{FAINT:#}", result.more_duplicates)?;
        }
        writeln!(out)?;
    }
    facets::print(&mut out, &response.facets)?;
    writeln!(out, "{} of {} exchanges", response.results.len(), response.total_size)?;
    if !response.unmatched_terms.is_empty() {
        writeln!(out, "nowhere in the corpus: {}", harmless(&response.unmatched_terms.join(", ")))?;
    }
    if !response.unreachable.is_empty() {
        let ids = response.unreachable.join(", ");
        writeln!(out, "damaged and not shown: {} (onrecord verify says what is wrong)", harmless(&ids))?;
    }
    if !response.suggestion.is_empty() {
        let suggestion = harmless(&response.suggestion);
        let line = format!("did you mean: {}", suggestion.replace('\n', " "));
        writeln!(out, "{}", wrapped(&line, width(), "", INDENT))?;
    }
    if !response.next_page_token.is_empty() {
        writeln!(out, "{FAINT}more: --page-token {}{FAINT:#}", response.next_page_token)?;
    }
    Ok(())
}

/// Prints an exchange around a result; of each side the beginning, unless in `full`.
fn neighbour(out: &mut impl Write, exchange: &pb::Exchange, full: bool) -> Result<(), CliError> {
    for (side, utterance) in [("q", &exchange.question), ("a", &exchange.answer)] {
        let Some(utterance) = utterance else { continue };
        let text = &utterance.text;
        let most = text.floor_char_boundary(if full { text.len() } else { NEIGHBOUR });
        let shown = text.get(..most).unwrap_or_default();
        // A word is not cut, unless there is but one.
        let end = shown.rfind(char::is_whitespace).filter(|_| most < text.len()).unwrap_or(most);
        let dots = if end < text.len() { " …" } else { "" };
        let shown = shown.get(..end).unwrap_or_default();
        said(out, side, &format!("{FAINT}{}{dots}{FAINT:#}", harmless(shown)))?;
    }
    Ok(())
}

/// Prints the rank, who answered, when, and in what.
fn heading(
    out: &mut impl Write,
    number: usize,
    speaker: &str,
    citation: &pb::Citation,
) -> Result<(), CliError> {
    let speaker = harmless(someone(speaker));
    let mut line = format!("{NAME}{speaker}{NAME:#}");
    for part in [&citation.published, &citation.title].into_iter().filter(|part| !part.is_empty()) {
        line.push_str(" · ");
        line.push_str(&harmless(part));
    }
    let rank = format!("{number:3}. ");
    writeln!(out, "{}", wrapped(&line.replace('\n', " "), width(), &rank, INDENT))?;
    Ok(())
}

/// Prints what a score is made of, a line for each word and field.
fn explained(out: &mut impl Write, score: f32, explanation: &pb::Explanation) -> Result<(), CliError> {
    let pb::Explanation { terms, factor } = explanation;
    let times = if *factor > 1.0 { format!(", the sum times {factor}") } else { String::new() };
    writeln!(out, "{INDENT}{FAINT}score {score:.3}{times}{FAINT:#}")?;
    for term in terms {
        let field = term.field().as_str_name().trim_start_matches("FIELD_").to_lowercase();
        let unsaturated = term.weight * term.idf;
        let saturated = if unsaturated > 0.0 { term.score / unsaturated } else { 0.0 };
        let numbers = format!(
            "{:8.3} {field:9} weight {:.2} idf {:.2} tf {saturated:.2} ",
            term.score, term.weight, term.idf
        );
        let first = format!("{INDENT}{numbers}");
        let rest = " ".repeat(first.len());
        let typed = harmless(&term.typed).replace('\n', " ");
        writeln!(out, "{FAINT}{}{FAINT:#}", wrapped(&typed, width(), &first, &rest))?;
    }
    Ok(())
}

/// The bytes from `start` to `end` of `text`, with the matches in them set off.
fn marked(text: &str, start: usize, end: usize, marks: &[(usize, usize)]) -> String {
    use std::fmt::Write as _;

    let mut shown = String::with_capacity(text.len());
    let mut done = start;
    for (first, last) in marks.iter().filter(|(first, last)| start <= *first && *last <= end) {
        let (Some(before), Some(inside)) = (text.get(done..*first), text.get(*first..*last)) else {
            continue;
        };
        shown.push_str(&harmless(before));
        // Writing to a string cannot fail.
        let _infallible = write!(shown, "{MATCH}{}{MATCH:#}", harmless(inside));
        done = *last;
    }
    shown.push_str(&harmless(text.get(done..end).unwrap_or_default()));
    shown
}

fn index(offset: i32) -> usize {
    usize::try_from(offset).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_within_the_part_shown_are_set_off() {
        assert_eq!(marked("x\u{1b}y z", 0, 5, &[(2, 3)]), format!("x{MATCH}y{MATCH:#} z"));
        assert_eq!(marked("ab cd ef", 3, 5, &[(0, 2), (3, 5), (6, 8)]), format!("{MATCH}cd{MATCH:#}"));
        // Offsets of a server that are none show nothing.
        assert_eq!(marked("é", 1, 9, &[(1, 2)]), "");
    }
}
