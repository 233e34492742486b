//! Start, stop, kill, restart: with the real binary and real signals.

use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use onrecord::grpc::pb::document_service_client::DocumentServiceClient;
use onrecord::grpc::pb::search_service_client::SearchServiceClient;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::support::TestServer;
use crate::support::put_text;
use crate::support::query;
use crate::support::root;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        a_restart_keeps_everything,
        a_lost_index_is_rebuilt,
        an_older_index_catches_up,
        a_lost_store_is_not_taken_for_a_new_one,
        damage_is_told_and_keeps_nothing_else_from_working,
        a_kill_loses_nothing_acknowledged,
        a_store_that_is_checked_while_it_serves_loses_nothing,
        a_stop_lets_running_calls_finish,
        two_processes_do_not_share_a_folder,
        unchanged_files_are_not_read_again,
    ]
}

/// The binary, serving.
pub(crate) struct Process {
    child: Child,
    pub(crate) ready: String,
    pub(crate) address: String,
}

impl Process {
    pub(crate) fn start(folder: &Path, paths: &[PathBuf]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_onrecord"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder)
            .args(paths)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let address = ready.split_whitespace().find(|word| word.starts_with("127.")).expect("an address");
        let address = format!("http://{}", address.trim_end_matches(':'));
        Self { child, ready, address }
    }

