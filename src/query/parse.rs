//! The grammar: one pass, no recursion, every text has a reading.
//!
//! A sign counts where a word starts and touches what it signs; a quotation mark opens where a word
//! starts and closes at its partner. Anywhere else (`state-of-the-art`, `5" pipe`, `- -`, a lone
//! `"`) it is punctuation, which analysis drops.

use crate::query::Clause;
use crate::query::Occur;

/// Opening quotation marks with the marks that close them.
const QUOTES: [(char, &[char]); 5] = [
    ('"', &['"']),
    ('\u{201C}', &['\u{201D}', '\u{201C}']),
    ('\u{201E}', &['\u{201C}', '\u{201D}']),
    ('\u{00AB}', &['\u{00BB}']),
    ('\u{300C}', &['\u{300D}']),
];

/// The clauses of a query's text. Neighbouring plain words are one clause, so that names of several
/// words can be recognised.
pub(super) fn clauses(text: &str) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    let mut at_start = true;
    while let Some(first) = rest.chars().next() {
        let signed = at_start.then(|| operator(rest)).flatten();
        if let Some((clause, after)) = signed {
            push(&mut clauses, Occur::Should, false, &std::mem::take(&mut plain));
            push(&mut clauses, clause.occur, clause.phrase, &clause.text);
            rest = after;
        } else {
            plain.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
        at_start = signed_or_space(first);
    }
    push(&mut clauses, Occur::Should, false, &plain);
    clauses
}

/// Whether an operator may follow: white space and opening brackets end a word.
fn signed_or_space(previous: char) -> bool {
    previous.is_whitespace() || matches!(previous, '(' | '[' | '{' | '"')
}

/// A signed word, or a phrase with or without a sign, at the start of `text`, and the text after
/// it.
fn operator(text: &str) -> Option<(Clause, &str)> {
    let first = text.chars().next()?;
    let (occur, body) = match first {
        '+' => (Occur::Must, text.get(1..)?),
        '-' | '\u{2212}' => (Occur::MustNot, text.get(first.len_utf8()..)?),
        _ => (Occur::Should, text),
    };
    if let Some((inside, after)) = quoted(body) {
        return Some((Clause { occur, phrase: true, text: inside.to_owned() }, after));
    }
    if occur == Occur::Should || !body.chars().next()?.is_alphanumeric() {
        return None;
    }
    let end = body.find(char::is_whitespace).unwrap_or(body.len());
    let (word, after) = body.split_at_checked(end)?;
    Some((Clause { occur, phrase: false, text: word.to_owned() }, after))
}

/// The inside of a quotation at the start of `text`, and the text after it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let open = text.chars().next()?;
    let (_, closing) = QUOTES.iter().find(|(mark, _)| *mark == open)?;
    let inside = text.get(open.len_utf8()..)?;
    let end = inside.find(*closing)?;
    let (quoted, after) = inside.split_at_checked(end)?;
    let mark = after.chars().next()?;
    Some((quoted, after.get(mark.len_utf8()..).unwrap_or_default()))
}

fn push(clauses: &mut Vec<Clause>, occur: Occur, phrase: bool, text: &str) {
    if has_word(text) {
        clauses.push(Clause { occur, phrase, text: text.trim().to_owned() });
    }
}

fn has_word(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}
