//! Documents → the index.

mod background_commit;
mod files;
mod lease;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;

use tantivy::IndexReader;

use crate::analysis::Language;
use crate::local::index::AnalyzedExchange;
use crate::local::index::Index;
use crate::local::index::IndexError;
use crate::local::index::Segment;
use crate::local::index::memory_segment::Builder;
use crate::local::index::reader::Snapshot;
use crate::local::index::schema::Fields;

pub(super) use lease::Lease;

use background_commit::BackgroundCommit;
use background_commit::Ended;
use files::IndexFiles;

/// How many small segments in memory there are before they are made one, and from which size on one is not small.
const MOST_SMALL: usize = 16;
const JOINED: u32 = 512;

/// Writes documents: to memory, where searches find them at once, and from there to files, many at a time.
pub struct Writer {
    files: CommitState,
    reader: IndexReader,
    fields: Fields,
    default_language: Language,
    snapshot: Arc<RwLock<Arc<Snapshot>>>,
    _lease: Lease,
    /// What was given since it was last made ready.
    group: Group,
    /// The last group, ready to be shown.
    ready: Option<Snapshot>,
    /// See [`Writer::hold_at_most`].
    most_held: u32,
}

/// The files, which one thread writes at a time.
enum CommitState {
    Here(Box<IndexFiles>),
    /// With the thread that commits.
    BackgroundCommit(BackgroundCommit),
    /// On the way from the one to the other.
    Moving,
}

impl CommitState {
    /// Where nobody has them that is an error of ours, told as one of the writer, which is made anew.
    fn here(&mut self) -> Result<&mut IndexFiles, IndexError> {
        match self {
            Self::Here(files) => Ok(files),
            Self::BackgroundCommit(_) | Self::Moving => {
                Err(IndexError::Unavailable("its files are being written".into()))
            }
        }
    }
}

/// What a group of writes changes.
#[derive(Default)]
struct Group {
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
    /// Passages of a group that are held in memory by default: some fifty megabytes.
    pub const MOST_HELD: u32 = 16_384;

    /// A writer that goes on from the last commit; searches that saw more are shown that.
    pub(super) fn new(index: &Index, lease: Lease) -> Result<Self, IndexError> {
        let mut writer = Self {
            files: CommitState::Here(Box::new(IndexFiles::new(index))),
            reader: index.reader.clone(),
            fields: index.fields,
            default_language: Language::from_tag(&index.settings.default_language),
            snapshot: Arc::clone(&index.snapshot),
            _lease: lease,
            group: Group::default(),
            ready: None,
            most_held: Self::MOST_HELD,
        };
        let files = writer.files.here()?;
        let (committed, maybe_partial) = (files.committed()?, files.are_doubtful());
        if writer.last().generation() != committed || maybe_partial {
            writer.set(writer.reload(committed)?);
            writer.files.here()?.note_read();
        }
        Ok(writer)
    }

    /// Sets how many passages of a group are held in memory at most; what is beyond goes to files at once, and the group can
    /// be shown only by a commit.
    pub const fn hold_at_most(&mut self, passages: u32) {
        self.most_held = passages;
    }

    /// Puts a document, given exchange by exchange, in the place of the one with the same id, if there is one.
    pub fn replace(
        &mut self,
        document_id: &str,
        exchanges: impl IntoIterator<Item = AnalyzedExchange>,
    ) -> Result<(), IndexError> {
        self.delete(document_id);
        for exchange in exchanges {
            self.group.added.add(document_id, &exchange, &self.fields);
            // Between two exchanges, so that the windows of one stay side by side.
            if self.group.added.len() >= self.most_held {
                self.spill()?;
            }
        }
        Ok(())
    }

    /// Writes what the group adds to files that are not committed yet.
    fn spill(&mut self) -> Result<(), IndexError> {
        self.finish_commit()?;
        let (ids, memory, alive) = std::mem::take(&mut self.group.added).seal_with_ids();
        let last = self.last().committed();
        self.files.here()?.spill(ids, (&memory, alive.as_ref()), last)
    }

    /// Takes a document out, if it is there.
    pub fn delete(&mut self, document_id: &str) {
        self.group.added.delete(document_id);
        let last = self.last();
        match &mut self.files {
            CommitState::Here(files) => files.delete(document_id, &last),
            CommitState::BackgroundCommit(behind) => behind.delete(document_id),
            // The writer is given up.
            CommitState::Moving => {}
        }
        self.group.deleted.push(document_id.to_owned());
    }

    /// Takes all documents out; to be committed before anything is shown.
    pub fn clear(&mut self) -> Result<(), IndexError> {
        (self.group, self.ready) = (Group::default(), None);
        self.finish_commit()?;
        self.files.here()?.clear()
    }

    /// Makes what was given since the last time ready to be shown without a commit. `generation` is the store's, of which
    /// the searcher will be the image. Returns whether it could be done: more than is held in memory has to be committed.
    pub fn prepare(&mut self, generation: u64) -> Result<bool, IndexError> {
        if matches!(&self.files, CommitState::Here(files) if files.have_more()) {
            return Ok(false);
        }
        let mut segments = self.next_segments()?;
        self.join_small(&mut segments)?;
        let committed = self.last().committed();
        self.ready = Some(Snapshot::of(segments, generation, committed, self.default_language));
        Ok(true)
    }

    /// The segments that are shown, and what the group changes of them.
    fn next_segments(&mut self) -> Result<Vec<Segment>, IndexError> {
        let Group { added, deleted } = std::mem::take(&mut self.group);
        let last = self.last();
        let mut segments = Vec::with_capacity(last.segments().len() + 1);
        let cleared = matches!(&self.files, CommitState::Here(files) if files.are_cleared());
        for segment in last.segments().iter().filter(|_| !cleared) {
            segments.push(segment.without(&deleted)?.unwrap_or_else(|| segment.clone()));
        }
        if added.len() > 0 {
            let (memory, alive) = added.seal();
            segments.push(Segment::memory(memory, alive, self.fields)?);
        }
        Ok(segments)
    }

