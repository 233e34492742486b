//! Load: closed, for what a server can do at most, and open, for how long callers wait.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use bytes::Bytes;
use hdrhistogram::Histogram;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::wire::Client;

/// Connections of a load; calls are spread over them.
const CONNECTIONS: usize = 4;
/// Calls under way at once in a closed load: enough to keep every core busy.
const IN_FLIGHT: usize = 32;

/// What a stretch of load came to.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) calls: u64,
    pub(crate) took: Duration,
    /// Bytes of responses.
    pub(crate) bytes: u64,
}

impl Measured {
    pub(crate) fn per_second(&self) -> f64 {
        self.calls as f64 / self.took.as_secs_f64()
    }
}

async fn clients(address: SocketAddr) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(Client::connect(address).await);
    }
    clients
}

/// Every caller asks again as soon as it is answered, for this long.
pub(crate) fn closed(
    runtime: &Runtime,
    address: SocketAddr,
    requests: &Arc<Vec<Bytes>>,
    long: Duration,
) -> Measured {
    runtime.block_on(async {
        let clients = clients(address).await;
        let next = Arc::new(AtomicUsize::new(0));
        let begin = Instant::now();
        let callers: Vec<_> = (0..IN_FLIGHT)
            .map(|number| {
                let (mut client, requests, next) =
                    (clients[number % CONNECTIONS].clone(), Arc::clone(requests), Arc::clone(&next));
                tokio::spawn(async move {
                    let (mut calls, mut bytes) = (0, 0);
                    while begin.elapsed() < long {
                        let turn = next.fetch_add(1, Ordering::Relaxed);
                        let answer = client.search(requests[turn % requests.len()].clone()).await.unwrap();
                        calls += 1;
                        bytes += answer.len() as u64;
                    }
                    (calls, bytes)
                })
            })
            .collect();
        let (mut calls, mut bytes) = (0, 0);
        for caller in callers {
            let (made, read): (u64, u64) = caller.await.unwrap();
            calls += made;
            bytes += read;
        }
        Measured { calls, took: begin.elapsed(), bytes }
    })
}

/// Calls arrive at a fixed rate whether or not earlier ones were answered; the time of each counts
/// from when it was due, so that a stalled server is not spared the calls it kept from being made.
/// Microseconds.
pub(crate) fn open(
    runtime: &Runtime,
    address: SocketAddr,
    requests: &Arc<Vec<Bytes>>,
    rate: f64,
    long: Duration,
) -> Histogram<u64> {
    runtime.block_on(async {
        let clients = clients(address).await;
        let (done, mut times) = mpsc::unbounded_channel();
        let (requests, handle) = (Arc::clone(requests), runtime.handle().clone());
        // A thread of its own keeps time: the runtime's timers have a resolution of a millisecond.
        let pacer = std::thread::spawn(move || {
            let begin = Instant::now();
            let mut turn = 0_u32;
            loop {
                let due = begin + Duration::from_secs_f64(f64::from(turn) / rate);
                if due - begin >= long {
                    return;
                }
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let turn_at = turn as usize;
                let mut client = clients[turn_at % CONNECTIONS].clone();
                let (request, done) = (requests[turn_at % requests.len()].clone(), done.clone());
                handle.spawn(async move {
                    let answer = client.search(request).await;
                    drop(done.send(answer.map(|_| due.elapsed())));
                });
                turn += 1;
            }
        });
        let mut histogram = Histogram::new(3).unwrap();
        while let Some(time) = times.recv().await {
            histogram.record(u64::try_from(time.unwrap().as_micros()).unwrap().max(1)).unwrap();
        }
        pacer.join().unwrap();
        histogram
    })
}

/// The median of measurements.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
