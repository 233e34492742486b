//! The dependency rule: who may name whom, and which crates are fenced to which stages.

use libtest_mimic::Trial;

use crate::support::files;
use crate::support::root;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![
        trial: stages_name_only_what_is_to_their_left, crates_stay_behind_their_fences,
        fuzzing_has_the_crates_of_its_stages, files_stay_small
    ]
}

/// What each stage may name, besides itself.
const STAGES: &[(&str, &[&str])] = &[
    ("disk", &[]),
    ("span", &[]),
    ("transcript", &["span"]),
    ("extraction", &["span", "transcript"]),
    ("segmentation", &["span", "transcript"]),
    ("analysis", &["span", "transcript"]),
    ("query", &["span", "transcript", "analysis"]),
    ("engine", &["span", "transcript", "extraction", "segmentation", "analysis", "query"]),
    ("local", &["disk", "span", "transcript", "analysis", "query", "engine"]),
    ("grpc", &["span", "transcript", "extraction", "query", "engine"]),
    ("config", &["query"]),
    (
        "cli",
        &[
            "disk",
            "span",
            "transcript",
            "extraction",
            "segmentation",
            "query",
            "engine",
            "local",
            "grpc",
            "config",
        ],
    ),
    ("telemetry", &[]),
    ("main", &["cli", "config", "telemetry"]),
];

/// Where each fenced crate may be named.
const FENCES: &[(&str, &[&str])] = &[
    ("tonic", &["grpc", "cli"]),
    ("tonic_types", &["grpc"]),
    ("tonic_health", &["grpc"]),
    ("tonic_reflection", &["grpc"]),
    ("prost", &["grpc", "cli"]),
    ("tokio", &["grpc", "cli", "main"]),
    ("tantivy", &["local"]),
    ("hashbrown", &["analysis", "local"]),
    ("fixedbitset", &["local"]),
    ("fastbloom", &["local"]),
    ("compact_str", &["analysis", "local"]),
    ("rust_stemmers", &["analysis"]),
    ("quick_cache", &["local", "engine"]),
    ("tikv_jemallocator", &["main"]),
    ("redb", &["local"]),
    ("rustix", &["disk"]),
    ("sha2", &["transcript", "engine"]),
    ("html5gum", &["extraction"]),
    ("pulldown_cmark", &["extraction"]),
    ("encoding_rs", &["extraction"]),
    ("chardetng", &["extraction"]),
    ("whatlang", &["extraction"]),
    ("lopdf", &["extraction"]),
    ("ttf_parser", &["extraction"]),
    ("quick_xml", &["extraction"]),
    ("csv", &["extraction"]),
    // Archives of documents are read by the client, archives that are one document by extraction.
    ("zip", &["extraction", "cli"]),
    ("tar", &["cli"]),
    ("flate2", &["extraction", "cli"]),
    ("glob", &["cli"]),
    ("indicatif", &["cli"]),
    ("prost_reflect", &["cli"]),
    ("clap", &["config", "main"]),
    ("tracing_subscriber", &["telemetry"]),
    ("getrandom", &["cli"]),
    ("std::env", &["config", "main"]),
    ("std::fs", &["disk", "local", "config", "cli"]),
    ("SystemTime::now", &["cli"]),
];

/// The stage that a file belongs to: the first part of its path below `src`.
fn sources() -> Vec<(String, String, String)> {
    let src = root().join("src");
    files(&src)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let below = path.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
            let stage = below.split(['/', '.']).next().unwrap().to_owned();
            (stage, below, std::fs::read_to_string(&path).unwrap())
        })
        .filter(|(stage, ..)| stage != "lib")
        .collect()
}

/// The lines that count: no comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

fn stages_name_only_what_is_to_their_left() {
    for (stage, file, text) in sources() {
        let (_, allowed) =
            STAGES.iter().find(|(name, _)| *name == stage).unwrap_or_else(|| panic!("{file}: no stage"));
        for line in code(&text) {
            for prefix in ["crate::", "onrecord::"] {
                for (at, _) in line.match_indices(prefix) {
                    let rest = &line[at + prefix.len()..];
                    assert!(!rest.starts_with('{'), "{file}: one path per line: {line}");
                    let named: String =
                        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    let known = STAGES.iter().any(|(name, _)| *name == named);
                    let ok = !known || named == stage || allowed.contains(&named.as_str());
                    assert!(ok, "{file}: {stage} may not name {named}: {line}");
                }
            }
        }
    }
}

fn crates_stay_behind_their_fences() {
    for (stage, file, text) in sources() {
        for (name, allowed) in FENCES {
            let path = if name.contains("::") { (*name).to_owned() } else { format!("{name}::") };
            for line in code(&text) {
                let named = line.match_indices(&path).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
                });
                assert!(!named || allowed.contains(&stage.as_str()), "{file}: {name} is fenced: {line}");
            }
        }
    }
}

/// The fuzz targets compile these stages from their sources, in a package that no other build
/// touches.
fn fuzzing_has_the_crates_of_its_stages() {
    const FUZZED: &[&str] = &["span", "transcript", "extraction", "segmentation", "analysis", "query"];
    let manifest = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    let used = FENCES.iter().filter(|(_, stages)| stages.iter().any(|stage| FUZZED.contains(stage)));
    for (name, stages) in used {
        let listed = manifest.lines().any(|line| line.replace('-', "_").starts_with(&format!("{name} = ")));
        assert!(listed, "{name}, used in {stages:?}, is to be listed in fuzz/Cargo.toml");
    }
}

fn files_stay_small() {
    for (_, file, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 400 || file.ends_with("tests.rs"), "{file} has {lines} lines; part it");
    }
}
