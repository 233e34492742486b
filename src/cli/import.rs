//! `onrecord import`: a stream of documents to a server, with a bar on a terminal and a summary at
//! the end.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use futures_util::StreamExt as _;
use indicatif::ProgressBar;
use indicatif::ProgressStyle;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::cli::CliError;
use crate::cli::client;
use crate::cli::client::Wait;
use crate::cli::json;
use crate::cli::render;
use crate::cli::sources;
use crate::cli::sources::Found;
use crate::cli::sources::Item;
use crate::config::Import;
use crate::grpc::pb;

/// Documents read ahead of the wire.
const AHEAD: usize = 4;

pub(super) async fn run(args: Import) -> Result<(), CliError> {
    let found = sources::find(&args.paths)?;
    let mut tally = Tally::new(found.len(), args.client.json);
    let done = if args.dry_run {
        dry_run(&args, found, &mut tally).await
    } else {
        import(&args, found, &mut tally).await
    };
    // What was done is reported even if the stream failed.
    let reported = tally.finish(args.dry_run);
    done.and(reported)
}

/// Reads on a separate thread; what cannot be read is reported separately.
fn reader(args: &Import, found: Vec<Found>) -> mpsc::Receiver<Item> {
    let (items, read) = mpsc::channel(AHEAD);
    let limit = args.max_document_bytes;
    tokio::task::spawn_blocking(move || {
        sources::read(&found, limit, &mut |item| items.blocking_send(item).is_ok());
    });
    read
}

fn document(args: &Import, id: String, content: Vec<u8>) -> pb::Document {
    pb::Document {
        id,
        title: args.title.clone(),
        uri: args.uri.clone(),
        publisher: args.publisher.clone(),
        published: args.published.clone(),
        language: args.language.clone(),
        labels: args.labels.iter().cloned().collect(),
        media_type: args.media_type.clone(),
        body: Some(pb::document::Body::Content(content)),
        ..pb::Document::default()
    }
}

/// A document on its way: its name, or the answer where it was not sent.
enum Sent {
    Waiting(String),
    Unreadable(String, String),
}

async fn import(args: &Import, found: Vec<Found>, tally: &mut Tally) -> Result<(), CliError> {
    let mut client = client::documents(&args.client, Wait::Stream).await?;
    // Answers come in the order of the documents, so a queue of names says which is which.
    let sent: Arc<Mutex<VecDeque<Sent>>> = Arc::default();
    let (names, options) = (Arc::clone(&sent), args.clone());
    let requests = ReceiverStream::new(reader(args, found)).filter_map(move |Item { name, id, content }| {
        let (entry, request) = match content {
            Ok(content) => {
                let document = Some(document(&options, id, content));
                (Sent::Waiting(name), Some(pb::ImportDocumentsRequest { document }))
            }
            Err(error) => (Sent::Unreadable(name, error), None),
        };
        names.lock().unwrap_or_else(PoisonError::into_inner).push_back(entry);
        std::future::ready(request)
    });
    let next = || sent.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let mut answers = client.import_documents(requests).await.map_err(client::failed)?.into_inner();
    while let Some(answer) = answers.message().await.map_err(client::failed)? {
        let name = loop {
            match next() {
                Some(Sent::Unreadable(name, error)) => tally.failed(&name, &error)?,
                Some(Sent::Waiting(name)) => break name,
                None => return Err(CliError::Failed("the server answered more than it was asked".into())),
            }
        };
        tally.answered(&name, &answer)?;
    }
    while let Some(left) = next() {
        match left {
            Sent::Unreadable(name, error) => tally.failed(&name, &error)?,
            Sent::Waiting(name) => tally.failed(&name, "the server ended without an answer; try again")?,
        }
    }
    Ok(())
}

