//! Connecting to a server, and saying why a call failed.

use tonic::Code;
use tonic::Status;
use tonic::transport::Channel;
use tonic::transport::Endpoint;

use crate::cli::CliError;
use crate::config::Client;
use crate::grpc::pb::admin_service_client::AdminServiceClient;
use crate::grpc::pb::document_service_client::DocumentServiceClient;
use crate::grpc::pb::search_service_client::SearchServiceClient;

/// Largest response taken, in bytes: a page of long exchanges stays far below.
const MAX_RESPONSE: usize = 256 << 20;

async fn connect(client: &Client) -> Result<Channel, CliError> {
    let server = &client.server;
    let endpoint = Endpoint::from_shared(server.clone()).map_err(|error| {
        CliError::Failed(format!("{server:?} is no address ({error}); write --server http://HOST:PORT"))
    })?;
    endpoint.connect().await.map_err(|_| {
        let message = format!(
            "no server answers at {server}; start one with `onrecord serve`, or name it with --server"
        );
        CliError::Failed(message)
    })
}

/// A client of `AdminService`.
pub(super) async fn admin(client: &Client) -> Result<AdminServiceClient<Channel>, CliError> {
    Ok(AdminServiceClient::new(connect(client).await?).max_decoding_message_size(MAX_RESPONSE))
}

/// A client of `DocumentService`.
pub(super) async fn documents(client: &Client) -> Result<DocumentServiceClient<Channel>, CliError> {
    Ok(DocumentServiceClient::new(connect(client).await?).max_decoding_message_size(MAX_RESPONSE))
}

/// A client of `SearchService`.
pub(super) async fn searches(client: &Client) -> Result<SearchServiceClient<Channel>, CliError> {
    Ok(SearchServiceClient::new(connect(client).await?).max_decoding_message_size(MAX_RESPONSE))
}

/// What a failed call comes to for a person.
#[expect(clippy::needless_pass_by_value, reason = "taken as map_err hands it over")]
pub(super) fn failed(status: Status) -> CliError {
    let message = status.message();
    if status.code() == Code::Unavailable {
        return CliError::Failed(format!("the server is not available: {message}; try again"));
    }
    CliError::Failed(message.to_owned())
}
