//! `onrecord list`.

use std::io::Write as _;

use crate::cli::CliError;
use crate::cli::client;
use crate::cli::client::Wait;
use crate::cli::json;
use crate::cli::render;
use crate::config::List;
use crate::grpc::pb;

pub(super) async fn run(args: List) -> Result<(), CliError> {
    let mut client = client::documents(&args.client, Wait::Response).await?;
    let mut page_token = String::new();
    loop {
        let request = pb::ListDocumentsRequest { page_size: 0, page_token };
        let response = client.list_documents(request).await.map_err(client::failed)?.into_inner();
        if args.client.json {
            json::print("ListDocumentsResponse", &response)?;
        } else {
            for document in &response.documents {
                let about = [&document.published, &document.language, &document.title];
                let about: Vec<&str> =
                    about.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
                let about = render::harmless(&about.join(" · ")).replace('\n', " ");
                let first = format!("{}  ", document.id);
                let line = render::wrapped(&about, render::width(), &first, render::INDENT);
                writeln!(std::io::stdout(), "{}", line.trim_end())?;
            }
        }
        page_token = response.next_page_token;
        if page_token.is_empty() {
            return Ok(());
        }
    }
}
