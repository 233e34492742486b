//! Writes documents, group by group.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::local::index::analysis::AnalyzedExchange;
use crate::local::index::error::IndexError;
use crate::local::index::memory_segment::Builder;
use crate::local::index::open_index::OpenIndex;
use crate::local::index::reader::Snapshot;
use crate::local::index::segment::Segment;
use crate::local::index::segment_data::SegmentId;
use crate::local::index::writer::background_commit::BackgroundCommit;
use crate::local::index::writer::background_commit::Ended;
use crate::local::index::writer::files::IndexFiles;
use crate::local::index::writer::lease::Lease;

/// Segments in memory of fewer than `JOINED` passages are joined once there are `MOST_SMALL` of
/// them.
const MOST_SMALL: usize = 16;
const JOINED: u32 = 512;

/// Writes documents: to memory, where searches find them at once, and from there to files, many at
/// a time.
pub(crate) struct Writer {
    files: CommitState,
    index: OpenIndex,
    _lease: Lease,
    /// The writes since the last [`Writer::prepare`].
    group: Group,
    /// The snapshot of the last group, which is not shown yet.
    ready: Option<Snapshot>,
    /// See [`Writer::hold_at_most`].
    most_held: u32,
}

/// The files, which one thread writes at a time.
enum CommitState {
    Here(Box<IndexFiles>),
    /// With the thread that commits.
    BackgroundCommit(BackgroundCommit),
    /// Between the two, within a call.
    Moving,
}

impl CommitState {
    /// The files, unless a commit has them. An error makes the caller open a new writer.
    fn here(&mut self) -> Result<&mut IndexFiles, IndexError> {
        match self {
            Self::Here(files) => Ok(files),
            Self::BackgroundCommit(_) | Self::Moving => {
                Err(IndexError::Unavailable("its files are being written".into()))
            }
        }
    }
}

/// The changes of a group of writes.
#[derive(Default)]
struct Group {
    /// The passages it adds.
    added: Builder,
    /// Ids of documents whose earlier passages it deletes.
    deleted: Vec<String>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    /// Passages of a group that are held in memory by default: some fifty megabytes.
    pub(crate) const MOST_HELD: u32 = 16_384;

    /// A writer that goes on from the last commit, which is shown to searches even where they saw
    /// more.
    pub(in crate::local::index) fn new(index: &OpenIndex, lease: Lease) -> Result<Self, IndexError> {
        let mut writer = Self {
            files: CommitState::Here(Box::new(IndexFiles::new(index))),
            index: index.clone(),
            _lease: lease,
            group: Group::default(),
            ready: None,
            most_held: Self::MOST_HELD,
        };
        let files = writer.files.here()?;
        let (committed, maybe_partial) = (files.committed()?, files.may_be_partial());
        if writer.last().generation() != committed || maybe_partial {
            index.set_snapshot(index.reload(committed)?);
            writer.files.here()?.note_read();
        }
        Ok(writer)
    }

    /// Sets the most passages of a group that are held in memory. Further ones are written to files
    /// at once, and the group can be shown only by a commit.
    pub(crate) const fn hold_at_most(&mut self, passages: u32) {
        self.most_held = passages;
    }

    /// Adds a document, given exchange by exchange, and deletes the one with the same id.
    pub(crate) fn replace(
        &mut self,
        document_id: &str,
        exchanges: impl IntoIterator<Item = AnalyzedExchange>,
    ) -> Result<(), IndexError> {
        self.delete(document_id);
        for exchange in exchanges {
            self.group.added.add(document_id, &exchange, &self.index.fields);
            // Between two exchanges, so that the windows of one stay neighbours.
            if self.group.added.len() >= self.most_held {
                self.spill()?;
            }
        }
        Ok(())
    }

    /// Writes the passages of the group to files, which the next commit adds.
    fn spill(&mut self) -> Result<(), IndexError> {
        self.finish_commit()?;
        let (ids, memory, alive) = std::mem::take(&mut self.group.added).build_with_ids();
        let last = self.last().committed();
        self.files.here()?.spill(ids, (&memory, alive.as_ref()), last)
    }

