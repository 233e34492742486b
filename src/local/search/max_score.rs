//! A second driver of the [`BlockScorer`], which skips the postings of common words where it can:
//! max-score (Turtle and Flood, "Query Evaluation: Strategies and Optimizations", 1995).
//!
//! The commonest words of a query ("what did he say about") weigh the least and have the longest
//! postings lists. Once the page is full and its last result scores more than all of them together,
//! no passage gets on the page for them alone: they are non-essential. Which passages have them is
//! known as a set, so that matches are still counted exactly; their postings are read only for
//! passages that score nearly enough without them. Scores, order and total are those of
//! [`BlockScorer::scan`], to the last bit. `docs/ranking.md` says what it saves.

use crate::local::index::ByField;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::search::block_scorer::BlockScorer;
use crate::local::search::block_scorer::Scope;
use crate::local::search::block_scorer::next_block;
use crate::local::search::group::Group;
use crate::local::search::group::Match;
use crate::local::search::norms::Norms;
use crate::local::search::score_block::BLOCK;
use crate::local::search::term_scorer::TermScorer;
use crate::local::search::top_k::Collect as _;
use crate::local::search::top_k::TopK;

/// A factor above what rounding can take from a sum of some hundred scores.
const ROUNDING: f32 = 1.0001;

/// As [`BlockScorer::scan`], without reading what cannot change the page.
pub(super) fn scan(
    blocks: &mut BlockScorer<'_>,
    scope: Scope<'_>,
    top: &mut TopK<'_>,
) -> Result<u64, IndexError> {
    let Scope { segment, ordinal, conditions } = scope;
    if conditions.allow_none() {
        return Ok(0);
    }
    let mut scorers = blocks.scorers(scope)?;
    let mut pruning = Pruning::new(scope, top, blocks.plan.unpaired_factor);
    let (mut group, mut total) = (Group::default(), 0);
    // Passages below are scored.
    let mut done = 0;
    loop {
        let [essential, skipped] = pruning.split(&mut scorers);
        for scorer in skipped.iter_mut() {
            scorer.list_matching_docs(segment, ordinal)?;
        }
        // Where something is skipped, each block is visited, as its matches have to be counted.
        let next = if skipped.is_empty() { next_block(essential) } else { Some(done) };
        let Some(base) = next.filter(|base| *base < segment.len()) else { break };
        blocks.score(essential, segment, base);
        blocks.mark(skipped, base);
        total += blocks.drain(base, scope, &mut group, &mut |found| pruning.offer(found));
        done = base.saturating_add(BLOCK);
        // An exchange that ends with the block is completed now, so that rescoring goes forwards
        // only.
        if segment.starts().contains(done)
            && let Some(found) = group.close(conditions)
        {
            total += 1;
            blocks.note(found.start);
            pruning.offer(found);
        }
        pruning.rescore(blocks, skipped)?;
    }
    if let Some(last) = group.close(conditions) {
        total += 1;
        blocks.note(last.start);
        pruning.offer(last);
    }
    let [_, skipped] = pruning.split_as_before(&mut scorers);
    pruning.rescore(blocks, skipped)?;
    blocks.give_back(pruning.exact.into_iter().flat_map(|exact| exact.scorers));
    blocks.give_back(scorers);
    Ok(total)
}

/// What is skipped of a segment, and the matches that depend on it.
struct Pruning<'s, 'a, 't> {
    scope: Scope<'s>,
    top: &'s mut TopK<'t>,
    /// See [`Match::score`].
    unpaired_factor: f32,
    non_essential: NonEssential,
    /// Matches of the present block that can be on the page by what was skipped.
    rescore: Vec<Match>,
    exact: Option<PassageScorer<'a>>,
}

impl<'s, 'a, 't> Pruning<'s, 'a, 't> {
    fn new(scope: Scope<'s>, top: &'s mut TopK<'t>, unpaired_factor: f32) -> Self {
        let non_essential = NonEssential::default();
        Self { scope, top, unpaired_factor, non_essential, rescore: Vec::new(), exact: None }
    }

    /// The least sum of scores that can make the page: by a factor below that of the page's last
    /// score where an exchange without a question gets more than its sum.
    fn least(&self) -> f32 {
        self.top.least() / self.unpaired_factor.max(1.0)
    }

    fn offer_scored(&mut self, found: Match) {
        self.top.offer(found.best, found.score(self.scope.segment, self.unpaired_factor));
    }

