//! What is done about damage: integrity checks, recovery of whole documents, snapshots and their
//! manifests.

pub(crate) mod error;
pub(crate) mod backup;
pub(crate) mod snapshot_file;
pub(crate) mod restore;
mod check;
pub(crate) mod damage;
pub(crate) mod integrity;
pub(crate) mod manifest;
pub(crate) mod recover;
