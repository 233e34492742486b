//! The measurement of one corpus: server, echo and raw search in turns, so that what disturbs one
//! disturbs all.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use bytes::Buf as _;
use bytes::BufMut as _;
use bytes::Bytes;
use hdrhistogram::Histogram;
use onrecord::grpc::pb;
use prost::Message as _;
use tokio::runtime::Runtime;

use crate::corpus::Vocabulary;
use crate::data;
use crate::load;
use crate::load::median;
use crate::process::Server;
use crate::process::size_of;
use crate::process::thread_cpu;
use crate::raw::Raw;
use crate::shapes;
use crate::shapes::Shapes;
use crate::wire::Client;

/// What was measured of one corpus; medians over the rounds.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) pairs: usize,
    /// Microseconds of processor time per query.
    pub(crate) raw: f64,
    pub(crate) echo: f64,
    pub(crate) service: f64,
    /// The same with nothing kept of what was served before.
    pub(crate) unkept: f64,
    /// Calls per second at saturation.
    pub(crate) echo_rate: f64,
    pub(crate) service_rate: f64,
    /// Bytes of a response.
    pub(crate) response: f64,
    /// Calls per second of the open load, and how long they took.
    pub(crate) open_rate: f64,
    pub(crate) echo_times: Times,
    pub(crate) service_times: Times,
    pub(crate) start: Duration,
    pub(crate) at_rest: u64,
    pub(crate) under_load: u64,
    pub(crate) index_bytes: u64,
    pub(crate) store_bytes: u64,
    pub(crate) imported: data::Imported,
    /// Searches of other shapes.
    pub(crate) shapes: Shapes,
}

/// How long calls took, in microseconds, by rounds of an open load. For a moment the machine may be
/// somebody else's: that spoils a round, and with it the highest quantiles of all calls taken
/// together, but not the median of the rounds.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<Histogram<u64>>);

impl Times {
    /// The median over the rounds of what so large a part of a round's calls took at most.
    pub(crate) fn at(&self, quantile: f64) -> f64 {
        median(self.0.iter().map(|round| round.value_at_quantile(quantile) as f64).collect())
    }
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) rounds: usize,
    /// Of each load in each round.
    pub(crate) long: Duration,
}

/// Rounds of open load for each round of closed load.
const OPEN_ROUNDS: usize = 3;

/// A load on a server: its processor time per call in microseconds, calls per second, bytes per
/// call.
fn loaded(runtime: &Runtime, server: &Server, requests: &Arc<Vec<Bytes>>, long: Duration) -> [f64; 3] {
    let before = server.cpu();
    let measured = load::closed(runtime, server.address, requests, long);
    let calls = measured.calls as f64;
    let cpu = server.cpu().saturating_sub(before).as_secs_f64() * 1e6 / calls;
    [cpu, measured.per_second(), measured.bytes as f64 / calls]
}

