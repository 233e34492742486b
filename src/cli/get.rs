//! `onrecord get`.

use std::io::Write as _;

use crate::cli::CliError;
use crate::cli::client;
use crate::cli::client::Wait;
use crate::cli::json;
use crate::cli::render;
use crate::config::Get;
use crate::grpc::pb;

pub(super) async fn run(args: Get) -> Result<(), CliError> {
    if args.source {
        return source(&args).await;
    }
    // A document's id holds no colon, an exchange's does.
    if args.id.contains(':') {
        let mut client = client::searches(&args.client).await?;
        let request = pb::GetExchangeRequest { exchange_id: args.id };
        let response = client.get_exchange(request).await.map_err(client::failed)?.into_inner();
        if args.client.json {
            return json::print("GetExchangeResponse", &response);
        }
        return response.exchange.iter().try_for_each(render::exchange);
    }
    let mut client = client::documents(&args.client, Wait::Response).await?;
    let request = pb::GetDocumentRequest { document_id: args.id };
    let response = client.get_document(request).await.map_err(client::failed)?.into_inner();
    let mut next = pb::ListExchangesRequest {
        document_id: response.document.as_ref().map(|document| document.id.clone()).unwrap_or_default(),
        page_size: i32::MAX,
        page_token: response.next_page_token.clone(),
    };
    if args.client.json {
        json::print("GetDocumentResponse", &response)?;
    } else {
        render::document(&response)?;
    }
    while !next.page_token.is_empty() {
        let page = client.list_exchanges(next.clone()).await.map_err(client::failed)?.into_inner();
        if args.client.json {
            json::print("ListExchangesResponse", &page)?;
        } else {
            page.exchanges.iter().try_for_each(render::exchange)?;
        }
        next.page_token = page.next_page_token;
    }
    Ok(())
}

async fn source(args: &Get) -> Result<(), CliError> {
    let mut client = client::documents(&args.client, Wait::Stream).await?;
    let document_id = args.id.split(':').next().unwrap_or_default().to_owned();
    let request = pb::GetSourceRequest { document_id, ..pb::GetSourceRequest::default() };
    let mut pieces = client.get_source(request).await.map_err(client::failed)?.into_inner();
    while let Some(piece) = pieces.message().await.map_err(client::failed)? {
        std::io::stdout().write_all(&piece.content)?;
    }
    Ok(())
}
