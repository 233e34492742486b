//! Which column of a document's tables has the words, and which say who spoke them and when.
//!
//! Exports hold the same words in several cuts: single words, sentences, turns, a transcript in one
//! string. The cut to read is the one whose speakers are known; among those, the one in sentences
//! or turns.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::HashSet;
use std::rc::Rc;

use crate::extraction::common::clock;
use crate::extraction::common::column_names;
use crate::extraction::common::column_names::Role;
use crate::extraction::common::column_roles::Described;
use crate::extraction::common::column_roles::Times;
use crate::extraction::common::columns::Profile;
use crate::extraction::common::columns::SAMPLE;
use crate::extraction::common::columns::Strings;
use crate::extraction::common::columns::Value;
use crate::extraction::json::scan;
use crate::extraction::json::tables::Tables;
use crate::extraction::json::time_columns::TimeColumns;

/// The most columns that are considered as text.
const MOST_TEXTS: usize = 24;
/// The most columns of one table that are considered as anything else.
const MOST_COLUMNS: usize = 64;
/// Mean length under which cells are single words, in bytes.
const WORD: usize = 12;
/// Fewer strings than this under an unknown key are no transcript where nobody is named.
const FEWEST: usize = 3;
/// Mean length of such strings, in bytes.
const UNNAMED: usize = 40;
/// A string that may be a whole transcript, in bytes.
const TRANSCRIPT: usize = 200;

/// How a text is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// A whole transcript in one string.
    Whole,
    /// Single words.
    Words,
    /// Sentences, turns, paragraphs.
    Turns,
}

/// How a text's speakers are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpokenBy {
    /// Nobody is named.
    Nobody,
    /// By a column of the same record or of one around it.
    Column(usize),
    /// By a column of other records, which are of the same time.
    Time { speaker: usize, times: TimeColumns },
}

/// A column of text that may be read.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub text: usize,
    pub profile: Rc<Profile>,
    pub cut: Cut,
    pub spoken_by: SpokenBy,
    pub times: TimeColumns,
    weight: f64,
}

/// The columns of a document, with their profiles as far as they are needed.
#[derive(Debug)]
pub(crate) struct Chooser<'a> {
    pub text: &'a str,
    pub tables: &'a Tables,
    strings: Strings<'a>,
    profiles: RefCell<HashMap<usize, Rc<Profile>>>,
}

impl<'a> Chooser<'a> {
    pub(crate) fn new(text: &'a str, tables: &'a Tables) -> Self {
        let strings = Strings { text, decode: scan::read };
        Self { text, tables, strings, profiles: RefCell::default() }
    }

    /// The readings of what was said, the best first, and others made like it that have other
    /// words.
    pub(crate) fn choose(&self) -> Vec<Reading> {
        let mut readings = self.candidates();
        // Strings outside of lists are titles, unless nothing else is there.
        if readings.iter().any(|reading| reading.cut != Cut::Whole) {
            readings.retain(|reading| reading.cut != Cut::Whole);
        }
        let most = readings.iter().map(|reading| reading.weight).fold(0.0, f64::max);
        // The words of a cut are about as many as those of another, whatever the keys.
        let (readings, short): (Vec<_>, Vec<_>) =
            readings.into_iter().partition(|reading| reading.weight * 2.0 >= most);
        let mut readings: Vec<Reading> =
            readings.into_iter().filter_map(|reading| self.describe(reading)).collect();
        readings.sort_by(|a, b| self.rank(b).total_cmp(&self.rank(a)));
        let Some(mut best) = readings.first().cloned() else { return Vec::new() };
        if let Some(finer) = readings.iter().find(|other| self.divides(&best, other)) {
            best = finer.clone();
        }
        let alike: Vec<Reading> = readings
            .into_iter()
            .chain(short.into_iter().filter_map(|reading| self.describe(reading)))
            .filter(|other| other.text != best.text && self.is_alike(&best, other))
            .collect();
        std::iter::once(best).chain(alike).collect()
    }

