//! `AdminService` and the commands that speak to it: statistics, snapshots, a rebuilt index.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::sync::Arc;

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use onrecord::grpc::pb::create_snapshot_response::Part;
use onrecord::grpc::pb::search_service_client::SearchServiceClient;
use serde_json::Value;
use tempfile::TempDir;
use tonic::Code;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt as _;

use crate::lifecycle::Process;
use crate::support::TestServer;
use crate::support::files;
use crate::support::put_text;
use crate::support::query;
use crate::support::refused;
use crate::support::root;
use crate::support::sha256;
use crate::support::source;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        statistics_say_what_is_there,
        the_last_commit_has_its_time,
        health_speaks_of_it,
        a_restored_service_answers_alike,
        a_snapshot_is_one_state_that_writers_passed_through,
        a_damaged_snapshot_is_refused,
        what_is_no_snapshot_of_this_version_is_refused,
        a_snapshot_leaves_the_reserve_free,
        a_used_folder_is_never_restored_into,
        versions_are_in_a_snapshot_and_purged_bytes_are_not,
        snapshots_on_the_server_have_plain_names,
        a_manifest_is_checked_against_files_snapshot_and_folder,
        a_rebuilt_index_answers_alike,
    ]
}

/// Runs the binary.
pub(crate) fn onrecord(args: &[&dyn AsRef<std::ffi::OsStr>]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onrecord"));
    command.args(args.iter().map(AsRef::as_ref)).current_dir(root()).output().unwrap()
}

/// Runs the binary, which has to succeed, for what it prints.
pub(crate) fn ok(args: &[&dyn AsRef<std::ffi::OsStr>]) -> String {
    let output = onrecord(args);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs the binary, which has to fail, for what it prints and what it says.
pub(crate) fn fails(args: &[&dyn AsRef<std::ffi::OsStr>]) -> (String, String) {
    let output = onrecord(args);
    let [printed, said] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.code(), Some(1), "{printed}{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    (printed, said)
}

/// A server with the samples, of which one was replaced and one deleted, and two documents with the
/// same bytes.
async fn server_with_history() -> TestServer {
    let server = TestServer::with_samples().await;
    let mut documents = server.documents().await;
    let text = "Ann: What did the threats come to?\n\nBo: The threats came to nothing.\n";
    for id in ["zz-threats", "zz-again"] {
        documents.put_document(put_text(id, text)).await.unwrap();
    }
    documents
        .put_document(put_text("economy-briefing.txt", "A: And the water?\n\nB: Dear.\n"))
        .await
        .unwrap();
    let gone = pb::DeleteDocumentRequest {
        document_id: "culture-puppeteer.html".into(),
        purge: false,
        ..Default::default()
    };
    documents.delete_document(gone).await.unwrap();
    server
}

async fn client(process: &Process) -> SearchServiceClient<Channel> {
    SearchServiceClient::new(process.channel().await)
}

/// Everything a service answers to a query, page by page.
async fn pages(searches: &mut SearchServiceClient<Channel>, words: &str) -> Vec<pb::SearchResult> {
    let mut request = pb::SearchRequest { page_size: 3, ..query(words) };
    let mut results = Vec::new();
    loop {
        let response = searches.search(request.clone()).await.unwrap().into_inner();
        results.extend(response.results);
        if response.next_page_token.is_empty() {
            return results;
        }
        request.page_token = response.next_page_token;
    }
}

/// Streams a snapshot: its bytes and its summary.
async fn snapshot(server: &TestServer) -> (Vec<u8>, pb::SnapshotSummary) {
    let request = pb::CreateSnapshotRequest::default();
    let mut parts = server.admin().await.create_snapshot(request).await.unwrap().into_inner();
    let (mut bytes, mut summary) = (Vec::new(), None);
    while let Some(message) = parts.message().await.unwrap() {
        assert!(summary.is_none(), "the summary is the last message");
        match message.part.unwrap() {
            Part::Content(piece) => {
                assert!((1..=256 << 10).contains(&piece.len()), "{}", piece.len());
                bytes.extend_from_slice(&piece);
            }
            Part::Summary(found) => summary = Some(found),
        }
    }
    (bytes, summary.unwrap())
}

/// Manifest lines by document id, and the first line.
fn manifest(path: &Path) -> (Value, BTreeMap<String, Value>) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let header = lines.next().unwrap();
    (header, lines.map(|line| (line["id"].as_str().unwrap().to_owned(), line)).collect())
}

