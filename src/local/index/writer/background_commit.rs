//! A background commit. Segments in memory stay searchable until their replacement in files is
//! committed.

use std::sync::mpsc::sync_channel;
use std::thread;
use std::thread::JoinHandle;

use crate::local::index::error::IndexError;
use crate::local::index::reader::Snapshot;
use crate::local::index::segment::Segment;
use crate::local::index::segment_data::SegmentId;
use crate::local::index::writer::files::IndexFiles;

/// A commit that is under way. Dropping it waits for its end.
pub(super) struct BackgroundCommit {
    /// `None` only while it is dropped.
    thread: Option<JoinHandle<Done>>,
    written: Written,
}

/// The files, unless they were never handed over, and the result of the commit.
type Done = Option<(Box<IndexFiles>, Result<(), IndexError>)>;

/// The content of a commit.
#[derive(Default)]
pub(super) struct Written {
    /// The generation that was shown when it began.
    pub generation: u64,
    /// The segments in memory that are written.
    pub segments: Vec<SegmentId>,
    /// Ids of documents that were deleted since.
    pub deleted: Vec<String>,
}

/// A commit that has ended, with or without success.
pub(super) struct Ended {
    pub files: Box<IndexFiles>,
    pub written: Written,
    pub done: Result<(), IndexError>,
}

impl BackgroundCommit {
    /// Begins to commit the segments in memory. Returns the files where no thread can be started.
    pub(super) fn begin(files: Box<IndexFiles>, shown: &Snapshot) -> Result<Self, Box<IndexFiles>> {
        let (last, generation) = (shown.committed(), shown.generation());
        let in_memory = shown.segments().iter().filter(|segment| segment.in_memory().is_some());
        let parts: Vec<Segment> = in_memory.cloned().collect();
        let segments = parts.iter().map(Segment::id).collect();
        let (hand_over, handed) = sync_channel::<Box<IndexFiles>>(1);
        let commit = move || -> Done {
            let mut files = handed.recv().ok()?;
            let done = files.commit(&parts, last, generation);
            Some((files, done))
        };
        match thread::Builder::new().name("indexer".into()).spawn(commit) {
            Ok(thread) => {
                hand_over.send(files).map_err(|unsent| unsent.0)?;
                let written = Written { generation, segments, deleted: Vec::new() };
                Ok(Self { thread: Some(thread), written })
            }
            Err(_) => Err(files),
        }
    }

    /// Notes the deletion of a document, which then applies to the committed segments.
    pub(super) fn delete(&mut self, document_id: &str) {
        self.written.deleted.push(document_id.to_owned());
    }

    /// The segments in memory that it writes.
    pub(super) fn segments(&self) -> &[SegmentId] {
        &self.written.segments
    }

    /// Whether it has ended.
    pub(super) fn is_done(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits for its end.
    pub(super) fn end(mut self) -> Result<Ended, IndexError> {
        let lost = || IndexError::Unavailable("a commit was lost".into());
        let done = self.thread.take().and_then(|thread| thread.join().ok()).flatten();
        let (files, done) = done.ok_or_else(lost)?;
        Ok(Ended { files, written: std::mem::take(&mut self.written), done })
    }
}

impl Drop for BackgroundCommit {
    fn drop(&mut self) {
        // The next writer must find files that no longer change.
        drop(self.thread.take().map(JoinHandle::join));
    }
}