/// Shows what an import would find, and stores nothing.
async fn dry_run(args: &Import, found: Vec<Found>, tally: &mut Tally) -> Result<(), CliError> {
    let mut client = client::documents(&args.client, Wait::Response).await?;
    let mut items = reader(args, found);
    while let Some(Item { name, id, content }) = items.recv().await {
        let content = match content {
            Ok(content) => content,
            Err(error) => {
                tally.failed(&name, &error)?;
                continue;
            }
        };
        let request = pb::SegmentDocumentRequest {
            document: Some(document(args, id.clone(), content)),
            ..pb::SegmentDocumentRequest::default()
        };
        match client.segment_document(request).await {
            Ok(response) => {
                // The document counts all of its exchanges; the page may have fewer.
                let pb::SegmentDocumentResponse { document, diagnostics, .. } = response.into_inner();
                let exchange_count = document.map_or(0, |document| document.exchange_count);
                let answer = pb::ImportDocumentsResponse {
                    document_id: id,
                    exchange_count,
                    diagnostics,
                    ..Default::default()
                };
                tally.answered(&name, &answer)?;
            }
            Err(status) => tally.failed(&name, &client::failed(status).to_string())?,
        }
    }
    Ok(())
}

/// What became of the documents so far.
struct Tally {
    bar: ProgressBar,
    json: bool,
    started: Instant,
    stored: u64,
    unchanged: u64,
    failures: u64,
    exchanges: u64,
    /// The name of the file that each id was given to last.
    names: HashMap<String, String>,
}

impl Tally {
    fn new(documents: usize, json: bool) -> Self {
        // Drawn on standard error, and only where that is a terminal.
        let bar = ProgressBar::new(documents as u64);
        let look = "{bar:30} {pos} of {len} documents, {per_sec}, {eta} left{msg}";
        bar.set_style(ProgressStyle::with_template(look).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self {
            bar,
            json,
            started: Instant::now(),
            stored: 0,
            unchanged: 0,
            failures: 0,
            exchanges: 0,
            names: HashMap::new(),
        }
    }

    fn answered(&mut self, name: &str, answer: &pb::ImportDocumentsResponse) -> Result<(), CliError> {
        if self.json {
            json::print("ImportDocumentsResponse", answer)?;
        }
        if let Some(error) = &answer.error {
            return self.failed(name, &error.message);
        }
        let (outcome, count) = match answer.outcome() {
            // A dry run has no outcome.
            pb::Outcome::Unspecified => ("found", &mut self.stored),
            pb::Outcome::Created => ("created", &mut self.stored),
            pb::Outcome::Replaced => ("replaced", &mut self.stored),
            pb::Outcome::Unchanged => ("unchanged", &mut self.unchanged),
        };
        *count += 1;
        let id = &answer.document_id;
        if !self.json {
            let line = format!("{outcome:<9} {}, {} exchanges", render::harmless(id), answer.exchange_count);
            self.bar.suspend(|| writeln!(std::io::stdout(), "{line}"))?;
        }
        if let Some(other) = self.names.insert(id.clone(), name.to_owned()) {
            self.report(name, &format!("has the id of {other}, {id:?}, and only one of them is kept"))?;
        }
        self.exchanges += u64::try_from(answer.exchange_count).unwrap_or_default();
        if answer.exchange_count == 0 {
            self.report(name, "no exchange was found; see onrecord segment --explain")?;
        }
        self.advance();
        Ok(())
    }

    fn failed(&mut self, name: &str, error: &str) -> Result<(), CliError> {
        self.failures += 1;
        self.report(name, error)?;
        self.advance();
        Ok(())
    }

    fn report(&self, name: &str, message: &str) -> Result<(), CliError> {
        Ok(self.bar.suspend(|| {
            writeln!(std::io::stderr(), "{}: {}", render::harmless(name), render::harmless(message))
        })?)
    }

    fn advance(&self) {
        self.bar.inc(1);
        // An archive holds more documents than the one file it was counted as.
        self.bar.set_length(self.bar.length().unwrap_or_default().max(self.bar.position()));
        if self.failures > 0 {
            self.bar.set_message(format!(", {} failed", self.failures));
        }
    }

    fn finish(self, dry_run: bool) -> Result<(), CliError> {
        self.bar.finish_and_clear();
        let Self { stored, unchanged, failures, exchanges, .. } = self;
        if !self.json {
            let done = if dry_run { "would be imported" } else { "imported" };
            let seconds = self.started.elapsed().as_secs_f64();
            writeln!(
                std::io::stdout(),
                "{stored} documents {done}, {unchanged} unchanged, {failures} failed; {exchanges} exchanges; {seconds:.1} s"
            )?;
        }
        if failures > 0 {
            let all = stored + unchanged + failures;
            return Err(CliError::Failed(format!("{failures} of {all} documents were not imported")));
        }
        Ok(())
    }
}
