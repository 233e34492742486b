//! The head of a line as a pattern of tokens: name, time, brackets and signs in any order.

use crate::segmentation::labels::candidate::LONGEST;
use crate::segmentation::labels::stamps;
use crate::segmentation::language_data::lexicon;
use crate::segmentation::language_data::sentences;
use crate::span::TextSpan;

/// One part of a line's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Token {
    /// A time or a range of times, with or without brackets.
    Stamp,
    /// A name that a sign, a time, a wide gap or the line's end follows.
    Name,
    /// A name in brackets that open with this character.
    Boxed(char),
    /// One word after a time, with nothing but a space between it and what is said.
    Word,
    /// A sign that sets parts off; similar signs are one.
    Sign(char),
    /// A number before the name.
    Number,
    /// White space too wide to part words.
    Gap,
    /// The end of the line between a name and its time.
    Break,
}

/// The head of a line: what is before the speech.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// Its tokens, in order.
    pub pattern: Vec<Token>,
    /// The place of the name.
    pub name: Option<TextSpan>,
    /// The start of the speech.
    pub end: usize,
    /// Whether nothing is said on the line.
    pub whole: bool,
}

impl Head {
    /// Whether a time is part of it.
    pub(crate) fn is_stamped(&self) -> bool {
        self.pattern.contains(&Token::Stamp)
    }

    /// Whether it is a name and a colon, maybe with a time or a sign before it.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.pattern.as_slice(), [.., Token::Name, Token::Sign(':')])
            && !self.pattern.iter().any(|token| matches!(token, Token::Sign('|' | ';')))
    }
}

/// Brackets that may enclose a name.
const BOXES: [(char, char); 12] = [
    ('[', ']'),
    ('(', ')'),
    ('{', '}'),
    ('<', '>'),
    ('【', '】'),
    ('（', '）'),
    ('〔', '〕'),
    ('［', '］'),
    ('〈', '〉'),
    ('“', '”'),
    ('"', '"'),
    ('*', '*'),
];
/// Most words of a name in a head.
const MOST_WORDS: usize = 6;
/// Longest word that a point cuts short, with the point.
const CUT_SHORT: usize = 3;
/// Most tokens of a head.
const MOST_TOKENS: usize = 8;

