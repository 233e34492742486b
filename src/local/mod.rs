//! The backend of one machine: a store of documents, an index derived from it, and one thread that
//! commits to both.
//!
//! Nothing of the inside is named elsewhere: others see a [`LocalBackend`], and the offline tools
//! for a data folder.

mod settings;
mod error;
mod store;
mod index;
mod search;
mod view;
mod folder;
mod commit;
mod start;
mod recovery;
mod backend;
mod maintenance;

pub use backend::LocalBackend;
pub use backend::open;
pub use error::LocalError;
pub use recovery::error::BackupError;
pub use recovery::integrity::verify_folder;
pub use recovery::manifest::Difference;
pub use recovery::manifest::Entry;
pub use recovery::manifest::Manifest;
pub use recovery::manifest::manifest_path;
pub use recovery::recover::Recovered;
pub use recovery::recover::compare_folder;
pub use recovery::recover::recover;
pub use recovery::restore::check_snapshot_file;
pub use recovery::restore::compare_snapshot;
pub use recovery::restore::restore_into;
pub use recovery::snapshot_file::SnapshotFile;
pub use settings::Settings;
pub use store::StoreError;
