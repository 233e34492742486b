//! Counts of matches, by looking at every match for every value.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use onrecord::engine::Facet;
use onrecord::engine::FacetKey;
use onrecord::engine::FacetValue;
use onrecord::query::DateRange;
use onrecord::transcript::Metadata;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What a match is counted by.
pub(super) struct Match<'a> {
    pub(super) document_id: &'a str,
    pub(super) metadata: &'a Metadata,
    pub(super) speaker: String,
    pub(super) asker: String,
}

/// The value of a match, as the documents write it; `None` where it has none.
fn value(key: &FacetKey, of: &Match<'_>) -> Option<String> {
    let value = match key {
        FacetKey::Speaker => of.speaker.clone(),
        FacetKey::Asker => of.asker.clone(),
        FacetKey::Document => of.document_id.to_owned(),
        FacetKey::Publisher => of.metadata.publisher.clone(),
        FacetKey::Language => of.metadata.language.clone(),
        FacetKey::Label(key) => return of.metadata.labels.get(key).cloned(),
        FacetKey::Year => {
            DateRange::parse(&of.metadata.published).ok()?;
            of.metadata.published.chars().take(4).collect()
        }
    };
    (!value.is_empty()).then_some(value)
}

/// What values that are one have in common.
pub(super) fn compared(key: &FacetKey, value: &str) -> String {
    match key {
        FacetKey::Document | FacetKey::Year | FacetKey::Label(_) => value.to_owned(),
        FacetKey::Language => value.to_lowercase(),
        FacetKey::Speaker | FacetKey::Asker | FacetKey::Publisher => {
            value.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
        }
    }
}

/// Counts the matches by one facet.
pub(super) fn count(key: &FacetKey, size: usize, matches: &[Match<'_>]) -> Facet {
    let mut missing = 0;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut spellings: BTreeMap<String, BTreeMap<String, BTreeSet<&str>>> = BTreeMap::new();
    for one in matches {
        let Some(value) = value(key, one) else {
            missing += 1;
            continue;
        };
        let same = compared(key, &value);
        *counts.entry(same.clone()).or_default() += 1;
        spellings.entry(same).or_default().entry(value).or_default().insert(one.document_id);
    }
    let shown = |same: &String| {
        let documents = spellings[same].values().map(BTreeSet::len).max().unwrap();
        spellings[same].iter().find(|(_, of)| of.len() == documents).unwrap().0.clone()
    };
    let mut values: Vec<FacetValue> =
        counts.iter().map(|(same, count)| FacetValue { value: shown(same), count: *count }).collect();
    values.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.value.cmp(&other.value)));
    let more_values = values.len().saturating_sub(size) as u64;
    values.truncate(size);
    Facet { key: key.clone(), values, more_values, missing }
}
