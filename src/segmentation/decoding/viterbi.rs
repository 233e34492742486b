//! The decoder: the likeliest sequence of states for all units at once (Viterbi).

use crate::segmentation::decoding::alternation;
use crate::segmentation::decoding::position_evidence;
use crate::segmentation::decoding::roles::Roles;
use crate::segmentation::decoding::states::STATES;
use crate::segmentation::decoding::states::State;
use crate::segmentation::decoding::trailing_matter;
use crate::segmentation::features::question_style::QuestionStyle;
use crate::segmentation::features::unit_features::CLUTTER;
use crate::segmentation::features::unit_features::Feature;
use crate::segmentation::features::unit_features::Features;
use crate::segmentation::features::units::Style;
use crate::segmentation::features::units::Unit;
use crate::transcript::BlockKind;
use crate::transcript::Role;

/// What the decoder knows of the document as a whole.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    /// The roles of the speakers.
    pub roles: &'a Roles,
    /// What sets the questions off, where something other than names does.
    pub question_style: Option<QuestionStyle>,
    /// Whether a sign opens each turn of both sides.
    pub marks_turns: bool,
    /// Whether any speaker is named.
    pub named: bool,
}

/// Evidence of a sentence that leads to a question.
const LEADS: f32 = 4.5;
/// The way back from each state to itself.
const SAME: [u8; STATES.len()] = [0, 1, 2, 3, 4, 5, 6, 7];
/// A cost that no other evidence outweighs.
const NEVER: f32 = 40.0;

/// The states of all units; those that are `skipped` take no turn and leave the state as it is.
pub(crate) fn decode(
    document: &Document<'_>,
    units: &[Unit],
    features: &[Features],
    trailing: &[f32],
    skipped: &[bool],
) -> Vec<State> {
    let mut costs = STATES.map(|state| if state == State::Before { 0.0 } else { f32::INFINITY });
    let mut back: Vec<[u8; STATES.len()]> = Vec::with_capacity(units.len());
    let mut previous: Option<(&Unit, &Features)> = None;
    let bare = !document.named && document.question_style.is_none() && !document.marks_turns;
    let alone = if bare {
        alternation::evidence(units, features)
    } else {
        position_evidence::evidence(document.roles, units, features)
    };
    let places = alone.into_iter().zip(trailing.iter().copied());
    // Who spoke last by name.
    let mut spoke = None;
    for (index, (((unit, seen), place), skipped)) in
        units.iter().zip(features).zip(places).zip(skipped).enumerate()
    {
        if *skipped {
            back.push(SAME);
            continue;
        }
        let mut view = EmissionModel::new(document, unit, seen, previous, spoke, place);
        if view.leads_to(features.get(index + 1)) {
            view.question += LEADS;
        }
        spoke = unit.speaker.or(spoke);
        let mut next = [f32::INFINITY; STATES.len()];
        let mut from = [0; STATES.len()];
        for ((state, cost), from) in STATES.iter().zip(&mut next).zip(&mut from) {
            for ((before, so_far), index) in STATES.iter().zip(&costs).zip(0u8..) {
                let total = so_far + view.transition(*before, *state);
                if total < *cost {
                    (*cost, *from) = (total, index);
                }
            }
            *cost += view.emission(*state);
        }
        // Costs are kept small so that they stay exact however long the document is.
        let least = next.iter().copied().fold(f32::INFINITY, f32::min);
        costs = next.map(|cost| cost - least);
        back.push(from);
        previous = Some((unit, seen));
    }
    for (state, cost) in STATES.iter().zip(&mut costs) {
        *cost += state.ending();
    }
    let mut states = trace(&costs, &back);
    for (state, _) in states.iter_mut().zip(skipped).filter(|(_, skipped)| **skipped) {
        *state = State::AnswerSkip;
    }
    states
}

/// Follows the cheapest path back.
fn trace(costs: &[f32; STATES.len()], back: &[[u8; STATES.len()]]) -> Vec<State> {
    let last = (0..STATES.len()).min_by(|a, b| {
        let cost = |at: &usize| costs.get(*at).copied().unwrap_or(f32::INFINITY);
        cost(a).total_cmp(&cost(b)).then(a.cmp(b))
    });
    let mut at = last.unwrap_or_default();
    let mut states: Vec<State> = back
        .iter()
        .rev()
        .map(|from| {
            let state = STATES.get(at).copied().unwrap_or(State::Before);
            at = from.get(at).map_or(0, |from| usize::from(*from));
            state
        })
        .collect();
    states.reverse();
    states
}

/// How a unit's speaker stands to those named before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    /// Nobody, or another than before.
    Other,
    /// The one of the unit before.
    Same,
    /// The last one named, with units between that name nobody.
    Again,
}

