//! What every stage promises, whatever it is given; a promise broken is a panic, which the fuzzer reports.

use crate::extraction::Limits;
use crate::extraction::extract;
use crate::query::DateRange;
use crate::query::Query;
use crate::query::QueryError;
use crate::segmentation::segment;
use crate::segmentation::windows::WindowSettings;
use crate::segmentation::windows::windows;
use crate::span::ByteSpan;
use crate::span::SourceMap;
use crate::span::TextSpan;
use crate::transcript::Exchange;
use crate::transcript::Extraction;
use crate::transcript::Format;
use crate::transcript::Source;
use crate::transcript::Utterance;

/// Windows small enough that a fuzzer's answers have several, beside those the service cuts.
const WINDOWS: [WindowSettings; 2] =
    [WindowSettings { size: 4000, overlap: 1000 }, WindowSettings { size: 48, overlap: 16 }];

/// Reads bytes as plain text: whatever the detector makes of them, and UTF-8 by name where they are.
pub fn plain(bytes: &[u8]) -> bool {
    let utf8 = std::str::from_utf8(bytes).is_ok();
    document(bytes, if utf8 { "text/plain; charset=utf-8" } else { "text/plain" })
}

/// Reads bytes as this media type (empty: sniffed), segments them and checks both results. Returns whether they could
/// be read.
pub fn document(bytes: &[u8], media_type: &str) -> bool {
    let limits = Limits::default();
    let Ok(extraction) = extract(&Source { bytes, media_type, file_name: "" }, &limits) else { return false };
    let source = extraction.rendition.as_deref().map_or(bytes, str::as_bytes);
    // Where spans refer to text as it stands, quotes are the source itself; markup, escapes and other
    // encodings have to be undone first, which only the map tells. The bytes may prove another format than the media
    // type names.
    let as_it_stands = extraction.rendition.is_some()
        || (extraction.format == Format::Plain
            && media_type == "text/plain; charset=utf-8"
            && std::str::from_utf8(bytes).is_ok());
    extracted(&extraction, source);
    segmented(&extraction, source, as_it_stands);
    true
}

/// Checks that blocks are in order, disjoint and on character boundaries, and that the map stays in the source.
pub fn extracted(extraction: &Extraction, source: &[u8]) {
    let text = &extraction.text;
    let mut end = 0;
    assert!(!extraction.blocks.is_empty(), "an extraction has a block");
    for block in &extraction.blocks {
        assert!(block.span.start() >= end && !block.span.is_empty(), "blocks are in order: {:?}", block.span);
        assert!(text.get(block.span.range()).is_some(), "a block is on boundaries: {:?}", block.span);
        end = block.span.end();
        for emphasis in &block.emphasis {
            assert!(block.span.contains(emphasis.span), "emphasis is inside its block: {:?}", emphasis.span);
            assert!(!emphasis.span.of(text).is_empty(), "emphasis is on boundaries: {:?}", emphasis.span);
        }
        if let Some(time) = block.time {
            assert!(time.start <= time.end, "a block ends after it starts");
        }
        in_order(&extraction.map.to_bytes(block.span), source);
    }
    verbatim_runs_hold(&extraction.map, text, source);
    for diagnostic in &extraction.diagnostics {
        diagnostic.spans.iter().for_each(|span| in_range(*span, source));
    }
}

/// Segments, and checks every exchange and the windows of its answer.
pub fn segmented(extraction: &Extraction, source: &[u8], as_it_stands: bool) {
    let segmentation = segment(extraction);
    for exchange in &segmentation.exchanges {
        assert!(!exchange.answer.text.trim().is_empty(), "an answer is never empty");
        for utterance in exchange.question.iter().chain([&exchange.answer]) {
            said(utterance, source, as_it_stands);
        }
        for place in &exchange.occurrences {
            in_order(&place.question, source);
            in_order(&place.answer, source);
            assert!(!place.answer.is_empty(), "an occurrence has an answer");
        }
        assert!(!exchange.reasons.is_empty(), "an exchange says why");
        for settings in &WINDOWS {
            covered(&exchange.answer.text, settings);
        }
    }
    let starts: Vec<usize> = segmentation.exchanges.iter().filter_map(start).collect();
    assert!(starts.is_sorted(), "exchanges are in the order they were said: {starts:?}");
    for diagnostic in &segmentation.diagnostics {
        diagnostic.spans.iter().for_each(|span| in_range(*span, source));
    }
}

