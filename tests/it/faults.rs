//! A disk that fails: on every write, sync and rename of ours, whatever it breaks, nothing is
//! acknowledged that is not there, reads go on, and writes resume without a restart.

use std::io::ErrorKind;
use std::path::Path;
use std::time::SystemTime;

use libtest_mimic::Trial;
use onrecord::disk::Operation;
use onrecord::disk::arm;
use onrecord::disk::armed;
use onrecord::disk::disarm;
use onrecord::engine::BackendError;
use onrecord::engine::Body;
use onrecord::engine::Engine;
use onrecord::engine::EngineError;
use onrecord::engine::Receipt;
use onrecord::engine::SearchCall;
use onrecord::engine::Submission;
use onrecord::local;
use onrecord::local::LocalError;
use onrecord::query::Filter;
use onrecord::query::Query;
use onrecord::transcript::Metadata;
use tempfile::TempDir;

use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![trial:
        a_failing_store_loses_nothing,
        a_failing_index_loses_nothing,
        a_failed_index_commit_hides_no_later_document,
        a_full_disk_keeps_no_service_from_starting,
        a_full_disk_is_told_as_such,
        a_failing_start_leaves_nothing_half_made,
        a_failing_rebuild_leaves_the_index_in_use,
    ]
}

fn open(folder: &Path) -> Result<Engine, LocalError> {
    local::open(folder, local::Settings::new(SystemTime::now, [3; 32]))
}

fn put(engine: &Engine, id: &str) -> Result<Receipt, EngineError> {
    let text = format!("Ann: What did you see at {id}?\n\nBo: I saw a comet over {id} hill.\n");
    let body = Body::Bytes(text.into_bytes());
    let metadata = Metadata::default();
    engine.put(Submission { id: id.into(), metadata, media_type: String::new(), body, if_etag: None })
}

fn found(engine: &Engine, word: &str) -> Vec<String> {
    let query = Query::parse(word).unwrap();
    let call = SearchCall { page_size: 100, ..SearchCall::new(query, Filter::default()) };
    let mut ids: Vec<String> = engine
        .search(&call)
        .unwrap()
        .results
        .into_iter()
        .map(|found| found.passage.citation.document_id.clone())
        .collect();
    ids.sort();
    ids
}

/// Whatever fails while `broken` is put: `kept`, put before, is found throughout; what was
/// acknowledged is there, also after a restart; and the next write goes through. Says whether
/// something failed.
fn check(part: &str, operation: Operation, after: usize, kind: ErrorKind) -> bool {
    let what = format!("{operation:?} of {part} after {after}, {kind:?}");
    let folder = TempDir::new().unwrap();
    let engine = open(folder.path()).unwrap();
    put(&engine, "kept").unwrap();
    arm(operation, &folder.path().join(part), after, 1, kind);
    let broken = put(&engine, "broken");
    // The index is committed after the answer, and at the latest when the engine is closed; the
    // store before it.
    let behind = part == "index";
    let mut failed = !behind && disarm(folder.path()) == 0;
    assert!(found(&engine, "kept").contains(&"kept".to_owned()), "{what}: reads go on");
    put(&engine, "later").unwrap_or_else(|error| panic!("{what}: writes resume: {error}"));
    let acknowledged = broken.is_ok();
    let now = found(&engine, "comet");
    assert!(now.contains(&"kept".to_owned()) && now.contains(&"later".to_owned()), "{what}: {now:?}");
    assert!(!acknowledged || now.contains(&"broken".to_owned()), "{what}: {now:?}");
    drop(engine);
    failed |= behind && disarm(folder.path()) == 0;
    let engine = open(folder.path()).unwrap();
    let again = found(&engine, "comet");
    assert_eq!(again, now, "{what}: a restart changes nothing");
    put(&engine, "broken").unwrap();
    assert_eq!(found(&engine, "comet"), ["broken", "kept", "later"], "{what}");
    assert!(failed || acknowledged, "{what}: nothing failed and it is refused");
    failed
}

fn a_failing_store_loses_nothing() {
    for operation in [Operation::Write, Operation::Sync] {
        let mut failed = 0;
        for after in 0..6 {
            for kind in [ErrorKind::Other, ErrorKind::StorageFull] {
                failed += usize::from(check("store.redb", operation, after, kind));
            }
        }
        assert!(failed >= 4, "{operation:?}: {failed}");
    }
}

fn a_failing_index_loses_nothing() {
    for operation in [Operation::Create, Operation::Write, Operation::Rename] {
        let failed = (0..8).filter(|after| check("index", operation, *after, ErrorKind::StorageFull)).count();
        assert!(failed >= 2, "{operation:?}: {failed}");
    }
}

