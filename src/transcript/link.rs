//! Links that open a page at the quote: text fragments.

use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;

use crate::transcript::Citation;

/// Words named at either end of a longer quote: enough to be found once, few enough to survive an edit.
const WORDS: usize = 6;

/// What a fragment may hold unescaped; `-`, `,` and `&` are syntax of the text directive
/// (<https://wicg.github.io/scroll-to-text-fragment/#syntax>).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'~');

impl Citation {
    /// For an http or https URI, the URI with a text fragment that opens at `quote`; empty otherwise.
    #[must_use]
    pub fn link(&self, quote: &str) -> String {
        let uri = self.metadata.uri.as_str();
        let web = ["http://", "https://"]
            .iter()
            .any(|scheme| uri.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
        // A directive matches within one block unless it names both ends, and no block holds a line break.
        let first = quote.lines().map(str::trim).find(|line| !line.is_empty());
        let last = quote.lines().map(str::trim).rfind(|line| !line.is_empty());
        let (true, Some(first), Some(last)) = (web, first, last) else { return String::new() };
        let words: Vec<&str> = first.split_whitespace().collect();
        let range = if first == last && words.len() <= 2 * WORDS {
            encode(&words)
        } else {
            let end: Vec<&str> = last.split_whitespace().collect();
            let start = encode(words.get(..WORDS).unwrap_or(&words));
            format!("{start},{}", encode(end.get(end.len().saturating_sub(WORDS)..).unwrap_or_default()))
        };
        let joint = if uri.contains('#') { ":~:text=" } else { "#:~:text=" };
        format!("{uri}{joint}{range}")
    }
}

fn encode(words: &[&str]) -> String {
    utf8_percent_encode(&words.join(" "), ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use crate::transcript::Citation;
    use crate::transcript::Digest;
    use crate::transcript::Metadata;

    fn check(uri: &str, quote: &str, expect: &str) {
        let citation = Citation {
            document_id: "d".into(),
            metadata: Metadata { uri: uri.into(), ..Metadata::default() },
            question_spans: Vec::new(),
            answer_spans: Vec::new(),
            document_sha256: Digest::of(b""),
            text_sha256: None,
            quote_sha256: Digest::of(b""),
            occurrences: Vec::new(),
            time: None,
            page: None,
        };
        assert_eq!(citation.link(quote), expect);
    }

    #[test]
    fn only_web_pages_get_a_link() {
        check("file:///x", "Yes.", "");
        check("", "Yes.", "");
        check("https://a.example/x", "", "");
    }

    #[test]
    fn short_quotes_stand_whole_and_long_ones_by_both_ends() {
        check(
            "https://a.example/x",
            "Yes, well-known & sure.",
            "https://a.example/x#:~:text=Yes%2C%20well%2Dknown%20%26%20sure.",
        );
        check("HTTP://a.example/x#top", "Да.", "HTTP://a.example/x#top:~:text=%D0%94%D0%B0.");
        check(
            "https://a.example/x",
            "one two three four five six seven\n\na b c d e f g",
            "https://a.example/x#:~:text=one%20two%20three%20four%20five%20six,b%20c%20d%20e%20f%20g",
        );
    }
}
