//! The write path: one thread, group commit.
//!
//! Writes that wait together are committed together: one durable store commit, then the index is
//! brought up to the store and a new snapshot published, then all are answered. Documents come
//! analysed for the index; where they do not, after a crash or a failure, the same code reads them
//! from the store.
//!
//! After any failure nothing of the group is acknowledged, what failed is opened again before the
//! next group, and readers go on with the last snapshot.

mod admission;
mod job;
mod queue;
mod changes;
mod apply;
mod indexer;
mod group;
mod writer;

pub(crate) use group::Committer;
pub(crate) use indexer::Analyzed;
pub(crate) use indexer::Indexer;
pub(crate) use indexer::entry;
pub(crate) use job::EncodedWrite;
pub(crate) use job::WriteOptions;
pub(crate) use writer::Writer;
