//! Filters: keys that are written, and sets of passages that are read.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::local::index::BitSet;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::index::schema::Fields;
use crate::query::Filter;

/// A name without case, accents and spacing.
pub(super) fn name_key(name: &str) -> String {
    let folded: String =
        name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A label as one key. Keys come from clients, so the sign between is one that no key holds.
pub(super) fn label_key(key: &str, value: &str) -> String {
    [key, "\u{0}", value].concat()
}

/// A language tag in lower case and its shorter prefixes (RFC 4647, basic filtering): `zh-hant`, `zh`.
pub(super) fn tag_prefixes(tag: &str) -> Vec<String> {
    /// More subtags than any registered tag has; a document may claim anything.
    const SUBTAGS: usize = 8;
    let tag = tag_key(tag);
    let ends = tag.match_indices('-').map(|(at, _)| at).chain([tag.len()]).take(SUBTAGS);
    ends.filter_map(|end| tag.get(..end)).filter(|prefix| !prefix.is_empty()).map(str::to_owned).collect()
}

fn tag_key(tag: &str) -> String {
    tag.trim().replace('_', "-").to_ascii_lowercase()
}

/// The first windows of the exchanges that a filter lets through; `None` where it lets all through.
pub(super) fn filter(
    segment: &Segment,
    fields: Fields,
    filter: &Filter,
) -> Result<Option<BitSet>, IndexError> {
    let ids = filter.document_ids.clone();
    let names = filter.speakers.iter().map(|name| name_key(name)).collect::<Vec<_>>();
    let tags = filter.languages.iter().map(|tag| tag_key(tag)).collect::<Vec<_>>();
    let mut keyed = vec![(fields.document_id, ids), (fields.speaker, names), (fields.language, tags)];
    keyed.extend(filter.labels.iter().map(|(key, value)| (fields.label, vec![label_key(key, value)])));

    let mut allowed: Option<BitSet> = None;
    let mut keep = |bits: BitSet| match &mut allowed {
        Some(allowed) => allowed.intersect(&bits),
        None => allowed = Some(bits),
    };
    for (field, keys) in keyed.into_iter().filter(|(_, keys)| !keys.is_empty()) {
        keep(segment.keyed(field, &keys)?);
    }
    if filter.published_from.is_some() || filter.published_to.is_some() {
        let from = filter.published_from.map_or(i64::MIN, |bound| bound.first);
        let to = filter.published_to.map_or(i64::MAX, |bound| bound.last);
        keep(segment.published_between(from, to));
    }
    Ok(allowed)
}
