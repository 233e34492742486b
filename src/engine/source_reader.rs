//! Reading a source piece by piece, from one snapshot.

use std::sync::Arc;

use crate::engine::BackendError;
use crate::engine::EngineError;
use crate::engine::View;
use crate::span::ByteSpan;
use crate::transcript::Digest;
use crate::transcript::StoredDocument;

/// Which bytes of a document to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Those as received.
    Received,
    /// The text that spans point into; for most documents the same.
    Text,
}

/// A stretch of a source that is being read. It keeps its view, so that a document that is replaced
/// or deleted meanwhile is still read to its end.
#[derive(Debug)]
pub struct SourceReader {
    view: Arc<dyn View>,
    source: Digest,
    rest: ByteSpan,
}

impl SourceReader {
    pub(super) fn open(
        view: Arc<dyn View>,
        id: &str,
        version: Option<Digest>,
        kind: SourceKind,
        span: Option<ByteSpan>,
    ) -> Result<Self, EngineError> {
        let document = version_of(&*view, id, version)?;
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
        Ok(Self { view, source, rest })
    }

    /// The next chunk, of at most 64 KiB; `None` at the end.
    pub fn next_chunk(&mut self) -> Result<Option<Vec<u8>>, EngineError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        self.view.ensure_current()?;
        let mut chunk = self.view.source_chunk(self.source, self.rest.start())?;
        chunk.truncate(self.rest.len());
        if chunk.is_empty() {
            return Err(
                BackendError::StoreDamaged(format!("the source {} is incomplete", self.source)).into()
            );
        }
        self.rest = ByteSpan::new(self.rest.start() + chunk.len(), self.rest.end());
        Ok(Some(chunk))
    }
}

/// The version of a document with these received bytes; without them the present one.
fn version_of(view: &dyn View, id: &str, received: Option<Digest>) -> Result<StoredDocument, EngineError> {
    let present = view.document(id)?;
    let version = match (received, present) {
        (None, present) => present,
        (Some(received), Some(document)) if document.received == received => Some(document),
        (Some(received), _) => view.versions(id)?.into_iter().find(|version| version.received == received),
    };
    version.ok_or_else(|| EngineError::NoSuchDocument(id.to_owned()))
}
