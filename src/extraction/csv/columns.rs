//! The kinds of a table's columns, by their values, and by their names if a header has known ones.

use crate::extraction::common::clock;
use crate::extraction::common::column_names;
use crate::extraction::common::column_names::Role;
use crate::extraction::common::column_roles::Described;
use crate::extraction::common::column_roles::Times;
use crate::extraction::common::columns::Profile;
use crate::extraction::common::columns::SAMPLE;
use crate::extraction::common::columns::Strings;
use crate::extraction::common::columns::Value;
use crate::extraction::csv::cells;
use crate::span::TextSpan;

/// A row, by the places of its cells.
pub(crate) type Row = Vec<TextSpan>;

/// The most columns that are looked at.
const WIDEST: usize = 256;
/// The most rows above a header, as spreadsheets have titles there.
const HIGHEST: usize = 10;
/// Longest name of a column, in bytes.
const LONGEST_NAME: usize = 40;

/// The kinds of the columns, by index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    pub question: Option<usize>,
    pub answer: Option<usize>,
    pub asker: Option<usize>,
    pub answerer: Option<usize>,
    pub speaker: Option<usize>,
    /// Whether the header says that the speakers are speakers.
    pub speaker_named: bool,
    pub text: Option<usize>,
    pub start: Option<usize>,
    pub end: Option<usize>,
    /// The unit of bare numbers among the times, in seconds.
    pub unit: f64,
}

impl Columns {
    /// Finds the columns, and how many rows are above the first with data.
    pub(crate) fn of(text: &str, rows: &[Row]) -> Option<(Self, usize)> {
        let width = rows.iter().take(SAMPLE).map(Vec::len).max().unwrap_or(0).min(WIDEST);
        if width < 2 {
            return None;
        }
        let filled = |row: &Row| row.iter().filter(|cell| !cell.trimmed(text).is_empty()).count();
        let top = rows.iter().take(HIGHEST).position(|row| filled(row) * 2 > width).unwrap_or(0);
        let head = rows.get(top)?;
        let names: Vec<String> = (0..width)
            .map(|column| {
                head.get(column).map_or(String::new(), |cell| column_names::normalised(cell.of(text)))
            })
            .collect();
        let is_header = is_header(text, head, rows.get(top + 1..)?, &names);
        let body = top + usize::from(is_header);
        let table = Body { text, rows: rows.get(body..)?, names: is_header.then_some(names), width };
        Some((table.columns()?, body))
    }
}

impl Columns {
    fn is_time(&self, column: usize) -> bool {
        self.start == Some(column) || self.end == Some(column)
    }
}

/// Whether the first row names the columns. One known name proves it; otherwise names are short and
/// not among the data.
fn is_header(text: &str, head: &Row, body: &[Row], names: &[String]) -> bool {
    let short = head.iter().all(|cell| {
        let name = cell.trimmed(text).of(text);
        name.len() <= LONGEST_NAME && !name.ends_with(['.', '?', '!', '。', '？'])
    });
    if !short || body.is_empty() {
        return false;
    }
    let times = |row: &Row| row.iter().filter(|cell| clock::is_clock(cell.of(text))).count();
    if times(head) > 0 {
        return false;
    }
    if names.iter().any(|name| column_names::role(name).is_some()) {
        return true;
    }
    // The first speaker speaks again.
    let returns = head.iter().enumerate().any(|(column, cell)| {
        let name = cell.trimmed(text).of(text);
        !name.is_empty()
            && body
                .iter()
                .take(SAMPLE)
                .any(|row| row.get(column).is_some_and(|cell| cell.trimmed(text).of(text) == name))
    });
    !returns && body.len() > 2
}

/// The rows of data.
#[derive(Debug)]
struct Body<'a> {
    text: &'a str,
    rows: &'a [Row],
    names: Option<Vec<String>>,
    width: usize,
}

