//! How long the queries take that were made to take long, at 100,000 exchanges: each class fills
//! the 4,096 bytes that a query may have. `cargo bench -p onrecord-benches --bench hostile` prints
//! a time for each; none should reach 50 ms.
//!
//! The corpus is generated, the same on every machine: words by Zipf's law, English function words
//! the commonest, so that the worst phrases (of words that stand in every passage) are there to be
//! asked for.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run says where it stopped")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;
use std::time::SystemTime;

use criterion::Criterion;
use criterion::criterion_group;
use criterion::criterion_main;
use onrecord::engine::Body;
use onrecord::engine::Engine;
use onrecord::engine::SearchCall;
use onrecord::engine::Submission;
use onrecord::extraction::Line;
use onrecord::extraction::Pair;
use onrecord::local;
use onrecord::query::Filter;
use onrecord::query::MAX_QUERY_BYTES;
use onrecord::query::Query;
use onrecord::transcript::Metadata;

const DOCUMENTS: usize = 1_000;
const EXCHANGES_EACH: usize = 100;
const VOCABULARY: usize = 60_000;
/// Most documents are in the first language; a query is analysed for all of them.
const LANGUAGES: [&str; 10] = ["en", "en", "en", "en", "en", "en", "en", "de", "fr", "ru"];

/// The commonest words, commonest first.
const COMMON: &str = "the of and to in a is that it for was on be with as by at this not are but from or have an \
    they which one you were all her she there would their we him been has when who will no more if out so up \
    said what its about than into them can only other time new some could these two may first then do any like \
    my now over such our man me even most made after also did many off before must well back through years much \
    where your way down should because long each just state those people too";

/// A generator of numbers that look random (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }
}

/// Words, the commonest first, and how often each comes.
struct Vocabulary {
    words: Vec<String>,
    cumulative: Vec<f64>,
}

impl Vocabulary {
    fn new() -> Self {
        const SYLLABLES: [&str; 16] =
            ["ba", "ce", "di", "fo", "gu", "ha", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "vu", "za"];
        let mut words: Vec<String> = COMMON.split_ascii_whitespace().map(str::to_owned).collect();
        for number in words.len()..VOCABULARY {
            let mut word = String::new();
            let mut rest = number;
            while rest > 0 {
                word.push_str(SYLLABLES[rest % 16]);
                rest /= 16;
            }
            words.push(word);
        }
        // Zipf's law with Mandelbrot's correction, the exponent and shift usual for English.
        let mut sum = 0.0;
        let weight = |rank: u32| (f64::from(rank) + 2.7).powf(-1.07);
        let cumulative = (1..).take(words.len()).map(|rank| {
            sum += weight(rank);
            sum
        });
        let cumulative = cumulative.collect();
        Self { words, cumulative }
    }

    fn text(&self, numbers: &mut Numbers, words: usize) -> String {
        let total = self.cumulative.last().copied().unwrap();
        let mut text = String::with_capacity(words * 6);
        for place in 0..words {
            let aim = total * (f64::from(u32::try_from(numbers.next() >> 32).unwrap()) / 4_294_967_296.0);
            let word = &self.words[self.cumulative.partition_point(|sum| *sum < aim).min(VOCABULARY - 1)];
            text.push_str(word);
            text.push_str(if place % 15 == 14 { ". " } else { " " });
        }
        text
    }
}

fn corpus(folder: &Path) -> Engine {
    let engine = local::open(folder, local::Settings::new(SystemTime::now, [1; 32])).unwrap();
    let vocabulary = Vocabulary::new();
    let mut numbers = Numbers(1);
    let (done, receipts) = mpsc::channel();
    for number in 0..DOCUMENTS {
        let line = |text| Line { speaker: String::new(), text };
        let pairs = (0..EXCHANGES_EACH).map(|place| {
            let asked = 6 + numbers.below(12);
            let answered = if place % 50 == 0 { 1_200 } else { 20 + numbers.below(180) };
            Pair {
                question: Some(line(vocabulary.text(&mut numbers, asked))),
                answer: line(vocabulary.text(&mut numbers, answered)),
            }
        });
        let submission = Submission {
            id: format!("document-{number:04}"),
            metadata: Metadata {
                language: LANGUAGES[number % LANGUAGES.len()].to_owned(),
                ..Metadata::default()
            },
            media_type: String::new(),
            body: Body::Pairs(pairs.collect()),
            if_etag: None,
        };
        let done = done.clone();
        let prepared = engine.prepare(submission.identify()).unwrap();
        engine.submit(prepared, move |receipt| done.send(receipt.map(drop)).unwrap()).unwrap();
    }
    drop(done);
    assert!(receipts.iter().all(|receipt| receipt.is_ok()));
    assert_eq!(engine.stats().unwrap().exchanges, (DOCUMENTS * EXCHANGES_EACH) as u64);
    engine
}

