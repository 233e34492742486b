//! Filters: the exchanges of a segment that pass.

use crate::local::index::bit_set::BitSet;
use crate::local::index::error::IndexError;
use crate::local::index::keys::label_key;
use crate::local::index::keys::name_key;
use crate::local::index::keys::tag_key;
use crate::local::index::segment::Segment;
use crate::query::Filter;

/// The exchanges of a segment that pass a filter, as the passages that begin them; `None` where all
/// pass.
pub(crate) fn filter(segment: &Segment, filter: &Filter) -> Result<Option<BitSet>, IndexError> {
    let fields = segment.fields();
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
