//! The wire: decode, call the engine, encode. The only place where protobuf and gRPC are known.

mod settings;
mod facet;
mod error_reason;
mod invalid_request;
mod from_proto;
mod response_page;
mod stored_document;
mod to_proto;
mod search_response;
mod timeline;
mod status;
mod transport_errors;
mod codec;
mod offload;
mod batch;
mod search;
mod document;
mod citation;
mod server_stream;
mod import;
mod admin;
mod server;

pub use server::ServeError;
pub use server::Server;
pub use settings::Settings;

/// The generated messages, clients and servers of `onrecord.v1`.
#[expect(
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    reason = "generated; the protos carry the documentation"
)]
pub mod pb {
    tonic::include_proto!("onrecord.v1");
}

/// The search service once more, whose results hold their passage encoded; see `build.rs`.
#[expect(
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    unreachable_pub,
    reason = "generated; the protos carry the documentation"
)]
mod encoded {
    include!(concat!(env!("OUT_DIR"), "/encoded/onrecord.v1.rs"));
}

/// The descriptors of `onrecord.v1`, for reflection and for printing messages as proto JSON.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
