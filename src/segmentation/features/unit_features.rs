//! What a unit looks like: how much it reads as a question, an answer, or as clutter.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::segmentation::features::units::Style;
use crate::segmentation::features::units::Unit;
use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;

/// Something seen in a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// It ends with a question mark.
    Asks,
    /// One of its last sentences has a question mark, but not the last.
    Asked,
    /// A sentence begins as a request.
    Requests,
    /// It begins with a question word.
    OpensAsking,
    /// It speaks to someone.
    SecondPerson,
    /// It speaks of its speaker.
    FirstPerson,
    /// It ends as a sentence does.
    Stops,
    /// It begins as matter behind an interview does, or is a credit.
    Trailing,
    /// It is only a sign of listening.
    Listens,
    /// It gives the floor to another.
    HandsOver,
    /// It is a date, with few words around it.
    Dated,
}

/// What is seen in one unit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Features {
    /// Words.
    pub words: usize,
    /// Evidence for clutter, as log-odds.
    pub clutter: f32,
    signs: u16,
}

impl Features {
    /// Whether a sign is there.
    pub(crate) fn has(&self, sign: Feature) -> bool {
        self.signs & (1 << sign as u16) != 0
    }

    fn note(&mut self, sign: Feature, there: bool) {
        self.signs |= u16::from(there) << sign as u16;
    }
}

/// Evidence from which on a unit is taken for clutter where its place is weighed.
pub(crate) const CLUTTER: f32 = 2.0;
/// Evidence that a remark of whoever wrote the text down is clutter.
const REMARK: f32 = 12.0;
/// Most words of a line that may be a banner.
const BANNER_WORDS: usize = 10;
/// Most words of a turn that gives the floor to another.
const HANDOVER_WORDS: usize = 40;
/// Most words of a turn that may be only signs of listening.
const LISTENING_WORDS: usize = 8;
/// How many words at either end of a unit are looked up.
const LOOKED_UP: usize = 32;
/// How much of a unit's start is read sentence by sentence, in bytes.
const HEAD: usize = 360;
/// How much of its end.
const TAIL: usize = 240;

/// The features of all units.
pub(crate) fn extract(extraction: &Extraction, language: &Language, units: &[Unit]) -> Vec<Features> {
    let mut seen: Vec<Features> =
        units.iter().map(|unit| look(&unit.text(&extraction.text), language)).collect();
    let recurring = recurrences(extraction, units, &seen);
    let prose: Vec<bool> = units
        .iter()
        .zip(&seen)
        .filter(|(unit, t)| t.words >= 8 && unit.kind == BlockKind::Paragraph)
        .map(|(_, t)| t.has(Feature::Stops))
        .collect();
    let shouting = units
        .iter()
        .zip(&seen)
        .filter(|(unit, t)| t.words > 1 && shouts(&unit.text(&extraction.text)))
        .count()
        * 3
        > units.len();
    let tidy = prose.iter().filter(|stops| **stops).count() * 5 >= prose.len() * 4 && prose.len() >= 3;
    for (unit, features) in units.iter().zip(&mut seen) {
        if unit.speaker.is_none() || unit.kind == BlockKind::Cue {
            let text = unit.text(&extraction.text);
            features.clutter = clutter(unit, &text, *features, tidy, &recurring);
            if !shouting && features.words > 1 && features.words <= 24 && shouts(&text) {
                features.clutter += 3.0;
            }
            let trailing = features.words <= 60
                && (lexicon::trailing(&sentences::opening(&text))
                    || lexicon::credit(&sentences::opening_of(&text, 400)));
            features.note(Feature::Trailing, trailing);
        } else if unit.labelled {
            let text = unit.text(&extraction.text);
            // What a host reads out for a sponsor, and notes of the transcriber.
            if framed(&text) || (!features.has(Feature::Asks) && lexicon::sponsor(&sentences::opening(&text)))
            {
                features.clutter = 3.0;
            }
        }
    }
    for (_, features) in units.iter().zip(&mut seen).filter(|(unit, _)| unit.remark) {
        features.clutter = REMARK;
    }
    for at in echoes(extraction, units, &seen) {
        if let Some(features) = seen.get_mut(at) {
            features.clutter += 5.0;
        }
    }
    seen
}

