//! Timed text: formats whose words come in cues with a start and an end.

pub(crate) mod cues;
pub(crate) mod subrip;
pub(crate) mod webvtt;
