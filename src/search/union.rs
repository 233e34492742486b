//! The pass over a segment: every posting once, a block of passages at a time, grouped by exchange.

use crate::index::Field;
use crate::index::IndexError;
use crate::index::Postings;
use crate::index::Segment;
use crate::search::Saturation;
use crate::search::block;
use crate::search::block::BLOCK;
use crate::search::block::BLOCK_LEN;
use crate::search::block::Numbers;
use crate::search::block::Places;
use crate::search::block::each_place;
use crate::search::block::place;
use crate::search::conditions::Conditions;
use crate::search::literals::Standing;
use crate::search::plan::FIELDS;
use crate::search::plan::Plan;
use crate::search::plan::PlannedTerm;
use crate::search::top::Collect;

/// Scores segments, one after the other; its buffers serve them all.
pub(super) struct Union<'a> {
    plan: &'a Plan,
    norms: [Norms; 2],
    question: Numbers,
    answer: Numbers,
    /// Frequencies of the terms of one word while they are summed; zero between words.
    mixed: Numbers,
    /// Places of passages that have a score.
    scored: Places,
    /// Places of passages that something was found in.
    found: Places,
}

impl<'a> Union<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            norms: FIELDS.map(|field| Norms::new(plan, field)),
            question: block::zeros(),
            answer: block::zeros(),
            mixed: block::zeros(),
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
        let mut group = Group::default();
        let mut total = 0;
        while let Some(next) = readers.iter().filter_map(Reader::passage).min() {
            let base = next - next % BLOCK;
            for reader in &mut readers {
                self.score(reader, segment, base);
            }
            total += self.drain(base, segment, conditions, &mut group, top);
        }
        Ok(total + group.close(conditions, top))
    }

    fn readers(&self, segment: &Segment, ordinal: usize) -> Result<Vec<Reader<'a>>, IndexError> {
        let mut readers = Vec::with_capacity(self.plan.terms.len() + self.plan.phrases.len());
        for term in &self.plan.terms {
            readers.extend(Reader::of_term(segment, ordinal, term)?);
        }
        for phrase in &self.plan.phrases {
            let found = phrase.segments.get(ordinal).map_or(&[][..], Vec::as_slice);
            let source = Source::Phrase { found, next: 0 };
            readers.push(Reader { field: phrase.field, weight: phrase.weight, finds: true, source });
        }
        Ok(readers)
    }

    /// Adds a reader's scores of the block that begins at passage `base`.
    fn score(&mut self, reader: &mut Reader<'_>, segment: &Segment, base: u32) {
        let Self { norms: [of_question, of_answer], question, answer, mixed, scored, found, .. } = self;
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
                let mut touched = Places::empty();
                for (share, cursor) in cursors {
                    cursor.visit_below(end, |passage, frequency| {
                        mixed[place(passage)] += *share * frequency as f32;
                        touched.insert(place(passage));
                    });
                }
                touched.drain(|index, word| {
                    each_place(word, index * 64, |place| {
                        let place = place & (BLOCK_LEN - 1);
                        add(place, norms.saturate(std::mem::take(&mut mixed[place]), classes[place]));
                    });
                });
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
                if group.start != Some(start) {
                    total += group.close(conditions, top);
                    *group = Group { start: Some(start), ..Group::default() };
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

/// For each length class of a field, what a frequency is weighed against: `k1 (1 - b + b length / average)`.
struct Norms([f32; 256]);

impl Norms {
    fn new(plan: &Plan, field: Field) -> Self {
        let Saturation { k1, b } = plan.saturation;
        let [question, answer] = plan.averages;
        let average = match field {
            Field::Question => question,
            Field::Answer => answer,
        };
        let mut norms = [k1; 256];
        if average > 0.0 {
            for (class, norm) in (0..=u8::MAX).zip(&mut norms) {
                *norm = k1 * (1.0 - b + b * Segment::length_of(class) as f32 / average);
            }
        }
        Self(norms)
    }

    /// What a frequency is worth, below 1.
    fn saturate(&self, frequency: f32, class: u8) -> f32 {
        frequency / (frequency + self.0[usize::from(class)])
    }
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
    Term(Box<Cursor>),
    /// A word that several terms stand for: their frequencies are summed before they saturate, as in Lucene's
    /// synonym query.
    Terms(Vec<(f32, Cursor)>),
    Phrase {
        found: &'a [Standing],
        next: usize,
    },
}

impl Reader<'_> {
    fn of_term(segment: &Segment, ordinal: usize, term: &PlannedTerm) -> Result<Option<Self>, IndexError> {
        let mut cursors = Vec::with_capacity(term.alternatives.len());
        for alternative in &term.alternatives {
            if let Some(Some(found)) = alternative.segments.get(ordinal) {
                cursors.push((alternative.weight, Cursor { postings: segment.postings(found)?, next: 0 }));
            }
        }
        let whole = cursors.len() == 1 && cursors.iter().all(|(weight, _)| *weight >= 1.0);
        let source = match cursors.pop() {
            None => return Ok(None),
            Some((_, cursor)) if whole => Source::Term(Box::new(cursor)),
            Some(last) => {
                cursors.push(last);
                Source::Terms(cursors)
            }
        };
        Ok(Some(Self { field: term.field, weight: term.weight, finds: term.finds, source }))
    }

    /// The next passage it has something in.
    fn passage(&self) -> Option<u32> {
        match &self.source {
            Source::Term(cursor) => cursor.passage(),
            Source::Terms(cursors) => cursors.iter().filter_map(|(_, cursor)| cursor.passage()).min(),
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

/// The exchange whose windows are being read.
#[derive(Default)]
struct Group {
    /// The passage it begins with.
    start: Option<u32>,
    question: f32,
    answer: f32,
    /// The window with the best answer so far; none before any has a score.
    best: Option<u32>,
    found: bool,
}

impl Group {
    fn add(&mut self, passage: u32, question: f32, answer: f32, found: bool) {
        self.question += question;
        self.found |= found;
        if answer > self.answer {
            self.answer = answer;
            self.best = Some(passage);
        }
    }

    /// Ends the exchange; returns 1 where it matches, else 0.
    fn close(&mut self, conditions: &Conditions, top: &mut impl Collect) -> u64 {
        let Some(start) = self.start.take() else { return 0 };
        if !self.found || !conditions.allow(start) {
            return 0;
        }
        top.offer(self.best.unwrap_or(start), self.question + self.answer);
        1
    }
}
