//! Timelines.

use crate::engine::TimelineCall;
use crate::engine::TimelineUnit;
use crate::grpc::from_proto::filter::filter;
use crate::grpc::from_proto::search::query;
use crate::grpc::from_proto::violations::Violations;
use crate::grpc::invalid_request::InvalidRequest;
use crate::grpc::pb;
use crate::grpc::pb::ErrorReason;
use crate::grpc::pb::get_timeline_request::Unit;

/// Most speakers that are counted separately.
const MAX_SPEAKERS: usize = 20;

/// A timeline from a request.
pub(in crate::grpc) fn timeline_call(
    request: pb::GetTimelineRequest,
) -> Result<TimelineCall, InvalidRequest> {
    let mut wrong = Violations::default();
    let pb::GetTimelineRequest { query, filter: wanted, unit, speakers } = request;
    let query = self::query(&mut wrong, "query", &query);
    let filter = wanted.map(|wanted| filter(&mut wrong, "filter", wanted)).unwrap_or_default();
    let unit = self::unit(&mut wrong, unit);
    let speakers = self::speakers(&mut wrong, speakers);
    wrong.done(query.map(|query| TimelineCall { query, filter, unit, speakers }))
}

fn unit(wrong: &mut Violations, wanted: i32) -> TimelineUnit {
    match Unit::try_from(wanted) {
        Ok(Unit::Unspecified | Unit::Year) => TimelineUnit::Year,
        Ok(Unit::Month) => TimelineUnit::Month,
        Ok(Unit::Day) => TimelineUnit::Day,
        Err(_) => {
            let message = format!("is {wanted}, which is no unit; send one of the enum Unit");
            wrong.add("unit", ErrorReason::EnumInvalid, message);
            TimelineUnit::Year
        }
    }
}

/// How many speakers are counted separately.
fn speakers(wrong: &mut Violations, given: i32) -> usize {
    usize::try_from(given).ok().filter(|speakers| *speakers <= MAX_SPEAKERS).unwrap_or_else(|| {
        wrong.add("speakers", ErrorReason::OutOfRange, format!("is {given}; send 0 to {MAX_SPEAKERS}"));
        0
    })
}
