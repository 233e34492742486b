//! Sentences, words and case: what can be read from the script alone, whatever the language.

use crate::span::TextSpan;

/// Whether a character belongs to a script written without spaces and without case.
pub(crate) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Whether a character ends sentences.
pub(crate) fn is_stop(c: char) -> bool {
    matches!(c, '.' | '?' | '!' | '…' | '。' | '？' | '！' | '؟' | '।' | '．')
}

/// Whether a character asks.
pub(crate) fn is_question_mark(c: char) -> bool {
    matches!(c, '?' | '？' | '؟')
}

/// Whether a character can be between a stop and the end of the sentence.
pub(crate) fn is_closer(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | '“' | ')' | ']' | '」' | '』' | '）' | '*' | '_' | '›')
}

/// The text without closing quotes, brackets and white space after its last stop.
fn stripped(text: &str) -> &str {
    text.trim_end_matches(|c: char| c.is_whitespace() || is_closer(c))
}

/// Whether a text ends as a question does.
pub(crate) fn ends_in_question(text: &str) -> bool {
    let text = stripped(text).trim_end_matches(['!', '.', '…', '！', '。']);
    text.ends_with(is_question_mark) || (!text.is_ascii() && ends_in_particle(text))
}

/// Whether a text ends in a question that its speaker only reports: `And I said, "What boat?"`. The quotation
/// follows a colon, or words that do not ask themselves (`opens_asking`), or was opened in an earlier part.
pub(crate) fn ends_in_reported_question(text: &str, opens_asking: bool) -> bool {
    let text = text.trim_end();
    let Some(close) = text.chars().next_back() else { return false };
    let inside = text.strip_suffix(close).unwrap_or_default().trim_end();
    let open = match close {
        '"' => '"',
        '”' => '“',
        '»' => '«',
        '“' => '„',
        '」' => '「',
        '』' => '『',
        _ => return false,
    };
    if !inside.ends_with(is_question_mark) {
        return false;
    }
    match inside.rfind(open) {
        Some(at) => {
            let before = inside.get(..at).unwrap_or_default();
            let announced = before.trim_end().ends_with([':', '：']);
            (announced || !opens_asking) && before.contains(char::is_alphabetic)
        }
        None => true,
    }
}

/// Whether a text ends in a particle that makes a question without a mark: Japanese, Korean, Chinese.
fn ends_in_particle(text: &str) -> bool {
    (text.ends_with("니까") && !text.ends_with("그러니까"))
        || (["나요", "인가요", "은가요", "는가요", "던가요", "을까요", "할까요", "는지요"]
            .iter()
            .any(|particle| text.ends_with(particle)))
        || (["ですか", "ますか", "でしょうか", "したか", "吗"]
            .iter()
            .any(|particle| text.ends_with(particle)))
}

/// Whether a text ends as a sentence does.
pub(crate) fn ends_in_stop(text: &str) -> bool {
    stripped(text).ends_with(is_stop)
}

/// Whether a text ends as prose does in the middle: a sentence's end or a mark that announces more.
pub(crate) fn ends_in_mark(text: &str) -> bool {
    stripped(text).ends_with(|c: char| {
        is_stop(c) || matches!(c, ':' | '：' | ';' | '；' | ',' | '，' | '、' | '-' | '—' | '–')
    })
}

/// Whether a text starts as a sentence may: not with a lower-case letter.
pub(crate) fn starts_sentence(text: &str) -> bool {
    text.chars().find(|c| c.is_alphanumeric()).is_none_or(|c| !c.is_lowercase())
}

/// The words of a text: runs of letters and digits with apostrophes and hyphens inside; each character of a
/// script without spaces is a word.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    word_spans(text, 0).map(|(word, _)| word)
}

/// The words of a text, with where they start, counted from `base`.
pub(crate) fn word_spans(text: &str, base: usize) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = text;
    let mut offset = base;
    std::iter::from_fn(move || {
        // What parts words is ASCII mostly, and passed over byte by byte.
        let parting = |byte: &&u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
        let start = rest.bytes().take_while(|byte| parting(&byte)).count();
        let start = start + rest.get(start..)?.find(|c: char| c.is_alphanumeric())?;
        let tail = rest.get(start..)?;
        let first = tail.chars().next()?;
        let len = if is_cjk(first) { first.len_utf8() } else { word_len(tail) };
        let word = tail.get(..len)?;
        let at = offset + start;
        offset = at + len;
        rest = tail.get(len..)?;
        Some((word, at))
    })
}

/// How long the word at the start of `text` is.
fn word_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ascii = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    // Most words are ASCII and end at ASCII: they need no look at what follows.
    if bytes.get(ascii).is_none_or(|byte| byte.is_ascii() && !matches!(byte, b'\'' | b'-')) {
        return ascii;
    }
    let mut len = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let inside = c.is_alphanumeric() && !is_cjk(c);
        let joint =
            matches!(c, '\'' | '’' | '-') && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !inside && !joint {
            break;
        }
        len = at + c.len_utf8();
    }
    len
}

