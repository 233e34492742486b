//! Checking citations against what is stored.

use crate::engine::EngineError;
use crate::engine::View;
use crate::engine::citation;
use crate::span::ByteSpan;
use crate::span::TextSpan;
use crate::transcript::Citation;
use crate::transcript::Digest;
use crate::transcript::StoredDocument;

/// What a citation claims: that these bytes of this source of this document have this digest.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The document's id.
    pub document_id: String,
    /// Digest of the bytes as received.
    pub received: Digest,
    /// Digest of the text that `spans` point into, where it is not those bytes.
    pub text: Option<Digest>,
    /// The quoted stretches, in order.
    pub spans: Vec<ByteSpan>,
    /// Digest of their bytes, joined.
    pub quote: Digest,
}

impl Claim {
    /// The digest of the source that the spans point into.
    fn source(&self) -> Digest {
        self.text.unwrap_or(self.received)
    }

    /// Whether a version of the document has the bytes that are claimed.
    fn is_of(&self, version: &StoredDocument) -> bool {
        self.received == version.received && self.source() == version.source
    }
}

/// What a citation is worth.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// The document has these bytes there.
    Valid(Vec<u8>),
    /// An earlier version had them; where the present one has the same words, if it has.
    Superseded(Vec<u8>, Option<Box<Citation>>),
    /// No version that is kept has them there.
    Broken,
}

/// Checks a citation.
pub(super) fn verify(view: &dyn View, claim: &Claim) -> Result<Verdict, EngineError> {
    let present = view.document(&claim.document_id)?;
    if present.as_ref().is_some_and(|document| claim.is_of(document)) {
        return Ok(quoted(view, claim)?.map_or(Verdict::Broken, Verdict::Valid));
    }
    let versions = view.versions(&claim.document_id)?;
    if !versions.iter().any(|version| claim.is_of(version)) {
        return Ok(Verdict::Broken);
    }
    let Some(bytes) = quoted(view, claim)? else { return Ok(Verdict::Broken) };
    let next = match present {
        Some(document) => find_in_current_version(view, &document, claim, &bytes)?.map(Box::new),
        None => None,
    };
    Ok(Verdict::Superseded(bytes, next))
}

/// The bytes that a claim quotes; `None` where they are not there or not those.
fn quoted(view: &dyn View, claim: &Claim) -> Result<Option<Vec<u8>>, EngineError> {
    let mut bytes = Vec::new();
    for span in &claim.spans {
        let piece = view.source_range(claim.source(), *span)?;
        if piece.len() < span.len() {
            return Ok(None);
        }
        bytes.extend(piece);
    }
    Ok((Digest::of(&bytes) == claim.quote).then_some(bytes))
}

/// Where the present version has the words of an earlier one: the window or answer of the same
/// bytes, else the first answer that contains their text.
fn find_in_current_version(
    view: &dyn View,
    document: &StoredDocument,
    claim: &Claim,
    bytes: &[u8],
) -> Result<Option<Citation>, EngineError> {
    let exchanges = view.exchanges(&document.id)?;
    for stored in &exchanges {
        if stored.quote == claim.quote {
            return Ok(Some(citation::whole(document, stored)));
        }
        if let Some((window, quote)) = stored.windows.iter().find(|(_, quote)| *quote == claim.quote) {
            return Ok(Some(citation::window(document, stored, window.span, *quote)));
        }
    }
    let Ok(text) = str::from_utf8(bytes) else { return Ok(None) };
    let text = text.trim();
    for stored in exchanges.iter().filter(|_| !text.is_empty()) {
        let Some(start) = stored.exchange.answer.text.find(text) else { continue };
        let span = TextSpan::new(start, start + text.len());
        let spans = stored.exchange.answer.map.to_bytes(span);
        let mut again = Vec::new();
        for span in &spans {
            again.extend(view.source_range(document.source, *span)?);
        }
        return Ok(Some(citation::window(document, stored, span, Digest::of(&again))));
    }
    Ok(None)
}
