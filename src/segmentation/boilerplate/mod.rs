//! Lines that are no one's words by their form alone: running heads, lists of people, references,
//! contents, readers' comments.
//!
//! They are taken out before labels are looked for, so that `Tel:` or `Witnesses:` is no speaker,
//! and each is reported in a diagnostic. What only its place makes boilerplate is decided later, in
//! `decoding`.

mod candidate_lines;
mod comments;
mod contents;
mod footnotes;
mod people_lists;
mod references;
pub(crate) mod removal;
mod running_heads;
