//! `onrecord stats`.

use std::io::Write as _;

use crate::cli::CliError;
use crate::cli::client;
use crate::cli::client::Wait;
use crate::cli::json;
use crate::config::Stats;
use crate::grpc::pb;

pub(super) async fn run(args: Stats) -> Result<(), CliError> {
    let mut client = client::admin(&args.client, Wait::Response).await?;
    let response = client.get_stats(pb::GetStatsRequest {}).await.map_err(client::failed)?.into_inner();
    if args.client.json {
        return json::print("GetStatsResponse", &response);
    }
    let mut out = std::io::stdout().lock();
    for (number, what) in [
        (response.document_count, "documents"),
        (response.exchange_count, "exchanges"),
        (response.passage_count, "passages"),
        (response.source_bytes, "bytes of documents"),
        (response.store_bytes, "bytes of store"),
        (response.index_bytes, "bytes of index"),
    ] {
        writeln!(out, "{number:>15} {what}")?;
    }
    writeln!(out, "{:>15} generation", response.generation)?;
    if let Some(time) = &response.last_commit_time {
        writeln!(out, "{:>15} last commit", prost_types::Timestamp::to_string(time))?;
    }
    let versions = response.versions.unwrap_or_default();
    writeln!(
        out,
        "onrecord {}, store format {}, index format {}, snapshot format {}, pipeline {}",
        versions.service,
        versions.store_format,
        versions.index_format,
        versions.snapshot_format,
        versions.pipeline
    )?;
    Ok(())
}
