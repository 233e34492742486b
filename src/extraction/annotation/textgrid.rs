//! `TextGrid`, the annotation of Praat: tiers of intervals. Its manual says that a reader looks at
//! the free numbers and strings alone, so the long and the short form are one.

use std::time::Duration;

use crate::extraction::Decoded;
use crate::extraction::ExtractError;
use crate::extraction::annotation::tiers;
use crate::extraction::annotation::tiers::Tier;
use crate::extraction::builder::ExtractionBuilder;
use crate::extraction::common::speech;
use crate::extraction::common::speech::Escapes;
use crate::extraction::common::speech::Part;
use crate::extraction::common::speech::Utterance;
use crate::span::TextSpan;
use crate::transcript::BlockKind;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::TimeSpan;

/// The most tiers that are read.
const MOST_TIERS: usize = 2_000;

/// Whether a text begins as a file of Praat with tiers does.
pub(crate) fn is_textgrid(head: &str) -> bool {
    let mut tokens = Tokens { text: head, at: 0 };
    let mut string = || loop {
        match tokens.next() {
            Some(Token::String(span)) => break Some(span.of(head)),
            Some(Token::Number(_)) => {}
            None => break None,
        }
    };
    head.contains("ooTextFile") && string() == Some("ooTextFile") && string() == Some("TextGrid")
}

/// Reads the tiers.
pub(crate) fn extract(decoded: &Decoded<'_>) -> Result<Extraction, ExtractError> {
    let text: &str = &decoded.text;
    let (tiers, mut left_out) = speech_only(read(text)?, text);
    let (said, parallel) = tiers::merge(tiers);
    left_out.extend(parallel);
    let draft = ExtractionBuilder::new(decoded);
    let mut extraction = speech::write(draft, text, &said, Format::TextGrid, Escapes::None);
    if !left_out.is_empty() {
        left_out.truncate(20);
        let message = format!("tiers that are no one's speech were left out: {}", left_out.join(", "));
        let kind = DiagnosticKind::Banner;
        extraction.diagnostics.push(Diagnostic { kind, message, spans: Vec::new() });
    }
    Ok(extraction)
}

fn read(text: &str) -> Result<Vec<Tier>, ExtractError> {
    let mut tiers: Vec<Tier> = Vec::new();
    let mut numbers: Vec<f64> = Vec::new();
    // The kind of the tier whose name comes next, and whether the last tier has intervals.
    let (mut named, mut intervals) = (None, false);
    for token in (Tokens { text, at: 0 }) {
        let span = match token {
            Token::Number(number) => {
                numbers.push(number);
                // Only the last two numbers before a string are its times.
                if numbers.len() > 2 {
                    numbers.remove(0);
                }
                continue;
            }
            Token::String(span) => span,
        };
        let said = span.of(text);
        if let Some(is_interval) = named.take() {
            if tiers.len() == MOST_TIERS {
                return Err(ExtractError::OverLimit { limit: "tiers", allowed: MOST_TIERS });
            }
            intervals = is_interval;
            tiers.push(Tier { name: said.trim().to_owned(), utterances: Vec::new() });
        } else if (numbers.len() < 2 || tiers.is_empty()) && matches!(said, "IntervalTier" | "TextTier") {
            named = Some(said == "IntervalTier");
        } else if let (Some(tier), true) = (tiers.last_mut(), intervals) {
            tier.utterances.extend(interval(tier.name.as_str(), &numbers, text, span));
        }
        numbers.clear();
    }
    Ok(tiers)
}

/// The words of an interval; `None` where it is silent.
fn interval(speaker: &str, numbers: &[f64], text: &str, span: TextSpan) -> Option<Utterance> {
    let [start, end] = numbers else { return None };
    let time = |seconds: &f64| Duration::try_from_secs_f64(*seconds).ok();
    let (start, end) = (time(start)?, time(end)?);
    let speaker = Some(speaker).filter(|name| !name.is_empty() && name.len() <= 200).map(str::to_owned);
    let time = Some(TimeSpan { start, end: end.max(start) });
    let mut utterance = Utterance::new(BlockKind::Cue, speaker, time);
    let mut at = span.start();
    // A quotation mark is written twice.
    for piece in span.of(text).split_inclusive("\"\"") {
        let length = piece.len() - usize::from(piece.ends_with("\"\""));
        utterance.parts.push(Part::Text(TextSpan::new(at, at + length)));
        at += piece.len();
    }
    utterance.has_words(text).then_some(utterance)
}