/// Reads a query and a date.
pub fn asked(text: &str) {
    if let Ok(range) = DateRange::parse(text) {
        assert!(range.first <= range.last, "a range of dates runs forwards");
    }
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(QueryError::Empty) => return assert!(text.trim().is_empty(), "only white space is no query"),
        Err(QueryError::TooLong { .. }) => return assert!(text.len() > crate::query::MAX_QUERY_BYTES),
        Err(QueryError::TooManyPhrases { phrases, allowed }) => return assert!(phrases > allowed),
    };
    assert_eq!(query.text(), text);
    for clause in query.clauses() {
        assert!(clause.text.chars().any(char::is_alphanumeric), "a clause has a word: {clause:?}");
        assert!(text.contains(&clause.text), "a clause is what was written: {clause:?}");
    }
    let words = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let read: String = query.clauses().iter().map(|clause| words(&clause.text)).collect();
    assert_eq!(read, words(text), "no word is lost");
}

/// Where an exchange was first said. A repeated one stands at its first place, although a later copy that kept
/// its question may be the one that is shown.
fn start(exchange: &Exchange) -> Option<usize> {
    let first = |question: &[ByteSpan], answer: &[ByteSpan]| {
        question.first().or(answer.first()).map(|span| span.start())
    };
    let question = exchange.question.as_ref().map(Utterance::spans).unwrap_or_default();
    let places = exchange.occurrences.iter().map(|place| first(&place.question, &place.answer));
    places.chain([first(&question, &exchange.answer.spans())]).flatten().min()
}

fn said(utterance: &Utterance, source: &[u8], as_it_stands: bool) {
    let spans = utterance.spans();
    assert!(!spans.is_empty(), "what was said stands somewhere: {:?}", utterance.text);
    in_order(&spans, source);
    verbatim_runs_hold(&utterance.map, &utterance.text, source);
    if as_it_stands {
        let quoted: Vec<u8> =
            spans.iter().flat_map(|span| span.of(source).unwrap_or_default()).copied().collect();
        let quoted = String::from_utf8(quoted).expect("spans are on boundaries of characters");
        assert!(
            bare(&quoted).eq(bare(&utterance.text)),
            "the source holds {quoted:?}, the text is {:?}",
            utterance.text
        );
    }
}

fn in_range(span: ByteSpan, source: &[u8]) {
    assert!(span.of(source).is_some(), "{span:?} is in the source of {} bytes", source.len());
}

fn in_order(spans: &[ByteSpan], source: &[u8]) {
    let mut end = 0;
    for span in spans {
        assert!(span.start() >= end && !span.is_empty(), "spans are ordered and disjoint: {spans:?}");
        in_range(*span, source);
        end = span.end();
    }
}

/// A no-break space in encodings of one byte a character: ISO 8859 and Windows, KOI8-R, IBM866, Macintosh.
const NO_BREAK_SPACES: [u8; 4] = [0xA0, 0x9A, 0xFF, 0xCA];

/// Checks that text mapped byte by byte is the source's own. White space is the one thing that markup changes
/// in place: a line's end in HTML reads as a space, and so does a no-break space, which is one byte where the source
/// is not in UTF-8.
fn verbatim_runs_hold(map: &SourceMap, text: &str, source: &[u8]) {
    let of_one_byte = std::str::from_utf8(source).is_err();
    let is_blank = |byte: u8| byte.is_ascii_whitespace() || (of_one_byte && NO_BREAK_SPACES.contains(&byte));
    for run in map.runs() {
        let text_span = TextSpan::new(run.text_start, run.text_start + run.units * run.text_unit);
        let byte_span = ByteSpan::new(run.byte_start, run.byte_start + run.units * run.byte_unit);
        let said = text.get(text_span.range()).expect("a run is on boundaries of characters");
        let stands = byte_span.of(source).expect("a run is in the source");
        if (run.text_unit, run.byte_unit) == (1, 1) {
            let same = |(a, b): (&u8, &u8)| a == b || (a.is_ascii_whitespace() && is_blank(*b));
            assert!(said.as_bytes().iter().zip(stands).all(same), "{said:?} is mapped to {stands:?}");
        }
    }
}

/// Checks that windows are in order, on boundaries, and leave out nothing but white space.
fn covered(answer: &str, settings: &WindowSettings) {
    let mut end = 0;
    let mut last_start = 0;
    for window in windows(answer, settings) {
        assert!(answer.get(window.range()).is_some(), "a window is on boundaries: {window:?}");
        assert!(window.start() >= last_start, "windows are in order: {window:?}");
        let gap = answer.get(end..window.start().max(end)).expect("windows end on boundaries");
        assert!(gap.trim().is_empty(), "windows leave out {gap:?}");
        (end, last_start) = (end.max(window.end()), window.start());
    }
    assert!(answer.get(end..).is_some_and(|rest| rest.trim().is_empty()), "windows reach the end");
}

fn bare(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !c.is_whitespace())
}
