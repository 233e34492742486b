//! Text after the last answer: how much each unit there looks like back matter and not like more of
//! the answer.

use crate::segmentation::decoding::question_evidence;
use crate::segmentation::decoding::roles::Roles;
use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::question_style::QuestionStyle;
use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::features::unit_features::LIKELY_BOILERPLATE;
use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::segmentation::pairing::guest_name;
use crate::segmentation::weights::table::Weights;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Role;

/// Evidence up to which a paragraph may as well go on with the answer.
pub(crate) const DOUBT: f32 = 2.0;
/// Fewest answers that show how many paragraphs an answer has in a document.
const FEWEST_ANSWERS: usize = 4;
/// Most words of a credit, as `Interview: Ann Lee`.
const CREDIT_WORDS: usize = 8;
/// Most words of a line that needs no stop to be no prose.
const LINE_WORDS: usize = 12;
/// Most words of a notice about the transcript.
const NOTICE_WORDS: usize = 60;
/// Most words of a title.
const TITLE_WORDS: usize = 5;
/// Evidence for what follows the title of such matter.
const TITLED: f32 = 3.5;
/// Evidence for what follows a horizontal rule, where none separates the exchanges.
const RULED: f32 = 6.0;
/// Evidence from which on a question of the writer's own is asked.
const ASKS: f32 = 1.5;

/// Per unit, the evidence that it follows the interview; zero for all up to the last answer's
/// start.
pub(crate) fn evidence(
    weights: &Weights,
    extraction: &Extraction,
    language: &Language,
    roles: &Roles,
    question_style: Option<QuestionStyle>,
    units: &[Unit],
    features: &[Features],
) -> Vec<f32> {
    let mut evidence = vec![0.0; units.len()];
    let asks = |(unit, seen): (&Unit, &Features)| match question_style {
        _ if roles.askers_named => roles.of_unit(unit) == Some(Role::Question),
        Some(question_style) => {
            question_style.sets(unit) && (seen.has(Feature::Asks) || seen.has(Feature::Requests))
        }
        None => {
            roles.of_unit(unit).is_some()
                || (question_evidence::of_words(weights, seen) > ASKS
                    && seen.boilerplate < LIKELY_BOILERPLATE)
        }
    };
    let Some(last) = units.iter().zip(features).rposition(asks) else { return evidence };
    // The answer's first paragraph never follows it.
    let labelled = units.iter().rposition(|unit| roles.of_unit(unit).is_some()).unwrap_or_default();
    let answers = units.get(labelled).is_some_and(|unit| roles.of_unit(unit) == Some(Role::Answer));
    let first = if answers && labelled >= last { labelled + 1 } else { last.max(labelled) + 2 };
    let rule = closing_rule(units, &asks, features, last.max(labelled));
    let first = first.min(rule.unwrap_or(first));
    let single = if one_paragraph(roles, question_style, units, features, first) { 1.5 } else { 0.0 };
    let listed = units.get(..first).is_some_and(|units| units.iter().any(|u| u.kind == BlockKind::ListItem));
    let prose: Vec<bool> = units
        .iter()
        .zip(features)
        .take(first)
        .filter(|(_, seen)| seen.words >= LINE_WORDS)
        .map(|(_, seen)| seen.has(Feature::Stops))
        .collect();
    let tidy = prose.len() >= 3 && prose.iter().filter(|stops| **stops).count() * 5 >= prose.len() * 4;
    // What a title such as "Comments" heads is of its kind.
    let mut titled = 0.0;
    for (at, ((unit, seen), slot)) in units.iter().zip(features).zip(&mut evidence).enumerate().skip(first) {
        if rule == Some(at) {
            titled = RULED;
        }
        let text = unit.text(&extraction.text);
        // A paragraph that begins with a full name is about that person.
        let about = !seen.has(Feature::FirstPerson) && guest_name::opens_with_name(&text, language);
        *slot = single
            + titled
            + if about { 1.0 } else { 0.0 }
            + of_text(&text, *seen, tidy)
            + of_form(unit, question_style, listed);
        if seen.words <= TITLE_WORDS && !seen.has(Feature::Stops) && opens_other(&sentences::opening(&text)) {
            titled = TITLED.max(titled);
        }
    }
    evidence
}

