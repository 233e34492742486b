//! Documents → the index.

use std::fmt;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;

use tantivy::IndexReader;
use tantivy::IndexWriter;
use tantivy::Term;
use tantivy::indexer::UserOperation;

use crate::index::AnalyzedExchange;
use crate::index::Commit;
use crate::index::FORMAT;
use crate::index::Index;
use crate::index::IndexError;
use crate::index::Language;
use crate::index::Segment;
use crate::index::directory::Full;
use crate::index::fresh::Builder;
use crate::index::reader::Snapshot;
use crate::index::schema::Fields;

/// The least memory tantivy takes for indexing, in bytes.
pub(super) const SMALLEST_BUDGET: usize = 15_000_000;

/// Passages below which segments count as one level when it is decided what to merge: what few writers commit when they
/// rest.
pub(super) const SMALLEST_LEVEL: u32 = 256;

/// How many small segments in memory there are before they are made one, and from which size on one is not small.
const MOST_SMALL: usize = 16;
const JOINED: u32 = 512;

/// Writes documents. One thread writes, so that passages keep the order they are given in.
pub struct Writer {
    inner: IndexWriter,
    reader: IndexReader,
    fields: Fields,
    default_language: Language,
    snapshot: Arc<RwLock<Arc<Snapshot>>>,
    full: Full,
    /// What is written since [`Writer::begin`], to be shown before it is committed.
    showing: Option<Showing>,
    /// The same, made ready.
    ready: Option<Snapshot>,
}

/// What a group of writes changes.
#[derive(Default)]
struct Showing {
    /// The passages it adds.
    added: Builder,
    /// Ids of documents whose earlier passages it takes out.
    deleted: Vec<String>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    pub(super) fn new(index: &Index, writer: IndexWriter) -> Self {
        Self {
            inner: writer,
            reader: index.reader.clone(),
            fields: index.fields,
            default_language: Language::from_tag(&index.settings.default_language),
            snapshot: Arc::clone(&index.snapshot),
            full: index.full.clone(),
            showing: None,
            ready: None,
        }
    }

    /// The error, or the lack of room that caused it.
    fn told(&self, error: IndexError) -> IndexError {
        if self.full.take() { IndexError::Full(error.to_string()) } else { error }
    }

    /// Puts a document, given exchange by exchange, in the place of the one with the same id, if there is one.
    pub fn replace(
        &mut self,
        document_id: &str,
        exchanges: impl IntoIterator<Item = AnalyzedExchange>,
    ) -> Result<(), IndexError> {
        self.add(document_id, exchanges).map_err(|error| self.told(error))
    }