async fn statistics_say_what_is_there() {
    let server = server_with_history().await;
    let stats = server.admin().await.get_stats(pb::GetStatsRequest {}).await.unwrap().into_inner();
    let mut documents = server.documents().await;
    let list = documents.list_documents(pb::ListDocumentsRequest::default()).await.unwrap().into_inner();
    assert_eq!(stats.document_count, list.total_size);
    let (mut exchanges, mut bytes) = (0, 0);
    for document in &list.documents {
        let request = pb::GetDocumentRequest { document_id: document.id.clone() };
        exchanges += documents.get_document(request).await.unwrap().into_inner().exchanges.len();
        bytes += source(&mut documents, &document.id).await.len();
    }
    assert_eq!(
        (stats.exchange_count, stats.source_bytes),
        (exchanges.try_into().unwrap(), bytes.try_into().unwrap())
    );
    assert!(stats.passage_count >= stats.exchange_count, "{stats:?}");
    let length = std::fs::metadata(server.folder.path().join("store.redb")).unwrap().len();
    assert_eq!(stats.store_bytes, i64::try_from(length).unwrap());
    assert!(stats.index_bytes > 0, "{stats:?}");
    let mut searches = server.searches().await;
    assert_eq!(stats.generation, searches.search(query("water")).await.unwrap().into_inner().generation);
    let versions = stats.versions.unwrap();
    assert_eq!(versions.service, env!("CARGO_PKG_VERSION"));
    assert!(versions.store_format > 0 && versions.index_format > 0 && versions.pipeline > 0, "{versions:?}");
    assert_eq!(stats.ranking_parameters["k1"].to_bits(), 1.2_f32.to_bits());

    let shown = ok(&[&"stats", &"--server", &server.address]);
    assert!(shown.contains(&format!("{exchanges} exchanges\n")), "{shown}");
    let json: Value =
        serde_json::from_str(&ok(&[&"stats", &"--json", &"--server", &server.address])).unwrap();
    assert_eq!(json["documentCount"], list.total_size.to_string());
}

async fn the_last_commit_has_its_time() {
    let clock = || std::time::UNIX_EPOCH + std::time::Duration::from_hours(414_312);
    let folder = Arc::new(TempDir::new().unwrap());
    let server = TestServer::start_with(folder, |settings| settings.clock = clock).await;
    let time = async |server: &TestServer| {
        let stats = server.admin().await.get_stats(pb::GetStatsRequest {}).await.unwrap();
        stats.into_inner().last_commit_time
    };
    assert_eq!(time(&server).await, None, "nothing was stored yet");
    server.documents().await.put_document(put_text("a", "Ann: A comet?\n\nBo: A comet.\n")).await.unwrap();
    let committed = prost_types::Timestamp { seconds: 1_491_523_200, nanos: 0 };
    assert_eq!(time(&server).await, Some(committed));
    assert!(ok(&[&"stats", &"--server", &server.address]).contains("2017-04-07T00:00:00Z last commit"));
    let server = TestServer::start_in(server.stop().await).await;
    assert_eq!(time(&server).await, Some(committed), "a restart is no commit");
}

async fn health_speaks_of_it() {
    let server = TestServer::start().await;
    let mut health = HealthClient::new(server.channel().await);
    let request = HealthCheckRequest { service: "onrecord.v1.AdminService".into() };
    assert_eq!(health.check(request).await.unwrap().into_inner().status, 1, "SERVING");
}

