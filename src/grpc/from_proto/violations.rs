//! The bad fields of a request, collected so that one error names them all.

use crate::grpc::invalid_request::InvalidRequest;
use crate::grpc::invalid_request::Violation;
use crate::grpc::pb::ErrorReason;

/// What is wrong with a request so far. Checks add to it and return a placeholder, which is never
/// used: `done` and `none` fail if anything was added.
#[derive(Debug, Default)]
pub(in crate::grpc) struct Violations(Vec<Violation>);

impl Violations {
    /// Adds a bad field.
    pub(in crate::grpc) fn add(
        &mut self,
        field: impl Into<String>,
        reason: ErrorReason,
        message: impl Into<String>,
    ) {
        self.push(Violation::new(field, reason, message));
    }

    pub(super) fn push(&mut self, violation: Violation) {
        self.0.push(violation);
    }

    /// Fails if any field is bad.
    pub(in crate::grpc) fn none(self) -> Result<(), InvalidRequest> {
        self.done(Some(()))
    }

    /// What was decoded, if no field is bad. It may be `None` only if one is.
    pub(super) fn done<T>(self, decoded: Option<T>) -> Result<T, InvalidRequest> {
        decoded.filter(|_| self.0.is_empty()).ok_or(InvalidRequest(self.0))
    }
}
