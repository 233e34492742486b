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
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = word_start(text, from)?;
        from = word_end(text, start);
        Some((text.get(start..from)?, base + start))
    })
}

/// What a byte is in a text's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ByteClass {
    /// An ASCII letter or digit.
    Letter,
    /// A hyphen or an apostrophe, which joins the letters around it.
    Joint,
    /// Another ASCII character, which separates words.
    Separator,
    /// A part of a character that is not ASCII.
    Wide,
}

/// The class of each byte: words are read byte by byte, which is the most frequent work of segmentation.
static CLASSES: [ByteClass; 256] = {
    let mut classes = [ByteClass::Separator; 256];
    let mut byte = u8::MAX;
    while byte > 0 {
        classes[byte as usize] = match byte {
            b'\'' | b'-' => ByteClass::Joint,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => ByteClass::Letter,
            0x80.. => ByteClass::Wide,
            _ => ByteClass::Separator,
        };
        byte -= 1;
    }
    classes
};

/// The class of the byte at an offset; `None` at the end.
fn class_at(text: &str, at: usize) -> Option<ByteClass> {
    text.as_bytes().get(at).and_then(|byte| CLASSES.get(usize::from(*byte))).copied()
}

/// The character at an offset.
fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// The offset of the first letter or digit, from an offset on.
fn word_start(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match class_at(text, at)? {
            ByteClass::Letter => return Some(at),
            ByteClass::Joint | ByteClass::Separator => at += 1,
            ByteClass::Wide => match char_at(text, at)? {
                c if c.is_alphanumeric() => return Some(at),
                c => at += c.len_utf8(),
            },
        }
    }
}

/// Where the word ends that starts at an offset.
fn word_end(text: &str, start: usize) -> usize {
    let mut end = start;
    while class_at(text, end) == Some(ByteClass::Letter) {
        end += 1;
    }
    // Most words are ASCII and end at ASCII: they need no look at what follows.
    if matches!(class_at(text, end), None | Some(ByteClass::Separator)) {
        return end;
    }
    let word = text.get(start..).unwrap_or_default();
    start + if word.starts_with(is_cjk) { char_at(word, 0).map_or(0, char::len_utf8) } else { word_len(word) }
}

/// How long the word at the start of `text` is, in a script with spaces.
fn word_len(text: &str) -> usize {
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
    if text.is_ascii() {
        return count_ascii_words(text.as_bytes());
    }
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

/// How many words an ASCII text has: the letters that follow no letter, but for those that hyphens or apostrophes join
/// to a letter before them. Both are counted without a state from byte to byte, which a processor does fast.
fn count_ascii_words(text: &[u8]) -> usize {
    let letter = u8::is_ascii_alphanumeric;
    let starts = |pair: &&[u8]| matches!(pair, [before, byte] if letter(byte) && !letter(before));
    let words = usize::from(text.first().is_some_and(letter)) + text.windows(2).filter(starts).count();
    let mut joined = 0;
    let mut before = None;
    for part in text.split(|byte| matches!(byte, b'\'' | b'-')) {
        if let (Some(first), Some(last)) = (part.first(), part.last()) {
            joined += usize::from(letter(first) && before.is_some_and(letter));
            before = Some(last);
        }
    }
    words - joined
}

/// The offset of the first colon, the wide one of East Asian scripts included.
pub(crate) fn find_colon(text: &str) -> Option<usize> {
    let narrow = text.find(':');
    // The wide one is searched for only before it, so that a loop over all colons reads a text once.
    let before = text.get(..narrow.unwrap_or(text.len()))?;
    before.find('：').or(narrow)
}

/// What is before the first colon, and what is after it.
pub(crate) fn split_at_colon(text: &str) -> Option<(&str, &str)> {
    let (before, rest) = text.split_at_checked(find_colon(text)?)?;
    Some((before, rest.strip_prefix([':', '：'])?))
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
    lowercase(text.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// A text in lower case; most are short and ASCII, which takes no look at each character.
pub(crate) fn lowercase(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
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
    let opening = lowercase(head(text, len));
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
        for (text, words) in
            [("", 0), ("- 'so' --it-", 2), ("a--b c-'-d", 2), ("-a -b", 2), ("it's, e-mail", 2)]
        {
            // The wide space keeps the second text from being read as ASCII.
            assert_eq!(
                (count_words(text), count_words(&format!("{text}\u{3000}"))),
                (words, words),
                "{text}"
            );
        }
    }
}
