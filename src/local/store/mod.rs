//! The source of truth on disk: documents as received, and the exchanges found in them.
//!
//! One redb file. Every value has a checksum of itself and its key, so that damage is noticed when
//! a value is read and never becomes text that is served.

mod format;
mod error;
mod schema;
mod checksum;
mod record;
mod document_record;
mod encoded;
mod panics;
mod fail_stop;
mod retention;
mod epoch;
mod read;
mod write;
mod database;
mod copy;
mod salvage;
#[cfg(test)]
mod tests;

pub(crate) use copy::copy_tables;
pub(crate) use database::Check;
pub(crate) use database::Store;
pub(crate) use encoded::EncodedDocument;
pub use error::StoreError;
pub(crate) use format::FORMAT;
pub(crate) use format::OLDEST_RESTORED;
pub(crate) use format::SNAPSHOT_FORMAT;
pub(crate) use panics::catch_redb_panic;
pub(crate) use panics::silence_caught_panics;
pub(crate) use read::Reader;
pub(crate) use read::Version;
pub(crate) use retention::Retention;
pub(crate) use salvage::Salvage;
pub(crate) use salvage::check_pages;
pub(crate) use salvage::open_checked;
pub(crate) use write::Batch;
