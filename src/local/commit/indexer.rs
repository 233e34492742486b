//! Bringing the index up to the store: after each commit, after a crash, and from nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::local::LocalError;
use crate::local::index::AnalyzedDocument;
use crate::local::index::DocumentAnalyzer;
use crate::local::index::DocumentEntry;
use crate::local::index::ExchangeEntry;
use crate::local::index::Index;
use crate::local::index::IndexError;
use crate::local::index::Writer;
use crate::local::search::TermCache;
use crate::local::store::Reader;
use crate::local::store::StoreError;
use crate::local::view::LocalView;
use crate::transcript::StoredDocument;
use crate::transcript::StoredExchange;
use crate::transcript::Utterance;

/// Passages in memory that make a commit due: some twenty-five megabytes, or a hundred where all
/// are as long as windows get.
const COMMIT_DUE: u32 = 8192;
/// Passages in memory at most, before the next group: so many come in while a commit is under way.
const MOST_IN_MEMORY: u32 = 2 * COMMIT_DUE;

/// Documents by their ids, as they were analysed before they were written.
pub(crate) type Analyzed = BTreeMap<String, AnalyzedDocument>;

/// Where passages go that are too many to be held in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FlushTarget {
    Disk,
    /// The disk is full: they stay in memory, however many they are.
    MemoryOnly,
}

/// The index and its writer, which is replaced after a failure.
pub(crate) struct Indexer {
    index: Index,
    analyzer: Arc<DocumentAnalyzer>,
    writer: Option<Writer>,
}

impl Indexer {
    pub(crate) const fn new(index: Index, analyzer: Arc<DocumentAnalyzer>) -> Self {
        Self { index, analyzer, writer: None }
    }

    /// The store's generation that the index would have after a restart.
    pub(crate) fn committed(&self) -> u64 {
        self.index.committed()
    }

    /// Commits what is shown from memory only; says whether there was any. Where that fails it is
    /// shown all the same.
    pub(crate) fn flush(&mut self) -> Result<bool, LocalError> {
        let generation = self.index.generation();
        let Some(writer) = self.writer.as_mut().filter(|_| self.index.committed() < generation) else {
            return Ok(false);
        };
        let mut done = writer.finish_commit();
        if done.is_ok() && self.index.committed() < generation {
            done = writer.commit(generation);
        }
        self.keep_writer_if_unchanged(done)?;
        Ok(true)
    }

    /// Shows what merges have made of the index; says whether there was anything.
    pub(crate) fn refresh_merged(&mut self) -> Result<bool, LocalError> {
        let Some(writer) = &mut self.writer else { return Ok(false) };
        let settled = writer.refresh_merged();
        if settled.is_err() {
            self.reset();
        }
        Ok(settled?)
    }

    /// Makes sure that there is room in memory for another group.
    pub(crate) fn make_room(&mut self) -> Result<(), LocalError> {
        let Some(writer) = self.writer.as_mut().filter(|writer| writer.in_memory() > MOST_IN_MEMORY) else {
            return Ok(());
        };
        let done = writer.finish_commit();
        self.keep_writer_if_unchanged(done)?;
        if self.writer.as_ref().is_some_and(|writer| writer.in_memory() > MOST_IN_MEMORY) {
            self.flush()?;
        }
        Ok(())
    }

    /// Passes on the outcome of a commit. After a failure the writer is dropped, unless it says
    /// that nothing of it changed.
    fn keep_writer_if_unchanged(&mut self, done: Result<(), IndexError>) -> Result<(), LocalError> {
        if done.is_err() {
            self.writer.take_if(|writer| !writer.is_unchanged());
        }
        Ok(done?)
    }

    /// Whether the writer is gone: at first, and after a failure.
    pub(crate) const fn is_reset(&self) -> bool {
        self.writer.is_none()
    }

    /// The index, without its writer.
    pub(crate) fn into_index(self) -> Index {
        self.index
    }

    /// Goes on with another index, which is brought up first.
    pub(crate) fn change_to(&mut self, index: Index, reader: Reader) -> Result<LocalView, LocalError> {
        let mut next = Self::new(index, Arc::clone(&self.analyzer));
        let snapshot = next.catch_up(reader, Analyzed::new())?;
        *self = next;
        Ok(snapshot)
    }

    /// Throws away a writer whose state is unknown.
    pub(crate) fn reset(&mut self) {
        self.writer = None;
    }

    /// The same, where it took what the store has not committed.
    pub(crate) fn forget_staged(&mut self) {
        self.writer.take_if(|writer| writer.ready_for().is_some());
    }

    /// Takes a group of writes before the store has committed them as this generation, so that both
    /// are done at the same time. They are shown once the index is brought up to it; where the
    /// store fails the writer is to be thrown away. Documents that are `analyzed` are taken out;
    /// all stay where this cannot be done, and are indexed after the commit.
    pub(crate) fn stage(&mut self, generation: u64, deleted: &[String], analyzed: &mut Analyzed) {
        let next = self.index.generation() + 1 == generation;
        let passages = analyzed.values().map(AnalyzedDocument::passages).sum::<usize>();
        // Put back only once all went well.
        let Some(mut writer) = self.writer.take_if(|_| next && passages <= COMMIT_DUE as usize) else {
            return;
        };
        let taken = || {
            adopt_background_commit(&mut writer)?;
            for (id, document) in std::mem::take(analyzed) {
                writer.replace(&id, document)?;
            }
            for id in deleted {
                writer.delete(id);
            }
            Ok::<_, IndexError>(writer.prepare(generation)?.then_some(writer))
        };
        match taken() {
            Ok(writer) => self.writer = writer,
            Err(error) => tracing::warn!(%error, "the index's writer failed and is replaced"),
        }
    }

