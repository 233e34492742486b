//! Scores a segment, a block of passages at a time, and groups the passages by exchange.
//!
//! Scores are summed term at a time within a block, so that the sums stay in a core's cache and the
//! inner loop has no branch on which term comes next.

use crate::local::index::BitSet;
use crate::local::index::ByField;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Postings;
use crate::local::index::Segment;
use crate::local::search::conditions::Conditions;
use crate::local::search::group::Group;
use crate::local::search::group::Match;
use crate::local::search::norms::Norms;
use crate::local::search::plan::Plan;
use crate::local::search::score_block;
use crate::local::search::score_block::BLOCK;
use crate::local::search::score_block::BLOCK_LEN;
use crate::local::search::score_block::BlockBitset;
use crate::local::search::score_block::ScoreBlock;
use crate::local::search::score_block::each_slot;
use crate::local::search::score_block::slot_of;
use crate::local::search::term_scorer::Source;
use crate::local::search::term_scorer::TermScorer;
use crate::local::search::top_k::Collect;

/// Scores segments, one after the other; its buffers serve them all.
pub(super) struct BlockScorer<'a> {
    pub plan: &'a Plan,
    pub norms: Box<ByField<Norms>>,
    question: ScoreBlock,
    answer: ScoreBlock,
    /// The weighted frequencies of a word's terms while they are summed; zero between words.
    frequencies: ScoreBlock,
    /// The slots that a word's terms were found in. One more is written than is kept, hence the
    /// length.
    touched: Box<[u16; 2 * BLOCK_LEN]>,
    /// Cursors to use again: to make one costs more than to read the postings of a rare term.
    spare: Vec<Postings>,
    /// Slots of passages that have a score.
    scored: BlockBitset,
    /// Slots of passages that have a term for which alone an exchange matches.
    matched: BlockBitset,
    /// The matches of the segment, as the passages that begin them, where they are noted.
    matches: Option<BitSet>,
}

/// A segment to score.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub segment: &'s Segment,
    /// The segment's index in the snapshot.
    pub ordinal: usize,
    pub conditions: &'s Conditions<'s>,
}

