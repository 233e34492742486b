//! `onrecord verify`.

use std::io::Write as _;
use std::path::Path;

use crate::cli::CliError;
use crate::cli::client;
use crate::cli::client::Wait;
use crate::cli::json;
use crate::cli::sources;
use crate::config::Client;
use crate::config::Verify;
use crate::engine::Fault;
use crate::grpc::pb;
use crate::local::Difference;
use crate::local::Manifest;
use crate::local::check_snapshot_file;
use crate::local::compare_folder;
use crate::local::compare_snapshot;
use crate::local::verify_folder;

pub(super) async fn run(args: Verify) -> Result<(), CliError> {
    if args.manifest.is_some() || args.snapshot.is_some() {
        return of_files(&args);
    }
    match (&args.server, &args.data_dir) {
        // A variable may have set either, so neither can be taken to be meant.
        (Some(_), Some(_)) => {
            let message = "--server and --data-dir are both set (a variable may do it); name one of them";
            Err(CliError::Usage(message.into()))
        }
        (Some(server), None) => {
            let Verify { timeout_seconds, json, .. } = args;
            of_server(&Client { server: server.clone(), timeout_seconds, json }).await
        }
        (None, _) => of_files(&args),
    }
}

/// Has a running server read everything again.
async fn of_server(client: &Client) -> Result<(), CliError> {
    let mut admin = client::admin(client, Wait::Stream).await?;
    let request = pb::VerifyIntegrityRequest {};
    let mut reports = admin.verify_integrity(request).await.map_err(client::failed)?.into_inner();
    let mut last = pb::VerifyIntegrityResponse::default();
    let mut faults = 0;
    while let Some(report) = reports.message().await.map_err(client::failed)? {
        faults += report.faults.len();
        if client.json {
            json::print("VerifyIntegrityResponse", &report)?;
        } else {
            for pb::IntegrityFault { document_id, message } in &report.faults {
                let subject = if document_id.is_empty() { "(store)" } else { document_id };
                writeln!(std::io::stdout(), "damaged\t{subject}\t{message}")?;
            }
        }
        last = report;
    }
    if !last.complete {
        return Err(CliError::Failed("the server ended before the check did; try again".into()));
    }
    if !client.json {
        writeln!(
            std::io::stdout(),
            "{} documents, {} exchanges, {} citations, {} earlier versions, {} bytes were read;\n{} documents are damaged",
            last.document_count,
            last.exchange_count,
            last.citation_count,
            last.version_count,
            last.source_bytes,
            last.damaged_document_count
        )?;
    }
    if faults == 0 {
        return Ok(());
    }
    let next = "stop it and run onrecord recover to get the whole documents out, or restore a snapshot";
    Err(CliError::Failed(format!("the data of {} is damaged; {next}", client.server)))
}

fn of_files(args: &Verify) -> Result<(), CliError> {
    if let Some(path) = &args.manifest {
        return compare(args, path);
    }
    if let Some(snapshot) = &args.snapshot {
        let summary = check_snapshot_file(snapshot)?;
        let (documents, generation) = (summary.documents, summary.generation);
        writeln!(
            std::io::stdout(),
            "{}: {documents} documents of generation {generation}, all whole",
            snapshot.display()
        )?;
        return Ok(());
    }
    let Some(folder) = &args.data_dir else {
        let message = "there is nothing to verify; name --data-dir, --server, --snapshot or --manifest";
        return Err(CliError::Usage(message.into()));
    };
    check(folder)
}

/// Reads everything in a data folder again.
fn check(folder: &Path) -> Result<(), CliError> {
    let report = verify_folder(folder)?;
    let mut out = std::io::stdout().lock();
    for Fault { document_id, what } in &report.faults {
        let subject = if document_id.is_empty() { "(store)" } else { document_id };
        writeln!(out, "damaged\t{subject}\t{what}")?;
    }
    writeln!(
        out,
        "{} documents, {} exchanges, {} citations, {} earlier versions, {} bytes were read; {} documents are damaged",
        report.documents,
        report.exchanges,
        report.citations,
        report.versions,
        report.bytes,
        report.damaged_documents
    )?;
    if report.faults.is_empty() {
        return Ok(());
    }
    let next =
        "stop the service and run onrecord recover to get the whole documents out, or restore a snapshot";
    Err(CliError::Failed(format!("the data folder {} is damaged; {next}", folder.display())))
}

/// Compares a corpus with a manifest: of files where any are named, else of a snapshot, else of a
/// data folder.
fn compare(args: &Verify, path: &Path) -> Result<(), CliError> {
    let manifest = Manifest::read(path);
    let mut manifest =
        manifest.map_err(|error| CliError::Failed(format!("{} cannot be read: {error}", path.display())))?;
    let documents = manifest.documents();
    if let Some(snapshot) = &args.snapshot {
        compare_snapshot(snapshot, &mut manifest)?;
    } else if !args.files.is_empty() {
        let found = sources::find(&args.files)?;
        sources::read(&found, usize::MAX, &mut |item| {
            match item.content {
                Ok(content) => manifest.saw_file(&item.name, &item.id, &content),
                Err(error) => {
                    manifest.saw_damaged(&item.id, &format!("{} cannot be read: {error}", item.name));
                }
            }
            true
        });
    } else if let Some(folder) = &args.data_dir {
        compare_folder(folder, &mut manifest)?;
    } else {
        let message = "there is nothing to compare with; name files, --snapshot or --data-dir";
        return Err(CliError::Usage(message.into()));
    }
    let differences = manifest.finish();
    let mut out = std::io::stdout().lock();
    for difference in &differences {
        match difference {
            Difference::Missing(id) => writeln!(out, "missing\t{id}")?,
            Difference::Differs(id, what) => writeln!(out, "differs\t{id}\t{what}")?,
            Difference::Extra(what) => writeln!(out, "extra\t{what}")?,
        }
    }
    let count = differences.len();
    writeln!(out, "{documents} documents in the manifest, {count} differences")?;
    if count == 0 {
        return Ok(());
    }
    Err(CliError::Failed(format!("there are {count} differences to {}", path.display())))
}
