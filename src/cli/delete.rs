//! `onrecord delete`.

use std::io::Write as _;

use crate::cli::CliError;
use crate::cli::client;
use crate::cli::json;
use crate::config::Delete;
use crate::grpc::pb;

pub(super) async fn run(args: Delete) -> Result<(), CliError> {
    let mut client = client::documents(&args.client).await?;
    let request = pb::DeleteDocumentRequest { document_id: args.id.clone() };
    let response = client.delete_document(request).await.map_err(client::failed)?.into_inner();
    if args.client.json {
        return json::print("DeleteDocumentResponse", &response);
    }
    writeln!(std::io::stdout(), "deleted {}", args.id)?;
    Ok(())
}
