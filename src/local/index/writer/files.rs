//! The files of the index, as they are written: segments are added, documents deleted, and both
//! committed.

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
use tantivy::merge_policy::LogMergePolicy;

use crate::local::index::commit_payload::CommitPayload;
use crate::local::index::commit_payload::FORMAT;
use crate::local::index::directory::Full;
use crate::local::index::error::IndexError;
use crate::local::index::memory_segment;
use crate::local::index::open_index::OpenIndex;
use crate::local::index::reader::Snapshot;
use crate::local::index::schema::Fields;
use crate::local::index::segment::Segment;
use crate::local::index::segment_data::SegmentId;

/// The least memory budget that tantivy accepts, in bytes. It is given no documents, so it uses
/// none.
const SMALLEST_BUDGET: usize = 15_000_000;

/// Segments below so many passages are of one level to the merge policy: as many are committed
/// while there are few writes.
const SMALLEST_LEVEL: u32 = 256;

/// The pause between attempts to get tantivy's lock, and how many there are: threads of a dropped
/// writer can hold it a little longer. No other process has it, as the data folder has a lock, too.
const LAST_WRITER: (Duration, u32) = (Duration::from_millis(10), 200);

/// Writes files, and knows what is not committed yet.
pub(super) struct IndexFiles {
    index: tantivy::Index,
    fields: Fields,
    full: Full,
    /// tantivy's writer, from the first write on. After an error it is replaced: a later commit by
    /// the old one could succeed without its documents.
    inner: Option<IndexWriter>,
    /// Ids of documents that the next commit deletes.
    pending_deletes: Vec<String>,
    /// Ids of documents in files that are not committed.
    spilled: HashSet<String>,
    /// Whether the next commit deletes all that was committed before.
    cleared: bool,
    /// See [`OpenIndex::maybe_partial`].
    maybe_partial: Arc<AtomicBool>,
}

impl IndexFiles {
    pub(super) fn new(index: &OpenIndex) -> Self {
        Self {
            index: index.inner.clone(),
            fields: index.fields,
            full: index.full.clone(),
            inner: None,
            pending_deletes: Vec::new(),
            spilled: HashSet::new(),
            cleared: false,
            maybe_partial: Arc::clone(&index.maybe_partial),
        }
    }

    /// The store's generation of the last commit.
    pub(super) fn committed(&self) -> Result<u64, IndexError> {
        Ok(CommitPayload::read(&self.index)?.generation)
    }

    /// Whether a failed commit can have left more in them than was read since.
    pub(super) fn may_be_partial(&self) -> bool {
        self.maybe_partial.load(Ordering::Relaxed)
    }

    /// Notes that their present content was read.
    pub(super) fn note_read(&mut self) {
        self.maybe_partial.store(false, Ordering::Relaxed);
    }

    /// Whether anything was written since the process began, or since an error.
    pub(super) const fn are_open(&self) -> bool {
        self.inner.is_some()
    }

    /// The segments of the last commit, or what merges have made of them.
    pub(super) fn segments(&self) -> Result<BTreeSet<SegmentId>, IndexError> {
        Ok(self.index.searchable_segment_ids()?.into_iter().map(SegmentId::of_files).collect())
    }

    /// Makes an empty commit, after which tantivy looks for segments to merge.
    pub(super) fn begin_merges(&mut self, generation: u64) -> Result<(), IndexError> {
        self.end(generation).map_err(|error| self.given_up(error))
    }

    /// Whether the next commit deletes all that was committed before.
    pub(super) const fn are_cleared(&self) -> bool {
        self.cleared
    }

    /// Whether the next commit has more than the segments in memory.
    pub(super) fn have_more(&self) -> bool {
        self.cleared || !self.spilled.is_empty()
    }

    /// Deletes a document with the next commit, if there is one; `shown` has the files as they were
    /// last read.
    pub(super) fn delete(&mut self, document_id: &str, shown: &Snapshot) {
        let in_files = |segment: &Segment| segment.in_memory().is_none() && segment.rank_of(document_id).1;
        let known = || self.may_be_partial() || shown.segments().iter().any(in_files);
        if self.spilled.contains(document_id) || (!self.cleared && known()) {
            self.pending_deletes.push(document_id.to_owned());
        }
    }

