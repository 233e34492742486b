//! Starting: the index is opened and brought up to the store, and the write thread begins.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::panic::resume_unwind;
use std::sync::Arc;

use crate::local::LocalError;
use crate::local::Settings;
use crate::local::commit::Analyzed;
use crate::local::commit::Committer;
use crate::local::commit::Indexer;
use crate::local::commit::WriteOptions;
use crate::local::commit::Writer;
use crate::local::folder::DataFolder;
use crate::local::folder::UncheckedStore;
use crate::local::folder::remove_index;
use crate::local::index::DocumentAnalyzer;
use crate::local::index::Index;
use crate::local::index::IndexError;
use crate::local::store::Retention;
use crate::local::store::Store;
use crate::local::view::Published;

/// The write thread, what it publishes, and the key of page tokens.
pub(crate) struct Started {
    pub(crate) writer: Writer,
    pub(crate) published: Arc<Published>,
    pub(crate) page_key: [u8; 32],
}

/// Starts on a store that may be `unchecked`: what goes wrong over one may be its damage, which is
/// reported then.
pub(crate) fn start(
    store: &Arc<Store>,
    unchecked: Option<&UncheckedStore>,
    folder: &DataFolder,
    settings: &Settings,
    analyzer: &Arc<DocumentAnalyzer>,
) -> Result<Started, LocalError> {
    let start = || start_writer(store, unchecked.cloned(), folder, settings, analyzer);
    let started = catch_unwind(AssertUnwindSafe(start));
    if !matches!(started, Ok(Ok(_))) {
        unchecked.map_or(Ok(()), UncheckedStore::check)?;
    }
    started.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Opens the index and starts writing. An index that is of another format, or turns out to be
/// damaged, is deleted and built again, for it is derived from the store.
fn start_writer(
    store: &Arc<Store>,
    unchecked: Option<UncheckedStore>,
    folder: &DataFolder,
    settings: &Settings,
    analyzer: &Arc<DocumentAnalyzer>,
) -> Result<Started, LocalError> {
    let path = folder.index()?;
    let options = WriteOptions {
        queue: settings.write_queue,
        keep_versions: Retention {
            count: settings.keep_versions,
            bytes: settings.keep_versions_bytes,
            age: settings.keep_versions_for,
        },
        reserve: folder.reserve(settings),
        clock: settings.clock,
    };
    let start = || {
        let mut indexer = Indexer::new(Index::open(&path, &settings.index)?, Arc::clone(analyzer));
        let snapshot = indexer.catch_up(store.reader()?, Analyzed::new())?;
        Ok((indexer, snapshot))
    };
    let (indexer, snapshot) = match start() {
        Err(LocalError::Index(error @ (IndexError::Outdated | IndexError::Damaged(_)))) => {
            // Of a damaged store the index may know more than what is built from it would.
            unchecked.as_ref().map_or(Ok(()), UncheckedStore::check)?;
            tracing::warn!(%error, "the index cannot be used and is built again from the store");
            remove_index(&path)?;
            start()?
        }
        started => started?,
    };
    let page_key = snapshot.reader.page_key()?;
    let published = Arc::new(Published::new(snapshot));
    let committer = Committer::new(Arc::clone(store), indexer, Arc::clone(&published), options);
    Ok(Started { writer: Writer::start(committer, unchecked, options.queue)?, published, page_key })
}
