//! Facets: wire ⇄ domain.

use crate::engine::Facet;
use crate::engine::FacetKey;
use crate::engine::FacetRequest;
use crate::engine::FacetValue;
use crate::grpc::pb;
use crate::grpc::status::InvalidRequest;

/// Most fields of a request, and most labels.
const MAX_FACETS: usize = 10;
/// Values of a facet if the request does not say.
pub(super) const DEFAULT_VALUES: usize = 20;
/// Most values of a facet.
pub(super) const MAX_VALUES: usize = 300;
/// Longest key of a label, in bytes; no document has a longer one.
const MAX_LABEL: usize = 256;

/// The counts that a request asks for.
pub(super) fn request(
    fields: Vec<i32>,
    labels: Vec<String>,
    size: usize,
    ignore_own_filter: bool,
) -> Result<FacetRequest, InvalidRequest> {
    for (field, count) in [("facets", fields.len()), ("facet_labels", labels.len())] {
        if count > MAX_FACETS {
            let message = format!("has {count} entries, at most {MAX_FACETS} are taken");
            return Err(InvalidRequest::new(field, "TOO_MANY", message));
        }
    }
    let mut keys: Vec<FacetKey> = Vec::with_capacity(fields.len() + labels.len());
    let fields = fields.into_iter().enumerate().map(|(number, field)| {
        let path = format!("facets[{number}]");
        key(&path, field).map(|key| (path, key))
    });
    let labels = labels.into_iter().enumerate();
    let labels = labels.map(|(number, key)| Ok((format!("facet_labels[{number}]"), FacetKey::Label(key))));
    for wanted in fields.chain(labels) {
        let (path, key) = wanted?;
        if keys.contains(&key) {
            return Err(InvalidRequest::new(path, "DUPLICATE", "is named twice; name each facet once"));
        }
        if matches!(&key, FacetKey::Label(label) if label.len() > MAX_LABEL) {
            let message = format!("is longer than the {MAX_LABEL} bytes that a key of a label can have");
            return Err(InvalidRequest::new(path, "TOO_LONG", message));
        }
        keys.push(key);
    }
    Ok(FacetRequest { keys, size, ignore_own_filter })
}

fn key(path: &str, field: i32) -> Result<FacetKey, InvalidRequest> {
    match pb::FacetField::try_from(field) {
        Ok(pb::FacetField::Speaker) => Ok(FacetKey::Speaker),
        Ok(pb::FacetField::Document) => Ok(FacetKey::Document),
        Ok(pb::FacetField::Publisher) => Ok(FacetKey::Publisher),
        Ok(pb::FacetField::Year) => Ok(FacetKey::Year),
        Ok(pb::FacetField::Language) => Ok(FacetKey::Language),
        Ok(pb::FacetField::Asker) => Ok(FacetKey::Asker),
        Ok(pb::FacetField::Unspecified) | Err(_) => {
            let message = format!("is {field}, which is no facet; send one of the enum FacetField");
            Err(InvalidRequest::new(path, "ENUM_INVALID", message))
        }
    }
}

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
