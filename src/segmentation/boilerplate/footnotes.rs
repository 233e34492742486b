//! Footnotes: lines that begin with a number in brackets to which the text before them refers.

use std::collections::BTreeSet;

use crate::segmentation::boilerplate::candidate_lines::Boilerplate;
use crate::segmentation::boilerplate::candidate_lines::Lines;

/// Most digits of a footnote's number.
const DIGITS: usize = 3;

/// Marks lines that begin with the number of a reference in an earlier line, with the lines that go
/// on with them.
pub(crate) fn mark(lines: Lines<'_>, found: &mut [Option<Boilerplate>]) {
    let mut referred: BTreeSet<&str> = BTreeSet::new();
    let mut note_in = None;
    for at in 0..lines.len() {
        let block = lines.lines.get(at).map(|line| line.block);
        let Some(text) = lines.text(at) else { continue };
        let number = leading(text);
        let goes_on = number.is_none() && note_in.is_some() && note_in == block;
        note_in =
            if number.is_some_and(|number| referred.contains(number)) || goes_on { block } else { None };
        if note_in.is_some() {
            if let Some(slot) = found.get_mut(at).filter(|slot| slot.is_none()) {
                *slot = Some(Boilerplate::Footnote);
            }
        } else {
            references(text, &mut referred);
        }
    }
}

/// The number in brackets at the start of a note.
fn leading(text: &str) -> Option<&str> {
    let (number, note) = text.strip_prefix('[')?.split_once(']')?;
    (is_number(number) && note.starts_with([' ', '\t', ':', '.'])).then_some(number)
}

/// Adds the numbers in brackets that follow a word or a mark directly.
fn references<'a>(text: &'a str, referred: &mut BTreeSet<&'a str>) {
    for (at, _) in text.match_indices('[') {
        let attached =
            text.get(..at).is_some_and(|before| before.ends_with(|c: char| !c.is_whitespace() && c != '['));
        let number = text.get(at + 1..).and_then(|rest| rest.split_once(']')).map(|(number, _)| number);
        referred.extend(number.filter(|number| attached && is_number(number)));
    }
}

fn is_number(text: &str) -> bool {
    (1..=DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}
