//! Turns kept whole: what labels say exactly is not left to the decoder's weighing.
//!
//! The decoder gives each unit a state by its own words and its neighbours. Where turns have
//! labels, three things are certain: a label that repeats after a stage direction goes on with the
//! turn; text without a label is the words of whoever spoke last, so a turn never loses paragraphs
//! from its middle; and a sign of listening inside an answer does not end it. [`keep_whole`]
//! corrects the states by these rules.

use crate::segmentation::decoding::roles::Roles;
use crate::segmentation::decoding::states::State;
use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::features::unit_features::LIKELY_BOILERPLATE;
use crate::transcript::Role;

/// One side of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Question,
    Answer,
}

impl Side {
    /// The side whose words a state says a unit holds; `None` for clutter and for what is outside
    /// the interview.
    fn of(state: State) -> Option<Self> {
        match state {
            State::Question | State::QuestionContinued => Some(Self::Question),
            State::Answer | State::AnswerContinued => Some(Self::Answer),
            State::Before | State::After | State::QuestionSkip | State::AnswerSkip => None,
        }
    }

    fn continued(self) -> State {
        match self {
            Self::Question => State::QuestionContinued,
            Self::Answer => State::AnswerContinued,
        }
    }

    fn skipped(self) -> State {
        match self {
            Self::Question => State::QuestionSkip,
            Self::Answer => State::AnswerSkip,
        }
    }
}

/// Corrects the states of `units` so that no turn is cut or loses words from its middle.
pub(crate) fn keep_whole(units: &[Unit], features: &[Features], roles: &Roles, states: &mut [State]) {
    let mut turn = Turn {
        units,
        features,
        repeats_continue: repeats_continue(units, features, roles),
        roles,
        speaker: None,
        side: None,
        last: None,
        after: Gap::None,
        unread: Vec::new(),
    };
    for index in 0..units.len() {
        turn.step(index, states);
    }
    join_over_listening(units, features, states);
}

/// Whether a label that repeats at once goes on with its turn. Where turns rather run on over
/// paragraphs without labels, the label is not needed for that: a turn between the two was lost, or
/// the askers have no labels.
fn repeats_continue(units: &[Unit], features: &[Features], roles: &Roles) -> bool {
    let (mut repeats, mut runs_on) = (0, 0);
    for (pair, seen) in units.windows(2).zip(features.windows(2)) {
        let ([unit, next], [_, seen]) = (pair, seen) else { continue };
        if unit.labelled && next.labelled {
            repeats += usize::from(unit.speaker == next.speaker);
        } else if unit.labelled && next.speaker.is_none() && is_speech(*seen) {
            runs_on += 1;
        }
    }
    roles.repeats_continue || (roles.askers_named && roles.answerers_named && runs_on < repeats)
}

/// The matter between the last words of a turn and the unit that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    /// Stage directions, banners, captions.
    Clutter,
    /// A heading, which may have taken the place of a question.
    Heading,
    /// Words of somebody.
    Speech,
}

/// The turn that is open while units are read in order.
struct Turn<'a> {
    units: &'a [Unit],
    features: &'a [Features],
    roles: &'a Roles,
    /// Whether a label that repeats at once goes on with its turn.
    repeats_continue: bool,
    /// Whose turn it is; `None` where nobody was named.
    speaker: Option<usize>,
    /// The side of the exchange that the turn is on.
    side: Option<Side>,
    /// The last unit with words of the turn.
    last: Option<usize>,
    /// The units since the last label or the last boilerplate.
    after: Gap,
    /// Units without a label that were taken for clutter although they look like speech.
    unread: Vec<usize>,
}

