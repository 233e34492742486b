//! Damage on disk: found, told, and whole documents got out of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;

use libtest_mimic::Trial;
use onrecord::engine::Engine;
use onrecord::grpc::pb;
use onrecord::local;
use onrecord::local::LocalError;
use redb::ReadableTable as _;
use serde_json::Value;

use crate::admin::fails;
use crate::admin::ok;
use crate::admin::onrecord;
use crate::support::TestServer;
use crate::support::files;
use crate::support::put_text;
use crate::support::query;
use crate::support::root;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![wire:
        a_whole_folder_is_said_to_be_whole,
        each_damaged_value_is_found,
        nine_results_are_served_and_the_damaged_tenth_is_named,
        copies_of_a_damaged_result_are_served,
        whole_documents_are_recovered,
        any_damage_to_the_file_is_told_and_never_becomes_text,
        whichever_page_is_lost_nothing_panics,
    ]
}

/// Changes a value in a stored table; a flipped bit, as a worn disk leaves it.
fn damage(store: &Path, table: &str, key: &str) {
    fn flip(value: &[u8]) -> Vec<u8> {
        let mut value = value.to_vec();
        let middle = value.len() / 2;
        value[middle] ^= 1;
        value
    }
    let database = redb::Database::open(store).unwrap();
    let write = database.begin_write().unwrap();
    if table == "exchanges" {
        let mut table =
            write.open_table(redb::TableDefinition::<(&str, u32), &[u8]>::new("exchanges")).unwrap();
        let value = flip(table.get((key, 0)).unwrap().unwrap().value());
        table.insert((key, 0), &*value).unwrap();
    } else {
        let mut table = write.open_table(redb::TableDefinition::<&str, &[u8]>::new(table)).unwrap();
        let value = flip(table.get(key).unwrap().unwrap().value());
        table.insert(key, &*value).unwrap();
    }
    write.commit().unwrap();
}

/// Flips a bit in each place of the file that holds these words, also where it is not used any
/// more.
fn damage_source(store: &Path, words: &str) {
    let mut bytes = std::fs::read(store).unwrap();
    let places: Vec<usize> =
        (0..bytes.len()).filter(|at| bytes[*at..].starts_with(words.as_bytes())).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at] ^= 1;
    }
    std::fs::write(store, bytes).unwrap();
}

/// Flips a bit in the piece of a source that holds these words, in a page that is whole otherwise.
fn damage_piece(store: &Path, words: &str) {
    let database = redb::Database::open(store).unwrap();
    let write = database.begin_write().unwrap();
    {
        let mut table =
            write.open_table(redb::TableDefinition::<(&[u8; 32], u32), &[u8]>::new("sources")).unwrap();
        let holds = |value: &[u8]| value.windows(words.len()).position(|part| part == words.as_bytes());
        let found = table.iter().unwrap().find_map(|entry| {
            let (key, value) = entry.unwrap();
            let at = holds(value.value())?;
            let ((digest, number), mut value) = (key.value(), value.value().to_vec());
            value[at] ^= 1;
            Some((*digest, number, value))
        });
        let (digest, number, value) = found.unwrap();
        table.insert((&digest, number), &*value).unwrap();
    }
    write.commit().unwrap();
}

fn text(word: &str) -> String {
    format!("Ann: What did you see?\n\nBo: I saw a {word} over the hill.\n")
}

/// Documents, each of one word; some ids make odd file names.
const SMALL: [(&str, &str); 6] =
    [("a", "comet"), ("b", "meteor"), ("c", "balloon"), ("..", "kite"), ("-rf", "crow"), ("README", "bat")];

/// A server that holds [`SMALL`].
async fn small_server() -> TestServer {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    for (id, word) in SMALL {
        documents.put_document(put_text(id, &text(word))).await.unwrap();
    }
    server
}

/// A server of ten documents with the same words, of which one was damaged on disk.
async fn ten_with_damage(table: &str, words: &str) -> TestServer {
    let server = TestServer::start().await;
    let mut documents = server.documents().await;
    for number in 0..10 {
        documents.put_document(put_text(&format!("d{number}"), words)).await.unwrap();
    }
    let folder = server.stop().await;
    damage(&folder.path().join("store.redb"), table, "d4");
    TestServer::start_in(folder).await
}

