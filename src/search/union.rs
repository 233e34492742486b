//! The pass over a segment: every posting once, a block of passages at a time, grouped by exchange.

use crate::index::Field;
use crate::index::IndexError;
use crate::index::Postings;
use crate::index::Segment;
use crate::search::block;
use crate::search::block::BLOCK;
use crate::search::block::BLOCK_LEN;
use crate::search::block::Numbers;
use crate::search::block::Places;
use crate::search::block::each_place;
use crate::search::block::place;
use crate::search::conditions::Conditions;
use crate::search::group::Group;
use crate::search::literals::Standing;
use crate::search::marking::Marking;
use crate::search::norms::Norms;
use crate::search::plan::FIELDS;
use crate::search::plan::Plan;
use crate::search::plan::PlannedTerm;
use crate::search::top::Collect;

/// In a crowded query, in one of how many passages a word stands for which all places of a block are weighed.
const COMMON: u32 = 4;

/// Scores segments, one after the other; its buffers serve them all.
pub(super) struct Union<'a> {
    plan: &'a Plan,
    marking: Marking,
    norms: [Norms; 2],
    question: Numbers,
    answer: Numbers,
    /// Frequencies of the terms of one word while they are summed; zero between words.
    mixed: Numbers,
    /// The places that the terms of one word were found in, and room behind them to write one that was known.
    touches: Box<[u16; 2 * BLOCK_LEN]>,
    /// What postings were read with, to read others with.
    spare: Vec<Postings>,
    /// Places of passages that have a score.
    scored: Places,
    /// Places of passages that something was found in.
    found: Places,
}

impl<'a> Union<'a> {
    /// Scores by this plan, in an index of so many passages.
    pub(super) fn new(plan: &'a Plan, passages: u64) -> Self {
        Self::with(plan, Marking::of(plan, passages))
    }

    /// Scores by this plan, and tells by `marking` what has a score.
    pub(super) fn with(plan: &'a Plan, marking: Marking) -> Self {
        Self {
            plan,
            marking,
            norms: FIELDS.map(|field| Norms::new(plan, field)),
            question: block::zeros(),
            answer: block::zeros(),
            mixed: block::zeros(),
            touches: Box::new([0; 2 * BLOCK_LEN]),
            spare: Vec::new(),
            scored: Places::empty(),
            found: Places::empty(),
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
        let mut readers = self.readers(segment, ordinal)?;
        if self.crowded() {
            readers.sort_by_key(|reader| !reader.finds);
        }
        let mut group = Group::default();
        let mut total = 0;
        while let Some(next) = readers.iter().filter_map(Reader::passage).min() {
            let base = next - next % BLOCK;
            if self.crowded() {
                self.score_crowded(&mut readers, segment, base);
            } else {
                for reader in &mut readers {
                    self.score(reader, segment, base);
                }
            }
            total += self.drain(base, segment, conditions, &mut group, top);
        }
        for reader in readers {
            reader.give_back(&mut self.spare);
        }
        Ok(total + group.close(conditions, top))
    }

    const fn crowded(&self) -> bool {
        matches!(self.marking, Marking::ByScore(_))
    }

    fn readers(&mut self, segment: &Segment, ordinal: usize) -> Result<Vec<Reader<'a>>, IndexError> {
        let mut readers = Vec::with_capacity(self.plan.terms.len() + self.plan.phrases.len());
        for term in &self.plan.terms {
            let mut reader = Reader::of_term(segment, ordinal, term, &mut self.spare)?;
            if self.crowded() {
                reader = reader.map(|reader| reader.crowded(term.postings(ordinal), segment.len()));
            }
            readers.extend(reader);
        }
        for phrase in &self.plan.phrases {
            let found = phrase.segments.get(ordinal).map_or(&[][..], Vec::as_slice);
            let source = Source::Phrase { found, next: 0 };
            readers.push(Reader { field: phrase.field, weight: phrase.weight, finds: true, source });
        }
        Ok(readers)
    }

