//! Who asks and who answers: chosen for all speakers together.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::segmentation::decoding::cast_list;
use crate::segmentation::decoding::unnamed_asker;
use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::features::unit_features::Feature;
use crate::segmentation::features::unit_features::Features;
use crate::segmentation::features::unit_features::LIKELY_BOILERPLATE;
use crate::segmentation::labels::names;
use crate::segmentation::labels::speakers::Speaker;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::transcript::BlockKind;
use crate::transcript::Extraction;
use crate::transcript::Role;

/// What the speakers do in the document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Roles {
    /// Per speaker.
    pub of: Vec<Role>,
    /// Whether those who ask are named where they ask.
    pub askers_named: bool,
    /// Whether those who answer are named where they answer.
    pub answerers_named: bool,
    /// Per speaker, whether most turns give the floor to others: a chair, an operator.
    pub chairs: Vec<bool>,
    /// Whether a label that repeats goes on with the turn, as where each paragraph has its label.
    pub repeats_continue: bool,
}

impl Roles {
    /// Whether a turn that gives the floor to another is no more than that: it is a chair's, or one of those who
    /// ask, and another asks next.
    pub(crate) fn passes_floor(&self, unit: &Unit, next: Option<&Unit>) -> bool {
        let chair = unit.speaker.is_some_and(|speaker| self.chairs.get(speaker) == Some(&true));
        let asks = |unit: &Unit| self.of_unit(unit) == Some(Role::Question);
        chair || (asks(unit) && next.is_some_and(|next| asks(next) && next.speaker != unit.speaker))
    }

    /// The role of a unit's speaker; `None` where nobody is named.
    pub(crate) fn of_unit(&self, unit: &Unit) -> Option<Role> {
        if unit.kind == BlockKind::Question {
            Some(Role::Question)
        } else if unit.kind == BlockKind::Answer {
            Some(Role::Answer)
        } else {
            self.of.get(unit.speaker?).copied()
        }
    }
}

/// What is counted of one speaker.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    turns: usize,
    words: usize,
    asks: f32,
    speaks_to: usize,
    host_cues: usize,
    /// Turns that give the floor to another; they are no others of these turns.
    hands_over: usize,
    /// How many turns begin with the speaker's own name, as reporters give theirs.
    gives_name: usize,
}

/// How much alternation counts against what each speaker's own turns tell.
const ALTERNATION: f32 = 3.5;
/// How many neighbours it takes until their evidence counts in full.
const FEW_NEIGHBOURS: f32 = 2.0;
/// How often the choice is gone over; it settles in two or three rounds.
const ROUNDS: usize = 6;

/// Chooses the roles.
pub(crate) fn roles(
    extraction: &Extraction,
    units: &[Unit],
    features: &[Features],
    speakers: &[Speaker],
) -> Roles {
    let mut tallies = vec![Tally::default(); speakers.len()];
    let mut pairs: BTreeMap<(usize, usize), f32> = BTreeMap::new();
    let (mut last, mut last_unit, mut asked_before, mut heard) = (None, 0, false, false);
    let (mut repeated, mut adjacent) = (0, 0);
    let asks_last = asks_last(units, features);
    for (index, (unit, features)) in units.iter().zip(features).enumerate() {
        let Some(speaker) = unit.speaker else { continue };
        let Some(tally) = tallies.get_mut(speaker) else { continue };
        if unit.labelled && features.has(Feature::HandsOver) {
            tally.hands_over += 1;
            continue;
        }
        tally.words += features.words;
        if features.has(Feature::Listens) {
            heard |= last != Some(speaker);
            continue;
        }
        // After another's sign of listening a speaker begins a turn again.
        if last == Some(speaker) && !unit.labelled && !heard {
            continue;
        }
        heard = false;
        if last.is_some() && last_unit + 1 == index && unit.labelled {
            adjacent += 1;
            repeated += usize::from(last == Some(speaker));
        }
        if let Some(other) = last.filter(|other| *other != speaker) {
            *pairs.entry((other.min(speaker), other.max(speaker))).or_default() += 1.0;
        }
        (last, last_unit) = (Some(speaker), index);
        tally.turns += 1;
        let asks_last = asks_last.get(index) == Some(&true);
        tally.asks += if asks_last || features.has(Feature::Asks) || features.has(Feature::Requests) {
            1.0
        } else {
            0.4 * f32::from(u8::from(features.has(Feature::Asked)))
        };
        let asked = std::mem::replace(&mut asked_before, features.has(Feature::Asks));
        tally.speaks_to += usize::from(features.has(Feature::SecondPerson));
        if let Some(speaker) = speakers.get(speaker) {
            let opening = sentences::opening(&unit.text(&extraction.text));
            let named = |key: &String| key.contains(' ') && opening.starts_with(key.as_str());
            // Who is asked for a name answers with it.
            tally.gives_name += usize::from(!asked && speaker.keys.iter().any(named));
        }
        if tally.turns <= 2 || index + 3 >= units.len() {
            tally.host_cues +=
                usize::from(lexicon::host_cue(&sentences::opening_of(&unit.text(&extraction.text), 400)));
        }
    }
    let first = units.iter().find_map(|unit| unit.speaker);
    let before = units.iter().find(|unit| unit.speaker.is_some()).map_or(0, Unit::start);
    let listed = cast_list::roles(extraction.text.get(..before).unwrap_or_default(), speakers);
    let evidence = Scorer::new(extraction, speakers, &tallies);
    let scores: Vec<f32> = speakers
        .iter()
        .zip(&tallies)
        .enumerate()
        .map(|(at, (speaker, tally))| {
            let listed = match listed.get(at) {
                Some(Some(Role::Question)) => LISTED,
                Some(Some(Role::Answer)) => -LISTED,
                _ => 0.0,
            };
            evidence.score(speaker, tally) + listed + if first == Some(at) { OPENS } else { 0.0 }
        })
        .collect();
    let mut of = choose(&scores, &tallies, &pairs);
    if unnamed_asker::asks(units, features, speakers.len()) {
        for (role, speaker) in of.iter_mut().zip(speakers) {
            if !speaker.keys.iter().any(|key| lexicon::asks(key)) {
                *role = Role::Answer;
            }
        }
    }
    let count = |role: Role| {
        of.iter().zip(&tallies).filter(|(r, _)| **r == role).map(|(_, t)| t.turns).sum::<usize>()
    };
    let (asked, answered) = (count(Role::Question), count(Role::Answer));
    let unnamed = units
        .iter()
        .zip(features)
        .filter(|(unit, features)| {
            unit.speaker.is_none() && features.has(Feature::Asks) && features.boilerplate < LIKELY_BOILERPLATE
        })
        .count();
    Roles {
        askers_named: asked * 2 >= answered && asked * 2 > unnamed,
        answerers_named: answered * 2 >= asked && answered * 2 > unnamed,
        chairs: tallies.iter().map(|tally| tally.hands_over > tally.turns).collect(),
        repeats_continue: repeated * 10 >= adjacent * 3 && repeated >= 3,
        of,
    }
}

