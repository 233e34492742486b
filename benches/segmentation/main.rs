//! Throughput of extraction and segmentation on one core, from bytes to exchanges: shapes of
//! documents that people have, at two sizes or three. Linear cost shows as the same bytes per
//! second at every size.
//!
//! `cargo bench -p onrecord-benches --bench segmentation`; figures, and the machine they are from, are in
//! `docs/formats.md`. One shape alone: `cargo bench -p onrecord-benches --bench segmentation -- 'html/'`.

mod formats;
mod prose;

use std::hint::black_box;
use std::time::Duration;

use criterion::BenchmarkId;
use criterion::Criterion;
use criterion::SamplingMode;
use criterion::Throughput;
use criterion::criterion_group;
use criterion::criterion_main;
use onrecord::extraction::Limits;
use onrecord::extraction::extract;
use onrecord::segmentation::segment;
use onrecord::transcript::Source;

/// The service's own, so that what is measured in this process is measured as the service is.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The sizes in bytes.
const SMALL: (&str, usize) = ("10 KB", 10_000);
const MEDIUM: (&str, usize) = ("1 MB", 1_000_000);
const LARGE: (&str, usize) = ("20 MB", 20_000_000);

/// A kind of document.
struct Shape {
    name: &'static str,
    /// A name with the extension that tells its format.
    file_name: &'static str,
    make: fn(usize) -> String,
    sizes: &'static [(&'static str, usize)],
}

const fn shape(name: &'static str, file_name: &'static str, make: fn(usize) -> String) -> Shape {
    Shape { name, file_name, make, sizes: &[MEDIUM, LARGE] }
}

const SHAPES: [Shape; 13] = [
    Shape { sizes: &[SMALL, MEDIUM, LARGE], ..shape("plain", "a.txt", formats::plain) },
    Shape { sizes: &[SMALL, MEDIUM, LARGE], ..shape("html", "a.html", formats::html) },
    // The sample interviews again and again, their words changed: labels of many kinds, headings,
    // notes.
    shape("samples", "a.txt", formats::samples),
    shape("wrapped", "a.txt", formats::wrapped),
    shape("unlabelled", "a.txt", formats::unlabelled),
    shape("short turns", "a.txt", formats::short_turns),
    shape("markdown", "a.md", formats::markdown),
    shape("webvtt", "a.vtt", formats::webvtt),
    shape("subrip", "a.srt", formats::subrip),
    shape("csv", "a.csv", formats::csv),
    shape("json", "a.json", formats::json),
    // About 10,000 and 200,000 labels, each of them twice.
    shape("many labels", "a.txt", formats::many_labels),
    shape("1,000 speakers", "a.txt", formats::many_speakers),
];

/// Reads a document as the service does; how many exchanges it has.
fn read(document: &str, file_name: &str) -> usize {
    let source = Source { bytes: document.as_bytes(), media_type: "", file_name };
    extract(&source, &Limits::default()).map_or(0, |extraction| segment(&extraction).exchanges.len())
}

fn throughput(criterion: &mut Criterion) {
    for Shape { name, file_name, make, sizes } in SHAPES {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10).sampling_mode(SamplingMode::Flat);
        group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
        for (size, bytes) in sizes {
            let document = make(*bytes);
            group.throughput(Throughput::Bytes(document.len() as u64));
            group.bench_with_input(BenchmarkId::from_parameter(size), &document, |bencher, document| {
                // A limit that refuses the document would be measured as speed.
                assert!(read(document, file_name) * 2000 > document.len(), "{name} {size} is segmented");
                bencher.iter(|| black_box(read(black_box(document), file_name)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, throughput);
criterion_main!(benches);
