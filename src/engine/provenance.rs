//! What an answer was computed from.

use std::sync::Arc;

use crate::engine::Backend;
use crate::engine::Formats;
use crate::engine::PIPELINE;

/// What an answer was computed from: the corpus, a state of it, and the versions of what read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// Id of the corpus that generations count in.
    pub corpus_id: Arc<str>,
    /// The generation that was read.
    pub generation: u64,
    /// The formats that the backend writes.
    pub formats: Formats,
    /// Version of extraction and segmentation.
    pub pipeline: u32,
}

impl Provenance {
    /// The provenance of what is read of this backend, still without a generation.
    pub(super) fn of(backend: &dyn Backend) -> Self {
        Self {
            corpus_id: backend.corpus_id().into(),
            generation: 0,
            formats: backend.formats(),
            pipeline: PIPELINE,
        }
    }

    /// The provenance of what is read of this generation.
    pub(super) fn at(&self, generation: u64) -> Self {
        Self { generation, ..self.clone() }
    }
}
