//! RTF → groups, control words, symbols and text, each with its place (Rich Text Format
//! specification 1.9.1).

use crate::span::TextSpan;

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Token<'t> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\name123`, with the space that ends it.
    Word(&'t str, Option<i32>),
    /// `\` and a character that is no letter.
    Symbol(char),
    /// `\'e9`: a byte of the text in its code page.
    Byte(u8),
    /// Text without line ends, which mean nothing.
    Text,
}

/// Reads tokens.
#[derive(Debug)]
pub(crate) struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokens<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The token after `\`, which is at `start`.
    fn control(&mut self, start: usize) -> Token<'t> {
        let rest = self.text.get(start + 1..).unwrap_or_default();
        let bytes = rest.as_bytes();
        let letters = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if letters == 0 {
            let c = rest.chars().next().unwrap_or('\\');
            self.at = (start + 1 + c.len_utf8()).min(self.text.len());
            if c != '\'' {
                return Token::Symbol(c);
            }
            let digits = rest.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
            self.at += if digits.is_some() { 2 } else { 0 };
            return digits.map_or(Token::Symbol(c), Token::Byte);
        }
        let name = rest.get(..letters).unwrap_or_default();
        let sign = usize::from(bytes.get(letters) == Some(&b'-'));
        let digits = bytes.iter().skip(letters + sign).take_while(|byte| byte.is_ascii_digit()).count();
        let end = if digits > 0 { letters + sign + digits } else { letters };
        let number = rest.get(letters..end).and_then(|number| number.parse().ok());
        let space = usize::from(bytes.get(end) == Some(&b' '));
        self.at = start + 1 + end + space;
        if name == "bin" {
            // So many bytes of a picture follow; each is a character here.
            let skipped = number.and_then(|count| usize::try_from(count).ok()).unwrap_or_default();
            let rest = self.text.get(self.at..).unwrap_or_default();
            self.at += rest.char_indices().nth(skipped).map_or(rest.len(), |(at, _)| at);
        }
        Token::Word(name, number)
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = (Token<'t>, TextSpan);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..)?;
        self.at += rest.len() - rest.trim_start_matches(['\r', '\n', '\0']).len();
        let start = self.at;
        let rest = self.text.get(start..)?;
        let token = match rest.as_bytes().first()? {
            b'{' => {
                self.at += 1;
                Token::Open
            }
            b'}' => {
                self.at += 1;
                Token::Close
            }
            b'\\' => self.control(start),
            _ => {
                self.at += rest.find(['{', '}', '\\', '\r', '\n', '\0']).unwrap_or(rest.len());
                Token::Text
            }
        };
        Some((token, TextSpan::new(start, self.at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_their_places() {
        let text = "{\\rtf1 a\r\nb\\u-10 ?\\'e9\\~\\bin3 {}{\\b}c\\";
        let found: Vec<_> = Tokens::new(text).map(|(token, span)| (token, span.of(text))).collect();
        assert_eq!(
            found,
            [
                (Token::Open, "{"),
                (Token::Word("rtf", Some(1)), "\\rtf1 "),
                (Token::Text, "a"),
                (Token::Text, "b"),
                (Token::Word("u", Some(-10)), "\\u-10 "),
                (Token::Text, "?"),
                (Token::Byte(0xE9), "\\'e9"),
                (Token::Symbol('~'), "\\~"),
                (Token::Word("bin", Some(3)), "\\bin3 {}{"),
                (Token::Word("b", None), "\\b"),
                (Token::Close, "}"),
                (Token::Text, "c"),
                (Token::Symbol('\\'), "\\"),
            ]
        );
    }
}
