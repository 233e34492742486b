//! How much a unit without a speaker looks like boilerplate: banners, captions, credits, sponsors'
//! messages.

use std::collections::BTreeMap;

use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;

/// Most words of a line that may be a banner.
const BANNER_WORDS: usize = 10;
/// Most words of a line that is no sentence.
const LINE_WORDS: usize = 8;
/// Most words of a line in capitals.
const CAPITALS_WORDS: usize = 24;
/// Fewest words of a paragraph that shows whether paragraphs end in a stop.
const PROSE_WORDS: usize = 8;
/// Fewest paragraphs that show it, and fewest labelled turns.
const FEWEST: (usize, usize) = (3, 4);

/// Habits of a document, which are no evidence about a single unit.
#[derive(Debug)]
pub(crate) struct Usage {
    /// Whether paragraphs end in a stop, so that a line without one is no prose.
    tidy: bool,
    /// Whether turns with a label do.
    tidy_turns: bool,
    /// Whether much of it is in capitals.
    capitals: bool,
    /// How often each short line occurs.
    recurring: BTreeMap<String, usize>,
}

impl Usage {
    /// Counts over all units.
    pub(crate) fn of(extraction: &Extraction, units: &[Unit], seen: &[Features]) -> Self {
        let mut usage = Self { tidy: false, tidy_turns: false, capitals: false, recurring: BTreeMap::new() };
        // How many end in a stop, of how many: paragraphs of prose, and turns.
        let (mut prose, mut turns, mut capitals) = ((0, 0), (0, 0), 0);
        for (unit, features) in units.iter().zip(seen) {
            let text = unit.text(&extraction.text);
            let stops = usize::from(features.has(Feature::Stops));
            if features.words >= PROSE_WORDS && unit.kind == BlockKind::Paragraph {
                prose = (prose.0 + stops, prose.1 + 1);
            }
            if features.words > 1 && unit.labelled {
                turns = (turns.0 + stops, turns.1 + 1);
            }
            capitals += usize::from(features.words > 1 && in_capitals(&text));
            let short = features.words <= BANNER_WORDS && !features.has(Feature::Asks);
            if unit.speaker.is_none() && short {
                *usage.recurring.entry(without_numbers(&text)).or_default() += 1;
            }
        }
        let most = |(stops, all): (usize, usize)| stops * 5 >= all * 4;
        usage.tidy = most(prose) && prose.1 >= FEWEST.0;
        usage.tidy_turns = most(turns) && turns.1 >= FEWEST.1;
        usage.capitals = capitals * 3 > units.len();
        usage
    }

    /// The log-odds that a unit is boilerplate.
    pub(crate) fn boilerplate(&self, unit: &Unit, text: &str, features: Features) -> f32 {
        if features.words == 0 {
            return 6.0;
        }
        let opening = sentences::opening(text);
        let asks = features.has(Feature::Asks);
        let stops = features.has(Feature::Stops);
        let mut odds = of_kind(unit.kind);
        if lexicon::caption(&opening).is_some() && features.words <= 30 {
            odds += 5.0;
        } else if features.words <= 25 && !asks && lexicon::credits_picture(&text.to_lowercase()) {
            odds += if unit.style == Style::Light { 5.0 } else { 3.0 };
        }
        if features.words <= 16 && !asks && lexicon::boilerplate(&opening) {
            odds += if stops && features.words > LINE_WORDS { 1.5 } else { 4.5 };
        }
        odds += self.of_line(unit, text, features);
        if is_direction(text) && features.words <= 14 {
            odds += 4.5;
        }
        if features.words <= 120 && lexicon::sponsor(&sentences::opening_of(text, 400)) {
            odds += 5.0;
        } else if features.words <= 60 && !features.has(Feature::FirstPerson) && is_framed(text) {
            odds += 3.5;
        }
        if features.has(Feature::Dated) && unit.kind != BlockKind::ListItem {
            odds += 2.5;
        }
        if announces(text, &opening) || (!unit.labelled && unit.style == Style::Light && calls_to_act(text)) {
            odds += 5.0;
        }
        if text.starts_with(['©', 'ⓒ', '→', '▲', '▶']) || text.starts_with("*** ") {
            odds += 3.0;
        }
        let capitals = features.words > 1 && features.words <= CAPITALS_WORDS && in_capitals(text);
        if capitals && !self.capitals {
            odds += 3.0;
        }
        odds
    }

