//! Passages ⇄ the search index: the only place where tantivy is named.
//!
//! Every window of an answer is one document of the index, the windows of an exchange side by side; the
//! question stands with the first. So the question's statistics count exchanges, the answer's windows, and a
//! search can group by exchange while it reads.
//!
//! The index is derived: whatever is wrong with it, the caller may delete the folder and build it again.

mod term_vector;
mod vector_file;
mod schema;
mod directory;
mod tokens;
mod analysis;
mod writer;
mod term_entry;
mod reader;
mod minhash;
mod near_duplicates;
mod segment_data;
mod term_bloom;
mod memory_segment;
mod segment;
mod postings;
mod phrase;
mod bit_set;
mod filter;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::atomic::AtomicBool;

use tantivy::IndexReader;
use tantivy::ReloadPolicy;
use thiserror::Error;

use crate::analysis::Language;
use crate::span::TextSpan;
use crate::transcript::Metadata;

pub use analysis::AnalyzedDocument;
pub use analysis::AnalyzedExchange;
pub use analysis::DocumentAnalyzer;
pub use bit_set::BitSet;
pub use near_duplicates::NearDuplicates;
pub use postings::Postings;
pub use postings::Term;
pub use reader::Searcher;
pub use reader::Statistics;
pub use segment::Segment;
pub use segment::SegmentId;
pub use term_bloom::TermKey;
pub use term_entry::TermEntry;
pub use term_vector::Fingerprints;
pub use term_vector::TermVector;
pub use term_vector::chunk_end;
pub use writer::Writer;

use directory::Files;
use directory::Full;
use reader::Snapshot;
use schema::Fields;
use vector_file::VectorPlugin;
use writer::Lease;

/// Raised whenever what is written changes: schema, analysis, data tables.
pub const FORMAT: u32 = 5;

/// How the index is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The language of documents that do not say theirs, as a BCP 47 tag.
    pub default_language: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { default_language: "en".to_owned() }
    }
}

/// A field of a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The question; one per exchange.
    Question,
    /// A window of the answer.
    Answer,
}

impl Field {
    /// Both, in the order their scores are added.
    pub const ALL: [Self; 2] = [Self::Question, Self::Answer];
}

/// A document to index.
#[derive(Clone, Debug)]
pub struct DocumentEntry<'a> {
    /// The document's id.
    pub document_id: &'a str,
    /// What is known about it; its language chooses the analysis.
    pub metadata: &'a Metadata,
    /// Its exchanges, in order: the place here is the exchange's index.
    pub exchanges: Vec<ExchangeEntry<'a>>,
}

/// An exchange to index.
#[derive(Clone, Debug)]
pub struct ExchangeEntry<'a> {
    /// The question; empty where it is missing.
    pub question: &'a str,
    /// The answer.
    pub answer: &'a str,
    /// Who asks; empty where unknown.
    pub asker: &'a str,
    /// Who answers; empty where unknown.
    pub speaker: &'a str,
    /// The windows of the answer, in order; without any, the whole answer is one.
    pub windows: Vec<TextSpan>,
}

/// What can be wrong with an index. In each case it can be deleted and built again.
#[derive(Clone, Debug, Error)]
pub enum IndexError {
    /// It was written by another version.
    #[error("the index is of another format version")]
    Outdated,
    /// Its files cannot be read or do not fit together.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// There is no room on the disk.
    #[error("the disk is full: {0}")]
    Full(String),
    /// The machine refused: a missing permission, a failing disk.
    #[error("the index cannot be read or written: {0}")]
    Unavailable(String),
}

/// The index of a data directory. Any number of searchers may read while one writer writes.
pub struct Index {
    inner: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    settings: Settings,
    snapshot: Arc<RwLock<Arc<Snapshot>>>,
    full: Full,
    /// Whether there is a writer.
    writing: Arc<AtomicBool>,
    /// Set while it is not known what of a failed commit has come into the files.
    maybe_partial: Arc<AtomicBool>,
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("generation", &self.generation()).finish_non_exhaustive()
    }
}

