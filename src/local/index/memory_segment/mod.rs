//! Segments in memory: the passages of the latest writes, until tantivy has committed them.
//!
//! A commit of tantivy takes some milliseconds, however few its passages: it makes new tables and
//! dictionaries. So each group of writes becomes a segment in memory, which searches see at once,
//! and many of these are written together as one segment in files.

mod build;
mod data;
pub(super) mod field_postings;
mod flush;

pub(super) use build::Builder;
pub(super) use data::MemorySegment;
pub(super) use flush::Part;
pub(super) use flush::write;
