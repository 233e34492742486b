//! Counts of matches over time.

use std::collections::BTreeMap;

use crate::engine::BucketCounts;
use crate::engine::FacetKey;
use crate::engine::Hit;
use crate::engine::Order;
use crate::engine::PageRequest;
use crate::engine::TimelineCounts;
use crate::engine::TimelineRequest;
use crate::engine::TimelineUnit;
use crate::local::index::Attribute;
use crate::local::index::BitSet;
use crate::local::index::IndexError;
use crate::local::index::Searcher;
use crate::local::index::Segment;
use crate::local::index::values;
use crate::local::search::block_scorer::BlockScorer;
use crate::local::search::block_scorer::Scope;
use crate::local::search::conditions::Conditions;
use crate::local::search::execution::Planned;
use crate::local::search::facets;
use crate::local::search::facets::ordinal_counts;
use crate::local::search::top_k::Collect;
use crate::local::search::top_k::TopK;

/// Counts the matches of a query, which was planned on this snapshot, over time.
pub(crate) fn timeline(
    searcher: &Searcher,
    planned: Planned,
    request: &TimelineRequest<'_>,
) -> Result<TimelineCounts, IndexError> {
    let plan = planned.complete(searcher)?;
    let mut blocks = BlockScorer::new(&plan);
    let (mut matches, mut ends) = (Vec::new(), Ends::default());
    for (ordinal, segment) in searcher.segments().iter().enumerate() {
        let conditions = Conditions::new(segment, &plan, request.filter)?;
        let page = |order| PageRequest { order, ..PageRequest::new(request.filter, 1) };
        let top = |order| TopK::new(segment, &page(order), f32::NEG_INFINITY);
        let mut both = Both([top(Order::Oldest), top(Order::Newest)]);
        blocks.note_matches(segment);
        blocks.scan(Scope { segment, ordinal, conditions: &conditions }, &mut both)?;
        matches.push(blocks.take_matches());
        ends.add(both);
    }
    let mut buckets = Buckets { unit: request.unit, counts: BTreeMap::new() };
    let mut undated = 0;
    for (segment, matches) in searcher.segments().iter().zip(&matches) {
        let allowed = Conditions::of_filter(segment, request.filter)?.exchanges();
        buckets.add(segment, &allowed, |counts| &mut counts.exchanges);
        undated += buckets.add(segment, matches, |counts| &mut counts.matches);
    }
    let speakers = buckets.add_speakers(searcher.segments(), &matches, request.speakers);
    let Ends([first, last]) = ends;
    let buckets = buckets.counts.into_iter();
    let buckets = buckets.map(|(bucket, counts)| BucketCounts { bucket, ..counts }).collect();
    Ok(TimelineCounts { buckets, speakers, undated, first, last })
}

/// The earliest and the latest match of a segment.
struct Both<'a>([TopK<'a>; 2]);

impl Collect for Both<'_> {
    fn offer(&mut self, passage: u32, score: f32) {
        for top in &mut self.0 {
            top.offer(passage, score);
        }
    }
}

/// The earliest and the latest match of all segments.
#[derive(Default)]
struct Ends([Option<Hit>; 2]);

impl Ends {
    fn add(&mut self, of_segment: Both<'_>) {
        for (end, top) in self.0.iter_mut().zip(of_segment.0) {
            for hit in top.into_hits().filter(|hit| hit.sort_key.is_dated()) {
                if end.as_ref().is_none_or(|end| hit.order(end).is_lt()) {
                    *end = Some(hit);
                }
            }
        }
    }
}

/// Counts by the number of the bucket.
struct Buckets {
    unit: TimelineUnit,
    counts: BTreeMap<i64, BucketCounts>,
}

impl Buckets {
    /// Adds exchanges of a segment to one of the counts; returns how many are in no bucket. A
    /// document's date is looked at once.
    fn add(
        &mut self,
        segment: &Segment,
        exchanges: &BitSet,
        count: impl Fn(&mut BucketCounts) -> &mut u64,
    ) -> u64 {
        let mut undated = 0;
        let ranks = exchanges.iter().map(|start| segment.document(start));
        for (rank, number) in ordinal_counts(ranks, segment.documents(), exchanges.count()) {
            match segment.document_date(rank).and_then(|date| self.unit.bucket(date)) {
                Some(bucket) => *count(self.counts.entry(bucket).or_default()) += number,
                None => undated += number,
            }
        }
        undated
    }

    /// Counts the matches of the speakers who have most of them; returns these.
    fn add_speakers(&mut self, segments: &[Segment], matches: &[BitSet], most: usize) -> Vec<String> {
        if most == 0 {
            return Vec::new();
        }
        let commonest = facets::count(segments, matches, &FacetKey::Speaker, most).values;
        let names: Vec<String> = commonest.into_iter().map(|speaker| speaker.value).collect();
        for (segment, matches) in segments.iter().zip(matches) {
            let column = segment.column(Attribute::Speaker);
            let known = column.values();
            // Which of the names each value of the segment is.
            let mut places: Vec<Option<usize>> = vec![None; known.len()];
            for (place, name) in names.iter().enumerate() {
                for ordinal in values::same_name(known, name) {
                    places.get_mut(ordinal).into_iter().for_each(|slot| *slot = Some(place));
                }
            }
            for start in matches.iter() {
                let Some(place) = places.get(column.ordinal(start)).copied().flatten() else { continue };
                let Some(bucket) = segment.published(start).and_then(|date| self.unit.bucket(date)) else {
                    continue;
                };
                let counts = self.counts.entry(bucket).or_default();
                counts.speakers.resize(names.len(), 0);
                counts.speakers.get_mut(place).into_iter().for_each(|count| *count += 1);
            }
        }
        names
    }
}
