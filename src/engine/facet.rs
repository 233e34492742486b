//! Counts of matches by what they have in common.

use crate::query::Filter;

/// What matches can be counted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FacetKey {
    /// Who answers. Names that differ only in case and accents are one value.
    Speaker,
    /// Who asks, compared as speakers.
    Asker,
    /// The id of the document.
    Document,
    /// The publisher, compared as speakers.
    Publisher,
    /// The year of publication.
    Year,
    /// The language tag of the document.
    Language,
    /// The value of the label with this key.
    Label(String),
}

/// Which counts are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacetRequest {
    /// What to count by; each once.
    pub keys: Vec<FacetKey>,
    /// The most values of each facet.
    pub size: usize,
    /// Whether a facet ignores the filter on its own field, so that a second value of it can be
    /// chosen. Exclusions always apply.
    pub ignore_own_filter: bool,
}

/// The counts of one facet, over all matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// What was counted by.
    pub key: FacetKey,
    /// The commonest values by falling count, then by value.
    pub values: Vec<FacetValue>,
    /// How many further values there are.
    pub more_values: u64,
    /// How many matches have no value.
    pub missing: u64,
}

/// A value, and how many exchanges match and have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetValue {
    /// The value; of names that are one value, the spelling that most matching documents have.
    pub value: String,
    /// How many exchanges match and have it.
    pub count: u64,
}

impl FacetKey {
    /// The filter without its own field; `None` where that does not narrow.
    #[must_use]
    pub fn without_own_filter(&self, filter: &Filter) -> Option<Filter> {
        let mut wider = filter.clone();
        match self {
            Self::Speaker => wider.speakers.clear(),
            Self::Asker => wider.askers.clear(),
            Self::Document => wider.document_ids.clear(),
            Self::Publisher => wider.publishers.clear(),
            Self::Year => (wider.published_from, wider.published_to) = (None, None),
            Self::Language => wider.languages.clear(),
            Self::Label(key) => drop(wider.labels.remove(key)),
        }
        (wider != *filter).then_some(wider)
    }
}
