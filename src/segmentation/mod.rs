//! Blocks → turns → exchanges → passages. Pure, and it cannot fail.
//!
//! The rooms, in the order data flows: `lines` cuts blocks into lines and decides which line breaks
//! mean nothing; `boilerplate` takes out lines that are no one's words; `labels` decides over the
//! whole document which text names a speaker, and which labels are one person; `features` cuts
//! lines into units and describes each of them; `decoding` finds the best sequence of states for
//! all units at once (Viterbi); `pairing` makes exchanges of them, with reasons. [`windows`] cuts
//! long answers into passages, at the borders that [`sentence_bounds`] finds. `language_data` has
//! all that is known of languages and scripts, `weights` the weights of all evidence.
//!
//! What comes as ready pairs is only paired.

pub mod sentence_bounds;
pub mod windows;
mod language_data;
mod lines;
mod weights;
mod boilerplate;
mod labels;
mod features;
mod decoding;
mod pairing;
mod document_evidence;
pub mod training;
#[cfg(test)]
mod tests;

use crate::segmentation::decoding::roles::Roles;
use crate::segmentation::decoding::states::State;
use crate::segmentation::decoding::viterbi;
use crate::segmentation::document_evidence::DocumentEvidence;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::labels::speakers::SpeakerTable;
use crate::segmentation::language_data::languages::Language;
use crate::segmentation::language_data::sentences;
use crate::segmentation::pairing::decoded_transcript::DecodedTranscript;
use crate::segmentation::pairing::dedup;
use crate::segmentation::pairing::exchanges;
use crate::segmentation::pairing::given_pairs;
use crate::segmentation::pairing::guest_name;
use crate::segmentation::pairing::no_exchanges;
use crate::segmentation::pairing::question_list;
use crate::segmentation::pairing::turns;
use crate::segmentation::weights::table::Weights;
use crate::span::ByteSpan;
use crate::transcript::BlockKind;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::Exchange;
use crate::transcript::Extraction;
use crate::transcript::Role;
use crate::transcript::Segmentation;
use crate::transcript::Utterance;

/// Most paragraphs of a document that may be an interview of a single question without any marks.
const FEW_UNITS: usize = 4;
/// How many paragraphs before the first question are searched for the guest's name.
const INTRODUCTION: usize = 40;

/// Cuts a transcript into exchanges.
#[must_use]
pub fn segment(extraction: &Extraction) -> Segmentation {
    segment_with(extraction, Weights::fitted())
}

/// Cuts a transcript into exchanges, with these weights in the place of those fitted.
fn segment_with(extraction: &Extraction, weights: &Weights) -> Segmentation {
    if given_pairs::is_ready(extraction) {
        let (exchanges, diagnostics) = given_pairs::exchanges(extraction);
        return Segmentation { exchanges: dedup::fold(exchanges), diagnostics };
    }
    if is_noise(&extraction.text) {
        let message =
            "the text is mostly characters that could not be decoded: it is no transcript".to_owned();
        let diagnostic = Diagnostic { kind: DiagnosticKind::NoExchanges, message, spans: Vec::new() };
        return Segmentation { exchanges: Vec::new(), diagnostics: vec![diagnostic] };
    }
    let evidence = DocumentEvidence::of(extraction, weights);
    let document = evidence.context();
    let mut states = viterbi::decode(weights, evidence.observed(&document));
    let DocumentEvidence { language, speakers: cast, units, features, roles, question_style, .. } = &evidence;
    turns::keep_whole(units, features, roles, &mut states);
    let reading = DecodedTranscript {
        extraction,
        language,
        units,
        features,
        states: &states,
        speakers: &cast.speakers,
        question_style: *question_style,
        guest: guest(extraction, language, cast, roles, units, &states),
    };
    let (mut exchanges, left_out) = exchanges::exchanges(&reading);
    let mut diagnostics = evidence.removed.clone();
    diagnostics.extend(left_out);
    let mut dropped = Vec::new();
    let bare = !document.named && document.question_style.is_none() && !document.marks_turns;
    let asked = exchanges.iter().filter_map(|exchange| exchange.question.as_ref());
    let asked = asked.filter(|question| sentences::ends_in_question(&question.text)).count();
    if bare && asked * 2 < exchanges.len() {
        // A speaker's rhetoric, for whoever asks mostly ends on a question mark.
        dropped.extend(exchanges.drain(..).flat_map(|exchange| words_of(&exchange)));
    }
    if bare && exchanges.len() == 1 && units.len() > FEW_UNITS && !units.iter().any(given_as_pair) {
        // One question among paragraphs that nothing else marks is a writer's own.
        dropped.extend(exchanges.drain(..).flat_map(|exchange| words_of(&exchange)));
    }
    let mut why = no_exchanges::reason(units, features, document.named);
    if !document.named && question_list::is_one(units, features, &exchanges) {
        dropped.extend(exchanges.drain(..).flat_map(|exchange| words_of(&exchange)));
        why = String::from(
            "the document is a list of questions: what follows them asks too, and nothing answers",
        );
    }
    let exchanges = dedup::fold(exchanges);
    if exchanges.is_empty() {
        diagnostics.push(Diagnostic { kind: DiagnosticKind::NoExchanges, message: why, spans: dropped });
    }
    Segmentation { exchanges, diagnostics }
}

/// The places of an exchange's words.
fn words_of(exchange: &Exchange) -> Vec<ByteSpan> {
    exchange.question.iter().chain([&exchange.answer]).flat_map(Utterance::spans).collect()
}

/// How many characters are looked at to see whether a text is one.
const NOISE_SAMPLE: usize = 4096;

/// Whether a text is bytes of something else: one in ten characters replaces bytes that could not
/// be decoded, or is a control character that no text has.
fn is_noise(text: &str) -> bool {
    let (mut all, mut noise) = (0, 0);
    for c in text.chars().take(NOISE_SAMPLE) {
        all += 1;
        let layout = matches!(c, '\t' | '\n' | '\r' | '\u{c}');
        noise += usize::from(c == char::REPLACEMENT_CHARACTER || (c.is_control() && !layout));
    }
    noise * 10 > all
}

/// Whether the format itself says that a unit is a question or an answer.
fn given_as_pair(unit: &Unit) -> bool {
    matches!(unit.kind, BlockKind::Question | BlockKind::Answer | BlockKind::Term | BlockKind::Description)
}

/// The person interviewed, where no label names anyone who answers.
fn guest(
    extraction: &Extraction,
    language: &Language,
    cast: &SpeakerTable,
    roles: &Roles,
    units: &[Unit],
    states: &[State],
) -> Option<String> {
    if !cast.timed_turns.is_empty() {
        // Times tell that another speaks, and not who.
        return None;
    }
    let mut answerers = cast.speakers.iter().zip(&roles.of).filter(|(_, role)| **role == Role::Answer);
    if answerers.any(|(speaker, _)| speaker.name.is_some()) {
        return None;
    }
    let before =
        units.iter().zip(states).take_while(|(_, state)| **state == State::Before).take(INTRODUCTION);
    let introduction: Vec<&str> =
        before.flat_map(|(unit, _)| unit.pieces.iter().map(|(_, span)| span.of(&extraction.text))).collect();
    let left_out = units.iter().zip(states).filter(|(_, state)| state.is_skipped()).map(|(unit, _)| unit);
    guest_name::guest(extraction, language, &introduction).filter(|guest| {
        let mut texts = left_out.map(|unit| unit.text(&extraction.text));
        !texts.any(|text| guest_name::names_another(&text, language, guest))
    })
}
