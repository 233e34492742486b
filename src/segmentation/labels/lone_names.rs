//! Names on lines of their own that no label of the document recurs as: what makes them labels all
//! the same.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::segmentation::labels::candidate::Candidate;
use crate::segmentation::labels::candidate::Shape;
use crate::segmentation::labels::names;
use crate::segmentation::language_data::sentences;

/// How much of a document's start is searched for a name, in bytes.
const SEARCHED: usize = 256 << 10;
/// Most names that are searched for; documents with more are lists of names.
const MOST_NAMES: usize = 1024;

/// What the labels that are accepted already say of lone names.
#[derive(Debug)]
pub(crate) struct LoneNames<'a> {
    /// The keys of the accepted labels that have a line to themselves.
    accepted: BTreeSet<&'a str>,
    /// The level of heading that all accepted labels have.
    level: Option<u8>,
    /// The names in the text, by whether they are in it more than once.
    recurs: BTreeMap<&'a str, bool>,
}

impl<'a> LoneNames<'a> {
    /// Looks at the labels of a document once those are accepted that recur; `level` is the level
    /// of the heading that a label is in.
    pub(crate) fn of(
        text: &str,
        candidates: &'a [Candidate],
        accepted: &BTreeSet<usize>,
        level: impl Fn(&Candidate) -> Option<u8>,
    ) -> Self {
        let strong = || accepted.iter().filter_map(|at| candidates.get(*at));
        let mut levels = strong().map(level);
        let first = levels.next().flatten();
        let text = sentences::head(text, SEARCHED);
        let mut recurs = BTreeMap::new();
        for (at, c) in candidates.iter().enumerate() {
            let lone = c.shape == Shape::Alone && is_full_name(c) && !accepted.contains(&at);
            if lone && recurs.len() < MOST_NAMES {
                let name = c.name.as_str();
                recurs.entry(name).or_insert_with(|| text.match_indices(name).nth(1).is_some());
            }
        }
        Self {
            level: first.filter(|_| levels.all(|level| level == first)),
            accepted: strong().filter(|c| c.shape == Shape::Alone).map(|c| c.key.as_str()).collect(),
            recurs,
        }
    }

    /// Whether a name on a line of its own is a heading of this level, as all accepted labels are,
    /// or a person's.
    pub(crate) fn opens_turn(&self, c: &Candidate, level: Option<u8>) -> bool {
        (self.level.is_some() && level == self.level) || self.is_name(c)
    }

    /// Whether a full name on a line of its own is elsewhere in the text too, as who takes part is
    /// listed or introduced; or is the full form of one that recurs so: first `ANN LEE`, then
    /// `LEE`.
    pub(crate) fn is_name(&self, c: &Candidate) -> bool {
        let known = is_full_name(c) && self.recurs.get(c.name.as_str()) == Some(&true);
        known || (c.key.contains(' ') && names::parts(&c.key).any(|part| self.accepted.contains(part)))
    }
}

/// Whether a name has several words, each with a capital.
fn is_full_name(c: &Candidate) -> bool {
    c.key.contains(' ') && c.name.split(' ').all(|word| word.starts_with(char::is_uppercase))
}
