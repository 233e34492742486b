//! Timelines: domain → wire.

use crate::engine::CitedPassage;
use crate::engine::Timeline;
use crate::engine::TimelineBucket;
use crate::grpc::facet;
use crate::grpc::pb;
use crate::grpc::to_proto;

/// Matches over time.
pub(super) fn response(timeline: Timeline) -> pb::GetTimelineResponse {
    let Timeline { buckets, undated, first, last, provenance } = timeline;
    let cited = |passage: &CitedPassage| to_proto::citation(passage.citation.clone(), &passage.answer);
    pb::GetTimelineResponse {
        buckets: buckets.into_iter().map(bucket).collect(),
        undated: to_proto::int64(undated),
        first: first.as_deref().map(cited),
        last: last.as_deref().map(cited),
        provenance: Some(to_proto::provenance(&provenance)),
    }
}

fn bucket(bucket: TimelineBucket) -> pb::TimelineBucket {
    let TimelineBucket { date, matches, exchanges, speakers } = bucket;
    pb::TimelineBucket {
        date,
        matches: to_proto::int64(matches),
        exchanges: to_proto::int64(exchanges),
        speakers: speakers.into_iter().map(facet::value).collect(),
    }
}
