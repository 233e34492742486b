//! What the benchmarks share: the binary that they measure.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot go on ends")]

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

/// The service's release binary, built when first asked for: Cargo gives the path of a binary only
/// to the benchmarks of the same package.
pub static SERVICE: LazyLock<PathBuf> = LazyLock::new(|| {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--locked", "--release", "--bin", "onrecord", "--manifest-path"]).arg(manifest);
    assert!(build.status().unwrap().success(), "the service does not build");
    // TARGET/release/deps/BENCHMARK
    let benchmark = std::env::current_exe().unwrap();
    benchmark.ancestors().nth(2).expect("a folder of builds").join("onrecord")
});