/// One unit as the decoder sees it.
struct EmissionModel<'a> {
    document: &'a Document<'a>,
    unit: &'a Unit,
    seen: &'a Features,
    role: Option<Role>,
    /// Evidence that it asks.
    question: f32,
    /// Evidence that it is clutter.
    clutter: f32,
    /// How its speaker stands to the one before.
    voice: Voice,
    /// Whether the unit before ends with a question mark.
    after_mark: bool,
    /// Evidence of its place that it asks: between two labels, as questions in this document stand.
    alone: f32,
    /// Evidence that it stands behind the interview.
    tail: f32,
    /// Whether it stands in the block of the unit before.
    same_block: bool,
}

impl<'a> EmissionModel<'a> {
    fn new(
        document: &'a Document<'a>,
        unit: &'a Unit,
        seen: &'a Features,
        previous: Option<(&Unit, &Features)>,
        spoke: Option<usize>,
        (alone, tail): (f32, f32),
    ) -> Self {
        let role = document.roles.of_unit(unit);
        let before = previous.map(|(previous, _)| previous.speaker);
        let voice = match unit.speaker {
            Some(_) if before == Some(unit.speaker) => Voice::Same,
            Some(_) if before == Some(None) && spoke == unit.speaker => Voice::Again,
            _ => Voice::Other,
        };
        let styled = document.question_style.map(|question_style| question_style.sets(unit));
        let mut question = seen.question();
        let mut clutter = seen.clutter;
        match styled {
            Some(true) if seen.has(Feature::Asks) || seen.has(Feature::Requests) => {
                question += 4.0;
                clutter -= 6.0;
            }
            Some(true) if document.question_style == Some(QuestionStyle::Mark) => {
                question = question.max(3.0);
            }
            Some(true) => {
                // A heading among the questions that does not ask is a section's.
                let telling = (seen.words >= 5 && !seen.has(Feature::Dated))
                    || seen.has(Feature::SecondPerson)
                    || (seen.has(Feature::Stops) && unit.style != Style::Quotation);
                question = if telling { 2.5 } else { 0.0 };
                clutter += if telling { -3.0 } else { 1.5 };
            }
            Some(false) => question -= if document.named { 0.0 } else { 4.0 },
            // Nothing but its words tells a question here: a short statement about the other is one.
            None if !document.named
                && (seen.has(Feature::Requests)
                    || (seen.has(Feature::SecondPerson)
                        && !seen.has(Feature::FirstPerson)
                        && unit.kind != BlockKind::Cue))
                && seen.words <= 30 =>
            {
                question += 2.4;
            }
            None => {}
        }
        if unit.kind == BlockKind::Term {
            question += 4.0;
        }
        if document.roles.askers_named && role.is_none() && styled.is_none() {
            question = question.min(question * 0.5);
        }
        if unit.kind == BlockKind::ListItem && document.roles.askers_named {
            // Questions in a list are quoted where those who ask have names.
            question = question.min(0.0);
        }
        if matches!(unit.style, Style::Heading(_)) && styled.is_none() && seen.has(Feature::Asks) {
            clutter -= 3.0;
            question += 2.0;
        }
        Self {
            document,
            unit,
            seen,
            role,
            question,
            clutter,
            voice,
            alone,
            tail,
            after_mark: previous.is_some_and(|(_, seen)| seen.has(Feature::Asks)),
            same_block: previous.is_some_and(|(p, _)| p.block == unit.block),
        }
    }

    /// Whether the unit is a sentence of captions without names that speaks to the one who is asked next.
    fn leads_to(&self, next: Option<&Features>) -> bool {
        self.unit.kind == BlockKind::Cue
            && !self.document.named
            && !self.document.marks_turns
            && self.seen.has(Feature::SecondPerson)
            && !self.seen.has(Feature::FirstPerson)
            && next.is_some_and(|next| next.has(Feature::Asks))
    }

    /// Whether the unit is set as the document sets its questions.
    fn sets_off(&self) -> bool {
        self.document.question_style.is_some_and(|question_style| question_style.sets(self.unit))
    }