pub(crate) fn measure(
    base: &Path,
    runtime: &Runtime,
    vocabulary: &Vocabulary,
    pairs: usize,
    effort: Effort,
) -> Outcome {
    let (folder, imported) = data::folder(base, runtime, vocabulary, pairs);
    let queries = vocabulary.queries(1000);
    let requests: Arc<Vec<Bytes>> = Arc::new(queries.iter().map(|query| request(query)).collect());
    let raw = Raw::open(&folder);
    let raw_queries: Vec<_> = queries.iter().map(|query| raw.query(query)).collect();

    let unkept: Vec<f64> = {
        let server = data::serve(&folder, &["--passage-cache-bytes", "0"]);
        (0..=effort.rounds).map(|_| loaded(runtime, &server, &requests, effort.long)[0]).skip(1).collect()
    };

    let server = data::serve(&folder, &[]);
    let (start, at_rest) = (server.start, server.memory("RssAnon"));
    let echo = echo_of(base, runtime, &server, &requests, pairs);
    let (mut raws, mut echoes, mut services) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        services.push(loaded(runtime, &server, &requests, effort.long));
        echoes.push(loaded(runtime, &echo, &requests, effort.long));
        let begin = thread_cpu();
        let found: usize = raw_queries.iter().map(|query| raw.search(query)).sum();
        raws.push(thread_cpu().saturating_sub(begin).as_secs_f64() * 1e6 / raw_queries.len() as f64);
        assert!(found > 0);
        say!(
            "{pairs}: raw {:.0}, echo {:.0?}, service {:.0?}",
            raws[raws.len() - 1],
            echoes[echoes.len() - 1],
            services[services.len() - 1]
        );
    }
    let under_load = server.memory("RssAnon");
    let of = |rows: &[[f64; 3]], column: usize| median(rows.iter().map(|row| row[column]).collect());
    let service_rate = of(&services, 1);
    let open_rate = service_rate / 2.0;
    let (mut echo_times, mut service_times) = (Times::default(), Times::default());
    for _ in 0..effort.rounds * OPEN_ROUNDS {
        for (server, times) in [(&server, &mut service_times), (&echo, &mut echo_times)] {
            times.0.push(load::open(runtime, server.address, &requests, open_rate, effort.long));
        }
    }
    let (index_bytes, store_bytes) =
        (size_of(&folder.join("index")), fs::metadata(folder.join("store.redb")).unwrap().len());
    // One process at a time has a folder open.
    drop(server);
    let shapes = shapes::measure(&folder, vocabulary, effort.rounds);
    Outcome {
        pairs,
        raw: median(raws),
        echo: of(&echoes, 0),
        service: of(&services, 0),
        unkept: median(unkept),
        echo_rate: of(&echoes, 1),
        service_rate,
        response: of(&services, 2),
        open_rate,
        echo_times,
        service_times,
        start,
        at_rest,
        under_load,
        index_bytes,
        store_bytes,
        imported,
        shapes,
    }
}

/// Starts an echo of what a server answers.
fn echo_of(base: &Path, runtime: &Runtime, server: &Server, requests: &[Bytes], pairs: usize) -> Server {
    let answers = base.join(format!("answers-{pairs}"));
    fs::write(&answers, runtime.block_on(ask(server, requests))).unwrap();
    let mut echo = Command::new(std::env::current_exe().unwrap());
    Server::start(echo.arg("echo").arg(&answers))
}

/// How long calls take at a rate, for a profiler to look at.
pub(crate) fn latency(base: &Path, runtime: &Runtime, pairs: usize, rate: f64) {
    let vocabulary = Vocabulary::new();
    let (folder, _) = data::folder(base, runtime, &vocabulary, pairs);
    let requests: Arc<Vec<Bytes>> =
        Arc::new(vocabulary.queries(1000).iter().map(|query| request(query)).collect());
    let server = data::serve(&folder, &[]);
    let echo = echo_of(base, runtime, &server, &requests, pairs);
    let long = Duration::from_secs(2);
    let [cpu, most, _] = loaded(runtime, &server, &requests, long);
    say!("saturated: {most:.0} calls per second, {cpu:.0} us each");
    for _ in 0..5 {
        for (name, server) in [("search", &server), ("echo", &echo)] {
            let before = server.cpu();
            let times = load::open(runtime, server.address, &requests, rate, long);
            let cpu = server.cpu().saturating_sub(before).as_secs_f64() * 1e6 / times.len() as f64;
            let quantiles = [0.5, 0.9, 0.99, 0.999].map(|quantile| times.value_at_quantile(quantile));
            say!("{name}, {rate} calls per second: {quantiles:?} us, {cpu:.0} us each");
        }
    }
}

fn request(query: &str) -> Bytes {
    pb::SearchRequest { query: query.to_owned(), ..pb::SearchRequest::default() }.encode_to_vec().into()
}

/// Asks for everything once; requests and answers, each behind its length.
async fn ask(server: &Server, requests: &[Bytes]) -> Vec<u8> {
    let mut client = Client::connect(server.address).await;
    let mut pairs = Vec::new();
    for request in requests {
        let answer = client.search(request.clone()).await.unwrap();
        for part in [request, &answer] {
            pairs.put_u32(u32::try_from(part.len()).unwrap());
            pairs.put_slice(part);
        }
    }
    pairs
}

/// The answers that [`measure`] wrote for the echo.
pub(crate) fn read_answers(file: &Path) -> HashMap<Bytes, Bytes> {
    let mut bytes = Bytes::from(fs::read(file).unwrap());
    let mut answers = HashMap::new();
    while bytes.has_remaining() {
        let mut part = || {
            let length = bytes.get_u32() as usize;
            bytes.split_to(length)
        };
        let request = part();
        answers.insert(request, part());
    }
    answers
}
