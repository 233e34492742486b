//! Tokens of a content stream or of a `CMap`, read one by one (ISO 32000-1, 7.2 and 7.8).
//!
//! A stream of a few kilobytes can expand to millions of operators, so they are never all in
//! memory.

use std::borrow::Cow;

/// One token. Arrays and dictionaries are given by their brackets, so that nesting costs nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    Number(f32),
    Name(Cow<'a, [u8]>),
    Text(Cow<'a, [u8]>),
    OpenArray,
    CloseArray,
    OpenDictionary,
    CloseDictionary,
    /// An operator, or a word of PostScript.
    Operator(&'a [u8]),
}

impl Token<'_> {
    pub(crate) const fn number(&self) -> Option<f32> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    pub(crate) fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    pub(crate) fn text(&self) -> Option<&[u8]> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// Reads the tokens of a stream. Bytes that make no token are passed over.
#[derive(Debug)]
pub(crate) struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub(crate) const fn new(content: &'a [u8]) -> Self {
        Self { rest: content }
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// The bytes up to the first that is none of a token.
    fn take_regular(&mut self) -> &'a [u8] {
        let len = self.rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(len).unwrap_or_default();
        self.rest = rest;
        word
    }

    /// Passes over the data of an inline image, from after `ID` to after `EI`.
    pub(crate) fn skip_image_data(&mut self) {
        let mut from = 0;
        while let Some(at) =
            self.rest.get(from..).and_then(|rest| rest.windows(2).position(|pair| pair == b"EI"))
        {
            let start = from + at;
            let before = start.checked_sub(1).and_then(|index| self.rest.get(index));
            let after = self.rest.get(start + 2..).unwrap_or_default();
            // Two letters in the middle of the data are followed by more of it.
            let is_plain = after.iter().take(12).all(|byte| is_space(*byte) || (32..127).contains(byte));
            if before.is_none_or(|byte| is_space(*byte))
                && after.first().is_none_or(|byte| !is_regular(*byte))
                && is_plain
            {
                self.skip(start + 2);
                return;
            }
            from = start + 2;
        }
        self.rest = &[];
    }

    fn literal_string(&mut self) -> Cow<'a, [u8]> {
        let content = self.rest.get(1..).unwrap_or_default();
        let mut depth = 0_usize;
        let mut is_plain = true;
        let mut len = content.len();
        let mut bytes = content.iter().enumerate();
        while let Some((index, byte)) = bytes.next() {
            match byte {
                b'\\' => {
                    is_plain = false;
                    bytes.next();
                }
                b'(' => depth += 1,
                b')' if depth == 0 => {
                    len = index;
                    break;
                }
                b')' => depth -= 1,
                _ => {}
            }
        }
        let text = content.get(..len).unwrap_or_default();
        self.skip(len + 2);
        if is_plain { Cow::Borrowed(text) } else { Cow::Owned(unescape(text)) }
    }

    fn hex_string(&mut self) -> Cow<'a, [u8]> {
        let content = self.rest.get(1..).unwrap_or_default();
        let len = content.iter().position(|byte| *byte == b'>').unwrap_or(content.len());
        let digits = content.get(..len).unwrap_or_default();
        self.skip(len + 2);
        let mut text = Vec::with_capacity(len / 2 + 1);
        let mut high = None;
        for digit in digits.iter().filter_map(|byte| hex_digit(*byte)) {
            match high.take() {
                None => high = Some(digit),
                Some(first) => text.push(first << 4 | digit),
            }
        }
        // An odd last digit is followed by a zero.
        text.extend(high.map(|first| first << 4));
        Cow::Owned(text)
    }

    fn name(&mut self) -> Cow<'a, [u8]> {
        self.skip(1);
        let word = self.take_regular();
        if !word.contains(&b'#') {
            return Cow::Borrowed(word);
        }
        let mut name = Vec::with_capacity(word.len());
        let mut bytes = word.iter().copied();
        while let Some(byte) = bytes.next() {
            let mut ahead = bytes.clone();
            let code = ahead.next().and_then(hex_digit).zip(ahead.next().and_then(hex_digit));
            if let (b'#', Some((high, low))) = (byte, code) {
                name.push(high << 4 | low);
                bytes = ahead;
            } else {
                name.push(byte);
            }
        }
        Cow::Owned(name)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = *self.rest.first()?;
            match byte {
                b'%' => {
                    let end = self.rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                    self.skip(end.unwrap_or(self.rest.len()));
                }
                b'(' => return Some(Token::Text(self.literal_string())),
                b'/' => return Some(Token::Name(self.name())),
                b'<' if self.rest.starts_with(b"<<") => {
                    self.skip(2);
                    return Some(Token::OpenDictionary);
                }
                b'<' => return Some(Token::Text(self.hex_string())),
                b'>' if self.rest.starts_with(b">>") => {
                    self.skip(2);
                    return Some(Token::CloseDictionary);
                }
                b'[' => {
                    self.skip(1);
                    return Some(Token::OpenArray);
                }
                b']' => {
                    self.skip(1);
                    return Some(Token::CloseArray);
                }
                byte if is_regular(byte) => {
                    let word = self.take_regular();
                    return Some(number(word).map_or(Token::Operator(word), Token::Number));
                }
                _ => self.skip(1),
            }
        }
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0 | 0x0C)
}

const fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// A number, with the faults that viewers accept: several signs, a sign in the middle.
fn number(word: &[u8]) -> Option<f32> {
    let first = *word.first()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return None;
    }
    let (mut value, mut scale, mut digits) = (0.0_f64, None::<f64>, 0_usize);
    for byte in word {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                let digit = f64::from(*byte - b'0');
                match &mut scale {
                    None => value = value * 10.0 + digit,
                    Some(scale) => {
                        *scale *= 0.1;
                        value += digit * *scale;
                    }
                }
            }
            b'.' if scale.is_none() => scale = Some(1.0),
            b'+' | b'-' => {}
            _ => return None,
        }
    }
    if digits == 0 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "coordinates are single precision")]
    let value = if first == b'-' { -value as f32 } else { value as f32 };
    value.is_finite().then_some(value)
}

/// Resolves the escapes of a literal string.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next() {
                Some(b'n') => out.push(b'\n'),
                Some(b'r') => out.push(b'\r'),
                Some(b't') => out.push(b'\t'),
                Some(b'b') => out.push(8),
                Some(b'f') => out.push(12),
                // A line that is cut in the source only.
                Some(b'\n') | None => {}
                Some(b'\r') => {
                    bytes.next_if_eq(&b'\n');
                }
                Some(digit @ b'0'..=b'7') => {
                    let mut code = u16::from(digit - b'0');
                    for _ in 0..2 {
                        let Some(digit) = bytes.next_if(|byte| (b'0'..=b'7').contains(byte)) else { break };
                        code = code * 8 + u16::from(digit - b'0');
                    }
                    // The standard says to ignore the bits over a byte.
                    out.push(code.to_le_bytes()[0]);
                }
                Some(other) => out.push(other),
            },
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &str, expect: &[Token<'_>]) {
        assert_eq!(Tokens::new(content.as_bytes()).collect::<Vec<_>>(), expect, "{content}");
    }

    fn text(bytes: &str) -> Token<'_> {
        Token::Text(Cow::Borrowed(bytes.as_bytes()))
    }

    #[test]
    fn tokens_of_each_kind() {
        check("1 -.5 +2. --3 4-5", &[1.0, -0.5, 2.0, -3.0, 45.0].map(Token::Number));
        check("Tj T* ' - 1x", &[b"Tj".as_slice(), b"T*", b"'", b"-", b"1x"].map(Token::Operator));
        check("(a\\(b\\051 (c) \\101\\\nd\\r)", &[text("a(b) (c) Ad\r")]);
        // The byte of a line end may be a letter of the font, and viewers read it as one.
        check("(a\rb) <414 2> % (c)\n()", &[text("a\rb"), text("AB"), text("")]);
        check("/F#31/G", &[Token::Name(Cow::Borrowed(b"F1")), Token::Name(Cow::Borrowed(b"G"))]);
        check(
            "<<[]>>",
            &[Token::OpenDictionary, Token::OpenArray, Token::CloseArray, Token::CloseDictionary],
        );
        check("(open", &[text("open")]);
        check("{ ) >", &[]);
    }

    #[test]
    fn image_data_is_passed_over() {
        let mut tokens = Tokens::new(b" \x00\xFFEI\x80 EI\x90 \nEI Q");
        tokens.skip_image_data();
        assert_eq!(tokens.next(), Some(Token::Operator(b"Q")));
    }
}
