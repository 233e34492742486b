# The commands that are typed most: https://just.systems. `just` lists them.

# List these commands.
default:
    @just --list --unsorted

# Compile everything without running it.
check:
    cargo check --all-targets

# Run all tests, or those whose name has FILTER in it.
test *FILTER:
    cargo test -- {{ FILTER }}

# Write the expected output of the segmentation cases; review the diff.
expect:
    UPDATE_EXPECT=1 cargo test --test it -- transcripts
    git diff --stat tests/corpus samples

# Format, lint and unit tests: before each commit.
fast:
    cargo fmt --all
    .ci/run fast

# All that has to hold before a change lands.
ci:
    .ci/run

# Serve the samples on 127.0.0.1:50051.
serve:
    cargo run --release -- serve samples

# Run a benchmark: suite, writes, segmentation, hostile.
bench NAME *ARGS:
    cargo bench -p onrecord-benches --bench {{ NAME }} -- {{ ARGS }}