impl Index {
    /// Opens the index in `dir` and checks its files, or creates one where the folder is absent or empty.
    pub fn open(dir: &Path, settings: &Settings) -> Result<Self, IndexError> {
        std::fs::create_dir_all(dir).map_err(|error| IndexError::Unavailable(error.to_string()))?;
        let directory = Files::open(dir).map_err(tantivy::TantivyError::from)?;
        let full = directory.full();
        if directory.is_unsealed(Path::new("meta.json")) {
            return Err(IndexError::Outdated);
        }
        let (schema, fields) = schema::build();
        let vectors = Arc::new(VectorPlugin);
        let exists = tantivy::Index::exists(&directory).map_err(tantivy::TantivyError::from)?;
        let index = if exists {
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
        let commit = Commit::of(&index)?;
        if commit.format != FORMAT {
            return Err(IndexError::Outdated);
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let language = Language::from_tag(&settings.default_language);
        let snapshot = Snapshot::new(&reader.searcher(), commit.generation, fields, language, None)?;
        let snapshot = Arc::new(RwLock::new(Arc::new(snapshot)));
        let (writing, maybe_partial) = (Arc::default(), Arc::default());
        let settings = settings.clone();
        Ok(Self { inner: index, reader, fields, settings, snapshot, full, writing, maybe_partial })
    }

    /// The store's generation that searches see; 0 for an empty index.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.searcher().generation()
    }

    /// The store's generation at the last commit: what a process that opens the index now would see.
    #[must_use]
    pub fn committed(&self) -> u64 {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).committed()
    }

    /// The writer. There is one at a time; dropping it forgets what was not committed, and so does making a new one.
    pub fn writer(&self) -> Result<Writer, IndexError> {
        match Lease::take(&self.writing) {
            Some(lease) => Writer::new(self, lease),
            None => Err(IndexError::Unavailable("it has a writer".into())),
        }
    }

    /// The index as it was last shown or committed: a consistent snapshot, cheap to take.
    #[must_use]
    pub fn searcher(&self) -> Searcher {
        Searcher::new(Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Reads all files of an index and compares them with their checksums.
fn check(index: &tantivy::Index) -> Result<(), IndexError> {
    let known = index.directory().list_managed_files();
    // tantivy passes over files that its list lacks.
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

/// What a commit says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Commit {
    format: u32,
    generation: u64,
}

impl Commit {
    /// The last commit; an index that has none is empty and of the present format.
    fn of(index: &tantivy::Index) -> Result<Self, IndexError> {
        match index.load_metas()?.payload {
            None => Ok(Self { format: FORMAT, generation: 0 }),
            Some(payload) => Self::parse(&payload).ok_or(IndexError::Outdated),
        }
    }

    fn parse(payload: &str) -> Option<Self> {
        let (format, generation) = payload.split_once(' ')?;
        Some(Self { format: format.parse().ok()?, generation: generation.parse().ok()? })
    }
}

impl fmt::Display for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.format, self.generation)
    }
}

impl From<tantivy::TantivyError> for IndexError {
    fn from(error: tantivy::TantivyError) -> Self {
        use tantivy::TantivyError as Cause;
        match error {
            Cause::IncompatibleIndex(_)
            | Cause::MissingPlugin(_)
            | Cause::ConflictingPlugins(_)
            | Cause::UnexpectedPlugin(_) => Self::Outdated,
            Cause::IoError(_)
            | Cause::LockFailure(..)
            | Cause::OpenDirectoryError(_)
            | Cause::OpenWriteError(_)
            | Cause::SystemError(_)
            | Cause::ErrorInThread(_) => Self::Unavailable(error.to_string()),
            Cause::AggregationError(_)
            | Cause::OpenReadError(_)
            | Cause::IndexAlreadyExists
            | Cause::DataCorruption(_)
            | Cause::Poisoned
            | Cause::FieldNotFound(_)
            | Cause::InvalidArgument(_)
            | Cause::IndexBuilderMissingArgument(_)
            | Cause::SchemaError(_)
            | Cause::InternalError(_)
            | Cause::DeserializeError(_) => Self::Damaged(error.to_string()),
        }
    }
}

impl From<std::io::Error> for IndexError {
    fn from(error: std::io::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}