    /// The evidence of a short line: that it recurs, or that it is no sentence where all other text
    /// is.
    fn of_line(&self, unit: &Unit, text: &str, features: Features) -> f32 {
        if features.words > BANNER_WORDS || features.has(Feature::Asks) || unit.kind == BlockKind::ListItem {
            return 0.0;
        }
        let mut odds = 0.0;
        let times = self.recurring.get(&without_numbers(text)).copied().unwrap_or_default();
        if times >= 2 && !features.has(Feature::Listens) {
            odds += if features.has(Feature::Stops) { 0.8 } else { 3.0 };
        }
        let capital = text.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| !c.is_lowercase());
        let cased = text.chars().any(char::is_lowercase) || text.chars().any(char::is_uppercase);
        let tidy = self.tidy || (self.tidy_turns && !unit.inline && unit.kind == BlockKind::Paragraph);
        if !sentences::ends_in_mark(text) && capital && tidy && features.words <= LINE_WORDS {
            odds += if cased { 2.5 } else { 1.5 };
        }
        odds
    }
}

/// The evidence of what the format calls a block.
const fn of_kind(kind: BlockKind) -> f32 {
    match kind {
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
    }
}

/// Whether what a named speaker is given is no speech: a sponsor's message that is read out, or a
/// note of the transcriber.
pub(crate) fn is_read_out(text: &str, features: Features) -> bool {
    is_framed(text)
        || is_aside(text)
        || (!features.has(Feature::Asks) && lexicon::sponsor(&sentences::opening(text)))
}

/// A short line without what changes from page to page; of a word or two, the number is what it
/// says.
fn without_numbers(text: &str) -> String {
    let line = sentences::bare(text);
    if line.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).nth(2).is_none() {
        return line;
    }
    let words = line.split_whitespace().map(|word| word.trim_matches(|c: char| c.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

/// Whether all of a text is in one pair of brackets, as stage directions are.
fn is_direction(text: &str) -> bool {
    let bracketed =
        (text.starts_with('(') && text.ends_with(')')) || (text.starts_with('[') && text.ends_with(']'));
    bracketed && text.matches(['(', '[']).count() == 1
}

/// Whether all a speaker "says" is in brackets, as "(She nods.)".
fn is_aside(text: &str) -> bool {
    let inside = text.strip_prefix(['(', '（']).and_then(|text| text.strip_suffix([')', '）']));
    inside.is_some_and(|inside| !inside.contains(['(', ')', '（', '）']))
}

/// Whether a whole paragraph is in brackets or between dashes, as notes are.
fn is_framed(text: &str) -> bool {
    (text.starts_with('[') && text.ends_with(']') && text.matches('[').count() == 1)
        || (text.starts_with("--") && text.ends_with("--") && text.len() > 8)
}

/// Whether a line is a link to something else: `Also read: …`.
fn announces(text: &str, opening: &str) -> bool {
    let Some((lead, _)) = opening.split_once([':', '：']) else { return false };
    text.len() < 160 && lexicon::boilerplate(opening) && lead.split(' ').count() <= 4
}

/// Most words of a call at the end of a pitch.
const CALL_WORDS: usize = 4;

/// Whether a text ends in the words of a button, as pitches do: "If you like this, … Subscribe
/// now".
fn calls_to_act(text: &str) -> bool {
    let last = text.rsplit(['.', '!', '?']).next().unwrap_or_default().trim();
    last.len() < text.len()
        && (1..=CALL_WORDS).contains(&sentences::count_words(last))
        && lexicon::boilerplate(&last.to_lowercase())
}

/// Whether a text is all capitals.
fn in_capitals(text: &str) -> bool {
    !text.chars().any(char::is_lowercase) && text.chars().filter(|c| c.is_uppercase()).count() >= 3
}
