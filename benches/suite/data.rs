//! Data folders: made once for each size, through the service's own import, and kept for the next
//! run.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use std::time::Instant;

use futures_util::StreamExt as _;
use onrecord::grpc::pb;
use onrecord::grpc::pb::document_service_client::DocumentServiceClient;
use tokio::runtime::Runtime;

use crate::corpus::PAIRS_PER_DOCUMENT;
use crate::corpus::Vocabulary;
use crate::process::Server;

/// What an import cost the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Imported {
    pub(crate) pairs: usize,
    pub(crate) cpu: Duration,
    pub(crate) took: Duration,
    /// Anonymous memory at its highest, sampled while documents were answered.
    pub(crate) memory: u64,
}

/// How documents are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// As ready pairs.
    Pairs,
    /// As plain text, to be segmented.
    Text,
}

/// The server on a data folder.
pub(crate) fn serve(folder: &Path, flags: &[&str]) -> Server {
    let mut command = Command::new(onrecord_benches::SERVICE.as_path());
    command.args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--data-dir"]).arg(folder).args(flags);
    Server::start(&mut command)
}

/// The folder of a corpus of so many pairs and what its import cost; made where it is not there
/// yet.
pub(crate) fn folder(
    base: &Path,
    runtime: &Runtime,
    vocabulary: &Vocabulary,
    pairs: usize,
) -> (PathBuf, Imported) {
    let folder = base.join(format!("pairs-{pairs}"));
    let complete = base.join(format!("pairs-{pairs}.imported"));
    if let Some(imported) = fs::read_to_string(&complete).ok().and_then(|text| Imported::read(&text)) {
        return (folder, imported);
    }
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap();
    let imported = import(runtime, vocabulary, &folder, pairs, Sent::Pairs);
    say!("{pairs} pairs imported in {:.1} s", imported.took.as_secs_f64());
    fs::write(complete, imported.written()).unwrap();
    (folder, imported)
}

impl Imported {
    fn written(&self) -> String {
        format!("{} {} {} {}", self.pairs, self.cpu.as_micros(), self.took.as_micros(), self.memory)
    }

    fn read(text: &str) -> Option<Self> {
        let numbers: Vec<u64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        let [pairs, cpu, took, memory] = *numbers.as_slice() else { return None };
        let (cpu, took) = (Duration::from_micros(cpu), Duration::from_micros(took));
        Some(Self { pairs: usize::try_from(pairs).ok()?, cpu, took, memory })
    }
}

/// Imports the corpus' first pairs into a folder.
pub(crate) fn import(
    runtime: &Runtime,
    vocabulary: &Vocabulary,
    folder: &Path,
    pairs: usize,
    sent: Sent,
) -> Imported {
    let server = serve(folder, &[]);
    let (cpu, begin) = (server.cpu(), Instant::now());
    let memory = runtime.block_on(stream(server.address, vocabulary, pairs, sent, &server));
    let took = begin.elapsed();
    settle(&server);
    Imported { pairs, cpu: server.cpu().saturating_sub(cpu), took, memory }
}

/// Waits until a server has merged what it will: what that takes is part of what importing costs.
fn settle(server: &Server) {
    loop {
        let before = server.cpu();
        std::thread::sleep(Duration::from_secs(3));
        if server.cpu().saturating_sub(before) < Duration::from_millis(60) {
            return;
        }
    }
}

async fn stream(
    address: SocketAddr,
    vocabulary: &Vocabulary,
    pairs: usize,
    sent: Sent,
    server: &Server,
) -> u64 {
    let mut client = DocumentServiceClient::connect(format!("http://{address}")).await.unwrap();
    let (documents, receiver) = tokio::sync::mpsc::channel(8);
    let feeding = async move {
        for number in 0..pairs.div_ceil(PAIRS_PER_DOCUMENT) {
            let document = match sent {
                Sent::Pairs => vocabulary.document(number),
                Sent::Text => vocabulary.transcript(number),
            };
            documents.send(pb::ImportDocumentsRequest { document: Some(document) }).await.unwrap();
        }
    };
    let read = async move {
        let stream = tokio_stream::wrappers::ReceiverStream::new(receiver);
        let mut answers = client.import_documents(stream).await.unwrap().into_inner();
        let (mut answered, mut memory, mut turn) = (0, 0, 0_usize);
        while let Some(answer) = answers.next().await {
            let answer = answer.unwrap();
            assert!(answer.error.is_none(), "{answer:?}");
            answered += usize::try_from(answer.exchange_count).unwrap();
            turn += 1;
            if turn.is_multiple_of(16) {
                memory = memory.max(server.memory("RssAnon"));
            }
        }
        assert_eq!(answered, pairs.div_ceil(PAIRS_PER_DOCUMENT) * PAIRS_PER_DOCUMENT);
        memory
    };
    futures_util::join!(feeding, read).1
}
