//! Terms that differ from one by typing errors.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::analysis::WRITTEN_MARK;
use crate::local::index::error::IndexError;
use crate::local::index::field::Field;
use crate::local::index::segment::Segment;
use crate::query::edit_distance;

/// The most terms that are compared: more are within two errors of a short word only.
const MOST: usize = 4096;

/// The terms of the index within `errors` of a term, at most `count`: the nearest first, of equally
/// near ones first those that most passages have, deleted ones too.
///
/// The dictionary of a segment in files is walked with an automaton, which leaves out what no match
/// begins with; a segment in memory has some ten thousand terms, which are compared one by one.
pub(super) fn similar_terms(
    segments: &[Segment],
    term: &str,
    errors: u8,
    count: usize,
) -> Result<Vec<String>, IndexError> {
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for segment in segments {
        for field in Field::ALL {
            segment.similar_terms(field, term, errors, &mut |similar, passages| {
                if similar.starts_with(WRITTEN_MARK) {
                    return;
                }
                if let Some(known) = found.get_mut(similar) {
                    *known += u64::from(passages);
                } else if found.len() < MOST {
                    found.insert(similar.to_owned(), passages.into());
                }
            })?;
        }
    }
    let mut ranked: Vec<_> = found
        .into_iter()
        .filter_map(|(similar, passages)| {
            let distance = edit_distance(term, &similar, errors)?;
            // Few mistype the first letter.
            let other_start = similar.chars().next() != term.chars().next();
            Some(((distance, other_start, Reverse(passages)), similar))
        })
        .collect();
    ranked.sort_unstable();
    ranked.truncate(count);
    Ok(ranked.into_iter().map(|(_, similar)| similar).collect())
}
