//! Fits the weights of the segmenter's model on labelled transcripts, and tells what they do on sources that they
//! were not fitted on. `tests/quality/fit` runs it and prints the table; docs/segmentation.md has the method.
//!
//! Usage: `fit DATA OUT [--exclude PREFIX,...] [--settings N,N,N,N] [--fit-only] [--write TABLE]`. DATA has
//! `segmentation/{raw,gold}`, `segmentation/second/{raw,gold}` and `corpus`; the small transcripts of tests/corpus are fitted on too. Predictions are written below OUT, one folder per set of weights.

mod corpus;
mod crf;
mod degrade;
mod labels;
mod lbfgs;
mod table;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use onrecord::segmentation::training;

use crate::corpus::Transcript;
use crate::crf::Example;
use crate::crf::Objective;
use crate::crf::Settings;

/// What the command line asks for.
struct Arguments {
    data: PathBuf,
    out: PathBuf,
    exclude: Vec<String>,
    write: Option<PathBuf>,
    /// Whether sources are left out one at a time.
    leave_out: bool,
    settings: Settings,
}

fn arguments() -> Option<Arguments> {
    let mut given = std::env::args().skip(1);
    let (mut places, mut exclude, mut write, mut leave_out) = (Vec::new(), Vec::new(), None, true);
    let mut settings = Settings::default();
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--exclude" => exclude = given.next()?.split(',').map(str::to_owned).collect(),
            "--settings" => {
                let numbers: Vec<f64> =
                    given.next()?.split(',').filter_map(|number| number.parse().ok()).collect();
                let [named, observed, margin, quoting] = <[f64; 4]>::try_from(numbers).ok()?;
                settings = Settings { named, observed, margin, quoting };
            }
            "--fit-only" => leave_out = false,
            "--write" => write = Some(PathBuf::from(given.next()?)),
            _ => places.push(PathBuf::from(argument)),
        }
    }
    let [data, out] = <[PathBuf; 2]>::try_from(places).ok()?;
    Some(Arguments { data, out, exclude, write, leave_out, settings })
}

fn main() -> Result<(), Box<dyn Error>> {
    let usage =
        "usage: fit DATA OUT [--exclude PREFIX,...] [--settings N,N,N,N] [--fit-only] [--write TABLE]";
    let Arguments { data, out, exclude, write, leave_out, settings } = arguments().ok_or(usage)?;
    let mut log = std::io::stderr().lock();
    let mut transcripts = Vec::new();
    for set in ["segmentation", "segmentation/second"] {
        let set = data.join(set);
        transcripts.extend(corpus::load(&set.join("raw"), &set.join("gold"), &exclude)?);
    }
    let interview = data.join("corpus");
    transcripts.extend(corpus::load(&interview, &interview, &exclude)?);
    let fixtures = corpus::fixtures(Path::new("tests/corpus"))?;
    let copies: Vec<Transcript> = transcripts.iter().flat_map(degrade::copies).collect();
    corpus::write(&out.join("copies"), &copies)?;
    let examples = examples(transcripts.iter().chain(&copies).chain(&fixtures));
    let everything: Vec<&Transcript> = transcripts.iter().chain(&copies).collect();
    let units: usize = examples.values().flatten().map(|example| example.lattice.units.len()).sum();
    writeln!(
        log,
        "{} files, {} copies; {units} units of {} sources to fit on; {} weights",
        transcripts.len(),
        copies.len(),
        examples.len(),
        training::feature_names().len()
    )?;

    let all: Vec<&Example> = examples.values().flatten().collect();
    let fitted = fit(&all, settings);
    writeln!(
        log,
        "all sources: loss {:.3} by hand, {:.3} fitted",
        loss(&all, &training::prior()),
        loss(&all, &fitted)
    )?;
    let sources = sources(&transcripts);
    if let Some(path) = write {
        // Files without byte spans are scored, not fitted on; fixtures are of no source.
        let fitted_on = examples.keys().filter(|source| *source != corpus::FIXTURES).count();
        std::fs::write(path, table::write(&fitted, fitted_on))?;
    }
    if !leave_out {
        return Ok(());
    }
    predict(&out.join("by-hand"), &everything, |_| training::prior())?;
    predict(&out.join("fitted"), &everything, |_| fitted.clone())?;
    let without = |source: &String| {
        let rest: Vec<&Example> =
            examples.iter().filter(|(other, _)| *other != source).flat_map(|(_, of)| of).collect();
        fit(&rest, settings)
    };
    let left_out = in_parallel(&sources, without);
    for source in &sources {
        let own: Vec<&Example> = examples.get(source).into_iter().flatten().collect();
        let weights = left_out.get(source).ok_or("a source was not fitted")?;
        writeln!(
            log,
            "{source:24} loss {:7.3} by hand, {:7.3} fitted, {:7.3} left out",
            loss(&own, &training::prior()),
            loss(&own, &fitted),
            loss(&own, weights)
        )?;
    }
    predict(&out.join("left-out"), &everything, |source| {
        left_out.get(source).cloned().unwrap_or_else(|| fitted.clone())
    })?;
    Ok(())
}

/// The sources, each once.
fn sources(transcripts: &[Transcript]) -> Vec<String> {
    let mut sources: Vec<String> = transcripts.iter().map(|transcript| transcript.source.clone()).collect();
    sources.sort();
    sources.dedup();
    sources
}

/// What can be fitted on, by source: the files, copies of them degraded by rule, and fixtures.
fn examples<'a>(transcripts: impl Iterator<Item = &'a Transcript>) -> BTreeMap<String, Vec<Example>> {
    let mut examples: BTreeMap<String, Vec<Example>> = BTreeMap::new();
    for transcript in transcripts {
        if let Some(example) = labels::example(transcript) {
            examples.entry(transcript.source.clone()).or_default().push(example);
        }
    }
    for of_source in examples.values_mut() {
        crf::balance(of_source);
    }
    examples
}

/// The weights with the least loss on these examples.
fn fit(examples: &[&Example], settings: Settings) -> Vec<f32> {
    let objective = Objective::new(examples, settings);
    let fitted = lbfgs::minimise(objective.start(), |at| objective.value(at));
    // As the table has them.
    fitted.iter().map(|weight| format!("{weight:.3}").parse().unwrap_or_default()).collect()
}

/// Loss per unit, without what the prior adds.
fn loss(examples: &[&Example], weights: &[f32]) -> f64 {
    Objective::new(examples, Settings::default()).loss(weights)
}

/// Fits for all sources on as many threads as there are cores.
fn in_parallel(sources: &[String], fit: impl Fn(&String) -> Vec<f32> + Sync) -> BTreeMap<String, Vec<f32>> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            while let Some(source) = sources.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                done.push((source.clone(), fit(source)));
            }
            done
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    })
}

/// Writes the exchanges of all files, as `onrecord segment --json` does, to one file each.
fn predict(
    folder: &Path,
    transcripts: &[&Transcript],
    weights: impl Fn(&str) -> Vec<f32>,
) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    for transcript in transcripts {
        let lines = corpus::predictions(transcript, &weights(&transcript.source));
        std::fs::write(folder.join(format!("{}.jsonl", transcript.id)), lines)?;
    }
    Ok(())
}
