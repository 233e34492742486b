//! Connecting to a server, and saying why a call failed.

use std::error::Error;
use std::time::Duration;

use tonic::Code;
use tonic::Status;
use tonic::TimeoutExpired;
use tonic::transport::Channel;
use tonic::transport::Endpoint;

use crate::cli::CliError;
use crate::cli::probe::Found;
use crate::cli::probe::probe;
use crate::config::Client;
use crate::grpc::pb::admin_service_client::AdminServiceClient;
use crate::grpc::pb::citation_service_client::CitationServiceClient;
use crate::grpc::pb::document_service_client::DocumentServiceClient;
use crate::grpc::pb::search_service_client::SearchServiceClient;

/// Largest response taken, in bytes: a page of long exchanges stays far below.
const MAX_RESPONSE: usize = 256 << 20;

const SILENCE: &str =
    "does not answer in time; see whether it is busy, or wait longer with --timeout-seconds";
const OTHER_PROTOCOL: &str = "is no onrecord server: what answers there does not speak gRPC";

/// What a command waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// One response, which has to come within the time-out.
    Response,
    /// A stream, which may last: the connection has to answer HTTP/2 pings within the time-out.
    Stream,
}

async fn connect(client: &Client, wait: Wait) -> Result<Channel, CliError> {
    let server = &client.server;
    let limit = Duration::from_secs(client.timeout_seconds);
    let endpoint = Endpoint::from_shared(url(server)?).map_err(|error| {
        CliError::Failed(format!("{server:?} is no address ({error}); write --server HOST:PORT"))
    })?;
    let endpoint = endpoint.connect_timeout(limit);
    let endpoint = match wait {
        Wait::Response => endpoint.timeout(limit),
        Wait::Stream => endpoint.http2_keep_alive_interval(limit / 2).keep_alive_timeout(limit / 2),
    };
    let uri = endpoint.uri();
    let address = format!("{}:{}", uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(80));
    let nothing = || {
        let message = format!(
            "no server answers at {server}; start one with `onrecord serve`, or name it with --server"
        );
        CliError::Failed(message)
    };
    match probe(&address, limit).await {
        Found::Http2 => endpoint.connect().await.map_err(|_| nothing()),
        Found::Nothing => Err(nothing()),
        Found::Silence => Err(CliError::Failed(format!("{server} takes connections, but {SILENCE}"))),
        Found::OtherProtocol => Err(CliError::Failed(format!("{server} {OTHER_PROTOCOL}"))),
    }
}

/// The URL of a server that may be written without `http://`, as the ready line of `serve` does.
fn url(server: &str) -> Result<String, CliError> {
    match server.split_once("://") {
        None => Ok(format!("http://{server}")),
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => Ok(server.to_owned()),
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => Err(CliError::Failed(format!(
            "{server}: TLS is not built yet, and nothing was sent; use http:// on a network that you trust"
        ))),
        Some((scheme, _)) => {
            Err(CliError::Failed(format!("{scheme}:// is not spoken; write --server http://HOST:PORT")))
        }
    }
}

/// A client of `AdminService`.
pub(super) async fn admin(client: &Client, wait: Wait) -> Result<AdminServiceClient<Channel>, CliError> {
    Ok(AdminServiceClient::new(connect(client, wait).await?).max_decoding_message_size(MAX_RESPONSE))
}

/// A client of `CitationService`.
pub(super) async fn citations(client: &Client) -> Result<CitationServiceClient<Channel>, CliError> {
    let channel = connect(client, Wait::Response).await?;
    Ok(CitationServiceClient::new(channel).max_decoding_message_size(MAX_RESPONSE))
}

/// A client of `DocumentService`.
pub(super) async fn documents(
    client: &Client,
    wait: Wait,
) -> Result<DocumentServiceClient<Channel>, CliError> {
    Ok(DocumentServiceClient::new(connect(client, wait).await?).max_decoding_message_size(MAX_RESPONSE))
}

/// A client of `SearchService`.
pub(super) async fn searches(client: &Client) -> Result<SearchServiceClient<Channel>, CliError> {
    let channel = connect(client, Wait::Response).await?;
    Ok(SearchServiceClient::new(channel).max_decoding_message_size(MAX_RESPONSE))
}

/// What a failed call comes to for a person.
#[expect(clippy::needless_pass_by_value, reason = "taken as map_err hands it over")]
pub(super) fn failed(status: Status) -> CliError {
    let message = status.message();
    CliError::Failed(if causes(&status).any(<dyn Error>::is::<TimeoutExpired>) {
        format!("the server {SILENCE}")
    } else if message.starts_with("grpc-status header missing") {
        // tonic's words for a response over HTTP/2 that is not gRPC.
        format!("the server {OTHER_PROTOCOL}")
    } else if let Some(first) = causes(&status).last() {
        // hyper's words for an HTTP/2 ping without an answer; its error type is not public.
        if first.to_string().contains("timed out") {
            return CliError::Failed(format!("the server {SILENCE}"));
        }
        format!("the connection to the server was lost ({first}); try again")
    } else if status.code() == Code::Unavailable {
        format!("the server is not available: {message}; try again")
    } else if status.code() == Code::Unimplemented {
        format!("the server does not know this call; is it an onrecord of this version? {message}")
    } else {
        message.to_owned()
    })
}

/// The errors that a status was made of, the latest first; none if the server sent it.
fn causes(status: &Status) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let mut next = status.source();
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_may_lack_their_scheme() {
        for (typed, expect) in [
            ("127.0.0.1:50051", "http://127.0.0.1:50051"),
            ("localhost:50051", "http://localhost:50051"),
            ("[::1]:50051", "http://[::1]:50051"),
            ("http://host:1", "http://host:1"),
            ("HTTP://host:1", "HTTP://host:1"),
        ] {
            assert_eq!(url(typed).unwrap(), expect);
        }
        assert!(url("https://host:1").unwrap_err().to_string().contains("TLS is not built yet"));
        assert!(url("HttpS://host:1").unwrap_err().to_string().contains("TLS is not built yet"));
        assert!(url("unix:///run/x").unwrap_err().to_string().contains("unix:// is not spoken"));
    }
}
