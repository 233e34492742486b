//! The files of the index: segments are added, documents taken out of those that are there, and all of it committed.

use std::collections::BTreeSet;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use tantivy::IndexWriter;
use tantivy::TantivyError;
use tantivy::Term;
use tantivy::index::SegmentId;
use tantivy::merge_policy::LogMergePolicy;

use crate::local::index::Commit;
use crate::local::index::FORMAT;
use crate::local::index::Index;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::index::directory::Full;
use crate::local::index::memory_segment;
use crate::local::index::reader::Snapshot;
use crate::local::index::schema::Fields;

/// The least memory for indexing documents that tantivy can be told, in bytes. It is given none, and takes none.
const SMALLEST_BUDGET: usize = 15_000_000;

/// Passages below which segments count as one level when it is decided what to merge: what few writers commit when they
/// rest.
const SMALLEST_LEVEL: u32 = 256;

/// How long the lock of a writer that was dropped is waited for, and how often it is tried: threads of tantivy's may hold
/// it a little longer. No other process has it, for the data folder has a lock of its own.
const LAST_WRITER: (Duration, u32) = (Duration::from_millis(10), 200);

/// Writes files, and knows what of them is not committed.
pub(super) struct IndexFiles {
    index: tantivy::Index,
    fields: Fields,
    full: Full,
    /// tantivy's writer, from the first write on. After an error there is a new one, for the old one could answer later
    /// commits with success and without their documents.
    inner: Option<IndexWriter>,
    /// Documents that go with the next commit.
    gone: Vec<String>,
    /// Documents in files that are not committed.
    spilled: HashSet<String>,
    /// Whether nothing counts that was there before.
    cleared: bool,
    /// Set while it is not known what of a failed commit has come into the files.
    maybe_partial: Arc<AtomicBool>,
}

impl IndexFiles {
    pub(super) fn new(index: &Index) -> Self {
        Self {
            index: index.inner.clone(),
            fields: index.fields,
            full: index.full.clone(),
            inner: None,
            gone: Vec::new(),
            spilled: HashSet::new(),
            cleared: false,
            maybe_partial: Arc::clone(&index.maybe_partial),
        }
    }

    /// The store's generation of the last commit.
    pub(super) fn committed(&self) -> Result<u64, IndexError> {
        Ok(Commit::of(&self.index)?.generation)
    }

    /// Whether a failed commit may have left more in them than was shown since.
    pub(super) fn are_doubtful(&self) -> bool {
        self.maybe_partial.load(Ordering::Relaxed)
    }

    /// Notes that they were read as they are.
    pub(super) fn note_read(&mut self) {
        self.maybe_partial.store(false, Ordering::Relaxed);
    }

    /// Whether anything was written since the process began, or since an error.
    pub(super) const fn are_open(&self) -> bool {
        self.inner.is_some()
    }

    /// The segments of the last commit, or what merges have made of them.
    pub(super) fn segments(&self) -> Result<BTreeSet<SegmentId>, IndexError> {
        Ok(self.index.searchable_segment_ids()?.into_iter().collect())
    }

    /// Commits nothing, after which tantivy looks for segments to merge.
    pub(super) fn begin_merges(&mut self, generation: u64) -> Result<(), IndexError> {
        self.end(generation).map_err(|error| self.given_up(error))
    }

    /// Whether what was there before the last commit is to go.
    pub(super) const fn are_cleared(&self) -> bool {
        self.cleared
    }

    /// Whether they are to change by more than what is in memory.
    pub(super) fn have_more(&self) -> bool {
        self.cleared || !self.spilled.is_empty()
    }

    /// Takes a document out with the next commit, if it is there: `shown` are the files as they were last read.
    pub(super) fn delete(&mut self, document_id: &str, shown: &Snapshot) {
        let stored = |segment: &Segment| segment.stored_id().is_some() && segment.rank_of(document_id).1;
        let known = || self.are_doubtful() || shown.segments().iter().any(stored);
        if self.spilled.contains(document_id) || (!self.cleared && known()) {
            self.gone.push(document_id.to_owned());
        }
    }

    /// Takes all documents out with the next commit.
    pub(super) fn clear(&mut self) -> Result<(), IndexError> {
        self.cleared = true;
        self.gone.clear();
        self.spilled.clear();
        let done = self.inner().and_then(|inner| Ok(inner.delete_all_documents()?));
        done.map(drop).map_err(|error| self.given_up(error))
    }

