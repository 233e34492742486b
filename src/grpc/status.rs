//! From errors to statuses: the only place that assigns codes.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tonic::Code;
use tonic::Status;
use tonic_types::ErrorDetails;
use tonic_types::StatusExt as _;

use crate::engine::BackendError;
use crate::engine::EngineError;
use crate::engine::SnapshotRefusal;
use crate::extraction::ExtractError;
use crate::grpc::error_reason;
use crate::grpc::error_reason::DOMAIN;
use crate::grpc::invalid_request::InvalidRequest;
use crate::grpc::invalid_request::Violation;
use crate::grpc::pb::ErrorReason;

/// When a client may try again after `UNAVAILABLE` or `RESOURCE_EXHAUSTED`.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The status of an engine error. `body` names the request's field that holds the document, for
/// errors that lie in its content.
pub(super) fn from_engine_error(error: EngineError, body: &str) -> Status {
    let message = error.to_string();
    match error {
        EngineError::Extract(error) => invalid(extract(&error, body, message)),
        EngineError::PageToken(_) => {
            invalid(Violation::new("page_token", ErrorReason::PageTokenInvalid, message))
        }
        EngineError::PageTokenGenerationGone => {
            precondition(ErrorReason::PageTokenGenerationGone, "GENERATION", "page_token", &message)
        }
        EngineError::TimelineTooLong { .. } => invalid(Violation::new("unit", ErrorReason::TooMany, message)),
        EngineError::SpanOutside { .. } => {
            invalid(Violation::new("span", ErrorReason::SpanOutsideSource, message))
        }
        EngineError::NoSuchDocument(id) => {
            resource(ErrorReason::DocumentNotFound, "onrecord.v1.Document", id, &message)
        }
        EngineError::PairsNotKept(id) => {
            precondition(ErrorReason::VersionNotRestorable, "VERSION", &id, &message)
        }
        EngineError::NoSuchExchange(id) => {
            resource(ErrorReason::ExchangeNotFound, "onrecord.v1.Exchange", id, &message)
        }
        EngineError::NoMaintenance => {
            precondition(ErrorReason::NoMaintenance, "BACKEND", "backend", &message)
        }
        EngineError::Backend(error) => backend(error, message),
        EngineError::Internal(_) => masked(ErrorReason::Internal, "the service failed", &message),
    }
}

fn backend(error: BackendError, message: String) -> Status {
    match error {
        BackendError::NoSuchDocument(id) => {
            resource(ErrorReason::DocumentNotFound, "onrecord.v1.Document", id, &message)
        }
        BackendError::EtagMismatch(id) => {
            resource(ErrorReason::EtagMismatch, "onrecord.v1.Document", id, &message)
        }
        BackendError::IndexDamaged(_) => {
            let shown = "the index is damaged; RebuildIndex or a restart builds it again";
            masked(ErrorReason::IndexDamaged, shown, &message)
        }
        BackendError::StoreDamaged(_) => {
            masked(ErrorReason::StoreDamaged, "stored data is damaged and is not served", &message)
        }
        BackendError::DiskFull { .. } => retry(ErrorReason::DiskFull, message),
        BackendError::NoSpace(_) => {
            tracing::warn!(cause = message, "a write found the disk full");
            let shown = "the disk is full; when some of it is free, the write can be sent again";
            retry(ErrorReason::DiskFull, shown.into())
        }
        BackendError::NotReady => retry(ErrorReason::NotReady, message),
        BackendError::Snapshot(refusal) => snapshot(refusal, message),
        BackendError::Failed(_) => masked(ErrorReason::Internal, "the service failed", &message),
    }
}

/// A status of the transport's own (a message too large, bytes that are no message, a method that
/// does not exist), with the details that every error carries.
pub(super) fn with_details(status: Status) -> Status {
    if !status.details().is_empty() {
        return status;
    }
    let message = status.message();
    match status.code() {
        Code::OutOfRange => {
            let message = format!("the message is too large ({message}); send smaller documents");
            invalid(Violation::new("document", ErrorReason::MessageTooLarge, message))
        }
        Code::Internal => with_reason(&status, ErrorReason::MalformedMessage),
        Code::Unimplemented => with_reason(&status, ErrorReason::NoSuchMethod),
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::InvalidArgument
        | Code::DeadlineExceeded
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::ResourceExhausted
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::Unavailable
        | Code::DataLoss
        | Code::Unauthenticated => status,
    }
}

fn with_reason(given: &Status, reason: ErrorReason) -> Status {
    status(reason, given.message(), ErrorDetails::new())
}

