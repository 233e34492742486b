//! Compiles the protos into `OUT_DIR`, with the descriptor set that reflection serves.

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use prost::Message as _;

const PROTOS: [&str; 4] = [
    "onrecord/v1/search.proto",
    "onrecord/v1/document.proto",
    "onrecord/v1/citation_service.proto",
    "onrecord/v1/admin.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    // Without these lines cargo watches the whole package, and every edit compiles the protos anew.
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=proto");

    // protox reads protos in Rust, so that no protoc has to be installed.
    let descriptors = protox::compile(PROTOS, ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        .bytes(".onrecord.v1.GetSourceResponse.content")
        .bytes(".onrecord.v1.CreateSnapshotResponse.content")
        .extern_path(".google.rpc", "::tonic_types::pb")
        .compile_fds(descriptors)?;
    Ok(())
}
