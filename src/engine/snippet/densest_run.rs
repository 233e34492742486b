//! The shortest run of sentences, or of matches, with the most distinct matched words.

use std::collections::HashMap;
use std::ops::Range;

use crate::span::TextSpan;

/// Part of an answer, and the range of the matches that are inside it.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) span: TextSpan,
    pub(super) matches: Range<usize>,
}

/// Consecutive items, from `first` to `last`, and the number of distinct words matched in them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) distinct: usize,
    pub(super) span: TextSpan,
}

/// The run of items of at most `max_bytes` that has the most distinct words; of several the
/// shortest, then the first. `None` if no item that is short enough has a match.
pub(super) fn densest(items: &[Item], words: &[usize], max_bytes: usize) -> Option<Run> {
    let (most, _) = shortest_run(items, words, max_bytes, usize::MAX);
    if most == 0 {
        return None;
    }
    shortest_run(items, words, max_bytes, most).1
}

/// The most distinct words of any run of at most `max_bytes`, and the shortest run that has at
/// least `wanted` of them. (With runs found, the first number is only a lower bound.)
fn shortest_run(items: &[Item], words: &[usize], max_bytes: usize, wanted: usize) -> (usize, Option<Run>) {
    let mut counts = WordCounts::default();
    let words_of = |item: &Item| words.get(item.matches.clone()).unwrap_or_default();
    let mut most = 0;
    let mut shortest: Option<Run> = None;
    // The items from `open` on that are counted.
    let mut open = items.iter().enumerate();
    for (last, item) in items.iter().enumerate() {
        counts.add(words_of(item));
        while let Some((first, front)) = open.clone().next().filter(|(first, _)| *first <= last) {
            let span = TextSpan::new(front.span.start(), item.span.end());
            let fits = span.len() <= max_bytes;
            if fits {
                most = most.max(counts.distinct);
                if counts.distinct < wanted {
                    break;
                }
                if shortest.is_none_or(|known| span.len() < known.span.len()) {
                    shortest = Some(Run { first, last, distinct: counts.distinct, span });
                }
            }
            counts.remove(words_of(front));
            open.next();
        }
    }
    (most, shortest)
}

/// How often each word is in a run.
#[derive(Default)]
struct WordCounts {
    counts: HashMap<usize, usize>,
    distinct: usize,
}

impl WordCounts {
    fn add(&mut self, words: &[usize]) {
        for word in words {
            let count = self.counts.entry(*word).or_default();
            *count += 1;
            self.distinct += usize::from(*count == 1);
        }
    }

    fn remove(&mut self, words: &[usize]) {
        for word in words {
            if let Some(count) = self.counts.get_mut(word) {
                *count -= 1;
                self.distinct -= usize::from(*count == 0);
            }
        }
    }
}