    /// Indexes what the store has and the index has not, and pairs the two. Of what is `analyzed`
    /// already, as the store has it, nothing is read.
    pub(crate) fn catch_up(
        &mut self,
        reader: Reader,
        mut analyzed: Analyzed,
    ) -> Result<LocalView, LocalError> {
        let had_writer = self.writer.is_some();
        let mut index = |target| self.index(&reader, &mut analyzed, target);
        let mut done = index(FlushTarget::Disk);
        if had_writer
            && let Err(LocalError::Index(error)) = &done
            && !matches!(error, IndexError::Full(_))
        {
            // A writer can have failed in the background, by what was answered already: a new one
            // does both.
            tracing::warn!(%error, "the index's writer failed and is replaced");
            done = index(FlushTarget::Disk);
        }
        if matches!(done, Err(LocalError::Index(IndexError::Full(_)))) {
            // What there is no room for in files is held in memory. An index that is to be built
            // from nothing is too much.
            done = index(FlushTarget::MemoryOnly);
        }
        let generation = done?;
        Ok(LocalView { searcher: self.index.searcher(), reader, generation, words: TermCache::default() })
    }

    fn index(
        &mut self,
        reader: &Reader,
        analyzed: &mut Analyzed,
        target: FlushTarget,
    ) -> Result<u64, LocalError> {
        // Put back only once all went well, so that a failure leaves none.
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.index.writer()?,
        };
        let generation = reader.generation()?;
        if writer.ready_for().is_none() {
            adopt_background_commit(&mut writer)?;
        }
        // After a new writer was made, that of the last commit.
        let indexed = self.index.generation();
        if writer.ready_for() == Some(generation) {
            writer.show();
        } else if indexed != generation {
            if indexed > generation {
                tracing::error!(indexed, generation, "the index has seen commits that the store has lost");
            }
            let changes = reader.changes_since(indexed)?.filter(|_| indexed < generation);
            if let Some(ids) = changes {
                writer.hold_at_most(if target == FlushTarget::MemoryOnly {
                    u32::MAX
                } else {
                    Writer::MOST_HELD
                });
                for id in ids {
                    match analyzed.remove(&id) {
                        Some(document) => writer.replace(&id, document)?,
                        None => self.index_document(&mut writer, reader, &id)?,
                    }
                }
            } else {
                tracing::info!(documents = reader.document_count()?, "building the index from the store");
                self.index_everything(&mut writer, reader)?;
            }
            if writer.prepare(generation)? {
                writer.show();
            } else {
                writer.commit(generation)?;
            }
        }
        if writer.in_memory() > COMMIT_DUE {
            writer.begin_commit();
        }
        self.writer = Some(writer);
        Ok(generation)
    }

    fn index_everything(&self, writer: &mut Writer, reader: &Reader) -> Result<(), LocalError> {
        /// Ids read at a time.
        const PAGE: usize = 4096;
        writer.clear()?;
        let mut after: Option<String> = None;
        loop {
            let ids = reader.ids(after.as_deref(), PAGE)?;
            ids.iter().try_for_each(|id| self.index_document(writer, reader, id))?;
            after = ids.into_iter().next_back();
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Indexes a document as the store has it. One that is damaged is left out, so that it keeps no
    /// other from being found; a request for it by id gets an error.
    fn index_document(&self, writer: &mut Writer, reader: &Reader, id: &str) -> Result<(), LocalError> {
        let read = reader.document(id).and_then(|document| {
            let exchanges = if document.is_some() { reader.exchanges(id)? } else { Vec::new() };
            Ok(document.map(|document| (document, exchanges)))
        });
        match read {
            Ok(Some((document, exchanges))) => {
                let entry = entry(&document, &exchanges);
                writer.replace(entry.document_id, self.analyzer.each(&entry))?;
            }
            Ok(None) => writer.delete(id),
            Err(StoreError::Damaged(error)) => {
                tracing::error!(id, error, "a document is damaged and is not searched");
                writer.delete(id);
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

/// Replaces segments in memory by the files of a finished background commit. Where there was no room for it, it is
/// tried again: searches find all of it in memory, and the store has it.
fn adopt_background_commit(writer: &mut Writer) -> Result<(), IndexError> {
    match writer.adopt_background_commit() {
        Err(error @ IndexError::Full(_)) if writer.is_unchanged() => {
            tracing::warn!(%error, "the index cannot be committed; it is tried again");
            Ok(())
        }
        done => done,
    }
}

/// What the index takes of a document.
pub(crate) fn entry<'a>(document: &'a StoredDocument, exchanges: &'a [StoredExchange]) -> DocumentEntry<'a> {
    fn speaker(utterance: &Utterance) -> &str {
        utterance.speaker.as_deref().unwrap_or_default()
    }
    let exchanges = exchanges.iter().map(|stored| {
        let question = stored.exchange.question.as_ref();
        ExchangeEntry {
            question: question.map_or("", |question| &question.text),
            answer: &stored.exchange.answer.text,
            speaker: speaker(&stored.exchange.answer),
            asker: question.map_or("", speaker),
            windows: stored.windows.iter().map(|(passage, _)| passage.span).collect(),
        }
    });
    DocumentEntry { document_id: &document.id, metadata: &document.metadata, exchanges: exchanges.collect() }
}
