//! Everything that is tested from outside: at the wire, on files, with real processes.
//!
//! Modules stand in reading order. Each lists its tests in `trials()`; one that is not listed is
//! dead code, which does not compile.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    reason = "a test that cannot go on has failed"
)]

mod support;
mod architecture;
mod file_circles;
mod transcripts;
mod any_bytes;
mod fuzzing;
#[path = "../../fuzz/src/promises.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets share it")]
mod promises;
#[path = "../../fuzz/src/interview.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets share it")]
mod interview;
#[path = "../../fuzz/src/containers.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets share it")]
mod containers;
mod citations;
mod search;
mod orders;
mod pages;
mod batches;
mod facets;
mod timeline;
mod snippets;
mod who_spoke;
mod context;
mod suggestions;
mod hostile;
mod duplicates;
mod document;
mod etags;
mod long_documents;
mod participants;
mod admin;
mod rescue;
mod errors;
mod error_page;
mod released_protos;
mod versions;
mod restores;
mod lifecycle;
mod faults;
mod compat;
mod command_line;
mod corpus_commands;
mod ranking;
mod oracle;

use libtest_mimic::Arguments;
// Named from the root by what is shared with the fuzz targets.
use onrecord::extraction;
use onrecord::query;
use onrecord::segmentation;
use onrecord::span;
use onrecord::transcript;

fn main() -> std::process::ExitCode {
    let trials = [
        architecture::trials(),
        file_circles::trials(),
        transcripts::trials(),
        any_bytes::trials(),
        fuzzing::trials(),
        citations::trials(),
        search::trials(),
        orders::trials(),
        pages::trials(),
        batches::trials(),
        facets::trials(),
        timeline::trials(),
        snippets::trials(),
        who_spoke::trials(),
        context::trials(),
        suggestions::trials(),
        hostile::trials(),
        duplicates::trials(),
        document::trials(),
        etags::trials(),
        long_documents::trials(),
        participants::trials(),
        admin::trials(),
        rescue::trials(),
        errors::trials(),
        error_page::trials(),
        released_protos::trials(),
        versions::trials(),
        restores::trials(),
        lifecycle::trials(),
        faults::trials(),
        compat::trials(),
        command_line::trials(),
        corpus_commands::trials(),
        ranking::trials(),
        oracle::trials(),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials.into_iter().flatten().collect()).exit_code()
}
