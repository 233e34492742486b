//! All that is seen in a document before its units get states.

use crate::segmentation::boilerplate::removal;
use crate::segmentation::decoding::alternation;
use crate::segmentation::decoding::context::DocumentContext;
use crate::segmentation::decoding::position_evidence;
use crate::segmentation::decoding::roles;
use crate::segmentation::decoding::roles::Roles;
use crate::segmentation::decoding::trailing_matter;
use crate::segmentation::decoding::viterbi::Observed;
use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::question_style;
use crate::segmentation::features::question_style::QuestionStyle;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::features::unit_features;
use crate::segmentation::features::units;
use crate::segmentation::labels::opening_shape;
use crate::segmentation::labels::speakers;
use crate::segmentation::labels::speakers::SpeakerTable;
use crate::segmentation::language_data::languages::Language;
use crate::segmentation::lines::line;
use crate::segmentation::weights::table::Weights;
use crate::transcript::Diagnostic;
use crate::transcript::Extraction;

/// The units of a document and the evidence about them.
#[derive(Debug)]
pub(crate) struct DocumentEvidence {
    pub language: &'static Language,
    pub speakers: SpeakerTable,
    pub units: Vec<Unit>,
    /// Per unit.
    pub features: Vec<Features>,
    pub roles: Roles,
    pub question_style: Option<QuestionStyle>,
    /// Whether a sign opens each turn of both sides.
    marks_turns: bool,
    /// Per unit, whether it only gives the floor to another.
    hand_overs: Vec<bool>,
    /// Per unit, the log-odds that a question has its place.
    place: Vec<f32>,
    /// Per unit, the log-odds that it is matter after the interview.
    end_matter: Vec<f32>,
    /// The lines taken out because of their form.
    pub removed: Vec<Diagnostic>,
}

impl DocumentEvidence {
    /// Reads a document.
    pub(crate) fn of(extraction: &Extraction, weights: &Weights) -> Self {
        let language = Language::of(&extraction.text);
        let mut lines = line::lines(extraction);
        let removed = removal::remove(extraction, &mut lines);
        let openings = opening_shape::openings(extraction, &lines);
        let cast = speakers::resolve(weights, extraction, language, &lines, openings);
        let units = units::units(extraction, language, &lines, &cast);
        let features = unit_features::extract(extraction, language, &units);
        let mut roles = roles::roles(weights, extraction, &units, &features, &cast.speakers);
        roles.repeats_continue |= cast.logged;
        let question_style =
            if roles.askers_named { None } else { question_style::detect(weights, &units, &features) };
        let hand_overs = hand_overs(&units, &features, &roles);
        let end_matter = trailing_matter::evidence(
            weights,
            extraction,
            language,
            &roles,
            question_style,
            &units,
            &features,
        );
        let marks_turns = question_style::marks_turns(&units);
        let place = if cast.speakers.is_empty() && question_style.is_none() && !marks_turns {
            alternation::evidence(&units, &features)
        } else {
            position_evidence::evidence(&roles, &units, &features, &extraction.text)
        };
        Self {
            marks_turns,
            place,
            language,
            speakers: cast,
            units,
            features,
            roles,
            question_style,
            hand_overs,
            end_matter,
            removed,
        }
    }

    /// The document as a whole, as the model sees it.
    pub(crate) fn context(&self) -> DocumentContext<'_> {
        DocumentContext {
            roles: &self.roles,
            question_style: self.question_style,
            marks_turns: self.marks_turns,
            named: !self.speakers.speakers.is_empty(),
        }
    }

    /// The units as the model sees them.
    pub(crate) fn observed<'a>(&'a self, document: &'a DocumentContext<'a>) -> Observed<'a> {
        Observed {
            document,
            units: &self.units,
            features: &self.features,
            place: &self.place,
            end_matter: &self.end_matter,
            skipped: &self.hand_overs,
        }
    }
}

/// Finds the turns that only give the floor to another ("Please go ahead, Ms. Lee."): they take no
/// turn.
fn hand_overs(units: &[Unit], features: &[Features], roles: &Roles) -> Vec<bool> {
    let spoken = |(_, (unit, features)): &(usize, (&Unit, &Features))| {
        unit.speaker.is_some() || features.boilerplate < unit_features::LIKELY_BOILERPLATE
    };
    let spoken: Vec<(usize, (&Unit, &Features))> =
        units.iter().zip(features).enumerate().filter(spoken).collect();
    let mut found = vec![false; units.len()];
    for (place, (at, (unit, features))) in spoken.iter().enumerate() {
        let next = spoken.get(place + 1).map(|(_, (next, _))| *next);
        let passes = unit.labelled && features.has(Feature::HandsOver) && roles.passes_floor(unit, next);
        if let Some(slot) = found.get_mut(*at).filter(|_| passes) {
            *slot = true;
        }
    }
    found
}
