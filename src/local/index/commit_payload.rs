//! What a commit says about itself, in the payload that tantivy keeps with it.

use std::fmt;

use crate::local::index::error::IndexError;

/// Raised whenever what is written changes: schema, analysis, data tables.
pub(crate) const FORMAT: u32 = 7;

/// The payload of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CommitPayload {
    pub format: u32,
    /// The store's generation that the index is the image of.
    pub generation: u64,
}

impl CommitPayload {
    /// That of the last commit; an index without one is empty and of the present format.
    pub(super) fn read(index: &tantivy::Index) -> Result<Self, IndexError> {
        match index.load_metas()?.payload {
            None => Ok(Self { format: FORMAT, generation: 0 }),
            Some(payload) => Self::parse(&payload).ok_or(IndexError::Outdated),
        }
    }

    fn parse(payload: &str) -> Option<Self> {
        let (format, generation) = payload.split_once(' ')?;
        Some(Self { format: format.parse().ok()?, generation: generation.parse().ok()? })
    }
}

impl fmt::Display for CommitPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.format, self.generation)
    }
}