    /// Deletes a document, if there is one.
    pub(crate) fn delete(&mut self, document_id: &str) {
        self.group.added.delete(document_id);
        let last = self.last();
        match &mut self.files {
            CommitState::Here(files) => files.delete(document_id, &last),
            CommitState::BackgroundCommit(commit) => commit.delete(document_id),
            // An error has left the writer unusable.
            CommitState::Moving => {}
        }
        self.group.deleted.push(document_id.to_owned());
    }

    /// Deletes all documents; must be committed before anything is shown.
    pub(crate) fn clear(&mut self) -> Result<(), IndexError> {
        (self.group, self.ready) = (Group::default(), None);
        self.finish_commit()?;
        self.files.here()?.clear()
    }

    /// Prepares a snapshot with the writes since the last call, to be shown without a commit.
    /// `generation` is the store's, of which the snapshot is the image. Returns false where some of
    /// the writes are not held in memory: these need a commit.
    pub(crate) fn prepare(&mut self, generation: u64) -> Result<bool, IndexError> {
        if matches!(&self.files, CommitState::Here(files) if files.have_more()) {
            return Ok(false);
        }
        let mut segments = self.next_segments()?;
        self.join_small(&mut segments)?;
        let committed = self.last().committed();
        self.ready = Some(Snapshot::of(segments, generation, committed, self.index.default_language));
        Ok(true)
    }

    /// The segments that are shown, with the changes of the group.
    fn next_segments(&mut self) -> Result<Vec<Segment>, IndexError> {
        let Group { added, deleted } = std::mem::take(&mut self.group);
        let last = self.last();
        let mut segments = Vec::with_capacity(last.segments().len() + 1);
        let cleared = matches!(&self.files, CommitState::Here(files) if files.are_cleared());
        for segment in last.segments().iter().filter(|_| !cleared) {
            segments.push(segment.without(&deleted)?.unwrap_or_else(|| segment.clone()));
        }
        if added.len() > 0 {
            let (memory, alive) = added.build();
            segments.push(Segment::memory(memory, alive, self.index.fields)?);
        }
        Ok(segments)
    }

    /// The generation that [`Writer::show`] would show; `None` where nothing is ready.
    #[must_use]
    pub(crate) fn ready_for(&self) -> Option<u64> {
        self.ready.as_ref().map(Snapshot::generation)
    }

    /// Shows the prepared snapshot to the next searcher. Until it is committed, its segments in
    /// memory are lost with the writer.
    pub(crate) fn show(&mut self) {
        if let Some(ready) = self.ready.take() {
            self.index.set_snapshot(ready);
        }
    }

    /// How many passages of the shown snapshot are in memory.
    #[must_use]
    pub(crate) fn in_memory(&self) -> u32 {
        let shown = self.last();
        shown.segments().iter().filter(|segment| segment.in_memory().is_some()).map(Segment::len).sum()
    }

    /// Joins the small segments in memory once there are many, as a search looks into each.
    fn join_small(&self, segments: &mut Vec<Segment>) -> Result<(), IndexError> {
        let written = match &self.files {
            CommitState::BackgroundCommit(commit) => commit.segments(),
            CommitState::Here(_) | CommitState::Moving => &[],
        };
        let small = |segment: &Segment| {
            segment.in_memory().is_some() && segment.len() < JOINED && !written.contains(&segment.id())
        };
        if segments.iter().filter(|segment| small(segment)).count() < MOST_SMALL {
            return Ok(());
        }
        let mut joined = Builder::default();
        for (memory, alive) in segments.iter().filter(|segment| small(segment)).filter_map(Segment::in_memory)
        {
            joined.append(memory, alive);
        }
        segments.retain(|segment| !small(segment));
        let (memory, alive) = joined.build();
        segments.push(Segment::memory(memory, alive, self.index.fields)?);
        Ok(())
    }

    fn last(&self) -> Arc<Snapshot> {
        self.index.snapshot()
    }

    /// Begins to commit the segments in memory in a background thread; [`Writer::adopt_background_commit`] ends it.
    /// Does nothing while a commit is under way or nothing is in memory.
    pub(crate) fn begin_commit(&mut self) {
        let shown = self.last();
        self.files = match std::mem::replace(&mut self.files, CommitState::Moving) {
            CommitState::Here(files) if !files.have_more() && shown.committed() < shown.generation() => {
                match BackgroundCommit::begin(files, &shown) {
                    Ok(commit) => CommitState::BackgroundCommit(commit),
                    Err(files) => CommitState::Here(files),
                }
            }
            others @ (CommitState::Here(_) | CommitState::BackgroundCommit(_) | CommitState::Moving) => {
                others
            }
        };
    }

