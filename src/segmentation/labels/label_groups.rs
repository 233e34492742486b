//! Labels that recur: all candidates of one shape and name are speakers or none is.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::segmentation::labels::candidate::Place;
use crate::segmentation::labels::candidate::Shape;
use crate::segmentation::labels::label_selection;
use crate::segmentation::labels::label_selection::LabelSelector;
use crate::segmentation::labels::turn_taking::TurnTaking;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::weights::feature_functions::FeatureFunction;
use crate::segmentation::weights::sink::Score;
use crate::segmentation::weights::sink::Sink;
use crate::segmentation::weights::table::Weights;

/// A shape and a name in lower case.
pub(crate) type Group<'a> = (Shape, &'a str);

/// The candidates of a document by group, and what is counted over all of them.
#[derive(Debug)]
pub(crate) struct LabelGroups<'a> {
    /// Indices of candidates.
    pub members: BTreeMap<Group<'a>, Vec<usize>>,
    turn_taking: TurnTaking,
    /// Names in brackets that mean a role.
    roles_in_brackets: BTreeSet<&'a str>,
    /// Candidates in brackets.
    brackets: usize,
    /// Whether names before wide spaces make the columns of a talk.
    columns: bool,
    /// Whether a name recurs on lines that have nothing else.
    lone: bool,
}

impl<'a> LabelSelector<'a> {
    /// Accepts labels that recur, shape by shape.
    pub(crate) fn accept_recurring(&mut self, weights: &Weights) {
        let groups = self.groups();
        for (group, members) in &groups.members {
            let mut score = Score::new(weights);
            self.describe(&groups, *group, members, &mut score);
            if score.sum > 0.0 {
                self.accepted.extend(members);
            }
        }
        let lone = groups.members.iter().filter(|(group, members)| is_lone(group, members));
        let lone: Vec<Vec<usize>> = lone.map(|(_, members)| members.clone()).collect();
        if self.accepted.len() * 2 <= lone.iter().map(Vec::len).sum() {
            self.accept_lone(&lone);
        }
    }