/// Leaves out tiers of single words or sounds, where another tier has whole utterances.
fn speech_only(tiers: Vec<Tier>, text: &str) -> (Vec<Tier>, Vec<String>) {
    let is_single = |tier: &Tier| {
        let several = tier.utterances.iter().filter(|utterance| {
            utterance.stretches().flat_map(|span| span.of(text).split_whitespace()).nth(1).is_some()
        });
        several.count() * 10 < tier.utterances.len()
    };
    let single: Vec<bool> = tiers.iter().map(is_single).collect();
    let any_whole = tiers.iter().zip(&single).any(|(tier, single)| !single && !tier.utterances.is_empty());
    let (mut kept, mut left_out) = (Vec::new(), Vec::new());
    for (tier, single) in tiers.into_iter().zip(single) {
        if single && any_whole {
            left_out.push(tier.name);
        } else {
            kept.push(tier);
        }
    }
    (kept, left_out)
}

enum Token {
    Number(f64),
    /// The text between the quotation marks.
    String(TextSpan),
}

struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let rest = self.text.get(self.at..)?;
            let start = rest.find(|c: char| !c.is_whitespace())?;
            self.at += start;
            let rest = rest.get(start..)?;
            if let Some(inside) = rest.strip_prefix('"') {
                let length = closing(inside);
                let span = TextSpan::new(self.at + 1, self.at + 1 + length);
                self.at = (span.end() + 1).min(self.text.len());
                return Some(Token::String(span));
            }
            // A comment goes to the end of its line.
            let end =
                if rest.starts_with('!') { rest.find(['\n', '\r']) } else { rest.find(char::is_whitespace) };
            let length = end.unwrap_or(rest.len());
            self.at += length;
            let word = rest.get(..length)?;
            let is_number = word.starts_with(|c: char| c.is_ascii_digit() || c == '-');
            if let Some(number) = word.parse::<f64>().ok().filter(|number| is_number && number.is_finite()) {
                return Some(Token::Number(number));
            }
        }
    }
}

/// How long a string is, up to its closing quotation mark.
fn closing(inside: &str) -> usize {
    let bytes = inside.as_bytes();
    let mut at = 0;
    while let Some(found) = inside.get(at..).and_then(|rest| rest.find('"')) {
        at += found;
        if bytes.get(at + 1) != Some(&b'"') {
            return at;
        }
        at += 2;
    }
    inside.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;

    fn check(document: &str, expect: &[(&str, u128, &str)]) {
        assert!(is_textgrid(document));
        let extraction = extract(&decoding::decode(document.as_bytes(), None).unwrap()).unwrap();
        let blocks: Vec<_> = extraction
            .blocks
            .iter()
            .map(|block| {
                let start = block.time.unwrap().start.as_millis();
                (block.speaker.as_deref().unwrap(), start, block.span.of(&extraction.text))
            })
            .collect();
        assert_eq!(blocks, expect, "{document}");
    }

    #[test]
    fn long_and_short_form() {
        let expect = [("Ann", 500, "Who said \"no\"?"), ("Bo", 2000, "Not me.")];
        check(
            "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = 3\ntiers? <exists>\nsize = 3\nitem []:\n    item [1]:\n        \
             class = \"IntervalTier\"\n        name = \"Ann\"\n        xmin = 0\n        xmax = 3\n        intervals: size = 2\n        intervals [1]:\n            \
             xmin = 0\n            xmax = 0.5\n            text = \"\"\n        intervals [2]:\n            xmin = 0.5\n            xmax = 1.5\n            \
             text = \"Who said \"\"no\"\"?\"\n    item [2]:\n        class = \"IntervalTier\"\n        name = \"Bo\"\n        xmin = 0\n        xmax = 3\n        \
             intervals: size = 1\n        intervals [1]:\n            xmin = 2\n            xmax = 3\n            text = \"Not me.\"\n    item [3]:\n        \
             class = \"IntervalTier\"\n        name = \"Bo words\"\n        xmin = 0\n        xmax = 3\n        intervals: size = 1\n        intervals [1]:\n            \
             xmin = 2\n            xmax = 2.5\n            text = \"not\"\n",
            &expect,
        );
        check(
            "File type = \"ooTextFile\"\n\"TextGrid\"\n0\n3\n<exists>\n2\n\"IntervalTier\"\n\"Ann\"\n0\n3\n1\n0.5\n1.5\n\"Who said \"\"no\"\"?\"\n\
             \"IntervalTier\"\n\"Bo\"\n0\n3\n1\n2\n3\n\"Not me.\"\n",
            &expect,
        );
    }
}
