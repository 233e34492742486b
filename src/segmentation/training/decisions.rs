//! What is decided over a whole document before its units get states: its candidates and their
//! feature functions.

use crate::segmentation::boilerplate::removal;
use crate::segmentation::decoding::speaker_evidence;
use crate::segmentation::decoding::speaker_evidence::SpeakerEvidence;
use crate::segmentation::document_evidence::DocumentEvidence;
use crate::segmentation::features::question_style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::labels::candidate::Shape;
use crate::segmentation::labels::candidates;
use crate::segmentation::labels::label_selection::LabelSelector;
use crate::segmentation::labels::opening_shape;
use crate::segmentation::lines::line;
use crate::segmentation::pairing::given_pairs;
use crate::segmentation::training::parameters::FeatureVector;
use crate::segmentation::weights::feature_functions;
use crate::segmentation::weights::feature_functions::FeatureFunction;
use crate::segmentation::weights::sink::Collector;
use crate::segmentation::weights::table::Weights;
use crate::span::TextSpan;
use crate::transcript::Extraction;

/// One candidate of a decision: its score is the evidence for what it says.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// The feature functions.
    pub functions: FeatureVector,
    /// The text it is about.
    pub spans: Vec<TextSpan>,
}

/// The decisions of one document.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// Per speaker with turns, that this one asks, and the text of the turns.
    pub askers: Vec<Claim>,
    /// How often two of these speakers have turns next to each other.
    pub neighbours: Vec<(usize, usize, f32)>,
    /// Per style or sign, that it sets the questions off, and the text set so. Empty where names
    /// tell who asks.
    pub styles: Vec<Claim>,
    /// Per group of candidates of one shape and name, that they are labels, and the candidates.
    pub labels: Vec<Claim>,
}

/// The place and the value of the feature function of a speaker's neighbours: whether each asks,
/// and how often they are next to the speaker.
#[must_use]
pub fn alternation(neighbours: impl Iterator<Item = (bool, f32)>) -> (usize, f32) {
    let place = feature_functions::index(FeatureFunction::AskerAlternates);
    (place, speaker_evidence::alternation(neighbours))
}

/// What is decided about a document, each decision with those before it as the expected weights
/// make them; `None` where its format gives pairs.
#[must_use]
pub fn decisions(extraction: &Extraction) -> Option<Decisions> {
    if given_pairs::is_ready(extraction) {
        return None;
    }
    let document = DocumentEvidence::of(extraction, &Weights::prior());
    let (units, features) = (&document.units, &document.features);
    let evidence = SpeakerEvidence::of(extraction, units, features, &document.speakers.speakers);
    let spans = |of: &dyn Fn(&Unit) -> bool| -> Vec<TextSpan> {
        units
            .iter()
            .filter(|unit| of(unit))
            .flat_map(|unit| unit.pieces.iter().map(|(_, span)| *span))
            .collect()
    };
    let (mut askers, mut places) = (Vec::new(), Vec::new());
    for (at, _) in evidence.tallies.iter().enumerate().filter(|(_, tally)| tally.turns > 0) {
        let mut functions = Collector::default();
        evidence.describe(at, &mut functions);
        places.push(at);
        askers.push(Claim { functions: functions.0, spans: spans(&|unit| unit.speaker == Some(at)) });
    }
    let place = |at: &usize| places.binary_search(at).ok();
    let pairs = evidence.pairs.iter();
    let neighbours = pairs.filter_map(|((a, b), count)| Some((place(a)?, place(b)?, *count))).collect();
    let styles = if document.roles.askers_named {
        Vec::new()
    } else {
        let styles = question_style::candidates(units, features).into_iter().map(|candidate| {
            let mut functions = Collector::default();
            candidate.describe(&mut functions);
            Claim { functions: functions.0, spans: spans(&|unit| candidate.style.sets(unit)) }
        });
        styles.collect()
    };
    Some(Decisions { askers, neighbours, styles, labels: labels(extraction) })
}

/// The groups of labels; those of a pattern that opens the turns, and names on lines of their own,
/// which are judged together, are left out.
fn labels(extraction: &Extraction) -> Vec<Claim> {
    let mut lines = line::lines(extraction);
    removal::remove(extraction, &mut lines);
    let openings = opening_shape::openings(extraction, &lines);
    let candidates = candidates::candidates(extraction, &lines, &openings);
    let selector = LabelSelector::new(extraction, &lines, &candidates);
    let groups = selector.groups();
    let judged =
        groups.members.iter().filter(|((shape, _), _)| !matches!(shape, Shape::Opening | Shape::Alone));
    let claims = judged.map(|(group, members)| {
        let mut functions = Collector::default();
        selector.describe(&groups, *group, members, &mut functions);
        let spans = members.iter().filter_map(|at| candidates.get(*at)).map(|c| c.span).collect();
        Claim { functions: functions.0, spans }
    });
    claims.collect()
}