    pub(crate) fn profile(&self, column: usize) -> Rc<Profile> {
        if let Some(known) = self.profiles.borrow().get(&column) {
            return Rc::clone(known);
        }
        let cells = self.tables.columns.get(column).map(|column| column.cells.as_slice()).unwrap_or_default();
        let profile = Rc::new(Profile::of(&self.strings, cells.iter().map(|cell| cell.1)));
        self.profiles.borrow_mut().insert(column, Rc::clone(&profile));
        profile
    }

    pub(crate) fn names(&self, column: usize) -> &[String] {
        self.tables.columns.get(column).map(|column| column.names.as_slice()).unwrap_or_default()
    }

    fn candidates(&self) -> Vec<Reading> {
        let size = |column: usize| {
            let cells =
                self.tables.columns.get(column).map(|column| column.cells.as_slice()).unwrap_or_default();
            cells
                .iter()
                .map(|cell| if let Value::Text(span) = cell.1 { span.len() } else { 0 })
                .sum::<usize>()
        };
        let mut sizes: Vec<(usize, usize)> = (0..self.tables.columns.len())
            .map(|column| (size(column), column))
            .filter(|size| size.0 > 0)
            .collect();
        sizes.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        sizes.truncate(MOST_TEXTS);
        sizes.into_iter().filter_map(|(_, column)| self.candidate(column)).collect()
    }

    fn candidate(&self, column: usize) -> Option<Reading> {
        let profile = self.profile(column);
        let names = self.names(column);
        let weight = profile.text_weight(names);
        let table = self.tables.columns.get(column)?.table;
        let known = column_names::is(names, Role::Text);
        let cut = if weight <= 0.0 || (column_names::is_speaker(names) && !profile.is_running()) {
            return None;
        } else if table == 0 {
            (profile.bytes > TRANSCRIPT).then_some(Cut::Whole)?
        } else if profile.mean() < WORD && !profile.is_running() {
            let is_word =
                matches!(names.last().map(String::as_str), Some("word" | "words" | "punctuatedword"));
            let many = profile.seen > 8;
            if is_word || many && (known || !profile.repeats()) {
                Cut::Words
            } else {
                known.then_some(Cut::Turns)?
            }
        } else if profile.is_running() || known {
            Cut::Turns
        } else {
            return None;
        };
        let spoken_by = SpokenBy::Nobody;
        // A known key is a reason to prefer a cut, not to leave out the others.
        let weight = weight / column_names::text_factor(names).max(1.0);
        Some(Reading { text: column, profile, cut, spoken_by, times: TimeColumns::default(), weight })
    }

    /// Finds the speakers and the times of a text. `None` where too little says that it was spoken.
    fn describe(&self, reading: Reading) -> Option<Reading> {
        let table = self.tables.columns.get(reading.text)?.table;
        let mut times = TimeColumns { unit: 1.0, ..TimeColumns::default() };
        for table in self.tables.enclosing(table) {
            times = self.times(table, reading.text, reading.profile.bytes);
            if times.start.is_some() {
                break;
            }
        }
        let mut found = Reading { times, ..reading };
        found.spoken_by = match self.speaker(&found, table) {
            Some(column) => SpokenBy::Column(column),
            None => self.by_time(&found, table),
        };
        let named = column_names::is(self.names(found.text), Role::Text);
        let spoken = found.spoken_by != SpokenBy::Nobody || found.times.start.is_some();
        let length = if named { WORD + 8 } else { UNNAMED };
        let plain = found.profile.filled >= FEWEST && found.profile.mean() >= length;
        let listed = named && (table == 0 || !self.names(found.text).is_empty());
        (spoken || plain || listed || found.cut == Cut::Whole).then_some(found)
    }

