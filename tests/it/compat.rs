//! Data folders that earlier versions wrote: each is opened, and serves what was put into it.

use std::path::Path;
use std::sync::Arc;

use libtest_mimic::Trial;
use onrecord::local;
use onrecord::local::LocalError;
use onrecord::local::StoreError;
use tempfile::TempDir;

use crate::support::TestServer;
use crate::support::files;
use crate::support::query;
use crate::support::root;
use crate::support::sha256;
use crate::support::source;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    let mut all = trials![wire: older_folders_serve_what_they_hold];
    all.extend(trials![trial: a_newer_folder_is_refused]);
    all
}

/// Unpacks `tests/folders/NAME` into a fresh folder; the data folder is `data` in it.
fn unpacked(archive: &Path) -> TempDir {
    let folder = TempDir::new().unwrap();
    let file = std::fs::File::open(archive).unwrap();
    tar::Archive::new(flate2::read::GzDecoder::new(file)).unpack(folder.path()).unwrap();
    std::fs::rename(folder.path().join("data"), folder.path().join("now")).unwrap();
    for entry in std::fs::read_dir(folder.path().join("now")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::rename(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

/// Every folder holds these samples, under ids made of their digests.
const HELD: [&str; 4] = [
    "threats-secretary-general.txt",
    "climate-river-keeper.md",
    "health-night-ward.vtt",
    "ru-energetika-mayak.txt",
];

async fn older_folders_serve_what_they_hold() {
    let archives = files(&root().join("tests/folders"));
    assert!(!archives.is_empty());
    for archive in archives {
        let server = TestServer::start_in(Arc::new(unpacked(&archive))).await;
        let (mut documents, mut searches) = (server.documents().await, server.searches().await);
        for name in HELD {
            let bytes = std::fs::read(root().join("samples").join(name)).unwrap();
            let listed = documents.list_documents(onrecord::grpc::pb::ListDocumentsRequest::default());
            let listed = listed.await.unwrap().into_inner().documents;
            let mut held = None;
            for document in listed {
                if source(&mut documents, &document.id).await == bytes {
                    held = Some(document.id);
                }
            }
            assert!(held.is_some(), "{}: {name} is not there", archive.display());
        }
        let found = searches.search(query("threats")).await.unwrap().into_inner();
        let citation = found.results[0].passage.as_ref().unwrap().citation.as_ref().unwrap();
        let bytes = std::fs::read(root().join("samples").join(HELD[0])).unwrap();
        assert_eq!(citation.document_sha256, sha256(&bytes), "{}", archive.display());
    }
}

fn a_newer_folder_is_refused() {
    let folder = unpacked(&files(&root().join("tests/folders"))[0]);
    {
        // The format's fact, with a number and a seal of the kind that a later version would write.
        let table = redb::TableDefinition::<&str, &[u8]>::new("facts");
        let database = redb::Database::open(folder.path().join("store.redb")).unwrap();
        let write = database.begin_write().unwrap();
        let mut value = sha256_bytes(b"facts\0format\0\x63");
        value.truncate(16);
        value.push(99);
        write.open_table(table).unwrap().insert("format", &*value).unwrap();
        write.commit().unwrap();
    }
    let settings = local::Settings::new(std::time::SystemTime::now, [3; 32]);
    match local::open(folder.path(), settings) {
        Err(LocalError::Store(error @ StoreError::Format { found: 99 })) => {
            assert!(error.to_string().contains("serve it with the version that wrote it"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

fn sha256_bytes(bytes: &[u8]) -> Vec<u8> {
    let hex = sha256(bytes);
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}
