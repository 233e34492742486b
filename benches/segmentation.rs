//! Throughput of extraction and segmentation on one core, from bytes to exchanges: plain text and HTML, small to
//! large. Linear cost shows as the same bytes per second at every size.
//!
//! `cargo bench --bench segmentation`; figures and the machine they are from stand in `docs/formats.md`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use criterion::BenchmarkId;
use criterion::Criterion;
use criterion::Throughput;
use criterion::criterion_group;
use criterion::criterion_main;
use onrecord::extraction::Limits;
use onrecord::extraction::extract;
use onrecord::segmentation::segment;
use onrecord::transcript::Source;

/// The sizes, each some hundred times the one before.
const SIZES: [(&str, usize); 3] = [("10 KB", 10_000), ("1 MB", 1_000_000), ("50 MB", 50_000_000)];

/// What sentences are made of, drawn by number: no two answers are alike, as copies would be folded into one.
const WORDS: [&str; 48] = [
    "river", "bridge", "winter", "letter", "harvest", "valley", "and", "the", "of", "we", "had", "not",
    "people", "asked", "twice", "before", "measured", "when", "ferry", "closed", "school", "years", "it",
    "was", "slow", "because", "map", "promise", "walked", "with", "children", "nobody", "said", "water",
    "stone", "came", "back", "from", "mill", "road", "night", "quiet", "a", "to", "in", "that", "there",
    "house",
];

/// A sentence of so many words, another for each seed.
fn sentence(seed: usize, words: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9).wrapping_add(0x7f4a_7c15);
    let mut sentence = String::from("So");
    for _ in 0..words {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        sentence.push(' ');
        sentence.push_str(WORDS.get((state >> 33) % WORDS.len()).copied().unwrap_or_default());
    }
    sentence.push('.');
    sentence
}

/// A labelled interview of at least so many bytes.
fn plain(size: usize) -> String {
    let mut text = String::from("A conversation with Ruth Ansah\n\n");
    for number in 1_usize.. {
        if text.len() >= size {
            break;
        }
        turns(number, |speaker, paragraph| {
            // Writing to a string cannot fail.
            let _infallible = write!(text, "{speaker}{paragraph}\n\n");
        });
    }
    text
}

/// The same as a page with navigation, aside and footer.
fn html(size: usize) -> String {
    let mut page = String::from(
        "<!DOCTYPE html><html lang=\"en\"><head><title>A conversation with Ruth Ansah</title></head><body>\
         <header><nav><ul><li><a href=\"/\">Home</a></li><li><a href=\"/news\">News</a></li></ul></nav></header>\
         <main><article><h1>A conversation with Ruth Ansah</h1>\n",
    );
    for number in 1_usize.. {
        if page.len() >= size {
            break;
        }
        turns(number, |speaker, paragraph| {
            let label = speaker.trim_end();
            let _infallible = writeln!(page, "<p class=\"turn\"><strong>{label}</strong> {paragraph}</p>");
        });
        if number.is_multiple_of(20) {
            page.push_str(
                "<figure><img src=\"/a.jpg\"><figcaption>Photo: the valley</figcaption></figure>\n",
            );
        }
    }
    page.push_str(
        "</article></main><aside><ul><li><a href=\"/x\">Why do rivers move?</a></li></ul></aside>\
         <footer><p>All rights reserved.</p></footer></body></html>",
    );
    page
}

/// The paragraphs of one exchange.
fn turns(number: usize, mut write: impl FnMut(&str, &str)) {
    let said = |place: usize| sentence(number * 8 + place, 12 + place * 3);
    write("DANIEL CHO: ", &format!("{} What changed for you in year {number}?", said(0)));
    write("RUTH ANSAH: ", &format!("{} {} {}", said(1), said(2), said(3)));
    if number.is_multiple_of(3) {
        write("", &format!("{} {}", said(4), said(5)));
    }
}

/// Reads a document as the service does; how many exchanges it has.
fn read(document: &str, media_type: &str) -> usize {
    let source = Source { bytes: document.as_bytes(), media_type, file_name: "" };
    extract(&source, &Limits::default()).map_or(0, |extraction| segment(&extraction).exchanges.len())
}

fn throughput(criterion: &mut Criterion) {
    for (format, media_type, make) in
        [("plain", "text/plain", plain as fn(usize) -> String), ("html", "text/html", html)]
    {
        let mut group = criterion.benchmark_group(format);
        group.sample_size(10).warm_up_time(Duration::from_millis(500));
        for (name, size) in SIZES {
            let document = make(size);
            // A limit that refuses the document would be measured as speed.
            assert!(read(&document, media_type) * 1000 > document.len(), "{format} {name} is segmented");
            group.throughput(Throughput::Bytes(document.len() as u64));
            group.bench_with_input(BenchmarkId::from_parameter(name), &document, |bencher, document| {
                bencher.iter(|| black_box(read(black_box(document), media_type)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, throughput);
criterion_main!(benches);
