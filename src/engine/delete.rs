//! Deleting documents.

use crate::engine::Backend;
use crate::engine::BackendError;
use crate::engine::Deleted;
use crate::engine::EngineError;

/// How a document is deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deletion {
    /// Whether its earlier versions are deleted too, with every byte that no other document has.
    pub purge: bool,
    /// Whether a document that does not exist counts as deleted.
    pub allow_missing: bool,
    /// The etag that the document must have; `None` for any.
    pub if_etag: Option<String>,
}

/// Deletes a document.
pub(super) fn delete(backend: &dyn Backend, id: &str, deletion: &Deletion) -> Result<Deleted, EngineError> {
    let Deletion { purge, allow_missing, if_etag } = deletion;
    match backend.delete(id, *purge, if_etag.as_deref()) {
        Err(BackendError::NoSuchDocument(_)) if *allow_missing => {
            Ok(Deleted { generation: backend.view().generation(), purged: None })
        }
        done => Ok(done?),
    }
}