async fn a_restored_service_answers_alike() {
    let server = server_with_history().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy");
    let told = ok(&[&"snapshot", &file, &"--server", &server.address]);
    assert!(told.contains(&sha256(&std::fs::read(&file).unwrap())), "{told}");
    let names: Vec<PathBuf> = files(folder.path());
    assert_eq!(
        names,
        [file.clone(), folder.path().join("copy.manifest.jsonl")],
        "nothing half-written stays"
    );

    let first = pb::SearchRequest { page_size: 2, ..query("the threats and the water") };
    let mut searches = server.searches().await;
    let page = searches.search(first.clone()).await.unwrap().into_inner();
    let next = pb::SearchRequest { page_token: page.next_page_token, ..first };
    let second = searches.search(next.clone()).await.unwrap().into_inner();
    assert_eq!(second.results.len(), 2);

    let new = folder.path().join("new/data");
    let process = Process::start(&new, &["--restore".into(), file]);
    let mut restored = client(&process).await;
    // It is another corpus, whose generations go their own way from here.
    let status = restored.search(next).await.unwrap_err();
    refused(&status, Code::InvalidArgument, "PAGE_TOKEN_INVALID", "page_token");
    for words in ["threats", "Syria talks", "water and ice", "the price of bread", "ледяной маяк", "nobody"]
    {
        assert_eq!(pages(&mut restored, words).await, pages(&mut searches, words).await, "{words}");
    }
    let mut before = server.documents().await;
    let mut after = pb::document_service_client::DocumentServiceClient::new(process.channel().await);
    let list = before.list_documents(pb::ListDocumentsRequest::default()).await.unwrap().into_inner();
    assert!(list.documents.len() > 10);
    for document in list.documents {
        let request = pb::GetDocumentRequest { document_id: document.id.clone() };
        let there = before.get_document(request.clone()).await.unwrap().into_inner();
        assert_eq!(after.get_document(request).await.unwrap().into_inner(), there);
        assert_eq!(source(&mut after, &document.id).await, source(&mut before, &document.id).await);
    }
    // It goes on as the one it is a copy of would have.
    let put = put_text("new", "A: A quokka?\n\nB: A quokka.\n");
    let mut both = [
        before.put_document(put.clone()).await.unwrap().into_inner(),
        after.put_document(put).await.unwrap().into_inner(),
    ];
    for answer in &mut both {
        let document = answer.document.as_mut().unwrap();
        (document.create_time, document.update_time) = (None, None);
    }
    let [here, there] = both;
    assert_eq!(here, there);
    process.signal("-TERM");
    assert_eq!(process.exit_code(), Some(0));
    assert!(ok(&[&"verify", &"--data-dir", &new]).contains("0 documents are damaged"));
}

fn step_text(step: usize) -> String {
    format!("Ann: What is step {step}?\n\nBo: Step {step} is a step.\n")
}

/// The documents of a writer after so many steps, each with its text.
fn state(writer: usize, steps: usize) -> BTreeMap<String, String> {
    let mut state = BTreeMap::new();
    for step in 0..steps {
        let id = format!("w{writer}-{}", step / 3);
        match step % 3 {
            0 | 1 => drop(state.insert(id, step_text(step))),
            _ if step % 9 == 8 => drop(state.remove(&id)),
            _ => drop(state.insert(id, step_text(step))),
        }
    }
    state
}

