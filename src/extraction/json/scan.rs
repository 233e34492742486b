//! JSON values with the place of every string, which no maintained reader gives.
//!
//! The text has been through `serde_json` before, so that this scanner only ever sees valid JSON;
//! on any other it stops early.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use crate::extraction::common::column_names;
use crate::span::TextSpan;

/// The most values read of one document; they take memory, which a limit on bytes alone does not
/// bound.
pub(crate) const MOST_VALUES: usize = 4_000_000;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// `null`, `true` or `false`: nothing a transcript is made of.
    Nothing,
    /// A number.
    Number(f64),
    /// A string, by its place inside the quotation marks.
    Text(TextSpan),
    /// An array.
    List(Vec<Node>),
    /// An object, its keys in order.
    Object(Vec<(Key, Node)>),
}

/// The key of an entry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    /// In lower case, letters and digits alone. Shared by all entries of this name.
    pub name: Rc<str>,
    /// Its place inside the quotation marks.
    pub span: TextSpan,
}

impl Node {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => {
                entries.iter().find(|(name, _)| &*name.name == key).map(|(_, value)| value)
            }
            Self::Nothing | Self::Number(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// The value of the first of these keys that is present and not null.
    pub(crate) fn first(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().filter_map(|key| self.get(key)).find(|value| **value != Self::Nothing)
    }

    /// The elements of an array; none of anything else.
    pub(crate) fn list(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Nothing | Self::Number(_) | Self::Text(_) | Self::Object(_) => &[],
        }
    }

    /// The place of a string in the document.
    pub(crate) const fn text(&self) -> Option<TextSpan> {
        match self {
            Self::Text(span) => Some(*span),
            Self::Nothing | Self::Number(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The keys and values of an object.
    pub(crate) fn entries(&self) -> &[(Key, Self)] {
        match self {
            Self::Object(entries) => entries,
            Self::Nothing | Self::Number(_) | Self::Text(_) | Self::List(_) => &[],
        }
    }
}

/// Reads values of one document.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    names: HashMap<&'a str, Rc<str>>,
    /// How many values may still be read.
    left: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, names: HashMap::new(), left: MOST_VALUES }
    }

    /// Reads the value that begins at `from`.
    pub(crate) fn read(&mut self, from: usize) -> Option<Node> {
        self.at = from;
        self.value()
    }

    /// Whether there were more values than are read.
    pub(crate) const fn is_full(&self) -> bool {
        self.left == 0
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next_token(&mut self) -> Option<u8> {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
        self.peek()
    }

    /// Recursion is as deep as the value, which is counted and capped before.
    fn value(&mut self) -> Option<Node> {
        self.left = self.left.checked_sub(1)?;
        match self.next_token()? {
            b'{' => self.object(),
            b'[' => self.array(),
            b'"' => self.string().map(Node::Text),
            b't' | b'f' | b'n' => {
                self.word();
                Some(Node::Nothing)
            }
            _ => self.word().parse().ok().map(Node::Number),
        }
    }

    fn object(&mut self) -> Option<Node> {
        let mut entries = Vec::new();
        self.at += 1;
        while self.next_token()? != b'}' {
            if self.peek() == Some(b',') {
                self.at += 1;
                continue;
            }
            let span = self.string()?;
            let key = Key { name: self.name(span), span };
            if self.next_token()? == b':' {
                self.at += 1;
            }
            entries.push((key, self.value()?));
        }
        self.at += 1;
        Some(Node::Object(entries))
    }

    fn name(&mut self, span: TextSpan) -> Rc<str> {
        let text = self.text;
        let shared = self
            .names
            .entry(span.of(text))
            .or_insert_with(|| column_names::normalised(&say(text, span)).into());
        Rc::clone(shared)
    }

    fn array(&mut self) -> Option<Node> {
        let mut items = Vec::new();
        self.at += 1;
        while self.next_token()? != b']' {
            if self.peek() == Some(b',') {
                self.at += 1;
                continue;
            }
            items.push(self.value()?);
        }
        self.at += 1;
        Some(Node::List(items))
    }

    /// The inside of the string that begins here.
    fn string(&mut self) -> Option<TextSpan> {
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at + 1;
        self.at = start;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let inside = TextSpan::new(start, self.at);
        self.at += 1;
        Some(inside)
    }

    fn word(&mut self) -> &'a str {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        {
            self.at += 1;
        }
        // Anything else would not move on.
        self.at = self.at.max(start + 1);
        self.text.get(start..self.at).unwrap_or_default()
    }
}

/// The first piece of a string's inside: its length there, and its meaning if that is not itself.
pub(crate) fn unescape(rest: &str) -> (usize, Option<char>) {
    let Some(at) = rest.find('\\') else { return (rest.len(), None) };
    if at > 0 {
        return (at, None);
    }
    let hex = |from: usize| u32::from_str_radix(rest.get(from..from + 4)?, 16).ok();
    match rest.as_bytes().get(1) {
        Some(b'n') => (2, Some('\n')),
        Some(b't') => (2, Some('\t')),
        Some(b'r') => (2, Some('\r')),
        Some(b'b') => (2, Some('\u{8}')),
        Some(b'f') => (2, Some('\u{c}')),
        Some(b'u') => {
            let high = hex(2).unwrap_or(0xFFFD);
            if let (0xD800..0xDC00, Some("\\u"), Some(low @ 0xDC00..0xE000)) = (high, rest.get(6..8), hex(8))
            {
                let joined = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                return (12, char::from_u32(joined));
            }
            (6.min(rest.len()), Some(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER)))
        }
        _ => match rest.get(1..).and_then(|rest| rest.chars().next()) {
            Some(c) => (1 + c.len_utf8(), Some(c)),
            None => (rest.len(), None),
        },
    }
}

/// The text of a string, with or without escapes.
pub(crate) fn read(inside: &str) -> Cow<'_, str> {
    if inside.contains('\\') {
        Cow::Owned(say(inside, TextSpan::new(0, inside.len())))
    } else {
        Cow::Borrowed(inside)
    }
}

/// The text of a string.
pub(crate) fn say(text: &str, span: TextSpan) -> String {
    let mut out = String::new();
    let mut rest = span.of(text);
    while !rest.is_empty() {
        let (len, meaning) = unescape(rest);
        match meaning {
            Some(c) => out.push(c),
            None => out.push_str(rest.get(..len).unwrap_or_default()),
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    out
}
