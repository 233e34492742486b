//! Acknowledged writes per second, against `SQLite` with a full-text index (FTS5) at `synchronous = FULL`.
//!
//! `cargo bench -p onrecord-benches --bench writes [-- --rounds N --seconds S --documents N --folder DIR]`. Each round runs every
//! contender once on an empty folder of the same disk, in turn, so that a slow minute of the machine hits all of them;
//! the median of the rounds is what counts. The service is the real binary behind gRPC, one connection and one
//! `PutDocument` at a time per writer; `SQLite` is Python's, one transaction per document (`sqlite_writes.py`).
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on ends"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use clap::Parser;
use onrecord::grpc::pb;
use onrecord::grpc::pb::document_service_client::DocumentServiceClient;
use tokio::task::JoinSet;

#[derive(Debug, Parser)]
struct Args {
    /// How often every contender runs.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long each run writes.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// How many documents are made; a run that has written them all ends early.
    #[arg(long, default_value_t = 20_000)]
    documents: usize,
    /// How many writers write side by side.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8])]
    writers: Vec<usize>,
    /// Where the data folders are made: on the disk that is to be measured.
    #[arg(long, default_value = env!("CARGO_TARGET_TMPDIR"))]
    folder: PathBuf,
    /// Passed by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Who writes, and by which rules.
#[derive(Clone, Copy)]
enum Contender {
    Service,
    Sqlite(&'static str),
}

const CONTENDERS: [Contender; 3] =
    [Contender::Service, Contender::Sqlite("wal"), Contender::Sqlite("delete")];

impl Contender {
    fn name(self) -> String {
        match self {
            Self::Service => "onrecord".into(),
            Self::Sqlite(journal) => format!("SQLite FTS5, journal {journal}"),
        }
    }
}

fn main() {
    let args = Args::parse();
    let work = tempfile::tempdir_in(&args.folder).unwrap();
    let documents: Arc<[(String, String)]> =
        (0..args.documents).map(|number| (format!("interview-{number}"), interview(number))).collect();
    let listed = work.path().join("documents.jsonl");
    list(&listed, &documents);
    let bytes: usize = documents.iter().map(|(_, text)| text.len()).sum();
    println!("{} interviews, {} bytes each on average", documents.len(), bytes / documents.len().max(1));

    let mut rates = BTreeMap::<(usize, String), Vec<f64>>::new();
    for round in 1..=args.rounds {
        for &writers in &args.writers {
            for contender in CONTENDERS {
                let folder = tempfile::tempdir_in(work.path()).unwrap();
                let (written, seconds) = match contender {
                    Contender::Service => service(folder.path(), writers, args.seconds, &documents),
                    Contender::Sqlite(journal) => {
                        sqlite(folder.path(), journal, writers, args.seconds, &listed)
                    }
                };
                let rate = written as f64 / seconds;
                println!("round {round}, {writers} writers, {}: {rate:.0}/s", contender.name());
                rates.entry((writers, contender.name())).or_default().push(rate);
            }
        }
    }
    println!("\nAcknowledged writes per second, median of {} rounds (lowest to highest):", args.rounds);
    for ((writers, name), mut rates) in rates {
        rates.sort_by(f64::total_cmp);
        let (lowest, highest) = (rates.first().unwrap(), rates.last().unwrap());
        let median = rates.get(rates.len() / 2).unwrap();
        println!("{writers} writers  {name:<28} {median:>6.0}  ({lowest:.0} to {highest:.0})");
    }
}

/// Writes for so long with the service; the documents acknowledged, and the seconds it took.
fn service(folder: &Path, writers: usize, seconds: f64, documents: &Arc<[(String, String)]>) -> (usize, f64) {
    let server = Process::start(folder);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let next = Arc::new(AtomicUsize::new(0));
        let mut clients = Vec::new();
        for _ in 0..writers {
            clients.push(DocumentServiceClient::connect(server.address.clone()).await.unwrap());
        }
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for mut client in clients {
            let (next, documents) = (Arc::clone(&next), Arc::clone(documents));
            tasks.spawn(async move {
                let mut count = 0;
                while start.elapsed() < Duration::from_secs_f64(seconds) {
                    let Some((id, text)) = documents.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                    let document = pb::Document {
                        id: id.clone(),
                        body: Some(pb::document::Body::Text(text.clone())),
                        ..pb::Document::default()
                    };
                    client.put_document(pb::PutDocumentRequest { document: Some(document) }).await.unwrap();
                    count += 1;
                }
                count
            });
        }
        let written = tasks.join_all().await.into_iter().sum();
        (written, start.elapsed().as_secs_f64())
    })
}

