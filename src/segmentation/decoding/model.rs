//! A linear-chain conditional random field over units: its feature functions.
//!
//! The score of a sequence of states is the sum, over units, of weight times value of each feature
//! function of (unit, document, state) and of (unit, state before, state). Lafferty, `McCallum` and
//! Pereira, "Conditional random fields" (2001). [`UnitModel`] gives the functions that are not 0 to
//! whoever asks: the decoder sums their weights, the fit collects them.

use crate::segmentation::decoding::context::DocumentContext;
use crate::segmentation::decoding::context::Surroundings;
use crate::segmentation::decoding::question_evidence;
use crate::segmentation::decoding::states::State;
use crate::segmentation::decoding::trailing_matter;
use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::features::unit_features::LIKELY_BOILERPLATE;
use crate::segmentation::weights::feature_functions::FeatureFunction;
use crate::segmentation::weights::feature_functions::Group;
use crate::segmentation::weights::feature_functions::Observation;
use crate::segmentation::weights::feature_functions::Setting;
use crate::segmentation::weights::sink::Sink;
use crate::segmentation::weights::table::Weights;
use crate::transcript::BlockKind;
use crate::transcript::Role;

/// Evidence of boilerplate from which on a unit says nothing of its own place.
const NO_BOILERPLATE: f32 = 2.5;
/// Most evidence of end matter that counts where the interview ends with boilerplate, and without.
const MOST_END_MATTER: (f32, f32) = (3.7, 5.5);

/// How a unit's speaker is related to those named before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    /// Nobody, or another than before.
    Other,
    /// The one of the unit before.
    Same,
    /// The last one named, with units between that name nobody.
    Again,
}

/// One unit as the feature functions see it.
pub(crate) struct UnitModel<'a> {
    document: &'a DocumentContext<'a>,
    unit: &'a Unit,
    seen: &'a Features,
    around: Surroundings<'a>,
    role: Option<Role>,
    /// Log-odds that it asks.
    question: f32,
    /// Log-odds that it is boilerplate.
    boilerplate: f32,
    voice: Voice,
    /// Whether the unit before ends with a question mark.
    after_mark: bool,
    /// Whether it is in the block of the unit before.
    same_block: bool,
}

impl<'a> UnitModel<'a> {
    pub(crate) fn new(
        weights: &Weights,
        document: &'a DocumentContext<'a>,
        unit: &'a Unit,
        seen: &'a Features,
        around: Surroundings<'a>,
    ) -> Self {
        let before = around.previous.map(|(previous, _)| previous.speaker);
        let voice = match unit.speaker {
            Some(_) if before == Some(unit.speaker) => Voice::Same,
            Some(_) if before == Some(None) && around.last_speaker == unit.speaker => Voice::Again,
            _ => Voice::Other,
        };
        let (question, boilerplate) = question_evidence::of_unit(weights, document, unit, seen, around.next);
        Self {
            document,
            unit,
            seen,
            around,
            role: document.roles.of_unit(unit),
            question,
            boilerplate,
            voice,
            after_mark: around.previous.is_some_and(|(_, seen)| seen.has(Feature::Asks)),
            same_block: around.previous.is_some_and(|(previous, _)| previous.block == unit.block),
        }
    }

    /// The log-odds that the unit asks, and that it is boilerplate.
    pub(crate) const fn evidence(&self) -> (f32, f32) {
        (self.question, self.boilerplate)
    }

