//! Near duplicates of one exchange in several documents, shown as one result.

use std::cmp::Ordering;

use crate::engine::Collapsed;
use crate::engine::Cursor;
use crate::engine::Hit;
use crate::engine::PassageKey;
use crate::engine::Score;
use crate::engine::SortKey;
use crate::local::index::NearDuplicates;
use crate::local::index::Segment;
use crate::local::search::top_k::Collect;
use crate::local::search::top_k::TopK;

/// The most near duplicates that are listed with a result.
pub(super) const MOST_LISTED: usize = 20;

/// Keeps the best passages of exchanges without near duplicates, and every match that has some.
pub(super) struct Collapse<'a> {
    pub top: TopK<'a>,
    pub near_duplicates: &'a NearDuplicates,
    /// The segment's index in the snapshot.
    pub ordinal: usize,
    pub members: &'a mut Vec<Member>,
}

/// A match that has near duplicates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    cluster: u32,
    score: Score,
    sort_key: SortKey,
    ordinal: usize,
    passage: u32,
}

impl Collect for Collapse<'_> {
    fn offer(&mut self, passage: u32, score: f32) {
        match self.near_duplicates.cluster(self.ordinal, passage) {
            None => self.top.offer(passage, score),
            Some(cluster) => {
                let (score, ordinal) = (Score(score), self.ordinal);
                let sort_key = self.top.sort_key(passage, score);
                self.members.push(Member { cluster, score, sort_key, ordinal, passage });
            }
        }
    }
}

/// The clusters among the matches, each as one result that is the best of them, in the order of
/// results: those after `after`, at most `limit`; and how many clusters there are.
pub(super) fn clusters(
    segments: &[Segment],
    mut members: Vec<Member>,
    after: Option<&Cursor>,
    limit: usize,
) -> (Vec<Collapsed>, u64) {
    members.sort_unstable_by(|one, other| {
        let by_score = || other.score.cmp(&one.score).then_with(|| by_position(segments, one, other));
        one.cluster.cmp(&other.cluster).then_with(by_score)
    });
    let groups = members.chunk_by(|one, other| one.cluster == other.cluster);
    let mut best: Vec<&[Member]> = groups.collect();
    let total = best.len() as u64;
    if let Some(after) = after {
        best.retain(|group| {
            let first = group.first().and_then(|first| hit(segments, first));
            first.is_some_and(|first| after.precedes(&first))
        });
    }
    best.sort_unstable_by(|one, other| match (one.first(), other.first()) {
        (Some(one), Some(other)) => {
            one.sort_key.cmp(&other.sort_key).then_with(|| by_position(segments, one, other))
        }
        (one, other) => one.is_none().cmp(&other.is_none()),
    });
    let collapsed = best.into_iter().take(limit).filter_map(|group| {
        let mut hits = group.iter().filter_map(|member| hit(segments, member));
        let hit = hits.next()?;
        let duplicates: Vec<Hit> = hits.by_ref().take(MOST_LISTED).collect();
        Some(Collapsed { hit, duplicates, more: hits.count() as u64 })
    });
    (collapsed.collect(), total)
}

/// Orders matches by document id, then by position in the document.
fn by_position(segments: &[Segment], one: &Member, other: &Member) -> Ordering {
    let position = |member: &Member| {
        let segment = segments.get(member.ordinal)?;
        Some((segment.document_id(segment.document(member.passage)), segment.exchange(member.passage)))
    };
    position(one).cmp(&position(other))
}

fn hit(segments: &[Segment], member: &Member) -> Option<Hit> {
    let segment = segments.get(member.ordinal)?;
    Some(Hit {
        document_id: segment.document_id(segment.document(member.passage)).to_owned(),
        exchange: segment.exchange(member.passage),
        window: segment.window(member.passage),
        score: member.score,
        sort_key: member.sort_key,
        key: PassageKey { part: segment.id().as_u128(), ordinal: member.passage },
    })
}
