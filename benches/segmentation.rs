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
use onrecord::extract::Limits;
use onrecord::extract::extract;
use onrecord::segment::segment;
use onrecord::transcript::Source;

/// The sizes, each some hundred times the one before.
const SIZES: [(&str, usize); 3] = [("10 KB", 10_000), ("1 MB", 1_000_000), ("50 MB", 50_000_000)];

/// What the answers are made of; the number of the exchange makes each of them another.
const SENTENCES: [&str; 6] = [
    "We measured it twice, once in spring and once after the harvest, and both times the river had moved.",
    "Nobody had asked the people who live there, so that was the first thing we did.",
    "There is a saying in the valley: a map is a promise, and promises are kept by those who walk.",
    "It took eleven years, and I would not call that slow.",
    "When the bridge was closed, the ferry came back, and with it the school, the baker and the dances.",
    "I keep the letters in a box, and on bad days I read the angry ones first.",
];

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
    let sentence =
        |offset: usize| SENTENCES.get((number + offset) % SENTENCES.len()).copied().unwrap_or_default();
    write("DANIEL CHO: ", &format!("In year {number}, what changed for you &amp; the others in the valley?"));
    write("RUTH ANSAH: ", &format!("In year {number}? {} {} {}", sentence(0), sentence(1), sentence(2)));
    if number.is_multiple_of(3) {
        write("", &format!("{} {} And that was year {number}.", sentence(3), sentence(4)));
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
