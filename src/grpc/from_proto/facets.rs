//! Facets of searches.

use crate::engine::FacetKey;
use crate::engine::FacetRequest;
use crate::grpc::from_proto::fields::at_most_values;
use crate::grpc::from_proto::fields::label_key;
use crate::grpc::from_proto::fields::size;
use crate::grpc::from_proto::violations::Violations;
use crate::grpc::pb;
use crate::grpc::pb::ErrorReason;

/// Most fields of a request, and most labels.
const MAX_FACETS: usize = 10;
/// Values of a facet if the request does not say.
const DEFAULT_VALUES: usize = 20;
/// Most values of a facet.
const MAX_VALUES: usize = 300;

/// The counts that a request asks for.
pub(super) fn facets(
    wrong: &mut Violations,
    fields: &[i32],
    labels: Vec<String>,
    wanted_size: i32,
    ignore_own_filter: bool,
) -> FacetRequest {
    at_most_values(wrong, "facets", fields.len(), MAX_FACETS, "send several searches");
    at_most_values(wrong, "facet_labels", labels.len(), MAX_FACETS, "send several searches");
    // The values of a list that is too long are not looked at.
    let fields = if fields.len() > MAX_FACETS { &[] } else { fields };
    let labels = if labels.len() > MAX_FACETS { Vec::new() } else { labels };
    let mut keys: Vec<FacetKey> = Vec::new();
    let mut add = |wrong: &mut Violations, path: String, key: FacetKey| {
        if keys.contains(&key) {
            wrong.add(path, ErrorReason::Duplicate, "is named twice; name each facet once");
        } else {
            keys.push(key);
        }
    };
    for (number, &field) in fields.iter().enumerate() {
        let path = format!("facets[{number}]");
        if let Some(key) = key(wrong, &path, field) {
            add(wrong, path, key);
        }
    }
    for (number, label) in labels.into_iter().enumerate() {
        let path = format!("facet_labels[{number}]");
        label_key(wrong, &path, &label);
        add(wrong, path, FacetKey::Label(label));
    }
    let size = size(wrong, "facet_size", wanted_size, DEFAULT_VALUES, MAX_VALUES);
    FacetRequest { keys, size, ignore_own_filter }
}

fn key(wrong: &mut Violations, path: &str, field: i32) -> Option<FacetKey> {
    match pb::FacetField::try_from(field) {
        Ok(pb::FacetField::Speaker) => Some(FacetKey::Speaker),
        Ok(pb::FacetField::Document) => Some(FacetKey::Document),
        Ok(pb::FacetField::Publisher) => Some(FacetKey::Publisher),
        Ok(pb::FacetField::Year) => Some(FacetKey::Year),
        Ok(pb::FacetField::Language) => Some(FacetKey::Language),
        Ok(pb::FacetField::Asker) => Some(FacetKey::Asker),
        Ok(pb::FacetField::Unspecified) | Err(_) => {
            let message = format!("is {field}, which is no facet; send one of the enum FacetField");
            wrong.add(path, ErrorReason::EnumInvalid, message);
            None
        }
    }
}
