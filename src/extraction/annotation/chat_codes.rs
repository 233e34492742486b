//! The codes inside a line of CHAT, and what is left when they are gone.

use std::time::Duration;

use crate::extraction::common::speech::Part;
use crate::span::TextSpan;
use crate::transcript::TimeSpan;

/// Delimits the times of an utterance.
const BULLET: char = '\u{15}';
/// Signs of pitch, loudness, overlap and the like, and of satellites (`‡`, `„`): no letters, no
/// punctuation.
const SIGNS: &str = "↑↓⇗↗→↘⇘∞≈≋≡∙⌈⌉⌊⌋∆∇⁎⁇°◉▁▔☺♋∬Ϋ∮↫⁑‡„≠‹›⟨⟩ˈˌ^";

/// An utterance without its codes.
#[derive(Debug, Default)]
pub(crate) struct Cleaned {
    pub parts: Vec<Part>,
    pub time: Option<TimeSpan>,
    /// Sounds and pauses that were left out.
    pub left_out: Vec<TextSpan>,
}

/// Reads the text of a main line. What is no speech is left out; the words around it stay apart.
pub(crate) fn clean(text: &str, span: TextSpan) -> Cleaned {
    let said = span.of(text);
    let mut cleaner = Cleaner {
        said,
        start: span.start(),
        from: 0,
        last_bracket: said.rfind(']'),
        last_bullet: said.rfind(BULLET),
        found: Cleaned::default(),
    };
    let mut at = 0;
    let mut before = ' ';
    while let Some(c) = said.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = said.get(at..).unwrap_or_default();
        let starts_word = before.is_whitespace() || matches!(before, '<' | '\u{201c}' | '"' | ')' | ']');
        match cleaner.code(rest, at, before, starts_word) {
            Code::None => at += c.len_utf8(),
            Code::Inside(length) => {
                cleaner.skip(at, length, false);
                at += length;
            }
            Code::Apart(length) => {
                cleaner.skip(at, length, true);
                at += length;
                before = ' ';
                continue;
            }
        }
        before = c;
    }
    cleaner.copy(said.len());
    cleaner.found
}

/// Text without a code, or a code of this length in bytes.
enum Code {
    None,
    /// Inside a word, whose halves belong together.
    Inside(usize),
    /// Between words.
    Apart(usize),
}

struct Cleaner<'t> {
    said: &'t str,
    start: usize,
    /// Up to here, the line is copied or left out.
    from: usize,
    last_bracket: Option<usize>,
    last_bullet: Option<usize>,
    found: Cleaned,
}

impl Cleaner<'_> {
    fn code(&mut self, rest: &str, at: usize, before: char, starts_word: bool) -> Code {
        let mut chars = rest.chars();
        let (Some(c), next) = (chars.next(), chars.next().unwrap_or(' ')) else { return Code::None };
        match c {
            BULLET if self.last_bullet.is_some_and(|last| last > at) => {
                let inside = rest.strip_prefix(BULLET).and_then(|rest| rest.split(BULLET).next());
                let inside = inside.unwrap_or_default();
                if let Some(time) = bullet(inside) {
                    self.found.time = Some(self.found.time.map_or(time, |other| other.hull(time)));
                }
                Code::Apart(inside.len() + 2)
            }
            '[' if self.last_bracket.is_some_and(|last| last > at) => {
                Code::Apart(rest.find(']').map_or(1, |end| end + 1))
            }
            BULLET | '<' | '>' => Code::Apart(1),
            // `&-uh`, `&=laughs`, `&+fr`, `&*INV:mhm`, and an omitted word: `0is`.
            '&' if starts_word => self.noise(rest, at),
            '0' if starts_word && (next.is_alphabetic() || next.is_whitespace()) => self.noise(rest, at),
            '+' if starts_word => terminator(rest),
            '(' if pause(rest) > 0 => {
                let length = pause(rest);
                self.note(at, length);
                Code::Apart(length)
            }
            '(' | ')' => Code::Inside(1),
            '@' if before.is_alphabetic() && next.is_ascii_alphabetic() => {
                let is_suffix =
                    |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '$' | '&' | '+' | '@');
                Code::Inside(rest.find(|c| !is_suffix(c)).unwrap_or(rest.len()))
            }
            ':' if before.is_alphabetic() && (next.is_alphabetic() || next.is_whitespace()) => {
                Code::Inside(1)
            }
            '_' | '+' if before.is_alphabetic() && next.is_alphabetic() => Code::Apart(1),
            _ if SIGNS.contains(c) => Code::Inside(c.len_utf8()),
            _ => Code::None,
        }
    }

    /// A word that is none, up to the white space after it.
    fn noise(&mut self, rest: &str, at: usize) -> Code {
        let length = rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '[' | BULLET));
        let length = length.unwrap_or(rest.len()).max(1);
        self.note(at, length);
        Code::Apart(length)
    }

    fn note(&mut self, at: usize, length: usize) {
        self.found.left_out.push(TextSpan::new(self.start + at, self.start + at + length));
    }

    fn copy(&mut self, at: usize) {
        if at > self.from {
            let span = TextSpan::new(self.start + self.from, self.start + at);
            self.found.parts.push(Part::Text(span));
        }
        self.from = at;
    }

    fn skip(&mut self, at: usize, length: usize, apart: bool) {
        self.copy(at);
        self.from = (at + length).min(self.said.len());
        if apart {
            self.found.parts.push(Part::Space);
        }
    }
}

/// `+...`, `+/.`, `+//?`, `+"`, `++`: how an utterance ends or follows on. Of those that ask, the
/// mark stays.
fn terminator(rest: &str) -> Code {
    let length = rest.find(|c: char| c.is_alphanumeric() || c.is_whitespace()).unwrap_or(rest.len());
    let sign = rest.get(..length).unwrap_or_default();
    match sign.find(['?', '!', BULLET, '[', '<']) {
        Some(mark) if mark > 0 => Code::Apart(mark),
        _ => Code::Apart(length.max(1)),
    }
}

/// The length of a pause: `(.)`, `(..)`, `(1.5)`.
fn pause(rest: &str) -> usize {
    let inside = rest.get(1..).unwrap_or_default();
    let length =
        inside.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b':')).count();
    if length > 0 && inside.as_bytes().get(length) == Some(&b')') { length + 2 } else { 0 }
}

/// The times in a bullet: `500_4800`, or in old files `%snd:"a.wav"_500_4800`, in milliseconds.
fn bullet(inside: &str) -> Option<TimeSpan> {
    let mut parts = inside.rsplit('_').map(str::trim);
    let end = Duration::from_millis(parts.next()?.parse().ok()?);
    let start = Duration::from_millis(parts.next()?.parse().ok()?);
    Some(TimeSpan { start, end: end.max(start) })
}
