//! Compiles the protos into `OUT_DIR`, with the descriptor set that reflection serves.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use prost::Message as _;
use prost_types::DescriptorProto;
use prost_types::EnumDescriptorProto;
use prost_types::FileDescriptorSet;
use prost_types::field_descriptor_proto::Type;

const PACKAGE: &str = "onrecord.v1";
const PROTOS: [&str; 6] = [
    "onrecord/v1/search.proto",
    "onrecord/v1/document.proto",
    "onrecord/v1/citation_service.proto",
    "onrecord/v1/admin.proto",
    "onrecord/v1/error.proto",
    // Not imported by the others; for clients that read the details of errors by reflection.
    "google/rpc/error_details.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    // Without these lines cargo watches the whole package, and every edit compiles the protos
    // again.
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
        .compile_fds(descriptors.clone())?;
    compile_encoded(descriptors, &out.join("encoded"))
}

/// Compiles the search service once more, with results whose passage is bytes: on the wire a
/// message and its bytes are the same (<https://protobuf.dev/programming-guides/proto3/#updating>),
/// so a passage is encoded once and sent often. Every other message is that of the first
/// compilation.
fn compile_encoded(mut descriptors: FileDescriptorSet, out: &Path) -> Result<(), Box<dyn Error>> {
    const OWN: [&str; 5] = [
        "SearchResponse",
        "SearchResult",
        "BatchSearchResponse",
        "BatchSearchResult",
        "ExportSearchResponse",
    ];
    descriptors.file.retain(|file| file.package() == PACKAGE);
    let mut config = tonic_prost_build::configure().build_client(false).out_dir(out);
    config = config.extern_path(".google.rpc", "::tonic_types::pb");
    for file in &mut descriptors.file {
        if file.name() != PROTOS[0] {
            file.service.clear();
        }
        for message in &mut file.message_type {
            if OWN.contains(&message.name()) {
                let passages = message.field.iter_mut().filter(|field| field.name() == "passage");
                passages.for_each(|field| {
                    field.set_type(Type::Bytes);
                    field.type_name = None;
                });
            }
        }
        let messages = file.message_type.iter().map(DescriptorProto::name);
        let names = messages
            .chain(file.enum_type.iter().map(EnumDescriptorProto::name))
            .filter(|name| !OWN.contains(name));
        for name in names {
            config = config.extern_path(format!(".{PACKAGE}.{name}"), format!("crate::grpc::pb::{name}"));
        }
    }
    fs::create_dir_all(out)?;
    let passage = format!(".{PACKAGE}.SearchResult.passage");
    config.bytes(passage).codec_path("crate::grpc::codec::AnswerCodec").compile_fds(descriptors)?;
    Ok(())
}