    /// Scorers to read, and scorers to skip as long as the page's last score does not fall, which
    /// it never does.
    fn split<'r>(&mut self, scorers: &'r mut [TermScorer<'a>]) -> [&'r mut [TermScorer<'a>]; 2] {
        self.non_essential = NonEssential::of(scorers, self.least());
        self.split_as_before(scorers)
    }

    fn split_as_before<'r>(&self, scorers: &'r mut [TermScorer<'a>]) -> [&'r mut [TermScorer<'a>]; 2] {
        let (essential, skipped) = scorers.split_at_mut(scorers.len() - self.non_essential.scorers);
        [essential, skipped]
    }

    /// Offers a match, or notes it where its score depends on what was skipped.
    fn offer(&mut self, found: Match) {
        if self.non_essential.scorers == 0 {
            self.offer_scored(found);
        } else if self.non_essential.can_reach(found.sum(), self.least()) {
            self.rescore.push(found);
        }
    }

    /// Scores the noted matches by what was `skipped`, too, and offers them.
    fn rescore(
        &mut self,
        blocks: &mut BlockScorer<'a>,
        skipped: &[TermScorer<'_>],
    ) -> Result<(), IndexError> {
        let Scope { segment, conditions, .. } = self.scope;
        let mut noted = std::mem::take(&mut self.rescore);
        noted.sort_unstable_by_key(|found| found.start);
        for found in noted.drain(..) {
            let missing = NonEssential::of_exchange(skipped, segment, found.start);
            if !missing.can_reach(found.sum(), self.least()) {
                continue;
            }
            // An exchange in two blocks is scored with the second, and can begin before what was
            // scored with the first: then cursors start again.
            let exact = match self.exact.take() {
                Some(exact) if exact.next <= found.start => self.exact.insert(exact),
                passed => {
                    blocks.give_back(passed.into_iter().flat_map(|exact| exact.scorers));
                    self.exact.insert(PassageScorer { scorers: blocks.scorers(self.scope)?, next: 0 })
                }
            };
            if segment.windows(found.start).nth(1).is_none() {
                let scores = [found.question, found.answer];
                let [question, answer] =
                    exact.add(segment, &blocks.norms, found.start, skipped.len(), scores);
                self.offer_scored(Match { question, answer, ..found });
                continue;
            }
            let mut group = Group::at(found.start);
            for passage in segment.windows(found.start) {
                let all = exact.scorers.len();
                let [question, answer] = exact.add(segment, &blocks.norms, passage, all, [0.0; 2]);
                group.add(passage, question, answer, true);
            }
            if let Some(found) = group.close(conditions) {
                self.offer_scored(found);
            }
        }
        // Its memory is used again.
        self.rescore = noted;
        Ok(())
    }
}

/// The scorers that are not read, which are the last ones.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NonEssential {
    /// How many.
    pub scorers: usize,
    /// The most they add to a passage's score together.
    weight: f32,
}

impl NonEssential {
    /// As many scorers as together score less than `least`.
    pub(super) fn of(scorers: &[TermScorer<'_>], least: f32) -> Self {
        let mut skipped = Self::default();
        for scorer in scorers.iter().rev().take_while(|scorer| scorer.common.is_some()) {
            let more = Self { scorers: skipped.scorers + 1, weight: skipped.weight + scorer.weight };
            if more.can_reach(0.0, least) {
                break;
            }
            skipped = more;
        }
        skipped
    }

    /// Of `skipped`, what any window of the exchange has.
    fn of_exchange(skipped: &[TermScorer<'_>], segment: &Segment, start: u32) -> Self {
        let has = |scorer: &&TermScorer<'_>| {
            scorer.matching_docs.is_none_or(|all| segment.windows(start).any(|window| all.contains(window)))
        };
        let weight = skipped.iter().filter(has).map(|scorer| scorer.weight).sum();
        Self { scorers: skipped.len(), weight }
    }

    /// Whether a passage with this score can reach `least` by what is skipped.
    fn can_reach(&self, score: f32, least: f32) -> bool {
        (score + self.weight) * ROUNDING >= least
    }
}

/// Scores single passages, in ascending order.
struct PassageScorer<'a> {
    /// Of the whole plan, with cursors of their own.
    scorers: Vec<TermScorer<'a>>,
    /// The least passage that can be scored.
    next: u32,
}

impl PassageScorer<'_> {
    /// Adds to the scores of a passage in [`Field::TEXTS`] what its last `count` scorers give it.
    fn add(
        &mut self,
        segment: &Segment,
        norms: &ByField<Norms>,
        passage: u32,
        count: usize,
        mut scores: [f32; 2],
    ) -> [f32; 2] {
        self.next = passage;
        let classes =
            Field::TEXTS.map(|field| segment.length_classes(field, passage).map_or(0, |[class]| *class));
        let read = self.scorers.len().saturating_sub(count);
        let may_have =
            |scorer: &&mut TermScorer<'_>| scorer.matching_docs.is_none_or(|all| all.contains(passage));
        for scorer in self.scorers.iter_mut().skip(read).filter(may_have) {
            let frequency = scorer.frequency_at(passage);
            if frequency > 0.0 {
                let (text, norms) = (scorer.field.scored_with(), norms.of(scorer.field));
                let fields = Field::TEXTS.iter().zip(&mut scores).zip(classes);
                for ((_, score), class) in fields.filter(|((field, _), _)| **field == text) {
                    *score += scorer.weight * norms.saturate(frequency, class);
                }
            }
        }
        scores
    }
}
