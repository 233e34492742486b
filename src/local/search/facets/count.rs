//! Counts of one facet over all segments.

use crate::engine::Facet;
use crate::engine::FacetKey;
use crate::engine::FacetValue;
use crate::local::index::Attribute;
use crate::local::index::BitSet;
use crate::local::index::Segment;
use crate::local::index::values;
use crate::local::search::facets::documents;
use crate::local::search::facets::ordinal_counts::ordinal_counts;
use crate::local::search::facets::spellings;
use crate::local::search::facets::spellings::Spelling;
use crate::local::search::facets::top_values::TopValues;

/// Counts the matches, which are given for each segment as the passages that begin them.
pub(in crate::local::search) fn count(
    segments: &[Segment],
    matches: &[BitSet],
    key: &FacetKey,
    size: usize,
) -> Facet {
    let mut top = TopValues::new(size);
    let missing = match key {
        FacetKey::Speaker => names(segments, matches, Attribute::Speaker, &mut top),
        FacetKey::Asker => names(segments, matches, Attribute::Asker, &mut top),
        FacetKey::Publisher => names(segments, matches, Attribute::Publisher, &mut top),
        FacetKey::Language => names(segments, matches, Attribute::Language, &mut top),
        FacetKey::Label(key) => labels(segments, matches, key, &mut top),
        FacetKey::Year => return years(segments, matches, size),
        FacetKey::Document => {
            documents::count(segments, matches, &mut top);
            0
        }
    };
    let (values, more_values) = top.finish();
    Facet { key: key.clone(), values, more_values, missing }
}

/// How often the values of an attribute occur among the matches of each segment, as segment, rank
/// and count.
fn counts(
    segments: &[Segment],
    matches: &[BitSet],
    attribute: Attribute,
) -> impl Iterator<Item = (usize, usize, u64)> {
    segments.iter().zip(matches).enumerate().flat_map(move |(number, (segment, matches))| {
        let column = segment.column(attribute);
        let ordinals = matches.iter().map(|start| column.ordinal(start));
        let counts = ordinal_counts(ordinals, column.values().len(), matches.count());
        counts.into_iter().map(move |(ordinal, count)| (number, ordinal, count))
    })
}

/// Counts names or tags; returns how many matches have none.
fn names<'s>(
    segments: &'s [Segment],
    matches: &[BitSet],
    attribute: Attribute,
    top: &mut TopValues<'s>,
) -> u64 {
    let (mut all, mut missing) = (Vec::new(), 0);
    for (number, ordinal, count) in counts(segments, matches, attribute) {
        let Some(segment) = segments.get(number) else { continue };
        match values::parts(segment.column(attribute).values().get(ordinal)) {
            Some((key, shown)) => all.push(Spelling { key, shown, count, segment: number, ordinal }),
            None => missing += count,
        }
    }
    // Each segment's are in order, which this sort makes use of.
    all.sort_by(|one, other| one.key.cmp(other.key));
    let same = |one: &Spelling<'_>, other: &Spelling<'_>| one.key == other.key;
    let is_spelt_alike = |name: &[Spelling<'_>]| {
        name.first().is_none_or(|first| name.iter().all(|other| other.shown == first.shown))
    };
    let documents = if all.chunk_by(same).all(is_spelt_alike) {
        Vec::new()
    } else {
        spellings::documents(segments, matches, attribute)
    };
    for name in all.chunk_by(same) {
        let count = name.iter().map(|spelling| spelling.count).sum();
        let shown = match name.first() {
            Some(first) if is_spelt_alike(name) => first.shown,
            _ => spellings::commonest(name, &documents),
        };
        top.offer(count, shown);
    }
    missing
}

/// Counts the values of a label; returns how many matches have none.
fn labels<'s>(segments: &'s [Segment], matches: &[BitSet], key: &str, top: &mut TopValues<'s>) -> u64 {
    let (mut all, mut missing) = (Vec::new(), 0);
    for (number, ordinal, count) in counts(segments, matches, Attribute::Labels) {
        let labels = segments.get(number).map_or("", |segment| {
            let values: &'s _ = segment.column(Attribute::Labels).values();
            values.get(ordinal)
        });
        match values::label(labels, key) {
            Some(value) => all.push((value, count)),
            None => missing += count,
        }
    }
    all.sort_unstable();
    for same in all.chunk_by(|(one, _), (other, _)| one == other) {
        if let Some((value, _)) = same.first() {
            top.offer(same.iter().map(|(_, count)| count).sum(), value);
        }
    }
    missing
}

/// Counts years of publication.
fn years(segments: &[Segment], matches: &[BitSet], size: usize) -> Facet {
    /// Years are of four digits.
    const YEARS: usize = 10_000;
    let (mut counts, mut missing) = (vec![0_u64; YEARS], 0);
    for (segment, matches) in segments.iter().zip(matches) {
        for start in matches.iter() {
            let year =
                segment.published(start).and_then(|range| usize::try_from(range.first_day().year).ok());
            match year.and_then(|year| counts.get_mut(year)) {
                Some(count) => *count += 1,
                None => missing += 1,
            }
        }
    }
    let years = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
    let mut values: Vec<FacetValue> =
        years.map(|(year, count)| FacetValue { value: format!("{year:04}"), count }).collect();
    // By falling count; years of equal counts stay ascending.
    values.sort_by_key(|value| std::cmp::Reverse(value.count));
    let more_values = values.len().saturating_sub(size) as u64;
    values.truncate(size);
    Facet { key: FacetKey::Year, values, more_values, missing }
}