    fn add(
        &mut self,
        document_id: &str,
        exchanges: impl IntoIterator<Item = AnalyzedExchange>,
    ) -> Result<(), IndexError> {
        self.delete(document_id)?;
        for AnalyzedExchange { passages, .. } in exchanges {
            if let Some(showing) = &mut self.showing {
                for passage in &passages {
                    showing.added.add(passage, &self.fields);
                }
            }
            // One call per exchange: tantivy never parts what one call adds, so windows stay side by side.
            self.inner.run(passages.into_iter().map(UserOperation::Add).collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Takes a document out, if it is there.
    pub fn delete(&mut self, document_id: &str) -> Result<(), IndexError> {
        if let Some(showing) = &mut self.showing {
            showing.added.delete(document_id);
            showing.deleted.push(document_id.to_owned());
        }
        self.inner.delete_term(Term::from_field_text(self.fields.document_id, document_id));
        Ok(())
    }

    /// Takes all documents out; to be committed before anything is shown.
    pub fn clear(&mut self) -> Result<(), IndexError> {
        (self.showing, self.ready) = (None, None);
        self.inner.delete_all_documents()?;
        Ok(())
    }

    /// Begins a group of writes that is small enough to be shown without a commit: see [`Writer::make_ready`].
    pub fn begin(&mut self) {
        self.showing = Some(Showing::default());
    }

    /// Makes the group since [`Writer::begin`] ready to be shown. `generation` is the store's, of which the searcher will
    /// be the image.
    pub fn make_ready(&mut self, generation: u64) -> Result<(), IndexError> {
        let Showing { added, deleted } = self.showing.take().unwrap_or_default();
        let last = self.last();
        let mut segments = Vec::with_capacity(last.segments().len() + 1);
        for segment in last.segments() {
            segments.push(segment.without(&deleted)?.unwrap_or_else(|| segment.clone()));
        }
        if !added.is_empty() {
            let (fresh, alive) = added.seal();
            segments.push(Segment::fresh(fresh, alive, self.fields)?);
        }
        self.join_small(&mut segments)?;
        self.ready = Some(Snapshot::of(segments, generation, last.committed(), self.default_language));
        Ok(())
    }

    /// The generation that [`Writer::show`] would show; `None` where nothing is ready.
    #[must_use]
    pub fn ready_for(&self) -> Option<u64> {
        self.ready.as_ref().map(Snapshot::generation)
    }

    /// Makes what is ready visible to the next searcher, from memory. Returns how many passages are in memory: they are
    /// committed by [`Writer::commit`], and forgotten with the writer.
    pub fn show(&mut self) -> u32 {
        if let Some(ready) = self.ready.take() {
            self.set(ready);
        }
        let shown = self.last();
        shown.segments().iter().filter(|segment| segment.in_memory().is_some()).map(Segment::len).sum()
    }

    /// Makes one of the small segments in memory once there are many, for a search looks into each.
    fn join_small(&self, segments: &mut Vec<Segment>) -> Result<(), IndexError> {
        let small = |segment: &Segment| segment.in_memory().is_some() && segment.len() < JOINED;
        if segments.iter().filter(|segment| small(segment)).count() < MOST_SMALL {
            return Ok(());
        }
        let mut joined = Builder::default();
        for (fresh, alive) in segments.iter().filter(|segment| small(segment)).filter_map(Segment::in_memory)
        {
            joined.append(fresh, alive);
        }
        segments.retain(|segment| !small(segment));
        let (fresh, alive) = joined.seal();
        segments.push(Segment::fresh(fresh, alive, self.fields)?);
        Ok(())
    }

    fn last(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, next: Snapshot) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }

    /// Shows searches what the index was committed at, where they saw more.
    pub(super) fn return_to(&self, committed: u64) -> Result<(), IndexError> {
        if self.last().generation() != committed {
            self.set(self.reload(committed)?);
        }
        Ok(())
    }

    /// Makes everything since the last commit visible to the next searcher, from files. `generation` is the store's, of
    /// which the index is now the image. After an error the writer must be dropped: what it commits next could lack
    /// what failed.
    pub fn commit(&mut self, generation: u64) -> Result<(), IndexError> {
        self.publish(generation).map_err(|error| self.told(error))
    }

    fn publish(&mut self, generation: u64) -> Result<(), IndexError> {
        (self.showing, self.ready) = (None, None);
        let mut commit = self.inner.prepare_commit()?;
        commit.set_payload(&Commit { format: FORMAT, generation }.to_string());
        commit.commit()?;
        self.set(self.reload(generation)?);
        Ok(())
    }

    /// Opens the last commit.
    fn reload(&self, generation: u64) -> Result<Snapshot, IndexError> {
        /// A merge in the background may take the files of a segment away between the reload that named it and
        /// the reading of it. The next reload names what it was merged into.
        const ATTEMPTS: usize = 8;
        let last = self.last();
        let mut attempt = 1;
        loop {
            self.reader.reload()?;
            match Snapshot::new(
                &self.reader.searcher(),
                generation,
                self.fields,
                self.default_language,
                Some(&last),
            ) {
                Err(IndexError::Damaged(_)) if attempt < ATTEMPTS => attempt += 1,
                opened => return opened,
            }
        }
    }
}
