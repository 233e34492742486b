//! An index folder that is open: what readers and the writer share.

use std::path::Path;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::atomic::AtomicBool;

use tantivy::IndexReader;
use tantivy::ReloadPolicy;

use crate::analysis::Language;
use crate::local::index::commit_payload::CommitPayload;
use crate::local::index::commit_payload::FORMAT;
use crate::local::index::directory::Files;
use crate::local::index::directory::Full;
use crate::local::index::error::IndexError;
use crate::local::index::reader::Snapshot;
use crate::local::index::schema;
use crate::local::index::schema::Fields;
use crate::local::index::settings::Settings;
use crate::local::index::vector_file::VectorPlugin;

/// Clones share the same index.
#[derive(Clone)]
pub(super) struct OpenIndex {
    pub inner: tantivy::Index,
    pub reader: IndexReader,
    pub fields: Fields,
    pub default_language: Language,
    /// The latest snapshot.
    pub snapshot: Arc<RwLock<Arc<Snapshot>>>,
    pub full: Full,
    /// True after a failed commit: it may have partly reached the disk, so the next commit first
    /// deletes the documents that it writes.
    pub maybe_partial: Arc<AtomicBool>,
}

impl OpenIndex {
    /// Opens the index in `dir` and checks its files, or creates one where the folder is absent or
    /// empty.
    pub(super) fn open(dir: &Path, settings: &Settings) -> Result<Self, IndexError> {
        std::fs::create_dir_all(dir).map_err(|error| IndexError::Unavailable(error.to_string()))?;
        let directory = Files::open(dir).map_err(tantivy::TantivyError::from)?;
        let full = directory.full();
        if directory.lacks_checksum(Path::new("meta.json")) {
            return Err(IndexError::Outdated);
        }
        let (schema, fields) = schema::build();
        let vectors = Arc::new(VectorPlugin);
        let exists = tantivy::Index::exists(&directory).map_err(tantivy::TantivyError::from)?;
        let inner = if exists {
            let mut index = tantivy::Index::open(directory)?;
            if index.schema() != schema {
                return Err(IndexError::Outdated);
            }
            check(&index)?;
            index.register_plugin(vectors);
            index
        } else {
            let builder = tantivy::Index::builder().schema(schema).register_plugin(vectors);
            builder.open_or_create(directory)?
        };
        let CommitPayload { format, generation } = CommitPayload::read(&inner)?;
        if format != FORMAT {
            return Err(IndexError::Outdated);
        }
        let reader = inner.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let default_language = Language::from_tag(&settings.default_language);
        let snapshot = Snapshot::new(&reader.searcher(), generation, fields, default_language, None)?;
        let snapshot = Arc::new(RwLock::new(Arc::new(snapshot)));
        Ok(Self { inner, reader, fields, default_language, snapshot, full, maybe_partial: Arc::default() })
    }

    /// The latest snapshot.
    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        // The lock guards a pointer, which no panic can leave half written.
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the latest snapshot.
    pub(super) fn set_snapshot(&self, next: Snapshot) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }

    /// Opens the last commit as a snapshot, which shares unchanged segments with the latest.
    pub(super) fn reload(&self, generation: u64) -> Result<Snapshot, IndexError> {
        /// A merge in the background can delete the files of a segment between the reload that
        /// named it and its opening. The next reload names what it was merged into.
        const ATTEMPTS: usize = 8;
        let last = self.snapshot();
        let mut attempt = 1;
        loop {
            self.reader.reload()?;
            let searcher = self.reader.searcher();
            match Snapshot::new(&searcher, generation, self.fields, self.default_language, Some(&last)) {
                Err(IndexError::Damaged(_)) if attempt < ATTEMPTS => attempt += 1,
                opened => return opened,
            }
        }
    }
}

/// Reads all files of an index and compares them with their checksums.
fn check(index: &tantivy::Index) -> Result<(), IndexError> {
    let known = index.directory().list_managed_files();
    // tantivy does not check files that its list lacks.
    let listed = |segment: &tantivy::SegmentMeta| {
        known.contains(&segment.relative_path(tantivy::index::SegmentComponent::Postings))
    };
    if !index.load_metas()?.segments.iter().all(listed) {
        return Err(IndexError::Damaged("the list of its files is incomplete".into()));
    }
    let damaged = index.validate_checksum()?;
    match damaged.iter().min() {
        Some(file) => Err(IndexError::Damaged(format!("{} does not match its checksum", file.display()))),
        None => Ok(()),
    }
}
