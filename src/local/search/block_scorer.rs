//! The pass over a segment: a block of passages at a time, grouped by exchange.

use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::Postings;
use crate::local::index::Segment;
use crate::local::search::conditions::Conditions;
use crate::local::search::group::Group;
use crate::local::search::group::Match;
use crate::local::search::max_score::MaxScore;
use crate::local::search::max_score::NonEssential;
use crate::local::search::norms::Norms;
use crate::local::search::plan::Plan;
use crate::local::search::score_block;
use crate::local::search::score_block::BLOCK;
use crate::local::search::score_block::BLOCK_LEN;
use crate::local::search::score_block::BlockBitset;
use crate::local::search::score_block::ScoreBlock;
use crate::local::search::score_block::each_place;
use crate::local::search::score_block::place;
use crate::local::search::term_scorer::Source;
use crate::local::search::term_scorer::TermScorer;
use crate::local::search::top_k::Collect;

/// Scores segments, one after the other; its buffers serve them all.
pub(super) struct BlockScorer<'a> {
    plan: &'a Plan,
    norms: [Norms; 2],
    question: ScoreBlock,
    answer: ScoreBlock,
    /// Frequencies of the terms of one word while they are summed; zero between words.
    mixed: ScoreBlock,
    /// The places that the terms of one word were found in, and room behind them to write one that was known.
    touches: Box<[u16; 2 * BLOCK_LEN]>,
    /// What postings were read with, to read others with.
    spare: Vec<Postings>,
    /// Slots of passages that have a score.
    scored: BlockBitset,
    /// Slots of passages that something was found in.
    found: BlockBitset,
    /// Matches of a block that score enough or not by what was skipped.
    maybe_partial: Vec<Match>,
}

/// What is scanned.
#[derive(Clone, Copy)]
struct Scope<'s> {
    segment: &'s Segment,
    /// The segment's place among the snapshot's.
    ordinal: usize,
    conditions: &'s Conditions,
}