/// The marks that open a quotation.
const QUOTES: [char; 5] = ['"', '“', '«', '„', '‘'];
/// How many paragraphs on either side may hold the sentence that one repeats.
const ECHO_WITHIN: usize = 6;
/// Fewest words of a sentence that is repeated on purpose.
const ECHO_WORDS: std::ops::RangeInclusive<usize> = 4..=40;

/// The paragraphs that only repeat a sentence of another, as quotations pulled out of the text do.
fn echoes(extraction: &Extraction, units: &[Unit], seen: &[Features]) -> Vec<usize> {
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

/// Whether a quotation is put together from the words of a longer text: all of its words are there, and some of
/// them in a row.
fn abridges(quote: &str, whole: &str) -> bool {
    let of = |text: &str| sentences::words(text).map(str::to_lowercase).collect::<Vec<_>>();
    let (quote, whole) = (of(quote), of(whole));
    let known: BTreeSet<&String> = whole.iter().collect();
    quote.iter().all(|word| known.contains(word))
        && quote
            .get(..ABRIDGED_RUN)
            .is_some_and(|run| whole.windows(ABRIDGED_RUN).any(|window| window == run))
}

/// How often each short line occurs.
fn recurrences(extraction: &Extraction, units: &[Unit], seen: &[Features]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (unit, features) in units.iter().zip(seen) {
        if unit.speaker.is_none() && features.words <= BANNER_WORDS && !features.has(Feature::Asks) {
            *counts.entry(numberless(&unit.text(&extraction.text))).or_default() += 1;
        }
    }
    counts
}

/// A short line without what changes from page to page.
fn numberless(text: &str) -> String {
    let line = sentences::bare(text);
    if line.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).nth(2).is_none() {
        // Of a word or two, the number is what it says.
        return line;
    }
    let words = line.split_whitespace().map(|word| word.trim_matches(|c: char| c.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

/// Evidence that a unit without a speaker is clutter.
fn clutter(
    unit: &Unit,
    text: &str,
    features: Features,
    tidy: bool,
    recurring: &BTreeMap<String, usize>,
) -> f32 {
    let opening = sentences::opening(text);
    let mut odds = match unit.kind {
        BlockKind::Caption => 6.0,
        BlockKind::Heading(_) => 3.0,
        BlockKind::Preformatted | BlockKind::ListItem | BlockKind::Description => -1.0,
        BlockKind::Paragraph
        | BlockKind::Quotation
        | BlockKind::Term
        | BlockKind::Cue
        | BlockKind::Turn
        | BlockKind::Question
        | BlockKind::Answer => 0.0,
    };
    if lexicon::caption(&opening).is_some() && features.words <= 30 {
        odds += 5.0;
    } else if features.words <= 25
        && !features.has(Feature::Asks)
        && lexicon::credits_picture(&text.to_lowercase())
    {
        odds += if unit.style == Style::Light { 5.0 } else { 3.0 };
    }
    if features.words == 0 {
        return 6.0;
    }
    if features.words <= 16 && !features.has(Feature::Asks) && lexicon::boilerplate(&opening) {
        odds += if features.has(Feature::Stops) && features.words > 8 { 1.5 } else { 4.5 };
    }
    if features.words <= BANNER_WORDS && !features.has(Feature::Asks) && unit.kind != BlockKind::ListItem {
        let times = recurring.get(&numberless(text)).copied().unwrap_or_default();
        if times >= 2 && !features.has(Feature::Listens) {
            odds += if features.has(Feature::Stops) { 0.8 } else { 3.0 };
        }
        let capital = text.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| !c.is_lowercase());
        let cased = text.chars().any(char::is_lowercase) || text.chars().any(char::is_uppercase);
        if !sentences::ends_in_mark(text) && capital && tidy && features.words <= 8 {
            odds += if cased { 2.5 } else { 1.5 };
        }
    }
    let direction =
        (text.starts_with('(') && text.ends_with(')')) || (text.starts_with('[') && text.ends_with(']'));
    if direction && features.words <= 14 && text.matches(['(', '[']).count() == 1 {
        odds += 4.5;
    }
    if features.words <= 120 && lexicon::sponsor(&sentences::opening_of(text, 400)) {
        odds += 5.0;
    } else if features.words <= 60 && !features.has(Feature::FirstPerson) && framed(text) {
        odds += 3.5;
    }
    if features.has(Feature::Dated) && unit.kind != BlockKind::ListItem {
        odds += 2.5;
    }
    if announces(text, &opening) {
        odds += 5.0;
    }
    if text.starts_with(['©', 'ⓒ', '→', '▲', '▶']) || text.starts_with("*** ") {
        odds += 3.0;
    }
    odds
}

/// Whether a whole paragraph stands in brackets or between dashes, as notes that are not said do.
fn framed(text: &str) -> bool {
    (text.starts_with('[') && text.ends_with(']') && text.matches('[').count() == 1)
        || (text.starts_with("--") && text.ends_with("--") && text.len() > 8)
}

/// Whether a line is a link to something else: `Also read: …`.
fn announces(text: &str, opening: &str) -> bool {
    let Some((lead, _)) = opening.split_once([':', '：']) else { return false };
    text.len() < 160 && lexicon::boilerplate(opening) && lead.split(' ').count() <= 4
}

/// Whether a text is all capitals.
fn shouts(text: &str) -> bool {
    !text.chars().any(char::is_lowercase) && text.chars().filter(|c| c.is_uppercase()).count() >= 3
}

/// Whether a text names a day: a year of the last two centuries or this one, and another number.
fn is_date(text: &str) -> bool {
    let numbers = || text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    let year = |number: &str| {
        number.len() == 4 && number.parse::<u16>().is_ok_and(|year| (1800..2100).contains(&year))
    };
    numbers().any(year) && numbers().any(|number| number.len() <= 2)
}

/// Reads one unit's text.
fn look(text: &str, language: &Language) -> Features {
    let words = sentences::count_words(text);
    let mut features = Features { words, ..Features::default() };
    let opens = sentences::words(text).next().is_some_and(|word| language.asks(&word.to_lowercase()));
    let reported = sentences::ends_in_reported_question(text, opens);
    features.note(Feature::Asks, sentences::ends_in_question(text) && !reported);
    features.note(Feature::Stops, sentences::ends_in_stop(text));
    features.note(
        Feature::HandsOver,
        words <= HANDOVER_WORDS && !features.has(Feature::Asks) && lexicon::hands_over(&text.to_lowercase()),
    );
    features.note(Feature::Dated, words <= BANNER_WORDS && !features.has(Feature::Stops) && is_date(text));
    features.note(Feature::Listens, words <= LISTENING_WORDS && lexicon::backchannel(&sentences::bare(text)));
    let (head, tail) = if text.len() <= HEAD + TAIL {
        (text, "")
    } else {
        (sentences::head(text, HEAD), sentences::tail(text, TAIL))
    };
    let first = sentences::sentences(head, 0);
    let last = if tail.is_empty() { Vec::new() } else { sentences::sentences(tail, 0) };
    let of_head = first.iter().map(|sentence| sentence.of(head));
    let of_tail = last.iter().map(|sentence| sentence.of(tail));
    let ending = || of_tail.clone().rev().chain(of_head.clone().rev().filter(|_| tail.is_empty()));
    let asked = !features.has(Feature::Asks) && ending().skip(1).take(2).any(sentences::ends_in_question);
    features.note(Feature::Asked, asked);
    let asks_for = |sentence: &str| {
        lexicon::request(&sentences::opening_of(sentence.trim_start(), 24)) || request_at_end(sentence)
    };
    let requests = of_head.clone().take(4).chain(of_tail.clone().rev().take(3)).any(asks_for);
    features.note(Feature::Requests, requests);
    features.note(Feature::OpensAsking, opens);
    let mut lower = String::new();
    for word in sentences::words(head)
        .take(LOOKED_UP)
        .chain(sentences::words(tail).take(LOOKED_UP))
        .filter(|word| word.len() <= 18)
    {
        sentences::lower(word, &mut lower);
        let known = features.has(Feature::SecondPerson);
        features.note(Feature::SecondPerson, !known && language.second_person(&lower));
        let known = features.has(Feature::FirstPerson);
        features.note(Feature::FirstPerson, !known && language.first_person(&lower));
    }
    features
}

/// Whether a sentence of a language that puts its verb last ends as a request.
fn request_at_end(sentence: &str) -> bool {
    !sentence.is_ascii() && lexicon::request_ending(sentence)
}
