//! What is counted of each speaker, as feature functions of the decision who asks.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::segmentation::decoding::cast_list;
use crate::segmentation::features::feature::Feature;
use crate::segmentation::features::feature::Features;
use crate::segmentation::features::unit::Style;
use crate::segmentation::features::unit::Unit;
use crate::segmentation::features::unit_features::LIKELY_BOILERPLATE;
use crate::segmentation::labels::names;
use crate::segmentation::labels::speaker::Speaker;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::segmentation::weights::feature_functions::FeatureFunction;
use crate::segmentation::weights::sink::Sink;
use crate::transcript::Extraction;
use crate::transcript::Role;

/// Most and least that the logarithm of a ratio of lengths counts.
const MOST_LOG_LENGTH: f32 = 5.0 / 3.0;
/// Most turns at a document's ends that are spoken as a host does.
const MOST_HOST_CUES: usize = 2;
/// How many neighbours it takes until their evidence counts in full.
const FEW_NEIGHBOURS: f32 = 2.0;

/// What is counted of one speaker.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub turns: usize,
    words: usize,
    /// Turns that end in a question or request something.
    asks: usize,
    /// Turns that do not, and have a question before their last sentence.
    asked_earlier: usize,
    speaks_to: usize,
    host_cues: usize,
    /// Turns that give the floor to another; they are no others of these turns.
    pub hands_over: usize,
    /// How many turns begin with the speaker's own name, as reporters give theirs.
    gives_name: usize,
}

/// All that is known of who asks before it is decided.
#[derive(Debug)]
pub(crate) struct SpeakerEvidence<'a> {
    speakers: &'a [Speaker],
    /// Per speaker.
    pub tallies: Vec<Tally>,
    /// How often two speakers have turns next to each other.
    pub pairs: BTreeMap<(usize, usize), f32>,
    /// Whether a label that repeats goes on with the turn, as where each paragraph has its label.
    pub repeats_continue: bool,
    /// Who speaks first.
    first: Option<usize>,
    /// Per speaker, the role that the list of people before the talk gives.
    listed: Vec<Option<Role>>,
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

impl<'a> SpeakerEvidence<'a> {
    /// Counts over all units.
    pub(crate) fn of(
        extraction: &Extraction,
        units: &[Unit],
        features: &[Features],
        speakers: &'a [Speaker],
    ) -> Self {
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
            let asks = asks_last || features.has(Feature::Asks) || features.has(Feature::Requests);
            tally.asks += usize::from(asks);
            tally.asked_earlier += usize::from(!asks && features.has(Feature::Asked));
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
        let before = units.iter().find(|unit| unit.speaker.is_some()).map_or(0, Unit::start);
        let people = &extraction.metadata.people;
        let guests = if people.len() * 2 <= speakers.len() { people.as_slice() } else { &[] };
        let all = tallies.iter().fold(Tally::default(), |all, tally| Tally {
            words: all.words + tally.words,
            turns: all.turns + tally.turns,
            ..all
        });
        Self {
            speakers,
            tallies,
            pairs,
            repeats_continue: repeated * 10 >= adjacent * 3 && repeated >= 3,
            first: units.iter().find_map(|unit| unit.speaker),
            listed: cast_list::roles(extraction.text.get(..before).unwrap_or_default(), speakers),
            keys: speakers.iter().flat_map(|speaker| speaker.keys.iter().map(String::as_str)).collect(),
            guests: guests.iter().map(|person| names::key(person)).collect(),
            title: extraction.metadata.title.to_lowercase(),
            named: speakers.iter().any(|speaker| !speaker.keys.iter().any(|key| is_code(key))),
            all,
        }
    }

