//! `onrecord rebuild-index`.

use std::io::Write as _;

use crate::cli::CliError;
use crate::cli::client;
use crate::cli::client::Wait;
use crate::cli::json;
use crate::config::RebuildIndex;
use crate::grpc::pb;

pub(super) async fn run(args: RebuildIndex) -> Result<(), CliError> {
    let mut client = client::admin(&args.client, Wait::Stream).await?;
    let request = pb::RebuildIndexRequest {};
    let mut reports = client.rebuild_index(request).await.map_err(client::failed)?.into_inner();
    let mut last = pb::RebuildIndexResponse::default();
    while let Some(report) = reports.message().await.map_err(client::failed)? {
        if args.client.json {
            json::print("RebuildIndexResponse", &report)?;
        } else if !report.complete {
            let pb::RebuildIndexResponse { document_count, total_document_count, .. } = report;
            writeln!(std::io::stderr(), "{document_count} of {total_document_count} documents")?;
        }
        last = report;
    }
    if !last.complete {
        return Err(CliError::Failed("the server ended before the index was built; try again".into()));
    }
    if !args.client.json {
        let pb::RebuildIndexResponse { document_count, generation, .. } = last;
        writeln!(
            std::io::stdout(),
            "the index of {document_count} documents was built again, as of generation {generation}"
        )?;
    }
    Ok(())
}
