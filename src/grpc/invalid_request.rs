//! A request with bad fields, and its status: one error that names them all.

use std::collections::HashMap;
use std::fmt;

use tonic::Status;
use tonic_types::ErrorDetails;
use tonic_types::FieldViolation;
use tonic_types::StatusExt as _;

use crate::grpc::error_reason;
use crate::grpc::error_reason::DOMAIN;
use crate::grpc::pb::ErrorReason;

/// How many bytes the bad fields of a request may take in the details of its error. Details travel
/// in headers in base64, and some clients refuse more than 8 KiB of headers.
const VIOLATION_BYTES: usize = 3072;

/// A field of a request that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Violation {
    /// Path of the field, as in `document.id`.
    field: String,
    /// Stable name of what is wrong.
    reason: ErrorReason,
    /// What is wrong and what to do about it.
    message: String,
    /// The parts of the message that change, by name.
    metadata: Vec<(&'static str, String)>,
}

impl Violation {
    pub(super) fn new(field: impl Into<String>, reason: ErrorReason, message: impl Into<String>) -> Self {
        Self { field: field.into(), reason, message: message.into(), metadata: Vec::new() }
    }

    /// With a part of the message that changes.
    pub(super) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.metadata.push((name, value.to_string()));
        self
    }
}

/// A request that cannot be decoded into what the engine takes: its bad fields, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InvalidRequest(pub(super) Vec<Violation>);

impl From<Violation> for InvalidRequest {
    fn from(violation: Violation) -> Self {
        Self(vec![violation])
    }
}

impl From<InvalidRequest> for Status {
    fn from(InvalidRequest(violations): InvalidRequest) -> Self {
        let count = violations.len();
        let mut details = ErrorDetails::new();
        let mut listed = Vec::new();
        let mut room = VIOLATION_BYTES;
        let mut first = None;
        for Violation { field, reason, message, metadata } in violations {
            let reason = error_reason::name(reason);
            let bytes = field.len() + message.len() + reason.len();
            if first.is_none() {
                let mut metadata: HashMap<String, String> =
                    metadata.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                metadata.insert("field".to_owned(), field.clone());
                metadata.insert("violations".to_owned(), count.to_string());
                details.set_error_info(reason, DOMAIN, metadata);
                first = Some(format!("{field}: {message}"));
            } else if bytes > room {
                break;
            }
            room = room.saturating_sub(bytes);
            let violation =
                FieldViolation { reason: reason.to_owned(), ..FieldViolation::new(field, message) };
            listed.push(violation);
        }
        details.set_bad_request(listed);
        let rest = match count {
            ..2 => String::new(),
            _ => format!(" ({} more fields are wrong; see the details)", count - 1),
        };
        let message = first.unwrap_or_default() + &rest;
        Self::with_error_details(tonic::Code::InvalidArgument, message, details)
    }
}
