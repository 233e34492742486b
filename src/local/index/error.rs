//! Errors of the index.

use thiserror::Error;

/// Why an index cannot be used. In each case it can be deleted and built again.
#[derive(Clone, Debug, Error)]
pub enum IndexError {
    /// It was written by another version.
    #[error("the index is of another format version")]
    Outdated,
    /// Its files cannot be read or do not fit together.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// There is no room on the disk.
    #[error("the disk is full: {0}")]
    Full(String),
    /// The machine refused: a missing permission, a failing disk.
    #[error("the index cannot be read or written: {0}")]
    Unavailable(String),
}

impl From<tantivy::TantivyError> for IndexError {
    fn from(error: tantivy::TantivyError) -> Self {
        use tantivy::TantivyError as Cause;
        match error {
            Cause::IncompatibleIndex(_)
            | Cause::MissingPlugin(_)
            | Cause::ConflictingPlugins(_)
            | Cause::UnexpectedPlugin(_) => Self::Outdated,
            Cause::IoError(_)
            | Cause::LockFailure(..)
            | Cause::OpenDirectoryError(_)
            | Cause::OpenWriteError(_)
            | Cause::SystemError(_)
            | Cause::ErrorInThread(_) => Self::Unavailable(error.to_string()),
            Cause::AggregationError(_)
            | Cause::OpenReadError(_)
            | Cause::IndexAlreadyExists
            | Cause::DataCorruption(_)
            | Cause::Poisoned
            | Cause::FieldNotFound(_)
            | Cause::InvalidArgument(_)
            | Cause::IndexBuilderMissingArgument(_)
            | Cause::SchemaError(_)
            | Cause::InternalError(_)
            | Cause::DeserializeError(_) => Self::Damaged(error.to_string()),
        }
    }
}

impl From<std::io::Error> for IndexError {
    fn from(error: std::io::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}