async fn nine_results_are_served_and_the_damaged_tenth_is_named() {
    for table in ["exchanges", "documents"] {
        let server = ten_with_damage(table, &text("comet")).await;
        let mut searches = server.searches().await;
        let answer = searches.search(query("comet")).await.unwrap().into_inner();
        assert_eq!((answer.results.len(), answer.total_size), (9, 10), "{table}");
        assert_eq!(answer.unreachable, ["d4"], "{table}");
        assert!(answer.results.iter().all(|result| !result.passage.as_ref().unwrap().answer.is_empty()));

        // Pages of two: the damaged document takes its place on one of them, and nothing is lost.
        let (mut found, mut unreachable, mut page_token) = (Vec::new(), Vec::new(), String::new());
        loop {
            let request = pb::SearchRequest { page_size: 2, page_token, ..query("comet") };
            let page = searches.search(request).await.unwrap().into_inner();
            found.extend(page.results.into_iter().map(|found| found.passage.unwrap().exchange_id));
            unreachable.extend(page.unreachable);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let all = answer.results.into_iter().map(|found| found.passage.unwrap().exchange_id);
        assert_eq!(found, all.collect::<Vec<_>>(), "{table}");
        assert_eq!(unreachable, ["d4"], "{table}");
    }
}

async fn copies_of_a_damaged_result_are_served() {
    let words = "Ann: What did you see?\n\nBo: I saw a comet over the hill, and it was green and it \
        fell behind the old mill by the river, where nobody has lived since the flood.\n";
    let server = ten_with_damage("exchanges", words).await;
    let request = pb::SearchRequest { collapse_duplicates: true, ..query("comet") };
    let answer = server.searches().await.search(request).await.unwrap().into_inner();
    let [result] = &*answer.results else { panic!("{answer:?}") };
    assert_eq!((result.duplicates.len(), result.more_duplicates), (8, 1));
    assert_eq!(answer.unreachable, ["d4"]);
}

async fn verify(server: &TestServer) -> (Vec<pb::IntegrityFault>, pb::VerifyIntegrityResponse) {
    let request = pb::VerifyIntegrityRequest {};
    let mut reports = server.admin().await.verify_integrity(request).await.unwrap().into_inner();
    let (mut faults, mut last) = (Vec::new(), pb::VerifyIntegrityResponse::default());
    while let Some(report) = reports.message().await.unwrap() {
        assert!(!last.complete, "nothing follows the last report");
        assert!(
            report.document_count >= last.document_count && report.source_bytes >= last.source_bytes,
            "{report:?}"
        );
        faults.extend(report.faults.clone());
        last = report;
    }
    assert!(last.complete);
    (faults, last)
}

async fn a_whole_folder_is_said_to_be_whole() {
    let corpus = root().join("tests/corpus");
    let sources: Vec<PathBuf> =
        files(&corpus).into_iter().filter(|path| !path.to_string_lossy().ends_with(".expected")).collect();
    let samples = files(&root().join("samples"));
    let server = TestServer::with_files(&[sources, samples].concat()).await;
    let stats = server.admin().await.get_stats(pb::GetStatsRequest {}).await.unwrap().into_inner();
    let (faults, report) = verify(&server).await;
    assert_eq!(faults, []);
    assert_eq!(
        (report.document_count, report.exchange_count, report.damaged_document_count),
        (stats.document_count, stats.exchange_count, 0)
    );
    assert!(
        report.citation_count > stats.exchange_count + stats.passage_count,
        "other occurrences are checked too"
    );
    let data = server.stop().await;
    let before = std::fs::read(data.path().join("store.redb")).unwrap();
    let told = ok(&[&"verify", &"--data-dir", &data.path()]);
    assert_eq!(
        told,
        format!(
            "{} documents, {} exchanges, {} citations, {} earlier versions, {} bytes were read; 0 documents are damaged\n",
            report.document_count,
            report.exchange_count,
            report.citation_count,
            report.version_count,
            report.source_bytes
        )
    );
    assert!(std::fs::read(data.path().join("store.redb")).unwrap() == before, "nothing is changed");
    let (_, said) = fails(&[&"verify", &"--data-dir", &"no/such/folder"]);
    assert!(said.contains("no/such/folder is no data folder"), "{said}");
    assert_eq!(onrecord(&[&"verify"]).status.code(), Some(2));
    assert_eq!(onrecord(&[&"verify", &"--manifest", &"x", &"--frob"]).status.code(), Some(2));
}

async fn each_damaged_value_is_found() {
    let data = small_server().await.stop().await;
    let store = data.path().join("store.redb");
    damage(&store, "documents", "a");
    damage(&store, "exchanges", "b");
    damage_piece(&store, "balloon");
    damage(&store, "diagnostics", "-rf");
    let (printed, said) = fails(&[&"verify", &"--data-dir", &data.path()]);
    let damaged: Vec<&str> =
        printed.lines().filter_map(|line| line.strip_prefix("damaged\t")?.split('\t').next()).collect();
    assert_eq!(damaged, ["-rf", "a", "b", "c"], "{printed}");
    assert!(said.contains("onrecord recover"), "{said}");

    let server = TestServer::start_in(data).await;
    let (faults, report) = verify(&server).await;
    let damaged: Vec<&str> = faults.iter().map(|fault| &*fault.document_id).collect();
    assert_eq!(damaged, ["-rf", "a", "b", "c"], "{faults:?}");
    assert_eq!((report.document_count, report.damaged_document_count), (6, 4));
    let request = pb::CreateSnapshotRequest::default();
    let mut parts = server.admin().await.create_snapshot(request).await.unwrap().into_inner();
    let status = loop {
        match parts.message().await {
            Ok(part) => assert!(part.is_some(), "a snapshot of damage was taken"),
            Err(status) => break status,
        }
    };
    assert_eq!(status.code(), tonic::Code::DataLoss, "{status:?}");
    let copy = server.folder.path().join("copy");
    fails(&[&"snapshot", &copy, &"--server", &server.address]);
    assert!(!copy.exists() && !server.folder.path().join("copy.partial").exists());
}

/// What was recovered: bytes by document id.
fn recovered(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(manifest) = std::fs::read_to_string(out.join("manifest.jsonl")) else { return BTreeMap::new() };
    let lines = manifest.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
    let of = |line: Value| {
        let file = out.join(line["file"].as_str().unwrap());
        (line["id"].as_str().unwrap().to_owned(), std::fs::read(file).unwrap())
    };
    lines.map(of).collect()
}

async fn whole_documents_are_recovered() {
    let data = small_server().await.stop().await;
    let store = data.path().join("store.redb");
    damage(&store, "documents", "a");
    damage(&store, "exchanges", "b");
    damage_source(&store, "balloon");
    let before = std::fs::read(&store).unwrap();
    let out = data.path().join("rescued");
    let (printed, said) = fails(&[&"recover", &"--data-dir", &data.path(), &out]);
    assert!(said.contains("documents are lost"), "{said}");
    let lost: Vec<&str> =
        printed.lines().filter_map(|line| line.strip_prefix("lost\t")?.split('\t').next()).collect();
    assert_eq!(lost, ["a", "c"], "{printed}");
    let expected = [("-rf", "crow"), ("..", "kite"), ("README", "bat"), ("b", "meteor")];
    let expected: BTreeMap<String, Vec<u8>> =
        expected.into_iter().map(|(id, word)| (id.to_owned(), text(word).into_bytes())).collect();
    assert_eq!(recovered(&out), expected, "an exchange that is damaged costs no document its bytes");
    // The record is lost, the bytes are whole.
    let others = files(&out.join("unnamed"));
    let bytes: Vec<_> = others.iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert_eq!(bytes, [text("comet").into_bytes()], "{others:?}");
    assert!(std::fs::read(&store).unwrap() == before, "the data folder is not changed");
    let manifest = out.join("manifest.jsonl");
    ok(&[&"verify", &"--manifest", &manifest, &out.join("documents")]);
    let (_, said) = fails(&[&"recover", &"--data-dir", &data.path(), &out]);
    assert!(said.contains("rescued"), "a second run does not mix with the first: {said}");
}

/// Numbers that look random and are the same each time (Knuth's MMIX generator).
fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

async fn any_damage_to_the_file_is_told_and_never_becomes_text() {
    let server = small_server().await;
    let mut documents = server.documents().await;
    let mut expected: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for number in 0..60 {
        let (id, body) = (format!("d{number}"), text(&format!("number {number}")).repeat(number % 7 + 1));
        documents.put_document(put_text(&id, &body)).await.unwrap();
        expected.insert(id, body.into_bytes());
    }
    for (id, word) in SMALL {
        expected.insert(id.to_owned(), text(word).into_bytes());
    }
    let data = server.stop().await;
    let whole = std::fs::read(data.path().join("store.redb")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.redb");
    let (mut found, mut in_part) = (0, 0);
    for seed in 0..160 {
        // Where the pages are that cost a part is chance.
        if seed >= 40 && in_part > 0 {
            break;
        }
        let mut number = numbers(seed);
        let mut bytes = whole.clone();
        match seed % 4 {
            // A few bits; a sector of another time; a file cut short; a page of zeros.
            0 => (0..=number(8)).for_each(|_| {
                let at = usize::try_from(number(bytes.len() as u64)).unwrap();
                bytes[at] ^= 1 << number(8);
            }),
            1 => {
                let at = usize::try_from(number(bytes.len() as u64 / 512) * 512).unwrap();
                let from = usize::try_from(number(bytes.len() as u64 / 512) * 512).unwrap();
                bytes.copy_within(from..from + 512, at);
            }
            2 => bytes.truncate(usize::try_from(number(bytes.len() as u64)).unwrap()),
            _ => {
                let at = usize::try_from(number(bytes.len() as u64 / 4096) * 4096).unwrap();
                bytes[at..at + 4096].fill(0);
            }
        }
        std::fs::write(&store, &bytes).unwrap();
        let verified = onrecord(&[&"verify", &"--data-dir", &folder.path()]);
        let out = folder.path().join(format!("out{seed}"));
        let rescue = onrecord(&[&"recover", &"--data-dir", &folder.path(), &out]);
        for (what, output) in [("verify", &verified), ("recover", &rescue)] {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(matches!(output.status.code(), Some(0 | 1)), "{what} {seed}: {:?} {said}", output.status);
            assert!(!said.contains("panicked"), "{what} {seed}: {said}");
        }
        assert!(std::fs::read(&store).unwrap() == bytes, "{seed}: the folder is not changed");
        let rescued = recovered(&out);
        for (id, bytes) in &rescued {
            assert_eq!(expected.get(id), Some(bytes), "{seed}: {id}");
        }
        if rescued.len() < expected.len() {
            assert_eq!(rescue.status.code(), Some(1), "{seed}: a loss is told");
            assert_eq!(verified.status.code(), Some(1), "{seed}: damage is told");
            found += 1;
            in_part += usize::from(!rescued.is_empty());
        }
        if verified.status.code() == Some(0) {
            assert_eq!(rescued, expected, "{seed}: what is said to be whole is whole");
        }
    }
    assert!(found > 0, "no damage hit anything");
    assert!(in_part > 0, "a page that is lost costs all documents, whichever it is");
}

/// redb trusts pages where it is not asked to check them, also when it closes the file.
async fn whichever_page_is_lost_nothing_panics() {
    const PAGE: usize = 4096;
    let data = small_server().await.stop().await;
    let whole = std::fs::read(data.path().join("store.redb")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let used = (0..whole.len() / PAGE).filter(|page| whole[page * PAGE..(page + 1) * PAGE] != [0; PAGE]);
    for page in used {
        // The kind of a page is its first byte: one that redb has no name for, and that of a leaf.
        for kind in [0, 1] {
            let mut bytes = whole.clone();
            bytes[page * PAGE..(page + 1) * PAGE].fill(kind);
            std::fs::write(folder.path().join("store.redb"), &bytes).unwrap();
            let out = tempfile::tempdir().unwrap();
            // Whether anything can be told of such a file is another test's to say.
            drop(onrecord::local::recover(folder.path(), out.path()));
            drop(onrecord::local::verify_folder(folder.path()));
            drop(open(folder.path()));
        }
    }
}

fn open(folder: &Path) -> Result<Engine, LocalError> {
    local::open(folder, local::Settings::new(SystemTime::now, [7; 32]))
}
