//! One file per command. The client commands speak gRPC like any other client.

mod probe;
mod client;
mod sources;
mod json;
mod render;
mod facets;
mod timeline;
mod results;
mod serve;
mod import;
mod search;
mod get;
mod list;
mod delete;
mod stats;
mod snapshot;
mod verify;
mod verify_citation;
mod rebuild_index;
mod recover;
mod segment;
mod segment_report;
mod eval;

use std::future::Future;
use std::io;

use crate::config::Command;
use crate::config::Config;
use crate::engine::EngineError;
use crate::extraction::ExtractError;
use crate::grpc::ServeError;
use crate::local::BackupError;
use crate::local::LocalError;

/// Why a command failed, in words for the person who typed it.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// What happened and what to do next.
    #[error("{0}")]
    Failed(String),
    /// What was typed makes no sense together.
    #[error("{0}")]
    Usage(String),
    /// The terminal, a pipe or a file failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A snapshot cannot be taken, read or restored.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The data folder cannot be used.
    #[error(transparent)]
    Local(#[from] LocalError),
    /// The file cannot be read as a transcript.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// The server stopped.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

impl CliError {
    /// The exit code: 2 for usage, 1 for every other failure.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_)
            | Self::Io(_)
            | Self::Backup(_)
            | Self::Engine(_)
            | Self::Local(_)
            | Self::Extract(_)
            | Self::Serve(_) => 1,
        }
    }

    /// Whether the reader of our output is gone, which is no failure of ours.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Runs a command; `stop` gives what resolves when a server should shut down, and is called for a
/// server only.
pub async fn run<S: Future<Output = ()> + Send + 'static>(
    config: Config,
    stop: impl FnOnce() -> io::Result<S>,
) -> Result<(), CliError> {
    match config.command {
        Command::Serve(args) => serve::run(args, stop()?).await,
        Command::Import(args) => import::run(args).await,
        Command::Search(args) => search::run(args).await,
        Command::Get(args) => get::run(args).await,
        Command::List(args) => list::run(args).await,
        Command::Delete(args) => delete::run(args).await,
        Command::Stats(args) => stats::run(args).await,
        Command::Snapshot(args) => snapshot::run(args).await,
        Command::VerifyCitation(args) => verify_citation::run(args).await,
        Command::RebuildIndex(args) => rebuild_index::run(args).await,
        Command::Verify(args) => verify::run(args).await,
        Command::Recover(args) => recover::run(&args),
        Command::Segment(args) => segment::run(&args),
        Command::Eval(args) => eval::run(&args),
    }
}
