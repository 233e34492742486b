//! What can go wrong in an engine.

use crate::engine::BackendError;
use crate::engine::MOST_BUCKETS;
use crate::extraction::ExtractError;

/// What can go wrong, grouped by what a caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The document cannot be read.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// The page token was not made by this service for this request, or not lately.
    #[error("the page token is {0}; start again without one")]
    PageToken(&'static str),
    /// The page token continues what is no longer kept.
    #[error("what the page token continues was replaced and is no longer kept; start again without one")]
    PageTokenGenerationGone,
    /// The timeline has more buckets, or names in them, than are returned.
    #[error(
        "is too fine for matches from {from} to {to}: a timeline has at most {MOST_BUCKETS} buckets and 2 MiB of \
         names; choose a larger unit or fewer speakers, or narrow the dates"
    )]
    TimelineTooLong {
        /// The date of its first bucket.
        from: String,
        /// The date of its last bucket.
        to: String,
    },
    /// There is no such document.
    #[error("there is no document {0:?}")]
    NoSuchDocument(String),
    /// The version was sent as ready pairs, of which only the rendition is kept.
    #[error("the version of {0:?} was sent as ready pairs, which are not kept; send them again")]
    PairsNotKept(String),
    /// There is no such exchange.
    #[error("there is no exchange {0:?}")]
    NoSuchExchange(String),
    /// The span is not inside the source.
    #[error("the span [{start}, {end}) is not inside the source of {length} bytes")]
    SpanOutside {
        /// Where it starts.
        start: usize,
        /// Where it ends.
        end: usize,
        /// The source's length.
        length: u64,
    },
    /// The backend takes no snapshots, checks or rebuilds.
    #[error("this backend offers no snapshots, integrity checks or rebuilds; use its own tools")]
    NoMaintenance,
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// A bug of ours.
    #[error("{0}")]
    Internal(String),
}
