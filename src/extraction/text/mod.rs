//! Text that is read as it is written: plain text, Markdown, and the front matter of either.

pub(crate) mod front_matter;
pub(crate) mod markdown;
pub(crate) mod plain;
mod portraits;
