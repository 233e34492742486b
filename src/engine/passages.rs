//! Passages as they are served, the last ones asked for in memory.

use std::sync::Arc;
use std::sync::OnceLock;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::engine::BackendError;
use crate::engine::EngineError;
use crate::engine::Hit;
use crate::engine::PassageKey;
use crate::engine::View;
use crate::engine::citation;
use crate::segmentation::sentence_bounds::sentences;
use crate::span::ByteSpan;
use crate::span::TextSpan;
use crate::transcript::Citation;
use crate::transcript::Exchange;

/// A passage with its citation: all of a result that is the same for every query.
#[derive(Debug)]
pub struct CitedPassage {
    /// Its id.
    pub id: String,
    /// The id of its exchange.
    pub exchange_id: String,
    /// The question; empty where the source has none.
    pub question: String,
    /// The window of the answer that matched.
    pub answer: String,
    /// The sentences of `answer`, for snippets: finding them costs more than a snippet does.
    pub sentences: Box<[TextSpan]>,
    /// Whether the exchange has more answer than this.
    pub answer_truncated: bool,
    /// Who asked.
    pub asker: String,
    /// Who answered.
    pub speaker: String,
    /// Where it was said.
    pub citation: Citation,
    /// Room for the transport's own form of it, made when it is first sent.
    pub encoded: OnceLock<Bytes>,
}

/// Reads passages from a view, and keeps those last asked for.
#[derive(Debug)]
pub(super) struct PassageCache {
    kept: Cache<PassageKey, Arc<CitedPassage>, PassageWeighter>,
}

/// What a passage takes of the memory it may be kept in.
#[derive(Clone, Debug)]
struct PassageWeighter;

impl Weighter<PassageKey, Arc<CitedPassage>> for PassageWeighter {
    fn weight(&self, _: &PassageKey, passage: &Arc<CitedPassage>) -> u64 {
        /// The passage itself, its digests, and what allocations cost.
        const REST: usize = 1 << 10;
        let Citation { metadata, question_spans, answer_spans, occurrences, .. } = &passage.citation;
        let texts = passage.question.len() + passage.answer.len();
        // The citation names them once more.
        let names = 4 * passage.exchange_id.len() + 2 * (passage.asker.len() + passage.speaker.len());
        let labels = metadata.labels.iter().map(|(key, value)| key.len() + value.len());
        let people = metadata.people.iter().map(String::len);
        let described = metadata.title.len()
            + metadata.uri.len()
            + metadata.publisher.len()
            + metadata.published.len()
            + metadata.language.len()
            + labels.chain(people).sum::<usize>();
        let elsewhere = occurrences.iter().map(|place| place.question.len() + place.answer.len());
        let spans = question_spans.len() + answer_spans.len() + elsewhere.sum::<usize>();
        // Twice: as it is and as it is sent.
        let sentences = passage.sentences.len() * size_of::<TextSpan>();
        (2 * (texts + names + described + spans * size_of::<ByteSpan>()) + sentences + REST) as u64
    }
}

impl PassageCache {
    /// Keeps passages of at most so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        /// What a passage of a few sentences weighs, which sizes the table.
        const TYPICAL: usize = 4 << 10;
        Self { kept: Cache::with_weighter(bytes / TYPICAL, bytes as u64, PassageWeighter) }
    }

    /// The passage of a hit of this view.
    pub(super) fn of_hit(&self, view: &dyn View, hit: &Hit) -> Result<Arc<CitedPassage>, EngineError> {
        if let Some(known) = self.kept.get(&hit.key) {
            return Ok(known);
        }
        let passage = Arc::new(read(view, hit)?);
        self.kept.insert(hit.key, Arc::clone(&passage));
        Ok(passage)
    }
}

fn read(view: &dyn View, hit: &Hit) -> Result<CitedPassage, BackendError> {
    // Index and store are of one generation, so what the one finds the other has.
    let lost = || BackendError::StoreDamaged(format!("exchange {} of a document is missing", hit.exchange));
    let document = view.document(&hit.document_id)?.ok_or_else(lost)?;
    let stored = view.exchange(&hit.document_id, hit.exchange)?.ok_or_else(lost)?;
    let (window, quote) = *stored.windows.get(hit.window as usize).ok_or_else(lost)?;
    let citation = citation::window(&document, &stored, window.span, quote);
    let Exchange { question, answer, .. } = stored.exchange;
    let shown = window.span.of(&answer.text);
    let (question, asker) = question.map(|question| (question.text, question.speaker)).unwrap_or_default();
    Ok(CitedPassage {
        id: citation::passage_id(&stored.id, &window),
        exchange_id: stored.id,
        question,
        answer: shown.to_owned(),
        sentences: sentences(shown).collect(),
        answer_truncated: shown.len() < answer.text.len(),
        asker: asker.unwrap_or_default(),
        speaker: answer.speaker.unwrap_or_default(),
        citation,
        encoded: OnceLock::new(),
    })
}