    /// What it costs to give the unit a state.
    fn emission(&self, state: State) -> f32 {
        let speaks = self.role.is_some();
        match state {
            // A headline quotes the one who answers before anything is asked; it has no stop.
            State::Before if speaks && self.role == Some(Role::Answer) && !self.seen.has(Feature::Stops) => {
                0.8
            }
            State::Before => {
                if speaks {
                    6.0
                } else {
                    // Where a sign opens each turn, a line with the sign is a turn.
                    self.question.max(0.0) * 0.5 + 0.3 - self.clutter.clamp(0.0, 0.3) + self.new_turn(1.5)
                }
            }
            State::After => {
                if speaks {
                    6.0
                } else {
                    self.question.max(0.0) * 0.5 + 0.1 + self.new_turn(1.5) + (-self.tail).max(0.0) * 0.6
                }
            }
            State::QuestionSkip | State::AnswerSkip => {
                if speaks {
                    if self.clutter >= CLUTTER { 1.0 } else { 9.0 }
                } else {
                    (2.5 - self.clutter).max(0.0) + if self.seen.has(Feature::Trailing) { 1.5 } else { 0.0 }
                }
            }
            State::Question | State::QuestionContinued => match self.role {
                Some(Role::Question) => self.clutter.max(0.0),
                Some(_) => NEVER / 2.0,
                None => (-self.question).max(0.0) + self.clutter.max(0.0),
            },
            State::Answer | State::AnswerContinued => match self.role {
                Some(Role::Answer) => self.clutter.max(0.0),
                Some(_) => NEVER / 2.0,
                None => {
                    self.question.max(0.0)
                        + self.clutter.max(0.0)
                        + if self.seen.has(Feature::Trailing) { 2.0 } else { 0.0 }
                        + (self.tail - trailing_matter::DOUBT).max(0.0) * 1.5
                }
            },
        }
    }

    /// What it costs to come from one state to another.
    fn transition(&self, from: State, to: State) -> f32 {
        use State::{
            After, Answer, AnswerContinued, AnswerSkip, Before, Question, QuestionContinued, QuestionSkip,
        };
        let speaks = self.role.is_some();
        match (from, to) {
            (Before, Question) => {
                if speaks {
                    0.5
                } else if self.document.roles.askers_named {
                    5.0
                } else {
                    0.5 - self.alone
                }
            }
            (Before, Answer) => {
                if speaks {
                    2.5
                } else {
                    9.0
                }
            }
            (Question | QuestionContinued | QuestionSkip, QuestionContinued) => {
                if speaks && self.voice == Voice::Again {
                    5.0
                } else if speaks || self.same_block {
                    self.new_turn(5.0)
                } else if from == QuestionSkip {
                    // What looked like clutter between two questions is rather a short answer.
                    3.5
                } else if self.document.marks_turns {
                    self.new_turn(5.0)
                } else if self.document.roles.askers_named {
                    0.3
                } else if self.after_mark && !self.sets_off() {
                    4.0
                } else {
                    1.5
                }
            }
            (Before, Before)
            | (After, After)
            | (Question | QuestionContinued | QuestionSkip, QuestionSkip)
            | (Answer | AnswerContinued | AnswerSkip, AnswerSkip) => 0.0,
            (Question | QuestionContinued | QuestionSkip, Answer) => {
                if !speaks && self.document.roles.answerers_named { 7.0 } else { self.same_turn(6.0) }
            }
            (Question | QuestionContinued | QuestionSkip, Question) => {
                if speaks && self.voice == Voice::Again {
                    // What stood between was rather an answer.
                    5.0
                } else if speaks {
                    1.0
                } else {
                    3.5
                }
            }
            (Question | QuestionContinued | QuestionSkip, After) => 3.0,
            (Answer | AnswerContinued | AnswerSkip, AnswerContinued) => self.goes_on(speaks),
            (Answer | AnswerContinued | AnswerSkip, Answer) => Self::begins_again(speaks),
            (Answer | AnswerContinued | AnswerSkip, Question) => {
                if speaks {
                    0.0
                } else if self.document.roles.askers_named {
                    6.0
                } else {
                    0.5 + self.same_turn(6.0) - self.alone
                }
            }
            (Answer | AnswerContinued | AnswerSkip, After) => {
                if self.seen.has(Feature::Trailing) {
                    0.8
                } else if self.clutter >= CLUTTER {
                    (1.6 - self.tail * 0.3).max(0.5)
                } else {
                    (6.0 - self.tail.max(0.0)).max(0.5)
                }
            }
            (After, Question) => {
                if speaks {
                    6.0
                } else {
                    4.0
                }
            }
            (After, Answer) if speaks => 5.0,
            _ => NEVER,
        }
    }

    /// What it costs that the unit goes on with the answer before it.
    fn goes_on(&self, speaks: bool) -> f32 {
        if !speaks {
            return self.new_turn(5.0);
        }
        if self.unit.kind == BlockKind::Answer && self.same_block {
            return 0.0;
        }
        let continues = !self.unit.labelled || self.document.roles.repeats_continue;
        if self.voice == Voice::Same && continues { 0.0 } else { NEVER }
    }

    /// What it costs that an answer begins behind another, its question lost.
    fn begins_again(speaks: bool) -> f32 {
        if speaks { 3.3 } else { NEVER }
    }

    /// What it costs that the unit is of the turn before it, where a sign opens each turn.
    fn new_turn(&self, cost: f32) -> f32 {
        if self.document.marks_turns && self.unit.marked { cost } else { 0.0 }
    }

    /// What it costs that a turn begins with the unit, where a sign opens each turn and it has none.
    fn same_turn(&self, cost: f32) -> f32 {
        if self.document.marks_turns && !self.unit.marked { cost } else { 0.0 }
    }
}