    /// The groups of all candidates that are not passed over.
    pub(crate) fn groups(&self) -> LabelGroups<'a> {
        let mut members: BTreeMap<Group<'a>, Vec<usize>> = BTreeMap::new();
        for (at, candidate) in self.candidates.iter().enumerate() {
            if candidate.place != Place::Loose && !self.passed_over.contains(&at) {
                members.entry((candidate.shape, &candidate.key)).or_default().push(at);
            }
        }
        for members in members.values_mut() {
            // A word that is a label in capitals is a word of a sentence without them.
            let small =
                |at: &usize| self.candidates.get(*at).is_some_and(|c| c.name.starts_with(char::is_lowercase));
            if !members.iter().all(small) {
                members.retain(|at| !small(at));
            }
        }
        // Names in brackets on lines of their own are stage directions, unless they mean a role.
        let means_role = |key: &str| lexicon::asks(key) || lexicon::answers(key) || key.ends_with("記者");
        let in_brackets = || members.iter().filter(|((shape, _), _)| *shape == Shape::Bracket);
        // Columns of a table have other words in each line.
        let wide = members.iter().filter(|((shape, _), members)| *shape == Shape::Wide && members.len() >= 2);
        let wide: Vec<usize> = wide.map(|(_, members)| members.len()).collect();
        LabelGroups {
            turn_taking: TurnTaking::of(self.candidates, &members),
            roles_in_brackets: in_brackets()
                .map(|((_, key), _)| *key)
                .filter(|key| means_role(key))
                .collect(),
            brackets: in_brackets().map(|(_, members)| members.len()).sum(),
            columns: wide.len() >= 2 && wide.iter().sum::<usize>() * 3 >= self.lines.len(),
            lone: members.iter().any(|(group, members)| is_lone(group, members)),
            members,
        }
    }

    /// The feature functions of the decision that the labels of a group are speakers.
    pub(crate) fn describe(
        &self,
        groups: &LabelGroups<'_>,
        (shape, key): Group<'_>,
        members: &[usize],
        to: &mut impl Sink,
    ) {
        let n = members.len();
        let found = || members.iter().filter_map(|at| self.candidates.get(*at));
        let mostly = found().filter(|c| c.clean).count() * 10 >= n * 7;
        let emphasised = found().all(|c| c.emphasised);
        let capitals = found().all(|c| label_selection::in_capitals(&c.name));
        let counts = found().all(|c| c.counts);
        let paired = groups.paired(key);
        let seldom = n < 2 && !paired;
        let against: &[(bool, FeatureFunction)] = match shape {
            Shape::Colon if self.doubts(members) => &[
                (!mostly, FeatureFunction::LabelUnclean),
                (!groups.turn_taking.takes_turns(key, members, emphasised), FeatureFunction::LabelNoTurns),
            ],
            Shape::Colon => &[(seldom, FeatureFunction::LabelFew), (!mostly, FeatureFunction::LabelUnclean)],
            Shape::Counted => &[
                (seldom, FeatureFunction::LabelFew),
                (!mostly, FeatureFunction::LabelUnclean),
                (!counts, FeatureFunction::LabelCounts),
            ],
            // A lone capital before a space is mostly an article: its partner must have a space
            // too.
            Shape::Gap => {
                let partner = groups.paired_in(shape, key) || (n >= 3 && key == "q");
                &[(!mostly, FeatureFunction::LabelUnclean), (!partner, FeatureFunction::LabelUnpaired)]
            }
            Shape::Point => &[
                (!mostly, FeatureFunction::LabelUnclean),
                (!paired && n < 3, FeatureFunction::LabelUnpaired),
            ],
            // Only its turns would make such a word a name, and a dash opens few of them.
            Shape::Dash if self.doubts(members) => &[(true, FeatureFunction::LabelNoTurns)],
            Shape::Dash => {
                let alike = capitals || emphasised || counts;
                &[
                    (!mostly, FeatureFunction::LabelUnclean),
                    (n < 2 || (n < 3 && !alike), FeatureFunction::LabelFew),
                ]
            }
            Shape::Strong => &[(!mostly, FeatureFunction::LabelUnclean), (n < 2, FeatureFunction::LabelFew)],
            Shape::Nick => &[(n < 2, FeatureFunction::LabelFew)],
            Shape::Wide => &[
                (!mostly, FeatureFunction::LabelUnclean),
                (n < 2, FeatureFunction::LabelFew),
                (!groups.columns, FeatureFunction::LabelNoColumn),
            ],
            Shape::Bracket => {
                // Where other labels are more, a word in brackets is a sound or a gesture.
                let speaks = n >= 2
                    && groups.brackets * 2 >= groups.turn_taking.len()
                    && members.iter().all(|at| !self.whole_line(*at));
                let role = groups.roles_in_brackets.len() >= 2 && groups.roles_in_brackets.contains(key);
                &[(!speaks && !role, FeatureFunction::LabelDirection)]
            }
            Shape::Marked => &[(n < 2 && !groups.lone, FeatureFunction::LabelFew)],
            Shape::Opening => &[],
            Shape::Alone => &[(true, FeatureFunction::LabelAlone)],
        };
        to.add(FeatureFunction::LabelGroup, 1.0);
        for (_, function) in against.iter().filter(|(there, _)| *there) {
            to.add(*function, 1.0);
        }
        let number = |there: bool| f32::from(u8::from(there));
        let themes = lexicon::names_turn(key) && !paired && self.heads_themes(members);
        to.add(FeatureFunction::LabelThemes, number(themes));
        to.add(FeatureFunction::LabelTimes, (n.max(1) as f32).ln());
        to.add(FeatureFunction::LabelEmphasised, number(emphasised));
        to.add(FeatureFunction::LabelCapitals, number(capitals));
        to.add(FeatureFunction::LabelPerson, number(self.person(key)));
    }
}

/// Whether a name recurs on lines that have nothing else. Such names are judged together.
fn is_lone((shape, key): &Group<'_>, members: &[usize]) -> bool {
    *shape == Shape::Alone && members.len() >= 2 && !lexicon::boilerplate(key)
}

impl LabelGroups<'_> {
    /// How many candidates a group has.
    fn count(&self, shape: Shape, key: &str) -> usize {
        self.members.get(&(shape, key)).map_or(0, Vec::len)
    }

    /// Whether the label that goes with this one, as `A` with `Q`, is in the document.
    fn paired(&self, key: &str) -> bool {
        [Shape::Colon, Shape::Point, Shape::Gap, Shape::Counted]
            .iter()
            .any(|shape| self.paired_in(*shape, key))
    }

    /// Whether it is there in this shape.
    fn paired_in(&self, shape: Shape, key: &str) -> bool {
        lexicon::pair_of(key).any(|(other, _)| self.count(shape, other) > 0)
    }
}
