//! What was said about a topic, and how much, over time.

use std::sync::Arc;

use crate::engine::BucketCounts;
use crate::engine::CitedPassage;
use crate::engine::EngineError;
use crate::engine::FacetValue;
use crate::engine::MOST_BUCKETS;
use crate::engine::Provenance;
use crate::engine::TimelineRequest;
use crate::engine::TimelineUnit;
use crate::engine::View;
use crate::engine::passages::PassageCache;
use crate::query::AnalyzedQuery;
use crate::query::Filter;
use crate::query::Query;
use crate::query::Ranking;

/// A timeline that is wanted.
#[derive(Clone, Debug)]
pub struct TimelineCall {
    /// The query.
    pub query: Query,
    /// Which exchanges may match.
    pub filter: Filter,
    /// The size of a bucket.
    pub unit: TimelineUnit,
    /// How many speakers are counted separately.
    pub speakers: usize,
}

/// Matches over time.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// From the earliest to the latest match, also those without a match.
    pub buckets: Vec<TimelineBucket>,
    /// How many matches have no date, or one that is less precise than a bucket.
    pub undated: u64,
    /// The earliest match; of one date the best. `None` where no match has a date.
    pub first: Option<Arc<CitedPassage>>,
    /// The latest match; of one date the best.
    pub last: Option<Arc<CitedPassage>>,
    /// What was searched.
    pub provenance: Provenance,
}

/// A bucket of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineBucket {
    /// Its date, in ISO 8601 of its precision.
    pub date: String,
    /// How many exchanges match.
    pub matches: u64,
    /// How many exchanges the filter allows, whether they match or not.
    pub exchanges: u64,
    /// Speakers that are counted separately and have a match here, in the order of all matches.
    pub speakers: Vec<FacetValue>,
}

/// Counts the matches of a call in a view.
pub(super) fn timeline(
    view: &Arc<dyn View>,
    call: &TimelineCall,
    ranking: &Ranking,
    passages: &PassageCache,
    provenance: &Provenance,
) -> Result<Timeline, EngineError> {
    let query = AnalyzedQuery::new(&call.query, view.languages(), ranking);
    let plan = Arc::clone(view).plan(query, ranking)?;
    let request = TimelineRequest { filter: &call.filter, unit: call.unit, speakers: call.speakers };
    let counts = plan.timeline(&request)?;
    let buckets = joined(&counts.buckets, &counts.speakers, call.unit)?;
    let cited = |hit| passages.of_hit(&**view, &hit);
    Ok(Timeline {
        buckets,
        undated: counts.undated,
        first: counts.first.map(cited).transpose()?,
        last: counts.last.map(cited).transpose()?,
        provenance: provenance.at(view.generation()),
    })
}

/// The most bytes of speakers' names in the buckets of a timeline, so that it is within what clients
/// accept.
const MOST_NAME_BYTES: usize = 2 << 20;

/// All buckets from the first with a match to the last, with the empty ones between.
fn joined(
    counts: &[BucketCounts],
    speakers: &[String],
    unit: TimelineUnit,
) -> Result<Vec<TimelineBucket>, EngineError> {
    let matched = || counts.iter().filter(|counts| counts.matches > 0);
    let (Some(first), Some(last)) = (matched().next(), matched().next_back()) else {
        return Ok(Vec::new());
    };
    let length = usize::try_from(last.bucket.saturating_sub(first.bucket).saturating_add(1));
    // Each bucket names its speakers.
    let name_bytes = |counts: &BucketCounts| {
        let named = speakers.iter().zip(&counts.speakers).filter(|(_, count)| **count > 0);
        named.map(|(name, _)| name.len()).sum::<usize>()
    };
    let bytes = counts.iter().map(name_bytes).sum::<usize>();
    if length.as_ref().map_or(true, |length| *length > MOST_BUCKETS) || bytes > MOST_NAME_BYTES {
        return Err(EngineError::TimelineTooLong {
            from: unit.date(first.bucket),
            to: unit.date(last.bucket),
        });
    }
    let mut known = counts.iter().skip_while(|counts| counts.bucket < first.bucket).peekable();
    let bucket = |number: i64| {
        let counts = known.next_if(|counts| counts.bucket == number).cloned().unwrap_or_default();
        let named = speakers.iter().zip(counts.speakers).filter(|(_, count)| *count > 0);
        TimelineBucket {
            date: unit.date(number),
            matches: counts.matches,
            exchanges: counts.exchanges,
            speakers: named.map(|(name, count)| FacetValue { value: name.clone(), count }).collect(),
        }
    };
    Ok((first.bucket..=last.bucket).map(bucket).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(bucket: i64, matches: u64, exchanges: u64) -> BucketCounts {
        BucketCounts { bucket, matches, exchanges, speakers: vec![matches, 0] }
    }

    #[test]
    fn buckets_without_a_match_are_between_the_others() {
        let counted = [counts(2014, 0, 9), counts(2015, 1, 2), counts(2017, 0, 4), counts(2018, 3, 3)];
        let names = ["Bo", "Cy"].map(str::to_owned);
        let buckets = joined(&counted, &names, TimelineUnit::Year).unwrap();
        let shown: Vec<_> =
            buckets.iter().map(|bucket| (&*bucket.date, bucket.matches, bucket.exchanges)).collect();
        assert_eq!(shown, [("2015", 1, 2), ("2016", 0, 0), ("2017", 0, 4), ("2018", 3, 3)]);
        assert_eq!(buckets[0].speakers, [FacetValue { value: "Bo".into(), count: 1 }]);
        assert!(buckets[1].speakers.is_empty() && buckets[2].speakers.is_empty());
        assert!(joined(&counted[..1], &names, TimelineUnit::Year).unwrap().is_empty());
    }

    #[test]
    fn too_many_names_are_refused() {
        let name = "n".repeat(4096);
        let named = |buckets: i64| {
            let counted: Vec<BucketCounts> = (0..buckets).map(|bucket| counts(bucket, 1, 1)).collect();
            joined(&counted, std::slice::from_ref(&name), TimelineUnit::Day)
        };
        assert_eq!(named(512).unwrap().len(), 512);
        assert!(matches!(named(513), Err(EngineError::TimelineTooLong { .. })));
    }

    #[test]
    fn a_range_of_too_many_buckets_is_refused() {
        let of = |last: i64| joined(&[counts(0, 1, 1), counts(last, 1, 1)], &[], TimelineUnit::Day);
        assert_eq!(of(4095).unwrap().len(), MOST_BUCKETS);
        let error = of(4096).unwrap_err().to_string();
        assert!(error.contains("1970-01-01") && error.contains("1981-03-20"), "{error}");
    }
}
