//! Records: how domain types are written. Apart from them, so that either can change alone.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;

use crate::local::store::error::StoreError;
use crate::span::ByteSpan;
use crate::span::Mapped;
use crate::span::SourceMap;
use crate::span::TextSpan;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::Digest;
use crate::transcript::Exchange;
use crate::transcript::Occurrence;
use crate::transcript::Passage;
use crate::transcript::StoredExchange;
use crate::transcript::TimeSpan;
use crate::transcript::Utterance;

/// Writes a record.
pub(super) fn encode(record: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    postcard::to_allocvec(record)
        .map_err(|error| StoreError::Damaged(format!("a record cannot be written: {error}")))
}

/// Reads a record.
pub(super) fn decode<'a, R: Deserialize<'a>>(bytes: &'a [u8]) -> Result<R, StoreError> {
    postcard::from_bytes(bytes)
        .map_err(|error| StoreError::Damaged(format!("a record cannot be read: {error}")))
}

type Spans = Vec<(usize, usize)>;

fn spans_out(spans: &[ByteSpan]) -> Spans {
    spans.iter().map(|span| (span.start(), span.end())).collect()
}

fn spans_in(spans: &Spans) -> Vec<ByteSpan> {
    spans.iter().map(|(start, end)| ByteSpan::new(*start, *end)).collect()
}

#[derive(Serialize, Deserialize)]
struct UtteranceRecord {
    speaker: Option<String>,
    text: String,
    runs: Vec<(usize, usize, usize, usize, usize)>,
}

impl From<&Utterance> for UtteranceRecord {
    fn from(utterance: &Utterance) -> Self {
        let run = |run: &Mapped| (run.text_start, run.byte_start, run.units, run.text_unit, run.byte_unit);
        Self {
            speaker: utterance.speaker.clone(),
            text: utterance.text.clone(),
            runs: utterance.map.runs().iter().map(run).collect(),
        }
    }
}

impl From<UtteranceRecord> for Utterance {
    fn from(record: UtteranceRecord) -> Self {
        let runs = record.runs.into_iter().map(|(text_start, byte_start, units, text_unit, byte_unit)| {
            Mapped { text_start, byte_start, units, text_unit, byte_unit }
        });
        Self { speaker: record.speaker, text: record.text, map: SourceMap::from_runs(runs) }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct ExchangeRecord {
    id: String,
    question: Option<UtteranceRecord>,
    answer: UtteranceRecord,
    occurrences: Vec<(Spans, Spans)>,
    reasons: Vec<String>,
    time: Option<(Duration, Duration)>,
    page: Option<NonZeroU32>,
    quote: [u8; 32],
    windows: Vec<(usize, usize, [u8; 32])>,
}

impl From<&StoredExchange> for ExchangeRecord {
    fn from(stored: &StoredExchange) -> Self {
        let Exchange { question, answer, occurrences, reasons, time, page } = &stored.exchange;
        let occurrence = |place: &Occurrence| (spans_out(&place.question), spans_out(&place.answer));
        Self {
            id: stored.id.clone(),
            question: question.as_ref().map(Into::into),
            answer: answer.into(),
            occurrences: occurrences.iter().map(occurrence).collect(),
            reasons: reasons.clone(),
            time: time.map(|time| (time.start, time.end)),
            page: *page,
            quote: *stored.quote.as_bytes(),
            windows: stored
                .windows
                .iter()
                .map(|(passage, digest)| (passage.span.start(), passage.span.end(), *digest.as_bytes()))
                .collect(),
        }
    }
}

impl ExchangeRecord {
    /// The exchange of this record, the `index`th of its document.
    pub(super) fn into_exchange(self, index: u32) -> StoredExchange {
        let occurrence =
            |(question, answer)| Occurrence { question: spans_in(&question), answer: spans_in(&answer) };
        let window = |(window, (start, end, digest))| {
            let passage = Passage { exchange: index as usize, window, span: TextSpan::new(start, end) };
            (passage, Digest::from_bytes(digest))
        };
        StoredExchange {
            id: self.id,
            exchange: Exchange {
                question: self.question.map(Into::into),
                answer: self.answer.into(),
                occurrences: self.occurrences.into_iter().map(occurrence).collect(),
                reasons: self.reasons,
                time: self.time.map(|(start, end)| TimeSpan { start, end }),
                page: self.page,
            },
            quote: Digest::from_bytes(self.quote),
            windows: self.windows.into_iter().enumerate().map(window).collect(),
        }
    }
}

/// Diagnostics as written: kind, message, spans.
pub(super) type DiagnosticRecord = (u8, String, Spans);

const KINDS: [DiagnosticKind; 9] = [
    DiagnosticKind::Preamble,
    DiagnosticKind::Banner,
    DiagnosticKind::Caption,
    DiagnosticKind::Heading,
    DiagnosticKind::Trailing,
    DiagnosticKind::Unpaired,
    DiagnosticKind::Undecodable,
    DiagnosticKind::JoinedWord,
    DiagnosticKind::NoExchanges,
];

/// How a diagnostic is written.
pub(super) fn diagnostic_out(diagnostic: &Diagnostic) -> DiagnosticRecord {
    let kind =
        KINDS.iter().zip(0..).find(|(kind, _)| **kind == diagnostic.kind).map_or(0, |(_, number)| number);
    (kind, diagnostic.message.clone(), spans_out(&diagnostic.spans))
}

/// The diagnostic of a record; `None` for a kind of a later version.
pub(super) fn diagnostic_in((kind, message, spans): DiagnosticRecord) -> Option<Diagnostic> {
    let kind = *KINDS.get(usize::from(kind))?;
    Some(Diagnostic { kind, message, spans: spans_in(&spans) })
}
