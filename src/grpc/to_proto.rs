//! Domain → wire. Total: nothing here can fail.

use std::time::Duration;

use prost::Message as _;
use tonic::Status;

use crate::engine::Deleted;
use crate::engine::DocumentPage;
use crate::engine::ExchangePage;
use crate::engine::Fault;
use crate::engine::Formats;
use crate::engine::FoundExchange;
use crate::engine::IntegrityReport;
use crate::engine::Outcome;
use crate::engine::Provenance;
use crate::engine::Receipt;
use crate::engine::ServerInfo;
use crate::engine::SnapshotPart;
use crate::engine::Verdict;
use crate::grpc::pb;
use crate::grpc::response_page;
use crate::grpc::response_page::ResponsePage;
use crate::grpc::response_page::UTTERANCE_BYTES;
use crate::grpc::stored_document::document;
use crate::span::ByteSpan;
use crate::transcript::Citation;
use crate::transcript::Diagnostic;
use crate::transcript::DiagnosticKind;
use crate::transcript::Occurrence;
use crate::transcript::Utterance;

pub(super) fn exchange(found: FoundExchange) -> pb::Exchange {
    pb::Exchange {
        id: found.id,
        document_id: found.citation.document_id.clone(),
        index: int32(found.index),
        citation: Some(citation(found.citation, &found.exchange.answer.text)),
        question: found.exchange.question.map(utterance),
        answer: Some(utterance(found.exchange.answer)),
        reasons: found.exchange.reasons,
    }
}

fn utterance(utterance: Utterance) -> pb::Utterance {
    let Utterance { mut text, speaker, .. } = utterance;
    let length = text.len();
    text.truncate(response_page::shown(&text, UTTERANCE_BYTES).len());
    pb::Utterance { truncated: text.len() < length, text, speaker: speaker.unwrap_or_default() }
}

/// The start of a document: its metadata and the exchanges of the first page.
pub(super) fn get_response(
    page: ExchangePage,
    exchanges: ResponsePage<pb::Exchange>,
) -> pb::GetDocumentResponse {
    let ExchangePage { document, next_page_token, diagnostics: _ } = page;
    pb::GetDocumentResponse {
        document: Some(self::document(document)),
        exchanges: exchanges.into_items(),
        next_page_token: next_page_token.unwrap_or_default(),
    }
}

pub(super) fn list_exchanges_response(
    page: ExchangePage,
    exchanges: ResponsePage<pb::Exchange>,
) -> pb::ListExchangesResponse {
    let ExchangePage { document, next_page_token, diagnostics: _ } = page;
    pb::ListExchangesResponse {
        exchanges: exchanges.into_items(),
        next_page_token: next_page_token.unwrap_or_default(),
        total_size: document.exchanges.into(),
    }
}

pub(super) fn segment_response(
    page: ExchangePage,
    exchanges: ResponsePage<pb::Exchange>,
) -> pb::SegmentDocumentResponse {
    let ExchangePage { document, next_page_token, diagnostics } = page;
    pb::SegmentDocumentResponse {
        exchanges: exchanges.into_items(),
        diagnostics: response_page::diagnostics(diagnostics.into_iter().map(diagnostic)),
        next_page_token: next_page_token.unwrap_or_default(),
        document: Some(self::document(document)),
    }
}

pub(super) fn citation(citation: Citation, quote: &str) -> pb::Citation {
    let link = citation.link(quote);
    let media_link = citation.media_link();
    pb::Citation {
        document_id: citation.document_id,
        title: citation.metadata.title,
        uri: citation.metadata.uri,
        publisher: citation.metadata.publisher,
        published: citation.metadata.published,
        language: citation.metadata.language,
        question_spans: spans(&citation.question_spans),
        answer_spans: spans(&citation.answer_spans),
        document_sha256: citation.document_sha256.to_string(),
        text_sha256: citation.text_sha256.map(|digest| digest.to_string()).unwrap_or_default(),
        quote_sha256: citation.quote_sha256.to_string(),
        occurrences: citation.occurrences.iter().map(occurrence).collect(),
        link,
        start_offset: citation.time.map(|time| duration(time.start)),
        end_offset: citation.time.map(|time| duration(time.end)),
        page: citation.page.map(|page| i32::try_from(page.get()).unwrap_or(i32::MAX)),
        exchange_id: citation.exchange_id,
        speaker: citation.speaker,
        asker: citation.asker,
        media_link,
    }
}

