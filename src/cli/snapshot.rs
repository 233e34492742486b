//! `onrecord snapshot`.

use std::io::Write as _;
use std::path::Path;

use tonic::Streaming;

use crate::cli::CliError;
use crate::cli::client;
use crate::cli::client::Wait;
use crate::cli::json;
use crate::config::Snapshot;
use crate::grpc::pb;
use crate::grpc::pb::create_snapshot_response::Part;
use crate::local::SnapshotFile;
use crate::local::manifest_path;
use crate::transcript::Hasher;

pub(super) async fn run(args: Snapshot) -> Result<(), CliError> {
    let mut client = client::admin(&args.client, Wait::Stream).await?;
    let name = args.on_server.clone().unwrap_or_default();
    let request = pb::CreateSnapshotRequest { name: name.clone() };
    let parts = client.create_snapshot(request).await.map_err(client::failed)?.into_inner();
    let (summary, place) = match &args.file {
        None => (receive(parts, &mut |_| Ok(())).await?, format!("{name} on the server")),
        Some(file) if file.as_os_str() == "-" => {
            let summary = receive(parts, &mut |piece| Ok(std::io::stdout().write_all(piece)?)).await?;
            std::io::stdout().flush()?;
            return report(&mut std::io::stderr(), &summary, "standard output");
        }
        Some(file) => {
            let summary = save(parts, file).await?;
            let manifest = manifest_path(file);
            (summary, format!("{}, with {}", file.display(), manifest.display()))
        }
    };
    if args.client.json {
        return json::print("SnapshotSummary", &summary);
    }
    report(&mut std::io::stdout(), &summary, &place)
}

fn report(out: &mut impl std::io::Write, summary: &pb::SnapshotSummary, place: &str) -> Result<(), CliError> {
    let pb::SnapshotSummary { generation, document_count, size_bytes, sha256 } = summary;
    writeln!(
        out,
        "{document_count} documents of generation {generation} in {size_bytes} bytes: {place}\nsha256 {sha256}"
    )?;
    Ok(())
}

/// Writes a snapshot to a file, which has its name only once all of it has been read back and
/// checked.
async fn save(
    parts: Streaming<pb::CreateSnapshotResponse>,
    file: &Path,
) -> Result<pb::SnapshotSummary, CliError> {
    let mut saved = SnapshotFile::create(file)?;
    let summary = receive(parts, &mut |piece| Ok(saved.write(piece)?)).await?;
    tokio::task::spawn_blocking(move || saved.finish())
        .await
        .map_err(|error| CliError::Failed(format!("the snapshot was not finished: {error}")))??;
    Ok(summary)
}

/// Hands over the bytes of a snapshot as they come, and checks that all came.
async fn receive(
    mut parts: Streaming<pb::CreateSnapshotResponse>,
    take: &mut (dyn FnMut(&[u8]) -> Result<(), CliError> + Send),
) -> Result<pb::SnapshotSummary, CliError> {
    let (mut hasher, mut bytes) = (Hasher::default(), 0);
    while let Some(message) = parts.message().await.map_err(client::failed)? {
        match message.part {
            Some(Part::Content(piece)) => {
                hasher.update(&piece);
                bytes += piece.len() as u64;
                take(&piece)?;
            }
            Some(Part::Summary(summary)) => {
                // Without bytes it was written on the server, which has checked it.
                if bytes > 0 && hasher.finish().to_string() != summary.sha256 {
                    let message = "the snapshot is not what the server sent; try again";
                    return Err(CliError::Failed(message.into()));
                }
                return Ok(summary);
            }
            None => {}
        }
    }
    Err(CliError::Failed("the server ended before the snapshot did; try again".into()))
}
