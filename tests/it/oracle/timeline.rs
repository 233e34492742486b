//! Counts of matches over time, by looking at every exchange for every bucket.

use std::collections::BTreeMap;

use onrecord::engine::BucketCounts;
use onrecord::engine::FacetKey;
use onrecord::engine::TimelineCounts;
use onrecord::engine::TimelineUnit;
use onrecord::query::DateRange;

use crate::oracle::facets;
use crate::oracle::facets::Match;

/// The bucket of a date as a text: as much of it as the unit takes, where it is as precise.
fn bucket(unit: TimelineUnit, published: &str) -> Option<&str> {
    let length = match unit {
        TimelineUnit::Year => 4,
        TimelineUnit::Month => 7,
        TimelineUnit::Day => 10,
    };
    published.get(..length).filter(|date| date.starts_with(|first: char| first.is_ascii_digit()))
}

/// The number of a bucket.
fn number(unit: TimelineUnit, date: &str) -> i64 {
    let part = |range: std::ops::Range<usize>| date[range].parse::<i64>().unwrap();
    match unit {
        TimelineUnit::Year => part(0..4),
        TimelineUnit::Month => part(0..4) * 12 + part(5..7) - 1,
        TimelineUnit::Day => DateRange::parse(date).unwrap().first,
    }
}

/// Counts matches, and of what the filter allows everything.
pub(super) fn count(
    unit: TimelineUnit,
    speakers: usize,
    matches: &[Match<'_>],
    allowed: &[Match<'_>],
) -> TimelineCounts {
    let commonest = facets::count(&FacetKey::Speaker, speakers, matches);
    let names: Vec<String> = commonest.values.into_iter().map(|value| value.value).collect();
    let mut buckets: BTreeMap<&str, BucketCounts> = BTreeMap::new();
    let empty = || BucketCounts { speakers: vec![0; names.len()], ..BucketCounts::default() };
    for one in allowed {
        if let Some(date) = bucket(unit, &one.metadata.published) {
            buckets.entry(date).or_insert_with(empty).exchanges += 1;
        }
    }
    let mut undated = 0;
    for one in matches {
        let Some(date) = bucket(unit, &one.metadata.published) else {
            undated += 1;
            continue;
        };
        let counts = buckets.get_mut(date).unwrap();
        counts.matches += 1;
        let key = FacetKey::Speaker;
        let same = |name: &String| facets::compared(&key, name) == facets::compared(&key, &one.speaker);
        if let Some(place) = names.iter().position(same) {
            counts.speakers[place] += 1;
        }
    }
    let numbered = |(date, counts)| BucketCounts { bucket: number(unit, date), ..counts };
    let buckets = buckets.into_iter().map(numbered).collect();
    TimelineCounts { buckets, speakers: names, undated, first: None, last: None }
}
