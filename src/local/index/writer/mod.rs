//! Documents → the index.
//!
//! A group of writes becomes a segment in memory, which the next searcher sees (`document_writer`).
//! Now and again the segments in memory are committed to files (`files`), in a thread that later
//! writes do not wait for (`background_commit`).

mod lease;
mod files;
mod background_commit;
mod document_writer;

pub(crate) use document_writer::Writer;
pub(super) use lease::Lease;
