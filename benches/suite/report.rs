//! The report: a table and plots.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use plotters::prelude::*;

use crate::rounds::Outcome;
use crate::rounds::Times;

/// The figures of each corpus, as Markdown, and two plots beside it.
pub(crate) fn write(folder: &Path, outcomes: &[Outcome]) {
    fs::create_dir_all(folder).unwrap();
    let mut text = String::from(
        "<!-- Written by `cargo bench -p onrecord-benches --bench suite`; README.md says what the rows mean. -->\n\n",
    );
    let mut row = |name: &str, value: &dyn Fn(&Outcome) -> String| {
        let cells: Vec<String> = outcomes.iter().map(value).collect();
        writeln!(text, "| {name} | {} |", cells.join(" | ")).unwrap();
    };
    row("pairs", &|it| it.pairs.to_string());
    row("---", &|_| "---:".to_owned());
    row("raw BM25, µs of processor time per query", &|it| format!("{:.0}", it.raw));
    row("gRPC echo, µs per call", &|it| format!("{:.0}", it.echo));
    row("**Search, µs per call**", &|it| format!("**{:.0}**", it.service));
    row("Search without kept passages, µs per call", &|it| format!("{:.0}", it.unkept));
    row("**Search ÷ (raw + echo)**", &|it| format!("**{:.2}**", it.service / (it.raw + it.echo)));
    row("without kept passages ÷ (raw + echo)", &|it| format!("{:.2}", it.unkept / (it.raw + it.echo)));
    row("raw ÷ Search", &|it| format!("{:.0} %", 100.0 * it.raw / it.service));
    row("in process: Search, µs per call", &|it| format!("{:.0}", it.shapes.plain));
    row("in process: by a range of dates, µs per call", &|it| format!("{:.0}", it.shapes.dated));
    row("in process: the newest first, µs per call", &|it| format!("{:.0}", it.shapes.newest));
    row("in process: of a word in nearly all pairs, µs per call", &|it| format!("{:.0}", it.shapes.broad));
    row("in process: all facets of it in addition, µs per call", &|it| {
        format!("{:.0}", it.shapes.faceted - it.shapes.broad)
    });
    row("in process: its timeline, µs per call", &|it| format!("{:.0}", it.shapes.timeline));
    row("bytes per response", &|it| format!("{:.0}", it.response));
    row("echo, calls per second at saturation", &|it| format!("{:.0}", it.echo_rate));
    row("Search, calls per second at saturation", &|it| format!("{:.0}", it.service_rate));
    row("Search ÷ echo at saturation", &|it| format!("{:.0} %", 100.0 * it.service_rate / it.echo_rate));
    row("open load, calls per second", &|it| format!("{:.0}", it.open_rate));
    row("Search p50 / p99 / p99.9, ms", &|it| times(&it.service_times));
    row("echo p50 / p99 / p99.9, ms", &|it| times(&it.echo_times));
    row("p99 of Search ÷ p99 of echo", &|it| {
        format!("{:.1}", it.service_times.at(0.99) / it.echo_times.at(0.99))
    });
    row("ready after start, ms", &|it| it.start.as_millis().to_string());
    row("anonymous memory at rest, MB", &|it| megabytes(it.at_rest));
    row("anonymous memory after load, MB", &|it| megabytes(it.under_load));
    row("index, bytes per pair", &|it| (it.index_bytes / it.pairs as u64).to_string());
    row("store, bytes per pair", &|it| (it.store_bytes / it.pairs as u64).to_string());
    row("import, µs of processor time per pair", &|it| {
        format!("{:.0}", it.imported.cpu.as_secs_f64() * 1e6 / it.pairs as f64)
    });
    row("import, pairs per second", &|it| format!("{:.0}", it.pairs as f64 / it.imported.took.as_secs_f64()));
    row("anonymous memory while importing, at most, MB", &|it| megabytes(it.imported.memory));
    if outcomes.len() > 1 {
        writeln!(text, "\nFitted exponents (cost grows as pairs to this power):\n").unwrap();
        let mut fit = |name: &str, value: &dyn Fn(&Outcome) -> f64| {
            writeln!(text, "- {name}: {:.2}", exponent(outcomes, value)).unwrap();
        };
        fit("raw BM25 per query", &|it| it.raw);
        fit("Search per call", &|it| it.service);
        fit("import per pair", &|it| it.imported.cpu.as_secs_f64() / it.pairs as f64);
        fit("index size", &|it| it.index_bytes as f64);
        fit("store size", &|it| it.store_bytes as f64);
        fit("memory at rest", &|it| it.at_rest as f64);
        fit("start", &|it| it.start.as_secs_f64());
    }
    fs::write(folder.join("results.md"), text).unwrap();
    costs(&folder.join("cost.svg"), outcomes);
    latencies(&folder.join("latency.svg"), outcomes);
}