    /// The feature functions of a speaker who asks; of one who answers there are none.
    pub(crate) fn describe(&self, at: usize, to: &mut impl Sink) {
        let (Some(speaker), Some(tally)) = (self.speakers.get(at), self.tallies.get(at)) else { return };
        match self.listed.get(at) {
            Some(Some(Role::Question)) => to.add(FeatureFunction::AskerListed, 1.0),
            Some(Some(Role::Answer)) => to.add(FeatureFunction::AskerListedGuest, 1.0),
            _ => {}
        }
        to.add(FeatureFunction::AskerOpens, number(self.first == Some(at)));
        if tally.turns == 0 {
            return;
        }
        let turns = tally.turns as f32;
        to.add(FeatureFunction::AskerSpeaker, 1.0);
        to.add(FeatureFunction::AskerAsks, tally.asks as f32 / turns);
        to.add(FeatureFunction::AskerAskedEarlier, tally.asked_earlier as f32 / turns);
        to.add(FeatureFunction::AskerSpeaksTo, tally.speaks_to as f32 / turns);
        if self.all.turns > tally.turns {
            let mean = (tally.words as f32 / turns).max(1.0);
            let others = (self.all.words - tally.words) as f32 / (self.all.turns - tally.turns) as f32;
            let shorter = (others.max(1.0) / mean).ln().clamp(-MOST_LOG_LENGTH, MOST_LOG_LENGTH);
            to.add(FeatureFunction::AskerShorter, shorter);
        }
        to.add(FeatureFunction::AskerHostCues, tally.host_cues.min(MOST_HOST_CUES) as f32);
        to.add(FeatureFunction::AskerGivesName, number(tally.gives_name > 0));
        for function in speaker.keys.iter().filter_map(|key| self.label(key)) {
            to.add(function, 1.0);
        }
        let code = self.named && speaker.keys.iter().all(|key| is_code(key));
        to.add(FeatureFunction::AskerCode, number(code));
        let affiliation = speaker.label.split_once(',').map_or("", |(_, affiliation)| affiliation);
        let affiliation = affiliation.to_lowercase();
        let mut words = affiliation.split(|c: char| !c.is_alphanumeric());
        let asks = words.any(|word| word.len() > 1 && lexicon::asks(word));
        to.add(FeatureFunction::AskerAffiliation, number(asks));
        if let Some(key) = speaker.name.as_deref().map(names::key) {
            to.add(FeatureFunction::AskerInMetadata, number(self.guests.contains(&key)));
            let titled = names::parts(&key).any(|part| part.chars().count() > 3 && self.title.contains(part));
            to.add(FeatureFunction::AskerInTitle, number(titled));
        }
    }

    /// What a label tells.
    fn label(&self, key: &str) -> Option<FeatureFunction> {
        let paired = lexicon::pair_of(key).find(|(other, _)| self.keys.contains(other));
        let single = key.chars().nth(1).is_none();
        let mut words = key.split(' ');
        match paired {
            Some((_, true)) => Some(FeatureFunction::AskerPairAsks),
            Some((_, false)) => Some(FeatureFunction::AskerPairAnswers),
            None if single && key != "q" => None,
            None if lexicon::asks(key) => Some(FeatureFunction::AskerLabelAsks),
            None if lexicon::answers(key) => Some(FeatureFunction::AskerLabelAnswers),
            None if words.any(|word| word.chars().nth(1).is_some() && lexicon::asks(word)) => {
                Some(FeatureFunction::AskerLabelWord)
            }
            None => None,
        }
    }
}

/// The value of [`FeatureFunction::AskerAlternates`]: the share of a speaker's neighbours who
/// answer, less that of those who ask, nearer to 0 where there are few.
pub(crate) fn alternation(neighbours: impl Iterator<Item = (bool, f32)>) -> f32 {
    let (mut pull, mut total) = (0.0, 0.0);
    for (asks, count) in neighbours {
        pull += if asks { -count } else { count };
        total += count;
    }
    pull / (total + FEW_NEIGHBOURS)
}

fn number(there: bool) -> f32 {
    f32::from(u8::from(there))
}

/// Per unit, whether a turn begins with it that goes on without labels, ends in a question, and
/// after which another speaks. Where more is asked without a label than with one, such questions
/// are rather somebody else's.
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

/// Whether a label is a participant's code: a letter or two and a number, as `P16`; interviewers
/// have `I1` and `M1`.
fn is_code(key: &str) -> bool {
    let letters = key.trim_end_matches(|c: char| c.is_ascii_digit());
    (1..=2).contains(&letters.chars().count())
        && letters.len() < key.len()
        && letters.chars().all(char::is_alphabetic)
        && !matches!(letters, "i" | "m" | "q")
}
