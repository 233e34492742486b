//! What a search costs, beside the least it could cost; see `docs/performance/README.md`.
#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on ends, and speaks to a terminal"
)]

/// Says a line at once, also into a pipe.
macro_rules! say {
    ($($part:tt)*) => {{
        println!($($part)*);
        std::io::Write::flush(&mut std::io::stdout()).unwrap();
    }};
}

mod corpus;
mod process;
mod wire;
mod load;
mod raw;
mod data;
mod shapes;
mod rounds;
mod report;
mod profile;

use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::corpus::Vocabulary;
use crate::data::Sent;
use crate::rounds::Effort;

/// The service's own, so that what is measured in this process is measured as the service is.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What is wanted, from the command line.
#[derive(Debug)]
struct Wanted {
    pairs: Vec<usize>,
    effort: Effort,
    out: PathBuf,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suite");
    std::fs::create_dir_all(&base).unwrap();
    let runtime = Runtime::new().unwrap();
    match args.first().map(String::as_str) {
        Some("echo") => runtime.block_on(wire::serve_echo(rounds::read_answers(Path::new(&args[1])))),
        Some("export") => export(args[1].parse().unwrap(), Path::new(&args[2])),
        Some("import") => import(&base, &runtime, args[1].parse().unwrap()),
        Some("shapes") => {
            let (pairs, vocabulary) = (args[1].parse().unwrap(), Vocabulary::new());
            let (folder, _) = data::folder(&base, &runtime, &vocabulary, pairs);
            say!("{:#?}", shapes::measure(&folder, &vocabulary, 5));
        }
        Some("profile") => {
            profile::run(&base, &runtime, args[1].parse().unwrap(), args[2].parse().unwrap());
        }
        Some("latency") => {
            rounds::latency(&base, &runtime, args[1].parse().unwrap(), args[2].parse().unwrap());
        }
        _ => suite(&base, &runtime, &wanted(&args)),
    }
}

fn wanted(args: &[String]) -> Wanted {
    let mut wanted = Wanted {
        pairs: vec![10_000, 100_000],
        effort: Effort { rounds: 5, long: Duration::from_secs(4) },
        out: Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/performance"),
    };
    for pair in args.chunks(2) {
        let value = pair.get(1).unwrap();
        match pair[0].as_str() {
            "--pairs" => wanted.pairs = value.split(',').map(|pairs| pairs.parse().unwrap()).collect(),
            "--rounds" => wanted.effort.rounds = value.parse().unwrap(),
            "--seconds" => wanted.effort.long = Duration::from_secs(value.parse().unwrap()),
            "--out" => wanted.out = PathBuf::from(value),
            other => panic!("{other} is no argument; there are --pairs, --rounds, --seconds and --out"),
        }
    }
    wanted
}

fn suite(base: &Path, runtime: &Runtime, wanted: &Wanted) {
    let vocabulary = Vocabulary::new();
    let outcomes: Vec<_> = wanted
        .pairs
        .iter()
        .map(|pairs| rounds::measure(base, runtime, &vocabulary, *pairs, wanted.effort))
        .collect();
    report::write(&wanted.out, &outcomes);
    say!("written to {}", wanted.out.display());
}

/// What importing costs beside what tantivy takes for indexing alone, in turns.
fn import(base: &Path, runtime: &Runtime, pairs: usize) {
    let vocabulary = Vocabulary::new();
    let folder = base.join("import");
    let micros = |cpu: Duration| cpu.as_secs_f64() * 1e6 / pairs as f64;
    for _ in 0..3 {
        let fresh = || {
            drop(std::fs::remove_dir_all(&folder));
            std::fs::create_dir_all(&folder).unwrap();
        };
        fresh();
        let raw = raw::index(&folder, (0..pairs).map(|number| vocabulary.pair(number)));
        say!("tantivy alone: {:.0} us per pair", micros(raw));
        for sent in [Sent::Pairs, Sent::Text] {
            fresh();
            let imported = data::import(runtime, &vocabulary, &folder, pairs, sent);
            say!(
                "{sent:?}: {:.0} us per pair, {:.2} times tantivy, {:.0} pairs per second, {} MB at most",
                micros(imported.cpu),
                imported.cpu.as_secs_f64() / raw.as_secs_f64(),
                pairs as f64 / imported.took.as_secs_f64(),
                imported.memory / 1_000_000
            );
        }
    }
    drop(std::fs::remove_dir_all(&folder));
}

/// Writes the corpus and its queries as text, for others to read.
fn export(pairs: usize, folder: &Path) {
    let vocabulary = Vocabulary::new();
    std::fs::create_dir_all(folder).unwrap();
    let mut lines = std::io::BufWriter::new(std::fs::File::create(folder.join("pairs.tsv")).unwrap());
    for number in 0..pairs {
        let pair = vocabulary.pair(number);
        writeln!(lines, "{}\t{}", pair.question, pair.answer).unwrap();
    }
    lines.flush().unwrap();
    std::fs::write(folder.join("queries.txt"), vocabulary.queries(1000).join("\n")).unwrap();
}
