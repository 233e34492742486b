//! Wire → domain. Every message is taken apart whole, and a refusal names every bad field.

mod violations;
mod fields;
mod filter;
mod facets;
mod search;
mod timeline;
mod participants;
mod document;
mod citation;

pub(super) use citation::claim;
pub(super) use document::deletion;
pub(super) use document::if_etag;
pub(super) use document::submission;
pub(super) use fields::digest;
pub(super) use fields::exchange_range;
pub(super) use fields::page_size;
pub(super) use fields::required_id;
pub(super) use fields::span;
pub(super) use search::search_call;
pub(super) use timeline::timeline_call;
pub(super) use violations::Violations;
