//! Length normalisation and saturation of BM25.

use crate::local::index::Field;
use crate::local::index::Segment;
use crate::local::search::plan::Plan;
use crate::query::Saturation;

/// For each length class of a field (0 for names), `k1 (1 - b + b length / average)`: the frequency that scores
/// half.
pub(super) struct Norms([f32; 256]);

impl Norms {
    pub(super) fn new(plan: &Plan, field: Field) -> Self {
        let Saturation { k1, b } = plan.saturation;
        let [question, answer] = plan.averages;
        let average = match field {
            Field::Question => question,
            Field::Answer => answer,
            // Names score in full, however often and in how many words.
            Field::Speaker | Field::Asker | Field::Title | Field::Publisher => return Self([0.0; 256]),
        };
        let mut norms = [k1; 256];
        if average > 0.0 {
            for (class, norm) in (0..=u8::MAX).zip(&mut norms) {
                *norm = k1 * (1.0 - b + b * Segment::length_of(class) as f32 / average);
            }
        }
        Self(norms)
    }

    /// The score of a frequency before it is weighted, below 1.
    pub(super) fn saturate(&self, frequency: f32, class: u8) -> f32 {
        frequency / (frequency + self.0[usize::from(class)])
    }
}