impl<'a> BlockScorer<'a> {
    /// A scorer for this plan.
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            norms: Box::new(ByField::from_fn(|field| Norms::new(plan, field))),
            question: score_block::zeros(),
            answer: score_block::zeros(),
            frequencies: score_block::zeros(),
            touched: Box::new([0; 2 * BLOCK_LEN]),
            spare: Vec::new(),
            scored: BlockBitset::empty(),
            matched: BlockBitset::empty(),
            matches: None,
        }
    }

    /// Offers all matching exchanges of a segment to `collector`; returns how many there are.
    pub(super) fn scan(&mut self, scope: Scope<'_>, collector: &mut impl Collect) -> Result<u64, IndexError> {
        if scope.conditions.allow_none() {
            return Ok(0);
        }
        let (segment, factor) = (scope.segment, self.plan.unpaired_factor);
        let mut offer = |found: Match| collector.offer(found.best, found.score(segment, factor));
        let mut scorers = self.scorers(scope)?;
        let (mut group, mut total) = (Group::default(), 0);
        while let Some(base) = next_block(&scorers) {
            self.score(&mut scorers, scope.segment, base);
            total += self.drain(base, scope, &mut group, &mut offer);
        }
        if let Some(last) = group.close(scope.conditions) {
            total += 1;
            self.note(last.start);
            offer(last);
        }
        self.give_back(scorers);
        Ok(total)
    }

    /// Notes the matches of this segment, for [`BlockScorer::take_matches`].
    pub(super) fn note_matches(&mut self, segment: &Segment) {
        self.matches = Some(BitSet::empty(segment.len()));
    }

    /// The matches that were noted, as the passages that begin them.
    pub(super) fn take_matches(&mut self) -> BitSet {
        self.matches.take().unwrap_or_default()
    }

    /// Keeps those of the noted matches that are in a set.
    pub(super) fn keep_noted(&mut self, kept: &BitSet) {
        if let Some(matches) = &mut self.matches {
            matches.intersect(kept);
        }
    }

    /// Notes a match.
    pub(super) fn note(&mut self, start: u32) {
        if let Some(matches) = &mut self.matches {
            matches.insert(start);
        }
    }

    /// Scorers of the plan's phrases and terms in a segment, in the order in which scores are
    /// summed.
    pub(super) fn scorers(&mut self, scope: Scope<'_>) -> Result<Vec<TermScorer<'a>>, IndexError> {
        let (plan, Scope { segment, ordinal, .. }) = (self.plan, scope);
        let mut scorers = Vec::with_capacity(plan.terms.len() + plan.phrases.len());
        scorers.extend(plan.phrases.iter().map(|phrase| TermScorer::of_phrase(phrase, ordinal)));
        for term in &plan.terms {
            scorers.extend(TermScorer::of_term(segment, ordinal, term, &plan.ranking, &mut self.spare)?);
        }
        Ok(scorers)
    }

    /// Keeps the cursors of scorers that are done.
    pub(super) fn give_back(&mut self, scorers: impl IntoIterator<Item = TermScorer<'a>>) {
        scorers.into_iter().for_each(|scorer| scorer.give_back(&mut self.spare));
    }

    /// Adds the scores of the block that begins at passage `base`.
    pub(super) fn score(&mut self, scorers: &mut [TermScorer<'_>], segment: &Segment, base: u32) {
        for scorer in scorers {
            self.score_one(scorer, segment, base);
        }
    }

    /// Marks the passages of a block that match by the terms of these scorers, without scoring
    /// them.
    pub(super) fn mark(&mut self, scorers: &[TermScorer<'_>], base: u32) {
        for scorer in scorers.iter().filter(|scorer| scorer.matches) {
            if let Some(matching_docs) = scorer.matching_docs {
                self.matched.insert_all(matching_docs, base);
            }
        }
    }

    fn score_one(&mut self, term: &mut TermScorer<'_>, segment: &Segment, base: u32) {
        let Self { question, answer, frequencies, touched, scored, matched, .. } = self;
        let (norms, text) = (self.norms.of(term.field), term.field.scored_with());
        let scores = if text == Field::Answer { answer } else { question };
        let Some(classes) = segment.length_classes(text, base) else { return };
        let classes: &[u8; BLOCK_LEN] = classes;
        let end = base.saturating_add(BLOCK);
        let (weight, matches) = (term.weight, term.matches);
        let mut add = |slot: usize, frequency: f32| {
            // A slot is below the block's length; the mask spares the bounds check.
            scores[slot & (BLOCK_LEN - 1)] += weight * norms.saturate(frequency, classes[slot]);
            scored.insert(slot);
            if matches {
                matched.insert(slot);
            }
        };
        match &mut term.source {
            Source::Term(cursor) => {
                cursor.visit_below(end, |passage, frequency| add(slot_of(passage), frequency as f32));
            }
            Source::Terms(cursors) => {
                let mut count = 0;
                for (share, cursor) in cursors {
                    cursor.visit_below(end, |passage, frequency| {
                        let slot = slot_of(passage);
                        // Without a branch, which would be hard to predict where terms take turns.
                        touched[count & (2 * BLOCK_LEN - 1)] = u16::try_from(slot).unwrap_or_default();
                        count += usize::from(frequencies[slot] <= 0.0);
                        frequencies[slot] += *share * frequency as f32;
                    });
                }
                for slot in touched.iter().take(count) {
                    let slot = usize::from(*slot) & (BLOCK_LEN - 1);
                    add(slot, std::mem::take(&mut frequencies[slot]));
                }
            }
            Source::Phrase { postings, next } => {
                while let Some(here) = postings.get(*next).filter(|here| here.passage < end) {
                    add(slot_of(here.passage), here.frequency as f32);
                    *next += 1;
                }
            }
        }
    }

    /// Hands the block's passages to their exchanges and clears the block. Offers the exchanges
    /// that are complete and match, and returns how many these are.
    pub(super) fn drain(
        &mut self,
        base: u32,
        scope: Scope<'_>,
        group: &mut Group,
        offer: &mut impl FnMut(Match),
    ) -> u64 {
        let Self { question, answer, scored, matched, matches, .. } = self;
        let Scope { segment, conditions, .. } = scope;
        let first_word = base as usize / 64;
        let mut total = 0;
        let mut take = |slot: usize| {
            let slot = slot & (BLOCK_LEN - 1);
            (std::mem::take(&mut question[slot]), std::mem::take(&mut answer[slot]))
        };
        scored.drain(matched, |index, scored, matched| {
            // Most exchanges have one window. They need no group: 64 of them are counted at once.
            let single = segment.single_windows(first_word + index);
            let hits = conditions.among(first_word + index, matched & single);
            total += u64::from(hits.count_ones());
            if let Some(matches) = matches.as_mut() {
                matches.insert_word(first_word + index, hits);
            }
            each_slot(scored & single, index * 64, |slot| {
                let (question, answer) = take(slot);
                if hits >> (slot % 64) & 1 == 1 {
                    let passage = passage_at(base, slot);
                    offer(Match { start: passage, best: passage, question, answer });
                }
            });
            each_slot((scored | matched) & !single, index * 64, |slot| {
                let passage = passage_at(base, slot);
                let start = segment.starts().at_or_below(passage).unwrap_or(passage);
                if group.start() != Some(start) {
                    if let Some(found) = group.close(conditions) {
                        total += 1;
                        if let Some(matches) = matches.as_mut() {
                            matches.insert(found.start);
                        }
                        offer(found);
                    }
                    *group = Group::at(start);
                }
                let (question, answer) = take(slot);
                group.add(passage, question, answer, matched >> (slot % 64) & 1 == 1);
            });
        });
        total
    }
}

/// The first passage of the next block that any of the scorers has something in.
pub(super) fn next_block(scorers: &[TermScorer<'_>]) -> Option<u32> {
    scorers.iter().filter_map(TermScorer::passage).min().map(|next| next - next % BLOCK)
}

/// The passage of a slot of the block that begins at `base`.
fn passage_at(base: u32, slot: usize) -> u32 {
    base + u32::try_from(slot).unwrap_or_default()
}