    pub(crate) async fn channel(&self) -> Channel {
        Channel::from_shared(self.address.clone()).unwrap().connect().await.unwrap()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    pub(crate) fn exit_code(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

/// All that a server answers to some queries: results with ids, scores, text and citations.
async fn answers(channel: Channel) -> Vec<Vec<pb::SearchResult>> {
    let mut client = SearchServiceClient::new(channel);
    let mut answers = Vec::new();
    for words in ["threats", "Syria talks", "water and ice", "the price of bread", "ледяной маяк"]
    {
        answers.push(client.search(query(words)).await.unwrap().into_inner().results);
    }
    assert!(answers.iter().filter(|results| !results.is_empty()).count() >= 4);
    answers
}

async fn a_restart_keeps_everything() {
    let server = TestServer::with_samples().await;
    let before = answers(server.channel().await).await;
    let folder = server.stop().await;
    let server = TestServer::start_in(folder).await;
    assert_eq!(answers(server.channel().await).await, before);
}

async fn a_lost_index_is_rebuilt() {
    let server = TestServer::with_samples().await;
    let before = answers(server.channel().await).await;
    let folder = server.stop().await;
    std::fs::remove_dir_all(folder.path().join("index")).unwrap();
    let server = TestServer::start_in(folder).await;
    assert_eq!(answers(server.channel().await).await, before, "a removed index");
    let folder = server.stop().await;
    let meta = folder.path().join("index/meta.json");
    std::fs::write(&meta, "{\ncrc32 00000000").unwrap();
    let server = TestServer::start_in(folder).await;
    assert_eq!(answers(server.channel().await).await, before, "a broken index");
}

async fn a_lost_store_is_not_taken_for_a_new_one() {
    let server = TestServer::with_samples().await;
    let folder = server.stop().await;
    let store = folder.path().join("store.redb");
    let bytes = std::fs::read(&store).unwrap();
    std::fs::remove_file(&store).unwrap();
    let check_with = |args: &[&str], expect: &str| {
        let started = Command::new(env!("CARGO_BIN_EXE_onrecord"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path())
            .args(args)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&started.stderr).into_owned();
        assert_eq!(started.status.code(), Some(1), "{said}");
        assert!(said.contains(expect) && !said.contains("panicked"), "{said}");
    };
    let check = |expect: &str| check_with(&[], expect);
    check("store.redb is missing");
    check("these documents are affected: climate-energy-podcast.md, climate-river-keeper.md, ");
    std::fs::write(&store, b"").unwrap();
    check("its file is empty");
    check("these documents are affected: climate-energy-podcast.md, climate-river-keeper.md, ");
    std::fs::write(&store, &bytes[..bytes.len() / 2]).unwrap();
    check("the store is damaged");
    // Any bit of what the store holds.
    let mut flipped = bytes.clone();
    for at in (5000..bytes.len()).step_by(4096) {
        flipped[at] ^= 4;
    }
    std::fs::write(&store, &flipped).unwrap();
    check("the store is damaged");
    // Bytes of one document: it is named, and what to do.
    let words = b"koye has kept the gauges";
    let at = bytes.windows(words.len()).position(|window| window == words).unwrap();
    let mut flipped = bytes.clone();
    flipped[at] ^= 4;
    std::fs::write(&store, &flipped).unwrap();
    check("these documents are affected: climate-river-keeper.md;");
    check("onrecord recover --data-dir");
    // The same of a store that is checked while it serves.
    check_with(&["--check-first-bytes", "0"], "these documents are affected: climate-river-keeper.md;");
    std::fs::write(&store, &bytes).unwrap();
    let server = TestServer::start_in(folder).await;
    assert!(server.searches().await.search(query("threats")).await.unwrap().into_inner().total_size > 0);
}

async fn a_store_that_is_checked_while_it_serves_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..3 {
        let process = Process::start(folder.path(), &["--check-first-bytes=0".into()]);
        let mut searches = SearchServiceClient::new(process.channel().await);
        let found = searches.search(query("comet")).await.unwrap().into_inner();
        assert_eq!(found.total_size, round, "what was acknowledged before the kill");
        let mut documents = DocumentServiceClient::new(process.channel().await);
        let text = format!("Ann: What did you see?\n\nBo: I saw comet number {round} over the hill.\n");
        documents.put_document(put_text(&format!("d{round}"), &text)).await.unwrap();
        process.signal("-KILL");
        assert_eq!(process.exit_code(), None, "killed");
    }
}

async fn an_older_index_catches_up() {
    let text = |word: &str| format!("Ann: What did you see?\n\nBo: I saw a {word} over the hill.\n");
    let server = TestServer::start().await;
    server.documents().await.put_document(put_text("a", &text("comet"))).await.unwrap();
    let folder = server.stop().await;
    let (index, old) = (folder.path().join("index"), folder.path().join("old"));
    let copied = Command::new("cp").arg("-r").arg(&index).arg(&old).status().unwrap();
    assert!(copied.success());

    let server = TestServer::start_in(folder).await;
    let mut documents = server.documents().await;
    documents.put_document(put_text("a", &text("meteor"))).await.unwrap();
    documents.put_document(put_text("b", &text("balloon"))).await.unwrap();
    let folder = server.stop().await;
    std::fs::remove_dir_all(&index).unwrap();
    std::fs::rename(&old, &index).unwrap();

    let server = TestServer::start_in(folder).await;
    let mut searches = server.searches().await;
    for (word, expect) in [("comet", 0), ("meteor", 1), ("balloon", 1)] {
        assert_eq!(searches.search(query(word)).await.unwrap().into_inner().total_size, expect, "{word}");
    }
}

async fn damage_is_told_and_keeps_nothing_else_from_working() {
    use redb::ReadableTable as _;

    let text = |word: &str| format!("Ann: What did you see?\n\nBo: I saw a {word} over the hill.\n");
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    for (id, word) in [("a", "comet"), ("b", "meteor"), ("c", "comet"), ("d", "sparrow")] {
        documents.put_document(put_text(id, &text(word))).await.unwrap();
    }
    let folder = server.stop().await;
    {
        let table = redb::TableDefinition::<(&str, u32), &[u8]>::new("exchanges");
        let database = redb::Database::open(folder.path().join("store.redb")).unwrap();
        let write = database.begin_write().unwrap();
        for id in ["a", "c"] {
            let mut table = write.open_table(table).unwrap();
            let mut value = table.get((id, 0)).unwrap().unwrap().value().to_vec();
            let middle = value.len() / 2;
            value[middle] ^= 1;
            table.insert((id, 0), &*value).unwrap();
        }
        {
            let mut table = write.open_table(redb::TableDefinition::<&str, &[u8]>::new("documents")).unwrap();
            let mut value = table.get("d").unwrap().unwrap().value().to_vec();
            let middle = value.len() / 2;
            value[middle] ^= 1;
            table.insert("d", &*value).unwrap();
        }
        write.commit().unwrap();
    }
    std::fs::remove_dir_all(folder.path().join("index")).unwrap();

    let server = TestServer::start_in(folder).await;
    let (mut documents, mut searches) = (server.documents().await, server.searches().await);
    let status =
        documents.get_document(pb::GetDocumentRequest { document_id: "a".into() }).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::DataLoss, "{status:?}");
    assert!(!status.message().contains("exchanges"), "the cause stays inside: {status:?}");
    for (word, expect) in [("comet", 0), ("meteor", 1)] {
        assert_eq!(searches.search(query(word)).await.unwrap().into_inner().total_size, expect, "{word}");
    }
    let delete =
        |id: &str, purge| pb::DeleteDocumentRequest { document_id: id.into(), purge, ..Default::default() };
    // Whose bytes are its bytes cannot be told: they are not said to be gone.
    let status = documents.delete_document(delete("d", true)).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::DataLoss, "{status:?}");
    for id in ["a", "d"] {
        documents.delete_document(delete(id, false)).await.unwrap();
    }
    documents.put_document(put_text("c", &text("balloon"))).await.unwrap();
    assert_eq!(searches.search(query("balloon")).await.unwrap().into_inner().total_size, 1);
}