    /// The feature functions of the unit and a state.
    pub(crate) fn emission(&self, state: State, to: &mut impl Sink) {
        let asks = self.question.max(0.0);
        let halved = self.asks_among_named();
        match (state.group(), self.role) {
            // A headline quotes the one who answers before anything is asked; it has no stop.
            (Group::Before, Some(Role::Answer)) if !self.seen.has(Feature::Stops) => {
                to.add(FeatureFunction::BeforeHeadline, 1.0);
            }
            (Group::Before, Some(_)) => to.add(FeatureFunction::BeforeSpeaker, 1.0),
            (Group::Before, None) => {
                to.add(FeatureFunction::BeforeUnit, 1.0);
                to.add(
                    if halved { FeatureFunction::BeforeAsksAmongNamed } else { FeatureFunction::BeforeAsks },
                    asks,
                );
                to.add(FeatureFunction::BeforeBoilerplate, self.boilerplate.clamp(0.0, 0.3));
                to.add(FeatureFunction::BeforeSign, self.sign());
            }
            (Group::After, Some(_)) => to.add(FeatureFunction::AfterSpeaker, 1.0),
            (Group::After, None) => {
                to.add(FeatureFunction::AfterUnit, 1.0);
                to.add(
                    if halved { FeatureFunction::AfterAsksAmongNamed } else { FeatureFunction::AfterAsks },
                    asks,
                );
                to.add(FeatureFunction::AfterSign, self.sign());
                to.add(FeatureFunction::AfterNoEndMatter, (-self.around.end_matter).max(0.0));
            }
            (Group::Skip, Some(_)) => {
                let boilerplate = self.boilerplate >= LIKELY_BOILERPLATE;
                to.add(
                    if boilerplate {
                        FeatureFunction::SkipSpeakerBoilerplate
                    } else {
                        FeatureFunction::SkipSpeaker
                    },
                    1.0,
                );
            }
            (Group::Skip, None) => {
                to.add(FeatureFunction::SkipNoBoilerplate, (NO_BOILERPLATE - self.boilerplate).max(0.0));
                to.add(FeatureFunction::SkipTrailing, self.there(Feature::Trailing));
            }
            (Group::Question, Some(Role::Question)) => {
                to.add(FeatureFunction::QuestionSpeakerBoilerplate, self.boilerplate.max(0.0));
            }
            (Group::Question, Some(_)) => to.add(FeatureFunction::QuestionOtherSpeaker, 1.0),
            (Group::Question, None) => {
                to.add(FeatureFunction::QuestionTells, (-self.question).max(0.0));
                to.add(FeatureFunction::QuestionBoilerplate, self.boilerplate.max(0.0));
            }
            (Group::Answer, Some(Role::Answer)) => {
                to.add(FeatureFunction::AnswerSpeakerBoilerplate, self.boilerplate.max(0.0));
            }
            (Group::Answer, Some(_)) => to.add(FeatureFunction::AnswerOtherSpeaker, 1.0),
            (Group::Answer, None) => {
                to.add(
                    if halved { FeatureFunction::AnswerAsksAmongNamed } else { FeatureFunction::AnswerAsks },
                    asks,
                );
                to.add(FeatureFunction::AnswerBoilerplate, self.boilerplate.max(0.0));
                to.add(FeatureFunction::AnswerTrailing, self.there(Feature::Trailing));
                to.add(
                    FeatureFunction::AnswerEndMatter,
                    (self.around.end_matter - trailing_matter::DOUBT).max(0.0),
                );
            }
        }
    }

    /// What is seen in the unit, as a set of bits by [`Observation`], and the setting it is seen
    /// in. Units of named speakers have none: their role decides.
    pub(crate) fn observations(&self) -> (Setting, u32) {
        let setting = if self.document.named {
            Setting::Labels
        } else if self.document.question_style.is_some() || self.document.marks_turns {
            Setting::Style
        } else {
            Setting::Bare
        };
        if self.role.is_some() {
            return (setting, 0);
        }
        let length = match self.seen.words {
            0..=3 => Observation::Fragment,
            4..=12 => Observation::Short,
            13..=40 => Observation::Middling,
            41..=100 => Observation::Long,
            _ => Observation::VeryLong,
        };
        let kind = self.unit.kind;
        let style = self.unit.style;
        let bits = [
            (self.seen.has(Feature::Asks), Observation::Asks),
            (self.seen.has(Feature::Asked), Observation::Asked),
            (self.seen.has(Feature::Requests), Observation::Requests),
            (self.seen.has(Feature::OpensAsking), Observation::OpensAsking),
            (self.seen.has(Feature::SecondPerson), Observation::SecondPerson),
            (self.seen.has(Feature::FirstPerson), Observation::FirstPerson),
            (self.seen.has(Feature::Stops), Observation::Stops),
            (self.seen.has(Feature::Trailing), Observation::Trailing),
            (self.seen.has(Feature::Dated), Observation::Dated),
            (matches!(style, Style::Heading(_)), Observation::Heading),
            (kind == BlockKind::ListItem, Observation::ListItem),
            (kind == BlockKind::Cue, Observation::Cue),
            (style == Style::Quotation, Observation::Quotation),
            (matches!(style, Style::Strong | Style::Light), Observation::Emphasis),
            (self.is_set_off(), Observation::SetOff),
            (self.unit.marked, Observation::Sign),
            (self.unit.inline, Observation::Inline),
            (self.after_mark, Observation::AfterAsks),
            (self.seen.has(Feature::ClosesQuotation), Observation::ClosesQuotation),
            (self.boilerplate >= LIKELY_BOILERPLATE, Observation::Boilerplate),
            (true, length),
        ];
        let set = bits.iter().filter(|(there, _)| *there).map(|(_, bit)| 1 << *bit as u32);
        (setting, set.fold(0, |all, bit: u32| all | bit))
    }

