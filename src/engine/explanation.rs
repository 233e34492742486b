//! What a score is made of.

use crate::query::Field;

/// A score taken apart: the sum of the terms' scores, times `factor`, within the rounding of single
/// precision.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The parts, in the order of the query, then by field.
    pub terms: Vec<TermScore>,
    /// `unpaired_factor` for an exchange without a question in a collection where others have one;
    /// otherwise 1.
    pub factor: f32,
}

/// What a word or phrase adds to a score in one field:
/// `weight * idf * frequency / (frequency + k1 * (1 - b + b * length / average_length))`.
#[derive(Clone, Debug, PartialEq)]
pub struct TermScore {
    /// The word or phrase, as typed.
    pub typed: String,
    /// Its terms that the field has, as they are indexed.
    pub forms: Vec<String>,
    /// The field.
    pub field: Field,
    /// The product of the weights in `docs/ranking.md`. In the names of an exchange with a factor it
    /// is divided by that, which is for the answer alone.
    pub weight: f32,
    /// The inverse document frequency, or the cap on it.
    pub idf: f32,
    /// How many passages have the field; for names, how many exchanges there are.
    pub passages: u64,
    /// How many of them have the word or phrase.
    pub matching_passages: u64,
    /// The sum over the forms of how often they occur times the form's weight; 1 in names.
    pub frequency: f32,
    /// The length of the field, in terms; 0 in names, like the three below.
    pub length: u32,
    /// The average length of the field in all passages.
    pub average_length: f32,
    /// How slowly repetitions saturate.
    pub k1: f32,
    /// How much length counts.
    pub b: f32,
    /// What it adds to the score, before the factor.
    pub score: f32,
}