    /// The columns of times of a table.
    fn times(&self, table: usize, text: usize, letters: usize) -> TimeColumns {
        let columns = self.columns_of(table, text);
        let profiles: Vec<Rc<Profile>> = columns.iter().map(|column| self.profile(*column)).collect();
        let number = |column: usize, last: bool| {
            let cells = &self.tables.columns.get(column)?.cells;
            let cell = if last { cells.last() } else { cells.first() };
            Some(cell?.1.time(self.text)?.0.number())
        };
        let described: Vec<Described<'_>> = columns
            .iter()
            .zip(&profiles)
            .map(|(column, profile)| Described {
                names: self.names(*column),
                profile,
                first: number(*column, false).unwrap_or(f64::MAX),
            })
            .collect();
        let found = Times::among(&described);
        let column = |place: Option<usize>| place.and_then(|place| columns.get(place)).copied();
        let start = column(found.start);
        let ends = |last| start.and_then(|start| number(start, last)).unwrap_or(0.0);
        let unit = clock::unit(letters, ends(false), ends(true));
        TimeColumns { start, end: column(found.end), length: column(found.length), unit }
    }

    fn columns_of(&self, table: usize, but: usize) -> Vec<usize> {
        let columns = self.tables.lists.get(table).map(|table| table.columns.as_slice()).unwrap_or_default();
        columns.iter().copied().filter(|column| *column != but).take(MOST_COLUMNS).collect()
    }

    /// The column that names the speakers of a text, in its own table or one around it.
    fn speaker(&self, reading: &Reading, table: usize) -> Option<usize> {
        let cells = &self.tables.columns.get(reading.text)?.cells;
        let sample = cells.get(..cells.len().min(SAMPLE)).unwrap_or_default();
        let mut best: Option<(f64, usize)> = None;
        for (level, table) in self.tables.enclosing(table).enumerate() {
            for column in self.columns_of(table, reading.text) {
                let said: Vec<(u64, bool)> = sample
                    .iter()
                    .filter_map(|(record, value)| {
                        let Value::Text(span) = value else { return None };
                        let speaker = self.tables.get(column, *record)?.speaker_hash(&self.strings);
                        Some((speaker, self.strings.asks(*span)))
                    })
                    .collect();
                if said.len() * 10 < sample.len() * 4 {
                    continue;
                }
                let rows = if level == 0 { reading.profile.filled } else { 0 };
                let said = said.into_iter().filter(|_| reading.cut == Cut::Turns);
                let profile = self.profile(column);
                let Some(score) = profile.speaker_score(self.names(column), rows, said) else { continue };
                // The words' own record knows best.
                let score = score - if level == 0 { 0.0 } else { 1.5 };
                if best.is_none_or(|(best, _)| score > best) {
                    best = Some((score, column));
                }
            }
        }
        best.map(|(_, column)| column)
    }

