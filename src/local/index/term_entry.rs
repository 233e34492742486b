//! A term in all segments of a snapshot.

use crate::local::index::error::IndexError;
use crate::local::index::field::Field;
use crate::local::index::postings::Term;
use crate::local::index::segment::Segment;
use crate::local::index::term_bloom::TermKey;

/// A term in every segment of a snapshot.
#[derive(Debug, Default)]
pub(crate) struct TermEntry {
    /// How many passages that are not deleted have it.
    pub live: u64,
    /// The term in each segment; empty where no live passage has it.
    pub segments: Box<[Option<Term>]>,
}

impl TermEntry {
    pub(super) fn look_up(segments: &[Segment], field: Field, key: TermKey<'_>) -> Result<Self, IndexError> {
        let mut live = 0;
        let mut found = Vec::with_capacity(segments.len());
        for segment in segments {
            let term = segment.term(field, key)?;
            if let Some(term) = &term {
                live += u64::from(segment.live(term)?);
            }
            found.push(term);
        }
        Ok(if live > 0 { Self { live, segments: found.into() } } else { Self::default() })
    }
}