fn occurrence(occurrence: &Occurrence) -> pb::Occurrence {
    pb::Occurrence { question_spans: spans(&occurrence.question), answer_spans: spans(&occurrence.answer) }
}

fn spans(spans: &[ByteSpan]) -> Vec<pb::Span> {
    spans.iter().map(|span| pb::Span { start: offset(span.start()), end: offset(span.end()) }).collect()
}

pub(super) fn put_response(receipt: Receipt) -> pb::PutDocumentResponse {
    let outcome = match receipt.outcome {
        Outcome::Created => pb::Outcome::Created,
        Outcome::Replaced => pb::Outcome::Replaced,
        Outcome::Unchanged => pb::Outcome::Unchanged,
    };
    pb::PutDocumentResponse {
        outcome: outcome.into(),
        exchange_count: i32::try_from(receipt.document.exchanges).unwrap_or(i32::MAX),
        diagnostics: response_page::diagnostics(receipt.diagnostics.into_iter().map(diagnostic)),
        document: Some(document(receipt.document)),
        generation: int64(receipt.generation),
    }
}

pub(super) fn import_response(receipt: Receipt) -> pb::ImportDocumentsResponse {
    let pb::PutDocumentResponse { document, outcome, exchange_count, diagnostics, generation } =
        put_response(receipt);
    let document_id = document.map(|document| document.id).unwrap_or_default();
    pb::ImportDocumentsResponse { document_id, outcome, exchange_count, diagnostics, error: None, generation }
}

/// A status as a message of its own, with its details.
pub(super) fn rpc_status(refused: &Status) -> tonic_types::pb::Status {
    // A status's details are a google.rpc.Status already; one without any has at least code and
    // message.
    let detailed = tonic_types::pb::Status::decode(refused.details()).ok().filter(|status| status.code != 0);
    detailed.unwrap_or_else(|| tonic_types::pb::Status {
        code: refused.code().into(),
        message: refused.message().to_owned(),
        details: Vec::new(),
    })
}

/// The answer to a document of an import that was refused.
pub(super) fn import_refused(document_id: String, refused: &Status) -> pb::ImportDocumentsResponse {
    let error = rpc_status(refused);
    pb::ImportDocumentsResponse { document_id, error: Some(error), ..pb::ImportDocumentsResponse::default() }
}

pub(super) fn delete_response(deleted: Deleted) -> pb::DeleteDocumentResponse {
    let purged = deleted.purged.unwrap_or_default();
    pb::DeleteDocumentResponse {
        generation: int64(deleted.generation),
        purged_versions: int64(purged.versions),
        purged_bytes: int64(purged.bytes),
    }
}

pub(super) fn verdict(verdict: Verdict) -> pb::VerifyCitationResponse {
    use pb::verify_citation_response::Verdict as Wire;
    let (verdict, quote, superseded_by) = match verdict {
        Verdict::Valid(quote) => (Wire::Valid, quote, None),
        Verdict::Superseded(quote, next) => (Wire::Superseded, quote, next),
        Verdict::Broken => (Wire::Broken, Vec::new(), None),
    };
    let text = String::from_utf8_lossy(&quote).into_owned();
    let superseded_by = superseded_by.map(|next| citation(*next, &text));
    pb::VerifyCitationResponse { verdict: verdict.into(), quote, superseded_by }
}

pub(super) fn list_response(
    page: DocumentPage,
    documents: ResponsePage<pb::Document>,
) -> pb::ListDocumentsResponse {
    pb::ListDocumentsResponse {
        documents: documents.into_items(),
        next_page_token: page.next_page_token.unwrap_or_default(),
        total_size: int64(page.total),
    }
}

