//! Words cut at the end of a line.

use std::collections::HashSet;

use crate::extraction::pdf::layout::line::Line;

/// The longest word that is put together.
const LONGEST_WORD: usize = 64;

/// The fewest words that were surely cut which show that a document cuts words wherever it can.
const FEWEST_CUTS: usize = 3;

/// A word that a hyphen at the end of a line leaves in doubt.
struct Doubt {
    half: String,
    rest: String,
    is_soft: bool,
}

impl Doubt {
    /// The word at the end of `line` that may go on in `next`.
    fn of(line: &Line, next: &Line) -> Option<Self> {
        let half = cut_word(line).filter(|_| next.begins_lowercase())?;
        let rest = next.text().split_whitespace().next()?.to_owned();
        Some(Self { half, rest, is_soft: line.text().trim_end().ends_with('\u{AD}') })
    }

    /// Whether both halves are words, so that the hyphen may be part of the whole word.
    fn may_be_compound(&self, words: &HashSet<String>) -> bool {
        !self.is_soft && words.contains(&bare(&self.half)) && words.contains(&bare(&self.rest))
    }

    /// Whether the hyphen is kept.
    fn is_compound(&self, words: &HashSet<String>, cuts_words: bool) -> bool {
        if self.is_soft || words.contains(&bare(&format!("{}{}", self.half, self.rest))) {
            return false;
        }
        words.contains(&bare(&format!("{}-{}", self.half, self.rest)))
            || self.half.contains('-')
            || !cuts_words && self.may_be_compound(words)
    }
}

/// Joins words that are cut at the end of a line. The hyphen goes, unless the document has the word
/// with it; where it does not cut words in general, also unless both halves are words.
pub(crate) fn join(pages: &mut [Vec<&mut Line>]) {
    let words = words(pages);
    let mut flat: Vec<&mut Line> = pages.iter_mut().flatten().map(|line| &mut **line).collect();
    let doubts: Vec<Option<Doubt>> =
        flat.windows(2).map(|pair| if let [a, b] = pair { Doubt::of(a, b) } else { None }).collect();
    let (compound, cut): (Vec<&Doubt>, Vec<&Doubt>) =
        doubts.iter().flatten().partition(|doubt| doubt.may_be_compound(&words));
    let cuts_words = cut.len() >= FEWEST_CUTS && cut.len() >= compound.len();
    for (line, doubt) in flat.iter_mut().zip(&doubts) {
        if let Some(doubt) = doubt {
            remove_hyphen(line, doubt.is_compound(&words, cuts_words));
        }
    }
}

/// The words of the document, but for those at the end of a line that may be halves.
fn words(pages: &[Vec<&mut Line>]) -> HashSet<String> {
    let mut words: HashSet<String> = HashSet::new();
    for line in pages.iter().flatten() {
        let text = line.text();
        let whole = text.trim_end().strip_suffix(['-', '\u{AD}', '‐']).map_or(text.as_str(), |text| {
            text.rsplit_once(char::is_whitespace).map_or("", |(before, _)| before)
        });
        words.extend(whole.split_whitespace().map(bare));
    }
    words
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric())
        .chars()
        .take(LONGEST_WORD)
        .collect::<String>()
        .to_lowercase()
}

/// The part of a word before a hyphen at the end of the line.
fn cut_word(line: &Line) -> Option<String> {
    let text = line.text();
    let word = text.trim_end().strip_suffix(['-', '\u{AD}', '‐'])?.rsplit(char::is_whitespace).next()?;
    (word.ends_with(char::is_alphabetic) && word.len() <= LONGEST_WORD).then(|| word.to_owned())
}

/// Marks the line's last word as cut, and takes its hyphen unless it is kept.
fn remove_hyphen(line: &mut Line, is_kept: bool) {
    while let Some((text, ..)) = line.parts.last_mut() {
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            if !is_kept {
                text.pop();
            }
            break;
        }
        line.parts.pop();
    }
    line.is_cut = true;
}