/// Each writer stores its documents one after the other, replaces each once, and deletes every
/// third; so the state of each is a number, and a snapshot has to hold one state of each writer,
/// between what was acknowledged when it began and what had been sent when it ended.
async fn a_snapshot_is_one_state_that_writers_passed_through() {
    const WRITERS: usize = 4;
    const STEPS: usize = 60;
    let server = Arc::new(TestServer::start().await);
    let done: Arc<[std::sync::atomic::AtomicUsize; WRITERS]> = Arc::default();
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let (mut documents, done) = (server.documents().await, Arc::clone(&done));
        writers.push(tokio::spawn(async move {
            for step in 0..STEPS {
                let id = format!("w{writer}-{}", step / 3);
                if step % 9 == 8 {
                    documents
                        .delete_document(pb::DeleteDocumentRequest {
                            document_id: id,
                            purge: false,
                            ..Default::default()
                        })
                        .await
                        .unwrap();
                } else {
                    documents.put_document(put_text(&id, &step_text(step))).await.unwrap();
                }
                done[writer].store(step + 1, std::sync::atomic::Ordering::SeqCst);
            }
        }));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy");
    let (mut taken, mut between) = (0, 0);
    while taken < 3 || writers.iter().any(|writer| !writer.is_finished()) {
        let acknowledged = [0, 1, 2, 3].map(|writer| done[writer].load(std::sync::atomic::Ordering::SeqCst));
        let (bytes, summary) = snapshot(&server).await;
        let after = [0, 1, 2, 3].map(|writer| done[writer].load(std::sync::atomic::Ordering::SeqCst));
        assert_eq!((summary.size_bytes, &summary.sha256), (bytes.len().try_into().unwrap(), &sha256(&bytes)));
        let mut held: BTreeMap<String, String> = BTreeMap::new();
        let mut snapshot = onrecord::local::SnapshotFile::create(&file).unwrap();
        snapshot.write(&bytes).unwrap();
        snapshot.finish().unwrap();
        for (id, line) in manifest(&folder.path().join("copy.manifest.jsonl")).1 {
            held.insert(id, line["sha256"].as_str().unwrap().to_owned());
        }
        for writer in 0..WRITERS {
            // One more may have been committed than was acknowledged.
            let passed = acknowledged[writer]..=(after[writer] + 1).min(STEPS);
            let own: BTreeMap<_, _> =
                held.iter().filter(|(id, _)| id.starts_with(&format!("w{writer}-"))).collect();
            let is = |steps: usize| {
                let state = state(writer, steps);
                state.len() == own.len()
                    && state
                        .iter()
                        .all(|(id, text)| own.get(id).is_some_and(|held| **held == sha256(text.as_bytes())))
            };
            assert!(passed.clone().any(is), "writer {writer} was never in {own:?}; it was in {passed:?}");
            between += usize::from(acknowledged[writer] > 0 && after[writer] < STEPS);
        }
        taken += 1;
    }
    assert!(between > 0, "no snapshot was taken while writers wrote");
    for writer in writers {
        writer.await.unwrap();
    }
}

/// A snapshot of one document, and its file, which has no manifest.
async fn small_snapshot(folder: &Path) -> (Vec<u8>, PathBuf) {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    documents.put_document(put_text("a", "Ann: A comet?\n\nBo: A comet.\n")).await.unwrap();
    let (bytes, summary) = snapshot(&server).await;
    assert_eq!(summary.document_count, 1);
    let file = folder.join("copy");
    std::fs::write(&file, &bytes).unwrap();
    (bytes, file)
}

async fn a_damaged_snapshot_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, file) = small_snapshot(folder.path()).await;
    let manifest = folder.path().join("of-the-whole.jsonl");
    let mut whole = onrecord::local::SnapshotFile::create(&folder.path().join("whole")).unwrap();
    whole.write(&bytes).unwrap();
    whole.finish().unwrap();
    std::fs::rename(folder.path().join("whole.manifest.jsonl"), &manifest).unwrap();
    let check = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        onrecord::local::check_snapshot_file(&file).map(|summary| summary.documents)
    };
    assert_eq!(check(&bytes).unwrap(), 1);
    // Each length at the start, where the header is, and some of the others.
    for length in (0..400).chain((400..bytes.len()).step_by(997)).chain(bytes.len() - 2..bytes.len()) {
        assert!(check(&bytes[..length]).is_err(), "cut to {length} bytes");
    }
    assert!(check(&[&bytes[..], b"x"].concat()).is_err());

    // A bit where nothing is stored changes nothing; the manifest shows that too.
    let mut harmless = 0;
    for at in (0..400).chain((400..bytes.len()).step_by(499)) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        if check(&flipped).is_ok() {
            harmless += 1;
            let mut original = onrecord::local::Manifest::read(&manifest).unwrap();
            onrecord::local::compare_snapshot(&file, &mut original).unwrap();
            assert_eq!(original.finish(), [], "flipped at {at}");
            std::fs::copy(&manifest, folder.path().join("copy.manifest.jsonl")).unwrap();
            let refused = check(&flipped).unwrap_err().to_string();
            assert!(refused.contains("its SHA-256 is not the one in copy.manifest.jsonl"), "{refused}");
            std::fs::remove_file(folder.path().join("copy.manifest.jsonl")).unwrap();
        }
    }
    assert!(harmless > 0, "no bit was unused");
    let comets = (0..bytes.len() - 5).filter(|at| &bytes[*at..*at + 5] == b"comet");
    for at in comets.collect::<Vec<_>>() {
        let mut altered = bytes.clone();
        altered[at] = b'C';
        if let Ok(documents) = check(&altered) {
            panic!("a word was altered at {at}, and {documents} documents are said to be whole");
        }
    }
}