impl Turn<'_> {
    fn step(&mut self, index: usize, states: &mut [State]) {
        let (Some(unit), Some(state)) = (self.units.get(index), states.get(index).copied()) else { return };
        let Some(mut side) = Side::of(state) else {
            if matches!(state, State::Before | State::After) {
                (self.speaker, self.side, self.last) = (None, None, None);
                self.unread.clear();
                return;
            }
            let speech = unit.speaker.is_none() && self.features.get(index).is_some_and(|f| is_speech(*f));
            if speech && self.speaker.is_some() {
                self.unread.push(index);
            }
            self.after = self.after.max(if matches!(unit.style, Style::Heading(_)) {
                Gap::Heading
            } else if speech {
                Gap::Speech
            } else {
                Gap::Clutter
            });
            return;
        };
        let opens = matches!(state, State::Question | State::Answer);
        let same = unit.speaker.is_some()
            && unit.speaker == self.speaker
            && match self.after {
                Gap::Clutter => true,
                Gap::None | Gap::Heading => side == Side::Question || self.repeats_continue,
                Gap::Speech => self.repeats_continue,
            };
        let flips = unit.speaker.is_none() && Some(side) != self.side && self.is_unfinished_question(side);
        if flips {
            side = Side::Question;
        }
        let continues = flips || (Some(side) == self.side && (same || !opens));
        if let (Some(of), true) = (self.side, unit.speaker.is_some() || continues) {
            // Speech between two labels, or between two parts of a turn, is the turn's.
            for unread in self.unread.drain(..) {
                set(states, unread, of.continued());
            }
        }
        self.unread.clear();
        if continues {
            set(states, index, side.continued());
        }
        if unit.speaker.is_some() || !continues {
            self.speaker = unit.speaker;
        }
        self.after = if unit.speaker.is_some() { Gap::None } else { Gap::Speech };
        (self.side, self.last) = (Some(side), Some(index));
    }

    /// Whether a unit without a label, taken for the answer, can only be more of the asker's own
    /// turn: those who answer have labels here, and nothing was asked yet.
    fn is_unfinished_question(&self, side: Side) -> bool {
        let asks = |at: usize| {
            self.features.get(at).is_some_and(|features| {
                features.has(Feature::Asks) || features.has(Feature::Requests) || features.has(Feature::Asked)
            })
        };
        side == Side::Answer
            && self.roles.answerers_named
            && self.side == Some(Side::Question)
            && self.speaker.is_some_and(|speaker| self.roles.of.get(speaker) == Some(&Role::Question))
            && self.last.is_some_and(|last| !asks(last))
    }
}

/// Whether a unit's words can be speech, and no caption, heading, banner or stage direction.
fn is_speech(features: Features) -> bool {
    features.words > 0 && features.boilerplate < LIKELY_BOILERPLATE && !features.has(Feature::Trailing)
}

/// Lets an answer go on over the signs of listening that others give in the middle of it.
fn join_over_listening(units: &[Unit], features: &[Features], states: &mut [State]) {
    // Whose answer is open, and the units since that only show listening.
    let mut answerer = None;
    let mut listening: Vec<usize> = Vec::new();
    for (index, (unit, features)) in units.iter().zip(features).enumerate() {
        let Some(state) = states.get(index).copied() else { return };
        match Side::of(state) {
            Some(Side::Answer) => {
                if state == State::Answer && !listening.is_empty() && unit.speaker == answerer {
                    for heard in listening.drain(..) {
                        set(states, heard, Side::Answer.skipped());
                    }
                    set(states, index, State::AnswerContinued);
                }
                listening.clear();
                answerer = unit.speaker.or(answerer.filter(|_| state == State::AnswerContinued));
            }
            Some(Side::Question)
                if answerer.is_some() && unit.speaker.is_some() && is_listening(*features) =>
            {
                listening.push(index);
            }
            Some(Side::Question) => {
                answerer = None;
                listening.clear();
            }
            None if matches!(state, State::Before | State::After) => {
                answerer = None;
                listening.clear();
            }
            None if !listening.is_empty() => listening.push(index),
            None => {}
        }
    }
}

/// Whether a turn only shows that its speaker listens.
fn is_listening(features: Features) -> bool {
    features.has(Feature::Listens) && !features.has(Feature::Asks)
}

fn set(states: &mut [State], index: usize, state: State) {
    if let Some(slot) = states.get_mut(index) {
        *slot = state;
    }
}
