//! Consistent snapshots of the index.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::OnceLock;

use crate::analysis::Language;
use crate::local::index::error::IndexError;
use crate::local::index::field::Field;
use crate::local::index::near_duplicates::NearDuplicates;
use crate::local::index::schema::Fields;
use crate::local::index::segment::Segment;
use crate::local::index::segment_data::SegmentId;
use crate::local::index::similar_terms::similar_terms;
use crate::local::index::statistics::Statistics;
use crate::local::index::term_entry::TermEntry;

/// The index as of one commit.
pub(super) struct Snapshot {
    generation: u64,
    /// The generation that tantivy's files are the image of; later writes are in memory.
    committed: u64,
    segments: Vec<Segment>,
    languages: Vec<Language>,
    default_language: Language,
    question: Statistics,
    answer: Statistics,
    exchanges: u64,
    in_question_form: u64,
    /// Computed at the first use: most searches do not need them, and no write waits for them.
    near_duplicates: OnceLock<NearDuplicates>,
}

impl Snapshot {
    /// Opens the segments that are new since `last`; the others are shared with it.
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
                let id = SegmentId::of_files(reader.segment_id());
                last.segments.iter().find(|known| known.id() == id)
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
            // A query of an empty corpus has words all the same, which are reported as unmatched.
            shares.push((0, default_language));
        }
        Self {
            generation,
            committed,
            languages: shares.into_iter().map(|(_, language)| language).collect(),
            default_language,
            question: total(&segments, Field::Question),
            answer: total(&segments, Field::Answer),
            exchanges: segments.iter().map(Segment::live_exchanges).sum(),
            in_question_form: segments.iter().map(Segment::in_question_form).sum(),
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

/// The volume of a field in all segments.
fn total(segments: &[Segment], field: Field) -> Statistics {
    segments.iter().fold(Statistics::default(), |sum, segment| {
        let Statistics { passages, tokens } = segment.statistics(field);
        Statistics { passages: sum.passages + passages, tokens: sum.tokens + tokens }
    })
}

/// Reads one snapshot. Clones share it.
#[derive(Clone)]
pub(crate) struct Searcher {
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
    pub(crate) fn generation(&self) -> u64 {
        self.snapshot.generation
    }

    /// How many exchanges there are.
    #[must_use]
    pub(crate) fn exchanges(&self) -> u64 {
        self.snapshot.exchanges
    }

    /// The share of questions that look like questions, from 0 to 1; 1 where there are none.
    #[must_use]
    pub(crate) fn question_form_share(&self) -> f32 {
        match self.snapshot.question.passages {
            0 => 1.0,
            questions => (self.snapshot.in_question_form as f32 / questions as f32).min(1.0),
        }
    }

    /// How many passages there are.
    #[must_use]
    pub(crate) fn passages(&self) -> u64 {
        self.snapshot.segments.iter().map(|segment| u64::from(segment.live_passages())).sum()
    }

    /// The ids of all documents that have an exchange, in order.
    #[must_use]
    pub(crate) fn document_ids(&self) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        for segment in self.segments() {
            let live = segment.starts().iter().filter(|start| segment.is_alive(*start));
            ids.extend(live.map(|start| segment.document_id(segment.document(start)).to_owned()));
        }
        ids
    }

    /// The segments.
    #[must_use]
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.snapshot.segments
    }

    /// The languages that live documents were analysed in, that of most exchanges first; the
    /// default one where there are no documents.
    #[must_use]
    pub(crate) fn languages(&self) -> &[Language] {
        &self.snapshot.languages
    }

    /// The language of documents that do not say theirs.
    #[must_use]
    pub(crate) fn default_language(&self) -> Language {
        self.snapshot.default_language
    }

    /// The clusters of near duplicates. The first call for a snapshot computes them.
    #[must_use]
    pub(crate) fn near_duplicates(&self) -> &NearDuplicates {
        self.snapshot.near_duplicates.get_or_init(|| NearDuplicates::find(&self.snapshot.segments))
    }

    /// The memory that holding the snapshot keeps: the address and an estimate of the length in
    /// bytes of each part, which other snapshots may share.
    #[must_use]
    pub(crate) fn memory(&self) -> Vec<(usize, usize)> {
        /// Of an exchange in the clusters of near duplicates.
        const CLUSTERED: usize = 16;
        let clusters = match self.snapshot.near_duplicates.get() {
            Some(_) => {
                usize::try_from(self.snapshot.exchanges).unwrap_or(usize::MAX).saturating_mul(CLUSTERED)
            }
            None => 0,
        };
        let own = clusters.saturating_add(size_of_val(self.segments()));
        let shared = self.segments().iter().flat_map(Segment::held_memory);
        shared.chain([(Arc::as_ptr(&self.snapshot).addr(), own)]).collect()
    }

    /// A term of a field, in every segment.
    pub(crate) fn term(&self, field: Field, term: &str) -> Result<TermEntry, IndexError> {
        TermEntry::look_up(self.segments(), field, term.into())
    }

    /// The terms within `errors` typing errors of a term, at most `count`; see [`similar_terms`].
    pub(crate) fn similar_terms(
        &self,
        term: &str,
        errors: u8,
        count: usize,
    ) -> Result<Vec<String>, IndexError> {
        similar_terms(self.segments(), term, errors, count)
    }

    /// How much text a field holds. Every exchange counts as one that has names, and their lengths do
    /// not count.
    #[must_use]
    pub(crate) fn statistics(&self, field: Field) -> Statistics {
        match field {
            Field::Question => self.snapshot.question,
            Field::Answer => self.snapshot.answer,
            Field::Speaker | Field::Asker | Field::Title | Field::Publisher => {
                Statistics { passages: self.snapshot.exchanges, tokens: 0 }
            }
        }
    }
}
