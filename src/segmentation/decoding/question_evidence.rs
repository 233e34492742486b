//! How much a unit asks, and what that tells about boilerplate: log-odds that the chain takes as
//! values of features.

use crate::segmentation::decoding::context::DocumentContext;
use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::question_style::QuestionStyle;
use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::weights::feature_functions::FeatureFunction;
use crate::segmentation::weights::table::Weights;
use crate::transcript::BlockKind;

/// Most words of a statement about the other that takes the place of a question.
const STATEMENT_WORDS: usize = 30;
/// Fewest words of a question without its mark.
const UNMARKED_WORDS: usize = 4;
/// Fewest words of a line set as the questions are that is one of them without asking.
const TELLING_WORDS: usize = 5;

/// The log-odds that a unit's words ask; below zero it answers or tells.
pub(crate) fn of_words(weights: &Weights, seen: &Features) -> f32 {
    let asks = seen.has(Feature::Asks);
    // Someone who speaks only of himself may end on a question of his own.
    let of_oneself =
        seen.has(Feature::FirstPerson) && !seen.has(Feature::SecondPerson) && !seen.has(Feature::OpensAsking);
    let mark = match (asks, seen.has(Feature::Asked)) {
        (true, _) if of_oneself => FeatureFunction::AsksMarkOfOneself,
        (true, _) => FeatureFunction::AsksMark,
        (false, true) => FeatureFunction::AsksMarkEarlier,
        (false, false) => FeatureFunction::AsksNoMark,
    };
    let words = seen.words as f32;
    let mut odds = weights.of(mark);
    odds += if asks {
        weights.of(FeatureFunction::AsksVeryLong) * ((words - 90.0) / 60.0).clamp(0.0, 1.5)
    } else {
        weights.of(FeatureFunction::AsksLong) * (words / 60.0).min(2.0)
    };
    let signs = [
        (seen.has(Feature::Requests), FeatureFunction::AsksRequest),
        (seen.has(Feature::OpensAsking), FeatureFunction::AsksOpening),
        (seen.has(Feature::SecondPerson), FeatureFunction::AsksSecondPerson),
        // "Tell us" does not tell of its speaker.
        (seen.has(Feature::FirstPerson) && !seen.has(Feature::Requests), FeatureFunction::AsksFirstPerson),
    ];
    odds + signs.iter().filter(|(there, _)| *there).map(|(_, named)| weights.of(*named)).sum::<f32>()
}

/// The log-odds that a unit asks, and those that it is boilerplate, with what the document tells of
/// its form.
pub(crate) fn of_unit(
    weights: &Weights,
    document: &DocumentContext<'_>,
    unit: &Unit,
    seen: &Features,
    next: Option<&Features>,
) -> (f32, f32) {
    // A line that is set as questions are and opens as one has lost its mark.
    let unmarked = seen.has(Feature::OpensAsking) && seen.words >= UNMARKED_WORDS;
    let asks_for = seen.has(Feature::Asks) || seen.has(Feature::Requests) || unmarked;
    let (mut question, mut boilerplate) = (of_words(weights, seen), seen.boilerplate);
    match document.question_style.map(|style| (style, style.sets(unit))) {
        Some((_, true)) if asks_for => {
            question += weights.of(FeatureFunction::AsksSetOff);
            boilerplate += weights.of(FeatureFunction::BoilerplateSetOff);
        }
        Some((QuestionStyle::Mark, true)) => question = weights.of(FeatureFunction::AsksSetOffMark),
        Some((QuestionStyle::Style(_), true)) => {
            // A heading among the questions that does not ask is a section's.
            let telling = (seen.words >= TELLING_WORDS && !seen.has(Feature::Dated))
                || seen.has(Feature::SecondPerson)
                || (seen.has(Feature::Stops) && unit.style != Style::Quotation);
            question = if telling { weights.of(FeatureFunction::AsksSetOffTelling) } else { 0.0 };
            boilerplate += weights.of(if telling {
                FeatureFunction::BoilerplateSetOffTelling
            } else {
                FeatureFunction::BoilerplateSetOffOther
            });
        }
        Some((_, false)) if !document.named => question += weights.of(FeatureFunction::AsksNotSetOff),
        // Only its words tell a question here: a short statement about the other is one.
        None if !document.named && seen.words <= STATEMENT_WORDS && speaks_to_other(unit, seen) => {
            question += weights.of(FeatureFunction::AsksStatement);
        }
        Some(_) | None => {}
    }
    if unit.kind == BlockKind::Term {
        question += weights.of(FeatureFunction::AsksTerm);
    }
    if unit.kind == BlockKind::ListItem && document.roles.askers_named {
        // Questions in a list are quoted where those who ask have names.
        question = question.min(0.0);
    }
    if matches!(unit.style, Style::Heading(_)) && document.question_style.is_none() && seen.has(Feature::Asks)
    {
        boilerplate += weights.of(FeatureFunction::BoilerplateHeading);
        question += weights.of(FeatureFunction::AsksHeading);
    }
    if leads_to(document, unit, seen, next) {
        question += weights.of(FeatureFunction::AsksLeading);
    }
    (question, boilerplate)
}

/// Whether a unit requests something of someone, or speaks of the other and not of its speaker.
fn speaks_to_other(unit: &Unit, seen: &Features) -> bool {
    seen.has(Feature::Requests)
        || (seen.has(Feature::SecondPerson) && !seen.has(Feature::FirstPerson) && unit.kind != BlockKind::Cue)
}

/// Whether the unit is a sentence of captions without names that speaks to the one who is asked
/// next.
fn leads_to(document: &DocumentContext<'_>, unit: &Unit, seen: &Features, next: Option<&Features>) -> bool {
    unit.kind == BlockKind::Cue
        && !document.named
        && !document.marks_turns
        && seen.has(Feature::SecondPerson)
        && !seen.has(Feature::FirstPerson)
        && next.is_some_and(|next| next.has(Feature::Asks))
}
