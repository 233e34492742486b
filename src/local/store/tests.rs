use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crate::local::store::Check;
use crate::local::store::EncodedDocument;
use crate::local::store::Retention;
use crate::local::store::Store;
use crate::local::store::StoreError;
use crate::local::store::catch_redb_panic;
use crate::transcript::Digest;
use crate::transcript::Metadata;
use crate::transcript::PreparedDocument;
use crate::transcript::Stamps;
use crate::transcript::StoredDocument;

/// A store of 50 documents, each with a source of its id repeated.
fn store(path: &Path) {
    Store::create(path, &[7; 32]).unwrap();
    let (store, _) = Store::open(path, 1 << 20, Check::Now).unwrap();
    let batch = store.begin().unwrap();
    let generation = batch.next_generation().unwrap();
    for number in 0..50 {
        let id = format!("d{number}");
        let source = id.repeat(100).into_bytes();
        let digest = Digest::of(&source);
        let document = StoredDocument {
            id,
            metadata: Metadata::default(),
            media_type: "text/plain".into(),
            submission: digest,
            received: digest,
            source: digest,
            received_len: source.len() as u64,
            source_len: source.len() as u64,
            exchanges: 0,
            passages: 0,
            given_pairs: false,
            stamps: Stamps::default(),
        };
        let new = PreparedDocument {
            document,
            exchanges: Vec::new(),
            diagnostics: Vec::new(),
            received: source,
            rendition: None,
        };
        batch.put(&EncodedDocument::new(new).unwrap(), generation, Retention::ALL).unwrap();
    }
    batch.commit().unwrap();
}

/// redb panics over some damaged pages that it reads without having checked them, as searches of a
/// large store may do. That is why they read in [`catch_redb_panic`].
#[test]
fn a_page_that_is_lost_while_the_store_is_open_never_becomes_a_value() {
    const PAGE: usize = 4096;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    store(&path);
    let whole = std::fs::read(&path).unwrap();
    let (mut right, mut caught) = (0, 0);
    let used = (0..whole.len() / PAGE).filter(|page| whole[page * PAGE..(page + 1) * PAGE] != [0; PAGE]);
    for page in used {
        std::fs::write(&path, &whole).unwrap();
        // Without a cache, so that each read is one of the file.
        let (store, _) = Store::open(&path, 0, Check::Later).unwrap();
        let reader = store.reader().unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.write_all_at(&[0; PAGE], (page * PAGE) as u64).unwrap();
        for id in (0..50).map(|number| format!("d{number}")) {
            match catch_redb_panic(|| reader.document(&id)) {
                Ok(Some(document)) => {
                    assert_eq!(document.received, Digest::of(id.repeat(100).as_bytes()), "{page}");
                    right += 1;
                }
                Err(StoreError::Damaged(what)) => {
                    caught += usize::from(what.starts_with("a page of its file"));
                }
                other => panic!("{page}: {other:?}"),
            }
        }
    }
    assert!(right > 0 && caught > 0, "{right} {caught}");
}