async fn a_kill_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = 0;
    for round in 0..4 {
        let process = Process::start(folder.path(), &[]);
        let mut client = DocumentServiceClient::new(process.channel().await);
        let listed =
            client.list_documents(pb::ListDocumentsRequest { page_size: 1000, page_token: String::new() });
        let total = listed.await.unwrap().into_inner().total_size;
        assert!(total == kept || total == kept + 1, "{kept} acknowledged, {total} there");
        kept = total;
        let mut searches = SearchServiceClient::new(process.channel().await);
        let found = searches.search(query("comet")).await.unwrap().into_inner();
        assert_eq!(found.total_size, total, "each document is found");
        for number in 0..5 {
            let text =
                format!("Ann: What did you see?\n\nBo: I saw comet number {round} {number} over the hill.\n");
            client.put_document(put_text(&format!("d{round}-{number}"), &text)).await.unwrap();
            kept += 1;
        }
        // One more write is under way when the process is killed.
        let text = "Ann: What did you see?\n\nBo: I saw one more comet over the hill.\n";
        let last =
            tokio::spawn(async move { client.put_document(put_text(&format!("e{round}"), text)).await });
        process.signal("-KILL");
        if last.await.unwrap().is_ok() {
            kept += 1;
        }
        assert_eq!(process.exit_code(), None, "killed");
    }
}

async fn a_stop_lets_running_calls_finish() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), &[]);
    let text =
        "Ann: What did you see?\n\nBo: I saw a comet over the hill, and then another.\n\n".repeat(60_000);
    let mut client = DocumentServiceClient::new(process.channel().await);
    client.put_document(put_text("long", &text[..4_000_000])).await.unwrap();

    let mut health = HealthClient::new(process.channel().await);
    let mut watch = health.watch(HealthCheckRequest { service: String::new() }).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status, 1, "SERVING");

    // The client does not read, so flow control holds the call open while the server is told to
    // stop.
    let request = pb::GetSourceRequest { document_id: "long".into(), ..pb::GetSourceRequest::default() };
    let mut pieces = client.get_source(request).await.unwrap().into_inner();
    let mut length = pieces.message().await.unwrap().unwrap().content.len();
    process.signal("-TERM");
    assert_eq!(watch.message().await.unwrap().unwrap().status, 2, "NOT_SERVING");
    while let Some(piece) = pieces.message().await.unwrap() {
        length += piece.content.len();
    }
    assert_eq!(length, 4_000_000);
    assert_eq!(process.exit_code(), Some(0));
}

async fn two_processes_do_not_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let first = Process::start(folder.path(), &[]);
    let second = Command::new(env!("CARGO_BIN_EXE_onrecord"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("in use by another process"), "{said}");
    first.signal("-INT");
    assert_eq!(first.exit_code(), Some(0));
}

async fn generation(process: &Process) -> i64 {
    let mut client = SearchServiceClient::new(process.channel().await);
    client.search(query("water")).await.unwrap().into_inner().generation
}

async fn unchanged_files_are_not_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let samples = [root().join("samples")];
    let first = Process::start(folder.path(), &samples);
    let before = generation(&first).await;
    let ready = first.ready.split_once(": ").unwrap().1.to_owned();
    first.signal("-TERM");
    assert_eq!(first.exit_code(), Some(0));
    let second = Process::start(folder.path(), &samples);
    assert_eq!(generation(&second).await, before);
    assert!(second.ready.ends_with(&ready), "{:?} ends with {ready:?}", second.ready);
    second.signal("-TERM");
    assert_eq!(second.exit_code(), Some(0));
}