fn a_failed_index_commit_hides_no_later_document() {
    // tantivy answers later commits of a writer with Ok and without their documents, once one has
    // failed.
    let folder = TempDir::new().unwrap();
    let engine = open(folder.path()).unwrap();
    put(&engine, "a").unwrap();
    arm(Operation::Rename, &folder.path().join("index"), 0, 1, ErrorKind::Other);
    put(&engine, "b").unwrap();
    assert_eq!(found(&engine, "comet"), ["a", "b"]);
    // The index is committed once nobody writes any more, which fails; then it is tried again.
    while armed(folder.path()) > 0 {
        std::thread::yield_now();
    }
    for id in ["c", "d", "e"] {
        put(&engine, id).unwrap();
        assert!(found(&engine, "comet").contains(&id.to_owned()), "{id}");
    }
    let all = ["a", "b", "c", "d", "e"];
    assert_eq!(found(&engine, "comet"), all);
    drop(engine);
    assert_eq!(found(&open(folder.path()).unwrap(), "comet"), all, "after a restart");
}

fn a_full_disk_keeps_no_service_from_starting() {
    let folder = TempDir::new().unwrap();
    let engine = open(folder.path()).unwrap();
    put(&engine, "a").unwrap();
    let index = folder.path().join("index");
    arm(Operation::Create, &index, 0, usize::MAX, ErrorKind::StorageFull);
    put(&engine, "b").unwrap();
    drop(engine);
    // What the store has and the index has not is found in memory, for as long as there is no room.
    for id in ["c", "d"] {
        let engine = open(folder.path()).unwrap();
        put(&engine, id).unwrap();
        assert!(found(&engine, "comet").contains(&id.to_owned()), "{id}");
    }
    assert!(disarm(&index) < usize::MAX, "it was written to, and could not be");
    let engine = open(folder.path()).unwrap();
    let all = ["a", "b", "c", "d"];
    assert_eq!(found(&engine, "comet"), all);
    drop(engine);
    assert_eq!(found(&open(folder.path()).unwrap(), "comet"), all, "after a restart");
}

fn a_full_disk_is_told_as_such() {
    let folder = TempDir::new().unwrap();
    let engine = open(folder.path()).unwrap();
    arm(Operation::Sync, &folder.path().join("store.redb"), 0, 1, ErrorKind::StorageFull);
    let full = put(&engine, "a").unwrap_err();
    assert!(matches!(full, EngineError::Backend(BackendError::NoSpace(_))), "{full:?}");
    drop(engine);

    let mut settings = local::Settings::new(SystemTime::now, [3; 32]);
    settings.disk_reserve = Some(u64::MAX / 8);
    let engine = local::open(folder.path(), settings).unwrap();
    let refused = put(&engine, "b").unwrap_err();
    assert!(matches!(refused, EngineError::Backend(BackendError::DiskFull { .. })), "{refused:?}");
    assert!(found(&engine, "comet").is_empty());
}

fn a_failing_start_leaves_nothing_half_made() {
    let operations =
        [Operation::Create, Operation::Write, Operation::Resize, Operation::Sync, Operation::Rename];
    for operation in operations {
        let mut failed = 0;
        for after in 0..6 {
            let folder = TempDir::new().unwrap();
            arm(operation, folder.path(), after, 1, ErrorKind::StorageFull);
            let first = open(folder.path()).map(drop);
            failed += usize::from(disarm(folder.path()) == 0);
            let engine = open(folder.path()).unwrap_or_else(|error| {
                panic!("{operation:?} after {after}: the second start fails: {error}; the first: {first:?}")
            });
            put(&engine, "a").unwrap();
            assert_eq!(found(&engine, "comet"), ["a"], "{operation:?} after {after}");
        }
        assert!(failed >= 1, "{operation:?}");
    }
}

fn a_failing_rebuild_leaves_the_index_in_use() {
    for operation in [Operation::Create, Operation::Write, Operation::Rename] {
        let mut failed = 0;
        for after in 0..4 {
            let folder = TempDir::new().unwrap();
            let engine = open(folder.path()).unwrap();
            put(&engine, "a").unwrap();
            let beside = folder.path().join("index.1");
            arm(operation, &beside, after, 1, ErrorKind::StorageFull);
            let rebuilt = engine.rebuild_index();
            failed += usize::from(disarm(folder.path()) == 0);
            assert_eq!(beside.exists(), rebuilt.is_ok(), "{operation:?} after {after}: {rebuilt:?}");
            put(&engine, "b").unwrap();
            assert_eq!(found(&engine, "comet"), ["a", "b"], "{operation:?} after {after}: {rebuilt:?}");
            engine.rebuild_index().unwrap();
            assert_eq!(found(&engine, "comet"), ["a", "b"], "{operation:?} after {after}");
            drop(engine);
            assert_eq!(found(&open(folder.path()).unwrap(), "comet"), ["a", "b"]);
        }
        assert!(failed >= 1, "{operation:?}");
    }
}
