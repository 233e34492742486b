//! What each write of a group does to the store.

use crate::engine::Outcome;
use crate::local::LocalError;
use crate::local::commit::changes::JobResult;
use crate::local::commit::job::EncodedWrite;
use crate::local::commit::job::Job;
use crate::local::store::Batch;
use crate::local::store::Retention;
use crate::local::store::StoreError;
use crate::transcript::StoredDocument;

/// What the writes of a group are applied to.
pub(super) struct Target<'b> {
    /// The transaction.
    pub(super) batch: &'b Batch,
    /// The generation that it makes.
    pub(super) generation: u64,
    /// Which earlier versions of a document are kept.
    pub(super) keep_versions: Retention,
}

impl Target<'_> {
    /// Does what a job asks for, if there is `room` for what that writes.
    pub(super) fn apply(&self, job: &Job, room: Result<(), LocalError>) -> Result<JobResult, LocalError> {
        match job {
            Job::Put(new, ..) => self.put(new, room),
            Job::Delete { id, purge, if_etag, .. } => self.delete(id, *purge, if_etag.as_deref(), room),
            Job::StartRebuild(_) | Job::EndRebuild(..) => Ok(JobResult::Other),
        }
    }

    /// Deletes a document.
    fn delete(
        &self,
        id: &str,
        purge: bool,
        if_etag: Option<&str>,
        room: Result<(), LocalError>,
    ) -> Result<JobResult, LocalError> {
        let (batch, generation) = (self.batch, self.generation);
        if let Err(refused) = room {
            return Ok(JobResult::Refused(refused));
        }
        if let Some(wanted) = if_etag {
            match batch.document(id) {
                Ok(None) => return Ok(JobResult::Missing),
                stored => {
                    if let Some(refused) = mismatch(id, wanted, stored)? {
                        return Ok(JobResult::Refused(refused));
                    }
                }
            }
        }
        if !purge {
            let found = batch.delete(id, generation, self.keep_versions)?;
            return Ok(if found { JobResult::Deleted(None) } else { JobResult::Missing });
        }
        // Asked before anything is changed: damage that shows later fails the whole group.
        if let Err(error @ StoreError::Damaged(_)) = batch.ensure_bytes_known(id) {
            return Ok(JobResult::Refused(error.into()));
        }
        Ok(batch.purge(id, generation)?.map_or(JobResult::Missing, |purged| JobResult::Deleted(Some(purged))))
    }

    /// Writes a document; one that is there already needs no room.
    fn put(&self, new: &EncodedWrite, room: Result<(), LocalError>) -> Result<JobResult, LocalError> {
        let (batch, document) = (self.batch, &new.document.document);
        let stored = batch.document(&document.id);
        let outcome = match &stored {
            Ok(Some(old)) if old.submission == document.submission => Outcome::Unchanged,
            // A damaged document can be replaced.
            Ok(Some(_)) | Err(StoreError::Damaged(_)) => Outcome::Replaced,
            Ok(None) => Outcome::Created,
            Err(error) => return Err(error.clone().into()),
        };
        let stamps = stored.as_ref().ok().and_then(Option::as_ref).map(|old| old.stamps).unwrap_or_default();
        if let Some(wanted) = &new.if_etag
            && let Some(refused) = mismatch(&document.id, wanted, stored)?
        {
            return Ok(JobResult::Refused(refused));
        }
        if outcome != Outcome::Unchanged {
            if let Err(refused) = room {
                return Ok(JobResult::Refused(refused));
            }
            let stamps = batch.put(&new.document, self.generation, self.keep_versions)?;
            return Ok(JobResult::Put(outcome, stamps));
        }
        Ok(JobResult::Put(outcome, stamps))
    }
}

/// Why a write is refused that asks for this etag, if it is. A damaged record has none that could
/// be compared.
fn mismatch(
    id: &str,
    wanted: &str,
    stored: Result<Option<StoredDocument>, StoreError>,
) -> Result<Option<LocalError>, StoreError> {
    match stored {
        Ok(Some(document)) if document.etag() == wanted => Ok(None),
        Ok(_) => Ok(Some(LocalError::EtagMismatch(id.to_owned()))),
        Err(error @ StoreError::Damaged(_)) => Ok(Some(error.into())),
        Err(error) => Err(error),
    }
}
