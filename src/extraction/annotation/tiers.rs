//! Tiers: what one speaker says, annotation after annotation, next to the tiers of the others.

use std::time::Duration;

use crate::extraction::common::speech::Utterance;

/// Of this many annotations of a tier that share their time with one of another tier, a third may
/// be by chance.
const PARALLEL_IN: (usize, usize) = (2, 3);

/// One tier.
#[derive(Debug, Default)]
pub(crate) struct Tier {
    pub name: String,
    pub utterances: Vec<Utterance>,
}

/// What was said, in the order of time, and the names of the tiers left out: those that say the
/// same as an earlier tier of the same speaker once more (a translation, single words).
pub(crate) fn merge(tiers: Vec<Tier>) -> (Vec<Utterance>, Vec<String>) {
    let mut kept: Vec<Tier> = Vec::new();
    let mut left_out = Vec::new();
    for tier in tiers {
        let speaker = tier.utterances.first().and_then(|utterance| utterance.speaker.clone());
        let same =
            |other: &&Tier| other.utterances.first().is_some_and(|utterance| utterance.speaker == speaker);
        if speaker.is_some() && kept.iter().filter(same).any(|other| is_parallel(&tier, other)) {
            left_out.push(tier.name);
        } else if !tier.utterances.is_empty() {
            kept.push(tier);
        }
    }
    let mut said = Vec::new();
    for tier in kept {
        // An annotation without a time follows the one before it.
        let mut last = Duration::ZERO;
        for utterance in tier.utterances {
            last = utterance.time.map_or(last, |time| time.start);
            said.push((last, utterance));
        }
    }
    said.sort_by_key(|(start, _)| *start);
    (said.into_iter().map(|(_, utterance)| utterance).collect(), left_out)
}

/// Whether most annotations of `tier` lie in time inside one of `other`. Both are in the order of
/// time.
fn is_parallel(tier: &Tier, other: &Tier) -> bool {
    let times = |tier: &Tier| {
        let mut times: Vec<(Duration, Duration)> = tier
            .utterances
            .iter()
            .filter_map(|utterance| utterance.time)
            .filter(|time| time.end > time.start)
            .map(|time| (time.start, time.end))
            .collect();
        times.sort_unstable();
        times
    };
    let (mine, theirs) = (times(tier), times(other));
    let inside = mine.iter().filter(|(start, end)| {
        let middle = *start + end.saturating_sub(*start) / 2;
        let at = theirs.partition_point(|(start, _)| *start <= middle);
        at.checked_sub(1).and_then(|at| theirs.get(at)).is_some_and(|(_, end)| middle < *end)
    });
    !mine.is_empty() && inside.count() * PARALLEL_IN.1 >= mine.len() * PARALLEL_IN.0
}
