//! What was typed, and the only reader of the environment.
//!
//! A value comes from the command line, else from its `ONRECORD_*` variable, else from
//! `onrecord.toml`, else it is the default.

mod layers;
mod choices;
mod upkeep;
mod keep_pages;

pub use choices::Facet;
pub use choices::Order;
pub use choices::Unit;
pub use keep_pages::KeepPages;
pub use upkeep::RebuildIndex;
pub use upkeep::Recover;
pub use upkeep::Snapshot;
pub use upkeep::Stats;
pub use upkeep::Verify;
pub use upkeep::VerifyCitation;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clap::CommandFactory as _;
use clap::FromArgMatches as _;
use clap::Parser;
use clap::Subcommand;

use crate::config::layers::file_text;
use crate::config::layers::with_defaults;
use crate::config::layers::with_variables;
use crate::query::Ranking;

/// Answers what was said on the record, by whom and where.
#[derive(Clone, Debug, Parser)]
#[command(name = "onrecord", version, arg_required_else_help = true)]
#[command(after_help = "Each flag has an ONRECORD_* environment variable and a key in onrecord.toml \
    (--data-dir: ONRECORD_DATA_DIR, data_dir).\nExit codes: 0 success, 1 failure, 2 usage.")]
pub struct Config {
    /// Configuration file; without it, onrecord.toml in the working folder where there is one.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to log on standard error: a level, or a filter such as onrecord=debug,tonic=info.
    #[arg(long, global = true, value_name = "FILTER", default_value = "warn")]
    pub log: String,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve transcripts over gRPC.
    Serve(Serve),
    /// Send files and folders to a running server.
    Import(Import),
    /// Ask a running server what was said about a topic.
    Search(Search),
    /// Print an exchange or a document of a running server.
    Get(Get),
    /// List the documents of a running server.
    List(List),
    /// Delete a document of a running server.
    Delete(Delete),
    /// Show how large the corpus of a running server is, and its versions.
    Stats(Stats),
    /// Copy everything that a running server holds into a file, to restore it from.
    Snapshot(Snapshot),
    /// Check citations that were saved as JSON against the documents of a running server.
    VerifyCitation(VerifyCitation),
    /// Build the index of a running server again; it goes on serving.
    RebuildIndex(RebuildIndex),
    /// Check that a data folder, a snapshot, a running server or copies of documents are whole.
    Verify(Verify),
    /// Get whole documents out of a damaged data folder. Needs no server.
    Recover(Recover),
    /// Show what the segmenter makes of a file. Needs no server.
    Segment(Segment),
    /// Measure ranking on test collections. Needs no server.
    Eval(Eval),
}

/// `onrecord serve`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  onrecord serve samples/\n  onrecord serve --data-dir /var/lib/onrecord --listen 0.0.0.0:50051"
)]
pub struct Serve {
    /// Files and folders to import at start; files whose bytes have not changed are not imported
    /// again. In folders, hidden files and those named README are passed over.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Address to listen on; port 0 takes a free one, which the ready line names.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:50051")]
    pub listen: SocketAddr,
    /// Folder for documents and index, created where missing. Without it, a temporary one that goes
    /// at exit.
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// Start from this snapshot, in a --data-dir that holds nothing yet.
    #[arg(long, value_name = "FILE")]
    pub restore: Option<PathBuf>,
    /// Folder that clients may have snapshots written to, by name; without it they can only be
    /// streamed.
    #[arg(long, value_name = "FOLDER")]
    pub snapshot_dir: Option<PathBuf>,
    /// Largest document, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20)]
    pub max_document_bytes: usize,
    /// How much of the store's file is kept in memory, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20)]
    pub store_cache_bytes: usize,
    /// Up to which size, in bytes, the store's file is checked before the service is ready. A
    /// larger one is checked while searches are answered already, and other calls wait.
    #[arg(long, value_name = "BYTES", default_value_t = 512 << 20)]
    pub check_first_bytes: u64,
    /// How many earlier versions of a document are kept, so that old citations of them still
    /// resolve; without it, all.
    #[arg(long, value_name = "COUNT")]
    pub keep_versions: Option<usize>,
    /// How many bytes the earlier versions of a document may have together, as received; the oldest
    /// go first. Without it, any number.
    #[arg(long, value_name = "BYTES")]
    pub keep_versions_bytes: Option<u64>,
    /// For how many days an earlier version is kept from when it was replaced or deleted; older ones
    /// go when the document is next written. Without it, for ever.
    #[arg(long, value_name = "DAYS")]
    pub keep_versions_days: Option<u32>,
    /// How many bytes writes leave free on the disk; without it, a twentieth of the disk and at
    /// most 256 MiB.
    #[arg(long, value_name = "BYTES")]
    pub disk_reserve_bytes: Option<u64>,
    /// How much memory holds the passages that were last served, in bytes; 0: none.
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20)]
    pub passage_cache_bytes: usize,
    /// What earlier generations are kept for page tokens.
    #[command(flatten)]
    pub keep_pages: KeepPages,
    /// Ranking parameters other than the defaults; docs/ranking.md explains each.
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = ',', value_parser = parameter)]
    pub ranking: Vec<(String, String)>,
    /// How long running calls may take to finish at shutdown, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub drain_seconds: u64,
}