impl<'a> BlockScorer<'a> {
    /// Scores by this plan.
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            norms: Field::ALL.map(|field| Norms::new(plan, field)),
            question: score_block::zeros(),
            answer: score_block::zeros(),
            mixed: score_block::zeros(),
            touches: Box::new([0; 2 * BLOCK_LEN]),
            spare: Vec::new(),
            scored: BlockBitset::empty(),
            found: BlockBitset::empty(),
            maybe_partial: Vec::new(),
        }
    }

    /// Scores a segment's exchanges into `top`; returns how many match.
    pub(super) fn scan(
        &mut self,
        segment: &Segment,
        ordinal: usize,
        conditions: &Conditions,
        top: &mut impl Collect,
    ) -> Result<u64, IndexError> {
        if conditions.allow_none() {
            return Ok(0);
        }
        let scope = Scope { segment, ordinal, conditions };
        let mut readers = self.readers(scope)?;
        let (mut group, mut exact) = (Group::default(), None);
        let mut skipped;
        // Passages below were read.
        let (mut read, mut total) = (0, 0);
        loop {
            skipped = NonEssential::of(&readers, top.least());
            let wanted = readers.len() - skipped.readers;
            let (wanted, unread) = readers.split_at_mut(wanted);
            for reader in unread.iter_mut() {
                reader.list_matching_docs(segment, ordinal)?;
            }
            // Where something is skipped no block is passed over: what is not read is counted.
            let base = if skipped.readers > 0 {
                Some(read)
            } else {
                wanted.iter().filter_map(TermScorer::passage).min().map(|next| next - next % BLOCK)
            };
            let Some(base) = base.filter(|base| *base < segment.len()) else { break };
            for reader in wanted {
                self.score(reader, segment, base);
            }
            let matching_docs =
                unread.iter().filter(|reader| reader.finds).filter_map(|reader| reader.matching_docs);
            matching_docs.for_each(|matching_docs| self.found.insert_all(matching_docs, base));
            total += self.drain(base, scope, skipped, &mut group, top);
            read = base.saturating_add(BLOCK);
            // One that ends here is done with before what stands behind it is looked up.
            if segment.starts().contains(read)
                && let Some(found) = group.close(conditions)
            {
                total += 1;
                offer(found, skipped, &mut self.maybe_partial, top);
            }
            self.look_up(scope, unread, &mut exact, top)?;
        }
        if let Some(last) = group.close(conditions) {
            total += 1;
            offer(last, skipped, &mut self.maybe_partial, top);
        }
        let unread = readers.split_at(readers.len() - skipped.readers).1;
        self.look_up(scope, unread, &mut exact, top)?;
        let looked_into = exact.into_iter().flat_map(MaxScore::into_readers);
        readers.into_iter().chain(looked_into).for_each(|reader| reader.give_back(&mut self.spare));
        Ok(total)
    }

    /// Scores the matches in doubt by what is `unread` too, and offers them.
    fn look_up(
        &mut self,
        scope: Scope<'_>,
        unread: &[TermScorer<'_>],
        exact: &mut Option<MaxScore<'a>>,
        top: &mut impl Collect,
    ) -> Result<(), IndexError> {
        let Scope { segment, conditions, .. } = scope;
        let mut maybe_partial = std::mem::take(&mut self.maybe_partial);
        maybe_partial.sort_unstable_by_key(|found| found.start);
        for found in maybe_partial.drain(..) {
            let skipped = NonEssential::of_exchange(unread, segment, found.start);
            if !skipped.may_reach(found.score(), top.least()) {
                continue;
            }
            // Of two blocks, an exchange is looked up with the second, and may begin before what was with the first.
            let exact = match exact.take() {
                Some(ahead) if ahead.is_ahead(found.start) => exact.insert(ahead),
                behind => {
                    let readers = behind.into_iter().flat_map(MaxScore::into_readers);
                    readers.for_each(|reader| reader.give_back(&mut self.spare));
                    exact.insert(MaxScore::new(self.readers(scope)?))
                }
            };
            if segment.windows(found.start).nth(1).is_none() {
                let scores = [found.question, found.answer];
                let scores = exact.rest(segment, &self.norms, found.start, unread.len(), scores);
                top.offer(found.best, scores.iter().sum());
                continue;
            }
            let mut group = Group::at(found.start);
            for passage in segment.windows(found.start) {
                let [question, answer] = exact.whole(segment, &self.norms, passage);
                group.add(passage, question, answer, true);
            }
            if let Some(found) = group.close(conditions) {
                top.offer(found.best, found.score());
            }
        }
        self.maybe_partial = maybe_partial;
        Ok(())
    }

    fn readers(&mut self, scope: Scope<'_>) -> Result<Vec<TermScorer<'a>>, IndexError> {
        let plan = self.plan;
        let Scope { segment, ordinal, .. } = scope;
        let mut readers = Vec::with_capacity(plan.terms.len() + plan.phrases.len());
        readers.extend(plan.phrases.iter().map(|phrase| TermScorer::of_phrase(phrase, ordinal)));
        for term in &plan.terms {
            readers.extend(TermScorer::of_term(segment, ordinal, term, &plan.ranking, &mut self.spare)?);
        }
        Ok(readers)
    }

    /// Adds a reader's scores of the block that begins at passage `base`.
    fn score(&mut self, reader: &mut TermScorer<'_>, segment: &Segment, base: u32) {
        let Self { question, answer, mixed, touches, scored, found, .. } = self;
        let [of_question, of_answer] = &self.norms;
        let (scores, norms) = match reader.field {
            Field::Question => (question, of_question),
            Field::Answer => (answer, of_answer),
        };
        let Some(classes) = segment.length_classes(reader.field, base) else { return };
        let classes: &[u8; BLOCK_LEN] = classes;
        let end = base.saturating_add(BLOCK);
        let (weight, finds) = (reader.weight, reader.finds);
        let mut add = |place: usize, saturated: f32| {
            scores[place & (BLOCK_LEN - 1)] += weight * saturated;
            scored.insert(place);
            if finds {
                found.insert(place);
            }
        };
        match &mut reader.source {
            Source::Term(cursor) => {
                cursor.visit_below(end, |passage, frequency| {
                    let place = place(passage);
                    add(place, norms.saturate(frequency as f32, classes[place]));
                });
            }
            Source::Terms(cursors) => {
                let mut touched = 0;
                for (share, cursor) in cursors {
                    cursor.visit_below(end, |passage, frequency| {
                        let place = place(passage);
                        // Without a branch: whether a place is new is hard to foretell where terms take turns.
                        touches[touched & (2 * BLOCK_LEN - 1)] = u16::try_from(place).unwrap_or_default();
                        touched += usize::from(mixed[place] <= 0.0);
                        mixed[place] += *share * frequency as f32;
                    });
                }
                for place in touches.iter().take(touched) {
                    let place = usize::from(*place) & (BLOCK_LEN - 1);
                    add(place, norms.saturate(std::mem::take(&mut mixed[place]), classes[place]));
                }
            }
            Source::Phrase { found, next } => {
                while let Some(here) = found.get(*next).filter(|here| here.passage < end) {
                    let place = place(here.passage);
                    add(place, norms.saturate(here.frequency as f32, classes[place]));
                    *next += 1;
                }
            }
        }
    }

    /// Hands the block's passages to their exchanges and clears it; returns how many exchanges that completed
    /// match.
    fn drain(
        &mut self,
        base: u32,
        scope: Scope<'_>,
        skipped: NonEssential,
        group: &mut Group,
        top: &mut impl Collect,
    ) -> u64 {
        let Self { question, answer, scored, found, maybe_partial, .. } = self;
        let Scope { segment, conditions, .. } = scope;
        let first_word = base as usize / 64;
        let mut total = 0;
        let mut take = |place: usize| {
            let place = place & (BLOCK_LEN - 1);
            (std::mem::take(&mut question[place]), std::mem::take(&mut answer[place]))
        };
        scored.drain(found, |index, scored, found| {
            // Most exchanges have one window. They need no group: 64 of them are counted at once.
            let single = segment.single_windows(first_word + index);
            let hits = found & single & conditions.word(first_word + index);
            total += u64::from(hits.count_ones());
            each_place(scored & single, index * 64, |place| {
                let (question, answer) = take(place);
                if hits >> (place % 64) & 1 == 1 {
                    let passage = passage_at(base, place);
                    let found = Match { start: passage, best: passage, question, answer };
                    offer(found, skipped, maybe_partial, top);
                }
            });
            each_place((scored | found) & !single, index * 64, |place| {
                let passage = passage_at(base, place);
                let start = segment.starts().at_or_below(passage).unwrap_or(passage);
                if group.start() != Some(start) {
                    if let Some(found) = group.close(conditions) {
                        total += 1;
                        offer(found, skipped, maybe_partial, top);
                    }
                    *group = Group::at(start);
                }
                let (asked, answered) = take(place);
                group.add(passage, asked, answered, found >> (place % 64) & 1 == 1);
            });
        });
        total
    }
}

/// Offers a match, or puts it among those in `doubt` whose score depends on what was skipped.
fn offer(found: Match, skipped: NonEssential, doubt: &mut Vec<Match>, top: &mut impl Collect) {
    if skipped.readers == 0 {
        top.offer(found.best, found.score());
    } else if skipped.may_reach(found.score(), top.least()) {
        doubt.push(found);
    }
}

/// The passage at a place of the block that begins at `base`.
fn passage_at(base: u32, place: usize) -> u32 {
    base + u32::try_from(place).unwrap_or_default()
}