async fn what_is_no_snapshot_of_this_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, file) = small_snapshot(folder.path()).await;
    let new = folder.path().join("new");
    let refused = |why: &str| {
        let before = std::fs::read(&file).unwrap();
        let (_, said) = fails(&[&"verify", &"--snapshot", &file]);
        assert!(said.contains(why), "{said}");
        let restore: [&dyn AsRef<std::ffi::OsStr>; 7] =
            [&"serve", &"--listen", &"127.0.0.1:0", &"--restore", &file, &"--data-dir", &new];
        let (printed, said) = fails(&restore);
        assert!(printed.is_empty() && said.contains(why), "{said}");
        let left = if new.exists() { files(&new) } else { Vec::new() };
        assert!(left.iter().all(|path| path.ends_with("lock")), "{left:?}");
        assert!(std::fs::read(&file).unwrap() == before, "the snapshot is not changed");
    };
    for (other, why) in [
        (&b"PK\x03\x04 something else altogether"[..], "it is no snapshot"),
        (b"", "it is no snapshot"),
        (
            b"onrecord snapshot\n\0\0\0\x01\0\0\0\0\0\0\0\x02",
            "it is of format 1, this version reads 2.3; restore it with",
        ),
        (&bytes[..bytes.len() / 2], "it is damaged (File truncated"),
    ] {
        std::fs::write(&file, other).unwrap();
        refused(why);
    }
    // What a hostile hand writes has right page checksums.
    let edit = |edit: &dyn Fn(&redb::WriteTransaction)| {
        std::fs::write(&file, &bytes).unwrap();
        let database = redb::Database::open(&file).unwrap();
        let write = database.begin_write().unwrap();
        edit(&write);
        write.commit().unwrap();
    };
    let facts = redb::TableDefinition::<&str, &[u8]>::new("facts");
    let documents = redb::TableDefinition::<&str, &[u8]>::new("documents");
    edit(&|write| {
        let mut value = sha256_bytes(b"facts\0format\0\x63");
        value.truncate(16);
        value.push(99);
        write.open_table(facts).unwrap().insert("format", &*value).unwrap();
    });
    refused("it is of format 2.99, this version reads 2.3; restore it with the version that took it");
    edit(&|write| drop(write.open_table(documents).unwrap().insert("a", &b"0123456789abcdef?"[..]).unwrap()));
    refused("a value of documents does not match its checksum");
    edit(&|write| drop(write.open_table(documents).unwrap().remove("a").unwrap()));
    refused("it has 0 documents");
    edit(&|write| assert!(write.delete_table(documents).unwrap()));
    refused("it is damaged (Table 'documents' does not exist)");
    edit(&|write| {
        write.delete_table(documents).unwrap();
        let other = redb::TableDefinition::<u64, u64>::new("documents");
        write.open_table(other).unwrap().insert(1, 1).unwrap();
    });
    refused("it is damaged (");
}