    /// The generation that [`Writer::show`] would show; `None` where nothing is ready.
    #[must_use]
    pub fn ready_for(&self) -> Option<u64> {
        self.ready.as_ref().map(Snapshot::generation)
    }

    /// Makes what is ready visible to the next searcher, from memory. It is forgotten with the writer until it is committed.
    pub fn show(&mut self) {
        if let Some(ready) = self.ready.take() {
            self.set(ready);
        }
    }

    /// How many passages are shown from memory.
    #[must_use]
    pub fn in_memory(&self) -> u32 {
        let shown = self.last();
        shown.segments().iter().filter(|segment| segment.in_memory().is_some()).map(Segment::len).sum()
    }

    /// Makes one of the small segments in memory once there are many, for a search looks into each.
    fn join_small(&self, segments: &mut Vec<Segment>) -> Result<(), IndexError> {
        let written = match &self.files {
            CommitState::BackgroundCommit(behind) => behind.segments(),
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
        let (memory, alive) = joined.seal();
        segments.push(Segment::memory(memory, alive, self.fields)?);
        Ok(())
    }

    fn last(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, next: Snapshot) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }

    /// Begins to commit what is shown from memory, in a thread of its own; [`Writer::take_in`] ends it. Nothing is begun
    /// while one is under way, or while there is nothing that could be.
    pub fn begin_commit(&mut self) {
        let shown = self.last();
        self.files = match std::mem::replace(&mut self.files, CommitState::Moving) {
            CommitState::Here(files) if !files.have_more() && shown.committed() < shown.generation() => {
                match BackgroundCommit::begin(files, &shown) {
                    Ok(behind) => CommitState::BackgroundCommit(behind),
                    Err(files) => CommitState::Here(files),
                }
            }
            others @ (CommitState::Here(_) | CommitState::BackgroundCommit(_) | CommitState::Moving) => {
                others
            }
        };
    }

    /// Shows from files what was committed behind the writes, once that is done. After an error what was shown from memory
    /// still is, and committing can be tried again where [`Writer::is_unchanged`]; elsewhere the writer must be dropped.
    pub fn take_in(&mut self) -> Result<(), IndexError> {
        match &self.files {
            CommitState::BackgroundCommit(behind) if behind.is_done() => self.finish_commit(),
            CommitState::Here(_) | CommitState::BackgroundCommit(_) | CommitState::Moving => Ok(()),
        }
    }

    /// The same, after waiting for it.
    pub fn finish_commit(&mut self) -> Result<(), IndexError> {
        if self.ready.is_some() {
            // It was made of what is shown now, and would show it once more.
            return Err(IndexError::Unavailable("a group of writes is not shown yet".into()));
        }
        let behind = match std::mem::replace(&mut self.files, CommitState::Moving) {
            CommitState::BackgroundCommit(behind) => behind,
            others @ (CommitState::Here(_) | CommitState::Moving) => {
                self.files = others;
                return Ok(());
            }
        };
        let Ended { mut files, written, done } = behind.end()?;
        let last = self.last();
        let stored = done.and_then(|()| self.reload(written.generation));
        if let Ok(stored) = &stored {
            let mut segments = Vec::with_capacity(last.segments().len());
            for segment in stored.segments() {
                segments.push(segment.without(&written.deleted)?.unwrap_or_else(|| segment.clone()));
            }
            let rest = last.segments().iter().filter(|segment| segment.in_memory().is_some());
            segments.extend(rest.filter(|segment| !written.segments.contains(&segment.id())).cloned());
            self.set(Snapshot::of(segments, last.generation(), written.generation, self.default_language));
            files.note_read();
        }
        let shown = self.last();
        for id in &written.deleted {
            files.delete(id, &shown);
        }
        self.files = CommitState::Here(files);
        stored.map(drop)
    }

    /// Writes all that is in memory to files, which are what is shown from then on. `generation` is the store's, of which the
    /// index is now the image. For errors see [`Writer::take_in`].
    pub fn commit(&mut self, generation: u64) -> Result<(), IndexError> {
        self.show();
        self.finish_commit()?;
        let segments = self.next_segments()?;
        let last = self.last().committed();
        self.files.here()?.commit(&segments, last, generation)?;
        self.set(self.reload(generation)?);
        self.files.here()?.note_read();
        Ok(())
    }

    /// Shows what merges have made of the files, where nothing is in memory; returns whether there was anything. Merges begin
    /// with commits: the first time, one that changes nothing is made where a process that ended has left many segments.
    pub fn refresh_merged(&mut self) -> Result<bool, IndexError> {
        /// As many are merged.
        const MANY: usize = 8;
        let last = self.last();
        let CommitState::Here(files) = &mut self.files else { return Ok(false) };
        if last.committed() < last.generation() || files.have_more() {
            return Ok(false);
        }
        let shown: BTreeSet<_> = last.segments().iter().filter_map(Segment::stored_id).collect();
        if files.segments()? != shown {
            self.set(self.reload(last.generation())?);
            return Ok(true);
        }
        if shown.len() >= MANY && !files.are_open() {
            files.begin_merges(last.generation())?;
        }
        Ok(false)
    }

    /// Whether the files are still those of the last commit, for all that is known.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        let CommitState::Here(files) = &self.files else { return false };
        !files.have_more() && files.committed().is_ok_and(|generation| generation == self.last().committed())
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
