//! Someone who speaks in a document.

/// Someone who speaks in the document.
#[derive(Clone, Debug)]
pub(crate) struct Speaker {
    /// The fullest name the document gives; `None` where the label only tells the role.
    pub name: Option<String>,
    /// The labels, in lower case.
    pub keys: Vec<String>,
    /// The label as it is first written.
    pub label: String,
}
