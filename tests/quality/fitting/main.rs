//! Fits the weights of the segmenter's models on labelled transcripts, and reports what they do on
//! sources that they were not fitted on. `tests/quality/fit` runs it and prints the tables;
//! docs/segmentation.md has the method.
//!
//! Usage: `fit DATA OUT [--exclude PREFIX,...] [--settings N,N,N,N] [--fit-only] [--aside]
//! [--trial] [--write TABLE]`. DATA has `segmentation/{raw,gold}`, `segmentation/second/{raw,gold}`
//! and `corpus`; the small transcripts of tests/corpus are fitted on too. Predictions are written
//! below OUT, one folder per set of weights.

mod choices;
mod corpus;
mod crf;
mod degrade;
mod labels;
mod lbfgs;
mod table;
mod training_set;
mod trial;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use onrecord::segmentation::training;
use sha2::Digest as _;

use crate::corpus::Transcript;
use crate::crf::Settings;
use crate::training_set::KEPT;
use crate::training_set::TrainingSet;

/// What the command line asks for.
struct Arguments {
    data: PathBuf,
    out: PathBuf,
    exclude: Vec<String>,
    write: Option<PathBuf>,
    /// Whether sources are left out one at a time, and a third of the second set set aside.
    scores: bool,
    /// Whether only the sources set aside are scored.
    only_aside: bool,
    trial: bool,
    settings: Settings,
}

const USAGE: &str = "usage: fit DATA OUT [--exclude PREFIX,...] [--settings N,N,N,N] [--fit-only] [--aside] [--trial] \
    [--write TABLE]";

fn arguments() -> Option<Arguments> {
    let mut given = std::env::args().skip(1);
    let (mut places, mut exclude, mut write) = (Vec::new(), Vec::new(), None);
    let (mut scores, mut only_aside, mut trial) = (true, false, false);
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
            "--fit-only" => scores = false,
            "--aside" => only_aside = true,
            "--trial" => trial = true,
            "--write" => write = Some(PathBuf::from(given.next()?)),
            _ => places.push(PathBuf::from(argument)),
        }
    }
    let [data, out] = <[PathBuf; 2]>::try_from(places).ok()?;
    Some(Arguments { data, out, exclude, write, scores, only_aside, trial, settings })
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments().ok_or(USAGE)?;
    let Arguments { data, out, exclude, settings, .. } = &arguments;
    let set = |folder: &str| {
        let set = data.join("segmentation").join(folder);
        corpus::load(&set.join("raw"), &set.join("gold"), exclude)
    };
    let mut transcripts = set("")?;
    let second = set("second")?;
    let aside: Vec<String> = sources(&second).into_iter().filter(|source| is_aside(source)).collect();
    transcripts.extend(second);
    let interview = data.join("corpus");
    transcripts.extend(corpus::load(&interview, &interview, exclude)?);
    let fixtures = corpus::fixtures(Path::new("tests/corpus"))?;
    let copies: Vec<Transcript> = transcripts.iter().flat_map(degrade::copies).collect();
    corpus::write(&out.join("copies"), &copies)?;
    let training = TrainingSet::of(transcripts.iter().chain(&copies).chain(&fixtures));
    let mut log = std::io::stderr().lock();
    writeln!(log, "{} files, {} copies; {}", transcripts.len(), copies.len(), training.describe())?;

    let nothing_aside = |_: &str| false;
    if !arguments.only_aside {
        let fitted = training.fit(&nothing_aside, *settings, &KEPT);
        let (by_hand, after) = (training.loss(&training::prior()), training.loss(&fitted));
        writeln!(log, "all sources: loss {by_hand:.3} by hand, {after:.3} fitted")?;
        if let Some(path) = &arguments.write {
            std::fs::write(path, table::write(&fitted, training.sources()))?;
        }
        if !arguments.scores {
            return Ok(());
        }
        let everything: Vec<&Transcript> = transcripts.iter().chain(&copies).collect();
        predict(&out.join("by-hand"), &everything, |_| training::prior())?;
        predict(&out.join("fitted"), &everything, |_| fitted.clone())?;
        let sources = sources(&transcripts);
        let left_out = training.fit_without_each(&sources, *settings, &KEPT);
        predict(&out.join("left-out"), &everything, |source| {
            left_out.get(source).cloned().unwrap_or_else(|| fitted.clone())
        })?;
        if arguments.trial {
            trial::run(&training, &sources, &everything, out, *settings)?;
        }
    }
    let of_aside: Vec<&Transcript> = transcripts.iter().filter(|t| aside.contains(&t.source)).collect();
    let weights = training.fit(&|source| aside.iter().any(|other| other == source), *settings, &KEPT);
    predict(&out.join("aside-by-hand"), &of_aside, |_| training::prior())?;
    predict(&out.join("aside-fitted"), &of_aside, |_| weights.clone())?;
    writeln!(log, "set aside: {}", aside.join(" "))?;
    Ok(())
}

/// Whether a source of the second set is one of the third that is set aside: SHA-256 of its name
/// modulo 3.
fn is_aside(source: &str) -> bool {
    let digest = sha2::Sha256::digest(source.as_bytes());
    digest.iter().fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % 3) == 1
}

/// The sources, each once.
fn sources(transcripts: &[Transcript]) -> Vec<String> {
    let mut sources: Vec<String> = transcripts.iter().map(|transcript| transcript.source.clone()).collect();
    sources.sort();
    sources.dedup();
    sources
}

/// Writes the exchanges of files, as `onrecord segment --json` does, to one file each.
pub(crate) fn predict(
    folder: &Path,
    transcripts: &[&Transcript],
    weights: impl Fn(&str) -> Vec<f32> + Sync,
) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let lines = |transcript: &&Transcript| corpus::predictions(transcript, &weights(&transcript.source));
    for (transcript, lines) in transcripts.iter().zip(training_set::in_parallel(transcripts, lines)) {
        std::fs::write(folder.join(format!("{}.jsonl", transcript.id)), lines)?;
    }
    Ok(())
}