/// Reads the head of a line; `None` where the line begins with speech.
pub(crate) fn parse(text: &str, line: TextSpan) -> Option<Head> {
    let mut parser = Parser { text, at: line.start(), end: line.end(), pattern: Vec::new(), name: None };
    while parser.pattern.len() < MOST_TOKENS && parser.step() {}
    let Parser { at, pattern, name, .. } = parser;
    let rest = TextSpan::new(at, line.end()).trimmed(text);
    let end = if rest.is_empty() { line.end() } else { rest.start() };
    let named = name.is_some() || pattern == [Token::Stamp];
    named.then_some(Head { pattern, name, end, whole: rest.is_empty() })
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    end: usize,
    pattern: Vec<Token>,
    name: Option<TextSpan>,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    /// Reads one token; false where the head ends.
    fn step(&mut self) -> bool {
        let raw = self.rest();
        let rest = raw.trim_start();
        let gap = raw.get(..raw.len() - rest.len()).unwrap_or_default();
        if rest.is_empty() {
            return false;
        }
        let stamped = self.pattern.contains(&Token::Stamp);
        let stamp = stamps::stamp_len(rest).filter(|_| !stamped);
        if self.name.is_some() && stamp.is_none() && is_wide(gap) {
            self.pattern.push(Token::Gap);
            return false;
        }
        let Some(first) = rest.chars().next() else { return false };
        let start = self.at + gap.len();
        if let Some(len) = stamp {
            self.pattern.push(Token::Stamp);
            self.at = start + len;
            return true;
        }
        if self.name.is_some() {
            return self.after_name(start, rest, first);
        }
        if let Some(close) = BOXES.iter().find(|(open, _)| *open == first).map(|(_, close)| *close)
            && (self.boxed(start, rest, first, close) || sign(first).is_none())
        {
            return self.name.is_some();
        }
        if self.pattern.is_empty()
            && let Some(len) = number_len(rest)
        {
            self.pattern.push(Token::Number);
            self.at = start + len;
            return true;
        }
        if let Some(sign) = sign(first) {
            let run = rest.len() - rest.trim_start_matches(first).len();
            self.pattern.push(Token::Sign(sign));
            self.at = start + run;
            return true;
        }
        self.plain(start, rest)
    }

    /// Reads the part after a name: a sign, and after it only a time.
    fn after_name(&mut self, start: usize, rest: &str, first: char) -> bool {
        let Some(sign) = sign(first) else { return false };
        let len = rest.len() - rest.trim_start_matches(first).len();
        let after = rest.get(len..).unwrap_or_default();
        let stamp_follows =
            !self.pattern.contains(&Token::Stamp) && stamps::stamp_len(after.trim_start()).is_some();
        let ends = matches!(sign, ':' | ';' | '>' | '|' | '.')
            || (sign == '-' && (after.is_empty() || after.starts_with(char::is_whitespace)));
        if !ends && !stamp_follows {
            return false;
        }
        self.pattern.push(Token::Sign(sign));
        self.at = start + len;
        stamp_follows
    }

    /// A name in brackets, maybe with a time in them.
    fn boxed(&mut self, start: usize, rest: &str, open: char, close: char) -> bool {
        let head = sentences::head(rest, LONGEST);
        let Some(end) = head.char_indices().skip(1).find(|(_, c)| *c == close).map(|(at, _)| at) else {
            return false;
        };
        let inside = head.get(open.len_utf8()..end).unwrap_or_default();
        let base = start + open.len_utf8();
        let (name, timed) = without_stamp(self.text, TextSpan::new(base, base + inside.len()));
        if !is_name_like(name.of(self.text)) {
            return false;
        }
        self.pattern.push(Token::Boxed(open));
        if timed {
            self.pattern.push(Token::Stamp);
        }
        self.name = Some(name);
        self.at = start + end + close.len_utf8();
        true
    }

    /// A name without brackets.
    fn plain(&mut self, start: usize, rest: &str) -> bool {
        let stamped = self.pattern.contains(&Token::Stamp);
        // A code after a time is the name, and the rest of the line is said.
        let code = word_len(rest);
        let coded = stamped
            && code > 0
            && rest.get(..code).is_some_and(|word| word.contains(|c: char| c.is_ascii_digit() || c == '_'));
        if let Some(len) = name_len(rest).filter(|len| !coded || *len <= code || *len < rest.len()) {
            let name = TextSpan::new(start, start + len).trimmed(self.text);
            let bare = name.of(self.text).trim_end_matches([',', ' ']);
            self.name = Some(TextSpan::new(name.start(), name.start() + bare.len()));
            self.pattern.push(Token::Name);
            self.at = start + len;
            return true;
        }
        if stamped && code > 0 {
            self.name = Some(TextSpan::new(start, start + code));
            self.pattern.push(Token::Word);
            self.at = start + code;
        }
        false
    }
}

/// A bracket's inside without the time at its start or end.
fn without_stamp(text: &str, span: TextSpan) -> (TextSpan, bool) {
    const PARTING: [char; 8] = [' ', ',', '-', '–', '—', '|', ':', ';'];
    let span = span.trimmed(text);
    let inside = span.of(text);
    if let Some(len) = stamps::stamp_len(inside) {
        let rest = inside.get(len..).unwrap_or_default().trim_start_matches(PARTING);
        return (TextSpan::new(span.end() - rest.len(), span.end()), true);
    }
    let at = inside.char_indices().map(|(at, _)| at).find(|at| {
        inside.get(..*at).is_some_and(|before| before.ends_with(PARTING))
            && inside.get(*at..).is_some_and(stamps::is_stamp)
    });
    match at {
        Some(at) => {
            let name = inside.get(..at).unwrap_or_default().trim_end_matches(PARTING);
            (TextSpan::new(span.start(), span.start() + name.len()), true)
        }
        None => (span, false),
    }
}

