//! Ids and citations of exchanges and passages.

use crate::span::ByteSpan;
use crate::span::TextSpan;
use crate::transcript::Citation;
use crate::transcript::Digest;
use crate::transcript::Exchange;
use crate::transcript::Passage;
use crate::transcript::StoredDocument;
use crate::transcript::StoredExchange;
use crate::transcript::Utterance;

/// The id of an exchange: its document, its place, and a digest of its spans and of its source. So
/// it is the same after any re-import of the same bytes, and never names other words than it was
/// made for.
pub(crate) fn exchange_id(document_id: &str, source: Digest, index: usize, exchange: &Exchange) -> String {
    let question = exchange.question.as_ref().map(Utterance::spans).unwrap_or_default();
    let mut place: Vec<u8> = source.as_bytes().to_vec();
    for span in question.iter().chain(&[ByteSpan::new(0, 0)]).chain(&exchange.answer.spans()) {
        place.extend((span.start() as u64).to_be_bytes());
        place.extend((span.end() as u64).to_be_bytes());
    }
    format!("{document_id}:{index}.{}", Digest::of(&place).short(8))
}

/// The document and the index that an exchange id names; the digest is compared with the stored
/// id's.
pub(crate) fn parse_exchange_id(id: &str) -> Option<(&str, u32)> {
    let (document, place) = id.rsplit_once(':')?;
    let (index, _digest) = place.split_once('.')?;
    Some((document, index.parse().ok()?))
}

/// The id of a passage: its exchange's and its window's number.
pub(crate) fn passage_id(exchange_id: &str, passage: &Passage) -> String {
    format!("{exchange_id}.{}", passage.window)
}

/// The citation of an exchange's whole answer.
pub(crate) fn whole(document: &StoredDocument, stored: &StoredExchange) -> Citation {
    citation(document, stored, stored.exchange.answer.spans(), stored.quote)
}

/// The citation of one window of an exchange's answer.
pub(crate) fn window(
    document: &StoredDocument,
    stored: &StoredExchange,
    span: TextSpan,
    quote: Digest,
) -> Citation {
    citation(document, stored, stored.exchange.answer.map.to_bytes(span), quote)
}

fn citation(
    document: &StoredDocument,
    stored: &StoredExchange,
    answer_spans: Vec<ByteSpan>,
    quote_sha256: Digest,
) -> Citation {
    let exchange = &stored.exchange;
    let name = |utterance: &Utterance| utterance.speaker.clone().unwrap_or_default();
    Citation {
        document_id: document.id.clone(),
        exchange_id: stored.id.clone(),
        speaker: name(&exchange.answer),
        asker: exchange.question.as_ref().map(name).unwrap_or_default(),
        metadata: document.metadata.cited(),
        question_spans: exchange.question.as_ref().map(Utterance::spans).unwrap_or_default(),
        answer_spans,
        document_sha256: document.received,
        text_sha256: (document.source != document.received).then_some(document.source),
        quote_sha256,
        occurrences: exchange.occurrences.clone(),
        time: exchange.time,
        page: exchange.page,
    }
}
