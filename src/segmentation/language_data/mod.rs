//! All that is known of languages and scripts: words with a meaning, and where sentences end.

pub(crate) mod courtesy;
pub(crate) mod languages;
pub(crate) mod lexicon;
pub(crate) mod sentences;
