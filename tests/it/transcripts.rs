//! Files in, expected exchanges out. To add a case, add a file; `UPDATE_EXPECT=1` writes what is
//! expected.

use std::fmt::Write as _;
use std::path::Path;

use libtest_mimic::Trial;
use onrecord::extraction::Limits;
use onrecord::extraction::extract;
use onrecord::segmentation::segment;
use onrecord::transcript::Source;
use onrecord::transcript::Utterance;
use serde_json::Value;

use crate::support::corpus;
use crate::support::files;
use crate::support::root;
use crate::support::trial;

pub(crate) fn trials() -> Vec<Trial> {
    let folders = [root().join("tests/corpus"), root().join("samples")];
    let files = folders.iter().flat_map(|folder| files(folder));
    let mut trials: Vec<Trial> = files
        .filter(|file| file.extension().is_none_or(|extension| extension != "expected"))
        .map(|file| {
            let name = file.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            Trial::test(format!("transcripts::{name}"), move || {
                check(&file);
                Ok(())
            })
        })
        .collect();
    let real = trial("transcripts::the_real_interview_equals_its_gold", the_real_interview_equals_its_gold);
    trials.push(real.with_ignored_flag(corpus().is_none()));
    trials
}

/// What the segmenter makes of a file, in a form that can be reviewed.
fn read(file: &Path) -> String {
    let bytes = std::fs::read(file).unwrap();
    let source = Source { bytes: &bytes, media_type: "", file_name: &file.to_string_lossy() };
    let extraction = extract(&source, &Limits::default()).unwrap();
    let mut out = String::new();
    for exchange in segment(&extraction).exchanges {
        if let Some(question) = &exchange.question {
            side(&mut out, "Q", question);
        }
        side(&mut out, "A", &exchange.answer);
        for place in &exchange.occurrences {
            let spans: Vec<_> = place.question.iter().chain(&place.answer).map(|span| span.range()).collect();
            writeln!(out, "  also {spans:?}").unwrap();
        }
        out.push('\n');
    }
    out
}

fn side(out: &mut String, side: &str, utterance: &Utterance) {
    let spans: Vec<_> = utterance.spans().iter().map(|span| span.range()).collect();
    let text = utterance.text.replace('\n', "\n    ");
    writeln!(out, "{side} {} {spans:?}\n    {text}", utterance.speaker.as_deref().unwrap_or("?")).unwrap();
}

/// Samples show their expectations beside the fixtures', so that the samples' folder stays what a
/// user sees.
fn check(file: &Path) {
    let folder = root().join("tests/corpus");
    let expected = if file.starts_with(&folder) {
        file.with_extension(format!("{}.expected", file.extension().unwrap().to_string_lossy()))
    } else {
        root().join("tests/samples").join(file.file_name().unwrap()).with_added_extension("expected")
    };
    let actual = read(file);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::create_dir_all(expected.parent().unwrap()).unwrap();
        std::fs::write(&expected, actual).unwrap();
        return;
    }
    let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
    assert_eq!(actual, wanted, "{} differs from {}", file.display(), expected.display());
}

fn the_real_interview_equals_its_gold() {
    let corpus = corpus().unwrap();
    let bytes = std::fs::read(corpus.join("csto-mir-nazarbayev-2017.txt")).unwrap();
    let gold = std::fs::read_to_string(corpus.join("csto-mir-nazarbayev-2017.gold.json")).unwrap();
    let gold: Value = serde_json::from_str(&gold).unwrap();
    let gold = gold["exchanges"].as_array().unwrap();

    let source = Source { bytes: &bytes, media_type: "", file_name: "" };
    let found = segment(&extract(&source, &Limits::default()).unwrap()).exchanges;
    assert_eq!(found.len(), gold.len());
    let mut places = 0;
    for (found, gold) in found.iter().zip(gold) {
        let question = found.question.as_ref().map_or(Value::Null, |question| spans(&question.spans()));
        let answer = spans(&found.answer.spans());
        let locations = gold["locations"].as_array().unwrap();
        assert!(gold["q_alts"].as_array().unwrap().contains(&question), "{question} in {gold}");
        let answers = gold["a_alts"].as_array().unwrap();
        assert!(answers.iter().any(|alternative| alternative["spans"] == answer), "{answer} in {gold}");
        assert_eq!(found.answer.speaker.as_deref(), gold["answerer"].as_str());
        let first = (&locations[0]["q"], &locations[0]["a"]);
        assert_eq!((&question, &answer), first, "the first place is the canonical one");
        let others: Vec<(Value, Value)> =
            found.occurrences.iter().map(|place| (spans(&place.question), spans(&place.answer))).collect();
        let wanted: Vec<(Value, Value)> =
            locations[1..].iter().map(|place| (place["q"].clone(), place["a"].clone())).collect();
        assert_eq!(others, wanted, "{gold}");
        places += 1 + others.len();
    }
    assert_eq!((found.len(), places), (8, 12));
}

fn spans(spans: &[onrecord::span::ByteSpan]) -> Value {
    spans.iter().map(|span| serde_json::json!([span.start(), span.end()])).collect()
}