    /// Adds the scores of all readers, those that find first, and looks through the sums for what each half of them found.
    fn score_crowded(&mut self, readers: &mut [Reader<'_>], segment: &Segment, base: u32) {
        let Self { norms, marking, .. } = self;
        if let Marking::ByScore(weighed) = marking {
            for (field, (norms, weighed)) in FIELDS.iter().zip(norms.iter().zip(weighed)) {
                if let Some(classes) = segment.length_classes(*field, base) {
                    norms.of(classes, weighed);
                }
            }
        }
        let finding = readers.partition_point(|reader| reader.finds);
        let (finding, others) = readers.split_at_mut(finding);
        for reader in finding {
            self.score(reader, segment, base);
        }
        self.found.insert_above_zero(&self.question, &self.answer);
        for reader in others {
            self.score(reader, segment, base);
        }
        self.scored.insert_above_zero(&self.question, &self.answer);
    }

    /// Adds a reader's scores of the block that begins at passage `base`.
    fn score(&mut self, reader: &mut Reader<'_>, segment: &Segment, base: u32) {
        let Self { question, answer, mixed, touches, scored, found, .. } = self;
        let [of_question, of_answer] = &self.norms;
        let (scores, norms) = match reader.field {
            Field::Question => (question, of_question),
            Field::Answer => (answer, of_answer),
        };
        let weighed = self.marking.weighed(reader.field);
        let marks = weighed.is_none();
        let Some(classes) = segment.length_classes(reader.field, base) else { return };
        let classes: &[u8; BLOCK_LEN] = classes;
        let end = base.saturating_add(BLOCK);
        let (weight, finds) = (reader.weight, reader.finds);
        let mut add = |place: usize, saturated: f32| {
            scores[place & (BLOCK_LEN - 1)] += weight * saturated;
            if marks {
                scored.insert(place);
                if finds {
                    found.insert(place);
                }
            }
        };
        match (&mut reader.source, weighed) {
            (Source::Term(cursor), _) => {
                cursor.visit_below(end, |passage, frequency| {
                    let place = place(passage);
                    add(place, norms.saturate(frequency as f32, classes[place]));
                });
            }
            (Source::Common(cursors), Some(weighed)) => {
                for (share, cursor) in cursors {
                    cursor.visit_below(end, |passage, frequency| {
                        mixed[place(passage)] += *share * frequency as f32;
                    });
                }
                let places = scores.iter_mut().zip(mixed.iter_mut()).zip(weighed.iter());
                for ((score, frequency), norm) in places {
                    *score += weight * (*frequency / (*frequency + norm));
                    *frequency = 0.0;
                }
            }
            (Source::Terms(cursors) | Source::Common(cursors), _) => {
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
            (Source::Phrase { found, next }, _) => {
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
        segment: &Segment,
        conditions: &Conditions,
        group: &mut Group,
        top: &mut impl Collect,
    ) -> u64 {
        let Self { question, answer, scored, found, .. } = self;
        let first_word = base as usize / 64;
        let mut total = 0;
        let mut take = |place: usize| {
            let place = place & (BLOCK_LEN - 1);
            (std::mem::take(&mut question[place]), std::mem::take(&mut answer[place]))
        };
        scored.drain(|index, scored| {
            let found = found.word(index);
            // Most exchanges have one window. They need no group: 64 of them are counted at once.
            let single = segment.single_windows(first_word + index);
            let hits = scored & found & single & conditions.word(first_word + index);
            total += u64::from(hits.count_ones());
            each_place(scored & single, index * 64, |place| {
                let (asked, answered) = take(place);
                if hits >> (place % 64) & 1 == 1 {
                    top.offer(passage_at(base, place), asked + answered);
                }
            });
            each_place(scored & !single, index * 64, |place| {
                let passage = passage_at(base, place);
                let start = segment.starts().at_or_below(passage).unwrap_or(passage);
                if group.start() != Some(start) {
                    total += group.close(conditions, top);
                    *group = Group::at(start);
                }
                let (asked, answered) = take(place);
                group.add(passage, asked, answered, found >> (place % 64) & 1 == 1);
            });
        });
        found.clear();
        total
    }
}

/// The passage at a place of the block that begins at `base`.
fn passage_at(base: u32, place: usize) -> u32 {
    base + u32::try_from(place).unwrap_or_default()
}

/// Reads one word or phrase of one field.
struct Reader<'a> {
    field: Field,
    weight: f32,
    finds: bool,
    source: Source<'a>,
}

enum Source<'a> {
    /// A word that one term stands for: the usual case, and the fast one.
    Term(Cursor),
    /// A word that several terms stand for: their frequencies are summed before they saturate, as in Lucene's
    /// synonym query.
    Terms(Vec<(f32, Cursor)>),
    /// The same in a crowded query where many passages have it: all places of a block are weighed, which a processor does
    /// side by side.
    Common(Vec<(f32, Cursor)>),
    Phrase {
        found: &'a [Standing],
        next: usize,
    },
}

impl Reader<'_> {
    fn of_term(
        segment: &Segment,
        ordinal: usize,
        term: &PlannedTerm,
        spare: &mut Vec<Postings>,
    ) -> Result<Option<Self>, IndexError> {
        let mut cursors = Vec::with_capacity(term.alternatives.len());
        for alternative in &term.alternatives {
            if let Some(Some(found)) = alternative.found.segments.get(ordinal) {
                let cursor = Cursor { postings: segment.postings_with(found, spare.pop())?, next: 0 };
                // Above zero, so that a sum tells whether a passage has any of the terms.
                cursors.push((alternative.weight.max(f32::MIN_POSITIVE), cursor));
            }
        }
        let whole = cursors.len() == 1 && cursors.iter().all(|(weight, _)| *weight >= 1.0);
        let source = match cursors.pop() {
            None => return Ok(None),
            Some((_, cursor)) if whole => Source::Term(cursor),
            Some(last) => {
                cursors.push(last);
                Source::Terms(cursors)
            }
        };
        Ok(Some(Self { field: term.field, weight: term.weight, finds: term.finds, source }))
    }

    /// As a crowded query reads it, where its word has so many postings in a segment of so many passages.
    fn crowded(self, postings: u32, passages: u32) -> Self {
        match self.source {
            Source::Terms(cursors) if postings.saturating_mul(COMMON) >= passages => {
                Self { source: Source::Common(cursors), ..self }
            }
            Source::Term(_) | Source::Terms(_) | Source::Common(_) | Source::Phrase { .. } => self,
        }
    }

    fn give_back(self, spare: &mut Vec<Postings>) {
        match self.source {
            Source::Term(cursor) => spare.push(cursor.postings),
            Source::Terms(cursors) | Source::Common(cursors) => {
                spare.extend(cursors.into_iter().map(|(_, cursor)| cursor.postings));
            }
            Source::Phrase { .. } => {}
        }
    }

    /// The next passage it has something in.
    fn passage(&self) -> Option<u32> {
        match &self.source {
            Source::Term(cursor) => cursor.passage(),
            Source::Terms(cursors) | Source::Common(cursors) => {
                cursors.iter().filter_map(|(_, cursor)| cursor.passage()).min()
            }
            Source::Phrase { found, next } => found.get(*next).map(|found| found.passage),
        }
    }
}

/// A place in the postings of a term.
struct Cursor {
    postings: Postings,
    next: usize,
}

impl Cursor {
    fn passage(&self) -> Option<u32> {
        self.postings.passages().get(self.next).copied()
    }

    /// Calls `visit` with each passage below `end` and the term's frequency there.
    fn visit_below(&mut self, end: u32, mut visit: impl FnMut(u32, u32)) {
        loop {
            let passages = self.postings.passages().get(self.next..).unwrap_or_default();
            let frequencies = self.postings.frequencies().get(self.next..).unwrap_or_default();
            let Some(last) = passages.last() else { return };
            let inside = if *last < end { passages.len() } else { passages.partition_point(|p| *p < end) };
            for (passage, frequency) in passages.iter().zip(frequencies).take(inside) {
                visit(*passage, *frequency);
            }
            if inside < passages.len() {
                self.next += inside;
                return;
            }
            self.postings.advance();
            self.next = 0;
        }
    }
}
