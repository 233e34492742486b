//! Phrases that are looked for anywhere in a text, all of them in one pass over it.

use crate::segmentation::language_data::table::Table;

/// How many pairs of bytes there are.
const PAIRS: usize = 1 << 16;

/// Phrases in lower case, each of two bytes or more.
#[derive(Debug)]
pub(crate) struct Phrases {
    table: Table,
    /// One bit for each pair of bytes: whether a phrase begins with it. Few places of a text have
    /// such a pair, and only they are compared with phrases.
    openings: Vec<u64>,
}

impl Phrases {
    /// The phrases of a table.
    pub(crate) fn of(table: Table) -> Self {
        let mut openings = vec![0; PAIRS / 64];
        for phrase in table.entries() {
            if let [first, second, ..] = phrase.as_bytes() {
                let (word, bit) = place(*first, *second);
                if let Some(slot) = openings.get_mut(word) {
                    *slot |= bit;
                }
            }
        }
        Self { table, openings }
    }

    /// Whether a text has one of the phrases somewhere in it.
    pub(crate) fn any_within(&self, text: &str) -> bool {
        self.within(text).next().is_some()
    }

    /// Whether a text has two different ones.
    pub(crate) fn two_within(&self, text: &str) -> bool {
        let mut found = self.within(text);
        let first = found.next();
        first.is_some() && found.any(|phrase| Some(phrase) != first)
    }

    /// The phrases in a text, in order of their places.
    fn within<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'static str> + 'a {
        let opens = |pair: &[u8]| {
            let &[first, second] = pair else { return false };
            let (word, bit) = place(first, second);
            self.openings.get(word).is_some_and(|bits| bits & bit != 0)
        };
        let places = text.as_bytes().windows(2).enumerate().filter(move |(_, pair)| opens(pair));
        places.flat_map(move |(at, _)| {
            let rest = text.get(at..).unwrap_or_default();
            self.table.bucket(rest).iter().copied().filter(move |phrase| rest.starts_with(phrase))
        })
    }
}

/// The place of a pair of bytes: its word and its bit there.
fn place(first: u8, second: u8) -> (usize, u64) {
    (usize::from(first) * 4 + usize::from(second / 64), 1 << (second % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_wherever_they_are() {
        let phrases =
            Phrases::of(Table::of(vec!["the floor is yours", "the floor", "слово имеет", "请提问"]));
        for text in ["so the floor is yours", "bathe floors", "Вам слово имеет", "好，请提问"]
        {
            assert!(phrases.any_within(text), "{text}");
        }
        for text in ["", "t", "the", "the floo", "slower", "请"] {
            assert!(!phrases.any_within(text), "{text}");
        }
        assert!(phrases.two_within("the floor is yours"));
        assert!(!phrases.two_within("the floor and the floor"));
    }
}
