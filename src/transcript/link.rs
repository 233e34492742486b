//! Links that open a page at the quote: text fragments.

use std::time::Duration;

use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;

use crate::transcript::Citation;

/// Words named at either end of a longer quote: enough to be found once, few enough to survive an
/// edit.
const WORDS: usize = 6;

/// Most characters named at either end: scripts without spaces have no words to count.
const CHARACTERS: usize = 80;

/// What a fragment may hold unescaped; `-`, `,` and `&` are syntax of the text directive
/// (<https://wicg.github.io/scroll-to-text-fragment/#syntax>).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'~');

impl Citation {
    /// For an http or https URI, the URI with a text fragment that opens at `quote`; empty
    /// otherwise.
    #[must_use]
    pub fn link(&self, quote: &str) -> String {
        let uri = self.metadata.uri.as_str();
        let web = ["http://", "https://"]
            .iter()
            .any(|scheme| uri.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
        // A directive matches within one block unless it names both ends, and no block holds a line
        // break.
        let first = quote.lines().map(str::trim).find(|line| !line.is_empty());
        let last = quote.lines().map(str::trim).rfind(|line| !line.is_empty());
        let (true, Some(first), Some(last)) = (web, first, last) else { return String::new() };
        let range = if first == last && is_short(first) {
            encode(first)
        } else {
            format!("{},{}", encode(start(first)), encode(end(last)))
        };
        let joint = if uri.contains('#') { ":~:text=" } else { "#:~:text=" };
        format!("{uri}{joint}{range}")
    }

    /// The recording's URI with a media fragment that plays the exchange (W3C Media Fragments 4.2.1,
    /// in seconds); empty without a recording or times.
    #[must_use]
    pub fn media_link(&self) -> String {
        let uri = self.metadata.media_uri.as_str();
        let Some(time) = self.time.filter(|_| !uri.is_empty()) else { return String::new() };
        let joint = if uri.contains('#') { "&t=" } else { "#t=" };
        let [start, end] = [time.start, time.end].map(seconds);
        if time.end > time.start {
            format!("{uri}{joint}{start},{end}")
        } else {
            format!("{uri}{joint}{start}")
        }
    }
}

/// Seconds with as many of three decimals as are needed.
fn seconds(time: Duration) -> String {
    let (whole, millis) = (time.as_secs(), time.subsec_millis());
    if millis == 0 {
        return whole.to_string();
    }
    format!("{whole}.{millis:03}").trim_end_matches('0').to_owned()
}

/// Whether a quote is named whole.
fn is_short(line: &str) -> bool {
    line.split_whitespace().nth(2 * WORDS).is_none() && line.chars().nth(2 * CHARACTERS).is_none()
}

/// The first words of a line, or as much of them as is named; cut after a punctuation mark where there is one,
/// for a fragment matches whole words only.
fn start(line: &str) -> &str {
    let words = line.match_indices(char::is_whitespace).map(|(at, _)| at);
    let words = words.filter(|at| line.get(..*at).is_some_and(|head| !head.ends_with(char::is_whitespace)));
    let line = words.skip(WORDS - 1).map(|at| line.get(..at)).next().flatten().unwrap_or(line);
    let Some((most, _)) = line.char_indices().nth(CHARACTERS) else { return line };
    let head = line.get(..most).unwrap_or(line);
    let mark = head.char_indices().rev().find(|(_, c)| !c.is_alphanumeric());
    mark.and_then(|(at, c)| head.get(..at + c.len_utf8())).map_or(head, str::trim_end)
}

/// The last words of a line, as [`start`] has the first.
fn end(line: &str) -> &str {
    let words = line.rmatch_indices(char::is_whitespace).map(|(at, space)| at + space.len());
    let words = words.filter(|at| line.get(*at..).is_some_and(|tail| !tail.starts_with(char::is_whitespace)));
    let line = words.skip(WORDS - 1).map(|at| line.get(at..)).next().flatten().unwrap_or(line);
    let Some((least, _)) = line.char_indices().rev().nth(CHARACTERS - 1) else { return line };
    let tail = line.get(least..).filter(|tail| tail.len() < line.len()).unwrap_or(line);
    if tail.len() == line.len() {
        return line;
    }
    let mark = tail.char_indices().find(|(at, c)| !c.is_alphanumeric() && at + c.len_utf8() < tail.len());
    mark.and_then(|(at, c)| tail.get(at + c.len_utf8()..)).map_or(tail, str::trim_start)
}

fn encode(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
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
            exchange_id: String::new(),
            speaker: String::new(),
            asker: String::new(),
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

    #[test]
    fn scripts_without_spaces_are_cut_at_marks() {
        let quote = format!("{}。{}，好", "一".repeat(50), "二".repeat(200));
        assert_eq!(super::start(&quote), format!("{}。", "一".repeat(50)));
        assert_eq!(super::end(&quote), "好");
        let bare = "三".repeat(300);
        assert_eq!(super::start(&bare), "三".repeat(80));
        assert_eq!(super::end(&bare), "三".repeat(80));
        assert_eq!(super::end("a b  c d e f g"), "b  c d e f g");
    }
}
