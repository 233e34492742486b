//! All that is known of languages and scripts: words with a meaning, and where sentences end.

pub(crate) mod courtesy;
pub(crate) mod languages;
pub(crate) mod lexicon;
mod phrases;
pub(crate) mod sentences;
mod table;