/// Per unit, whether a turn begins with it that goes on without labels, ends in a question, and after which another
/// speaks. Where more is asked without a label than with one, such questions are rather somebody else's.
fn asks_last(units: &[Unit], features: &[Features]) -> Vec<bool> {
    let mut found = vec![false; units.len()];
    let (mut next, mut last) = (None, None);
    let (mut labelled, mut unlabelled) = (0, 0);
    for (index, (unit, features)) in units.iter().zip(features).enumerate().rev() {
        let asks = features.has(Feature::Asks);
        if let Some(speaker) = unit.speaker {
            labelled += usize::from(asks);
            if let Some(slot) = found.get_mut(index) {
                *slot = last == Some(true) && next.is_some_and(|next| next != speaker);
            }
            (next, last) = (Some(speaker), None);
        } else if unit.style == Style::Plain && features.boilerplate < LIKELY_BOILERPLATE {
            unlabelled += usize::from(asks);
            last = last.or(Some(asks));
        }
    }
    if unlabelled >= labelled {
        found.fill(false);
    }
    found
}

/// Evidence of the list of people before the talk.
const LISTED: f32 = 4.0;
/// Evidence that the one who speaks first asks.
const OPENS: f32 = 0.7;

/// Evidence that one who has a code among people with names is the participant of a study, who answers.
const PARTICIPANT: f32 = -10.0;

/// Whether a label is a participant's code: a letter or two and a number, as `P16`; interviewers have `I1` and `M1`.
fn is_code(key: &str) -> bool {
    let letters = key.trim_end_matches(|c: char| c.is_ascii_digit());
    (1..=2).contains(&letters.chars().count())
        && letters.len() < key.len()
        && letters.chars().all(char::is_alphabetic)
        && !matches!(letters, "i" | "m" | "q")
}

/// What every speaker is compared with.
struct Scorer<'a> {
    /// The keys of all speakers' labels.
    keys: BTreeSet<&'a str>,
    /// The keys of the people in the metadata, where these are some of the speakers and not all.
    guests: BTreeSet<String>,
    /// The document's title in lower case.
    title: String,
    /// Whether someone has a name or a role for a label, and not a code.
    named: bool,
    /// All tallies together.
    all: Tally,
}

impl<'a> Scorer<'a> {
    fn new(extraction: &Extraction, speakers: &'a [Speaker], tallies: &[Tally]) -> Self {
        let people = &extraction.metadata.people;
        let guests = if people.len() * 2 <= speakers.len() { people.as_slice() } else { &[] };
        let all = tallies.iter().fold(Tally::default(), |all, tally| Tally {
            words: all.words + tally.words,
            turns: all.turns + tally.turns,
            ..all
        });
        Self {
            keys: speakers.iter().flat_map(|speaker| speaker.keys.iter().map(String::as_str)).collect(),
            guests: guests.iter().map(|person| names::key(person)).collect(),
            title: extraction.metadata.title.to_lowercase(),
            named: speakers.iter().any(|speaker| !speaker.keys.iter().any(|key| is_code(key))),
            all,
        }
    }

