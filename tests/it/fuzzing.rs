//! What the fuzz targets check, without the fuzzer: their seeds, which hold what it has found, the
//! transcripts of the repository, and inputs made from each by chance, the same in every run.
//! `fuzz/run` searches for hours; this takes seconds and is part of every test run.

use std::fs;
use std::panic::catch_unwind;
use std::path::PathBuf;

use arbitrary::Arbitrary as _;
use arbitrary::Unstructured;
use libtest_mimic::Trial;

use crate::containers;
use crate::interview::Interview;
use crate::promises::asked;
use crate::promises::document;
use crate::promises::extracted;
use crate::promises::plain;
use crate::promises::segmented;
use crate::support::files;
use crate::support::root;
use crate::support::trials;

/// Inputs made from each seed, and how many bytes of one they begin with.
const MUTANTS: u64 = 40;
const LONGEST: usize = 2048;

/// A target's name and what it does with an input; says whether that could be read.
type Target = (&'static str, fn(&[u8]) -> bool);

const TARGETS: [Target; 23] = [
    ("plain", plain),
    ("markdown", |bytes| document(bytes, "text/markdown")),
    ("html", |bytes| document(bytes, "text/html")),
    ("webvtt", |bytes| document(bytes, "text/vtt")),
    ("subrip", |bytes| document(bytes, "application/x-subrip")),
    ("json", |bytes| document(bytes, "application/json")),
    ("csv", |bytes| document(bytes, "text/csv")),
    ("docx", |bytes| {
        let media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        document(&containers::docx(bytes), media_type)
    }),
    ("ttml", |bytes| document(bytes, "application/ttml+xml")),
    ("sbv", |bytes| document(bytes, "text/x-sbv")),
    ("ass", |bytes| document(bytes, "text/x-ass")),
    ("chat", |bytes| document(bytes, "text/x-chat")),
    ("elan", |bytes| document(bytes, "text/x-eaf+xml")),
    ("tei", |bytes| document(bytes, "application/tei+xml")),
    ("textgrid", |bytes| document(bytes, "text/x-textgrid")),
    ("transcriber", |bytes| document(bytes, "application/x-trs+xml")),
    ("rtf", |bytes| document(bytes, "application/rtf")),
    ("odt", |bytes| document(&containers::odt(bytes), "application/vnd.oasis.opendocument.text")),
    ("epub", |bytes| document(&containers::epub(bytes), "application/epub+zip")),
    ("pdf", |bytes| document(&containers::pdf(bytes), "application/pdf")),
    ("sniffed", |bytes| document(bytes, "")),
    ("segment", |bytes| {
        let interview = Interview::arbitrary_take_rest(Unstructured::new(bytes));
        let Some((extraction, source)) = interview.ok().and_then(|interview| interview.extraction()) else {
            return false;
        };
        extracted(&extraction, source.as_bytes());
        segmented(&extraction, source.as_bytes(), true);
        true
    }),
    ("query", |bytes| {
        asked(&String::from_utf8_lossy(bytes));
        true
    }),
];

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |(name, run): Target| {
        Trial::test(format!("fuzzing::{name}"), move || {
            check(run);
            Ok(())
        })
    };
    TARGETS.into_iter().map(trial).chain(trials![trial: every_target_is_here]).collect()
}

/// Every target of the fuzzer is here.
fn every_target_is_here() {
    let mut names: Vec<_> = TARGETS.iter().map(|(name, _)| format!("{name}.rs")).collect();
    names.sort();
    let targets = files(&root().join("fuzz/targets"));
    let targets: Vec<_> = targets.iter().map(|path| path.file_name().unwrap().to_string_lossy()).collect();
    assert_eq!(names, targets);
}

/// Runs a target with each seed and with what chance makes of it.
fn check(run: fn(&[u8]) -> bool) {
    let mut read = 0;
    for (number, path) in (0..).zip(seeds()) {
        let seed = fs::read(&path).unwrap();
        let mutants = (0..MUTANTS).map(|mutant| mutated(&seed, &mut Chance(number * MUTANTS + mutant)));
        for (place, input) in [seed.clone()].into_iter().chain(mutants).enumerate() {
            let done = catch_unwind(|| run(&input));
            read +=
                usize::from(done.unwrap_or_else(|_| panic!("{}, input {place} (0: itself)", path.display())));
        }
    }
    assert!(read > 0, "no input could be read");
}

/// The files that the fuzzer begins with.
fn seeds() -> Vec<PathBuf> {
    let folders = ["fuzz/seeds", "tests/corpus", "samples"].map(|folder| files(&root().join(folder)));
    let is_seed = |path: &PathBuf| path.extension().is_none_or(|extension| extension != "expected");
    folders.into_iter().flatten().filter(is_seed).collect()
}

/// A stretch of a seed with some bytes changed, dropped, doubled or moved.
fn mutated(seed: &[u8], chance: &mut Chance) -> Vec<u8> {
    const TELLING: [&[u8]; 12] =
        [b"\n", b"\n\n", b":", b"<", b"</td>", b"\"", b"}", b"\\", b"\0", b"\xEF\xBB\xBF", b"\xFF", b"&#0;"];
    let start = chance.below(seed.len().saturating_sub(LONGEST) + 1);
    let end = seed.len().min(start + LONGEST);
    let mut bytes = seed[start..end].to_vec();
    for _ in 0..=chance.below(8) {
        let at = chance.below(bytes.len() + 1);
        let until = bytes.len().min(at + chance.below(40));
        match chance.below(5) {
            0 => drop(bytes.splice(at..at, TELLING[chance.below(TELLING.len())].iter().copied())),
            1 => drop(bytes.drain(at..until)),
            2 => {
                let part = bytes[at..until].to_vec();
                let to = chance.below(bytes.len() + 1);
                drop(bytes.splice(to..to, part));
            }
            3 => bytes.truncate(at.max(bytes.len() / 2)),
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << chance.below(8)),
        }
    }
    bytes
}

/// Numbers that look random (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }
}