impl Body<'_> {
    fn columns(&self) -> Option<Columns> {
        let profiles: Vec<Profile> =
            (0..self.width).map(|column| Profile::of(&self.strings(), self.cells(column))).collect();
        let names: Vec<Vec<String>> = (0..self.width).map(|column| self.names(column)).collect();
        let mut found = Columns { unit: 1.0, ..Columns::default() };
        self.times(&names, &profiles, &mut found);
        if self.pairs(&names, &profiles, &mut found) {
            return Some(found);
        }
        let weight = |column: &usize| match (names.get(*column), profiles.get(*column)) {
            (Some(names), Some(profile)) if !found.is_time(*column) => profile.text_weight(names),
            _ => 0.0,
        };
        let text = (0..self.width).max_by(|a, b| weight(a).total_cmp(&weight(b)).then(b.cmp(a)))?;
        if weight(&text) <= 0.0 {
            return None;
        }
        found.text = Some(text);
        let said = profiles.get(text)?;
        let mut best: Option<(f64, usize)> = None;
        for (column, (names, profile)) in names.iter().zip(&profiles).enumerate() {
            if column == text || found.is_time(column) {
                continue;
            }
            let rows = self.rows.iter().take(SAMPLE).filter_map(|row| {
                let speaker = row.get(column).filter(|cell| !cell.trimmed(self.text).is_empty())?;
                let strings = self.strings();
                Some((Value::Text(*speaker).speaker_hash(&strings), strings.asks(*row.get(text)?)))
            });
            if let Some(score) = profile.speaker_score(names, said.filled, rows)
                && best.is_none_or(|(best, _)| score > best)
            {
                best = Some((score, column));
            }
        }
        found.speaker = best.map(|(_, column)| column);
        found.speaker_named = found
            .speaker
            .and_then(|column| names.get(column))
            .is_some_and(|names| self.names.is_some() && column_names::is_speaker(names));
        let known = names.get(text).is_some_and(|names| column_names::is(names, Role::Text));
        // Prose in columns that nothing explains is a list of something else.
        let spoken = found.speaker.is_some() || found.start.is_some() || (known && self.names.is_some());
        spoken.then_some(found)
    }

    fn strings(&self) -> Strings<'_> {
        Strings { text: self.text, decode: cells::unescaped }
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = Value> {
        self.rows.iter().filter_map(move |row| row.get(column)).map(|cell| Value::Text(*cell))
    }

    /// The name of a column; that of a row without names is its place.
    fn names(&self, column: usize) -> Vec<String> {
        let name = self.names.as_ref().map(|names| names.get(column).cloned().unwrap_or_default());
        vec![name.unwrap_or_else(|| format!("#{column}"))]
    }

    fn times(&self, names: &[Vec<String>], profiles: &[Profile], found: &mut Columns) {
        let number = |column: usize, last: bool| {
            let mut cells = self.cells(column).filter_map(|cell| cell.time(self.text));
            let cell = if last { cells.last() } else { cells.next() };
            cell.map(|(time, _)| time.number())
        };
        let described: Vec<Described<'_>> = names
            .iter()
            .zip(profiles)
            .enumerate()
            .map(|(column, (names, profile))| Described {
                names,
                profile,
                first: number(column, false).unwrap_or(f64::MAX),
            })
            .collect();
        let times = Times::among(&described);
        (found.start, found.end) = (times.start, times.end);
        let letters = profiles.iter().map(|profile| profile.bytes).max().unwrap_or(0);
        let Some(start) = times.start else { return };
        found.unit = names.get(start).and_then(|names| column_names::unit(names)).unwrap_or_else(|| {
            clock::unit(letters, number(start, false).unwrap_or(0.0), number(start, true).unwrap_or(0.0))
        });
    }

    /// Finds columns of questions and of answers.
    fn pairs(&self, names: &[Vec<String>], profiles: &[Profile], found: &mut Columns) -> bool {
        let column_of =
            |role: Role| names.iter().position(|names| self.names.is_some() && column_names::is(names, role));
        let (question, answer) = match (column_of(Role::Question), column_of(Role::Answer)) {
            (Some(question), Some(answer)) => (question, answer),
            _ => match self.pair_by_values(profiles) {
                Some(pair) => pair,
                None => return false,
            },
        };
        (found.question, found.answer) = (Some(question), Some(answer));
        found.asker = column_of(Role::Asker);
        found.answerer = column_of(Role::Answerer).or_else(|| column_of(Role::Speaker));
        true
    }

    /// A column that asks, and one that does not.
    fn pair_by_values(&self, profiles: &[Profile]) -> Option<(usize, usize)> {
        let most = |part: usize, profile: &Profile| part * 3 >= profile.seen * 2;
        let question =
            profiles.iter().position(|profile| profile.seen > 1 && most(profile.asking, profile))?;
        let answer = profiles
            .iter()
            .enumerate()
            .filter(|(at, profile)| {
                *at != question
                    && profile.is_text()
                    && profile.asking * 4 <= profile.seen
                    && !profile.repeats()
            })
            .filter(|(_, profile)| profile.is_running() || self.width == 2)
            .max_by_key(|(_, profile)| profile.bytes)
            .map(|(at, _)| at)?;
        Some((question, answer))
    }
}