/// The bytes of a SHA-256 digest.
fn sha256_bytes(bytes: &[u8]) -> Vec<u8> {
    let hex = sha256(bytes);
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

async fn a_snapshot_leaves_the_reserve_free() {
    let folder = Arc::new(TempDir::new().unwrap());
    let snapshot_dir = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(Arc::clone(&folder), |settings| {
        settings.disk_reserve = Some(u64::MAX / 8);
        settings.snapshot_dir = Some(snapshot_dir.path().to_owned());
    })
    .await;
    for name in ["", "full"] {
        let request = pb::CreateSnapshotRequest { name: name.into() };
        let parts = server.admin().await.create_snapshot(request).await;
        let status = match parts {
            Ok(parts) => parts.into_inner().message().await.unwrap_err(),
            Err(status) => status,
        };
        assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
        assert_eq!(status.get_error_details().error_info().unwrap().reason, "DISK_FULL");
        assert!(status.message().contains("the snapshot can be taken again"), "{status:?}");
    }
    assert!(files(snapshot_dir.path()).is_empty(), "{:?}", files(snapshot_dir.path()));
}

async fn a_used_folder_is_never_restored_into() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    documents.put_document(put_text("a", "Ann: A comet?\n\nBo: A comet.\n")).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy");
    std::fs::write(&file, snapshot(&server).await.0).unwrap();
    documents.put_document(put_text("b", "Ann: And now?\n\nBo: A meteor.\n")).await.unwrap();
    let used = server.stop().await;
    let restore: [&dyn AsRef<std::ffi::OsStr>; 7] =
        [&"serve", &"--listen", &"127.0.0.1:0", &"--restore", &file, &"--data-dir", &used.path()];
    let (_, said) = fails(&restore);
    assert!(said.contains("holds data already; restore into a new folder"), "{said}");
    let process = Process::start(used.path(), &[]);
    assert!(process.ready.contains(" 2 documents"), "{}", process.ready);
    process.signal("-TERM");
    assert_eq!(process.exit_code(), Some(0));
    let output = onrecord(&[&"serve", &"--restore", &file]);
    assert_eq!(output.status.code(), Some(2), "without --data-dir");

    // What a killed restore left is not taken for an empty folder, and is overwritten by the next
    // restore.
    let new = folder.path().join("new");
    std::fs::create_dir(&new).unwrap();
    std::fs::write(new.join("store.redb.restoring"), [7; 9000]).unwrap();
    let (_, said) = fails(&[&"serve", &"--listen", &"127.0.0.1:0", &"--data-dir", &new]);
    assert!(said.contains("restore it again"), "{said}");
    let process = Process::start(&new, &["--restore".into(), file]);
    assert!(process.ready.contains(" 1 documents"), "{}", process.ready);
    process.signal("-TERM");
    assert_eq!(process.exit_code(), Some(0));
    assert!(!new.join("store.redb.restoring").exists());
}

async fn versions_are_in_a_snapshot_and_purged_bytes_are_not() {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    let text = |word: &str| format!("Ann: What did you see?\n\nBo: I saw a {word} over the hill.\n");
    for (id, word) in [("a", "comet"), ("a", "meteor"), ("b", "quokka"), ("b", "wombat")] {
        documents.put_document(put_text(id, &text(word))).await.unwrap();
    }
    let gone = pb::DeleteDocumentRequest { document_id: "b".into(), purge: true, ..Default::default() };
    documents.delete_document(gone).await.unwrap();
    let (bytes, _) = snapshot(&server).await;
    let holds = |word: &str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
    let words = ["comet", "meteor", "quokka", "wombat"].map(holds);
    assert_eq!(words, [true, true, false, false]);

    let folder = tempfile::tempdir().unwrap();
    let (file, new) = (folder.path().join("copy"), folder.path().join("new"));
    std::fs::write(&file, bytes).unwrap();
    let process = Process::start(&new, &["--restore".into(), file]);
    let mut restored = pb::document_service_client::DocumentServiceClient::new(process.channel().await);
    let request = pb::GetSourceRequest {
        document_id: "a".into(),
        document_sha256: sha256(text("comet").as_bytes()),
        ..pb::GetSourceRequest::default()
    };
    let mut pieces = restored.get_source(request).await.unwrap().into_inner();
    let piece = pieces.message().await.unwrap().unwrap();
    assert_eq!(&*piece.content, text("comet").as_bytes(), "an earlier version");
    process.signal("-TERM");
    assert_eq!(process.exit_code(), Some(0));
    let told = ok(&[&"verify", &"--data-dir", &new]);
    assert!(told.contains(" 1 earlier versions, "), "{told}");
}

