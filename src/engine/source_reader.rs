//! Reading a source piece by piece, from one snapshot.

use std::sync::Arc;

use crate::engine::EngineError;
use crate::local::store::StoreError;
use crate::local::view::Snapshot;
use crate::span::ByteSpan;
use crate::transcript::Digest;

/// Which bytes of a document to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Those as received.
    Received,
    /// The text that spans point into; for most documents the same.
    Text,
}

/// A stretch of a source that is being read. It keeps its snapshot, so that a document that is replaced or
/// deleted meanwhile is still read to its end.
#[derive(Debug)]
pub struct SourceReader {
    snapshot: Arc<Snapshot>,
    source: Digest,
    rest: ByteSpan,
}

impl SourceReader {
    pub(super) fn open(
        snapshot: Arc<Snapshot>,
        id: &str,
        version: Option<Digest>,
        kind: SourceKind,
        span: Option<ByteSpan>,
    ) -> Result<Self, EngineError> {
        let document = snapshot.version(id, version)?;
        let (source, length) = match kind {
            SourceKind::Received => (document.received, document.received_len),
            SourceKind::Text => (document.source, document.source_len),
        };
        let whole = ByteSpan::new(0, usize::try_from(length).unwrap_or(usize::MAX));
        let rest = span.unwrap_or(whole);
        if !whole.contains(rest) {
            let (start, end) = (rest.start(), rest.end());
            return Err(EngineError::SpanOutside { start, end, length });
        }
        Ok(Self { snapshot, source, rest })
    }

    /// The next piece, of at most 64 KiB; `None` at the end.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, EngineError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        self.snapshot.ensure_current()?;
        let mut piece = self.snapshot.reader.source_piece(self.source, self.rest.start())?;
        piece.truncate(self.rest.len());
        if piece.is_empty() {
            return Err(StoreError::Damaged(format!("the source {} is incomplete", self.source)).into());
        }
        self.rest = ByteSpan::new(self.rest.start() + piece.len(), self.rest.end());
        Ok(Some(piece))
    }
}
