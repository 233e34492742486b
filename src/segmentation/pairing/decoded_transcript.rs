//! A transcript whose units have their states: what exchanges are made of.

use crate::segmentation::decoding::states::State;
use crate::segmentation::features::question_style::QuestionStyle;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::features::unit_features::Features;
use crate::segmentation::labels::speakers::Speaker;
use crate::segmentation::language_data::languages::Language;
use crate::transcript::Extraction;

/// All that is known when exchanges are made.
#[derive(Debug)]
pub(crate) struct DecodedTranscript<'a> {
    /// The document.
    pub extraction: &'a Extraction,
    /// Its language.
    pub language: &'static Language,
    /// Its units.
    pub units: &'a [Unit],
    /// What was seen in each.
    pub features: &'a [Features],
    /// What each is.
    pub states: &'a [State],
    /// Who speaks.
    pub speakers: &'a [Speaker],
    /// What sets the questions off.
    pub question_style: Option<QuestionStyle>,
    /// Who answers, where no label says it.
    pub guest: Option<String>,
}