    /// Shows committed segments from files, once the background commit has ended. After an error
    /// the segments in memory are still shown. The commit can be tried again where
    /// [`Writer::is_unchanged`]; otherwise the writer must be dropped.
    pub(crate) fn adopt_background_commit(&mut self) -> Result<(), IndexError> {
        match &self.files {
            CommitState::BackgroundCommit(commit) if commit.is_done() => self.finish_commit(),
            CommitState::Here(_) | CommitState::BackgroundCommit(_) | CommitState::Moving => Ok(()),
        }
    }

    /// As [`Writer::adopt_background_commit`], after waiting for the background commit.
    pub(crate) fn finish_commit(&mut self) -> Result<(), IndexError> {
        if self.ready.is_some() {
            // It has the segments that are shown now, and would show them again after the commit.
            return Err(IndexError::Unavailable("a group of writes is not shown yet".into()));
        }
        let commit = match std::mem::replace(&mut self.files, CommitState::Moving) {
            CommitState::BackgroundCommit(commit) => commit,
            others @ (CommitState::Here(_) | CommitState::Moving) => {
                self.files = others;
                return Ok(());
            }
        };
        let Ended { mut files, written, done } = commit.end()?;
        let last = self.last();
        let stored = done.and_then(|()| self.index.reload(written.generation));
        if let Ok(stored) = &stored {
            let mut segments = Vec::with_capacity(last.segments().len());
            for segment in stored.segments() {
                segments.push(segment.without(&written.deleted)?.unwrap_or_else(|| segment.clone()));
            }
            let rest = last.segments().iter().filter(|segment| segment.in_memory().is_some());
            segments.extend(rest.filter(|segment| !written.segments.contains(&segment.id())).cloned());
            self.index.set_snapshot(Snapshot::of(
                segments,
                last.generation(),
                written.generation,
                self.index.default_language,
            ));
            files.note_read();
        }
        let shown = self.last();
        for id in &written.deleted {
            files.delete(id, &shown);
        }
        self.files = CommitState::Here(files);
        stored.map(drop)
    }

    /// Writes all segments in memory to files and shows them from there. `generation` is the
    /// store's, of which the index is the image. For errors see [`Writer::adopt_background_commit`].
    pub(crate) fn commit(&mut self, generation: u64) -> Result<(), IndexError> {
        self.show();
        self.finish_commit()?;
        let segments = self.next_segments()?;
        let last = self.last().committed();
        self.files.here()?.commit(&segments, last, generation)?;
        self.index.set_snapshot(self.index.reload(generation)?);
        self.files.here()?.note_read();
        Ok(())
    }

    /// Shows merged segments, where none is in memory; returns whether there were any. Merges begin
    /// with commits: so at the first call, an empty commit is made where an earlier process has
    /// left many segments.
    pub(crate) fn refresh_merged(&mut self) -> Result<bool, IndexError> {
        /// The merge policy merges as many.
        const MANY: usize = 8;
        let last = self.last();
        let CommitState::Here(files) = &mut self.files else { return Ok(false) };
        if last.committed() < last.generation() || files.have_more() {
            return Ok(false);
        }
        let shown: BTreeSet<SegmentId> =
            last.segments().iter().filter(|segment| segment.in_memory().is_none()).map(Segment::id).collect();
        if files.segments()? != shown {
            self.index.set_snapshot(self.index.reload(last.generation())?);
            return Ok(true);
        }
        if shown.len() >= MANY && !files.are_open() {
            files.begin_merges(last.generation())?;
        }
        Ok(false)
    }

    /// Whether the files are known to be those of the last commit.
    #[must_use]
    pub(crate) fn is_unchanged(&self) -> bool {
        let CommitState::Here(files) = &self.files else { return false };
        !files.have_more() && files.committed().is_ok_and(|generation| generation == self.last().committed())
    }
}