    /// Writes passages of these documents, which the next commit takes in; the last one was of generation `last`.
    pub(super) fn spill(
        &mut self,
        ids: Vec<String>,
        part: memory_segment::Part<'_>,
        last: u64,
    ) -> Result<(), IndexError> {
        // A merge may have failed for want of room, long ago.
        self.full.take();
        let done = self.apply_deletes(last).and_then(|()| self.add(&[part]));
        self.spilled.extend(ids);
        done.map_err(|error| self.given_up(error))
    }

    /// Writes those of the segments that are in memory, and commits all that was written as `generation`; the last commit
    /// was of generation `last`.
    pub(super) fn commit(
        &mut self,
        segments: &[Segment],
        last: u64,
        generation: u64,
    ) -> Result<(), IndexError> {
        let parts: Vec<_> = segments.iter().filter_map(Segment::in_memory).collect();
        self.full.take();
        if self.are_doubtful() {
            // A commit that failed can have come into the files all the same.
            self.gone.extend(parts.iter().flat_map(|(memory, _)| memory.document_ids()).map(str::to_owned));
        }
        let done =
            self.apply_deletes(last).and_then(|()| self.add(&parts)).and_then(|()| self.end(generation));
        done.map_err(|error| self.given_up(error))?;
        self.spilled.clear();
        self.cleared = false;
        // Until they are read again.
        self.maybe_partial.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Takes what is gone out of the files, by a commit of its own: tantivy would take the same ids out of a segment that
    /// is added before that, too. It says to be of the last generation, since which all ids that are gone have changed.
    fn apply_deletes(&mut self, last: u64) -> Result<(), IndexError> {
        if self.gone.is_empty() {
            return Ok(());
        }
        let field = self.fields.document_id;
        let terms: Vec<Term> = self.gone.iter().map(|id| Term::from_field_text(field, id)).collect();
        let inner = self.inner()?;
        for term in terms {
            inner.delete_term(term);
        }
        self.end(if self.cleared { 0 } else { last })?;
        if self.index.searchable_segment_metas()?.is_empty() {
            // Where nothing was there to take out of, tantivy has yet to do it, and would do it to what comes next.
            self.inner = None;
        }
        self.gone.clear();
        Ok(())
    }

    /// Writes passages to a segment of their own.
    fn add(&mut self, parts: &[memory_segment::Part<'_>]) -> Result<(), IndexError> {
        let fields = self.fields;
        let inner = self.inner()?;
        let target = inner.new_segment();
        let passages = memory_segment::write(parts, &target, fields)?;
        if passages > 0 {
            let segment = target.with_max_doc(passages).meta().clone();
            // It has no file that is written on the way to another.
            segment.untrack_temp_docstore();
            inner.add_segment(segment)?;
        }
        Ok(())
    }

    fn end(&mut self, generation: u64) -> Result<(), IndexError> {
        let mut commit = self.inner()?.prepare_commit()?;
        commit.set_payload(&Commit { format: FORMAT, generation }.to_string());
        commit.commit()?;
        Ok(())
    }

    /// Ends what an error has left in an unknown state; the error, or the lack of room that caused it.
    fn given_up(&mut self, error: IndexError) -> IndexError {
        self.maybe_partial.store(true, Ordering::Relaxed);
        self.inner = None;
        if self.full.take() { IndexError::Full(error.to_string()) } else { error }
    }

    fn inner(&mut self) -> Result<&mut IndexWriter, IndexError> {
        let inner = match self.inner.take() {
            Some(inner) => inner,
            None => self.open()?,
        };
        Ok(self.inner.insert(inner))
    }

    fn open(&self) -> Result<IndexWriter, IndexError> {
        let open = || self.index.writer_with_num_threads(1, SMALLEST_BUDGET);
        let mut writer = open();
        let (pause, times) = LAST_WRITER;
        for _ in 0..times {
            let Err(TantivyError::LockFailure(..)) = &writer else { break };
            thread::sleep(pause);
            writer = open();
        }
        let writer = writer?;
        if self.are_doubtful() {
            // What a failed commit has left takes room that the next one needs. Where it cannot be removed it stays.
            drop(writer.garbage_collect_files().wait());
        }
        // A commit makes a segment of a few to some thousand passages. tantivy's default counts all below 10,000 as one
        // level and so writes a growing segment anew every eighth commit; by levels of their own each passage is written
        // anew only as often as the logarithm of all.
        let mut merges = LogMergePolicy::default();
        merges.set_min_layer_size(SMALLEST_LEVEL);
        writer.set_merge_policy(Box::new(merges));
        Ok(writer)
    }
}
