//! Statistics of a column's cells: the evidence by which the kinds of columns are distinguished.

use std::borrow::Cow;
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;

use crate::extraction::common::clock;
use crate::extraction::common::clock::Time;
use crate::extraction::common::column_names;
use crate::extraction::common::speaker_cell;
use crate::span::TextSpan;

/// How many cells of a column are looked at; more of them change no decision.
pub(crate) const SAMPLE: usize = 4096;
/// How much of a cell is looked at, in bytes.
const HEAD: usize = 400;
/// How much of the end of a cell is looked at, in bytes.
const TAIL: usize = 32;
/// Mean length over which cells are text rather than names, in bytes.
pub(crate) const LONG: usize = 60;

/// The source that cells are in, and how its strings are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strings<'a> {
    pub text: &'a str,
    /// Reads the escapes of the format.
    pub decode: for<'s> fn(&'s str) -> Cow<'s, str>,
}

impl<'a> Strings<'a> {
    /// The text of a string.
    pub(crate) fn read(&self, span: TextSpan) -> Cow<'a, str> {
        (self.decode)(span.of(self.text))
    }

    /// Whether a string ends as a question does.
    pub(crate) fn asks(&self, span: TextSpan) -> bool {
        // The escape of a sign is short.
        let text = span.of(self.text);
        let tail = text.get(text.ceil_char_boundary(text.len().saturating_sub(TAIL))..).unwrap_or(text);
        ends_in_question(&(self.decode)(tail))
    }
}

/// The value of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    /// A string, by its place in the source.
    Text(TextSpan),
    /// A number that is no string.
    Number(f64),
}

impl Value {
    /// The time that a value is, with its end where it is a range.
    pub(crate) fn time(self, text: &str) -> Option<(Time, Option<Time>)> {
        match self {
            Self::Text(span) => clock::read(span.of(text)),
            Self::Number(number) => (number >= 0.0).then_some((Time::Bare(number), None)),
        }
    }

    /// The form of a name by which two spellings are one speaker.
    pub(crate) fn speaker_hash(self, strings: &Strings<'_>) -> u64 {
        let mut hasher = DefaultHasher::new();
        match self {
            Self::Text(span) => speaker_cell::split(&strings.read(span)).0.hash(&mut hasher),
            Self::Number(number) => number.to_bits().hash(&mut hasher),
        }
        hasher.finish()
    }
}

/// Counts over the cells of a column that are not empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Profile {
    /// All of them.
    pub filled: usize,
    /// Their length in bytes.
    pub bytes: usize,
    /// Those looked at, to which the counts below refer.
    pub seen: usize,
    /// The length of these, as far as it is looked at.
    head: usize,
    /// Numbers.
    pub numbers: usize,
    /// Numbers without a fraction.
    pub whole: usize,
    /// Strings with a letter.
    pub lettered: usize,
    /// Strings of several words.
    pub running: usize,
    /// Times by their notation.
    pub clocks: usize,
    /// Identifiers: no space, but digits or underscores.
    pub codes: usize,
    /// A word and a number, as "Speaker 1".
    pub numbered: usize,
    /// Addresses of the web and of mail.
    pub addresses: usize,
    /// Strings that end as a question does.
    pub asking: usize,
    /// Strings that begin with a capital, or consist of one.
    pub capitals: usize,
    /// Marks and capitals, which the better of two spellings has more of.
    pub marks: usize,
    /// Tags of HTML.
    pub tagged: usize,
    /// Different values.
    pub distinct: usize,
    /// Changes from one value to the next.
    pub changes: usize,
    /// Times that are not before the one above, and times that are after it by exactly one.
    pub rising: usize,
    pub steps: usize,
    pub times: usize,
}

impl Profile {
    /// Looks at the cells of a column.
    pub(crate) fn of(strings: &Strings<'_>, cells: impl Iterator<Item = Value>) -> Self {
        let mut profile = Self::default();
        let mut seen: HashSet<u64> = HashSet::new();
        let (mut last_value, mut last_time) = (None, None);
        for value in cells {
            let word = match value {
                Value::Text(span) => span.of(strings.text).trim(),
                Value::Number(_) => "",
            };
            if matches!(value, Value::Text(_)) && word.is_empty() {
                continue;
            }
            profile.filled += 1;
            profile.bytes += word.len();
            if profile.seen >= SAMPLE {
                continue;
            }
            profile.seen += 1;
            match value {
                Value::Text(span) => {
                    let word = word.get(..word.floor_char_boundary(HEAD)).unwrap_or(word);
                    profile.string((strings.decode)(word).trim());
                    profile.asking += usize::from(strings.asks(span));
                }
                Value::Number(number) => {
                    profile.numbers += 1;
                    profile.whole += usize::from(number.fract() == 0.0);
                }
            }
            let hash = value.speaker_hash(strings);
            seen.insert(hash);
            profile.changes += usize::from(last_value.replace(hash).is_some_and(|last| last != hash));
            if let Some((time, _)) = value.time(strings.text) {
                profile.times += 1;
                let number = time.number();
                if let Some(last) = last_time.replace(number) {
                    profile.rising += usize::from(number >= last);
                    profile.steps += usize::from((number - last - 1.0).abs() < 1e-9);
                }
            }
        }
        profile.distinct = seen.len();
        profile
    }