/// How many words a text has; two characters of a script without spaces count as one.
pub(crate) fn count_words(text: &str) -> usize {
    let mut words = 0;
    let mut cjk = 0;
    let mut inside = false;
    for c in text.chars() {
        if c.is_ascii() {
            let letter = c.is_ascii_alphanumeric();
            words += usize::from(letter && !inside);
            inside = letter || (inside && matches!(c, '\'' | '-'));
        } else if is_cjk(c) {
            cjk += 1;
            inside = false;
        } else {
            let letter = c.is_alphanumeric();
            words += usize::from(letter && !inside);
            inside = letter || (inside && c == '’');
        }
    }
    words + cjk / 2
}

/// Splits a text at its sentences; spans are counted from `base`, and each holds the stop and its closers.
pub(crate) fn sentences(text: &str, base: usize) -> Vec<TextSpan> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(stop) = next_stop(text, at) {
        let rest = text.get(stop..).unwrap_or_default();
        let wide = rest.starts_with(['。', '？', '！', '．']);
        let rest = rest.trim_start_matches(|c| is_stop(c) || is_closer(c));
        at = text.len() - rest.len();
        if rest.is_empty() || wide || (rest.starts_with(char::is_whitespace) && starts_sentence(rest)) {
            found.push(TextSpan::new(base + start, base + at));
            start = at;
        }
    }
    if start < text.len() {
        found.push(TextSpan::new(base + start, base + text.len()));
    }
    found
}

/// The offset of the next character that ends sentences, from an offset on.
fn next_stop(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        // Few bytes are such a character or the first of one; the others need not be read as characters.
        let may = |byte: &u8| matches!(byte, b'.' | b'?' | b'!' | 0xC2..);
        at += text.as_bytes().get(at..)?.iter().position(may)?;
        let c = text.get(at..)?.chars().next()?;
        if is_stop(c) {
            return Some(at);
        }
        at += c.len_utf8();
    }
}

/// Writes a word in lower case into `lower`, in place of what is there.
pub(crate) fn lower(word: &str, lower: &mut String) {
    lower.clear();
    if word.is_ascii() {
        lower.push_str(word);
        lower.make_ascii_lowercase();
    } else {
        lower.extend(word.chars().flat_map(char::to_lowercase));
    }
}

/// A short text in lower case without white space and marks at its ends.
pub(crate) fn bare(text: &str) -> String {
    text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// The first bytes of a text, cut at a character, in lower case: enough to see how a line begins.
pub(crate) fn opening(text: &str) -> String {
    let text = text.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '“' | '«' | '*' | '_' | '¿' | '¡' | '—' | '–' | '-')
    });
    opening_of(text, 64)
}

/// At most `len` bytes from the start of a text, cut at a character, in lower case and on one line.
pub(crate) fn opening_of(text: &str, len: usize) -> String {
    let opening = head(text, len).to_lowercase();
    // A phrase is found across a line break too.
    if opening.contains('\n') { opening.replace('\n', " ") } else { opening }
}

/// At most `len` bytes at the start of a text.
pub(crate) fn head(text: &str, len: usize) -> &str {
    let mut end = text.len().min(len);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// At most `len` bytes at the end of a text.
pub(crate) fn tail(text: &str, len: usize) -> &str {
    let mut start = text.len().saturating_sub(len);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let found: Vec<&str> = sentences(text, 0).into_iter().map(|span| span.of(text).trim()).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn sentences_end_at_stops() {
        check("It rained. Did it? “Yes.” And then", &["It rained.", "Did it?", "“Yes.”", "And then"]);
        check("版本 1.0 发布了。好吗？好", &["版本 1.0 发布了。", "好吗？", "好"]);
        check("about 3.5 metres and no more", &["about 3.5 metres and no more"]);
    }

    #[test]
    fn questions_are_known_by_their_end() {
        for asks in ["Why?", "“Why?”", "Pourquoi ?", "为什么？", "Really?!", "お元気ですか。", "바쁘십니까."]
        {
            assert!(ends_in_question(asks), "{asks}");
        }
        for tells in ["Why? Because.", "It is so.", "그러니까.", ""] {
            assert!(!ends_in_question(tells), "{tells}");
        }
    }

    #[test]
    fn reported_questions_are_in_quotation_marks() {
        for reported in
            ["He said, \"What boat?\"", "Et lui : « Quand ? »", "I have no light?”", "他问：「为什么？」"]
        {
            assert!(ends_in_reported_question(reported, false), "{reported}");
        }
        for asked in ["\"What boat?\"", "What boat?", "He said \"a boat\".", "“Why?”", ""] {
            assert!(!ends_in_reported_question(asked, false), "{asked}");
        }
        assert!(!ends_in_reported_question("Who said, “Why?”", true));
        assert!(ends_in_reported_question("Und er fragte: „Warum?“", true));
        assert!(ends_in_reported_question("Who is there?”", true));
    }

    #[test]
    fn words_of_all_scripts() {
        let found: Vec<&str> = words("Don't stop, co-host №5: 你好 и всё").collect();
        assert_eq!(found, ["Don't", "stop", "co-host", "5", "你", "好", "и", "всё"]);
        assert_eq!(count_words("Don't stop 你好吗了"), 4);
    }
}
