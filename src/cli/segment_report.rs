//! The output of `onrecord segment` for people: the document, its speakers, and its exchanges.

use std::io::Write;
use std::time::Duration;

use crate::cli::CliError;
use crate::cli::render::FAINT;
use crate::cli::render::INDENT;
use crate::cli::render::NAME;
use crate::cli::render::harmless;
use crate::cli::render::said;
use crate::cli::render::someone;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::Exchange;
use crate::transcript::Extraction;
use crate::transcript::Metadata;
use crate::transcript::Segmentation;
use crate::transcript::Utterance;

/// The most speakers listed; a transcript with more has labels that name nobody.
const MOST_SPEAKERS: usize = 20;

/// Prints a segmented document; with `explain`, also the reasons and what was left out.
pub(super) fn print(
    extraction: &Extraction,
    segmentation: &Segmentation,
    explain: bool,
) -> Result<(), CliError> {
    let mut out = anstream::stdout().lock();
    document(&mut out, &extraction.metadata)?;
    speakers(&mut out, &segmentation.exchanges)?;
    for (number, exchange) in (1..).zip(&segmentation.exchanges) {
        print_exchange(&mut out, number, exchange, explain)?;
    }
    if explain {
        for diagnostic in extraction.diagnostics.iter().chain(&segmentation.diagnostics) {
            let place = diagnostic.spans.first().map_or(0, |span| span.start());
            writeln!(out, "{FAINT}byte {place}: {}{FAINT:#}", harmless(&diagnostic.message))?;
        }
    }
    writeln!(out, "{} exchanges", segmentation.exchanges.len())?;
    for why in reasons_for_none(extraction, segmentation) {
        writeln!(out, "{}", harmless(why))?;
    }
    Ok(())
}

/// Why there is no exchange, where there is none.
pub(super) fn reasons_for_none<'a>(
    extraction: &'a Extraction,
    segmentation: &'a Segmentation,
) -> impl Iterator<Item = &'a str> {
    let says_why = |diagnostic: &&Diagnostic| diagnostic.kind == DiagnosticKind::NoExchanges;
    let diagnostics = extraction.diagnostics.iter().chain(&segmentation.diagnostics);
    let none = segmentation.exchanges.is_empty();
    diagnostics.filter(says_why).filter(move |_| none).map(|diagnostic| diagnostic.message.as_str())
}

/// Prints what the document says about itself.
fn document(out: &mut impl Write, metadata: &Metadata) -> Result<(), CliError> {
    if !metadata.title.is_empty() {
        writeln!(out, "{NAME}{}{NAME:#}", harmless(&metadata.title))?;
    }
    let people = metadata.people.join(", ");
    let facts = [
        ("date", &metadata.published),
        ("language", &metadata.language),
        ("publisher", &metadata.publisher),
        ("uri", &metadata.uri),
        ("people", &people),
    ];
    for (name, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "{INDENT}{FAINT}{name}{FAINT:#} {}", harmless(value))?;
    }
    Ok(())
}

/// Prints who speaks, in the order of the text, with how many questions and answers each has.
fn speakers(out: &mut impl Write, exchanges: &[Exchange]) -> Result<(), CliError> {
    let mut counts: Vec<(&str, usize, usize)> = Vec::new();
    for exchange in exchanges {
        for (side, asks) in [(exchange.question.as_ref(), true), (Some(&exchange.answer), false)] {
            let Some(side) = side else { continue };
            let name = name(side);
            let at = counts.iter().position(|(known, ..)| *known == name);
            if at.is_none() && counts.len() >= MOST_SPEAKERS {
                continue;
            }
            let at = at.unwrap_or_else(|| {
                counts.push((name, 0, 0));
                counts.len() - 1
            });
            if let Some((_, asked, answered)) = counts.get_mut(at) {
                *asked += usize::from(asks);
                *answered += usize::from(!asks);
            }
        }
    }
    for (name, asked, answered) in &counts {
        let mut turns = Vec::new();
        if *asked > 0 {
            turns.push(format!("asks in {}", count(*asked)));
        }
        if *answered > 0 {
            turns.push(format!("answers in {}", count(*answered)));
        }
        let turns = turns.join(", ");
        writeln!(out, "{INDENT}{FAINT}speaker{FAINT:#} {} {FAINT}{turns}{FAINT:#}", harmless(someone(name)))?;
    }
    writeln!(out)?;
    Ok(())
}

fn count(turns: usize) -> String {
    if turns == 1 { "1 turn".to_owned() } else { format!("{turns} turns") }
}

fn print_exchange(
    out: &mut impl Write,
    number: usize,
    exchange: &Exchange,
    explain: bool,
) -> Result<(), CliError> {
    let mut place = Vec::new();
    if let Some(time) = exchange.time {
        place.push(format!("{}–{}", clock(time.start), clock(time.end)));
    }
    if let Some(page) = exchange.page {
        place.push(format!("page {page}"));
    }
    let place = place.join(" · ");
    let speaker = harmless(someone(name(&exchange.answer)));
    writeln!(out, "{number:3}. {NAME}{speaker}{NAME:#} {FAINT}{place}{FAINT:#}")?;
    if let Some(question) = &exchange.question {
        said(out, "Q", &harmless(&question.text))?;
    }
    said(out, "A", &harmless(&exchange.answer.text))?;
    if !exchange.occurrences.is_empty() {
        writeln!(out, "{INDENT}{FAINT}also in {} other places{FAINT:#}", exchange.occurrences.len())?;
    }
    for reason in exchange.reasons.iter().filter(|_| explain) {
        writeln!(out, "{INDENT}{FAINT}because {}{FAINT:#}", harmless(reason))?;
    }
    writeln!(out)?;
    Ok(())
}

fn name(utterance: &Utterance) -> &str {
    utterance.speaker.as_deref().unwrap_or_default()
}

/// A time of the recording as `h:mm:ss`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert_eq!(clock(Duration::from_millis(3_725_900)), "1:02:05");
        assert_eq!(clock(Duration::ZERO), "0:00:00");
    }
}
