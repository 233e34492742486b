//! The formats of those who study speech: corpora and annotation tools, which name every speaker.

pub(crate) mod chat;
mod chat_codes;
pub(crate) mod elan;
pub(crate) mod tei;
mod tei_people;
pub(crate) mod textgrid;
mod tiers;
pub(crate) mod transcriber;
