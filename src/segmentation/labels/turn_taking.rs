//! Whether labels take turns with others: what tells a label that is spelled as no name from a word
//! before a colon.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::segmentation::labels::candidate::Candidate;
use crate::segmentation::labels::candidate::Place;
use crate::segmentation::labels::candidate::Shape;
use crate::segmentation::language_data::lexicon;

/// Fewest labels of a word that is spelled as no name.
const FEWEST: usize = 3;

/// The labels with a colon that recur at the start of lines, in order of the text.
#[derive(Debug)]
pub(crate) struct TurnTaking {
    /// Their indices among the candidates.
    places: Vec<usize>,
    /// Those that begin with a small letter.
    small: BTreeSet<usize>,
    /// How many different labels that are spelled as names recur.
    proper: usize,
    /// Whether all of these ask.
    only_askers: bool,
}

impl TurnTaking {
    /// Looks at all groups of candidates of one shape and key.
    pub(crate) fn of(candidates: &[Candidate], groups: &BTreeMap<(Shape, &str), Vec<usize>>) -> Self {
        let mut places = Vec::new();
        let mut keys: BTreeSet<&str> = BTreeSet::new();
        for ((shape, key), members) in groups {
            let starts = |at: &&usize| candidates.get(**at).is_some_and(|c| c.place == Place::Start);
            let starting: Vec<usize> = members.iter().filter(starts).copied().collect();
            if *shape != Shape::Colon || starting.len() < 2 {
                continue;
            }
            if starting.iter().any(|at| candidates.get(*at).is_some_and(|c| !c.unlikely_name)) {
                keys.insert(key);
            }
            places.extend(starting);
        }
        places.sort_unstable();
        let lower = |at: &usize| candidates.get(*at).is_some_and(|c| c.name.starts_with(char::is_lowercase));
        let small = places.iter().copied().filter(lower).collect();
        let digits = |c: char| c.is_ascii_digit() || c == ' ';
        let only_askers =
            !keys.is_empty() && keys.iter().all(|key| lexicon::asks(key.trim_end_matches(digits)));
        Self { places, small, proper: keys.len(), only_askers }
    }

    /// How many labels there are.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether a label takes turns with others: they are between its places, and it has a good
    /// share of all. A word that other documents have before a colon, as `Subject`, is a speaker
    /// only where no other label answers. Labels in the type of other labels need not be many.
    pub(crate) fn takes_turns(&self, key: &str, members: &[usize], emphasised: bool) -> bool {
        let n = members.len();
        let place = |at: usize| self.places.partition_point(|place| *place < at);
        let parted = members.windows(2).filter(|pair| match pair {
            [a, b] => place(*b) > place(*a) + 1,
            _ => false,
        });
        let alternates = n > 1 && parted.count() * 10 >= (n - 1) * 8;
        let share = n * 100 / self.places.len().max(1);
        let enough = emphasised || (n >= FEWEST && share >= 15) || share >= 40;
        // A word in small letters is a name only where it has its half of the turns, or nearly.
        let small = members.first().and_then(|at| self.small.get(at)).is_some();
        let enough = enough && (!small || share >= 30);
        let sided = !lexicon::no_label(key) || (share >= 30 && (self.only_askers || self.proper == 1));
        alternates && enough && sided
    }
}
