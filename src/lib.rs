//! onrecord answers "what was said on the record about X, by whom, and where?".
//!
//! It takes interview transcripts as they come, cuts them into question/answer exchanges, indexes
//! these, and answers topical queries with ranked passages, each with a citation that can be
//! checked byte for byte.
//!
//! # The stages, in the order data flows
//!
//! A document comes in as bytes. [`extraction`] reads its format and yields text, blocks and a source map;
//! [`segmentation`] cuts blocks into turns, exchanges and passages; a backend keeps the bytes and the exchanges, and an
//! index of the passages. A query comes in as text: [`query`] reads it, and [`analysis`] turns its words into the terms
//! that documents were indexed under. [`engine`] is the façade over all of this, in process and synchronous;
//! [`local`] is the backend of one machine; [`grpc`] translates the engine to the wire, [`cli`] is a client.
//!
//! # What is deliberately absent
//!
//! - No module names one to its right: `span ← transcript ← {extraction, segmentation, analysis} ← query ← engine ←
//!   local ← grpc ← config ← cli`. A test holds the tree to it.
//! - No prost or tonic name outside `grpc` and the client commands; no tantivy name outside `local::index`; no redb
//!   outside `local::store`.
//! - No serde derive on a domain type: on-disk records are types of their own in `local::store`.
//! - No async below `grpc`. The server's work leaves the async threads in one place, `grpc::offload`.
//! - No clock or randomness below `cli`, and no environment but in `config`, except as an argument.
//! - The index is derived: delete it and it is rebuilt from the store. Text and citations are served from the
//!   store, never from the index.

pub mod disk;
pub mod span;
pub mod transcript;
pub mod extraction;
pub mod segmentation;
pub mod analysis;
pub mod query;
pub mod engine;
pub mod local;
pub mod grpc;
pub mod config;
pub mod cli;
pub mod telemetry;
