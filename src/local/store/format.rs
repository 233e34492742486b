//! Versions of what is on disk.

/// Version of the tables and records. A store of an older version is upgraded when it is opened,
/// one of a newer version is not opened.
///
/// 1: the first. 2: `VERSIONS`. 3: records of documents have further parts; those of format 2 are
/// read as they are.
pub(crate) const FORMAT: u64 = 3;

/// The oldest version of a store that a snapshot may hold.
pub(crate) const OLDEST_RESTORED: u64 = 2;

/// Version of snapshots. 1: a stream of rows. 2: a redb file with all tables.
pub(crate) const SNAPSHOT_FORMAT: u32 = 2;
