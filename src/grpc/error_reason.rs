//! The one table from reasons of errors to codes.

use tonic::Code;

use crate::grpc::pb::ErrorReason;

/// The domain of every `google.rpc.ErrorInfo`.
pub(super) const DOMAIN: &str = "onrecord";
/// Prefix of the values' names, which the wire leaves out.
const PREFIX: &str = "ERROR_REASON_";

/// A reason as `google.rpc.ErrorInfo.reason` has it.
pub(super) fn name(reason: ErrorReason) -> &'static str {
    let name = reason.as_str_name();
    name.strip_prefix(PREFIX).unwrap_or(name)
}

/// The code that a reason comes with.
pub(super) const fn code(reason: ErrorReason) -> Code {
    match reason {
        ErrorReason::FieldRequired
        | ErrorReason::OutOfRange
        | ErrorReason::EnumInvalid
        | ErrorReason::TooMany
        | ErrorReason::TooLong
        | ErrorReason::MessageTooLarge
        | ErrorReason::QueryEmpty
        | ErrorReason::QueryTooLong
        | ErrorReason::QueryTooManyPhrases
        | ErrorReason::PageTokenInvalid
        | ErrorReason::GenerationNegative
        | ErrorReason::DateInvalid
        | ErrorReason::DatesReversed
        | ErrorReason::LanguageInvalid
        | ErrorReason::DigestInvalid
        | ErrorReason::SpanReversed
        | ErrorReason::SpanOutsideSource
        | ErrorReason::SpansUnordered
        | ErrorReason::DocumentIdInvalid
        | ErrorReason::DocumentEmpty
        | ErrorReason::DocumentUnreadable
        | ErrorReason::DocumentOverLimit
        | ErrorReason::MediaTypeUnsupported
        | ErrorReason::LabelKeyInvalid
        | ErrorReason::Duplicate
        | ErrorReason::SnapshotNameInvalid => Code::InvalidArgument,
        ErrorReason::DocumentNotFound | ErrorReason::ExchangeNotFound => Code::NotFound,
        ErrorReason::SnapshotExists => Code::AlreadyExists,
        ErrorReason::VersionNotRestorable
        | ErrorReason::PageTokenGenerationGone
        | ErrorReason::NoSnapshotFolder
        | ErrorReason::NoMaintenance => Code::FailedPrecondition,
        ErrorReason::EtagMismatch => Code::Aborted,
        ErrorReason::GenerationNotReached
        | ErrorReason::NotReady
        | ErrorReason::Busy
        | ErrorReason::TooSlow => Code::Unavailable,
        ErrorReason::DiskFull => Code::ResourceExhausted,
        ErrorReason::StoreDamaged | ErrorReason::IndexDamaged => Code::DataLoss,
        ErrorReason::Unspecified | ErrorReason::Internal | ErrorReason::MalformedMessage => Code::Internal,
        ErrorReason::NoSuchMethod => Code::Unimplemented,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROTO: &str = include_str!("../../proto/onrecord/v1/error.proto");

    /// The reasons of the proto, with the comment above each.
    fn documented() -> Vec<(String, String, i32)> {
        let mut comment = String::new();
        let mut reasons = Vec::new();
        for line in PROTO.lines().map(str::trim) {
            if let Some(text) = line.strip_prefix("// ") {
                comment.push_str(if comment.is_empty() { "" } else { " " });
                comment.push_str(text);
            } else if let Some((name, number)) = line.trim_end_matches(';').split_once(" = ")
                && let Some(name) = name.strip_prefix(PREFIX)
            {
                reasons.push((name.to_owned(), std::mem::take(&mut comment), number.parse().unwrap()));
            } else {
                comment.clear();
            }
        }
        assert!(reasons.len() > 40, "{reasons:?}");
        reasons
    }

    #[test]
    fn each_reason_has_the_code_that_its_comment_names() {
        for (name, comment, number) in documented().into_iter().skip(1) {
            let reason = ErrorReason::try_from(number).unwrap();
            assert_eq!(super::name(reason), name);
            // `InvalidArgument` of the library is INVALID_ARGUMENT of the proto.
            let code: String = format!("{:?}", code(reason))
                .chars()
                .flat_map(|c| c.is_uppercase().then_some('_').into_iter().chain([c.to_ascii_uppercase()]))
                .skip(1)
                .collect();
            assert_eq!(comment.split_once(": ").map(|(code, _)| code), Some(code.as_str()), "{name}");
        }
    }
}