    fn string(&mut self, word: &str) {
        self.head += word.len();
        let has_letter = word.contains(char::is_alphabetic);
        self.lettered += usize::from(has_letter);
        self.running += usize::from(is_running(word));
        self.clocks += usize::from(clock::is_clock(word));
        let spaced = word.contains(char::is_whitespace);
        let coded = || {
            word.contains(|c: char| c.is_ascii_digit() || c == '_')
                || (word.len() > 30 && word.is_ascii() && !word.contains('-'))
        };
        self.codes += usize::from(!spaced && coded());
        self.numbered += usize::from(word.rsplit_once(' ').is_some_and(|(name, number)| {
            name.chars().all(char::is_alphabetic) && number.bytes().all(|byte| byte.is_ascii_digit())
        }));
        self.addresses += usize::from(
            !spaced && (word.contains("://") || word.starts_with("www.") || word.contains(['@', '\\', '/'])),
        );
        self.capitals += usize::from(word.starts_with(|c: char| c.is_uppercase() || is_caseless(c)));
        self.marks += word.chars().filter(|c| c.is_uppercase() || c.is_ascii_punctuation()).count();
        self.tagged += usize::from(word.contains("</") || word.contains("<br") || word.contains("<p>"));
    }

    /// The mean length of a cell, in bytes; long cells count as [`HEAD`].
    pub(crate) const fn mean(&self) -> usize {
        match self.head.checked_div(self.seen) {
            Some(mean) => mean,
            None => 0,
        }
    }

    /// Whether most cells are text to read, and none of codes, addresses and times.
    pub(crate) const fn is_text(&self) -> bool {
        self.seen > 0
            && self.lettered * 10 >= self.seen * 6
            && self.clocks * 2 <= self.seen
            && self.codes * 2 <= self.seen
            && self.addresses * 2 <= self.seen
    }

    /// Whether cells have several words.
    pub(crate) const fn is_running(&self) -> bool {
        self.running * 10 >= self.seen * 3
    }

    /// Whether few values return again and again.
    pub(crate) fn repeats(&self) -> bool {
        if self.seen < 50 {
            self.distinct < self.seen && (self.distinct <= 2 || self.distinct * 10 <= self.seen * 6)
        } else {
            // The words of a language are more: their number grows with a higher power (Heaps'
            // law).
            #[expect(clippy::cast_precision_loss, reason = "counts of at most a few thousand")]
            let most = (self.seen as f64).powf(0.6);
            #[expect(clippy::cast_precision_loss, reason = "counts of at most a few thousand")]
            let distinct = self.distinct as f64;
            distinct <= most
        }
    }

    /// Whether the cells hold times that go forward. Numbers that count the rows are none.
    pub(crate) const fn is_time(&self, named: bool) -> bool {
        let pairs = self.times.saturating_sub(1);
        let counts = pairs > 0 && self.steps * 10 >= pairs * 9 && self.clocks == 0;
        let enough = self.times * 10 >= self.seen * 8 && self.times > 0;
        let forward = self.rising * 20 >= pairs * 19;
        let telling = named || self.clocks * 2 > self.seen || (pairs >= 3 && self.distinct > 2);
        enough && forward && telling && (named || !counts)
    }

    /// How well a column fits what was said, of which `names` are its names; 0 where it does not.
    pub(crate) fn text_weight(&self, names: &[String]) -> f64 {
        if !self.is_text() {
            return 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a rough size")]
        let bytes = self.bytes as f64;
        let factor = column_names::text_factor(names);
        let label = factor <= 1.0 && self.mean() <= LONG && self.repeats() && self.seen > 2;
        bytes * factor * if label { 0.05 } else { 1.0 }
    }
}

/// Whether a text ends as a question does.
fn ends_in_question(text: &str) -> bool {
    text.trim_end().trim_end_matches(['"', '”', '»', '\'', '’', ')', '\\']).ends_with(['?', '？', '؟'])
}

/// Letters of scripts without capitals, which have no spaces between words either, or few.
const fn is_caseless(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether no space belongs between two words of which one ends and the other begins with these.
pub(crate) const fn is_unspaced(before: char, after: char) -> bool {
    is_caseless(before) && is_caseless(after)
}

/// Whether a text has several words.
fn is_running(word: &str) -> bool {
    let mut words = word.split_whitespace().filter(|word| word.contains(char::is_alphabetic));
    (words.next().is_some() && words.next().is_some())
        || word.chars().filter(|c| is_caseless(*c)).nth(7).is_some()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn profile(cells: &[&str]) -> (Profile, Vec<(u64, bool)>) {
        let text = cells.join("\n");
        let strings = Strings { text: &text, decode: |text| Cow::Borrowed(text) };
        let mut at = 0;
        let values: Vec<Value> = cells
            .iter()
            .map(|cell| {
                let span = TextSpan::new(at, at + cell.len());
                at = span.end() + 1;
                Value::Text(span)
            })
            .collect();
        let said = values
            .iter()
            .zip([true, false].iter().cycle())
            .map(|(v, asks)| (v.speaker_hash(&strings), *asks));
        let said = said.collect();
        (Profile::of(&strings, values.into_iter()), said)
    }

    #[test]
    fn text_is_neither_ids_nor_names_nor_times() {
        let weight = |cells: &[&str]| profile(cells).0.text_weight(&["x".to_owned()]) > 0.0;
        assert!(weight(&["It froze twice.", "Who paid?"]));
        assert!(!weight(&["k_01", "k_02"]));
        assert!(!weight(&["0:01", "0:02"]));
        assert!(!weight(&["https://example.org/a", "https://example.org/b"]));
    }

    #[test]
    fn times_go_forward_and_do_not_count_rows() {
        let is_time = |cells: &[&str], named| profile(cells).0.is_time(named);
        assert!(is_time(&["0.5", "3.25", "9", "12.5"], false));
        assert!(is_time(&["0:01", "0:05"], false));
        assert!(!is_time(&["1", "2", "3", "4", "5"], false));
        assert!(!is_time(&["0.9", "0.4", "0.7", "0.8"], true));
    }
}
