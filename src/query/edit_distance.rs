//! How many typing errors lie between two words.

/// The most characters of a word that typing errors are looked for in.
const LONGEST: usize = 32;

/// How many typing errors a word is taken to have at most, by its characters: none in a short one,
/// which is near to too many others.
#[must_use]
pub fn errors_allowed(word: &str) -> u8 {
    match word.chars().count() {
        0..=3 => 0,
        4..=5 => 1,
        6..=LONGEST => 2,
        _ => 0,
    }
}

/// The Damerau-Levenshtein distance of two words (optimal string alignment): how many characters
/// have to be inserted, deleted or replaced, or neighbours exchanged; `None` above `most`. Linear in
/// memory; the cost is the product of the lengths.
#[must_use]
pub fn edit_distance(one: &str, other: &str, most: u8) -> Option<u8> {
    Mistyped::new(one, most).distance(other)
}

/// A word to compare with many, most of which are nothing like it.
#[derive(Clone, Copy, Debug)]
pub struct Mistyped<'w> {
    word: &'w str,
    most: u8,
    length: usize,
    letters: u64,
}

impl<'w> Mistyped<'w> {
    /// A word that has at most so many typing errors.
    #[must_use]
    pub fn new(word: &'w str, most: u8) -> Self {
        let length = word.chars().take(LONGEST + usize::from(most) + 1).count();
        Self { word, most, length, letters: letters(word) }
    }

    /// The [`edit_distance`] to another word.
    #[must_use]
    pub fn distance(&self, other: &str) -> Option<u8> {
        let most = usize::from(self.most);
        // An error changes at most two letters of the set that a word has.
        if (self.letters ^ letters(other)).count_ones() as usize > 2 * most {
            return None;
        }
        let length = other.chars().take(LONGEST + most + 1).count();
        if length.abs_diff(self.length) > most { None } else { counted(self.word, other, most) }
    }
}

/// The distance, row by row of the matrix of both words' characters.
fn counted(one: &str, other: &str, most: usize) -> Option<u8> {
    let other: Vec<char> = other.chars().take(LONGEST + most + 1).collect();
    // The rows of the matrix for the last two characters of `one`, and for the present one.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    let mut previous = None;
    for (row, letter) in one.chars().take(LONGEST + most + 1).enumerate() {
        let mut present = Vec::with_capacity(last.len());
        present.push(row + 1);
        for (column, with) in other.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&last, column) + usize::from(letter != *with);
            let mut edits = replaced.min(at(&last, column + 1) + 1).min(at(&present, column) + 1);
            let left = column.checked_sub(1).and_then(|left| Some((left, *other.get(left)?)));
            if let Some((left, neighbour)) = left
                && previous == Some(*with)
                && letter == neighbour
            {
                edits = edits.min(at(&before, left) + 1);
            }
            present.push(edits);
        }
        if present.iter().all(|distance| *distance > most) {
            return None;
        }
        before = std::mem::replace(&mut last, present);
        previous = Some(letter);
    }
    last.last().filter(|distance| **distance <= most).and_then(|distance| u8::try_from(*distance).ok())
}

/// The letters of a word as a set of 64, in which several letters may be one.
fn letters(word: &str) -> u64 {
    if word.is_ascii() {
        // The same set, without decoding.
        return word.bytes().take(LONGEST).fold(0, |set, letter| set | 1 << (letter % 64));
    }
    word.chars().take(LONGEST).fold(0, |set, letter| set | 1 << (u32::from(letter) % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_counted() {
        for (one, other, expect) in [
            ("", "", Some(0)),
            ("threts", "threats", Some(1)),
            ("thraets", "threats", Some(1)),
            ("threats", "threts", Some(1)),
            ("abcd", "badc", Some(2)),
            ("ünïcode", "unicode", Some(2)),
            ("abc", "xyz", None),
            ("abc", "abcdef", None),
            ("a", "", Some(1)),
        ] {
            assert_eq!(edit_distance(one, other, 2), expect, "{one} {other}");
            assert_eq!(edit_distance(other, one, 2), expect, "{other} {one}");
        }
        assert_eq!(edit_distance("abc", "abd", 0), None);
        assert_eq!(edit_distance(&"a".repeat(9000), &"a".repeat(9000), 2), Some(0));
        assert_eq!(["the", "four", "eleven"].map(errors_allowed), [0, 1, 2]);
        assert_eq!(errors_allowed(&"a".repeat(33)), 0);
    }
}