async fn snapshots_on_the_server_have_plain_names() {
    let (data, folder) = (Arc::new(TempDir::new().unwrap()), TempDir::new().unwrap());
    let ask = async |server: &TestServer, name: &str| {
        let request = pb::CreateSnapshotRequest { name: name.to_owned() };
        let mut parts = server.admin().await.create_snapshot(request).await?.into_inner();
        parts.message().await
    };
    let server = TestServer::start_in(data).await;
    let status = ask(&server, "x").await.unwrap_err();
    refused(&status, Code::FailedPrecondition, "NO_SNAPSHOT_FOLDER", "--snapshot-dir");
    let data = server.stop().await;

    let snapshot_dir = folder.path().join("snapshots");
    std::fs::create_dir(&snapshot_dir).unwrap();
    let server =
        TestServer::start_with(data, |settings| settings.snapshot_dir = Some(snapshot_dir.clone())).await;
    let long = "x".repeat(129);
    for name in ["../x", "/tmp/x", "a/b", "..", ".", ".hidden", "a b", "ä", "a\0b", &long, "\\x"] {
        let status = ask(&server, name).await.unwrap_err();
        refused(&status, Code::InvalidArgument, "SNAPSHOT_NAME_INVALID", "name");
    }
    assert!(files(folder.path()).is_empty(), "{:?}", files(folder.path()));
    server.documents().await.put_document(put_text("a", "Ann: A comet?\n\nBo: A comet.\n")).await.unwrap();
    let Some(Part::Summary(summary)) = ask(&server, "monday").await.unwrap().unwrap().part else {
        panic!("no summary")
    };
    let bytes = std::fs::read(snapshot_dir.join("monday")).unwrap();
    assert_eq!((summary.document_count, &summary.sha256), (1, &sha256(&bytes)));
    let (streamed, again) = snapshot(&server).await;
    assert!(streamed == bytes && again == summary, "a snapshot of one state is always the same");
    let (header, lines) = manifest(&snapshot_dir.join("monday.manifest.jsonl"));
    assert_eq!((&header["documents"], &header["snapshot_sha256"]), (&1.into(), &summary.sha256.into()));
    assert_eq!(lines.keys().collect::<Vec<_>>(), ["a"]);
    let status = ask(&server, "monday").await.unwrap_err();
    refused(&status, Code::AlreadyExists, "SNAPSHOT_EXISTS", "monday");
    assert!(!format!("{status:?}").contains(snapshot_dir.to_str().unwrap()), "{status:?}");
    let told = ok(&[&"snapshot", &"--on-server", &"tuesday", &"--server", &server.address]);
    assert!(told.starts_with("1 documents of generation 1 in "), "{told}");
    assert_eq!(std::fs::read(snapshot_dir.join("tuesday")).unwrap(), bytes);
    let names: Vec<PathBuf> = files(&snapshot_dir);
    assert_eq!(names.len(), 4, "{names:?}");
}