/// The unit after the last turn that a horizontal rule precedes, in a document that has no rule
/// between its exchanges.
fn closing_rule(
    units: &[Unit],
    asks: &impl Fn((&Unit, &Features)) -> bool,
    features: &[Features],
    last: usize,
) -> Option<usize> {
    let first = units.iter().zip(features).position(asks)?;
    let inside = units.get(first + 1..=last).is_some_and(|units| units.iter().any(|unit| unit.after_rule));
    let rule = units.iter().skip(last + 1).position(|unit| unit.after_rule)?;
    (!inside).then_some(last + 1 + rule)
}

/// Whether the answers of a document have one paragraph each, up to a unit.
fn one_paragraph(
    roles: &Roles,
    question_style: Option<QuestionStyle>,
    units: &[Unit],
    features: &[Features],
    first: usize,
) -> bool {
    let (mut answers, mut more) = (0, 0);
    // Whether a question went before, and whether an answer is open.
    let (mut asked, mut open) = (false, false);
    for (unit, seen) in units.iter().zip(features).take(first) {
        let plain = seen.boilerplate < LIKELY_BOILERPLATE && !seen.has(Feature::Asks);
        match roles.of_unit(unit) {
            Some(Role::Answer) => {
                answers += 1;
                open = true;
            }
            Some(_) => open = false,
            None if question_style.is_some_and(|question_style| question_style.sets(unit)) => {
                (asked, open) = (true, false);
            }
            None if open => more += usize::from(plain),
            None if asked && plain => {
                answers += 1;
                (asked, open) = (false, true);
            }
            None => {}
        }
    }
    answers >= FEWEST_ANSWERS && more * 4 <= answers
}

/// Evidence of a unit's words.
fn of_text(text: &str, seen: Features, tidy: bool) -> f32 {
    let mut odds = if seen.has(Feature::FirstPerson) { -1.5 } else { 0.5 };
    let opening = sentences::opening(text);
    if seen.words <= 60 && opens_other(&opening) {
        odds += 3.5;
    }
    if text.contains(['©', 'ⓒ']) || text.contains("www.") || text.contains("http") || has_address(text) {
        odds += 4.0;
    }
    if text.contains(" | ") {
        odds += 4.0;
    }
    if seen.words <= LINE_WORDS && !sentences::ends_in_mark(text) && tidy {
        odds += 3.0;
    }
    if seen.words <= CREDIT_WORDS && credits(text) {
        odds += 2.5;
    }
    // What the software of a meeting adds: when it ended, and how the transcript came about.
    if seen.words <= LINE_WORDS && !sentences::ends_in_mark(text) && has_clock(text) {
        odds += 3.5;
    }
    if seen.words <= NOTICE_WORDS
        && !seen.has(Feature::FirstPerson)
        && lexicon::about_transcript(&text.to_lowercase())
    {
        odds += 4.0;
    }
    odds
}

/// Whether a line begins as what is no part of an interview does.
fn opens_other(opening: &str) -> bool {
    lexicon::boilerplate(opening) || lexicon::trailing(opening)
}

/// Whether a text has a time of the clock or a duration: `14:30`, `00:07:12`.
fn has_clock(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let mut parts = word.trim_matches(|c: char| !c.is_ascii_digit()).split(':');
        let number = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        parts.clone().nth(1).is_some() && parts.all(number)
    })
}

/// Whether a text has an e-mail address.
fn has_address(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + 1..).unwrap_or_default();
        let domain = after.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
        before.ends_with(|c: char| c.is_ascii_alphanumeric()) && domain.contains('.')
    })
}

/// Whether a short text names what someone did and who: `Interview: Ann Lee`.
fn credits(text: &str) -> bool {
    text.split_once(": ").is_some_and(|(role, name)| {
        role.split(' ').count() <= 3 && name.starts_with(char::is_uppercase) && !sentences::ends_in_stop(name)
    })
}

/// Evidence of how a unit is set.
fn of_form(unit: &Unit, question_style: Option<QuestionStyle>, listed: bool) -> f32 {
    match unit.kind {
        BlockKind::Heading(_) => return 2.5,
        BlockKind::ListItem if !listed => return 2.0,
        BlockKind::Cue => return -4.0,
        BlockKind::Paragraph
        | BlockKind::ListItem
        | BlockKind::Quotation
        | BlockKind::Term
        | BlockKind::Description
        | BlockKind::Caption
        | BlockKind::Preformatted
        | BlockKind::Turn
        | BlockKind::Question
        | BlockKind::Answer => {}
    }
    let question_style = question_style.is_some_and(|question_style| question_style.sets(unit));
    if matches!(unit.style, Style::Light | Style::Strong) && !question_style { 2.5 } else { 0.0 }
}