    /// Evidence that a speaker asks, as log-odds.
    fn score(&self, speaker: &Speaker, tally: &Tally) -> f32 {
        if tally.turns == 0 {
            return 0.0;
        }
        let turns = tally.turns as f32;
        let mut odds = 7.0 * (tally.asks / turns - 0.3) + 1.0 * (tally.speaks_to as f32 / turns - 0.4);
        if self.all.turns > tally.turns {
            let mean = (tally.words as f32 / turns).max(1.0);
            let others = (self.all.words - tally.words) as f32 / (self.all.turns - tally.turns) as f32;
            odds += (1.2 * (others.max(1.0) / mean).ln()).clamp(-2.0, 2.0);
        }
        odds += 1.5 * (tally.host_cues.min(2) as f32) + 4.0 * (tally.gives_name.min(1) as f32);
        odds += speaker.keys.iter().map(|key| self.label(key)).sum::<f32>();
        if self.named && speaker.keys.iter().all(|key| is_code(key)) {
            odds += PARTICIPANT;
        }
        let affiliation =
            speaker.label.split_once(',').map_or("", |(_, affiliation)| affiliation).to_lowercase();
        if affiliation.split(|c: char| !c.is_alphanumeric()).any(|word| word.len() > 1 && lexicon::asks(word))
        {
            odds += 7.0;
        }
        odds + speaker.name.as_deref().map_or(0.0, |name| self.guest(&names::key(name)))
    }

    /// Evidence of a label.
    fn label(&self, key: &str) -> f32 {
        let paired = lexicon::pair_of(key).find(|(other, _)| self.keys.contains(other));
        let single = key.chars().nth(1).is_none();
        match paired {
            Some((_, true)) => 8.0,
            Some((_, false)) => -8.0,
            None if single && key != "q" => 0.0,
            None if lexicon::asks(key) => 6.0,
            None if lexicon::answers(key) => -6.0,
            None if key.split(' ').any(|word| word.chars().nth(1).is_some() && lexicon::asks(word)) => 2.5,
            None => 0.0,
        }
    }

    /// Evidence of the metadata: guests are listed, and titles name them.
    fn guest(&self, key: &str) -> f32 {
        let titled = names::parts(key).any(|part| part.chars().count() > 3 && self.title.contains(part));
        -1.5 * (f32::from(u8::from(self.guests.contains(key))) + f32::from(u8::from(titled)))
    }
}

/// The assignment with the most evidence, where neighbours in the text rather differ.
fn choose(scores: &[f32], tallies: &[Tally], pairs: &BTreeMap<(usize, usize), f32>) -> Vec<Role> {
    let mut asks: Vec<bool> = scores.iter().map(|score| *score > 0.0).collect();
    let speaking: Vec<usize> =
        (0..scores.len()).filter(|at| tallies.get(*at).is_some_and(|t| t.turns > 0)).collect();
    let mut near: BTreeMap<usize, Vec<(usize, f32)>> = BTreeMap::new();
    let mut totals: BTreeMap<usize, f32> = BTreeMap::new();
    for ((a, b), count) in pairs {
        near.entry(*a).or_default().push((*b, *count));
        near.entry(*b).or_default().push((*a, *count));
        *totals.entry(*a).or_default() += count;
        *totals.entry(*b).or_default() += count;
    }
    let score = |at: usize| scores.get(at).copied().unwrap_or_default();
    if speaking.len() == 2 {
        if let [a, b] = speaking.as_slice() {
            let first = score(*a) >= score(*b);
            for (at, role) in [(a, first), (b, !first)] {
                if let Some(slot) = asks.get_mut(*at) {
                    *slot = role;
                }
            }
        }
    } else if speaking.len() > 2 {
        for _ in 0..ROUNDS {
            let before = asks.clone();
            for at in &speaking {
                let total = totals.get(at).copied().unwrap_or(1.0);
                let pull: f32 = near.get(at).map_or(0.0, |near| {
                    near.iter()
                        .map(|(other, count)| if asks.get(*other) == Some(&true) { -count } else { *count })
                        .sum()
                });
                if let Some(slot) = asks.get_mut(*at) {
                    *slot = score(*at) + ALTERNATION * pull / (total + FEW_NEIGHBOURS) > 0.0;
                }
            }
            if before == asks {
                break;
            }
        }
        force_both(&mut asks, &speaking, scores);
    }
    asks.iter().map(|asks| if *asks { Role::Question } else { Role::Answer }).collect()
}

/// Among several speakers, one asks and one answers at least.
fn force_both(asks: &mut [bool], speaking: &[usize], scores: &[f32]) {
    let all = |role: bool, asks: &[bool]| speaking.iter().all(|at| asks.get(*at) == Some(&role));
    let by_score = |a: &&usize, b: &&usize| {
        scores.get(**a).copied().unwrap_or_default().total_cmp(&scores.get(**b).copied().unwrap_or_default())
    };
    let (flip, role) = if all(true, asks) {
        (speaking.iter().min_by(by_score), false)
    } else if all(false, asks) {
        (speaking.iter().max_by(by_score), true)
    } else {
        return;
    };
    if let Some(slot) = flip.and_then(|at| asks.get_mut(*at)) {
        *slot = role;
    }
}