    /// The feature functions of a transition; `false` where the grammar of an interview has no such
    /// transition.
    pub(crate) fn transition(&self, from: State, to: State, sink: &mut impl Sink) -> bool {
        let speaks = self.role.is_some();
        match (from.group(), to) {
            (Group::Before, State::Before) | (Group::After, State::After) => {}
            (Group::Before, State::Question) => {
                if speaks {
                    sink.add(FeatureFunction::BeforeQuestionSpeaker, 1.0);
                } else if self.document.roles.askers_named {
                    sink.add(FeatureFunction::BeforeQuestionUnnamed, 1.0);
                } else {
                    sink.add(FeatureFunction::BeforeQuestion, 1.0);
                    sink.add(FeatureFunction::BeforeQuestionPlace, self.around.place);
                }
            }
            (Group::Before, State::Answer) => {
                sink.add(
                    if speaks { FeatureFunction::BeforeAnswerSpeaker } else { FeatureFunction::BeforeAnswer },
                    1.0,
                );
            }
            (Group::After, State::Question) => {
                sink.add(
                    if speaks {
                        FeatureFunction::AfterQuestionSpeaker
                    } else {
                        FeatureFunction::AfterQuestion
                    },
                    1.0,
                );
            }
            (Group::After, State::Answer) if speaks => sink.add(FeatureFunction::AfterAnswer, 1.0),
            _ if from.is_of_question() => return self.after_question(from, to, sink),
            _ if from.is_of_answer() => return self.after_answer(to, sink),
            _ => return false,
        }
        true
    }

    /// The transitions from a question, or from boilerplate after it.
    fn after_question(&self, from: State, to: State, sink: &mut impl Sink) -> bool {
        let speaks = self.role.is_some();
        match to {
            State::QuestionContinued => self.question_goes_on(from, sink),
            State::QuestionSkip => sink.add(FeatureFunction::QuestionToSkip, 1.0),
            State::Answer if !speaks && self.document.roles.answerers_named => {
                sink.add(FeatureFunction::QuestionAnswerUnnamed, 1.0);
            }
            State::Answer => {
                sink.add(
                    if speaks {
                        FeatureFunction::QuestionAnswerSpeaker
                    } else {
                        FeatureFunction::QuestionAnswer
                    },
                    1.0,
                );
                sink.add(FeatureFunction::QuestionAnswerNoSign, self.no_sign());
            }
            State::Question => {
                let function = match (speaks, self.voice) {
                    // The units between were rather an answer.
                    (true, Voice::Again) => FeatureFunction::QuestionQuestionAgain,
                    (true, _) => FeatureFunction::QuestionQuestionSpeaker,
                    (false, _) => FeatureFunction::QuestionToQuestion,
                };
                sink.add(function, 1.0);
            }
            State::After => sink.add(FeatureFunction::QuestionAfter, 1.0),
            State::Before | State::AnswerContinued | State::AnswerSkip => return false,
        }
        true
    }

    fn question_goes_on(&self, from: State, sink: &mut impl Sink) {
        let speaks = self.role.is_some();
        let function = if speaks && self.voice == Voice::Again {
            FeatureFunction::QuestionMoreAgain
        } else if speaks || self.same_block {
            sink.add(FeatureFunction::QuestionMoreSign, self.sign());
            FeatureFunction::QuestionMoreTurn
        } else if from == State::QuestionSkip {
            // What looked like boilerplate between two questions is rather a short answer.
            FeatureFunction::QuestionMoreBoilerplate
        } else if self.document.marks_turns {
            sink.add(FeatureFunction::QuestionMoreSign, self.sign());
            FeatureFunction::QuestionMoreTurn
        } else if self.document.roles.askers_named {
            FeatureFunction::QuestionMoreNamed
        } else if self.after_mark && !self.is_set_off() {
            FeatureFunction::QuestionMoreMark
        } else {
            FeatureFunction::QuestionMore
        };
        sink.add(function, 1.0);
    }