async fn a_manifest_is_checked_against_files_snapshot_and_folder() {
    let server = TestServer::with_samples().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, lines) = (folder.path().join("copy"), folder.path().join("copy.manifest.jsonl"));
    ok(&[&"snapshot", &file, &"--server", &server.address]);
    let samples = files(&root().join("samples"));
    let (header, entries) = manifest(&lines);
    assert_eq!(header["documents"], samples.len());
    for path in &samples {
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = std::fs::read(path).unwrap();
        let entry = &entries[name];
        assert_eq!(entry["sha256"], sha256(&bytes), "{name}");
        assert_eq!(
            (&entry["bytes"], &entry["text_sha256"]),
            (&bytes.len().into(), &entry["sha256"]),
            "{name}"
        );
        assert!(entry["exchanges"].as_u64().unwrap() > 0 && entry["title"].is_string(), "{entry}");
    }

    // Copies of the documents, under names of their own.
    let copies = folder.path().join("copies");
    std::fs::create_dir(&copies).unwrap();
    for (number, path) in samples.iter().enumerate() {
        std::fs::copy(path, copies.join(format!("{number}.bin"))).unwrap();
    }
    let verified = |output: String| assert!(output.ends_with(" 0 differences\n"), "{output}");
    verified(ok(&[&"verify", &"--manifest", &lines, &copies]));
    verified(ok(&[&"verify", &"--manifest", &lines, &"samples"]));
    verified(ok(&[&"verify", &"--manifest", &lines, &"--snapshot", &file]));
    std::fs::remove_file(copies.join("0.bin")).unwrap();
    let second = copies.join(samples[1].file_name().unwrap());
    std::fs::rename(copies.join("1.bin"), &second).unwrap();
    std::fs::write(&second, "Not what was said.").unwrap();
    std::fs::write(copies.join("more.txt"), "More.").unwrap();
    let (printed, said) = fails(&[&"verify", &"--manifest", &lines, &copies]);
    let [missing, differs] = [0, 1].map(|number| samples[number].file_name().unwrap().to_str().unwrap());
    assert!(printed.contains(&format!("missing\t{missing}\n")), "{printed}");
    assert!(printed.contains(&format!("differs\t{differs}\tsha256 of ")), "{printed}");
    assert!(printed.contains("extra\t") && printed.contains("more.txt\n"), "{printed}");
    assert!(said.contains("there are 3 differences"), "{said}");

    let mut documents = server.documents().await;
    documents.put_document(put_text(missing, "Ann: A comet?\n\nBo: A comet.\n")).await.unwrap();
    documents
        .delete_document(pb::DeleteDocumentRequest {
            document_id: differs.into(),
            purge: false,
            ..Default::default()
        })
        .await
        .unwrap();
    documents.put_document(put_text("more", "Ann: More?\n\nBo: More.\n")).await.unwrap();
    let (_, said) = fails(&[&"verify", &"--manifest", &lines, &"--data-dir", &server.folder.path()]);
    assert!(said.contains("in use by another process"), "{said}");
    let data = server.stop().await;
    let (printed, _) = fails(&[&"verify", &"--manifest", &lines, &"--data-dir", &data.path()]);
    assert!(printed.contains(&format!("missing\t{differs}\n")), "{printed}");
    assert!(printed.contains(&format!("differs\t{missing}\tsha256, bytes, text_sha256, ")), "{printed}");
    assert!(printed.contains("extra\tmore\n"), "{printed}");

    // A manifest that lost its last line vouches for nothing.
    let text = std::fs::read_to_string(&lines).unwrap();
    let shorter = text.trim_end().rsplit_once('\n').unwrap().0;
    std::fs::write(&lines, shorter).unwrap();
    let (_, said) = fails(&[&"verify", &"--manifest", &lines, &"samples"]);
    assert!(said.contains("take another copy"), "{said}");
}

async fn a_rebuilt_index_answers_alike() {
    let server = server_with_history().await;
    let mut searches = server.searches().await;
    let words = ["threats", "Syria talks", "water and ice", "the price of bread", "ледяной маяк"];
    let mut before = Vec::new();
    for words in words {
        before.push(pages(&mut searches, words).await);
    }
    let stats = server.admin().await.get_stats(pb::GetStatsRequest {}).await.unwrap().into_inner();
    let mut progress =
        server.admin().await.rebuild_index(pb::RebuildIndexRequest {}).await.unwrap().into_inner();
    let documents = stats.document_count;
    let message = |generation, document_count, complete| pb::RebuildIndexResponse {
        generation,
        document_count,
        total_document_count: documents,
        complete,
    };
    assert_eq!(progress.message().await.unwrap(), Some(message(0, 0, false)));
    assert_eq!(progress.message().await.unwrap(), Some(message(stats.generation, documents, true)));
    assert_eq!(progress.message().await.unwrap(), None);
    for (words, before) in words.into_iter().zip(before) {
        assert_eq!(pages(&mut searches, words).await, before, "{words}");
    }
}
