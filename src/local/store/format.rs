//! Versions of what is on disk.

/// Version of the tables and records. A store of an older version is upgraded when it is opened,
/// one of a newer version is not opened.
///
/// 1: the first. 2: `VERSIONS`.
pub(crate) const FORMAT: u64 = 2;

/// Version of snapshots. 1: a stream of rows. 2: a redb file with all tables.
pub(crate) const SNAPSHOT_FORMAT: u32 = 2;
