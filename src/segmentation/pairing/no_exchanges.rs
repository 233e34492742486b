//! Why a document yields no exchange, in words for whoever sent it.

use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Unit;
use crate::transcript::BlockKind;

/// Most words of a document that is too short to be a transcript.
const FEW_WORDS: usize = 12;

/// The reason, from what is seen in the document's units; `named` says whether it names a speaker.
pub(crate) fn reason(units: &[Unit], features: &[Features], named: bool) -> String {
    let asking =
        features.iter().filter(|seen| seen.has(Feature::Asks) || seen.has(Feature::Requests)).count();
    let words: usize = features.iter().map(|seen| seen.words).sum();
    let cues = !units.is_empty() && units.iter().all(|unit| unit.kind == BlockKind::Cue);
    let parts = if cues { "captions" } else { "paragraphs" };
    if units.is_empty() {
        return "nothing is left of the document without what is nobody's words".to_owned();
    }
    if words <= FEW_WORDS {
        return "the document has too few words for a question and its answer".to_owned();
    }
    match (named, asking) {
        (true, 0) => "speakers are named, but none of them asks, and nothing shows who answers".to_owned(),
        (true, _) => format!("speakers are named and {asking} {parts} ask, but nobody else answers"),
        (false, 0) => format!("no speaker is named, and none of the {} {parts} asks", units.len()),
        (false, _) => format!(
            "no speaker is named, and nothing else (type, dashes, headings) shows who speaks: {asking} of {} {parts} \
             ask, but where an answer ends is not known",
            units.len()
        ),
    }
}