/// The length of the name at the start of a text: up to a sign, a time, a wide gap or the end.
fn name_len(text: &str) -> Option<usize> {
    let head = sentences::head(text, LONGEST);
    let mut words = 1;
    let mut chars = head.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = head.get(at + c.len_utf8()..).unwrap_or_default();
        let name = || Some(at).filter(|at| head.get(..*at).is_some_and(is_name_like));
        match c {
            ':' => {
                let joined = after.starts_with(|c: char| c.is_alphanumeric() && !sentences::is_cjk(c));
                return if joined || after.starts_with('/') { None } else { name() };
            }
            '：' | '；' | '|' | '>' | '\t' | '\u{3000}' => return name(),
            ';' => return if after.starts_with(char::is_alphanumeric) { None } else { name() },
            '.' if after.starts_with(' ') && head.get(..at).is_some_and(is_short_label) => return name(),
            '?' | '!' | '？' | '！' | '。' | '"' | '“' | '”' | '、' | '，' => return None,
            ' ' | '\u{a0}' => {
                let next = after.chars().next()?;
                let ends = next.is_whitespace()
                    || (matches!(next, '-' | '–' | '—' | '―')
                        && after
                            .get(next.len_utf8()..)
                            .is_none_or(|rest| rest.starts_with([' ', '-', '>']) || rest.is_empty()))
                    || stamps::stamp_len(after.trim_start()).is_some();
                if ends {
                    return name();
                }
                words += 1;
                if words > MOST_WORDS {
                    return None;
                }
            }
            '[' | '<' | '{' | '【' | '#' => {
                let rest = head.get(at..).unwrap_or_default();
                return if stamps::stamp_len(rest).is_some() { name() } else { None };
            }
            '(' | '（' => {
                let rest = head.get(at..).unwrap_or_default();
                if stamps::stamp_len(rest).is_some() {
                    return name();
                }
                // An affiliation belongs to the name.
                let close = rest.find([')', '）'])?;
                while chars.peek().is_some_and(|(next, _)| *next < at + close) {
                    chars.next();
                }
            }
            _ => {}
        }
    }
    // A line that ends as a sentence does is speech, unless a title or an initial ends it.
    let last = head.rsplit(' ').next().unwrap_or_default();
    let sentence = last.ends_with('.') && last.chars().count() > CUT_SHORT;
    (head.len() == text.len() && !sentence && is_name_like(head)).then_some(head.len())
}

/// Whether a word that a point follows can be a label: in capitals, and no title that is cut short.
fn is_short_label(word: &str) -> bool {
    (2..=5).contains(&word.chars().count())
        && word.chars().all(char::is_uppercase)
        && !lexicon::title(&word.to_lowercase())
        && !lexicon::office(&word.to_lowercase())
}

/// The length of the word at the start of a text, with its number: `SPEAKER_00`, `Speaker 1`.
fn word_len(text: &str) -> usize {
    let word = text.split(char::is_whitespace).next().unwrap_or_default();
    let shaped = word.starts_with(char::is_alphabetic)
        && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if !shaped {
        return 0;
    }
    let after = text.get(word.len()..).unwrap_or_default();
    let digits = after.strip_prefix(' ').map_or(0, |rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && digits < 3 && rest.get(digits..).is_some_and(|rest| rest.starts_with(' ')) {
            digits + 1
        } else {
            0
        }
    });
    word.len() + digits
}

/// A number of a turn with its sign: `12.`, `12)`, `#12`.
fn number_len(text: &str) -> Option<usize> {
    let hash = usize::from(text.starts_with('#'));
    let digits = text.get(hash..)?.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(hash + digits..)?;
    let sign = if hash == 0 {
        rest.chars().next().filter(|c| matches!(c, '.' | ')' | '）' | '．'))?.len_utf8()
    } else {
        0
    };
    ((1..=4).contains(&digits) && rest.get(sign..)?.starts_with([' ', '\t'])).then_some(hash + digits + sign)
}

