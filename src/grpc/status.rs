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

/// The domain of every `google.rpc.ErrorInfo`.
const DOMAIN: &str = "onrecord";

/// When a client may try again after `UNAVAILABLE` or `RESOURCE_EXHAUSTED`.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A request that cannot be decoded into what the engine takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InvalidRequest {
    /// Path of the field, as in `document.id`.
    pub(super) field: String,
    /// Stable name of what is wrong.
    pub(super) reason: &'static str,
    /// What is wrong and what to do about it.
    pub(super) message: String,
}

impl InvalidRequest {
    pub(super) fn new(field: impl Into<String>, reason: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), reason, message: message.into() }
    }
}

impl From<InvalidRequest> for Status {
    fn from(invalid: InvalidRequest) -> Self {
        let InvalidRequest { field, reason, message } = invalid;
        let mut details = info(reason);
        details.add_bad_request_violation(&field, &message);
        Self::with_error_details(Code::InvalidArgument, format!("{field}: {message}"), details)
    }
}

/// The status of an engine error. `body` names the request's field that holds the document, for
/// errors that lie in its content.
pub(super) fn from_engine_error(error: EngineError, body: &str) -> Status {
    let message = error.to_string();
    match error {
        EngineError::Extract(error) => extract(&error, body, message).into(),
        EngineError::PageToken(_) => InvalidRequest::new("page_token", "PAGE_TOKEN_INVALID", message).into(),
        EngineError::SpanOutside { .. } => InvalidRequest::new("span", "SPAN_OUTSIDE_SOURCE", message).into(),
        EngineError::NoSuchDocument(id) => missing("DOCUMENT_NOT_FOUND", "onrecord.v1.Document", id, message),
        EngineError::NoSuchExchange(id) => missing("EXCHANGE_NOT_FOUND", "onrecord.v1.Exchange", id, message),
        EngineError::NoMaintenance => {
            let mut details = info("NO_MAINTENANCE");
            details.add_precondition_failure_violation("BACKEND", "backend", &message);
            Status::with_error_details(Code::FailedPrecondition, message, details)
        }
        EngineError::Backend(error) => backend(error, message),
        EngineError::Internal(_) => masked(Code::Internal, "INTERNAL", "the service failed", &message),
    }
}

fn backend(error: BackendError, message: String) -> Status {
    match error {
        BackendError::NoSuchDocument(id) => {
            missing("DOCUMENT_NOT_FOUND", "onrecord.v1.Document", id, message)
        }
        BackendError::IndexDamaged(_) => {
            let shown = "the index is damaged; RebuildIndex or a restart builds it again";
            masked(Code::DataLoss, "INDEX_DAMAGED", shown, &message)
        }
        BackendError::StoreDamaged(_) => {
            masked(Code::DataLoss, "STORE_DAMAGED", "stored data is damaged and is not served", &message)
        }
        BackendError::DiskFull { .. } => retry(Code::ResourceExhausted, "DISK_FULL", message),
        BackendError::NoSpace(_) => {
            tracing::warn!(cause = message, "a write found the disk full");
            let shown = "the disk is full; when some of it is free, the write can be sent again";
            retry(Code::ResourceExhausted, "DISK_FULL", shown.into())
        }
        BackendError::NotReady => retry(Code::Unavailable, "NOT_READY", message),
        BackendError::Snapshot(refusal) => snapshot(refusal, message),
        BackendError::Failed(_) => masked(Code::Internal, "INTERNAL", "the service failed", &message),
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
            InvalidRequest::new("document", "MESSAGE_TOO_LARGE", message).into()
        }
        Code::Internal => with_reason(&status, "MALFORMED_MESSAGE"),
        Code::Unimplemented => with_reason(&status, "NO_SUCH_METHOD"),
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

fn with_reason(status: &Status, reason: &str) -> Status {
    Status::with_error_details(status.code(), status.message(), info(reason))
}

/// The status of a call that had to be turned away for want of room.
pub(super) fn busy() -> Status {
    retry(Code::ResourceExhausted, "BUSY", "too many calls are running; try again".into())
}

/// The status of a search for a generation that did not come.
pub(super) fn not_reached(generation: u64) -> Status {
    let message = format!("generation {generation} is not there yet; try again, or search without it");
    retry(Code::Unavailable, "GENERATION_NOT_REACHED", message)
}

/// The status of a stream whose client took too long.
pub(super) fn too_slow() -> Status {
    let message =
        "the stream was not read for too long; start it again (GetSource: from the last byte that arrived)";
    retry(Code::Unavailable, "TOO_SLOW", message.into())
}

/// The status of work that ended without a result.
pub(super) fn internal(cause: &str) -> Status {
    masked(Code::Internal, "INTERNAL", "the service failed", cause)
}

fn extract(error: &ExtractError, body: &str, message: String) -> InvalidRequest {
    match error {
        ExtractError::Empty => InvalidRequest::new(body, "DOCUMENT_EMPTY", message),
        ExtractError::UnsupportedMediaType(_) => {
            InvalidRequest::new("document.media_type", "MEDIA_TYPE_UNSUPPORTED", message)
        }
        ExtractError::Unreadable(_) => InvalidRequest::new(body, "DOCUMENT_UNREADABLE", message),
        ExtractError::OverLimit { .. } => InvalidRequest::new(body, "DOCUMENT_OVER_LIMIT", message),
    }
}

fn snapshot(refusal: SnapshotRefusal, message: String) -> Status {
    match refusal {
        SnapshotRefusal::NoSpace(_) => {
            tracing::warn!(cause = message, "a snapshot found the disk full");
            let shown = "the disk is full; when some of it is free, the snapshot can be taken again";
            retry(Code::ResourceExhausted, "DISK_FULL", shown.into())
        }
        SnapshotRefusal::NoFolder => {
            let mut details = info("NO_SNAPSHOT_FOLDER");
            details.add_precondition_failure_violation("SNAPSHOT_FOLDER", "--snapshot-dir", &message);
            Status::with_error_details(Code::FailedPrecondition, message, details)
        }
        SnapshotRefusal::Name(_) => InvalidRequest::new("name", "SNAPSHOT_NAME_INVALID", message).into(),
        SnapshotRefusal::Exists(name) => {
            let mut details = info("SNAPSHOT_EXISTS");
            details.set_resource_info("onrecord.v1.Snapshot", name, "", &message);
            Status::with_error_details(Code::AlreadyExists, message, details)
        }
    }
}

fn info(reason: &str) -> ErrorDetails {
    ErrorDetails::with_error_info(reason, DOMAIN, [])
}

fn missing(reason: &str, kind: &str, id: String, message: String) -> Status {
    let mut details = info(reason);
    details.set_resource_info(kind, id, "", &message);
    Status::with_error_details(Code::NotFound, message, details)
}

fn retry(code: Code, reason: &str, message: String) -> Status {
    let mut details = info(reason);
    details.set_retry_info(Some(RETRY_AFTER));
    Status::with_error_details(code, message, details)
}

/// A status that gives the client no more than a number to quote; the cause goes to the log, once.
fn masked(code: Code, reason: &str, message: &str, cause: &str) -> Status {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let request_id = format!("{:08x}", NUMBER.fetch_add(1, Ordering::Relaxed));
    tracing::error!(request_id, cause, "a call failed");
    let mut details = info(reason);
    details.set_request_info(&request_id, "");
    Status::with_error_details(
        code,
        format!("{message}; quote request {request_id} to its operator"),
        details,
    )
}