/// The same with `SQLite`.
fn sqlite(folder: &Path, journal: &str, writers: usize, seconds: f64, listed: &Path) -> (usize, f64) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("sqlite_writes.py");
    let command = Command::new("python3")
        .arg(script)
        .arg(folder)
        .args([journal, &writers.to_string(), &seconds.to_string()])
        .arg(listed)
        .output()
        .unwrap();
    assert!(command.status.success(), "{}", String::from_utf8_lossy(&command.stderr));
    let printed = String::from_utf8(command.stdout).unwrap();
    let (written, seconds) = printed.trim().split_once(' ').expect("two numbers");
    (written.parse().unwrap(), seconds.parse().unwrap())
}

/// The binary, serving a folder; killed when it is dropped.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(onrecord_benches::SERVICE.as_path())
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let address = ready.split_whitespace().find(|word| word.starts_with("127.")).expect("an address");
        Self { child, address: format!("http://{}", address.trim_end_matches(':')) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn list(path: &Path, documents: &[(String, String)]) {
    let mut file = std::io::BufWriter::new(fs::File::create(path).unwrap());
    for (id, text) in documents {
        writeln!(file, "{}", serde_json::json!({ "id": id, "text": text })).unwrap();
    }
    file.flush().unwrap();
}

/// A plain-text interview of 5 to 10 exchanges, some 5 KB, the same for the same number.
fn interview(number: usize) -> String {
    let mut chance = Chance(number as u64);
    let (asker, guest) = (name(&mut chance), name(&mut chance));
    let mut text = String::new();
    for _ in 0..chance.between(5, 10) {
        let question = sentences(&mut chance, 1, 2, '?');
        let answer = sentences(&mut chance, 5, 9, '.');
        write!(text, "{asker}: {question}\n\n{guest}: {answer}\n\n").unwrap();
    }
    text
}

fn name(chance: &mut Chance) -> String {
    let mut part = || capitalized(&word(200 + chance.below(2000)));
    format!("{} {}", part(), part())
}

fn sentences(chance: &mut Chance, least: usize, most: usize, end: char) -> String {
    let mut text = String::new();
    for _ in 0..chance.between(least, most) {
        let words: Vec<String> = (0..chance.between(8, 20)).map(|_| word(chance.rank())).collect();
        let separator = if text.is_empty() { "" } else { " " };
        write!(text, "{separator}{}{end}", capitalized(&words.join(" "))).unwrap();
    }
    text
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// The word of a rank of frequency: English function words first, then words made of syllables.
fn word(rank: usize) -> String {
    const COMMON: [&str; 40] = [
        "the", "of", "and", "to", "a", "in", "that", "it", "was", "we", "is", "for", "they", "on", "with",
        "you", "but", "not", "at", "this", "had", "have", "from", "what", "there", "were", "when", "so",
        "one", "all", "would", "if", "about", "people", "who", "them", "then", "which", "because", "how",
    ];
    const SYLLABLES: [&str; 24] = [
        "ba", "ter", "lin", "cor", "mel", "di", "son", "ver", "ga", "ru", "pol", "ten", "ka", "mi", "or",
        "est", "fal", "nu", "sha", "bri", "dor", "el", "vin", "ho",
    ];
    if let Some(common) = COMMON.get(rank) {
        return (*common).to_owned();
    }
    let mut rest = rank;
    let mut word = String::new();
    while rest > 0 {
        word.push_str(SYLLABLES.get(rest % SYLLABLES.len()).unwrap());
        rest /= SYLLABLES.len();
    }
    word
}

/// Numbers without a pattern, the same from the same seed (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// A rank of frequency among 32,767 words, as good as by Zipf's law: every doubling of the rank
    /// is as frequent.
    fn rank(&mut self) -> usize {
        let size = 1 << self.below(15);
        size - 1 + self.below(size)
    }
}