/// The status of a call that had to be turned away for want of room.
pub(super) fn busy() -> Status {
    retry(ErrorReason::Busy, "too many calls are running; try again".into())
}

/// The status of a search for a generation that did not come.
pub(super) fn not_reached(generation: u64) -> Status {
    let message = format!("generation {generation} is not there yet; try again, or search without it");
    retry(ErrorReason::GenerationNotReached, message)
}

/// The status of a stream whose client took too long.
pub(super) fn too_slow() -> Status {
    let message =
        "the stream was not read for too long; start it again (GetSource: from the last byte that arrived)";
    retry(ErrorReason::TooSlow, message.into())
}

/// The status of work that ended without a result.
pub(super) fn internal(cause: &str) -> Status {
    masked(ErrorReason::Internal, "the service failed", cause)
}

fn extract(error: &ExtractError, body: &str, message: String) -> Violation {
    match error {
        ExtractError::Empty => Violation::new(body, ErrorReason::DocumentEmpty, message),
        ExtractError::UnsupportedMediaType(_) => {
            Violation::new("document.media_type", ErrorReason::MediaTypeUnsupported, message)
        }
        ExtractError::Unreadable(_) => Violation::new(body, ErrorReason::DocumentUnreadable, message),
        ExtractError::OverLimit { limit, allowed } => {
            Violation::new(body, ErrorReason::DocumentOverLimit, message)
                .with("limit", limit)
                .with("allowed", allowed)
        }
    }
}

fn snapshot(refusal: SnapshotRefusal, message: String) -> Status {
    match refusal {
        SnapshotRefusal::NoSpace(_) => {
            tracing::warn!(cause = message, "a snapshot found the disk full");
            let shown = "the disk is full; when some of it is free, the snapshot can be taken again";
            retry(ErrorReason::DiskFull, shown.into())
        }
        SnapshotRefusal::NoFolder => {
            precondition(ErrorReason::NoSnapshotFolder, "SNAPSHOT_FOLDER", "--snapshot-dir", &message)
        }
        SnapshotRefusal::Name(_) => {
            invalid(Violation::new("name", ErrorReason::SnapshotNameInvalid, message))
        }
        SnapshotRefusal::Exists(name) => {
            resource(ErrorReason::SnapshotExists, "onrecord.v1.Snapshot", name, &message)
        }
    }
}

fn invalid(violation: Violation) -> Status {
    InvalidRequest::from(violation).into()
}

/// A status with the code of its reason.
fn status(reason: ErrorReason, message: impl Into<String>, mut details: ErrorDetails) -> Status {
    let metadata = details.error_info().map(|info| info.metadata.clone()).unwrap_or_default();
    details.set_error_info(error_reason::name(reason), DOMAIN, metadata);
    Status::with_error_details(error_reason::code(reason), message, details)
}

/// What is missing or taken.
fn resource(reason: ErrorReason, kind: &str, id: String, message: &str) -> Status {
    let mut details = ErrorDetails::with_error_info("", DOMAIN, [("id".to_owned(), id.clone())]);
    details.set_resource_info(kind, id, "", message);
    status(reason, message, details)
}

/// What has to change before the call can succeed.
fn precondition(reason: ErrorReason, kind: &str, subject: &str, message: &str) -> Status {
    let mut details = ErrorDetails::new();
    details.add_precondition_failure_violation(kind, subject, message);
    status(reason, message, details)
}

/// What passes by itself.
fn retry(reason: ErrorReason, message: String) -> Status {
    let mut details = ErrorDetails::new();
    details.set_retry_info(Some(RETRY_AFTER));
    let mut status = status(reason, message, details);
    if status.code() == Code::Unavailable {
        // gRPC's own name of the detail, which clients that retry by themselves obey.
        let milliseconds = u64::try_from(RETRY_AFTER.as_millis()).unwrap_or(u64::MAX);
        status.metadata_mut().insert("grpc-retry-pushback-ms", milliseconds.into());
    }
    status
}

/// A status that gives the client no more than a number to quote; the cause goes to the log, once.
fn masked(reason: ErrorReason, message: &str, cause: &str) -> Status {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let request_id = format!("{:08x}", NUMBER.fetch_add(1, Ordering::Relaxed));
    tracing::error!(request_id, cause, "a call failed");
    let metadata = [("request_id".to_owned(), request_id.clone())];
    let mut details = ErrorDetails::with_error_info("", DOMAIN, metadata);
    details.set_request_info(&request_id, "");
    status(reason, format!("{message}; quote request {request_id} to its operator"), details)
}
