//! Passages: the unit of ranking.

use crate::span::TextSpan;

/// An exchange, or one window of its long answer together with its question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Which exchange of the document, from 0.
    pub exchange: usize,
    /// Which window of the answer, from 0.
    pub window: usize,
    /// Where the window lies in the answer's text; on character boundaries.
    pub span: TextSpan,
}