/// What every client command takes.
#[derive(Clone, Debug, Args)]
pub struct Client {
    /// The server's address: HOST:PORT, or http://HOST:PORT.
    #[arg(long, value_name = "ADDRESS", default_value = "http://127.0.0.1:50051")]
    pub server: String,
    /// How long to wait for the server to answer, in seconds. What is streamed (import, snapshot,
    /// sources) may take longer as long as the server shows that it is there.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout_seconds: u64,
    /// Print the response as proto JSON.
    #[arg(long)]
    pub json: bool,
}

/// `onrecord import`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  onrecord import interviews/ archive.zip\n  onrecord import 'talks/**/*.vtt' --label series=talks\n  onrecord import statement.html --published 2017-04-07 --publisher 'Daily Courier'"
)]
pub struct Import {
    /// Files, folders, patterns, .zip and .tar.gz archives; - for standard input. In folders and
    /// archives, hidden files and those named README are passed over.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Title of every document; without it, what the document itself says.
    #[arg(long, value_name = "TITLE", default_value = "")]
    pub title: String,
    /// URI of every document.
    #[arg(long, value_name = "URI", default_value = "")]
    pub uri: String,
    /// Publisher of every document.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub publisher: String,
    /// Date of publication of every document: 2017, 2017-04 or 2017-04-07.
    #[arg(long, value_name = "DATE", default_value = "")]
    pub published: String,
    /// Language of every document; without it, what is detected.
    #[arg(long, value_name = "TAG", default_value = "")]
    pub language: String,
    /// Labels for every document.
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = label)]
    pub labels: Vec<(String, String)>,
    /// Media type of every document; sniffed without it.
    #[arg(long, value_name = "TYPE", default_value = "")]
    pub media_type: String,
    /// Say what would be found, and store nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Largest document to read, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20)]
    pub max_document_bytes: usize,
    /// The server.
    #[command(flatten)]
    pub client: Client,
}

/// `onrecord search`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  onrecord search Syria talks\n  onrecord search '\"air defence\" +radar -naval' --speaker 'Ana Ruiz'\n  onrecord search --context 1 -- radar -naval"
)]
pub struct Search {
    /// Words, \"exact phrases\", +required and -excluded words; a query that begins with - comes
    /// after --.
    #[arg(required = true, value_name = "QUERY")]
    pub query: Vec<String>,
    /// How many results to show.
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 5)]
    pub page_size: i32,
    /// Where to go on: the token that the last page ended with.
    #[arg(long, value_name = "TOKEN", default_value = "")]
    pub page_token: String,
    /// Only answers of these speakers: full names, or any whole words of them.
    #[arg(long = "speaker", value_name = "NAME")]
    pub speakers: Vec<String>,
    /// No answers of these speakers.
    #[arg(long = "exclude-speaker", value_name = "NAME")]
    pub excluded_speakers: Vec<String>,
    /// Only answers to these askers.
    #[arg(long = "asker", value_name = "NAME")]
    pub askers: Vec<String>,
    /// Only documents of these publishers.
    #[arg(long = "publisher", value_name = "NAME")]
    pub publishers: Vec<String>,
    /// Only these documents.
    #[arg(long = "document", value_name = "ID")]
    pub document_ids: Vec<String>,
    /// None of these documents.
    #[arg(long = "exclude-document", value_name = "ID")]
    pub excluded_document_ids: Vec<String>,
    /// Only documents in these languages.
    #[arg(long = "language", value_name = "TAG")]
    pub languages: Vec<String>,
    /// Only documents published on or after this date.
    #[arg(long, value_name = "DATE", default_value = "")]
    pub from: String,
    /// Only documents published on or before this date.
    #[arg(long, value_name = "DATE", default_value = "")]
    pub to: String,
    /// Only documents with these labels.
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = label)]
    pub labels: Vec<(String, String)>,
    /// Order of the results.
    #[arg(long, value_name = "ORDER", value_enum, default_value_t)]
    pub order: Order,
    /// Count all matches by this: speaker, asker, document, publisher, year, language or label:KEY.
    #[arg(long = "facet", value_name = "FIELD")]
    pub facets: Vec<Facet>,
    /// How many exchanges before and after each result to show, 0 to 5.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub context: i32,
    /// Show how many exchanges match in each year, month or day, instead of results.
    #[arg(long, value_name = "UNIT", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "year")]
    pub timeline: Option<Unit>,
    /// Show question and answer of each result, instead of the sentences that match best.
    #[arg(long)]
    pub full: bool,
    /// Show what the score of each result is made of.
    #[arg(long)]
    pub explain: bool,
    /// Show copies of one exchange in several documents as one result, with the place of each copy.
    #[arg(long)]
    pub collapse_duplicates: bool,
    /// The server.
    #[command(flatten)]
    pub client: Client,
}

