//! Consistent snapshots of the index.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::OnceLock;

use crate::analysis::Language;
use crate::local::index::Field;
use crate::local::index::IndexError;
use crate::local::index::NearDuplicates;
use crate::local::index::Segment;
use crate::local::index::TermEntry;
use crate::local::index::schema::Fields;

/// The index as of one commit.
pub(super) struct Snapshot {
    generation: u64,
    /// The generation that tantivy's files are the image of: what is behind it is in memory.
    committed: u64,
    segments: Vec<Segment>,
    languages: Vec<Language>,
    default_language: Language,
    question: Statistics,
    answer: Statistics,
    exchanges: u64,
    /// Computed at the first use: most searches do not need them, and no write waits for them.
    near_duplicates: OnceLock<NearDuplicates>,
}

/// How much text a field holds in the whole snapshot. Deleted passages do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Passages that have the field.
    pub passages: u64,
    /// The terms they hold together.
    pub tokens: u64,
}

impl Snapshot {
    /// Opens what is new since `last`; the rest is shared with it.
    pub(super) fn new(
        searcher: &tantivy::Searcher,
        generation: u64,
        fields: Fields,
        default_language: Language,
        last: Option<&Self>,
    ) -> Result<Self, IndexError> {
        let mut segments = Vec::new();
        for reader in searcher.segment_readers() {
            let known = last.and_then(|last| {
                last.segments.iter().find(|known| known.stored_id() == Some(reader.segment_id()))
            });
            segments.push(Segment::open(reader, fields, known)?);
        }
        Ok(Self::of(segments, generation, generation, default_language))
    }

    /// The snapshot of these segments.
    pub(super) fn of(
        segments: Vec<Segment>,
        generation: u64,
        committed: u64,
        default_language: Language,
    ) -> Self {
        let mut shares: Vec<(u64, Language)> = Vec::new();
        for (number, language) in Language::ALL.into_iter().enumerate() {
            let counts = segments.iter().filter_map(|segment| segment.languages().get(number));
            shares.push((counts.sum(), language));
        }
        shares.retain(|(exchanges, _)| *exchanges > 0);
        shares.sort_by_key(|(exchanges, _)| std::cmp::Reverse(*exchanges));
        if shares.is_empty() {
            // A query of a corpus that holds nothing has words all the same, which are told to be nowhere.
            shares.push((0, default_language));
        }
        Self {
            generation,
            committed,
            languages: shares.into_iter().map(|(_, language)| language).collect(),
            default_language,
            question: Statistics::of(&segments, Field::Question),
            answer: Statistics::of(&segments, Field::Answer),
            exchanges: segments.iter().map(Segment::live_exchanges).sum(),
            segments,
            near_duplicates: OnceLock::new(),
        }
    }

    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) const fn committed(&self) -> u64 {
        self.committed
    }

    /// Its segments.
    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

impl Statistics {
    fn of(segments: &[Segment], field: Field) -> Self {
        segments.iter().fold(Self::default(), |sum, segment| {
            let Self { passages, tokens } = segment.statistics(field);
            Self { passages: sum.passages + passages, tokens: sum.tokens + tokens }
        })
    }

    /// Terms of a passage on average; 0 where there are no passages.
    #[must_use]
    pub fn average(self) -> f32 {
        if self.passages == 0 { 0.0 } else { self.tokens as f32 / self.passages as f32 }
    }
}

/// Reads one snapshot. Clones share it.
#[derive(Clone)]
pub struct Searcher {
    snapshot: Arc<Snapshot>,
}

impl fmt::Debug for Searcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Searcher").field("generation", &self.generation()).finish_non_exhaustive()
    }
}

impl Searcher {
    pub(super) const fn new(snapshot: Arc<Snapshot>) -> Self {
        Self { snapshot }
    }

    /// The store's generation that this is the image of.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.snapshot.generation
    }

    /// How many exchanges there are.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.snapshot.exchanges
    }

    /// How many passages there are.
    #[must_use]
    pub fn passages(&self) -> u64 {
        self.snapshot.segments.iter().map(|segment| u64::from(segment.live_passages())).sum()
    }

    /// The ids of all documents that have an exchange, in order.
    #[must_use]
    pub fn document_ids(&self) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        for segment in self.segments() {
            let live = segment.starts().iter().filter(|start| segment.is_alive(*start));
            ids.extend(live.map(|start| segment.document_id(segment.document(start)).to_owned()));
        }
        ids
    }

    /// The segments.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.snapshot.segments
    }

    /// The languages that live documents were analysed in, that of most exchanges first; the default one where there are
    /// none.
    #[must_use]
    pub fn languages(&self) -> &[Language] {
        &self.snapshot.languages
    }

    /// The language of documents that do not say theirs.
    #[must_use]
    pub fn default_language(&self) -> Language {
        self.snapshot.default_language
    }

    /// The clusters of near duplicates. The first call for a snapshot computes them.
    #[must_use]
    pub fn near_duplicates(&self) -> &NearDuplicates {
        self.snapshot.near_duplicates.get_or_init(|| NearDuplicates::find(&self.snapshot.segments))
    }

    /// A term of a field, in every segment.
    pub fn term(&self, field: Field, term: &str) -> Result<TermEntry, IndexError> {
        TermEntry::look_up(self.segments(), field, term.into())
    }

    /// How much text a field holds.
    #[must_use]
    pub fn statistics(&self, field: Field) -> Statistics {
        match field {
            Field::Question => self.snapshot.question,
            Field::Answer => self.snapshot.answer,
        }
    }
}
