//! Facets: domain → wire.

use crate::engine::Facet;
use crate::engine::FacetKey;
use crate::engine::FacetValue;
use crate::grpc::pb;

/// The most bytes that values of facets take in one response, beside a page of results: names and
/// labels may have thousands each.
const VALUE_BYTES: usize = 1 << 20;

/// What is left of [`VALUE_BYTES`].
#[derive(Debug)]
pub(super) struct ValueBudget(usize);

impl ValueBudget {
    pub(super) const fn new() -> Self {
        Self(VALUE_BYTES)
    }

    fn take(&mut self, value: &FacetValue) -> bool {
        /// What a value takes in addition to its text, at most: tags, lengths and the count.
        const REST: usize = 32;
        match self.0.checked_sub(value.value.len() + REST) {
            Some(left) => self.0 = left,
            None => return false,
        }
        true
    }
}

/// The counts of one facet, of as many values as there is room for.
pub(super) fn response(facet: Facet, budget: &mut ValueBudget) -> pb::Facet {
    let Facet { key, mut values, more_values, missing } = facet;
    let fit = values.iter().take_while(|value| budget.take(value)).count();
    let more_values = more_values.saturating_add((values.len() - fit) as u64);
    values.truncate(fit);
    let (field, label) = match key {
        FacetKey::Speaker => (pb::FacetField::Speaker, String::new()),
        FacetKey::Asker => (pb::FacetField::Asker, String::new()),
        FacetKey::Document => (pb::FacetField::Document, String::new()),
        FacetKey::Publisher => (pb::FacetField::Publisher, String::new()),
        FacetKey::Year => (pb::FacetField::Year, String::new()),
        FacetKey::Language => (pb::FacetField::Language, String::new()),
        FacetKey::Label(label) => (pb::FacetField::Unspecified, label),
    };
    pb::Facet {
        field: field.into(),
        label,
        values: values.into_iter().map(value).collect(),
        more_values: int64(more_values),
        missing: int64(missing),
    }
}

/// A value and its count.
pub(super) fn value(counted: FacetValue) -> pb::FacetValue {
    let FacetValue { value, count } = counted;
    pb::FacetValue { value, count: int64(count) }
}

fn int64(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
