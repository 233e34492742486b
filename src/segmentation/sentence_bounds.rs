//! Sentences of an answer: the borders of windows and of snippets.

use unicode_segmentation::UnicodeSegmentation;

use crate::span::TextSpan;

/// The sentences of a text, in order, each with the white space after it: together they cover the
/// text. Sentences are those of UAX 29, except that an abbreviation does not end one. A line break
/// always ends one.
pub fn sentences(text: &str) -> impl Iterator<Item = TextSpan> {
    let mut start = 0;
    text.split_sentence_bound_indices().filter_map(move |(at, sentence)| {
        let end = at + sentence.len();
        if end < text.len() && is_abbreviation(sentence) {
            return None;
        }
        let whole = TextSpan::new(start, end);
        start = end;
        Some(whole)
    })
}

/// Whether what looks like the end of a sentence is the point of an abbreviation: a capital with at
/// most three letters after it (`St. Petersburg`, `Mr. Smith`, `J. Smith`).
fn is_abbreviation(sentence: &str) -> bool {
    let Some(body) = sentence.trim_end_matches(' ').strip_suffix('.') else { return false };
    let last = body.rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    last.chars().next().is_some_and(char::is_uppercase) && last.chars().count() <= 3
}

#[cfg(test)]
mod tests {
    use super::sentences;

    fn check(text: &str, expect: &[&str]) {
        let found: Vec<&str> = sentences(text).map(|sentence| sentence.of(text)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn sentences_cover_the_text() {
        check("", &[]);
        check("First. Two?  Three", &["First. ", "Two?  ", "Three"]);
        check("We met J. Smith in St. Petersburg. Then?", &["We met J. Smith in St. Petersburg. ", "Then?"]);
        check("A line\nand another.", &["A line\n", "and another."]);
        check("水が来た。港は閉じた。", &["水が来た。", "港は閉じた。"]);
        // The last one ends with the text, even in an abbreviation.
        check("Ask Mr.", &["Ask Mr."]);
    }
}
