//! What the fuzz targets share: the stages under test, and what each of them promises for any input.
//!
//! The stages are compiled from their sources, not through the `onrecord` crate: none of them needs the index
//! or the wire, and without tantivy and tonic an instrumented build takes seconds, not many minutes.

#[path = "../../src/span/mod.rs"]
pub mod span;
#[path = "../../src/transcript/mod.rs"]
pub mod transcript;
#[path = "../../src/extraction/mod.rs"]
pub mod extraction;
#[path = "../../src/segmentation/mod.rs"]
pub mod segmentation;
#[path = "../../src/analysis/mod.rs"]
#[expect(unused_imports, reason = "the index, which is not here, uses the rest")]
pub mod analysis;
#[path = "../../src/query/mod.rs"]
#[expect(dead_code, reason = "the backend, which is not here, uses the rest")]
pub mod query;

pub mod containers;
pub mod interview;
pub mod promises;