/// As many of `parts` as a query holds, behind `first`.
fn filled(first: &str, parts: impl IntoIterator<Item = String>) -> String {
    let mut text = first.to_owned();
    for part in parts {
        if text.len() + part.len() > MAX_QUERY_BYTES {
            break;
        }
        text.push_str(&part);
    }
    text
}

/// Pairs of different common words that stand in most passages, those of the commonest first.
fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    let words: Vec<&str> = COMMON.split_ascii_whitespace().collect();
    (1..words.len()).flat_map(move |sum| {
        let words = words.clone();
        (0..=sum).map(move |first| (words[first], words[sum - first]))
    })
}

/// Phrases of two common words, each behind `sign`.
fn phrases(sign: &str) -> impl Iterator<Item = String> {
    pairs().map(move |(one, other)| format!(" {sign}\"{one} {other}\""))
}

fn classes() -> Vec<(&'static str, String)> {
    let vocabulary = Vocabulary::new();
    let words = |sign: &'static str| vocabulary.words.iter().map(move |word| format!(" {sign}{word}"));
    let repeated = |part: &str| filled("", std::iter::repeat_n(part.to_owned(), MAX_QUERY_BYTES));
    let mut long_phrase = filled("\"", words("").take(1_000).filter(|word| word.len() < 5));
    long_phrase.pop();
    long_phrase.push('"');
    let nested = (2..90).map(|length| {
        let inside: Vec<&str> = COMMON.split_ascii_whitespace().take(length).collect();
        format!(" \"{}\"", inside.join(" "))
    });
    let mut letters = (0x4e00_u32..0x9000).filter_map(char::from_u32);
    vec![
        ("ordinary", "what did the people say about mobare and the new siliba".to_owned()),
        ("ordinary phrase", "\"bare mobare\" siliba".to_owned()),
        ("opening brackets", repeated("(")),
        ("quotation marks", repeated("\"")),
        ("pairs of quotation marks", repeated("\"\" ")),
        ("minus signs", repeated("-")),
        ("plus and minus signs", repeated("+ - ")),
        ("one letter held down", repeated("a")),
        ("one letter as words", repeated("a ")),
        (
            "one letter as a phrase",
            format!("\"{}\"", filled("", std::iter::repeat_n("a ".to_owned(), 2_040))),
        ),
        ("control characters", repeated("\u{1}the\u{0}of\u{7f}")),
        ("right-to-left marks", repeated("\u{202e}the\u{200f} ")),
        ("accents upon accents", repeated("e\u{301}\u{302}\u{303}\u{304}")),
        ("ideographs", filled("", letters.by_ref().take(1_300).map(String::from))),
        ("different words, the commonest", filled("", words(""))),
        ("different words, required", filled("", words("+"))),
        ("different words, excluded", filled("the", words("-").skip(1))),
        ("1 phrase", filled("", phrases("").take(1))),
        ("8 phrases", filled("", phrases("").take(8))),
        ("16 phrases", filled("", phrases("").take(16))),
        ("phrases", filled("", phrases(""))),
        ("16 phrases, required", filled("the", phrases("+").take(16))),
        ("16 phrases, excluded", filled("the", phrases("-").take(16))),
        ("16 phrases, excluded, of the 20 commonest", filled("the", phrases("-").skip(184).take(16))),
        ("phrases within phrases", filled("", nested)),
        ("a long phrase", long_phrase),
        ("required, excluded and phrases", {
            let mixed =
                phrases("").take(16).chain(phrases("-").skip(20).take(16)).chain(words("-").skip(2_000));
            filled("+the", mixed)
        }),
    ]
}

fn hostile(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let engine = corpus(folder.path());
    let mut group = criterion.benchmark_group("hostile");
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    for (class, text) in classes() {
        let mut name = String::new();
        write!(name, "{class} ({} bytes)", text.len()).unwrap();
        let query = Query::parse(&text).unwrap();
        let call = SearchCall::new(query, Filter::default());
        group.bench_function(name, |bencher| bencher.iter(|| engine.search(&call).unwrap()));
    }
    group.finish();
}

criterion_group!(benches, hostile);
criterion_main!(benches);
