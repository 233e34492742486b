//! Timed text: formats whose words come in cues with a start and an end.

pub(crate) mod ass;
pub(crate) mod cues;
pub(crate) mod sbv;
pub(crate) mod subrip;
pub(crate) mod ttml;
mod ttml_time;
pub(crate) mod webvtt;