/// The sign that a character is; similar signs are one.
fn sign(c: char) -> Option<char> {
    match c {
        ':' | '：' => Some(':'),
        ';' | '；' => Some(';'),
        '-' | '–' | '—' | '―' => Some('-'),
        '|' | '｜' => Some('|'),
        '>' | '»' | '›' => Some('>'),
        '.' => Some('.'),
        '•' | '*' | '▶' | '►' | '■' | '●' | '◆' | '◇' | '○' | '□' => Some('•'),
        _ => None,
    }
}

/// Whether white space is too wide to part words.
fn is_wide(gap: &str) -> bool {
    gap.contains(['\t', '\u{3000}']) || gap.chars().nth(1).is_some()
}

/// Whether a stretch can be a name by its form alone.
fn is_name_like(name: &str) -> bool {
    let name = name.trim();
    let words = name.split_whitespace().count();
    let stops = name.split_whitespace().rev().skip(1).any(|word| {
        // A title or an initial may end in a point inside a name.
        word.ends_with('.') && word.chars().filter(|c| c.is_alphabetic()).count() > 4
    });
    (1..=MOST_WORDS).contains(&words)
        && name.chars().any(char::is_alphabetic)
        && !name.contains(['?', '!', '"', '“', '”', '。', '？', '！', '='])
        && !name.split('(').next().unwrap_or_default().contains('/')
        && !name.ends_with('…')
        && !stops
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, pattern: &[Token], name: &str, said: &str) {
        let head = parse(line, TextSpan::new(0, line.len())).unwrap();
        assert_eq!(head.pattern, pattern, "{line}");
        assert_eq!(head.name.map_or("", |name| name.of(line)), name, "{line}");
        assert_eq!(line.get(head.end..).unwrap(), said, "{line}");
    }

    #[test]
    fn heads_of_many_patterns() {
        use Token::{Boxed, Gap, Name, Number, Sign, Stamp, Word};
        check("[Mira Holt] 11:59:10", &[Boxed('['), Stamp], "Mira Holt", "");
        check("00:00:05 [Mira Holt]", &[Stamp, Boxed('[')], "Mira Holt", "");
        check("[Ida] (0:01 - 0:11)", &[Boxed('['), Stamp], "Ida", "");
        check("SPEAKER_00 [00:00:00.031 - 00:00:03.200]", &[Name, Stamp], "SPEAKER_00", "");
        check("0.000 3.200 SPEAKER_00  How?", &[Stamp, Name, Gap], "SPEAKER_00", "How?");
        check("0.000 3.200 SPEAKER_00 How?", &[Stamp, Word], "SPEAKER_00", "How?");
        check("0.0 3.2 spk_1 so it is", &[Stamp, Word], "spk_1", "so it is");
        check("0.0 3.2 Speaker 1 How?", &[Stamp, Word], "Speaker 1", "How?");
        check("Ana Lee, 00:12: How?", &[Name, Stamp, Sign(':')], "Ana Lee", "How?");
        check("MIRA; How so?", &[Name, Sign(';')], "MIRA", "How so?");
        check("IR. How?", &[Name, Sign('.')], "IR", "How?");
        check("\"Ana\": How?", &[Boxed('"'), Sign(':')], "Ana", "How?");
        check("* Ana: How?", &[Sign('•'), Name, Sign(':')], "Ana", "How?");
        check("[Ana, 00:12] How?", &[Boxed('['), Stamp], "Ana", "How?");
        check("12. [Ana]: How?", &[Number, Boxed('['), Sign(':')], "Ana", "How?");
        check("00:12 | Ana Lee | How?", &[Stamp, Sign('|'), Name, Sign('|')], "Ana Lee", "How?");
        check("[00:00.000 --> 00:03.200] So I said.", &[Stamp, Word], "So", "I said.");
        check("[00:12]", &[Stamp], "", "");
        assert!(parse("How did you come to run the ferry?", TextSpan::new(0, 34)).is_none());
    }
}