/// `onrecord get`.
#[derive(Clone, Debug, Args)]
pub struct Get {
    /// Id of an exchange (document:index.digest) or of a document.
    #[arg(value_name = "ID")]
    pub id: String,
    /// Print the document's source instead, byte for byte.
    #[arg(long)]
    pub source: bool,
    /// The server.
    #[command(flatten)]
    pub client: Client,
}

/// `onrecord list`.
#[derive(Clone, Debug, Args)]
pub struct List {
    /// The server.
    #[command(flatten)]
    pub client: Client,
}

/// `onrecord delete`.
#[derive(Clone, Debug, Args)]
pub struct Delete {
    /// Id of the document.
    #[arg(value_name = "ID")]
    pub id: String,
    /// Delete its earlier versions too, bytes included: old citations of it will not resolve any
    /// more.
    #[arg(long)]
    pub purge: bool,
    /// Succeed also where there is no such document.
    #[arg(long)]
    pub allow_missing: bool,
    /// Delete only while the document has this etag, as `get --json` shows it.
    #[arg(long, value_name = "ETAG")]
    pub if_match: Option<String>,
    /// The server.
    #[command(flatten)]
    pub client: Client,
}

/// `onrecord segment`.
#[derive(Clone, Debug, Args)]
pub struct Segment {
    /// The file; - for standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Media type of the file; sniffed without it.
    #[arg(long, value_name = "TYPE", default_value = "")]
    pub media_type: String,
    /// Print one exchange a line as JSON.
    #[arg(long)]
    pub json: bool,
    /// Say why each border was drawn, and what was left out.
    #[arg(long)]
    pub explain: bool,
}

/// `onrecord eval`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  onrecord eval collections/*\n  onrecord eval medquad --against question_weight=1 --run medquad.trec"
)]
pub struct Eval {
    /// Folders in BEIR layout: corpus.jsonl (title is the question, text the answer), queries.jsonl
    /// and qrels/test.tsv.
    #[arg(required = true, value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    /// Ranking parameters other than the defaults.
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = ',', value_parser = parameter)]
    pub ranking: Vec<(String, String)>,
    /// Ranking parameters to compare with, by a paired randomisation test over the queries.
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = ',', value_parser = parameter)]
    pub against: Vec<(String, String)>,
    /// Write the run in TREC format.
    #[arg(long, value_name = "FILE")]
    pub run: Option<PathBuf>,
}

impl Config {
    /// Reads the command line, the environment and the configuration file.
    ///
    /// A usage error, and the text of `--help` and `--version`, come as clap's error, which prints
    /// itself and knows its exit code.
    pub fn read(typed: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let typed: Vec<OsString> = typed.into_iter().collect();
        let mut command = with_variables(Self::command());
        if let Some((path, text)) = file_text(&typed, &mut command)? {
            command = with_defaults(command, &path, &text)?;
        }
        let matches = command.try_get_matches_from_mut(typed)?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }
}

fn label(typed: &str) -> Result<(String, String), String> {
    let (key, value) = typed.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// A ranking parameter and its value, both checked.
fn parameter(typed: &str) -> Result<(String, String), String> {
    let (name, value) = label(typed)?;
    Ranking::default().set(&name, &value).map_err(|error| error.to_string())?;
    Ok((name, value))
}
