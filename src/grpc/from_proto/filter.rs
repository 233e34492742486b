//! Filters of searches.

use std::collections::BTreeMap;

use crate::grpc::from_proto::fields::MAX_FIELD;
use crate::grpc::from_proto::fields::MAX_LABEL;
use crate::grpc::from_proto::fields::MAX_NAMED_ID;
use crate::grpc::from_proto::fields::at_most;
use crate::grpc::from_proto::fields::at_most_values;
use crate::grpc::from_proto::fields::date;
use crate::grpc::from_proto::fields::label_key;
use crate::grpc::from_proto::fields::language_tag;
use crate::grpc::from_proto::fields::shown;
use crate::grpc::from_proto::violations::Violations;
use crate::grpc::pb;
use crate::grpc::pb::ErrorReason;
use crate::query::Filter;

/// Most values of a filter's field.
const MAX_VALUES: usize = 1000;
const NEXT: &str = "send several searches";

/// The filter at `path` of a request.
pub(super) fn filter(wrong: &mut Violations, path: &str, filter: pb::Filter) -> Filter {
    let pb::Filter {
        document_ids,
        speakers,
        published_from,
        published_to,
        languages,
        publishers,
        askers,
        excluded_document_ids,
        excluded_speakers,
        labels,
    } = filter;
    for (field, list, allowed) in [
        ("document_ids", &document_ids, MAX_NAMED_ID),
        ("speakers", &speakers, MAX_FIELD),
        ("publishers", &publishers, MAX_FIELD),
        ("askers", &askers, MAX_FIELD),
        ("excluded_document_ids", &excluded_document_ids, MAX_NAMED_ID),
        ("excluded_speakers", &excluded_speakers, MAX_FIELD),
        ("languages", &languages, MAX_FIELD),
    ] {
        values(wrong, &format!("{path}.{field}"), list, allowed);
    }
    for (number, tag) in languages.iter().take(MAX_VALUES).enumerate() {
        let field = format!("{path}.languages[{number}]");
        language_tag(wrong, &field, tag, "leave it out to search all languages");
    }
    let from = date(wrong, &format!("{path}.published_from"), &published_from);
    let to = date(wrong, &format!("{path}.published_to"), &published_to);
    if let (Some(from), Some(to)) = (&from, &to)
        && to.last < from.first
    {
        let message = "is before published_from; swap the two";
        wrong.add(format!("{path}.published_to"), ErrorReason::DatesReversed, message);
    }
    let labels = labels.into_iter().map(|(key, pb::LabelValues { values })| (key, values)).collect();
    label_values(wrong, &format!("{path}.labels"), &labels);
    Filter {
        document_ids,
        speakers,
        published_from: from,
        published_to: to,
        languages,
        publishers,
        askers,
        excluded_document_ids,
        excluded_speakers,
        labels,
    }
}

/// Refuses too many values, and each that is empty or too long.
fn values(wrong: &mut Violations, field: &str, values: &[String], allowed: usize) {
    at_most_values(wrong, field, values.len(), MAX_VALUES, NEXT);
    for (number, value) in values.iter().take(MAX_VALUES).enumerate() {
        if value.trim().is_empty() {
            let message = "is empty; leave it out to search everything";
            wrong.add(format!("{field}[{number}]"), ErrorReason::FieldRequired, message);
        } else if value.len() > allowed {
            at_most(wrong, &format!("{field}[{number}]"), value, allowed);
        }
    }
}

fn label_values(wrong: &mut Violations, field: &str, labels: &BTreeMap<String, Vec<String>>) {
    let count = labels.values().map(|values| values.len().max(1)).sum();
    at_most_values(wrong, field, count, MAX_VALUES, NEXT);
    for (key, list) in labels.iter().take(MAX_VALUES) {
        label_key(wrong, field, key);
        let of_key = format!("{field}[{:?}].values", shown(key));
        if list.is_empty() {
            wrong.add(&of_key, ErrorReason::FieldRequired, "is empty; send at least one value");
        }
        values(wrong, &of_key, list, MAX_LABEL);
    }
}
