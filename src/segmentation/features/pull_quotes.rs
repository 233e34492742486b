//! Quotations pulled out of the text: paragraphs that only repeat the words of another.

use std::collections::BTreeSet;

use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::language_data::sentences;
use crate::transcript::Extraction;

/// The marks that open a quotation.
const QUOTES: [char; 5] = ['"', '“', '«', '„', '‘'];
/// How many paragraphs on either side may hold the sentence that one repeats.
const ECHO_WITHIN: usize = 6;
/// Fewest words of a sentence that is repeated on purpose.
const ECHO_WORDS: std::ops::RangeInclusive<usize> = 4..=40;

/// The units that only repeat a sentence of another near them.
pub(crate) fn find(extraction: &Extraction, units: &[Unit], seen: &[Features]) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, (unit, features)) in units.iter().zip(seen).enumerate() {
        let [(_, span)] = unit.pieces.as_slice() else { continue };
        let text = span.of(&extraction.text);
        let set = unit.style != Style::Plain || !features.has(Feature::Stops) || text.starts_with(QUOTES);
        let asks = features.has(Feature::Asks) && unit.style != Style::Quotation;
        if unit.speaker.is_some() || !ECHO_WORDS.contains(&features.words) || asks || !set {
            continue;
        }
        let quote = text.trim_matches(|c: char| !c.is_alphanumeric());
        let quoted = unit.style == Style::Quotation && text.starts_with(QUOTES);
        let near = units.iter().take(at + ECHO_WITHIN + 1).skip(at.saturating_sub(ECHO_WITHIN));
        let repeats = |other: &Unit| {
            other.pieces.iter().any(|(_, other)| {
                let whole = other.of(&extraction.text);
                other.start() != span.start()
                    && whole.len() > text.len()
                    && (whole.contains(quote) || (quoted && abridges(quote, whole)))
            })
        };
        if near.into_iter().any(repeats) {
            found.push(at);
        }
    }
    found
}

/// Fewest words in a row that a quotation shares with the text that it shortens.
const ABRIDGED_RUN: usize = 4;

/// Whether a quotation is put together from the words of a longer text: all of its words are there,
/// and some of them in a row.
fn abridges(quote: &str, whole: &str) -> bool {
    let of = |text: &str| sentences::words(text).map(str::to_lowercase).collect::<Vec<_>>();
    let (quote, whole) = (of(quote), of(whole));
    let known: BTreeSet<&String> = whole.iter().collect();
    quote.iter().all(|word| known.contains(word))
        && quote
            .get(..ABRIDGED_RUN)
            .is_some_and(|run| whole.windows(ABRIDGED_RUN).any(|window| window == run))
}