    /// The transitions from an answer, or from boilerplate after it.
    fn after_answer(&self, to: State, sink: &mut impl Sink) -> bool {
        let speaks = self.role.is_some();
        let end_matter = self.around.end_matter;
        match to {
            State::AnswerContinued if speaks => {
                sink.add(FeatureFunction::AnswerMoreSpeaker, 1.0);
                return self.continues_turn();
            }
            State::AnswerContinued => {
                sink.add(FeatureFunction::AnswerMore, 1.0);
                sink.add(FeatureFunction::AnswerMoreSign, self.sign());
            }
            State::AnswerSkip => sink.add(FeatureFunction::AnswerSkip, 1.0),
            // An answer begins after another, its question lost: only a label tells so.
            State::Answer => {
                sink.add(FeatureFunction::AnswerAnswer, 1.0);
                return speaks;
            }
            State::Question if speaks => sink.add(FeatureFunction::AnswerQuestionSpeaker, 1.0),
            State::Question if self.document.roles.askers_named => {
                sink.add(FeatureFunction::AnswerQuestionUnnamed, 1.0);
            }
            State::Question => {
                sink.add(FeatureFunction::AnswerQuestion, 1.0);
                sink.add(FeatureFunction::AnswerQuestionNoSign, self.no_sign());
                sink.add(FeatureFunction::AnswerQuestionPlace, self.around.place);
            }
            State::After if self.seen.has(Feature::Trailing) => {
                sink.add(FeatureFunction::AnswerAfterTrailing, 1.0);
            }
            State::After if self.boilerplate >= LIKELY_BOILERPLATE => {
                sink.add(FeatureFunction::AnswerAfterBoilerplate, 1.0);
                sink.add(FeatureFunction::AnswerAfterBoilerplateEndMatter, end_matter.min(MOST_END_MATTER.0));
            }
            State::After => {
                sink.add(FeatureFunction::AnswerAfter, 1.0);
                sink.add(FeatureFunction::AnswerAfterEndMatter, end_matter.clamp(0.0, MOST_END_MATTER.1));
            }
            State::Before | State::QuestionContinued | State::QuestionSkip => return false,
        }
        true
    }

    /// Whether a unit of a named speaker can be of the turn before it.
    fn continues_turn(&self) -> bool {
        let repeats = !self.unit.labelled || self.document.roles.repeats_continue;
        // The format names the speaker of each cue: after a cue without one, a name that repeats is
        // no new turn.
        let again = self.voice == Voice::Again && self.unit.kind == BlockKind::Cue && !self.unit.labelled;
        (self.unit.kind == BlockKind::Answer && self.same_block)
            || (self.voice == Voice::Same && repeats)
            || again
    }

    /// Whether the unit names nobody in a document whose askers have names, and no type sets
    /// questions off.
    fn asks_among_named(&self) -> bool {
        self.document.roles.askers_named && self.role.is_none() && self.document.question_style.is_none()
    }

    /// Whether the unit is set as the document sets its questions.
    fn is_set_off(&self) -> bool {
        self.document.question_style.is_some_and(|style| style.sets(self.unit))
    }

    /// 1 where signs open turns and the unit has one.
    fn sign(&self) -> f32 {
        f32::from(u8::from(self.document.marks_turns && self.unit.marked))
    }

    /// 1 where signs open turns and the unit has none.
    fn no_sign(&self) -> f32 {
        f32::from(u8::from(self.document.marks_turns && !self.unit.marked))
    }

    fn there(&self, feature: Feature) -> f32 {
        f32::from(u8::from(self.seen.has(feature)))
    }
}

/// The feature function of ending the document in a state.
pub(crate) fn ending(state: State, to: &mut impl Sink) {
    if state.is_of_question() {
        to.add(FeatureFunction::QuestionEnd, 1.0);
    }
}
