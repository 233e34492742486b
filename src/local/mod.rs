//! The backend of one machine: a store of documents, an index derived from it, and one thread that commits to both.

pub mod store;
pub mod index;
pub mod search;
pub(crate) mod view;
pub(crate) mod folder;
pub(crate) mod commit;
pub(crate) mod start;
pub(crate) mod recovery;

pub use commit::Deleted;
pub use commit::Outcome;
pub use commit::Receipt;
pub use recovery::backup::BackupError;
pub use recovery::backup::SnapshotFile;
pub use recovery::backup::SnapshotPart;
pub use recovery::backup::SnapshotReader;
pub use recovery::backup::check_snapshot_file;
pub use recovery::backup::compare_snapshot;
pub use recovery::backup::manifest_path;
pub use recovery::backup::restore_into;
pub use recovery::integrity::Fault;
pub use recovery::integrity::IntegrityCheck;
pub use recovery::integrity::IntegrityReport;
pub use recovery::integrity::verify_folder;
pub use recovery::manifest::Difference;
pub use recovery::manifest::Entry;
pub use recovery::manifest::Manifest;
pub use recovery::recover::Recovered;
pub use recovery::recover::compare_folder;
pub use recovery::recover::recover;
