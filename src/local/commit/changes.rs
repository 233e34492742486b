//! What the jobs of a group did, and which of it the index has to apply.

use crate::engine::Outcome;
use crate::engine::Purged;
use crate::local::LocalError;
use crate::local::commit::indexer::Analyzed;
use crate::local::commit::job::Job;
use crate::transcript::Stamps;

/// What a job did in its batch.
pub(crate) enum JobResult {
    Put(Outcome, Stamps),
    Deleted(Option<Purged>),
    Missing,
    Refused(LocalError),
    /// A job that writes nothing.
    Other,
}

impl JobResult {
    /// Whether it changed the store.
    pub(crate) const fn wrote(&self) -> bool {
        matches!(self, Self::Put(Outcome::Created | Outcome::Replaced, _) | Self::Deleted(_))
    }
}

/// What a group changes.
pub(crate) struct Changes {
    pub analyzed: Analyzed,
    pub deleted: Vec<String>,
    /// Whether all documents that were written are among `analyzed`; very long ones are not.
    pub all_analyzed: bool,
}

impl Changes {
    /// Takes what was analysed out of the group.
    pub(crate) fn of(group: &mut [Job], done: &[JobResult]) -> Self {
        let mut changes = Self { analyzed: Analyzed::new(), deleted: Vec::new(), all_analyzed: true };
        for (job, _) in group.iter_mut().zip(done).filter(|(_, done)| done.wrote()) {
            match job {
                Job::Put(new, ..) => match new.analyzed.take() {
                    Some(document) => {
                        changes.analyzed.insert(new.document.document.id.clone(), document);
                    }
                    None => changes.all_analyzed = false,
                },
                Job::Delete { id, .. } => changes.deleted.push(id.clone()),
                Job::StartRebuild(_) | Job::EndRebuild(..) => {}
            }
        }
        changes
    }
}
