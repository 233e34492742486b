//! What the cells of a column look like: the evidence by which columns of data are told apart.

use std::collections::HashMap;
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
/// Mean length over which cells are text rather than names, in bytes.
const LONG: usize = 60;

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

    /// What makes two speakers one.
    pub(crate) fn speaker_hash(self, text: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        match self {
            Self::Text(span) => speaker_cell::split(span.of(text)).0.hash(&mut hasher),
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
    /// Numbers.
    pub numbers: usize,
    /// Numbers without a fraction.
    whole: usize,
    /// Strings with a letter.
    lettered: usize,
    /// Strings of several words.
    pub running: usize,
    /// Times by their notation.
    clocks: usize,
    /// Identifiers: no space, but digits or underscores.
    codes: usize,
    /// A word and a number, as "Speaker 1".
    numbered: usize,
    /// Addresses of the web and of mail.
    addresses: usize,
    /// Strings that end as a question does.
    pub asking: usize,
    /// Strings that begin with a capital, or consist of one.
    capitals: usize,
    /// Marks and capitals, which the better of two spellings has more of.
    pub marks: usize,
    /// Tags of HTML.
    pub tagged: usize,
    /// Different values.
    pub distinct: usize,
    /// Changes from one value to the next.
    changes: usize,
    /// Times that are not before the one above, and times that are after it by exactly one.
    rising: usize,
    steps: usize,
    times: usize,
}

impl Profile {
    /// Looks at the cells of a column.
    pub(crate) fn of(text: &str, cells: impl Iterator<Item = Value>) -> Self {
        let mut profile = Self::default();
        let mut seen: HashSet<u64> = HashSet::new();
        let (mut last_value, mut last_time) = (None, None);
        for value in cells {
            let word = match value {
                Value::Text(span) => span.of(text).trim(),
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
                Value::Text(_) => profile.string(word),
                Value::Number(number) => {
                    profile.numbers += 1;
                    profile.whole += usize::from(number.fract() == 0.0);
                }
            }
            let hash = value.speaker_hash(text);
            seen.insert(hash);
            profile.changes += usize::from(last_value.replace(hash).is_some_and(|last| last != hash));
            if let Some((time, _)) = value.time(text) {
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
        self.asking += usize::from(ends_in_question(word));
        let word = word.get(..word.floor_char_boundary(HEAD)).unwrap_or(word);
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

    /// The mean length of a cell, in bytes.
    pub(crate) const fn mean(&self) -> usize {
        match self.bytes.checked_div(self.filled) {
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
            // The words of a language are more: their number grows with a higher power (Heaps' law).
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

    /// How well a column fits the speakers of what `said` holds: for each row, the speaker's hash and whether
    /// the text asks. `None` where it cannot be that. `rows` is the number of rows with text.
    pub(crate) fn speaker_score(
        &self,
        names: &[String],
        rows: usize,
        said: impl Iterator<Item = (u64, bool)>,
    ) -> Option<f64> {
        /// Less evidence than this names nobody.
        const ENOUGH: f64 = 3.5;
        let by_name = column_names::speaker_evidence(names);
        let known = by_name >= 4.0;
        let numeric = self.numbers * 2 > self.seen;
        if self.seen == 0
            || self.mean() > LONG
            || (numeric && (self.whole < self.numbers || self.distinct > 100))
            || (numeric && self.seen > 3 && self.steps * 10 >= (self.seen - 1) * 9)
            || self.clocks * 2 > self.seen
            || self.addresses * 4 > self.seen
            || (self.running * 2 > self.seen && self.asking * 4 > self.seen)
            || (!known && (self.distinct < 2 || !self.repeats() || self.filled * 10 < rows * 6))
        {
            return None;
        }
        let ratio = |part: usize| {
            #[expect(clippy::cast_precision_loss, reason = "counts of at most a few thousand")]
            let ratio = part as f64 / self.seen as f64;
            ratio
        };
        let (separation, speakers, sampled) = separation(said);
        if !known && sampled > 3 && speakers > 2 && speakers * 10 > sampled * 6 {
            return None;
        }
        let mut score = by_name + ratio(self.capitals) + separation * 3.0;
        score += if self.distinct >= 2 && self.repeats() { 2.0 } else { 0.0 };
        score +=
            if (self.codes.max(self.numbered)) * 2 > self.seen && self.distinct >= 2 { 0.7 } else { 0.0 };
        score -= if self.seen > 40 && ratio(self.changes) < 0.03 { 2.0 } else { 0.0 };
        // A name decides the role and the party; of several columns the finest is the name.
        #[expect(clippy::cast_precision_loss, reason = "a number up to five")]
        let fine = self.distinct.min(5) as f64 * 0.1;
        (score >= ENOUGH).then_some(score + fine)
    }
}

/// How far the values of a column set questions apart from the rest: the share of the variance that they explain,
/// less what as many values explain by chance (the adjusted coefficient of determination), from 0 to 1. And how
/// many values and rows there are.
fn separation(said: impl Iterator<Item = (u64, bool)>) -> (f64, usize, usize) {
    let mut groups: HashMap<u64, (f64, f64)> = HashMap::new();
    let (mut rows, mut asking) = (0_u32, 0.0_f64);
    for (speaker, asks) in said.take(SAMPLE) {
        let group = groups.entry(speaker).or_default();
        group.0 += 1.0;
        rows += 1;
        if asks {
            group.1 += 1.0;
            asking += 1.0;
        }
    }
    let values = groups.len();
    let sampled = usize::try_from(rows).unwrap_or(SAMPLE);
    let rows = f64::from(rows);
    if sampled < 4 || asking < 1.0 || asking >= rows || values >= sampled {
        return (0.0, values, sampled);
    }
    let share = asking / rows;
    let mut between: Vec<f64> =
        groups.into_values().map(|(rows, asking)| rows * (asking / rows - share).powi(2)).collect();
    // A sum of floating-point numbers depends on their order, which a hash map does not fix.
    between.sort_by(f64::total_cmp);
    let explained = between.iter().sum::<f64>() / (rows * share * (1.0 - share));
    #[expect(clippy::cast_precision_loss, reason = "counts of at most a few thousand")]
    let freedom = (sampled - 1) as f64 / (sampled - values) as f64;
    ((1.0 - (1.0 - explained) * freedom).max(0.0), values, sampled)
}

/// Whether a text ends as a question does.
pub(crate) fn ends_in_question(text: &str) -> bool {
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
mod tests {
    use super::*;

    fn profile(cells: &[&str]) -> (Profile, Vec<(u64, bool)>) {
        let text = cells.join("\n");
        let mut at = 0;
        let values: Vec<Value> = cells
            .iter()
            .map(|cell| {
                let span = TextSpan::new(at, at + cell.len());
                at = span.end() + 1;
                Value::Text(span)
            })
            .collect();
        let said =
            values.iter().zip([true, false].iter().cycle()).map(|(v, asks)| (v.speaker_hash(&text), *asks));
        let said = said.collect();
        (Profile::of(&text, values.into_iter()), said)
    }

    #[test]
    fn speakers_are_few_short_values_that_set_questions_apart() {
        let score = |name: &str, cells: &[&str]| {
            let (profile, said) = profile(cells);
            profile.speaker_score(&[name.to_owned()], cells.len(), said.into_iter())
        };
        assert!(score("x", &["IR", "KB", "IR", "KB", "IR", "KB"]).is_some());
        assert!(score("speaker", &["Ann", "Bob"]).is_some());
        assert!(score("x", &["Ann (0:01)", "Bob (0:04)", "Ann (0:09)", "Bob (1:15)"]).is_some());
        // Something about the words, a count of the rows, times, and what never returns.
        assert!(score("type", &["Word", "Mark", "Word", "Mark", "Word", "Mark"]).is_none());
        assert!(score("x", &["warm", "warm", "cold", "warm", "cold", "cold"]).is_none());
        assert!(score("x", &["0:01", "0:01", "0:02", "0:02", "0:03", "0:03"]).is_none());
        assert!(score("x", &["Ann", "Bob", "Cem", "Dag", "Eva", "Fay"]).is_none());
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