    /// Deletes all documents with the next commit.
    pub(super) fn clear(&mut self) -> Result<(), IndexError> {
        self.cleared = true;
        self.pending_deletes.clear();
        self.spilled.clear();
        let done = self.inner().and_then(|inner| Ok(inner.delete_all_documents()?));
        done.map(drop).map_err(|error| self.given_up(error))
    }

    /// Writes passages of these documents, which the next commit adds; the last one was of
    /// generation `last`.
    pub(super) fn spill(
        &mut self,
        ids: Vec<String>,
        part: memory_segment::Part<'_>,
        last: u64,
    ) -> Result<(), IndexError> {
        // An earlier merge can have failed for want of space.
        self.full.take();
        let done = self.apply_deletes(last).and_then(|()| self.add(&[part]));
        self.spilled.extend(ids);
        done.map_err(|error| self.given_up(error))
    }

    /// Writes those of the segments that are in memory, and commits all that was written as
    /// `generation`; the last commit was of generation `last`.
    pub(super) fn commit(
        &mut self,
        segments: &[Segment],
        last: u64,
        generation: u64,
    ) -> Result<(), IndexError> {
        let parts: Vec<_> = segments.iter().filter_map(Segment::in_memory).collect();
        self.full.take();
        if self.may_be_partial() {
            // A failed commit can have written the same documents.
            self.pending_deletes.extend(parts.iter().flat_map(|(memory, _)| memory.ids()).map(str::to_owned));
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

    /// Applies the pending deletes by a separate commit: tantivy would delete the same ids from
    /// segments that are added before that, too. Its generation is the last one, since which all of
    /// these ids have changed.
    fn apply_deletes(&mut self, last: u64) -> Result<(), IndexError> {
        if self.pending_deletes.is_empty() {
            return Ok(());
        }
        let field = self.fields.document_id;
        let terms: Vec<Term> =
            self.pending_deletes.iter().map(|id| Term::from_field_text(field, id)).collect();
        let inner = self.inner()?;
        for term in terms {
            inner.delete_term(term);
        }
        self.end(if self.cleared { 0 } else { last })?;
        if self.index.searchable_segment_metas()?.is_empty() {
            // Without any segment tantivy keeps the deletes, and would apply them to the next one.
            self.inner = None;
        }
        self.pending_deletes.clear();
        Ok(())
    }

    /// Writes passages as one segment.
    fn add(&mut self, parts: &[memory_segment::Part<'_>]) -> Result<(), IndexError> {
        let fields = self.fields;
        let inner = self.inner()?;
        let target = inner.new_segment();
        let passages = memory_segment::write(parts, &target, fields)?;
        if passages > 0 {
            let segment = target.with_max_doc(passages).meta().clone();
            // Nothing is written to the temporary store file that tantivy expects here.
            segment.untrack_temp_docstore();
            inner.add_segment(segment)?;
        }
        Ok(())
    }

    fn end(&mut self, generation: u64) -> Result<(), IndexError> {
        let mut commit = self.inner()?.prepare_commit()?;
        commit.set_payload(&CommitPayload { format: FORMAT, generation }.to_string());
        commit.commit()?;
        Ok(())
    }

    /// Gives up the writer, whose state is unknown after an error. Returns the error, as
    /// [`IndexError::Full`] where want of space caused it.
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
        if self.may_be_partial() {
            // The files of a failed commit take space that the next one needs. What cannot be
            // removed stays.
            drop(writer.garbage_collect_files().wait());
        }
        // A commit makes a segment of a few to some thousand passages. To tantivy's default all
        // below 10,000 are of one level, so that every eighth commit would rewrite a growing
        // segment. With a level for each size a passage is rewritten as often as the logarithm of
        // their number.
        let mut merges = LogMergePolicy::default();
        merges.set_min_layer_size(SMALLEST_LEVEL);
        writer.set_merge_policy(Box::new(merges));
        Ok(writer)
    }
}
