//! Settings of an index.

/// How the index is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The language of documents that do not say theirs, as a BCP 47 tag.
    pub default_language: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { default_language: "en".to_owned() }
    }
}
