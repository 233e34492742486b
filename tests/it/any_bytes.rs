//! Documents that are no transcripts: bytes of any kind under the name of any format.

use libtest_mimic::Trial;
use onrecord::extraction::ExtractError;
use onrecord::extraction::Limits;
use onrecord::extraction::extract;
use onrecord::segmentation::segment;
use onrecord::transcript::DiagnosticKind;
use onrecord::transcript::Source;

use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![trial: random_bytes_under_any_name_are_refused_or_reported]
}

/// File names of all formats, and of some that are refused.
const NAMES: [&str; 27] = [
    "a",
    "a.txt",
    "a.md",
    "a.html",
    "a.vtt",
    "a.srt",
    "a.sbv",
    "a.ass",
    "a.ttml",
    "a.json",
    "a.jsonl",
    "a.csv",
    "a.tsv",
    "a.cha",
    "a.eaf",
    "a.xml",
    "a.TextGrid",
    "a.trs",
    "a.rtf",
    "a.odt",
    "a.epub",
    "a.docx",
    "a.pdf",
    "a.xlsx",
    "a.pptx",
    "a.stl",
    "a.mp3",
];

/// The same pseudo-random bytes each time (xorshift64).
fn random(mut seed: u64, length: usize) -> Vec<u8> {
    let next = |_| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()[3]
    };
    (0..length).map(next).collect()
}

fn random_bytes_under_any_name_are_refused_or_reported() {
    for (number, name) in NAMES.iter().enumerate() {
        for length in [0, 1, 64, 4096] {
            let noise = random(number as u64 * 8191 + length as u64 + 1, length);
            // Noise alone, and after the first bytes by which formats are known.
            for head in ["", "%PDF-1.7\n", "PK\u{3}\u{4}", "{\\rtf1 ", "WEBVTT\n\n", "<tt>", "[{", "\u{feff}"]
            {
                let bytes: Vec<u8> = head.bytes().chain(noise.iter().copied()).collect();
                let source = Source { bytes: &bytes, media_type: "", file_name: name };
                match extract(&source, &Limits::default()) {
                    Err(error) => assert!(!message(&error).is_empty()),
                    Ok(extraction) => {
                        let found = segment(&extraction);
                        assert!(found.exchanges.is_empty(), "{name} {head:?} {length}");
                        let reported =
                            found.diagnostics.iter().any(|told| told.kind == DiagnosticKind::NoExchanges);
                        assert!(reported, "{name} {head:?} says nothing");
                    }
                }
            }
        }
    }
}

fn message(error: &ExtractError) -> String {
    error.to_string()
}
