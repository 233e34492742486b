//! The arguments of feature functions besides the unit itself: the document, and the units around.

use crate::segmentation::decoding::roles::Roles;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::question_style::QuestionStyle;
use crate::segmentation::features::unit::Unit;

/// Properties of the document as a whole.
#[derive(Debug)]
pub(crate) struct DocumentContext<'a> {
    /// The roles of the speakers.
    pub roles: &'a Roles,
    /// The type style or mark that sets questions off, if one does.
    pub question_style: Option<QuestionStyle>,
    /// Whether a sign opens each turn of both sides.
    pub marks_turns: bool,
    /// Whether any speaker is named.
    pub named: bool,
}

/// Evidence of a unit's neighbours and its place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings<'a> {
    /// The unit before, of those that take a turn.
    pub previous: Option<(&'a Unit, &'a Features)>,
    /// The features of the unit after.
    pub next: Option<&'a Features>,
    /// The speaker named last before the unit.
    pub last_speaker: Option<usize>,
    /// Log-odds that a question has this place, between two labels, in this document.
    pub place: f32,
    /// Log-odds that the unit is matter after the interview.
    pub end_matter: f32,
}