    /// Speakers by records of other lists that are of the same time, as recognisers write them who
    /// tell voices apart after the words.
    fn by_time(&self, reading: &Reading, table: usize) -> SpokenBy {
        if reading.times.start.is_none() {
            return SpokenBy::Nobody;
        }
        let around: Vec<usize> = self.tables.enclosing(table).collect();
        let others = self.tables.columns.iter().enumerate().filter(|(_, column)| column.table != 0);
        let mut scored: Vec<(f64, usize)> = others
            .take(MOST_COLUMNS * 8)
            .filter(|(column, described)| {
                let outer = around.iter().skip(1).any(|table| *table == described.table);
                *column != reading.text && !outer
            })
            .filter_map(|(column, described)| {
                let score = self.profile(column).speaker_score(&described.names, 0, std::iter::empty())?;
                Some((score, column))
            })
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, speaker) in scored.into_iter().take(4) {
            let Some(described) = self.tables.columns.get(speaker) else { continue };
            let times = self.tables.enclosing(described.table).map(|table| self.times(table, speaker, 0));
            if let Some(times) = times.into_iter().find(|times| times.start.is_some()) {
                let times = TimeColumns { unit: reading.times.unit, ..times };
                return SpokenBy::Time { speaker, times };
            }
        }
        SpokenBy::Nobody
    }

    /// How good a reading is.
    fn rank(&self, reading: &Reading) -> f64 {
        let cut = match reading.cut {
            Cut::Whole => 0.0,
            Cut::Words => 1.0,
            Cut::Turns => 2.0,
        };
        let speakers = match reading.spoken_by {
            SpokenBy::Nobody => 0.0,
            SpokenBy::Time { .. } if reading.cut == Cut::Turns => 3.0,
            SpokenBy::Column(_) | SpokenBy::Time { .. } => 4.0,
        };
        let named = if column_names::is(self.names(reading.text), Role::Text) { 0.5 } else { 0.0 };
        #[expect(clippy::cast_precision_loss, reason = "a ratio of rough sizes")]
        let marks = reading.profile.marks as f64 / reading.profile.bytes.max(1) as f64;
        cut + speakers + named + marks.min(0.4)
    }

    /// Whether what one reading gives to one speaker is said by several in the other, which is
    /// finer.
    fn divides(&self, coarse: &Reading, fine: &Reading) -> bool {
        let (Some(outer), Some(inner)) =
            (self.tables.columns.get(coarse.text), self.tables.columns.get(fine.text))
        else {
            return false;
        };
        let (SpokenBy::Column(of_turns), SpokenBy::Column(speaker)) = (coarse.spoken_by, fine.spoken_by)
        else {
            return false;
        };
        if of_turns == speaker || outer.table == inner.table {
            return false;
        }
        let mut last = None;
        inner.cells.iter().any(|(record, _)| {
            let Some(turn) = self.tables.within(*record, outer.table) else { return false };
            let Some(spoken) = self.tables.get(speaker, *record) else { return false };
            let here = (turn, spoken.speaker_hash(&self.strings));
            last.replace(here).is_some_and(|(turn, spoken)| turn == here.0 && spoken != here.1)
        })
    }

    /// Whether another column is made like the one read and has other words, as the parts of an
    /// interview may, and records that have a key of their own for the text.
    fn is_alike(&self, best: &Reading, other: &Reading) -> bool {
        let (SpokenBy::Column(speaker), SpokenBy::Column(other_speaker)) = (best.spoken_by, other.spoken_by)
        else {
            return false;
        };
        let (Some(read), Some(more)) =
            (self.tables.columns.get(best.text), self.tables.columns.get(other.text))
        else {
            return false;
        };
        let alike = if read.table == more.table {
            speaker == other_speaker
                && !more
                    .cells
                    .iter()
                    .any(|(record, _)| read.cells.binary_search_by_key(record, |cell| cell.0).is_ok())
        } else {
            read.names == more.names && self.names(speaker) == self.names(other_speaker)
        };
        alike
            && best.cut == Cut::Turns
            && other.cut == Cut::Turns
            && best.profile.is_running() == other.profile.is_running()
            && !self.repeats(best.text, other.text)
    }

    /// Whether a column has the words of another once more, cut otherwise: most pairs of adjacent
    /// words are the same.
    fn repeats(&self, column: usize, other: usize) -> bool {
        let pairs = |column: usize| {
            let cells = self.tables.columns.get(column).map(|column| column.cells.as_slice());
            cells.unwrap_or_default().iter().take(SAMPLE).flat_map(|(_, value)| {
                let said = if let Value::Text(span) = value { span.of(self.text) } else { "" };
                said.split_whitespace().zip(said.split_whitespace().skip(1))
            })
        };
        let known: HashSet<(&str, &str)> = pairs(column).collect();
        let (mut all, mut same) = (0, 0);
        for pair in pairs(other) {
            all += 1;
            same += usize::from(known.contains(&pair));
        }
        same * 2 > all || all == 0
    }
}
