//! What was typed of the commands that look after a corpus.

use std::path::PathBuf;

use clap::Args;

use crate::config::Client;

/// `onrecord stats`.
#[derive(Clone, Debug, Args)]
pub struct Stats {
    /// The server.
    #[command(flatten)]
    pub client: Client,
}

/// `onrecord snapshot`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  onrecord snapshot backup/2017-04-07\n  onrecord snapshot - | ssh elsewhere 'cat > onrecord.snapshot'\n  onrecord snapshot --on-server 2017-04-07"
)]
pub struct Snapshot {
    /// Where to write the snapshot; its manifest is written to FILE.manifest.jsonl. - for standard
    /// output, without a manifest.
    #[arg(value_name = "FILE", required_unless_present = "on_server", conflicts_with = "on_server")]
    pub file: Option<PathBuf>,
    /// Write it on the server instead, under this name in the folder of its --snapshot-dir.
    #[arg(long, value_name = "NAME")]
    pub on_server: Option<String>,
    /// The server.
    #[command(flatten)]
    pub client: Client,
}

/// `onrecord verify-citation`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  onrecord search --json water > answer.json && onrecord verify-citation answer.json\n\nExit code: 1 if a citation is broken."
)]
pub struct VerifyCitation {
    /// A citation as proto JSON, or anything that --json printed with citations in it; - for
    /// standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The server.
    #[command(flatten)]
    pub client: Client,
}

/// `onrecord rebuild-index`.
#[derive(Clone, Debug, Args)]
pub struct RebuildIndex {
    /// The server.
    #[command(flatten)]
    pub client: Client,
}

/// `onrecord verify`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  onrecord verify --data-dir /var/lib/onrecord\n  onrecord verify --server 127.0.0.1:50051\n  onrecord verify --snapshot backup/2017-04-07\n  onrecord verify --manifest backup/2017-04-07.manifest.jsonl interviews/"
)]
pub struct Verify {
    /// The copies of documents to compare with the manifest: files and folders.
    #[arg(value_name = "FILE", requires = "manifest")]
    pub files: Vec<PathBuf>,
    /// A manifest, to compare with the files, the snapshot or the data folder.
    #[arg(long, value_name = "FILE")]
    pub manifest: Option<PathBuf>,
    /// A snapshot to check, or to compare with the manifest.
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    pub snapshot: Option<PathBuf>,
    /// A data folder to check, or to compare with the manifest. No process may serve it meanwhile.
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// A running server to check everything of: HOST:PORT, or http://HOST:PORT.
    #[arg(long, value_name = "ADDRESS")]
    pub server: Option<String>,
    /// How long to wait for the server to show that it is there, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout_seconds: u64,
    /// Print the server's responses as proto JSON.
    #[arg(long)]
    pub json: bool,
}

/// `onrecord recover`.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:\n  onrecord recover --data-dir /var/lib/onrecord rescued/")]
pub struct Recover {
    /// Where to write the documents: a new or empty folder.
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// The damaged data folder. It is not changed, and no process may serve it meanwhile.
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
}
