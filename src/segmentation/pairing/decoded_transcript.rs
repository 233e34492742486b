//! A transcript whose units have their states: what exchanges are made of.

use crate::segmentation::decoding::states::State;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::question_style::QuestionStyle;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::labels::speaker::Speaker;
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
    /// The features of each.
    pub features: &'a [Features],
    /// The state of each.
    pub states: &'a [State],
    /// The speakers.
    pub speakers: &'a [Speaker],
    /// The type style or mark that sets questions off.
    pub question_style: Option<QuestionStyle>,
    /// The guest, if no label names who answers.
    pub guest: Option<String>,
}
