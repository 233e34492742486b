//! Lists of publications.

use crate::segmentation::boilerplate::candidate_lines::Boilerplate;
use crate::segmentation::boilerplate::candidate_lines::Lines;
use crate::segmentation::language_data::sentences;

/// Longest entry, in bytes.
const LONGEST: usize = 600;
/// Fewest entries in a row that make a list.
const FEWEST: usize = 2;
/// Most words of the list's heading.
const HEADING_WORDS: usize = 6;
/// Fewest signs, besides the year, by which an entry is known.
const FEWEST_SIGNS: usize = 2;

/// Marks runs of entries, with the heading before them.
pub(crate) fn mark(lines: Lines<'_>, found: &mut [Option<Boilerplate>]) {
    let mut at = 0;
    while at < lines.len() {
        let start = at;
        while lines.text(at).is_some_and(is_reference) {
            at += 1;
        }
        if at - start >= FEWEST {
            let heading = start.checked_sub(1).filter(|before| lines.text(*before).is_some_and(is_heading));
            let first = heading.unwrap_or(start);
            for slot in found.iter_mut().take(at).skip(first).filter(|slot| slot.is_none()) {
                *slot = Some(Boilerplate::References);
            }
        }
        at = at.max(start + 1);
    }
}

/// Whether a short line without a stop can be the heading of a list.
fn is_heading(text: &str) -> bool {
    sentences::count_words(text) <= HEADING_WORDS
        && !sentences::ends_in_mark(text.trim_end_matches([':', '：']))
        && text.starts_with(|c: char| !c.is_lowercase())
        && !text.trim_end_matches([':', '：']).contains([':', '：'])
}

/// Whether a line cites a publication: it begins as an entry does, has a year, and signs such as
/// initials, pages, a volume, an identifier.
fn is_reference(text: &str) -> bool {
    if text.len() > LONGEST || !opens_entry(text) || !has_year(text) {
        return false;
    }
    let lower = text.to_lowercase();
    let initials = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '('))
        .filter(|word| is_initials(word))
        .count();
    let has = |signs: &[&str]| signs.iter().any(|sign| lower.contains(sign));
    let signs = [
        initials >= 1,
        initials >= 2,
        numbers_joined(text, &['-', '–', '‑']),
        numbers_joined(text, &[':']),
        has(&["et al", " eds.", "(ed.)", "(hg.)", "(hrsg.)"]),
        has(&[" pp.", " p. ", " vol.", " no.", " s. ", " bd."]),
        has(&["doi", "isbn", "arxiv", "issn", "http"]),
    ];
    signs.iter().filter(|there| **there).count() >= FEWEST_SIGNS
}

/// Whether a line opens as an entry does: with a year, a number in brackets or with a point, or a
/// family name and initials.
fn opens_entry(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..).unwrap_or_default();
    if digits == 4 || ((1..=3).contains(&digits) && rest.starts_with(['.', ')'])) || text.starts_with('[') {
        return true;
    }
    let mut words = text.split_whitespace();
    let family = words.next().is_some_and(|word| word.ends_with(',') && word.starts_with(char::is_uppercase));
    family && words.next().is_some_and(is_initials)
}

/// Whether a word is one or more initials with points: `J.`, `A.-M.`, `D.C.`.
fn is_initials(word: &str) -> bool {
    let word = word.trim_end_matches([',', ';', ':', ')']);
    !word.is_empty()
        && word.ends_with('.')
        && word.split_terminator('.').all(|initial| {
            let initial = initial.trim_start_matches('-');
            initial.chars().count() == 1 && initial.starts_with(char::is_uppercase)
        })
}

/// Whether a text has a year.
fn has_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|number| {
        number.len() == 4 && number.parse::<u16>().is_ok_and(|year| (1500..2100).contains(&year))
    })
}

/// Whether two numbers have one of the marks between them, as pages and volumes do.
fn numbers_joined(text: &str, marks: &[char]) -> bool {
    let mut before = None;
    text.char_indices().any(|(at, c)| {
        let joined = marks.contains(&c)
            && before.is_some_and(|b: char| b.is_ascii_digit())
            && text
                .get(at + c.len_utf8()..)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        before = Some(c);
        joined
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_have_a_year_and_two_signs() {
        for reference in [
            "1954  Brink, C.; Brandt, O. Ice on the lower Reed. Harbour Notes 174:1169-1171.",
            "[3] A. Moreau and J. Petit, Les cordes, Paris, 1988, pp. 12-19.",
            "Keller, M. (2001). Seile und Knoten. Bd. 3, S. 14–20.",
        ] {
            assert!(is_reference(reference), "{reference}");
        }
        for said in [
            "In 1954 J. R. Brink and I went down to the lower Reed.",
            "1954 was the year in which we built it.",
            "1940.",
            "BRANDT: In 1954, with D. C. Lark.",
        ] {
            assert!(!is_reference(said), "{said}");
        }
    }
}
