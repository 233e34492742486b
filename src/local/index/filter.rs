//! Filters: the exchanges of a segment that pass.

use tantivy::schema::Field as Handle;

use crate::local::index::bit_set::BitSet;
use crate::local::index::error::IndexError;
use crate::local::index::keys::label_key;
use crate::local::index::keys::name_words;
use crate::local::index::keys::tag_key;
use crate::local::index::segment::Segment;
use crate::query::Filter;

/// The exchanges of a segment that pass a filter, but for its dates, as the passages that begin
/// them; `None` where all pass. Dates are checked exchange by exchange, where it matches.
pub(crate) fn filter(segment: &Segment, filter: &Filter) -> Result<Option<BitSet>, IndexError> {
    let fields = segment.fields();
    let mut allowed: Option<BitSet> = None;
    let mut keep = |bits: BitSet| match &mut allowed {
        Some(allowed) => allowed.intersect(&bits),
        None => allowed = Some(bits),
    };
    let tags = filter.languages.iter().map(|tag| tag_key(tag)).collect::<Vec<_>>();
    let mut keyed = vec![(fields.document_id, filter.document_ids.clone()), (fields.language, tags)];
    keyed.extend(filter.labels.iter().map(|(key, values)| {
        (fields.label, values.iter().map(|value| label_key(key, value)).collect::<Vec<_>>())
    }));
    for (field, keys) in keyed.into_iter().filter(|(_, keys)| !keys.is_empty()) {
        keep(segment.keyed(field, &keys)?);
    }
    let names = [
        (fields.speaker, &filter.speakers),
        (fields.asker, &filter.askers),
        (fields.publisher, &filter.publishers),
    ];
    for (field, names) in names.into_iter().filter(|(_, names)| !names.is_empty()) {
        keep(named(segment, field, names)?);
    }
    if !filter.excluded_document_ids.is_empty() {
        let excluded = segment.keyed(fields.document_id, &filter.excluded_document_ids)?;
        allowed.get_or_insert_with(|| segment.starts().clone()).subtract(&excluded);
    }
    if !filter.excluded_speakers.is_empty() {
        let excluded = named(segment, fields.speaker, &filter.excluded_speakers)?;
        allowed.get_or_insert_with(|| segment.starts().clone()).subtract(&excluded);
    }
    Ok(allowed)
}

/// The exchanges that have all words of any of the names.
fn named(segment: &Segment, field: Handle, names: &[String]) -> Result<BitSet, IndexError> {
    let mut any = BitSet::empty(segment.len());
    for name in names {
        let mut all: Option<BitSet> = None;
        for word in name_words(name) {
            let bits = segment.keyed(field, &[word])?;
            match &mut all {
                Some(all) => all.intersect(&bits),
                None => all = Some(bits),
            }
        }
        if let Some(all) = all {
            any.unite(&all);
        }
    }
    Ok(any)
}
