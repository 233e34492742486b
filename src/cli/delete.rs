//! `onrecord delete`.

use std::io::Write as _;

use crate::cli::CliError;
use crate::cli::client;
use crate::cli::client::Wait;
use crate::cli::json;
use crate::config::Delete;
use crate::grpc::pb;

pub(super) async fn run(args: Delete) -> Result<(), CliError> {
    let mut client = client::documents(&args.client, Wait::Response).await?;
    let request = pb::DeleteDocumentRequest {
        document_id: args.id.clone(),
        purge: args.purge,
        allow_missing: args.allow_missing,
        etag: args.if_match.clone().unwrap_or_default(),
    };
    let response = client.delete_document(request).await.map_err(client::failed)?.into_inner();
    if args.client.json {
        return json::print("DeleteDocumentResponse", &response);
    }
    let pb::DeleteDocumentResponse { purged_versions, purged_bytes, generation: _ } = response;
    if args.purge {
        writeln!(std::io::stdout(), "purged {}: {purged_versions} versions, {purged_bytes} bytes", args.id)?;
    } else {
        writeln!(
            std::io::stdout(),
            "deleted {}; its bytes are kept for old citations (see --purge)",
            args.id
        )?;
    }
    Ok(())
}