fn times(times: &Times) -> String {
    let at = |quantile| times.at(quantile) / 1000.0;
    format!("{:.2} / {:.2} / {:.2}", at(0.5), at(0.99), at(0.999))
}

fn megabytes(bytes: u64) -> String {
    format!("{:.0}", bytes as f64 / 1e6)
}

/// The slope of a straight line through logarithms, by least squares.
fn exponent(outcomes: &[Outcome], value: &dyn Fn(&Outcome) -> f64) -> f64 {
    let points: Vec<(f64, f64)> =
        outcomes.iter().map(|it| ((it.pairs as f64).ln(), value(it).ln())).collect();
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let (mut above, mut below) = (0.0, 0.0);
    for point in &points {
        above += (point.0 - x) * (point.1 - y);
        below += (point.0 - x) * (point.0 - x);
    }
    above / below
}

const COLOURS: [RGBColor; 5] = [
    RGBColor(31, 119, 180),
    RGBColor(214, 39, 40),
    RGBColor(44, 160, 44),
    RGBColor(255, 127, 14),
    RGBColor(90, 90, 90),
];

fn costs(file: &Path, outcomes: &[Outcome]) {
    type Series<'a> = (&'a str, &'a dyn Fn(&Outcome) -> f64);
    let series: [Series<'_>; 5] = [
        ("raw BM25", &|it| it.raw),
        ("Search", &|it| it.service),
        ("gRPC echo", &|it| it.echo),
        ("Search without kept passages", &|it| it.unkept),
        ("raw + echo", &|it| it.raw + it.echo),
    ];
    let least = outcomes.first().map_or(1.0, |it| it.pairs as f64);
    let most = outcomes.last().map_or(2.0, |it| it.pairs as f64).max(least * 2.0);
    let top = outcomes.iter().map(|it| it.unkept.max(it.service)).fold(1.0, f64::max);
    let area = SVGBackend::new(file, (720, 420)).into_drawing_area();
    area.fill(&WHITE).unwrap();
    let mut chart = ChartBuilder::on(&area)
        .caption("Processor time per query", ("sans-serif", 18))
        .margin(10)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d((least..most).log_scale(), (10.0..top * 1.3).log_scale())
        .unwrap();
    chart.configure_mesh().x_desc("pairs").y_desc("µs").draw().unwrap();
    for ((name, value), colour) in series.iter().zip(COLOURS) {
        let points: Vec<(f64, f64)> = outcomes.iter().map(|it| (it.pairs as f64, value(it))).collect();
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)).point_size(3))
            .unwrap()
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .border_style(BLACK)
        .draw()
        .unwrap();
    area.present().unwrap();
}

fn latencies(file: &Path, outcomes: &[Outcome]) {
    const QUANTILES: [f64; 9] = [0.0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995];
    let top = outcomes.iter().map(|it| it.service_times.at(0.9995)).fold(1.0, f64::max) / 1000.0;
    let area = SVGBackend::new(file, (720, 420)).into_drawing_area();
    area.fill(&WHITE).unwrap();
    let mut chart = ChartBuilder::on(&area)
        .caption("Time of a call at half of saturation, open load", ("sans-serif", 18))
        .margin(10)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d((1.0..2000.0).log_scale(), (0.05..top * 1.3).log_scale())
        .unwrap();
    chart.configure_mesh().x_desc("1 / (1 - quantile)").y_desc("ms").draw().unwrap();
    for (outcome, colour) in outcomes.iter().zip(COLOURS) {
        for (name, times, width) in [("Search", &outcome.service_times, 3), ("echo", &outcome.echo_times, 1)]
        {
            let points = QUANTILES.map(|quantile| (1.0 / (1.0 - quantile), times.at(quantile) / 1000.0));
            chart
                .draw_series(LineSeries::new(points, colour.stroke_width(width)))
                .unwrap()
                .label(format!("{name}, {} pairs", outcome.pairs))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(width)));
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .border_style(BLACK)
        .draw()
        .unwrap();
    area.present().unwrap();
}