pub(super) fn diagnostic(diagnostic: Diagnostic) -> pb::Diagnostic {
    use pb::diagnostic::Kind;
    let kind = match diagnostic.kind {
        DiagnosticKind::Preamble => Kind::Preamble,
        DiagnosticKind::Banner => Kind::Banner,
        DiagnosticKind::Caption => Kind::Caption,
        DiagnosticKind::Heading => Kind::Heading,
        DiagnosticKind::Trailing => Kind::Trailing,
        DiagnosticKind::Unpaired => Kind::Unpaired,
        DiagnosticKind::Undecodable => Kind::Undecodable,
        DiagnosticKind::JoinedWord => Kind::JoinedWord,
        DiagnosticKind::NoExchanges => Kind::NoExchanges,
    };
    pb::Diagnostic { kind: kind.into(), message: diagnostic.message, spans: spans(&diagnostic.spans) }
}

pub(super) fn provenance(provenance: &Provenance) -> pb::Provenance {
    pb::Provenance {
        corpus_id: provenance.corpus_id.as_ref().to_owned(),
        generation: int64(provenance.generation),
        versions: Some(versions(provenance)),
    }
}

fn versions(provenance: &Provenance) -> pb::Versions {
    let Formats { store, index, snapshot } = provenance.formats;
    pb::Versions {
        service: env!("CARGO_PKG_VERSION").to_owned(),
        store_format: i32::try_from(store).unwrap_or(i32::MAX),
        index_format: i32::try_from(index).unwrap_or(i32::MAX),
        snapshot_format: i32::try_from(snapshot).unwrap_or(i32::MAX),
        pipeline: i32::try_from(provenance.pipeline).unwrap_or(i32::MAX),
    }
}

pub(super) fn stats_response(info: &ServerInfo) -> pb::GetStatsResponse {
    let (stats, footprint) = (info.statistics, info.footprint);
    pb::GetStatsResponse {
        document_count: int64(stats.documents),
        exchange_count: int64(stats.exchanges),
        passage_count: int64(stats.passages),
        source_bytes: int64(stats.bytes),
        generation: int64(stats.generation),
        last_commit_time: footprint.last_commit.map(Into::into),
        store_bytes: int64(footprint.store_bytes),
        index_bytes: int64(footprint.index_bytes),
        versions: Some(versions(&info.provenance)),
        corpus_id: info.provenance.corpus_id.as_ref().to_owned(),
        ranking_parameters: info
            .ranking
            .values()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    }
}

pub(super) fn snapshot_part(part: SnapshotPart) -> pb::CreateSnapshotResponse {
    use pb::create_snapshot_response::Part;
    let part = match part {
        SnapshotPart::Content(bytes) => Part::Content(bytes.into()),
        SnapshotPart::Summary(summary) => Part::Summary(pb::SnapshotSummary {
            generation: int64(summary.generation),
            document_count: int64(summary.documents),
            size_bytes: int64(summary.bytes),
            sha256: summary.sha256.to_string(),
        }),
    };
    pb::CreateSnapshotResponse { part: Some(part) }
}

/// The first message of a rebuild.
pub(super) fn rebuild_begun(documents: u64) -> pb::RebuildIndexResponse {
    pb::RebuildIndexResponse { total_document_count: int64(documents), ..Default::default() }
}

/// The last message of a rebuild.
pub(super) fn rebuilt(generation: u64, documents: u64) -> pb::RebuildIndexResponse {
    pb::RebuildIndexResponse {
        generation: int64(generation),
        document_count: int64(documents),
        total_document_count: int64(documents),
        complete: true,
    }
}

pub(super) fn integrity_response(report: IntegrityReport) -> pb::VerifyIntegrityResponse {
    let fault = |Fault { document_id, what }| pb::IntegrityFault { document_id, message: what };
    pb::VerifyIntegrityResponse {
        document_count: int64(report.documents),
        exchange_count: int64(report.exchanges),
        version_count: int64(report.versions),
        citation_count: int64(report.citations),
        source_bytes: int64(report.bytes),
        damaged_document_count: int64(report.damaged_documents),
        faults: report.faults.into_iter().map(fault).collect(),
        complete: report.complete,
    }
}

fn duration(time: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: int64(time.as_secs()),
        nanos: i32::try_from(time.subsec_nanos()).unwrap_or_default(),
    }
}

/// A count or generation on the wire; none that fits memory or disk is over its range.
pub(super) fn int64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn offset(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn int32(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
