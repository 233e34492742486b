//! Facets: domain → wire.

use crate::engine::Facet;
use crate::engine::FacetKey;
use crate::engine::FacetValue;
use crate::grpc::pb;

/// The counts of one facet.
pub(super) fn response(facet: Facet) -> pb::Facet {
    let Facet { key, values, more_values, missing } = facet;
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
