//! Character references of HTML, and of the subtitle formats that borrow them.

use html5gum::Token;
use html5gum::Tokenizer;

/// Longest reference there is, `&CounterClockwiseContourIntegral;`.
const LONGEST: usize = 33;

/// The reference at the start of `text` (which begins with `&`): the text it means and its length;
/// `None` where the ampersand means itself.
pub(crate) fn read(text: &str) -> Option<(String, usize)> {
    let body = text.strip_prefix('&')?;
    let name =
        body.bytes().take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
    if name == 0 {
        return None;
    }
    let mut end = name + 1;
    if body.as_bytes().get(name) == Some(&b';') {
        end += 1;
    }
    let candidate = text.get(..end)?;
    let common = match candidate {
        "&amp;" => "&",
        "&nbsp;" => "\u{a0}",
        "&quot;" => "\"",
        "&lt;" => "<",
        "&gt;" => ">",
        "&#39;" | "&apos;" => "'",
        "&rsquo;" | "&#8217;" => "’",
        _ => return uncommon(candidate),
    };
    Some((common.into(), end))
}

/// Asks the tokenizer, which knows every name and the ones that may lack their semicolon.
fn uncommon(candidate: &str) -> Option<(String, usize)> {
    let decoded = Tokenizer::new(candidate).find_map(|token| match token {
        Ok(Token::String(text)) => String::from_utf8(text.value.0).ok(),
        _ => None,
    })?;
    if decoded == candidate {
        return None;
    }
    // A common end of the two is text after a reference without a semicolon.
    let shared =
        candidate.bytes().rev().zip(decoded.bytes().rev()).take_while(|(a, b)| a == b && *a != b';').count();
    let shared = shared.min(decoded.chars().count().saturating_sub(1));
    let meaning = decoded.get(..decoded.len() - shared)?;
    Some((meaning.into(), candidate.len() - shared))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<(&str, usize)>) {
        assert_eq!(read(text), expect.map(|(text, len)| (text.into(), len)), "{text:?}");
    }

    #[test]
    fn references() {
        check("&amp; so", Some(("&", 5)));
        check("&mdash;x", Some(("—", 7)));
        check("&#x2014;", Some(("—", 8)));
        check("&#8212 x", Some(("—", 6)));
        check("&#151;", Some(("—", 6)));
        check("&copyright", Some(("©", 5)));
        check("&NotEqualTilde;", Some(("\u{2242}\u{338}", 15)));
        check("& so", None);
        check("&nosuch;", None);
        check("&", None);
        check("&#;", None);
    }
}
